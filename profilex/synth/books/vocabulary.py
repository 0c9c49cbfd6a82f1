"""The words of catalogues in five languages: forms, parts, fabrics, dates, measures and references."""

from dataclasses import dataclass

RIM, BASE, GREATEST, HEIGHT, PRESERVED, WALL, SHARE, VOLUME = (
    "rim_diameter",
    "base_diameter",
    "greatest_diameter",
    "height",
    "preserved_height",
    "wall_thickness",
    "rim_percent",
    "volume",
)


@dataclass(frozen=True, slots=True)
class Language:
    """What one language's catalogues say. `comma` is the decimal sign; `measures` are ways to name each measure."""

    code: str
    comma: str
    numbers: tuple[str, ...]
    plates: tuple[str, ...]
    headings: tuple[str, ...]
    wholes: tuple[str, ...]
    rims: tuple[str, ...]
    bases: tuple[str, ...]
    sherds: tuple[str, ...]
    details: tuple[str, ...]
    fabrics: tuple[str, ...]
    dates: tuple[str, ...]
    places: tuple[str, ...]
    parallels: tuple[str, ...]
    unknown: tuple[str, ...]
    not_shown: str
    measures: dict[str, tuple[str, ...]]
    sentences: tuple[str, ...]
    title: tuple[str, ...]


