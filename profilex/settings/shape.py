"""Numbers that read a section's outline, measure it, and say how far it can be believed."""

from dataclasses import dataclass

from profilex.settings.numbers import FITTED, PHYSICAL, number


@dataclass(frozen=True, slots=True)
class SidesSettings:
    """The side of the axis on which a section lies."""

    one_sided: float = number(0.88, "share", "share of the section's area that must lie on one side of its axis")
    two_sided: float = number(0.25, "share", "... or, with both walls cut, at least on either side ...")
    halved: float = number(0.4, "share", "... which two walls joined by a floor divide more evenly")


@dataclass(frozen=True, slots=True)
class FloorSettings:
    """Floors and lids."""

    floor_walls: float = number(
        2.0, "walls", "a floor extends from the axis by this many walls; a wall that leans on the axis does not"
    )
    hollow_walls: float = number(0.75, "walls", "this much lower than a lid's middle leaves a hollow below it")
    widest: float = number(0.97, "share", "share of the greatest radius from which a place counts as the widest")
    above: float = number(0.85, "share", "of a lid's radius: a knob or collar on it is narrower")
    rows: int = number(201, "count", "depths examined")


@dataclass(frozen=True, slots=True)
class ContourSettings:
    """Lip, foot and widest point."""

    lip_walls: float = number(1.5, "walls", "a lip's outermost point lies within this many wall thicknesses of its top")
    hanging_walls: float = number(4.0, "walls", "... or, of a lip that hangs down beside the wall, within this many")
    turn_walls: float = number(0.05, "walls", "after a lip's outermost point the contour must recede by this much")
    edge_walls: float = number(0.75, "walls", "without such a lip, the rounding of its edge lies within this depth ...")
    body_walls: tuple[float, float] = number((0.75, 1.5), "walls", "... and the slope of the body is taken from here")
    outwards: float = number(
        0.25, "slope", "the edge of a lip is where the contour leads outwards by no more than this"
    )
    lean: float = number(6.0, "slope", "... the more the body widens below, the nearer to the lip's top is its edge")
    last_walls: float = number(
        0.8, "walls", "a wall that leads outwards ends this near to the place where its outline turns in"
    )
    as_good_sds: float = number(
        2.0, "standard deviations", "an edge that is less far out by this much may be the true one"
    )
    round_base: float = number(
        0.12, "share", "a foot narrower than this share of the greatest radius is a round base's point of contact"
    )


@dataclass(frozen=True, slots=True)
class WallSettings:
    """Wall thickness along the middle line."""

    samples: int = number(2400, "count", "of the outline, at most")
    per_thickness: int = number(12, "count", "samples of the outline in one thickness of the wall")
    facing: float = number(
        0.92, "ratio", "chord of a mid-point's two contacts over twice its distance: 1 where they face each other"
    )
    touching: float = number(0.9, "share", "a mid-point's circle touches the outline from inside")
    end_walls: float = number(0.5, "walls", "the end of a wall is known to this many thicknesses")
    round_walls: float = number(
        2.5, "walls", "way along the outline between the contacts, in thicknesses: a shorter way goes around an end"
    )


@dataclass(frozen=True, slots=True)
class WallEndsSettings:
    """The ends of a cut wall."""

    per_wall: int = number(10, "count", "samples of the outline in one thickness of the wall")
    samples: int = number(2400, "count", "of the outline, at most")
    reach_walls: float = number(
        3.0, "walls", "an end's corners lie within this way along the outline from its farthest point ..."
    )
    depth_walls: float = number(2.0, "walls", "... and within this way along the wall")
    turn_walls: float = number(0.3, "walls", "a corner turns within this much of the outline on either side of it")
    apart_walls: float = number(0.2, "walls", "corners of one end are at least this far apart")
    corners: int = number(12, "count", "examined around a tip, at most")
    slack_walls: float = number(0.4, "walls", "the tip lies between the corners, or at most this far beyond one")
    legs_walls: float = number(
        0.6, "walls", "length of the wall's faces from which their direction at the end is taken"
    )
    chord_walls: tuple[float, float] = number(
        (0.3, 2.5), "walls", "length of the cut between an end's corners: least and most"
    )
    tip_walls: float = number(
        1.0, "walls", "a tip is farther along the wall than all places within this way along the outline"
    )
    least_way: float = number(0.3, "share", "share of the longest way that the way to an end is")
    nearer: float = number(
        1.0,
        "standard deviations",
        "added to the cut deviation of an end next to the start of the ways; less for farther ends",
    )
    sd_length: float = number(0.35, "ln(walls)", "deviation of a straight cut's length from the wall thickness")
    sd_square: float = number(30.0, "degrees", "deviation of a straight cut from square across the wall")
    sd_parallel: float = number(40.0, "degrees", "deviation of the wall's faces from parallel at a cut")
    sd_bent: float = number(0.12, "share", "of its length by which a straight cut is bent")
    sd_sharp: float = number(45.0, "degrees", "deviation of a cut's corners from right angles")


