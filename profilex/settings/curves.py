"""Numbers of curves in the room `trace`. See `profilex.settings.numbers`."""

import math
from dataclasses import dataclass, field

from profilex.settings.numbers import number


@dataclass(frozen=True, slots=True)
class CornerSettings:
    """Corners of an outline."""

    arms: tuple[tuple[float, float], ...] = number(
        ((4.0, 48.0), (8.0, 30.0), (16.0, 22.0), (32.0, 15.0)),
        "px, degrees",
        "length of a corner's arms, and least turn over such arms",
    )
    gap_px: float = number(1.2, "px", "next to a corner the contour is rounded by the pixels themselves")
    arm_share: float = number(0.6, "share", "of the way to the next corner that an arm takes")
    least_arm_px: float = number(2.5, "px", "length of an arm, at least")
    curved_arm_px: float = number(
        8.0, "px", "from here on an arm may bend: then its own bend is no part of the corner's turn"
    )
    near_px: float = number(4.0, "px", "from the greatest turn to its corner, at most")
    corner_radius_px: float = number(1.2, "px", "a rounding of less is a corner that pixels or ink have rounded")
    raster_px: float = number(0.7, "px", "from a right-angled corner of pixels to their contour")
    least_turn: float = number(math.radians(12), "radians", "of any corner")
    inside: float = number(0.9, "share", "of the bound, at which a tip is kept")


@dataclass(frozen=True, slots=True)
class FittingSettings:
    """Lines and cubics between corners."""

    step_px: float = number(0.75, "px", "between samples of the contour")
    most_intervals: int = number(32, "count", "of a spline that keeps to the tight bound")
    finer: float = number(
        3.5, "ratio", "of pieces that the tight bound may cost; what costs more are steps of the pixels"
    )
    least_knot_px: float = number(4.0, "px", "between a spline's knots; what bends more often are the pixels")
    spline_share: float = number(
        0.85, "share", "of the bound that the spline may take, so that long cubics keep to it as well"
    )
    places_each: int = number(2, "count", "places in each interval of the spline at which a cubic may end")
    samples: int = number(16, "count", "of the spline, to which a cubic's handles are fitted")
    near_corner_px: float = number(1.0, "px", "from a corner, where the contour is rounded by the pixels")
    as_straight: tuple[float, float] = number(
        (1.15, 0.03),
        "ratio, px",
        "a line is taken whose deviation is at most this factor, and this much, above a curve's",
    )
    least_corner_turn: float = number(math.radians(10), "radians", "of the curve itself: what turns less was no corner")


@dataclass(frozen=True, slots=True)
class OutlineSettings:
    """Outlines of curves."""

    least_share: float = number(
        0.8, "share", "of the bound that the fit may take; a finer one leaves no room for curves"
    )
    least_clearance_px: float = number(
        0.01, "px", "nearer than this, rounding a coordinate can make the outline cross itself"
    )


@dataclass(frozen=True, slots=True)
class CurveSettings:
    """All numbers of curves."""

    corners: CornerSettings = field(default_factory=CornerSettings)
    fitting: FittingSettings = field(default_factory=FittingSettings)
    curves: OutlineSettings = field(default_factory=OutlineSettings)
