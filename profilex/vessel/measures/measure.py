"""The measures of a drawing: diameters, height, wall thickness, capacity and the clay's volume.

Everything here is in (radius, depth) px with the rim plane at depth 0; see `profilex.vessel.shape.frame`.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon, box

from profilex.settings import VesselSettings
from profilex.vessel.measures.quantities import Quantity
from profilex.vessel.measures.solids import area_of_revolution, cavity, volume_of_revolution
from profilex.vessel.shape.contour import find_foot, find_lip
from profilex.vessel.shape.wall import PERCENTILES, thickness_and_slack

NO_AXIS, NO_RIM, NO_BASE = "no_axis", "no_rim", "base_unknown"
N_BREAK, SIGN_AT_AXIS = "n_break", "sign_at_axis"
PRESERVED, HANDLE, OPEN, ROUND_BASE = "preserved", "handle", "section_open", "round_base"
NO_WALL, NOT_SHOWN = "no_wall", "not_shown_in_section"

"""Standard deviation of a drawn length from the vessel's, as a share: halves, axis and rim line are drawn by hand,
paper shrinks and swells, and the two directions of a scanner differ. With it the intervals hold nine of ten true values
on synthetic plates (`profilex models measure`); published plates differ from the diameters printed beside them by 0.3
to 1.5 %."""

"""Standard deviation by which a whole outline lies too far outwards or inwards: pens, printing and scanning make the
ink of a page thick or thin, and a network follows it."""


@dataclass(frozen=True, slots=True)
class Half:
    """The cut wall on one side of the axis: its body in (radius, depth), without handles drawn apart."""

    section: Polygon | MultiPolygon
    wall: float

    def loops(self, settings: VesselSettings) -> list[Polygon]:
        """Holes large enough for a finger: between a handle and the wall."""
        rings = [Polygon(ring) for part in shapely.get_parts(self.section) for ring in part.interiors]
        return [ring for ring in rings if ring.area > (settings.measure.loop_walls * self.wall) ** 2]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the measures need to know about one vessel's drawing, in px.

    `halves` holds one or both sides of the cut wall; without an axis their radii have an arbitrary origin.
    `sd_outline`, `sd_axis` and `sd_rim` are the standard deviations of the positions of the outline, the axis and the
    rim plane. `gap` is the distance from the axis within which a floor counts as reaching it. `sign` is why the radii
    are unknown: N_BREAK, SIGN_AT_AXIS (a sign that may be an N), or "".
    """

    halves: tuple[Half, ...]
    has_axis: bool
    has_rim: bool
    has_base: bool
    sign: str
    sd_outline: float
    sd_axis: float
    sd_rim: float
    gap: float


def measure(drawing: Drawing, settings: VesselSettings) -> dict[str, Quantity]:
    """All quantities of a drawing, each with a value or the reason why it is missing."""
    quantities = {
        "rim_diameter": rim_diameter(drawing, settings),
        "base_diameter": base_diameter(drawing, settings),
        "max_diameter": max_diameter(drawing, settings),
        "height": height(drawing, settings),
    }
    for percent, quantity in zip(PERCENTILES, thickness(drawing, settings), strict=True):
        quantities[f"wall_thickness/p{percent}"] = quantity
    return quantities | {"capacity": capacity(drawing, settings), "clay_volume": clay_volume(drawing, settings)}


def rim_diameter(drawing: Drawing, settings: VesselSettings) -> Quantity:
    """Twice the outermost radius of the lip."""
    if reason := _radius_unknown(drawing) or ("" if drawing.has_rim else NO_RIM):
        return Quantity(None, reason=reason)
    lips = [find_lip(half.section, half.wall, drawing.sd_outline, settings=settings) for half in drawing.halves]
    return _diameter(drawing, [lip.radius for lip in lips], [lip.slack for lip in lips], settings)


def base_diameter(drawing: Drawing, settings: VesselSettings) -> Quantity:
    """Twice the outermost radius at the standing plane."""
    if reason := _radius_unknown(drawing) or ("" if drawing.has_base else NO_BASE):
        return Quantity(None, reason=reason)
    feet = [find_foot(half.section, half.wall, drawing.sd_outline, settings=settings) for half in drawing.halves]
    found = [foot for foot in feet if foot is not None]
    if len(found) < len(feet):
        return Quantity(None, reason=ROUND_BASE)
    return _diameter(drawing, [foot.radius for foot in found], [foot.slack for foot in found], settings)


def max_diameter(drawing: Drawing, settings: VesselSettings) -> Quantity:
    """Twice the outermost radius of the wall; unknown where a handle joined to the wall reaches farthest."""
    if reason := _radius_unknown(drawing):
        return Quantity(None, reason=reason)
    free = [half for half in drawing.halves if not _widest_at_handle(half, settings)]
    if not free:
        return Quantity(None, reason=HANDLE)
    return _diameter(drawing, [half.section.bounds[2] for half in free], [0.0 for _ in free], settings)


def height(drawing: Drawing, settings: VesselSettings) -> Quantity:
    """From the rim plane (or the highest point) to the lowest point; "preserved" where an end is missing."""
    lowest = max(half.section.bounds[3] for half in drawing.halves)
    highest = 0.0 if drawing.has_rim else min(half.section.bounds[1] for half in drawing.halves)
    if lowest <= highest:
        return Quantity(None, reason=NO_RIM)
    sd = float(np.hypot(drawing.sd_outline, drawing.sd_rim if drawing.has_rim else drawing.sd_outline))
    reason = "" if drawing.has_rim and drawing.has_base else PRESERVED
    return replace(_drawn(lowest - highest, sd, settings), reason=reason)


