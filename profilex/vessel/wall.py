"""Thickness of a wall along its middle line."""

import numpy as np
import shapely
from scipy.spatial import Delaunay
from shapely import MultiPolygon, Polygon

PERCENTILES = (5, 50, 95)

_SAMPLES = 2400  # of the outline, at most
_PER_THICKNESS = 12  # samples of the outline in one thickness of the wall
_FACING = 0.92  # chord of a mid-point's two contacts over twice its distance: 1 where they face each other

_TOUCHING = 0.9  # a mid-point's circle touches the outline from inside


def wall_thickness(section: Polygon | MultiPolygon) -> tuple[float, float, float] | None:
    """5th, 50th and 95th percentile of the wall's thickness, in the section's unit; None for a shape without a wall.

    The thickness at a mid-point of the wall is twice its distance to the outline. Mid-points are the centres of the
    Delaunay triangles of the outline that touch two facing sides; the branches that run into corners do not count.
    """
    found = [mid_thickness(part) for part in shapely.get_parts(section)]
    values = np.concatenate(found) if found else np.empty(0)
    if not len(values):
        return None
    p5, p50, p95 = np.percentile(values, PERCENTILES)
    return float(p5), float(p50), float(p95)


def mid_thickness(polygon: Polygon) -> np.ndarray:
    """Thickness (n,) at the mid-points of one piece of wall."""
    if polygon.area <= 0:
        return np.empty(0)
    rough = 2 * polygon.area / polygon.length
    step = max(rough / _PER_THICKNESS, polygon.length / _SAMPLES)
    points = _outline_points(polygon, step)
    if len(points) < 4:
        return np.empty(0)
    origin = points.mean(axis=0)
    corners = (points - origin)[Delaunay(points - origin).simplices]
    centres, radii = _circumcircles(corners)
    chords = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    facing = np.isfinite(radii) & (chords >= _FACING * 2 * radii)
    centres, radii = centres[facing] + origin, radii[facing]
    inside = shapely.contains_xy(polygon, centres[:, 0], centres[:, 1])
    distances = shapely.distance(polygon.boundary, shapely.points(centres[inside]))
    # across a corner of the outline, too, lies a diameter: but that circle reaches beyond the wall
    return 2 * distances[distances >= _TOUCHING * radii[inside]]


def _outline_points(polygon: Polygon, step: float) -> np.ndarray:
    """Points (n, 2) along every ring, at most `step` apart, none twice."""
    rings = [shapely.get_coordinates(ring.segmentize(step))[:-1] for ring in (polygon.exterior, *polygon.interiors)]
    return np.unique(np.concatenate(rings), axis=0)


def _circumcircles(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centres (n, 2) and radii (n,) of the circles through triangles (n, 3, 2); infinite where they are flat."""
    first = corners[:, 0]
    b, c = corners[:, 1] - first, corners[:, 2] - first
    double_area = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    bb, cc = (b**2).sum(axis=1), (c**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = (c[:, 1] * bb - b[:, 1] * cc) / double_area
        y = (b[:, 0] * cc - c[:, 0] * bb) / double_area
    return first + np.stack([x, y], axis=1), np.hypot(x, y)
