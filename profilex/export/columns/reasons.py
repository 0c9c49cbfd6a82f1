"""What every word of `review`, and every reason why a measure is missing, means: a sentence in each language.

The report, the review page and docs/formats.md take their words from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A word for people: what it is called, and what it means, in English and German."""

    en: str
    en_means: str
    de: str
    de_means: str


REVIEW: Mapping[str, Words] = {
    "no_axis": Words(
        "no axis", "There is none, or it was not found.", "keine Achse", "Es gibt keine, oder sie wurde nicht gefunden."
    ),
    "no_rim": Words(
        "no rim", "There is none, or it was not found.", "kein Rand", "Es gibt keinen, oder er wurde nicht gefunden."
    ),
    "axis_from_symmetry": Words(
        "axis from symmetry",
        "No axis line was found; the axis follows from the drawing's symmetry.",
        "Achse aus der Symmetrie",
        "Es wurde keine Achslinie gefunden; die Achse folgt aus der Symmetrie der Zeichnung.",
    ),
    "axis_from_section_edge": Words(
        "axis from the floor's end",
        "No axis line was found; the axis is where the floor ends.",
        "Achse vom Ende des Bodens",
        "Es wurde keine Achslinie gefunden; die Achse liegt, wo der Boden endet.",
    ),
    "rim_from_section": Words(
        "rim from the section",
        "No rim line was found; the rim plane is the top of the section.",
        "Rand vom Schnitt",
        "Es wurde keine Randlinie gefunden; die Randebene ist die Oberkante des Schnitts.",
    ),
    "n_break": Words(
        "N at the rim line",
        "An N across the rim line: the drawn width is not the diameter.",
        "N an der Randlinie",
        "Ein N auf der Randlinie: die gezeichnete Breite ist nicht der Durchmesser.",
    ),
    "sign_at_axis": Words(
        "sign at the axis",
        "A sign across the rim line was not understood; it may be an N, so no diameter is given.",
        "Zeichen an der Achse",
        "Ein Zeichen auf der Randlinie wurde nicht verstanden; es kann ein N sein, darum fehlt der Durchmesser.",
    ),
    "nothing_beyond_axis": Words(
        "nothing beyond the axis",
        "Nothing is drawn on the axis's other side: a half drawing, or the line is the exterior's contour and "
        "diameters are twice too large.",
        "nichts jenseits der Achse",
        "Jenseits der Achse ist nichts gezeichnet: eine halbe Zeichnung, oder die Linie ist die Außenkontur und die "
        "Durchmesser sind doppelt so groß.",
    ),
    "upside_down": Words(
        "upside down",
        "The drawing is upside down, with the rim at the bottom, as lids are drawn.",
        "kopfüber",
        "Die Zeichnung steht auf dem Rand wie ein Deckel.",
    ),
    "touches_edge": Words(
        "touches the scan's edge",
        "A section touches the edge of the scan.",
        "am Rand des Scans",
        "Ein Schnitt berührt den Rand des Scans.",
    ),
    "low_confidence": Words(
        "low confidence",
        "The confidence is below 0.7: of ten such vessels three or more are wrong.",
        "geringe Sicherheit",
        "Die Sicherheit liegt unter 0,7: von zehn solchen Gefäßen sind drei oder mehr falsch.",
    ),
    "residual_large": Words(
        "off the ink",
        "The outline, or a line, is in good part off the scan's ink, or the wall is not of one tone.",
        "neben der Tinte",
        "Umriss oder Linie liegen zu einem guten Teil neben der Tinte, oder die Wand hat nicht einen Ton.",
    ),
    "both_sides_disagree": Words(
        "both sides disagree",
        "Both walls are cut, and their radii differ.",
        "Seiten ungleich",
        "Beide Wände sind geschnitten, und ihre Radien sind verschieden.",
    ),
    "thickness_implausible": Words(
        "implausible wall",
        "The wall is thicker or more uneven than walls are.",
        "unglaubhafte Wand",
        "Die Wand ist dicker oder ungleichmäßiger, als Wände sind.",
    ),
    "skewed": Words("tilted", "The drawing is tilted.", "schief", "Die Zeichnung ist geneigt."),
    "several_pieces": Words(
        "several pieces",
        "The section is in several pieces.",
        "mehrere Stücke",
        "Der Schnitt besteht aus mehreren Stücken.",
    ),
    "handle": Words("handle", "There is a handle in the section.", "Henkel", "Der Schnitt enthält einen Henkel."),
    "scale_disagrees": Words(
        "scales disagree",
        "Ratio, another bar or the pages beside this one say another scale than the one that was used.",
        "Maßstäbe uneins",
        "Maßstabszahl, ein anderer Balken oder die Nachbarseiten sagen einen anderen Maßstab als den benutzten.",
    ),
    "scale_bar_unread": Words(
        "scale bar not read",
        "The text of a bar was not understood: its cells were taken for centimetres.",
        "Maßstab nicht gelesen",
        "Der Text eines Balkens wurde nicht verstanden: seine Felder gelten als Zentimeter.",
    ),
    "scale_bar_unsure": Words(
        "scale bar hardly legible",
        "The text of the bar was read several times, and not as the same length each time.",
        "Maßstab kaum lesbar",
        "Der Text des Balkens wurde mehrmals gelesen, und nicht immer als dieselbe Länge.",
    ),
    "scale_bar_elsewhere": Words(
        "scale bar elsewhere",
        "The only scale bar is at a plan, a find or a photograph, and may not hold for the vessels.",
        "Maßstab anderswo",
        "Der einzige Balken steht bei einem Plan, einem Fund oder einem Foto und gilt vielleicht nicht für die Gefäße.",
    ),
    "scale_from_neighbours": Words(
        "scale from other pages",
        "The page shows no scale; that of the pages beside it was taken.",
        "Maßstab von Nachbarseiten",
        "Die Seite zeigt keinen Maßstab; der der Nachbarseiten wurde genommen.",
    ),
    "figure_uncertain": Words(
        "figure number uncertain",
        "The figure number was hardly legible.",
        "Nummer unsicher",
        "Die Abbildungsnummer war kaum lesbar.",
    ),
    "figure_repeated": Words(
        "figure number twice",
        "Another vessel of the page has the same number or code.",
        "Nummer doppelt",
        "Ein anderes Gefäß der Seite hat dieselbe Nummer.",
    ),
    "figure_gap": Words(
        "figure number missing",
        "Next to this vessel's number one of the page's run is missing.",
        "Nummer fehlt",
        "Neben der Nummer dieses Gefäßes fehlt eine in der Reihe der Seite.",
    ),
    "figure_contested": Words(
        "two figure numbers",
        "A second label is about as near to the vessel as its own.",
        "zwei Nummern",
        "Eine zweite Beschriftung steht ungefähr so nah am Gefäß wie die eigene.",
    ),
    "printed_diameter_differs": Words(
        "printed diameter differs",
        "The diameter printed at the drawing is not the measured one.",
        "gedruckter Durchmesser anders",
        "Der bei der Zeichnung gedruckte Durchmesser ist nicht der gemessene.",
    ),
    "look_again": Words(
        "look again",
        "The drawing that a model finds has changed since a person decided about it.",
        "noch einmal ansehen",
        "Die gefundene Zeichnung hat sich geändert, seit jemand über sie entschieden hat.",
    ),
    "disputed": Words(
        "people disagree",
        "Two people decided differently, not knowing of each other.",
        "Uneinigkeit",
        "Zwei Leute haben verschieden entschieden, ohne voneinander zu wissen.",
    ),
}
"""Why a person should check a vessel; `disputed` represents every word that begins with it."""

