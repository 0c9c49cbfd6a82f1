"""Numbers that find a drawing: its sections, axis and rim."""

import math
from dataclasses import dataclass

from profilex.settings.numbers import number


@dataclass(frozen=True, slots=True)
class GroupsSettings:
    """Which sections belong to one drawing."""

    crack_walls: float = number(0.35, "walls", "pieces nearer than this share of their wall's thickness were one wall")
    small: float = number(0.35, "share", "a handle's own section is at most this share of the wall's area")
    compact: float = number(0.55, "share", "... and fills this share of its tightest rectangle")
    near: float = number(1.2, "lengths", "... and lies within this many of its own lengths ...")
    stout: float = number(3.5, "ratio", "... and is at most this many times longer than broad")
    near_bare: float = number(4.0, "lengths", "... or this many, where the silhouettes show no vessel about it")
    mirrored: float = number(0.45, "share", "overlap (IoU) of one side's section with the other's mirror image")
    level_tops: float = number(0.15, "share", "both sides' tops differ by at most this share of their height")
    covered: float = number(0.9, "share", "of the line between two sections that one silhouette must cover")
    waist: float = number(
        0.5, "share", "narrowest breadth of a silhouette between two sections of one vessel, at least"
    )
    linked: float = number(
        0.85, "share", "share of the rim's columns with ink that joins two sides where no silhouette does"
    )
    ink: float = number(0.63, "share", "of the way from the darkest ink to the paper: what is darker is ink")
    ink_and_paper: tuple[float, float] = number((2.0, 90.0), "%", "of the greys: the darkest ink and the paper")
    reach_widths: float = number(
        12.0, "widths", "without a silhouette a drawing ends within this many widths of its section"
    )
    reach_heights: float = number(3.0, "heights", "... or within this many heights of it")


@dataclass(frozen=True, slots=True)
class FalsePositivesSettings:
    """Which sections and candidates are not vessels."""

    lesser: float = number(
        0.6, "share", "the area of a false section is at most this share of the section in whose drawing it lies"
    )
    minor: float = number(0.25, "share", "... or this, where it seems to have an axis of its own ...")
    doubtful: float = number(0.8, "share", "... or this, where it is clearly less confident than the section")
    clearly: float = number(0.1, "probability", "by which one confidence clearly exceeds another")
    unlikely: float = number(0.2, "probability", "below this nearly all vessels are wrong ...")
    unlikely_beside: float = number(
        0.4, "probability", "... and below this more than half, which is too many on a page with a confident vessel"
    )
    doubted: float = number(0.5, "probability", "a vessel of less confidence is more likely wrong than right")
    sure: float = number(0.7, "probability", "a vessel of at least this confidence needs no review for it")
    within: float = number(0.8, "share", "share of a false section within the drawing")
    crack_walls: float = number(1.0, "walls", "nearer pieces are one wall")
    mirrored: float = number(0.45, "share", "overlap (IoU) with the mirror image that makes both sides cut")
    margin_walls: float = number(1.5, "walls", "margin about a drawing that belongs to it")
    same_axis_walls: float = number(2.0, "walls", "axes nearer to each other are one")
    rows: int = number(24, "count", "strips into which a drawing's space is cut")


@dataclass(frozen=True, slots=True)
class AxisSettings:
    """The choice of an axis among its sources."""

    drawing_sd_px: float = number(0.25, "px", "error with which an axis line is drawn, at least")
    poor_image: float = number(0.45, "share", "of the outer contour with a mirror image: a wrong axis has at most this")
    good_image: float = number(
        0.75, "share", "of the outer contour with a mirror image: a right axis has at least this"
    )
    clearly: float = number(
        0.4, "share", "by which the image beyond another line must exceed that of the axis it replaces"
    )


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Axes in the network's axis channel."""

    probable: float = number(0.4, "probability", "in the axis channel from which a cell may be on an axis")
    least_points: int = number(6, "count", "cells of a line, at least")
    candidates: int = number(4, "count", "lines examined for one drawing, at most")
    band_cells: float = number(2.5, "cells", "half width of the band of one axis on the network's grid")
    steepest: float = number(0.07, "slope", "of an axis on the page, at most")
    speck: float = number(
        0.15, "share", "shorter than this share of a true axis, or of the section's height, it is a speck"
    )


@dataclass(frozen=True, slots=True)
class SymmetrySettings:
    """Axes from mirror images and from a floor's edge."""

    pale: int = number(45, "grey levels", "grey levels below the paper at which a faint contour is still ink")
    tilts: tuple[float, ...] = number(
        (0.0, -0.012, 0.012, -0.024, 0.024, -0.036, 0.036),
        "slope",
        "of drawings on a page laid askew, in the order in which they are tried",
    )
    clearly: float = number(1.03, "ratio", "factor by which another tilt must have more votes")
    bin_share: float = number(0.003, "share", "of the window's width: width of a bin of votes")
    rows: int = number(160, "count", "rows of the section examined, at most")
    least_rows: int = number(8, "count", "rows of the section and columns of the page, at least")
    agree: float = number(0.55, "share", "share of the rows whose middle must lie on the mirror line")
    rival: float = number(
        0.85,
        "share",
        "of two lines with nearly as many rows the farther one is the axis; the nearer one is a false middle",
    )
    surroundings: int = number(31, "count", "bins around one whose usual number of votes is subtracted")
    edge_band_walls: float = number(
        0.12, "walls", "width of the band at the section's end in which a straight edge is sought"
    )
    least_edge_walls: float = number(0.5, "walls", "length of a floor's edge, at least")
    floor_growth: float = number(1.5, "ratio", "a floor is at most this much thicker a little way from its edge")
    slender: float = number(
        2.0,
        "ratio",
        "the end of a floor is an edge only if the section is this many times wider than the floor is thick",
    )


