"""Numbers of the room `scale`: scale bars, and the decision on the scale. See `profilex.settings.numbers`."""

from dataclasses import dataclass, field

from profilex.settings.numbers import number


@dataclass(frozen=True, slots=True)
class BarCellsSettings:
    """The cells of a bar, from the places where black and white meet."""

    faint: float = number(0.3, "share", "ink of a thin frame line after blurring")
    edge: float = number(0.5, "share", "of black and white at which a cell begins or ends")
    thin: float = number(
        0.45, "share", "a black run below this share of the narrowest white cell is a frame line, not a cell"
    )
    largest_size: int = number(10, "units", "length of a cell, at most")
    most_places: int = number(
        60, "count", "boundaries in a bar, at most: bars have up to about thirty, a row of letters has more"
    )
    enough: int = number(4, "count", "boundaries within a bar, without its ends, at least")
    agree: float = number(0.1, "share", "of a unit: the tolerance of an edge's place ...")
    agree_px: float = number(0.8, "px", "... or this much")
    agree_mean: float = number(0.04, "share", "of a unit: the tolerance of the root of the mean square ...")
    agree_mean_px: float = number(0.3, "px", "... or this much")
    spread_px: float = number(0.15, "px", "error of an edge, at least")
    few_spread_px: float = number(
        0.25, "px", "error of an edge, at least, if there are hardly more edges than unknowns"
    )
    blot_px: float = number(3.5, "px", "ink spreads by no more than this ...")
    blot: float = number(0.15, "share", "... or this share of a unit")


@dataclass(frozen=True, slots=True)
class BarMeasureSettings:
    """The length of a bar on the page."""

    margin: float = number(0.12, "share", "of the box's length beyond its ends, because the network's box is not exact")
    least_margin_px: float = number(6.0, "px", "... and at least this")
    ink: float = number(0.5, "share", "of black from which a pixel is ink")
    faint: float = number(0.3, "share", "ink of a thin frame line after blurring")
    filled_row: float = number(0.3, "share", "share of the bar's length that is ink in one of its rows")
    least_cell: float = number(0.035, "share", "length of a black cell, as a share of the bar's; ticks are shorter")
    least_cell_px: float = number(6.0, "px", "... and at least this")
    block: float = number(0.65, "share", "share of the bar's height that is ink in a column of a block")
    tick_reach: float = number(0.5, "share", "ticks project from the bar's body by this share of its height")
    faintest_tick: float = number(0.12, "share", "of black from which a column may be a tick")
    tick_px: float = number(7.0, "px", "width of a tick, blur included ...")
    narrow: float = number(0.03, "share", "... or this share of the bar's length")
    end_px: int = number(5, "px", "from an end of a bar inwards: there its line or its first cell is darkest")
    end: float = number(0.03, "share", "end ticks are this near to the bar's ends")
    miss: float = number(0.35, "share", "share of a unit by which the cells may fall short of the bar ...")
    miss_px: float = number(4.0, "px", "... or this much, for frames")
    least_sd_px: float = number(0.25, "px", "error of a bar's length, at least")
    framed_sd_px: float = number(0.7, "px", "error because the bar's first and last edge may belong to its frame")
    plain_sd_px: float = number(
        1.5, "px", "error of a bar without cells: the width of the pen may or may not belong to it"
    )
    plain_sd: float = number(0.005, "share", "... and this share of its length")


@dataclass(frozen=True, slots=True)
class BarOwnerSettings:
    """Which figure a bar belongs to."""

    step: int = number(8, "px", "of the page for each px of the coarse picture")
    ink: float = number(0.75, "share", "of the paper's brightness: what is darker is ink")
    paper: int = number(9, "coarse px", "within which the brightest value is paper")
    large: float = number(0.05, "share", "of the page's longer side: smaller patches are text or specks")
    frame: float = number(0.5, "share", "share of the page's area: a larger patch of ink is the page's frame")
    in_drawing: float = number(0.3, "share", "share of the smaller box")
    text: float = number(0.15, "lengths", "the text of a bar lies within this many of its lengths")
    dark: float = number(0.85, "share", "of the paper's brightness below which a place is dark ...")
    bright: int = number(75, "%", "... the paper being this percentile of the page ...")
    all: float = number(0.85, "share", "... a patch that is dark over this share of its box is a photograph")
    seen: float = number(0.45, "share", "share of a patch that the network sees as a vessel")
    prose: float = number(0.4, "share", "share of a patch covered by rows of letters")
    nearer: float = number(
        0.8,
        "share",
        "a bar below a figure belongs to it if it is nearer than this share of the way to the nearest vessel",
    )
    nearer_beside: float = number(0.5, "share", "... and to another figure if it is nearer than this")
    under: float = number(1.0, "lengths", "of the bar between it and a figure above it, at most")
    beside: float = number(0.4, "lengths", "of the bar between it and a figure beside it, at most")
    lengths: float = number(0.5, "lengths", "of the bar that its figure is long, at least: neither text nor a line")
    breadths: float = number(0.35, "lengths", "of the bar that its figure is wide, at least")
    shared: float = number(0.5, "share", "share of the bar's columns, or rows, that its figure covers too")


