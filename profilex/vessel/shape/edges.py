"""The parts of a section's outline: rim, outer wall, base, inner wall or break.

Everything here is in (radius, depth) px; see `profilex.vessel.shape.frame`. A piece of wall has an upper end, the lip
or a break, and a lower one, a break or the axis that cuts its floor. Between them lie its faces.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LinearRing, LineString, MultiPolygon, Point, Polygon, box
from shapely.affinity import affine_transform
from shapely.ops import substring

from profilex.settings import VesselSettings
from profilex.types import BASE, BREAK, COMPLETE, INNER, OUTER, RIM, WALL, Edge
from profilex.vessel.shape.contour import find_foot, find_lip
from profilex.vessel.shape.floor import reaches_axis
from profilex.vessel.shape.frame import RIGHT, DrawingFrame
from profilex.vessel.shape.sides import sided_halves
from profilex.vessel.shape.wall_ends import WallEnd, WallOutline


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an outline: its kind (a name in `profilex.types`) and its line in (radius, depth), px."""

    kind: str
    line: LineString


@dataclass(frozen=True, slots=True)
class _End:
    """An end of a piece of wall, from one place on its ring to a later one; `kind` is "" at the axis."""

    kind: str
    start: float
    end: float


def drawing_edges(
    walls: MultiPolygon,
    frame: DrawingFrame,
    side: str,
    settings: VesselSettings,
    *,
    wall: float,
    has_rim: bool,
    has_axis: bool,
    gap: float,
) -> tuple[Edge, ...]:
    """The edges of a drawing's walls (page px), of both halves where both are cut.

    The other arguments are those of `section_stretches`.
    """
    halves = sided_halves(walls, frame, side) if has_axis else []
    edges: list[Edge] = []
    for sign, half in halves or [(RIGHT, frame.profile(walls))]:
        for stretch in section_stretches(
            half, wall=wall, has_rim=has_rim, has_axis=has_axis, gap=gap, settings=settings
        ):
            points = [frame.place(radius, depth, sign) for radius, depth in stretch.line.coords]
            edges.append(Edge(stretch.kind, LineString(points)))
    return tuple(edges)


def portion(*, has_rim: bool, has_base: bool, has_axis: bool) -> str:
    """What is preserved of a vessel; "" if that is unknown because the axis is missing."""
    if has_rim:
        return COMPLETE if has_base else RIM
    if not has_axis:
        return ""
    return BASE if has_base else WALL


def section_stretches(
    half: MultiPolygon, settings: VesselSettings, *, wall: float, has_rim: bool, has_axis: bool, gap: float
) -> tuple[Stretch, ...]:
    """The parts of the outline of one half's cut wall, piece by piece.

    `half` is in (radius, depth), `wall` its thickness; a floor within `gap` of the axis reaches it. Without an axis the
    outer and inner face of the wall are not distinguished. Holes have no parts.
    """
    stretches: list[Stretch] = []
    pieces = [piece for piece in shapely.get_parts(half) if piece.area >= settings.edges.least_walls * wall**2]
    for piece in pieces:
        others = shapely.union_all([other for other in pieces if other is not piece])
        at_top = has_rim and piece.bounds[1] <= half.bounds[1] + settings.edges.level_walls * wall
        at_axis = has_axis and reaches_axis(piece, gap, wall, settings)
        stretches += _piece_stretches(shapely.orient_polygons(piece), others, wall, at_top, at_axis, has_axis, settings)
    return tuple(stretches)


def _piece_stretches(
    piece: Polygon,
    others: shapely.Geometry,
    wall: float,
    at_top: bool,
    at_axis: bool,
    has_axis: bool,
    settings: VesselSettings,
) -> list[Stretch]:
    ring = LinearRing(piece.exterior)
    upper, lower = _ends(piece, ring, wall, at_top, at_axis, settings)
    if upper is None or lower is None:
        return []
    stretches = []
    for end in (upper, lower):
        line = _between(ring, end.start, end.end)
        cracked = not others.is_empty and line.distance(others) <= settings.edges.crack_walls * wall
        if end.kind and line.length > 0 and not (end.kind == BREAK and cracked):
            stretches.append(Stretch(end.kind, line))
    foot = _foot(piece, ring, wall, upper, lower, settings) if at_axis else None
    faces = (OUTER, INNER) if has_axis else (WALL, WALL)
    stretches.append(Stretch(faces[0], _between(ring, upper.end, lower.start if foot is None else foot)))
    if foot is not None:
        stretches.append(Stretch(BASE, _between(ring, foot, lower.start)))
    stretches.append(Stretch(faces[1], _between(ring, lower.end, upper.start)))
    return [stretch for stretch in stretches if stretch.line.length > 0]


