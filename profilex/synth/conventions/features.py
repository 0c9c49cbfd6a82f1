"""The conventions that are drawn: each with its rate, the drawings that it can occur on, and where it is known from.

Rates are shares of the drawings or pages that can have the feature at all, over all schools together. They are
guesses after the literature and counts on some catalogues, no statistics of the world.
"""

from dataclasses import dataclass

PAGE, DRAWING, PIECE = "page", "drawing", "piece"
FACTS = ("any", "rim", "fragment", "whole", "handle", "hollow", "closed", "lid", "plate")
"""What a feature can ask of a drawing: a rim; a break; both ends; a handle; a section that is neither solid nor toned;
a closed form; being a lid; and of a page, to be a plate."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One convention. `per` says how often it is decided: for a page, for each drawing of a vessel, or for each piece
    of pottery before it is known to be a vessel.

    `rate` is its share of those that have the fact `of`. Of the features of one `group` a drawing has at most one.
    `source` are keys of SOURCES, or "counted" (on catalogues) or "guessed".
    """

    name: str
    says: str
    rate: float
    source: str
    per: str = DRAWING
    of: str = "any"
    group: str = ""


_F = Feature
FEATURES: tuple[Feature, ...] = (
    _F("solid", "solid black or dark section", 0.30, "counted, OH", PAGE, group="fill"),
    _F("hollow", "hollow section", 0.27, "counted, BL", PAGE, group="fill"),
    _F(
        "hatched",
        "section hatched with lines in one or two directions, or with dashes",
        0.09,
        "DL, C2",
        PAGE,
        group="fill",
    ),
    _F("ladder", "hollow section with ticks across it, as the rungs of a ladder", 0.045, "counted", PAGE, group="fill"),
    _F("tinted", "section filled in grey or in a colour", 0.035, "SF", PAGE, group="fill"),
    _F("flecked", "section stippled, or flecked with inclusions", 0.03, "SC", PAGE, group="fill"),
    _F("toned", "lithograph: a pale section beside a dark interior", 0.155, "counted", PAGE, group="fill"),
    _F("ink", "hollow section in coarse pen", 0.075, "counted", PAGE, group="fill"),
    _F("mixed_fills", "another fill for other wares on the same page", 0.06, "SF, SC", PAGE, "plate"),
    _F("section_right", "section on the right", 0.35, "J1, J2, SA, BR, OH", PAGE),
    _F("axis_full", "axis from rim to base", 0.61, "ES", PAGE, group="axis"),
    _F("axis_dashed", "dashed axis", 0.05, "counted", PAGE, group="axis"),
    _F("axis_dash_dot", "axis of dashes and dots", 0.03, "guessed", PAGE, group="axis"),
    _F("axis_stub", "axis with a tick apart below it", 0.10, "counted", PAGE, group="axis"),
    _F("axis_lower", "only the lower part of the axis", 0.05, "counted", PAGE, group="axis"),
    _F("axis_top", "the axis a short stroke at the top", 0.045, "IT", PAGE, group="axis"),
    _F("axis_stepped", "axis that jumps aside", 0.015, "counted", PAGE, group="axis"),
    _F("axis_absent", "no axis", 0.10, "SC, counted", PAGE, group="axis"),
    _F("off_centre", "exterior half wider or narrower than the other", 0.05, "J3", of="rim"),
    _F("rim_full", "one rim line", 0.66, "counted", PAGE, group="rim line"),
    _F("rim_double", "a double rim line", 0.18, "counted", PAGE, group="rim line"),
    _F("rim_dashed", "dashed rim line", 0.05, "counted", PAGE, group="rim line"),
    _F(
        "rim_stub",
        "a stub of 1 to 2 cm beside a bare profile: the diameter is unknown",
        0.04,
        "IT",
        PAGE,
        group="rim line",
    ),
    _F("rim_none", "no rim line", 0.07, "counted", PAGE, group="rim line"),
    _F("rim_gap", "rim line that leaves a gap to the section", 0.35, "counted", PAGE),
    _F("broken_rim_line", "rim line broken by a gap", 0.04, "guessed", of="rim"),
    _F("closing_line", "straight line over the mouth though the rim waves", 0.04, "C3", of="rim"),
    _F(
        "n_sign",
        "an N or zigzag across the rim line or both of two: the diameter is uncertain",
        0.065,
        "counted",
        of="rim",
    ),
    _F("query", "a question mark or an asterisk under the section", 0.02, "IT", of="fragment"),
    _F("both_walls", "both walls cut", 0.055, "counted", group="layout"),
    _F("one_wall_cut", "one wall cut, the rest of the vessel a single contour", 0.02, "counted", group="layout"),
    _F("front_view", "full front view, the section apart at its side", 0.035, "J2, OT", group="layout"),
    _F("profile_only", "profile, axis and rim line without the exterior half", 0.11, "guessed", group="layout"),
    _F("bare_profile", "a profile alone, without axis or rim line", 0.035, "US", group="layout"),
    _F("quarter_cut", "the front of the vessel carried across the axis below the cut", 0.03, "C4", group="layout"),
    _F("sherd_in_middle", "the sherd drawn in place of the axis", 0.06, "SC, counted", of="fragment"),
    _F(
        "wall_sherd",
        "a wall sherd without an axis: its view, its section beside it",
        0.055,
        "IT",
        PIECE,
        group="subject",
    ),
    _F("handle_alone", "a handle with its section, view and cut", 0.02, "counted", PIECE, group="subject"),
    _F("base_mirrored", "drawn mouth down", 0.012, "PL", of="whole"),
    _F("open_end", "hollow section left open at its break", 0.18, "BL, IT", of="fragment"),
    _F("open_rim", "hollow section whose inner and outer line do not meet at the rim", 0.03, "guessed", of="hollow"),
    _F("rebuilt", "the lost wall dashed or dotted below the break", 0.16, "NA, ES", of="fragment"),
    _F("ghost", "the whole vessel as a thin ghost round a sherd", 0.05, "BR", of="fragment"),
    _F("gap_in_wall", "a wall preserved in pieces, a line or nothing between", 0.05, "counted", of="rim"),
    _F("handle_cut", "handle cut in the plane of the section", 0.33, "BL", of="handle", group="handle"),
    _F("handle_view", "handle in view", 0.42, "BL", of="handle", group="handle"),
    _F("handle_face", "handle seen from the front, on the exterior", 0.12, "guessed", of="handle", group="handle"),
    _F("handle_section", "the handle's own oval section beside it, with lead strokes", 0.35, "counted", of="handle"),
    _F("spout", "spout", 0.06, "BL", of="closed"),
    _F("plan_view", "a view from above over or under the vessel", 0.02, "guessed", of="rim"),
    _F("lug", "lugs, cut and in view", 0.03, "guessed", of="rim"),
    _F("tripod", "three feet, cut or in view", 0.025, "C1, C4", of="whole"),
    _F("windows", "a stand with windows through it", 0.02, "KR", of="whole"),
    _F("vent", "a hole through the wall", 0.012, "guessed", of="rim"),
    _F("knob", "lid with a knob", 0.6, "guessed", of="lid"),
    _F("lid_above", "a lid above its pot", 0.035, "C4", of="whole"),
    _F("nested", "one vessel in another", 0.02, "counted", of="whole"),
    _F("nicks", "nicks of grooves and cordons in the section's edge", 0.14, "guessed", of="any"),
    _F("coil_joints", "joints of coils as thin lines in the section", 0.03, "guessed", of="hollow"),
    _F("glaze", "glaze as a thick line along the edge", 0.012, "guessed", of="hollow"),
    _F("turning_lines", "turning lines on the interior", 0.35, "counted"),
    _F("burnish", "strokes of burnishing", 0.04, "TY"),
    _F("texture", "cord, roulette, comb, paddle or pricked rows on the exterior", 0.13, "AF, J5"),
    _F("painted", "painted decoration on the exterior", 0.20, "counted, IN"),
    _F("frieze", "unrolled frieze beside the vessel", 0.02, "guessed", of="rim"),
    _F("rim_strip", "strip of rim-top decoration above the vessel", 0.01, "IN", of="rim"),
    _F("rubbing", "rubbing or photograph beside the section", 0.02, "J5, SG"),
    _F("extra_cut", "a second cut beside the vessel, lettered", 0.015, "ES"),
    _F("diameter_text", "diameter beside the rim line", 0.06, "ES, CB", of="rim"),
    _F("share_preserved", "share of the rim preserved: a pie or per cent", 0.025, "CO, EE", of="rim"),
    _F("dimensions", "dimensions with arrows across the drawing", 0.05, "counted", of="rim"),
    _F("pencil", "drawn in pencil", 0.05, "counted", PAGE),
    _F("graph_paper", "on graph paper", 0.03, "ZO", PAGE),
    _F("tracing_paper", "on grey or tracing paper", 0.05, "counted", PAGE),
    _F("handwriting", "labels written by hand", 0.10, "counted", PAGE),
    _F("find_label", "a find label of several lines with a boxed number", 0.04, "counted", PAGE),
    _F("ringed_number", "numbers in a ring", 0.05, "guessed", PAGE),
    _F("profile_rows", "rows of many bare profiles", 0.035, "US", PAGE, "plate"),
    _F("second_ratio", "large jars at another ratio, with their own bar", 0.03, "guessed", PAGE, "plate"),
    _F("caption_list", "a list of the vessels under the plate", 0.14, "TY", PAGE, "plate"),
    _F("ratio_only", "the ratio in words in place of a bar", 0.14, "guessed", PAGE, "plate"),
)
BY_NAME: dict[str, Feature] = {feature.name: feature for feature in FEATURES}