@dataclass(frozen=True, slots=True)
class UprightStrokesSettings:
    """Axes among a drawing's upright strokes."""

    candidates: int = number(10, "count", "columns examined, at most")
    faintest: int = number(14, "grey levels", "by which a stroke is darker than the paper beside it, at least")
    least_rows: float = number(0.3, "share", "share of the section's rows in which a stroke must be visible")
    mirrored: float = number(0.5, "share", "share of the rows in which the section's outer side has its image in ink")
    rim_drawn: float = number(0.85, "share", "share of the way from the lip to the axis on which a rim line is seen")
    image_share: float = number(0.008, "share", "of the distance: the tolerance for the place of the mirror image")
    contour: float = number(
        0.7, "share", "share of the rows with the mirror image in ink if a stroke is the contour of the other half ..."
    )
    clearly: float = number(0.05, "share", "... and by which that must exceed the share of the straight stroke")
    near_px: int = number(2, "px", "ink this near to a place counts as there")
    reach_px: float = number(3.0, "px", "from a column within which its stroke is sought")
    rows: int = number(160, "count", "rows of the section examined, at most")
    lean: float = number(
        0.06, "slope", "of an axis; the other half of a leaning drawing lies this much higher or lower"
    )


@dataclass(frozen=True, slots=True)
class RimSettings:
    """The rim plane and the tilt of a drawing."""

    reach_walls: float = number(
        0.4, "walls", "the rim line is drawn within this many wall thicknesses of the section's top"
    )
    least_reach_px: float = number(3.0, "px", "... and at least this far")
    least_share: float = number(
        0.4, "share", "share of the way from the section to the axis (and beyond) on which the line must be seen"
    )
    drawing_sd_px: float = number(0.35, "px", "error with which a rim line is drawn, at least")
    section_sd_px: float = number(1.0, "px", "error of a rim plane that is known from the section's top alone")
    level_sd: float = number(
        0.0035, "radians", "radians by which a careful drawing's axis and rim line differ from a right angle"
    )
    waver_px: float = number(1.0, "px", "error of the ends of a line")
    page_sd: float = number(0.008, "radians", "deviation of a drawing's tilt from that of its page")
    slanted: float = number(math.tan(math.radians(15)), "slope", "steeper cuts are breaks, the tangent of 15 degrees")
    cut_walls: tuple[float, float] = number(
        (0.5, 2.0), "walls", "length of the straight cut of a break, in wall thicknesses"
    )


@dataclass(frozen=True, slots=True)
class NSymbolSettings:
    """The sign across the rim line: the drawn half width is not the radius."""

    ink_share: float = number(
        0.4, "share", "of the contrast between paper and the darkest ink around the sign: darker is ink"
    )
    least_contrast: float = number(30.0, "grey levels", "contrast around a sign, at least")
    half_widths: tuple[float, float] = number((0.2, 2.0), "walls", "half width of the sign: least and most")
    heights: tuple[float, float] = number(
        (0.3, 2.2), "walls", "height of its part above (and below) the rim line: least and most"
    )
    least_px: int = number(3, "px", "size of a sign's part, at least")
    samples: int = number(24, "count", "samples along each of its strokes")
    covered: float = number(0.85, "share", "share of each of the three strokes that is ink")
    empty: float = number(0.3, "share", "share of the corner above the diagonal that may be ink")
    least_sign: float = number(0.25, "px", "of ink for each px of the window's half width, at least")
    beside_px: int = number(2, "px", "the axis runs through a sign, or this near beside it")
    solid: float = number(0.85, "share", "share of ink in an upright bar")
    sign_width: float = number(0.3, "walls", "width of any sign, at least")
    pairs: int = number(200, "count", "pairs of upright strokes examined, at most")
    off_walls: float = number(
        0.4, "walls", "the sign's strokes must meet the rim line within this many wall thicknesses"
    )


@dataclass(frozen=True, slots=True)
class PlacementSettings:
    """Where a drawing lies."""

    gap_px: float = number(2.0, "px", "a floor that ends this near to the axis reaches it ...")
    gap_walls: float = number(0.15, "walls", "... or within this of it ...")
    gap_share: float = number(0.006, "share", "... or within this share of the radius")
    least_tilted: int = number(3, "count", "drawings from which the tilt of a page is estimated, at least")


@dataclass(frozen=True, slots=True)
class OverrunsSettings:
    """Axes that belong to a neighbour."""

    same_rows: float = number(
        0.3, "share", "of the lower drawing's height that two drawings share if they lie side by side"
    )
    slack: float = number(0.02, "share", "of the width by which a drawing may reach over its neighbour's section")
    minor: float = number(
        0.25,
        "share",
        "a section of less than this share of the other's area may be paint or a sherd within its drawing",
    )
    well_mirrored: float = number(
        0.5, "share", "share of the outer contour with a mirror image from which an axis is the drawing's own"
    )


@dataclass(frozen=True, slots=True)
class AssemblySettings:
    """From sections to vessels."""

    in_bar: float = number(0.6, "share", "share of a section within a scale bar that makes it a part of that")
