"""The silhouette of a solid of revolution: the visible part of its outer contour, and its sharp bends.

Everything here is in (radius, height), with radius >= 0 and height upwards.
"""

import numpy as np
import shapely
from shapely import LineString, Polygon

_SHARP = np.radians(40)  # between chords of one reach on either side: roundings of less than 1.4 reaches


def silhouettes(contours: list[np.ndarray]) -> list[np.ndarray]:
    """The visible parts of outer contours (n, 2): one line from top to bottom for every range of heights without a gap.

    Parts that an overhang hides are left out; its underside is a level step. Level pieces that only close a line
    towards the axis, such as a standing plane, are left out too.
    """
    slices = [
        Polygon([(0.0, y0), (r0, y0), (r1, y1), (0.0, y1)])
        for contour in contours
        for (r0, y0), (r1, y1) in zip(_beside_axis(contour)[:-1], _beside_axis(contour)[1:], strict=True)
        if y0 != y1 and max(r0, r1) > 0
    ]
    shapes = [part for part in shapely.get_parts(shapely.union_all(slices)) if isinstance(part, Polygon)]
    lines = [_outside(shape) for shape in shapes]
    return sorted((line for line in lines if len(line) > 1), key=lambda line: -line[0, 1])


def sharp_bends(line: np.ndarray, reach: float) -> list[tuple[float, float]]:
    """The corners of a line (n, 2), the sharpest within twice `reach` of one another, from its first to its last.

    A corner turns by 40 degrees or more between the chords of length `reach` before and behind it; nearer to the line's
    ends no corner is sought.
    """
    string = LineString(line)
    places = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    inside = np.flatnonzero((places > reach) & (places < string.length - reach))
    if not len(inside):
        return []
    before, here, after = (
        shapely.get_coordinates(shapely.line_interpolate_point(string, places[inside] + step))
        for step in (-reach, 0.0, reach)
    )
    turns = np.abs(_angles(here - before, after - here))
    kept: list[int] = []
    for candidate in np.argsort(-turns, kind="stable"):
        apart = all(abs(places[inside[candidate]] - places[inside[other]]) >= 2 * reach for other in kept)
        if turns[candidate] >= _SHARP and apart:
            kept.append(int(candidate))
    return [(float(here[index, 0]), float(here[index, 1])) for index in sorted(kept)]


def _beside_axis(contour: np.ndarray) -> np.ndarray:
    return np.maximum(contour, (0.0, -np.inf))


def _outside(shape: Polygon) -> np.ndarray:
    """The outline of a shape beside the axis, from its top to its bottom, without the axis."""
    ring = shapely.get_coordinates(shapely.orient_polygons(shape, exterior_cw=True).exterior)[:-1]
    on_axis = ring[:, 0] <= 0
    highest = int(np.where(on_axis, ring[:, 1], -np.inf).argmax())
    ring = np.roll(ring, -highest, axis=0)
    lowest = int(np.where(ring[:, 0] <= 0, ring[:, 1], np.inf).argmin())
    line = ring[: lowest + 1]
    bent = np.flatnonzero(np.diff(line[:, 1]))  # the first and the last step that is not level
    return line[bent[0] : bent[-1] + 2]


def _angles(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Signed angles (rad) from vectors (n, 2) to others."""
    cross = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return np.arctan2(cross, (first * second).sum(axis=1))