SOURCES: dict[str, str] = {
    "OH": "Orton & Hughes, Pottery in Archaeology, 2013, ch. 7",
    "OT": "Orton, Tyers & Vince, Pottery in Archaeology, 1993, p. 91",
    "CO": "Collett, Drawing Archaeological Pottery, 2008–17",
    "NA": "NAS Guide, p. 175",
    "SG": "Study Group for Roman Pottery, standards and guidelines, romanpotterystudy.org.uk",
    "BL": "Bavarian guidelines for drawing finds (BLfD), yumpu.com 51040482",
    "SC": "Schreg 2017, archaeologik.blogspot.com",
    "SF": "SFÉCAG, sfecag.free.fr/recueil/redaction.htm",
    "DL": "De Laurenzi, scribd 233604285",
    "IT": "lallalife.blogspot.com, January 2012",
    "ES": "Beltrán, scribd 395723788",
    "CB": "Corinthian Basins I, yumpu 3939800",
    "ZO": "Zorn 1995, CSA Newsletter, February 1995",
    "TY": "Tynjä 2017, 9pdf.co q5mr8pm7",
    "SA": "Schuster, acrossborders.oeaw.ac.at (Sai)",
    "EE": "Biddle & Doherty, aecia.rssing.com",
    "AF": "JOGA 3643, publications.dainst.org",
    "BR": "Brochado, Monticelli & Neumann, Veritas 35 (140)",
    "IN": "Traditional pottery drawing, India, scribd 50827656",
    "US": "Practice in the United States and Mesoamerica, after Bagot 1999, doi 10.4000/books.cemca.1004",
    "C1": "Gan 2021, fx361.cc 13492330",
    "C2": "whhuayu.com.cn/industry/67",
    "C3": "silkroads.org.cn aid=48925",
    "C4": "Erlitou, peopleart.tv 89434",
    "J1": "cul-spo.or.jp p=3929",
    "J2": "Weblio, 実測図",
    "J3": "maibun.or.jp/qa/a23",
    "J5": "blog.goo.ne.jp/uminokodomo430",
    "KR": "scholar.kyobobook.co.kr 4010037059434",
    "PL": "PyPotteryLens, github.com/lrncrd",
}