@dataclass(frozen=True, slots=True)
class BarSearchSettings:
    """Bars found by their ink."""

    ink: float = number(0.6, "share", "of the paper's brightness: what is darker is ink")
    faint_ink: float = number(0.85, "share", "of the paper's brightness: what is darker is faint ink")
    across: float = number(4.5, "letter heights", "from a text within which its bar is sought")
    along: float = number(0.35, "share", "of the page's width to either side of a text within which its bar is sought")
    slender: float = number(4.0, "ratio", "length of a bar over its height, at least")
    least_slender: float = number(
        2.0, "ratio", "length over height of an upright box that may hold a tilted bar, at least"
    )
    around: float = number(1.1, "ratio", "of a bar's width: the surroundings used when it is rotated level")
    tick_off_px: float = number(1.0, "px", "by which a tick may lie beyond the end of a bar")
    cell: float = number(1.5, "ratio", "heights: a black run this long in line with a bar is a cell, not a letter")
    tallest: float = number(2.5, "letter heights", "height of a bar, at most")
    shortest: float = number(2.0, "letter heights", "length of a bar, at least")
    solid: float = number(0.75, "share", "of its tilted box that a block fills, at least")
    level: float = number(0.2, "share", "share of their height by which blocks of one row may differ")
    gap: float = number(1.5, "ratio", "white cells are at most this many of the longest black one")
    beside: float = number(3.0, "letter heights", "letter heights between a bar's end and text in line with it")
    same_length: float = number(0.12, "share", "by which a bar's measured length and its piece of ink may differ")
    off_px: float = number(1.5, "px", "by which a column's edge may be off a straight line ...")
    off: float = number(0.12, "share", "... or this share of the bar's height")
    nearly_all: float = number(0.9, "share", "share of the columns of a bar, or of what continues beyond it")
    blur_px: int = number(3, "px", "beyond a bar's end that may still be its blur")
    beyond_px: int = number(5, "px", "over which ink must continue beyond an end of a bar ...")
    beyond: float = number(0.04, "share", "... or this share of its length")
    frame: float = number(0.12, "share", "of the bar's blackness")
    shortest_px: float = number(40.0, "px", "length of a bar that no text leads to, at least")
    lowest_px: float = number(3.0, "px", "height of a bar that no text leads to, at least")
    longest: float = number(0.6, "share", "of the page's width: length of a bar that no text leads to, at most")
    highest: float = number(0.03, "share", "of the page's longer side: height of a bar that no text leads to, at most")
    least_filled: float = number(0.3, "share", "of its box that a bar of cells fills, at least")
    most_filled: float = number(0.9, "share", "of its box that a bar of cells fills, at most")
    least_cells: int = number(4, "count", "cells of a bar that no text leads to, at least")
    full_row: float = number(0.3, "share", "share of ink in a row from which it belongs to the bar and not to letters")


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """The decision on the scale."""

    ratio_sd: float = number(0.005, "share", "error of a page printed at its nominal scale, as a share")
    bars_agree: float = number(0.02, "share", "by which the scales of a page's bars may differ")
    sources_agree: float = number(0.03, "share", "by which a bar and a ratio, or neighbouring pages, may differ")
    near_letters: float = number(
        2.0, "letter heights", "the middle of a number is within this many letter heights of its tick"
    )
    near_share: float = number(0.06, "share", "... and this share of the bar")
    ends_agree: float = number(
        0.09, "share", "share by which the measured ink may be shorter or longer than the bar that was found"
    )
    unread_cells: int = number(
        10, "count", "cells of a bar that shows centimetres without a text: five, and a block of five more"
    )
    most_enlarged: float = number(
        1.5, "ratio", "plates show vessels at most at life size; 10 cm misread as 10 mm makes them ten times as large"
    )
    least_rim_mm: float = number(10.0, "mm", "rim diameter of a vessel, at least: a ring's is smaller")
    most_rim_mm: float = number(1500.0, "mm", "rim diameter of a vessel, at most: a well's is larger")


@dataclass(frozen=True, slots=True)
class NeighboursSettings:
    """Scales of pages that show none."""

    reach: int = number(10, "count", "pages considered before and after")
    least: int = number(2, "count", "pages that must agree")
    agree: float = number(0.02, "share", "share by which they may differ")
    same_size: float = number(0.05, "share", "share by which the sides of pages of one scan differ")


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """All numbers of the room."""

    bar_cells: BarCellsSettings = field(default_factory=BarCellsSettings)
    bar_measure: BarMeasureSettings = field(default_factory=BarMeasureSettings)
    bar_owner: BarOwnerSettings = field(default_factory=BarOwnerSettings)
    bar_search: BarSearchSettings = field(default_factory=BarSearchSettings)
    decision: DecisionSettings = field(default_factory=DecisionSettings)
    neighbours: NeighboursSettings = field(default_factory=NeighboursSettings)
