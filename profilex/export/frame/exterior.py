"""The contour of a vessel seen from outside: its outer wall on the other side of the axis, in page pixels."""

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from profilex.types import BASE, OUTER, RIM, Vessel

_MET_PX = 0.02  # ends of edges that are the same point differ by the decimals of page.geojson


def directions(vessel: Vessel) -> tuple[np.ndarray, np.ndarray]:
    """The vessel's right and up as unit vectors on the page (y down)."""
    up = np.array([0.0, -1.0])
    if vessel.axis is not None and vessel.axis.length > 0:
        up = unit(vessel.axis)
        up = up if up[1] < 0 else -up
    elif vessel.rim is not None and vessel.rim.length > 0:
        right = unit(vessel.rim)
        right = right if right[0] > 0 else -right
        up = np.array([right[1], -right[0]])
    return np.array([-up[1], up[0]]), up


def unit(line: LineString) -> np.ndarray:
    """The direction of a line from its first to its last point."""
    first, last = np.asarray(line.coords[0]), np.asarray(line.coords[-1])
    return (last - first) / np.hypot(*(last - first))


def exterior_contour(vessel: Vessel) -> tuple[LineString, ...]:
    """The exterior on the side of the axis without a section, one line for every piece, in page px.

    It is the mirror image of the outer wall: from the top of the lip to the break, or to the standing plane and along
    it to the axis. A vessel of revolution looks the same from all sides; handles, spouts and decoration are not
    included. Empty without an axis, with sections on both sides, or if outer and inner wall were not distinguished.
    """
    if vessel.axis is None or vessel.axis.length == 0 or vessel.side not in ("left", "right"):
        return ()
    right, up = directions(vessel)
    origin = np.asarray(vessel.axis.coords[0])

    def upright(line: BaseGeometry) -> np.ndarray:
        points = shapely.get_coordinates(line) - origin
        return np.column_stack([points @ right, points @ up])

    edges = {kind: [upright(edge.line) for edge in vessel.edges if edge.kind == kind] for kind in (RIM, OUTER, BASE)}
    return tuple(
        LineString(origin + np.outer(-points[:, 0], right) + np.outer(points[:, 1], up))
        for outer in edges[OUTER]
        if len(points := _seen(outer, edges[RIM], edges[BASE])) > 1
    )


def _seen(outer: np.ndarray, rims: list[np.ndarray], bases: list[np.ndarray]) -> np.ndarray:
    """An outer wall (n, 2: across, up) with the parts of lip and base that are visible from outside."""
    for rim in rims:
        joined = _joined(outer, rim)
        if joined is not None:
            outer, rim = joined
            outward = np.sign(rim[:, 1].mean() - outer[:, 1].mean()) or 1.0
            outer = np.concatenate([outer, rim[1 : int((outward * rim[:, 1]).argmax()) + 1]])
    for base in bases:
        joined = _joined(outer, base)
        if joined is not None:
            outer, base = joined
            outward = np.sign(base[:, 1].mean() - outer[:, 1].mean()) or -1.0
            lowest = int((outward * base[:, 1]).argmax())
            outer = np.concatenate([outer, base[1 : lowest + 1], [[0.0, base[lowest, 1]]]])
    return outer


def _joined(line: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Both lines, reversed if necessary, so that the first ends where the second begins; None if they do not meet."""
    for first in (line, line[::-1]):
        for second in (other, other[::-1]):
            if np.hypot(*(first[-1] - second[0])) <= _MET_PX:
                return first, second
    return None