GERMAN = Language(
    "de",
    ",",
    ("Kat. {}", "Kat.-Nr. {}", "Nr. {}", "{}", "{}."),
    ("Taf. {}", "Tafel {}", "Abb. {}"),
    ("Grobkeramik", "Glattwandige Ware", "Terra Sigillata", "Siedlungsgrube 12", "Grab 53", "Fläche 4, Planum 2"),
    ("Schüssel mit Horizontalrand", "Kleiner Becher", "Schale mit Standring", "Krug", "Kugeliger Topf", "Tasse"),
    (
        "Randfragment einer Schüssel",
        "Randscherbe eines Topfes mit ausbiegendem Rand",
        "Rand- und Wandscherben eines Bechers",
        "Fragment einer Reibschüssel mit Kragenrand",
        "Randstück eines Vorratsgefäßes",
    ),
    ("Bodenscherbe mit Standring", "Bodenfragment eines Kruges", "Standfläche eines Topfes"),
    ("Wandscherbe mit Kammstrich", "Verzierte Wandscherbe", "Henkelfragment"),
    (
        "außen Ritzlinien",
        "Rand verdickt und schräg nach innen abgestrichen",
        "Oberfläche geglättet",
        "auf der Schulter umlaufende Kanneluren",
        "Schmauchspuren am Rand",
        "aus mehreren Scherben zusammengesetzt",
    ),
    (
        "Ton rötlichbraun, fein gemagert, hart gebrannt",
        "Ton grau, mittelgrob gemagert",
        "scheibengedreht, oxidierend gebrannt",
        "handgemacht; Magerung: Quarz, Kalk",
        "Überzug rotbraun, größtenteils abgerieben",
    ),
    ("2. Hälfte 2. Jh. n. Chr.", "späte Latènezeit", "1. Jh. v. Chr.", "Stufe Hallstatt C", "augusteisch-tiberisch"),
    ("FO: Grube 7, unterste Schicht", "Inv.-Nr. 1987/{}", "Fdnr. {}", "Areal B, Schicht III"),
    ("Vgl. Drag. 37", "Typ Hofheim 89", "Form Niederbieber 32", "vgl. Meyer-Freuler 1989"),
    ("Rdm. unbest.", "Dm. nicht bestimmbar"),
    "o. Abb.",
    {
        RIM: ("Rdm. {}", "Randdm. {}", "Mdm. {}", "Dm. Rand {}"),
        BASE: ("Bdm. {}", "Bodendm. {}", "Dm. Boden {}"),
        GREATEST: ("gr. Dm. {}", "max. Dm. {}"),
        HEIGHT: ("H. {}", "Höhe {}"),
        PRESERVED: ("erh. H. {}", "H. noch {}", "H. erh. {}"),
        WALL: ("Wst. {}", "Wandst. {}"),
        SHARE: ("Rand {} % erh.", "{} % des Randes erh."),
        VOLUME: ("Vol. {} l", "Inhalt {} l"),
    },
    (
        "Die Keramik der Grabungen von 1983 bis 1991 wird im Folgenden nach Warenarten getrennt vorgelegt.",
        "Unter den scheibengedrehten Gefäßen überwiegen Schüsseln mit einbiegendem Rand.",
        "Die Datierung stützt sich auf die stratigraphische Abfolge und auf Vergleichsfunde aus den Nachbarsiedlungen.",
        "Bei der Aufnahme wurden nur Randscherben berücksichtigt, deren Durchmesser sich bestimmen ließ.",
        "Zahlreiche Fragmente tragen Spuren sekundärer Brandeinwirkung.",
    ),
    ("Die Keramik aus den Siedlungsgruben", "Katalog der Funde"),
)
ENGLISH = Language(
    "en",
    ".",
    ("Cat. {}", "No. {}", "{}", "{}."),
    ("Pl. {}", "Fig. {}", "Plate {}", "fig. {}"),
    ("Coarse wares", "Samian ware", "Phase 3, ditch F12", "Area B, locus 214", "Storage vessels"),
    ("Bowl with flanged rim", "Small beaker", "Dish with footring", "Globular jar", "Jug, nearly complete", "Cup"),
    (
        "Rim fragment of a bowl",
        "Rim and shoulder of a jar with everted rim",
        "Rim sherd of a cooking pot",
        "Upper part of a hole-mouth jar",
        "Fragment of a mortarium with hooked rim",
    ),
    ("Base of a jar", "Footring of a bowl", "Flat base, slightly concave"),
    ("Decorated body sherd", "Body sherd with combed waves", "Handle fragment"),
    (
        "burnished outside",
        "two grooves below the rim",
        "traces of soot on the exterior",
        "wheel-made, irregular",
        "mended from seven sherds",
        "paint much worn",
    ),
    (
        "Hard orange fabric with fine quartz",
        "Grey core, buff surfaces, some lime",
        "Coarse brown ware, shell-tempered",
        "Red slip, worn on the rim",
        "Fine pinkish clay, well levigated",
    ),
    ("late 2nd century AD", "Iron Age II", "1st century BC", "Early Bronze Age III", "c. AD 120–160"),
    ("Inv. {}", "Context {}", "Reg. no. {}", "Locus {}, basket 12"),
    ("Cf. Hayes form 61", "Compare Drag. 38", "as Robinson 1959, M 12"),
    ("D. not measurable", "diam. uncertain"),
    "not illustrated",
    {
        RIM: ("D. rim {}", "Rim diam. {}", "diam. {}", "D. {}"),
        BASE: ("D. base {}", "base diam. {}"),
        GREATEST: ("max. diam. {}", "D. max. {}"),
        HEIGHT: ("H. {}", "Ht. {}", "height {}"),
        PRESERVED: ("H. pres. {}", "pres. H. {}", "extant ht. {}"),
        WALL: ("Th. {}", "wall th. {}"),
        SHARE: ("{} % of rim", "rim {} %"),
        VOLUME: ("capacity {} l", "vol. {} l"),
    },
    (
        "The pottery from the excavations is presented here by ware and within each ware by form.",
        "Most of the sherds come from the fills of the ditches and are heavily fragmented.",
        "Rim diameters were measured with a chart; where less than five per cent survives they are uncertain.",
        "The assemblage finds its closest parallels in the settlements of the coastal plain.",
        "Cooking vessels form more than half of the material by estimated vessel equivalents.",
    ),
    ("The pottery", "Catalogue of vessels"),
)
FRENCH = Language(
    "fr",
    ",",
    ("Cat. {}", "n° {}", "N° {}", "{}", "{}."),
    ("Pl. {}", "pl. {}", "fig. {}", "Planche {}"),
    ("Céramique commune", "Sigillée", "Sépulture 12", "Secteur 3, US 1024", "Amphores"),
    ("Bol à marli", "Petit gobelet", "Assiette à pied annulaire", "Cruche presque complète", "Jatte", "Pot globulaire"),
    (
        "Bord d'une jatte",
        "Fragment de bord d'un pot à lèvre éversée",
        "Bord et épaule d'une urne",
        "Bord de mortier à collerette",
        "Fragment de lèvre d'amphore",
    ),
    ("Fond à pied annulaire", "Fond plat d'un pot", "Base de cruche"),
    ("Tesson de panse décoré", "Panse à décor peigné", "Fragment d'anse"),
    (
        "surface externe lissée",
        "deux cannelures sous le bord",
        "traces de suie à l'extérieur",
        "recollé de plusieurs tessons",
        "décor de guillochis",
        "lèvre épaissie",
    ),
    (
        "Pâte orangée, fine, dure",
        "Pâte grise à dégraissant calcaire",
        "Pâte brun clair, micacée",
        "Engobe rouge usé",
        "Céramique modelée, cuisson réductrice",
    ),
    (
        "seconde moitié du IIe s. apr. J.-C.",
        "La Tène finale",
        "Ier s. av. J.-C.",
        "époque augustéenne",
        "Bronze final III",
    ),
    ("inv. {}", "US {}", "Fait 12, US {}", "dépôt de fouille, n° {}"),
    ("Cf. Drag. 37", "type Lamboglia 2", "forme Goudineau 39"),
    ("diam. indéterminé", "diam. inconnu"),
    "non illustré",
    {
        RIM: ("diam. {}", "D. ouv. {}", "Diam. bord {}", "D. bord {}"),
        BASE: ("diam. fond {}", "D. fond {}"),
        GREATEST: ("D. max. {}", "diam. max. {}"),
        HEIGHT: ("h. {}", "H. {}", "haut. {}"),
        PRESERVED: ("ht. cons. {}", "H. cons. {}", "h. conservée {}"),
        WALL: ("ép. {}", "Ép. paroi {}"),
        SHARE: ("{} % du bord", "bord conservé à {} %"),
        VOLUME: ("vol. {} l", "contenance {} l"),
    },
    (
        "La céramique mise au jour lors des fouilles est présentée ici par catégorie, puis par forme.",
        "Les vases sont le plus souvent fragmentés et les formes complètes restent rares.",
        "Les diamètres ont été relevés à l'aide d'un abaque lorsque la conservation du bord le permettait.",
        "Les comparaisons les plus proches proviennent des habitats de la vallée voisine.",
        "Plusieurs tessons portent des traces de passage au feu.",
    ),
    ("Le mobilier céramique", "Catalogue des vases"),
)
ITALIAN = Language(
    "it",
    ",",
    ("Cat. {}", "n. {}", "N. {}", "{}", "{}."),
    ("Tav. {}", "tav. {}", "fig. {}", "Fig. {}"),
    ("Ceramica comune", "Vernice nera", "Tomba 14", "Saggio III, US 203", "Impasto grezzo"),
    ("Ciotola carenata", "Piccolo bicchiere", "Piatto con piede ad anello", "Olla globulare", "Brocca quasi integra"),
    (
        "Frammento di orlo di scodella",
        "Orlo e spalla di olla con labbro svasato",
        "Frammento di orlo e parete di tazza",
        "Orlo di bacino a tesa",
        "Frammento di dolio",
    ),
    ("Fondo con piede ad anello", "Fondo piano di olla", "Fondo di brocca"),
    ("Frammento di parete decorata", "Parete con decorazione a pettine", "Frammento di ansa a nastro"),
    (
        "superficie esterna lisciata",
        "due solcature sotto l'orlo",
        "tracce di bruciato all'esterno",
        "ricomposto da più frammenti",
        "labbro ingrossato",
        "decorazione impressa",
    ),
    (
        "Impasto bruno, inclusi calcarei",
        "Argilla arancio, depurata",
        "Corpo ceramico grigio, duro",
        "Ingubbiatura rossa, evanida",
        "Impasto grossolano con mica",
    ),
    ("seconda metà del II sec. d.C.", "età del Ferro", "I sec. a.C.", "Bronzo recente", "età augustea"),
    ("inv. {}", "US {}", "Magazzino, cassa {}"),
    ("Cfr. Morel 2783", "tipo Ricci 1/108", "cfr. Hayes 61"),
    ("diam. non determinabile", "diam. n.d."),
    "non illustrato",
    {
        RIM: ("diam. orlo {}", "Ø orlo {}", "diam. {}", "d. orlo {}"),
        BASE: ("diam. fondo {}", "Ø fondo {}", "diam. piede {}"),
        GREATEST: ("diam. max. {}", "Ø max. {}"),
        HEIGHT: ("h. {}", "alt. {}", "H. {}"),
        PRESERVED: ("h. max. cons. {}", "alt. cons. {}", "h. cons. {}"),
        WALL: ("sp. {}", "spess. {}"),
        SHARE: ("orlo conservato al {} %", "{} % dell'orlo"),
        VOLUME: ("vol. {} l", "capacità {} l"),
    },
    (
        "Si presentano in questa sede i materiali ceramici provenienti dalle campagne di scavo.",
        "Le forme aperte prevalgono nettamente su quelle chiuse in tutti i livelli indagati.",
        "Il diametro è indicato soltanto quando la porzione conservata dell'orlo ne consente la misura.",
        "I confronti più puntuali si riscontrano negli abitati della pianura circostante.",
        "La maggior parte dei frammenti proviene dai livelli di abbandono.",
    ),
    ("I materiali ceramici", "Catalogo"),
)
SPANISH = Language(
    "es",
    ",",
    ("Cat. {}", "N.º {}", "n.º {}", "{}", "{}."),
    ("Lám. {}", "lám. {}", "Fig. {}", "fig. {}"),
    ("Cerámica común", "Cerámica a mano", "Tumba 8", "Sector B, UE 112", "Ánforas"),
    ("Cuenco de borde vuelto", "Vaso pequeño", "Plato de pie anular", "Olla globular", "Jarra casi completa"),
    (
        "Fragmento de borde de un cuenco",
        "Borde y hombro de una olla de labio exvasado",
        "Borde de una tinaja",
        "Fragmento de mortero con visera",
        "Borde engrosado de un lebrillo",
    ),
    ("Fondo de pie anular", "Base plana de una olla", "Fondo de jarra"),
    ("Galbo decorado", "Fragmento de galbo con decoración peinada", "Fragmento de asa"),
    (
        "superficie exterior bruñida",
        "dos acanaladuras bajo el borde",
        "restos de hollín al exterior",
        "recompuesto de varios fragmentos",
        "decoración incisa",
        "labio apuntado",
    ),
    (
        "Pasta anaranjada, depurada y dura",
        "Pasta gris con desgrasante calizo",
        "Engobe rojo muy perdido",
        "Cerámica a mano, cocción reductora",
        "Pasta parda con mica",
    ),
    ("segunda mitad del siglo II d. C.", "Bronce Final", "siglo I a. C.", "época augustea", "Hierro II"),
    ("inv. {}", "UE {}", "sigla VR-{}"),
    ("Cf. Drag. 37", "tipo Mezquíriz 4", "forma Hayes 9A"),
    ("diám. indeterminado", "diám. desconocido"),
    "sin ilustración",
    {
        RIM: ("diám. boca {}", "diám. borde {}", "Ø boca {}", "D. boca {}"),
        BASE: ("diám. base {}", "diám. fondo {}", "Ø base {}"),
        GREATEST: ("diám. máx. {}", "Ø máx. {}"),
        HEIGHT: ("alt. {}", "altura {}", "H. {}"),
        PRESERVED: ("alt. cons. {}", "alt. conservada {}", "H. cons. {}"),
        WALL: ("gros. {}", "grosor pared {}", "esp. {}"),
        SHARE: ("{} % del borde", "borde conservado al {} %"),
        VOLUME: ("vol. {} l", "capacidad {} l"),
    },
    (
        "Se presentan aquí los materiales cerámicos procedentes de las excavaciones realizadas en el yacimiento.",
        "Las formas abiertas son más frecuentes que las cerradas en todos los niveles.",
        "El diámetro se indica únicamente cuando la parte conservada del borde permite medirlo.",
        "Los mejores paralelos se encuentran en los poblados del valle.",
        "Buena parte de los fragmentos presenta señales de fuego.",
    ),
    ("Los materiales cerámicos", "Catálogo de piezas"),
)
LANGUAGES: dict[str, Language] = {language.code: language for language in (GERMAN, ENGLISH, FRENCH, ITALIAN, SPANISH)}