def thickness(drawing: Drawing, settings: VesselSettings) -> tuple[Quantity, ...]:
    """Percentiles of the wall's thickness, the mean of both sides where both are cut.

    Their uncertainty combines the error of the outline, the thickness of the ink, the ends of the wall, and the
    difference of both sides.
    """
    found = [values for half in drawing.halves if (values := thickness_and_slack(half.section, settings)) is not None]
    if not found:
        return tuple(Quantity(None, reason=NO_WALL) for _ in PERCENTILES)
    values, slack = np.swapaxes(np.array(found), 0, 1)
    # each face has the error of the outline; thick or thin ink moves both faces
    faces = float(np.hypot(np.sqrt(2) * drawing.sd_outline, 2 * settings.measure.ink_sd_px))
    sds = np.sqrt(faces**2 + slack.mean(axis=0) ** 2 + (np.ptp(values, axis=0) / 2) ** 2)
    return tuple(Quantity(float(value), float(sd)) for value, sd in zip(values.mean(axis=0), sds, strict=True))


def capacity(drawing: Drawing, settings: VesselSettings) -> Quantity:
    """Volume (px³) of the cavity between axis and inner wall, filled to the top of the lip."""
    unknown = _radius_unknown(drawing)
    if reason := unknown or ("" if drawing.has_rim else NO_RIM) or ("" if drawing.has_base else NO_BASE):
        return Quantity(None, reason=reason, dimension=3)
    rooms = [room for half in drawing.halves if (room := cavity(half.section, gap=drawing.gap)) is not None]
    return _volume(drawing, rooms, settings) if rooms else Quantity(None, reason=OPEN, dimension=3)


def clay_volume(drawing: Drawing, settings: VesselSettings) -> Quantity:
    """Volume (px³) of the drawn wall; unknown with a handle, which is not a solid of revolution."""
    if reason := _radius_unknown(drawing) or (HANDLE if any(half.loops(settings) for half in drawing.halves) else ""):
        return Quantity(None, reason=reason, dimension=3)
    walls = [_beside_axis(half.section) for half in drawing.halves]
    if any(wall.is_empty for wall in walls):
        return Quantity(None, reason=NO_WALL, dimension=3)
    quantity = _volume(drawing, walls, settings)
    complete = drawing.has_rim and drawing.has_base
    return Quantity(quantity.value, quantity.uncertainty, "" if complete else PRESERVED, 3)


def disagreement(drawing: Drawing, settings: VesselSettings) -> float:
    """Difference of both sides' lip radii as a share of their mean; 0 where one side is cut."""
    if len(drawing.halves) < 2 or not drawing.has_axis:
        return 0.0
    radii = [find_lip(half.section, half.wall, settings=settings).radius for half in drawing.halves]
    return float(np.ptp(radii) / max(float(np.mean(radii)), 1e-9))


def _radius_unknown(drawing: Drawing) -> str:
    if not drawing.has_axis:
        return NO_AXIS
    return drawing.sign


def _diameter(drawing: Drawing, radii: list[float], slack: list[float], settings: VesselSettings) -> Quantity:
    """Twice the mean radius. Measured across both sides, a diameter does not depend on the axis.

    `slack` is half the range of each radius on its contour.
    """
    across = 2 * float(np.mean(slack))
    if len(radii) > 1:
        return _drawn(float(sum(radii)), float(np.hypot(np.sqrt(2) * drawing.sd_outline, across)), settings)
    sd = float(np.hypot(drawing.sd_outline, drawing.sd_axis))
    return _drawn(2 * radii[0], float(np.hypot(2 * sd, across)), settings)


def _drawn(length: float, sd: float, settings: VesselSettings) -> Quantity:
    """A length with the standard deviation `sd` in the drawing, to which the error of drawing is added."""
    return Quantity(length, float(np.hypot(sd, settings.measure.drawn_sd * length)))


def _volume(drawing: Drawing, shapes: list[Polygon | MultiPolygon], settings: VesselSettings) -> Quantity:
    """Mean volume of both sides' shapes; its error comes from the outline over the surface, and from the axis."""
    value = float(np.mean([volume_of_revolution(shape) for shape in shapes]))
    surface = float(np.mean([area_of_revolution(_wall_faces(shape)) for shape in shapes]))
    area = float(np.mean([shape.area for shape in shapes]))
    sd = float(np.hypot(surface * drawing.sd_outline, 2 * np.pi * area * drawing.sd_axis))
    # a drawing's horizontal and vertical errors are independent: twice the one and once the other
    return Quantity(value, float(np.hypot(sd, np.sqrt(5) * settings.measure.drawn_sd * value)), dimension=3)


def _wall_faces(shape: Polygon | MultiPolygon) -> shapely.Geometry:
    """A shape's outline without the mouth, which is not a wall; the axis sweeps no area anyway."""
    left, top, right, _ = shape.bounds
    return shape.boundary.difference(LineString([(left, top), (right, top)]))


def _beside_axis(section: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    _, top, right, bottom = section.bounds
    return section.intersection(box(0, top, max(right, 0.0), bottom))


def _widest_at_handle(half: Half, settings: VesselSettings) -> bool:
    widest = half.section.bounds[2]
    return any(widest - loop.bounds[2] < settings.measure.handle_walls * half.wall for loop in half.loops(settings))