@dataclass(frozen=True, slots=True)
class EdgesSettings:
    """Rim, outer wall, base, inner wall and breaks."""

    level_walls: float = number(0.5, "walls", "the piece with the rim reaches the vessel's top within this many walls")
    lip_walls: float = number(
        0.3, "walls", "of the outline's depth: from here the ways through the wall start at the lip"
    )
    foot_walls: float = number(0.6, "walls", "a tip this near to the standing plane is a foot")
    crack_walls: float = number(0.35, "walls", "an end this near to another piece is a crack in one wall")
    least_walls: float = number(2.0, "square walls", "area, in squares of the wall, below which a piece has no ends")


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """The error of measures, and handles."""

    drawn_sd: float = number(
        0.01, "share", "error of a drawn dimension: repeated drawings of one vessel differ by this", FITTED
    )
    ink_sd_px: float = number(0.3, "px", "error of an outline for the breadth of the pen")
    handle_walls: float = number(2.5, "walls", "a handle is at most this many wall thicknesses thick")
    loop_walls: float = number(0.5, "walls", "a wider hole lies between handle and wall")


@dataclass(frozen=True, slots=True)
class ResidualSettings:
    """The check against the scan."""

    near_walls: float = number(0.1, "walls", "an outline this near to its ink counts as on it")
    near_px: tuple[float, float] = number((1.5, 5.0), "px", "... held within these bounds")
    margin_walls: float = number(1.0, "walls", "part of the page around a line that is compared with it ...")
    margin_px: float = number(16.0, "px", "... at least this")
    page_edge_px: float = number(3.0, "px", "at the scan's edge no ink is to be expected")
    tone_walls: float = number(0.8, "walls", "width over which the wall's tone is averaged")
    tone_share: float = number(0.3, "share", "of the contrast: a greater difference is another tone")
    inner_walls: float = number(0.18, "walls", "the outline's own stroke is left out")
    inner_px: float = number(1.6, "px", "... at least this")
    least_inner_px: int = number(12, "square px", "area below which a wall has no inside")
    image_walls: float = number(0.15, "walls", "a mirror image this near to the ink counts as present")
    image_px: float = number(2.0, "px", "... at least this")
    rows: int = number(60, "count", "places along the contour whose image is sought")
    least_rows: int = number(8, "count", "... of which at least this many lie on the page")
    large_share: float = number(0.2, "share", "of an outline off its ink from which a vessel needs review")
    large_tone: float = number(0.25, "share", "of a wall's inside of another tone from which a vessel needs review")
    large_lines: float = number(0.5, "share", "of axis and rim line off their ink from which a vessel needs review")


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """The reasons for a check by a person."""

    edge_px: float = number(2.0, "px", "a section this near to the edge of the page touches it")
    sure: float = number(0.7, "probability", "confidence below which a vessel needs review")
    thick: float = number(0.6, "share", "a wall thicker than this share of the vessel's greatest radius is implausible")
    uneven: float = number(
        12.0, "ratio", "of the 95th to the 5th percentile of the thickness from which a wall is implausible"
    )
    disagree: float = number(0.03, "share", "by which both sides' radii differ from which a vessel needs review")
    skewed: float = number(0.07, "radians", "tilt of a drawing from which it needs review")
    empty: float = number(
        0.1, "share", "share of the outer contour with an image beyond the axis below which there is no exterior"
    )


@dataclass(frozen=True, slots=True)
class CandidatesSettings:
    """Candidates as they are measured."""

    contour_sd_px: float = number(0.3, "px", "the error of a contour through probabilities is at least this")
    no_image: float = number(0.2, "share", "if both sides' radii differ by this share, neither mirrors the other")


@dataclass(frozen=True, slots=True)
class LabelsSettings:
    """What is printed at a vessel."""

    unsure: float = number(0.6, "probability", "a label read with less confidence is flagged for review")
    diameters_sd: float = number(
        3.0, "standard deviations", "a printed diameter may differ from the measured one by this many of both"
    )
    diameters_share: float = number(0.03, "share", "... and by this share: sherds are measured by hand before drawing")
    chart_step: float = number(5.0, "%", "step of a rim chart")
    chart_sd: float = number(
        5 / 12**0.5, "%", "error of a share of the rim that was read off a chart: a step over the root of 12", PHYSICAL
    )
    rounding_sd: float = number(
        1 / 12**0.5, "%", "error of a share of the rim that was read more finely: one over the root of 12", PHYSICAL
    )