def _ends(
    piece: Polygon, ring: LinearRing, wall: float, at_top: bool, at_axis: bool, settings: VesselSettings
) -> tuple[_End | None, _End | None]:
    """The upper and the lower end of a piece; None where the outline shows none."""
    upper = _lip(piece, ring, wall, settings) if at_top else None
    lower = _floor(piece, ring) if at_axis else None
    if upper is not None and lower is not None:
        return upper, lower
    outline = WallOutline(piece, wall, settings.wall_ends)
    if upper is not None:
        from_lip = outline.ways_from(outline.points[:, 1] <= piece.bounds[1] + settings.edges.lip_walls * wall)
        return upper, _break(outline.end_of(from_lip))
    if lower is not None:
        from_axis = outline.ways_from(outline.points[:, 0] <= piece.bounds[0] + settings.edges.lip_walls * wall)
        standing = piece.bounds[3] - settings.edges.foot_walls * wall
        return _break(outline.end_of(from_axis, standing)), lower
    first = outline.end_of(outline.ways_from(outline.places == 0))
    second = outline.end_of(outline.ways_from(outline.places == first.tip)) if first is not None else None
    # the end that was found first, from an arbitrary start, is sought again from the other end
    first = outline.end_of(outline.ways_from(outline.places == second.tip)) if second is not None else None
    if first is None or second is None:
        return None, None
    highest = min((first, second), key=lambda end: ring.interpolate(end.tip).y)
    return _break(highest), _break(second if highest is first else first)


def _break(end: WallEnd | None) -> _End | None:
    return None if end is None else _End(BREAK, end.start, end.end)


def _lip(piece: Polygon, ring: LinearRing, wall: float, settings: VesselSettings) -> _End:
    """The lip, from its innermost point over the top to its outermost one, in the direction of the ring."""
    outermost = find_lip(piece, wall, settings=settings)
    innermost = find_lip(affine_transform(piece, [-1, 0, 0, 1, 0, 0]), wall, settings=settings)
    start = ring.project(Point(-innermost.radius, innermost.depth))
    end = ring.project(Point(outermost.radius, outermost.depth))
    if (end - start) % ring.length > ring.length / 2:  # a lip that is only an edge: both points are the same
        start = end
    return _End(RIM, start, end)


def _floor(piece: Polygon, ring: LinearRing) -> _End:
    """The cut of the axis through the floor, from its underside up, in the direction of the ring."""
    left, top, right, bottom = piece.bounds
    edge = piece.intersection(box(left - 1, top - 1, left + 1e-3 * (right - left), bottom + 1))
    _, high, _, low = edge.bounds
    return _End("", ring.project(Point(left, low)), ring.project(Point(left, high)))


def _foot(
    piece: Polygon, ring: LinearRing, wall: float, upper: _End, lower: _End, settings: VesselSettings
) -> float | None:
    """The place where the outer wall ends at the standing plane; None for a round base."""
    foot = find_foot(piece, wall, settings=settings)
    if foot is None:
        return None
    place = ring.project(Point(foot.radius, foot.depth))
    outer = (lower.start - upper.end) % ring.length
    return place if (place - upper.end) % ring.length < outer else None


def _between(ring: LinearRing, start: float, end: float) -> LineString:
    """The part of a ring from one place (px from its first vertex) to a later one."""
    if start <= end:
        return _line(shapely.get_coordinates(substring(ring, start, end)))
    parts = [shapely.get_coordinates(substring(ring, *ends)) for ends in ((start, ring.length), (0.0, end))]
    return _line(np.concatenate(parts))


def _line(points: np.ndarray) -> LineString:
    """A line without repeated points; a line of length 0 where nothing is left."""
    kept = np.concatenate([[True], np.any(np.diff(points, axis=0) != 0, axis=1)])
    points = points[kept]
    return LineString(points if len(points) > 1 else np.repeat(points, 2, axis=0))
