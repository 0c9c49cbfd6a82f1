"""One vessel on a plate: the half section and half exterior of a full drawing, else what is known of it."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString

from profilex.export.frame.print_style import CONTOUR_MM, FINE_MM, HAIR_MM, OUTLINE_MM
from profilex.export.frame.vessel_frame import place_vessel, ring_points
from profilex.export.full import full_view
from profilex.export.full import refusal as no_full_view
from profilex.types import BREAK, INNER, OUTER, Vessel

_PRESUMED_MM = 5.0  # length on paper of a wall that is led on beyond a break
_DIRECTION_WALLS = (0.5, 2.5)  # before a break, between which a face's direction is taken: nearer it is rounded


@dataclass(frozen=True, slots=True)
class Stroke:
    """Curves (n, 4, 2) in one style: `layer` names the DXF layer, `weight_mm` and `dash_mm` are of paper.

    Filled strokes are closed; their curves are rings of one shape by the even-odd rule.
    """

    curves: tuple[np.ndarray, ...]
    layer: str
    weight_mm: float
    filled: bool = False
    dash_mm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in millimetres of the vessel: x right, y up, the rim plane at y = 0 where it is known.

    `bounds` are left, bottom, right, top; `has_presumed` says that lines beyond breaks are drawn.
    """

    vessel: Vessel
    strokes: tuple[Stroke, ...]
    bounds: tuple[float, float, float, float]
    has_presumed: bool = False


def refusal(vessel: Vessel) -> str:
    """Why a vessel stands on no plate, "" where it can."""
    if vessel.scale is None:
        return "no scale: a plate has one for all its drawings"
    return "" if vessel.sections else "no section"


def figure_of(vessel: Vessel, *, filled: bool, presumed_ratio: float | None = None) -> Figure:
    """The drawing of a vessel; with a ratio, walls are led on beyond their breaks, as long as print at 1:n shows well.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
        ValueError: the vessel has none; see `refusal`.
    """
    if reason := refusal(vessel):
        raise ValueError(reason)
    draw = _plain_strokes if no_full_view(vessel) else _full_strokes
    strokes = draw(vessel, filled=filled)
    presumed = _presumed(vessel, presumed_ratio) if presumed_ratio else ()
    if presumed:
        strokes += (Stroke(presumed, "PX_BREAK", FINE_MM, dash_mm=(0.8, 0.6)),)
    drawn = np.concatenate([curve.reshape(-1, 2) for stroke in strokes for curve in stroke.curves])
    (left, bottom), (right, top) = drawn.min(axis=0), drawn.max(axis=0)
    return Figure(vessel, strokes, (float(left), float(bottom), float(right), float(top)), bool(presumed))


def _full_strokes(vessel: Vessel, *, filled: bool) -> tuple[Stroke, ...]:
    view = full_view(vessel)
    strokes = [
        _section(tuple(view.curve_of(ring) for ring in ring_points(polygon)), filled=filled)
        for _, polygon in view.sections
    ]

    def lines(found: tuple[LineString, ...], layer: str, weight: float, dash: tuple[float, ...] = ()) -> None:
        if found:
            strokes.append(Stroke(tuple(view.curve_of(line) for line in found), layer, weight, dash_mm=dash))

    lines((*view.contours, *view.levels), "PX_OUTLINE_EXT", CONTOUR_MM)
    lines((view.axis,), "PX_AXIS", FINE_MM)
    lines(view.rims, "PX_RIM", CONTOUR_MM)
    lines(view.torn, "PX_BREAK", FINE_MM, (0.8, 0.6))
    return tuple(strokes)


def _plain_strokes(vessel: Vessel, *, filled: bool) -> tuple[Stroke, ...]:
    placed = place_vessel(vessel)
    strokes = [_section(tuple(placed.ring_curves(index)), filled=filled) for index in range(len(placed.sections))]
    for lines, layer, weight in (
        (placed.exterior, "PX_OUTLINE_EXT", CONTOUR_MM),
        ((placed.axis,), "PX_AXIS", FINE_MM),
        ((placed.rim,), "PX_RIM", CONTOUR_MM),
    ):
        known = tuple(placed.curve_of(line) for line in lines if line is not None)
        if known:
            strokes.append(Stroke(known, layer, weight))
    return tuple(strokes)


def _section(rings: tuple[np.ndarray, ...], *, filled: bool) -> Stroke:
    return Stroke(rings, "PX_SECTION_OUTLINE", HAIR_MM if filled else OUTLINE_MM, filled=filled)


def _presumed(vessel: Vessel, ratio: float) -> tuple[np.ndarray, ...]:
    """Straight continuations of the wall's faces beyond each break, on the section and on the exterior's side."""
    placed = place_vessel(vessel)
    breaks = [edge.line for edge in placed.edges if edge.kind == BREAK]
    if not breaks:
        return ()
    wall = 2 * sum(part.area for part in placed.sections) / max(sum(part.length for part in placed.sections), 1e-9)
    found = []
    for edge in placed.edges:
        if edge.kind not in (OUTER, INNER):
            continue
        points = shapely.get_coordinates(edge.line)
        for line in (points, points[::-1]):
            end = line[-1]
            if min(shapely.Point(end).distance(other) for other in breaks) > 0.01:
                continue
            string = LineString(line)
            near, far = (string.interpolate(max(string.length - walls * wall, 0.0)) for walls in _DIRECTION_WALLS)
            along = np.array([near.x - far.x, near.y - far.y])
            tip = end + along / max(np.hypot(*along), 1e-9) * _PRESUMED_MM * ratio
            found.append(_straight(end, tip))
            if edge.kind == OUTER and placed.exterior:
                found.append(_straight(end * (-1, 1), tip * (-1, 1)))
    return tuple(found)


def _straight(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    return np.stack([start, start + (end - start) / 3, end - (end - start) / 3, end])[None]