MISSING: Mapping[str, Words] = {
    "no_axis": Words("no axis", "There is no axis, so no radius.", "keine Achse", "Ohne Achse kein Radius."),
    "no_rim": Words("no rim", "The drawing has no rim.", "kein Rand", "Die Zeichnung hat keinen Rand."),
    "base_unknown": Words("no base", "The drawing has no base.", "kein Boden", "Die Zeichnung hat keinen Boden."),
    "round_base": Words("round base", "It has no standing ring.", "runder Boden", "Es steht auf keinem Ring."),
    "n_break": Words(
        "N at the rim line",
        "The drawn width is not the diameter.",
        "N an der Randlinie",
        "Breite ist nicht Durchmesser.",
    ),
    "sign_at_axis": Words("sign at the axis", "It may be an N.", "Zeichen an der Achse", "Es kann ein N sein."),
    "handle": Words("handle", "A handle is in the way.", "Henkel", "Ein Henkel ist im Weg."),
    "section_open": Words(
        "open section",
        "The section does not enclose a cavity.",
        "offener Schnitt",
        "Der Schnitt umschließt keinen Raum.",
    ),
    "not_shown_in_section": Words(
        "not shown", "No cut wall is drawn there.", "nicht gezeigt", "Dort ist keine geschnittene Wand gezeichnet."
    ),
    "no_wall": Words("no wall", "The section has no thickness.", "keine Wand", "Der Schnitt hat keine Dicke."),
    "preserved": Words(
        "preserved part",
        "The value is of what is preserved only.",
        "erhaltener Teil",
        "Der Wert gilt nur für das Erhaltene.",
    ),
    "not_printed": Words("not printed", "It is not printed at the drawing.", "nicht gedruckt", "Es steht nicht dabei."),
    "not_read": Words("not read", "The text could not be read.", "nicht gelesen", "Der Text war nicht zu lesen."),
    "readings_differ": Words(
        "read in two ways", "It was read in two ways.", "zweierlei gelesen", "Es wurde zweierlei gelesen."
    ),
    "scale_unknown": Words("no scale", "The scale is not known.", "kein Maßstab", "Der Maßstab ist nicht bekannt."),
}
"""Why a measure is missing, or what it lacks."""


def as_json(words: Mapping[str, Words]) -> dict[str, dict[str, list[str]]]:
    """Words by language: [what it is called, what it means]."""
    return {
        "en": {name: [each.en, each.en_means] for name, each in words.items()},
        "de": {name: [each.de, each.de_means] for name, each in words.items()},
    }
