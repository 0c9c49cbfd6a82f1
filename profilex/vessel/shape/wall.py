"""Thickness of a wall along its middle line."""

import numpy as np
import shapely
from scipy.spatial import Delaunay
from shapely import MultiPolygon, Polygon

from profilex.geometry import mean_thickness
from profilex.settings import VesselSettings

PERCENTILES = (5, 50, 95)
Percentiles = tuple[float, float, float]


def wall_thickness(section: Polygon | MultiPolygon, settings: VesselSettings) -> Percentiles | None:
    """5th, 50th and 95th percentile of the wall's thickness, in the section's unit; None for a shape without a wall.

    The thickness at a mid-point of the wall is twice its distance to the outline. Mid-points are the centres of the
    Delaunay triangles of the outline that touch two facing sides. Branches that run into corners do not count, nor do
    mid-points at an end of the wall: the edge of a lip, the tips of a ragged break, a burr.
    """
    found = thickness_and_slack(section, settings)
    return found[0] if found is not None else None


def thickness_and_slack(
    section: Polygon | MultiPolygon, settings: VesselSettings
) -> tuple[Percentiles, Percentiles] | None:
    """The same percentiles, and how much they change because the end of the wall is not known exactly.

    The ends, a lip or a ragged break, are known to half a thickness: that much of the length may count or not.
    """
    values = mid_thickness(section, settings)
    if not len(values):
        return None
    share = 100 * settings.wall.end_walls * float(np.median(values)) ** 2 / section.area
    steps = np.array(PERCENTILES)
    low, found, high = (np.percentile(values, np.clip(steps + way * share, 0, 100)) for way in (-1, 0, 1))
    return _three(found), _three((high - low) / 2)


def _three(values: np.ndarray) -> Percentiles:
    p5, p50, p95 = values
    return float(p5), float(p50), float(p95)


def mid_thickness(section: Polygon | MultiPolygon, settings: VesselSettings) -> np.ndarray:
    """Thickness (n,) at the mid-points of a wall, without those at its ends."""
    found = [_facing_mid_points(part, settings) for part in shapely.get_parts(section)]
    values, ways = (np.concatenate(columns) for columns in zip(*found, strict=True)) if found else (np.empty(0),) * 2
    if not len(values):
        return values
    inner = ways >= settings.wall.round_walls * np.median(values)
    return values[inner] if inner.any() else values


def _facing_mid_points(polygon: Polygon, settings: VesselSettings) -> tuple[np.ndarray, np.ndarray]:
    """Thickness (n,) at the mid-points of one piece, and the way along the outline between their contacts (n,).

    Between two rings the way is half of the smaller ring.
    """
    if polygon.area <= 0:
        return np.empty(0), np.empty(0)
    rough = mean_thickness(polygon)
    step = max(rough / settings.wall.per_thickness, polygon.length / settings.wall.samples)
    points, rings, places, lengths = _outline_points(polygon, step)
    if len(points) < 4:
        return np.empty(0), np.empty(0)
    origin = points.mean(axis=0)
    numbers = Delaunay(points - origin).simplices
    corners = (points - origin)[numbers]
    centres, radii = _circumcircles(corners)
    chords = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    facing = np.isfinite(radii) & (chords.max(axis=1) >= settings.wall.facing * 2 * radii)
    longest = chords.argmax(axis=1)
    centres, radii, numbers, longest = centres[facing] + origin, radii[facing], numbers[facing], longest[facing]
    each = np.arange(len(numbers))
    one, other = numbers[each, longest], numbers[each, longest - 1]
    apart = np.abs(places[one] - places[other])
    # around a small hole, as around an end, the way is short
    ways = np.where(
        rings[one] == rings[other],
        np.minimum(apart, lengths[rings[one]] - apart),
        np.minimum(lengths[rings[one]], lengths[rings[other]]) / 2,
    )
    inside = shapely.contains_xy(polygon, centres[:, 0], centres[:, 1])
    distances = shapely.distance(polygon.boundary, shapely.points(centres[inside]))
    # a chord across a corner of the outline is a diameter too, but its circle reaches beyond the wall
    touching = distances >= settings.wall.touching * radii[inside]
    return 2 * distances[touching], ways[inside][touching]


def _outline_points(polygon: Polygon, step: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Points (n, 2) along every ring, at most `step` apart, without repetition.

    Also returned: each point's ring number (n,), its place along the ring (n,), and the length of every ring.
    """
    found, places = [], []
    for ring in (polygon.exterior, *polygon.interiors):
        points = shapely.get_coordinates(ring.segmentize(step))
        along = np.hypot(*np.diff(points, axis=0).T).cumsum()
        found.append(points[:-1])
        places.append(np.concatenate([[0.0], along]))
    rings = np.repeat(np.arange(len(found)), [len(points) for points in found])
    lengths = np.array([place[-1] for place in places])
    points, first = np.unique(np.concatenate(found), axis=0, return_index=True)
    return points, rings[first], np.concatenate([place[:-1] for place in places])[first], lengths


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
