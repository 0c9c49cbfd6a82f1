"""The full drawing of a vessel as it is published: the section on one side of the axis, the exterior on the other.

The exterior is the section's outer contour revolved about the axis; for a fragment as far as it is preserved. Spouts,
decoration and handles drawn apart from the wall are not included.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from profilex.curves import OutlineCurve
from profilex.export.frame.exterior import directions, exterior_contour
from profilex.export.frame.silhouette import sharp_bends, silhouettes
from profilex.export.frame.vessel_frame import PlacedVessel, curve_along, place_vessel
from profilex.types import BASE, BREAK, INNER, RIM, Section, Vessel

SUFFIX = "full"

_CLAY = "clay_volume_ml"
_MET_WALLS = 0.05  # the end of a contour lies on an edge within this many walls
_NEAR_WALLS = 0.5  # ... but a torn edge's rounding hides its end
_FLOOR_WALLS = 0.35  # a floor that ends so near to the axis is drawn up to it
_AT_AXIS_WALLS = 0.5  # a floor that ends this near to the axis reaches it
_REACH_WALLS = 0.5  # over which the contour must turn to be sharp
_REACH_TOLERANCES = 10.0  # ... and at least this many times the outline's tolerance


@dataclass(frozen=True, slots=True)
class FullView:
    """A vessel's full drawing in millimetres: x right, y up, the axis at x = 0; `origin` says where y = 0 lies.

    `sections` are those of the vessel with their drawn parts, on the side of the page; no wall extends beyond the
    axis. `contours` are the exterior's outline on the other side, `levels` its horizontal lines from the
    outline to the axis: the standing plane and sharp bends. `rims` are lines from the section's lip to the exterior's.
    `breaks` are the section's broken edges, `torn` the level lines at which the exterior is broken.
    """

    vessel: Vessel
    origin: str
    sections: tuple[tuple[Section, Polygon], ...]
    axis: LineString
    rims: tuple[LineString, ...]
    contours: tuple[LineString, ...]
    levels: tuple[LineString, ...]
    breaks: tuple[LineString, ...]
    torn: tuple[LineString, ...]
    outlines: tuple[OutlineCurve, ...] = ()

    def curve_of(self, line: LineString | np.ndarray) -> np.ndarray:
        """A line of the drawing as a curve (n, 4, 2), where it runs along an outline or its mirror image."""
        return curve_along(LineString(line) if isinstance(line, np.ndarray) else line, self.outlines)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of the whole drawing, mm."""
        polygons = [polygon for _, polygon in self.sections]
        return shapely.total_bounds([*polygons, *self.contours, *self.levels, self.axis, *self.rims]).tolist()


def refusal(vessel: Vessel) -> str:
    """Why a vessel has no full drawing, "" if it has one: like a mesh, it needs a wall that can be revolved."""
    if vessel.scale is None:
        return "no scale: a full drawing needs true millimetres"
    volume = vessel.measures.get(_CLAY)
    if volume is None or volume.value is None:
        return f"its wall cannot be revolved about the axis: {volume.reason if volume else 'not measured'}"
    if not exterior_contour(_half(vessel)):
        return "its outer wall is not distinguished from its inner one"
    return ""


def full_view(vessel: Vessel) -> FullView:
    """The full drawing of a vessel; if it is cut on both sides, the left wall with its own mirror image.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
        ValueError: the vessel has no full drawing; see `refusal`.
    """
    if reason := refusal(vessel):
        raise ValueError(reason)
    placed = place_vessel(_half(vessel))
    sections = tuple(_cut_sections(placed))
    wall = _wall(sections)
    lines = silhouettes([shapely.get_coordinates(line) for line in placed.exterior])
    ends = [(kind, end) for line in lines for end in (line[0], line[-1]) if (kind := _end_kind(end, placed, wall))]
    contours = tuple(LineString(line) for line in lines)
    _, bottom, _, top = shapely.total_bounds([*contours, *(polygon for _, polygon in sections)]).tolist()
    closed = [end for kind, end in ends if kind == BASE] + _bends(lines, ends, _reach(vessel, wall))
    view = FullView(
        vessel=vessel,
        origin=placed.origin,
        sections=sections,
        axis=LineString([(0.0, top), (0.0, bottom)]),
        rims=tuple(LineString([(-r, y), (r, y)]) for kind, (r, y) in ends if kind == RIM and r > 0),
        contours=contours,
        levels=tuple(_to_axis(end) for end in closed if end[0] > 0),
        breaks=tuple(edge.line for edge in placed.edges if edge.kind == BREAK),
        torn=tuple(_to_axis(end) for kind, end in ends if kind == BREAK and end[0] > 0),
        outlines=placed.outlines,
    )
    return _mirrored(view) if placed.mirrored else view


