"""The outline of a section as curves, with the polygon that every other room measures."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LinearRing, Polygon

from profilex.curves import flatten
from profilex.curves.beziers import turned_back
from profilex.settings import CurveSettings
from profilex.trace.fitting import fit_ring


@dataclass(frozen=True, slots=True)
class CurvedOutline:
    """A contour as curves: its `rings` (n, 4, 2), shell first, and `polygon`, polylines of them within a chord error.

    `distance` (px) bounds how far either is from the contour, both ways.
    """

    polygon: Polygon
    rings: tuple[np.ndarray, ...]
    distance: float


def curved(contour: Polygon, tight: float, loose: float, chord: float, numbers: CurveSettings) -> CurvedOutline | None:
    """The curves of a contour, their polygon within `chord` of them; what is within `tight` or `loose` is the polygon.

    All are px; see `fit_ring`. The shell runs counter-clockwise in (x, y), holes clockwise. None where no valid polygon
    comes of curves.
    """
    if chord > (1 - numbers.curves.least_share) * tight:
        return None
    rings: list[np.ndarray] = []
    distance = 0.0
    for index, line in enumerate((contour.exterior, *contour.interiors)):
        fitted = fit_ring(shapely.get_coordinates(line)[:-1], tight - chord, loose - chord, numbers)
        if fitted.distance > loose - chord:
            return None
        distance = max(distance, fitted.distance)
        rings.append(_turned(fitted.pieces, chord, ccw=index == 0))
    lines = [flatten(pieces, chord)[0] for pieces in rings]
    if any(len(line) < 4 for line in lines):
        return None
    polygon = Polygon(lines[0], lines[1:])
    if not polygon.is_valid or polygon.minimum_clearance < numbers.curves.least_clearance_px:
        return None
    return CurvedOutline(polygon, tuple(rings), distance + chord)


def _turned(pieces: np.ndarray, chord: float, *, ccw: bool) -> np.ndarray:
    line = flatten(pieces, chord)[0]
    if len(line) < 4 or LinearRing(line).is_ccw == ccw:
        return pieces
    return turned_back(pieces)
