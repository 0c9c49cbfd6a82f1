"""Loops added to sections and cut away from them, and sections divided by a line."""

from collections.abc import Sequence

import shapely
from shapely import LineString, Polygon
from shapely.ops import split

from profilex.decisions.event import Outline

Points = Sequence[tuple[float, float]]

_FAR = 1e5
_LEAST_AREA_PX = 4.0


def with_loop(outlines: Sequence[Outline], points: Points) -> list[Outline]:
    """Sections with what a loop encloses: joined to those that it touches, or a section of its own.

    Raises:
        ValueError: the loop encloses nothing.
    """
    loop = _loop(points)
    touched = [outline for outline in outlines if outline.polygon.intersects(loop)]
    rest = [outline for outline in outlines if outline not in touched]
    if not touched:
        return [*rest, *(Outline(part) for part in _parts(loop))]
    is_handle = all(outline.is_handle for outline in touched)
    joined = shapely.union_all([loop, *(outline.polygon for outline in touched)])
    return [*rest, *(Outline(part, is_handle) for part in _parts(joined))]


def without_loop(outlines: Sequence[Outline], points: Points) -> list[Outline]:
    """Sections without what a loop encloses.

    Raises:
        ValueError: the loop encloses nothing, or nothing would be left.
    """
    loop = _loop(points)
    left = [Outline(part, each.is_handle) for each in outlines for part in _parts(each.polygon.difference(loop))]
    if not left:
        raise ValueError("nothing would be left of the vessel")
    return left


def divided(
    outlines: Sequence[Outline], points: Points, axis: LineString | None
) -> tuple[list[Outline], list[Outline]]:
    """Sections on both sides of a line made longer; those nearer to the axis, else the larger ones, come first.

    Raises:
        ValueError: all sections lie on one side.
    """
    (x0, y0), (x1, y1) = points[0], points[-1]
    length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-6)
    dx, dy = (x1 - x0) / length * _FAR, (y1 - y0) / length * _FAR
    line = LineString([(x0 - dx, y0 - dy), (x1 + dx, y1 + dy)])
    sides: tuple[list[Outline], list[Outline]] = ([], [])
    for outline in outlines:
        for part in _parts(split(outline.polygon, line)):
            centre = part.representative_point()
            side = (x1 - x0) * (centre.y - y0) - (y1 - y0) * (centre.x - x0) > 0
            sides[side].append(Outline(part, outline.is_handle))
    if not all(sides):
        raise ValueError("all sections lie on one side of the line")

    def rank(side: Sequence[Outline]) -> tuple[float, float]:
        whole = shapely.union_all([each.polygon for each in side])
        return (whole.distance(axis) if axis is not None else 0.0, -whole.area)

    first, second = sorted(sides, key=rank)
    return first, second


def _loop(points: Points) -> shapely.Geometry:
    if len(points) < 3:
        raise ValueError("the loop encloses nothing")
    loop = shapely.make_valid(Polygon(points), method="structure", keep_collapsed=False)
    if loop.area < _LEAST_AREA_PX:
        raise ValueError("the loop encloses nothing")
    return loop


def _parts(shape: shapely.Geometry) -> list[Polygon]:
    parts = shapely.get_parts(shape)
    flat = [piece for part in parts for piece in shapely.get_parts(part)]
    return [shapely.orient_polygons(part) for part in flat if isinstance(part, Polygon) and part.area >= _LEAST_AREA_PX]
