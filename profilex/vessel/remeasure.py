"""A vessel's side, measures and edges from its geometry alone, by the functions that a batch measures with.

A batch finds sections, axis and rim on a scan; here they are given, as a person has set them. Where nothing was
changed the measures are those of the batch.
"""

import re
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon

from profilex.export.columns.fields import PAGE_QUANTITIES, QUANTITIES, STATED
from profilex.geometry import mean_thickness
from profilex.ink.lines import FittedLine
from profilex.settings import VesselSettings
from profilex.types import Edge, Measure, Scale, Section, Vessel
from profilex.vessel.axis.rim import rim_line
from profilex.vessel.measures.measure import N_BREAK, SIGN_AT_AXIS, Drawing, Half, measure
from profilex.vessel.measures.quantities import Quantity, named_measures
from profilex.vessel.placement import floor_gap, turned_over
from profilex.vessel.shape.contour import find_lip
from profilex.vessel.shape.edges import drawing_edges, portion
from profilex.vessel.shape.floor import reaches_axis
from profilex.vessel.shape.frame import DrawingFrame
from profilex.vessel.shape.sides import side_of, split_halves
from profilex.vessel.shape.wall import wall_thickness

_LEAST_SINE = 0.5  # an axis and a rim nearer to one direction than 30° do not cross
UPSIDE_DOWN = "upside_down"


@dataclass(frozen=True, slots=True)
class _Setting:
    """A drawing that stands upright: its walls (page px, turned over where it was drawn so), frame and side."""

    walls: MultiPolygon
    wall: float
    frame: DrawingFrame
    side: str
    halves: list[MultiPolygon]


def remeasured(
    vessel: Vessel, page_height_px: int, *, side: str = "", settings: VesselSettings | None = None
) -> Vessel:
    """The vessel with side, measures, edges, portion and the ends of axis and rim as its geometry says.

    Sections, axis, rim and scale are those of the vessel, in page px; `axis_sd_px` and `rim_sd_px` are how well axis
    and rim are known. What only the scan can say, a sign at the axis or a drawing upside down, is taken from `review`.
    `side` is one that a person has set, "" to see it from the geometry.

    Raises:
        ValueError: no section has an area.
    """
    settings = settings or VesselSettings()
    upside_down = UPSIDE_DOWN in vessel.review
    setting = _setting(vessel, page_height_px if upside_down else None, side, settings)
    drawing = _drawing(vessel, setting, settings)
    edges = drawing_edges(
        setting.walls,
        setting.frame,
        setting.side,
        wall=setting.wall,
        has_rim=drawing.has_rim,
        has_axis=drawing.has_axis,
        gap=drawing.gap,
        settings=settings,
    )
    on_page = (lambda line: turned_over(line, page_height_px)) if upside_down else (lambda line: line)
    return replace(
        vessel,
        side=setting.side,
        axis=on_page(_axis_line(setting, has_rim=drawing.has_rim)) if drawing.has_axis else None,
        rim=on_page(_rim_line(setting, vessel, settings)) if drawing.has_rim else None,
        measures=named_measures(measure(drawing, settings), vessel.scale),
        height_is_complete=drawing.has_rim and drawing.has_base if drawing.has_axis else None,
        edges=tuple(Edge(edge.kind, on_page(edge.line)) for edge in edges),
        portion=portion(has_rim=drawing.has_rim, has_base=drawing.has_base, has_axis=drawing.has_axis),
    )


def _setting(vessel: Vessel, turned_height: int | None, side: str, settings: VesselSettings) -> _Setting:
    walls = _walls(vessel.sections)
    axis, rim = vessel.axis, vessel.rim
    if turned_height is not None:
        walls, axis, rim = (None if each is None else turned_over(each, turned_height) for each in (walls, axis, rim))
    found = wall_thickness(walls, settings)
    wall = found[1] if found is not None else mean_thickness(walls)
    frame = _frame(walls, axis, rim)
    seen = "unknown" if axis is None else side or side_of(walls, _as_fitted(frame, walls), settings)
    halves = split_halves(walls, frame, seen) if axis is not None else []
    return _Setting(walls, wall, frame, seen, halves or [frame.profile(walls)])


def _walls(sections: tuple[Section, ...]) -> MultiPolygon:
    """The cut wall without handles drawn apart; of handles alone these."""
    walls = [section.polygon for section in sections if not section.is_handle]
    union = shapely.union_all(walls or [section.polygon for section in sections])
    parts = [part for part in shapely.get_parts(union) if isinstance(part, Polygon) and part.area > 0]
    if not parts:
        raise ValueError("no section has an area")
    return MultiPolygon(parts)


def _frame(walls: MultiPolygon, axis: LineString | None, rim: LineString | None) -> DrawingFrame:
    """The drawing's frame: on the axis (else amid the section), at the rim (else at the section's top)."""
    left, top, right, bottom = walls.bounds
    start = DrawingFrame(((left + right) / 2, (top + bottom) / 2), _tilt(axis, rim))
    if axis is not None:
        start = DrawingFrame(_on_line(axis, (top + bottom) / 2, start.tilt), start.tilt)
    if rim is None:
        return start.moved(start.profile(walls).bounds[1])
    crossing = _crossing(start, rim)
    return start.moved(float(shapely.get_y(start.profile(Point(crossing)))))


def _tilt(axis: LineString | None, rim: LineString | None) -> float:
    """dx per dy of the axis; without one of what stands at a right angle to the rim."""
    if axis is not None:
        (x0, y0), (x1, y1) = axis.coords[0], axis.coords[-1]
        return (x1 - x0) / (y1 - y0) if y1 != y0 else 0.0
    if rim is not None:
        (x0, y0), (x1, y1) = rim.coords[0], rim.coords[-1]
        return -(y1 - y0) / (x1 - x0) if x1 != x0 else 0.0
    return 0.0


