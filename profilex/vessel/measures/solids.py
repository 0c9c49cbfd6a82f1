"""Solids of revolution: volumes of polygons turned about the axis, and the cavity that a section encloses.

Polygons are in (radius, depth): radius from the axis, depth downwards from the rim plane, in any one unit.
"""

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon, box


def volume_of_revolution(shape: Polygon | MultiPolygon) -> float:
    """Volume swept by a shape at radius >= 0 in one turn about the axis: 2 pi times the integral of r dA.

    Green's theorem over each ring, exact for polygons; in the cube of the shape's unit.
    """
    return 2 * np.pi * sum(_first_moment(part) for part in shapely.get_parts(shape))


def area_of_revolution(lines: shapely.Geometry) -> float:
    """Area swept by lines at radius >= 0 in one turn about the axis, by Pappus; in the square of their unit."""
    total = 0.0
    for line in shapely.get_parts(lines):
        points = shapely.get_coordinates(line)
        lengths = np.hypot(*np.diff(points, axis=0).T)
        total += float((lengths * (points[:-1, 0] + points[1:, 0]) / 2).sum())
    return 2 * np.pi * total


def cavity(section: Polygon | MultiPolygon, *, gap: float) -> Polygon | None:
    """The space between the axis and the inner wall, from the lip's top down to the floor; None where it is open.

    The section lies at radius >= 0 (parts beyond the axis are cut off) with its lip at the top. A floor that ends
    within `gap` of the axis counts as reaching it.
    """
    closed = _room_below_mouth(section)
    if closed is None and 0 < section.bounds[0] <= gap:
        closed = _room_below_mouth(_reach_axis(section, gap))
    return closed


def _room_below_mouth(section: Polygon | MultiPolygon) -> Polygon | None:
    _, top, right, bottom = section.bounds
    if right <= 0:
        return None
    size = right + bottom - top
    # the mouth is level with the top of the lip: a plane through a rounded lip would leave a slit at its side
    room = box(0, top, right + size, bottom + size).difference(section)
    for part in shapely.get_parts(room):
        if Point(0, top).distance(part) <= 1e-9 * size:
            _, _, reach, floor = part.bounds
            return part if reach <= right and floor <= bottom else None
    return None


def _first_moment(polygon: Polygon) -> float:
    """Integral of the radius over a polygon's area, without its holes."""
    total = abs(_ring_moment(polygon.exterior))
    return total - sum(abs(_ring_moment(ring)) for ring in polygon.interiors)


def _ring_moment(ring: shapely.LinearRing) -> float:
    points = shapely.get_coordinates(ring)
    # relative to a point of the ring, so that a drawing far from the origin loses no digits
    base = points[0, 1]
    r, z = points[:, 0], points[:, 1] - base
    cross = r[:-1] * z[1:] - r[1:] * z[:-1]
    return float((cross * (r[:-1] + r[1:])).sum() / 6)


def _reach_axis(section: Polygon | MultiPolygon, gap: float) -> Polygon | MultiPolygon:
    """The section with its floor extended to the axis."""
    left, top, _, bottom = section.bounds
    edge = left + gap
    near = section.intersection(shapely.LineString([(edge, top - gap), (edge, bottom + gap)]))
    floors = [box(0, z0, edge, z1) for _, z0, _, z1 in shapely.bounds(shapely.get_parts(near)) if z1 > z0]
    return shapely.union_all([section, *floors])
