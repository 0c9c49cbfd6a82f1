"""Numbers of the room `ink`: what can be seen on grey values alone."""

import math
from dataclasses import dataclass, field

from profilex.settings.numbers import number


@dataclass(frozen=True, slots=True)
class StrokesSettings:
    """Pen strokes near a guess."""

    widest_px: int = number(7, "px", "a wider dark band is not a pen stroke, on scans of up to 300 dpi")
    steepest: float = number(
        math.tan(math.radians(3.5)), "slope", "greatest slope of a stroke against its guess, the tangent of 3.5 degrees"
    )
    faintest: float = number(
        14.0, "grey levels", "grey levels by which a stroke must be darker than the paper beside it"
    )
    seen: float = number(0.35, "share", "a row shows the stroke if it has this share of the darkness of most rows")
    longest_gap_px: int = number(8, "px", "longest gap between rows that show one stroke")


@dataclass(frozen=True, slots=True)
class DistanceSettings:
    """Distances of lines to the scan's ink."""

    most_samples: int = number(3000, "count", "samples of a line, at most")
    reach_walls: float = number(0.35, "walls", "distance from a line within which its ink is sought ...")
    reach_px: tuple[float, float] = number((3.0, 16.0), "px", "... held within these bounds")
    chord_px: float = number(2.0, "px", "the direction of a line is that of a chord this long in either direction")
    edge_share: float = number(0.16, "share", "of the contrast of ink and paper: fainter steps are not edges")
    stroke_walls: float = number(0.22, "walls", "half the width of a stroke, at most ...")
    stroke_px: tuple[float, float] = number((2.0, 9.0), "px", "... held within these bounds")
    least_contrast: float = number(24.0, "grey levels", "contrast of ink and paper, at least")


@dataclass(frozen=True, slots=True)
class InkSettings:
    """All numbers of the room."""

    strokes: StrokesSettings = field(default_factory=StrokesSettings)
    distance: DistanceSettings = field(default_factory=DistanceSettings)