def _on_line(axis: LineString, y: float, tilt: float) -> tuple[float, float]:
    x0, y0 = axis.coords[0]
    return x0 + tilt * (y - y0), y


def _crossing(frame: DrawingFrame, rim: LineString) -> tuple[float, float]:
    """Where the rim meets the axis; its middle where the two do not cross."""
    (x0, y0), (x1, y1) = rim.coords[0], rim.coords[-1]
    down, along = np.array(frame.down), np.array([x1 - x0, y1 - y0])
    sine = float(down[0] * along[1] - down[1] * along[0]) / float(np.hypot(*along))
    if abs(sine) < _LEAST_SINE:
        return (x0 + x1) / 2, (y0 + y1) / 2
    gap = np.array(frame.origin) - (x0, y0)
    share = float(down[0] * gap[1] - down[1] * gap[0]) / (sine * float(np.hypot(*along)))
    return x0 + share * (x1 - x0), y0 + share * (y1 - y0)


def _as_fitted(frame: DrawingFrame, walls: MultiPolygon) -> FittedLine:
    _, top, _, bottom = walls.bounds
    x, y = frame.origin
    return FittedLine(y, x, frame.tilt, top, bottom, 0.0, 0.0)


def _drawing(vessel: Vessel, setting: _Setting, settings: VesselSettings) -> Drawing:
    gap = floor_gap(setting.halves, setting.wall, settings)
    tolerances = [section.tolerance_px for section in vessel.sections if not section.is_handle] or [0.0]
    has_axis = vessel.axis is not None
    return Drawing(
        halves=tuple(Half(half, setting.wall) for half in setting.halves),
        has_axis=has_axis,
        has_rim=vessel.rim is not None,
        has_base=has_axis and any(reaches_axis(half, gap, setting.wall, settings) for half in setting.halves),
        sign=next((sign for sign in (N_BREAK, SIGN_AT_AXIS) if sign in vessel.review), "") if has_axis else "",
        sd_outline=float(np.hypot(max(tolerances) / np.sqrt(3), settings.candidates.contour_sd_px)),
        sd_axis=vessel.axis_sd_px if has_axis else 0.0,
        sd_rim=vessel.rim_sd_px if vessel.rim is not None else 0.0,
        gap=gap,
    )


def _axis_line(setting: _Setting, *, has_rim: bool) -> LineString:
    lowest = max(half.bounds[3] for half in setting.halves)
    highest = 0.0 if has_rim else min(0.0, *(half.bounds[1] for half in setting.halves), 0.0)
    frame = setting.frame
    return LineString([frame.place(0.0, highest), frame.place(0.0, max(lowest, highest + 1.0))])


def _rim_line(setting: _Setting, vessel: Vessel, settings: VesselSettings) -> LineString:
    """Across the vessel, from the section's side; without an axis as long as it was, or as the section is wide."""
    frame = setting.frame
    if vessel.axis is not None:
        radius = max(find_lip(half, setting.wall, settings=settings).radius for half in setting.halves)
        return rim_line(frame, max(radius, 1.0), setting.side)
    rim = vessel.rim if vessel.rim is not None else LineString()
    xs = [setting.walls.bounds[0], setting.walls.bounds[2], rim.coords[0][0], rim.coords[-1][0]]
    origin = frame.origin[0]
    return LineString([frame.place(min(xs) - origin, 0.0), frame.place(max(xs) - origin, 0.0)])


def rescaled(vessel: Vessel, scale: Scale | None) -> Vessel:
    """The vessel with another scale: what was measured on its page stays, and is converted again."""
    known = vessel.measures
    quantities: dict[str, Quantity] = {}
    for real, on_page in zip(QUANTITIES, PAGE_QUANTITIES, strict=True):
        found = known.get(on_page.name) or known.get(real.name)
        if found is not None:
            measured = known.get(on_page.name, Measure(None))
            name = _PERCENTILE.sub(r"/\1", on_page.name).replace(f"_{on_page.unit}", "")
            dimension = 3 if on_page.unit == "px3" else 1
            quantities[name] = Quantity(measured.value, measured.uncertainty, found.reason, dimension)
    return replace(vessel, scale=scale, measures=named_measures(quantities, scale))


def with_printed(vessel: Vessel, before: Vessel) -> Vessel:
    """A vessel that was measured again, with what is printed beside its drawing."""
    printed = {quantity.name for quantity in STATED}
    kept = {name: measure for name, measure in before.measures.items() if name in printed}
    return replace(vessel, measures=vessel.measures | kept)


def agrees(vessel: Vessel, page_height_px: int) -> bool:
    """Whether a vessel's measures and edges are those of its geometry; they are not where a hand has moved that."""
    try:
        again = remeasured(vessel, page_height_px)
    except ValueError:
        return False
    if len(again.edges) != len(vessel.edges):
        return False
    return all(_near(vessel.measures.get(name), again.measures.get(name)) for name in _TELLING)


def _near(one: Measure | None, other: Measure | None) -> bool:
    if one is None or other is None or one.value is None or other.value is None:
        return (one is None or one.value is None) == (other is None or other.value is None)
    return abs(one.value - other.value) <= _SAME_SHARE * abs(one.value) + _ROUNDING


_PERCENTILE = re.compile(r"_(p\d+)$")
_TELLING = ("height_px", "max_diameter_px", "wall_thickness_px_p50", "clay_volume_px3", "rim_diameter_px")
_SAME_SHARE, _ROUNDING = 1e-3, 2e-3  # what three decimals of the coordinates, and four of the measures, leave open