def _half(vessel: Vessel) -> Vessel:
    """The vessel itself, or the left half of a vessel that is cut on both sides."""
    if vessel.side != "both" or vessel.axis is None or vessel.axis.length == 0:
        return vessel
    right, _ = directions(vessel)
    origin = np.asarray(vessel.axis.coords[0])
    left = (edge for edge in vessel.edges if ((shapely.get_coordinates(edge.line) - origin) @ right).mean() < 0)
    return replace(vessel, side="left", edges=tuple(left))


def _cut_sections(placed: PlacedVessel) -> list[tuple[Section, Polygon]]:
    """The sections with their part on this side of the axis; a handle drawn apart is not cut."""
    found: list[tuple[Section, Polygon]] = []
    gap = _FLOOR_WALLS * _wall(tuple(zip(placed.vessel.sections, placed.sections, strict=True)))
    for section, polygon in zip(placed.vessel.sections, placed.sections, strict=True):
        left, bottom, right, top = polygon.bounds
        kept: BaseGeometry = polygon
        if right > 0 and not section.is_handle:
            kept = polygon.intersection(shapely.box(min(left, 0.0) - 1, bottom - 1, 0.0, top + 1))
        if not section.is_handle:
            kept = floor_to_axis(kept, gap)
        parts = [part for part in shapely.get_parts(kept) if isinstance(part, Polygon) and part.area > 0]
        found += [(section, shapely.orient_polygons(part)) for part in parts]
    return found


def floor_to_axis(shape: BaseGeometry, gap: float) -> BaseGeometry:
    """A section at x < 0 whose floor ends within `gap` of the axis, led on to it: there the clay goes on."""
    if shape.is_empty or not -gap <= shape.bounds[2] < 0:
        return shape
    led_on = shapely.transform(shape, lambda points: np.where(points[:, :1] >= -gap, points * (0, 1), points))
    return led_on if led_on.is_valid else shape


def _wall(sections: tuple[tuple[Section, Polygon], ...]) -> float:
    """The wall's mean thickness, mm."""
    polygons = [polygon for section, polygon in sections if not section.is_handle]
    length = sum(polygon.exterior.length for polygon in polygons)
    return 2 * sum(polygon.area for polygon in polygons) / length if length else 0.0


def _end_kind(end: np.ndarray, placed: PlacedVessel, wall: float) -> str:
    """The kind of a silhouette's end: BREAK, RIM, BASE, or "" where one piece of wall continues into another.

    BASE is every lower or upper limit of a whole form: a standing plane, the edge of a flange, a floor at the axis.
    """
    drawn, met = Point(-end[0], end[1]), _MET_WALLS * wall

    def away(*kinds: str) -> float:
        return min((edge.line.distance(drawn) for edge in placed.edges if edge.kind in kinds), default=np.inf)

    if away(BREAK) > met and away(RIM, INNER) <= met:  # at a lip that is only an edge, outer and inner wall meet
        return RIM
    if away(BREAK) > met and away(BASE) <= met:
        return BASE
    if away(BREAK) <= _NEAR_WALLS * wall:
        return BREAK
    stops = any(Point(end).distance(line.boundary) <= met for line in placed.exterior)
    return "" if stops and end[0] > _AT_AXIS_WALLS * wall else BASE


def _reach(vessel: Vessel, wall: float) -> float:
    """The length (mm) over which the contour is examined for sharp bends."""
    tolerance = max((section.tolerance_px for section in vessel.sections), default=0.0)
    return max(_REACH_WALLS * wall, _REACH_TOLERANCES * tolerance * (vessel.scale.mm_per_px if vessel.scale else 0.0))


def _bends(lines: list[np.ndarray], ends: list[tuple[str, np.ndarray]], reach: float) -> list[np.ndarray]:
    """The sharp bends of the contours, at distinct heights, away from rim, base and breaks."""
    taken = [float(end[1]) for _, end in ends]
    kept = []
    for radius, height in sorted((bend for line in lines for bend in sharp_bends(line, reach)), reverse=True):
        if all(abs(height - other) > reach for other in taken):
            taken.append(height)
            kept.append(np.array([radius, height]))
    return kept


def _to_axis(end: np.ndarray) -> LineString:
    return LineString([end, (0.0, end[1])])


def _across(points: np.ndarray) -> np.ndarray:
    return points * (-1.0, 1.0) + 0.0  # no negative zero


def _mirrored(view: FullView) -> FullView:
    """The view with its section on the right of the axis."""

    def flip(lines: tuple[LineString, ...]) -> tuple[LineString, ...]:
        return tuple(shapely.transform(line, _across) for line in lines)

    return replace(
        view,
        sections=tuple(
            (section, shapely.orient_polygons(shapely.transform(polygon, _across)))
            for section, polygon in view.sections
        ),
        rims=flip(view.rims),
        contours=flip(view.contours),
        levels=flip(view.levels),
        breaks=flip(view.breaks),
        torn=flip(view.torn),
    )
