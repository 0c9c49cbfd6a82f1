"""A vessel as a small drawing in whole numbers: the outline at the resolution at which it is shown."""

from typing import Any

import numpy as np
import shapely
from shapely import Polygon

from profilex.export.frame.vessel_frame import SECTION_TOP_RIGHT, PlacedVessel

WIDTH, HEIGHT = 640, 400
"""Units of the longer side of a drawing; a card shows about three units in one pixel."""

_TOLERANCE = 0.8  # units; a quarter of a pixel on a card


def thumbnail(placed: PlacedVessel) -> dict[str, Any] | None:
    """A vessel's drawing as {w, h, d, axis, rim, k}, or None without a section.

    `w`, `h` are its size in units, `d` the data of an SVG path (even-odd, y down), `axis` the x of the axis or None,
    `rim` [x0, y, x1] or None, `k` the units to one mm (px while the scale is unknown). A drawing with an axis has equal
    widths on both sides, for the mirror image that is drawn there.
    """
    if not placed.sections:
        return None
    left, bottom, right, top = _extent(placed)
    factor = min(WIDTH / max(right - left, 1e-9), HEIGHT / max(top - bottom, 1e-9))

    def units(points: np.ndarray) -> np.ndarray:
        return np.rint((points[:, :2] - (left, top)) * (factor, -factor)).astype(int)

    rim = None
    if placed.rim is not None:
        (x0, y0), (x1, y1) = units(shapely.get_coordinates(placed.rim)[[0, -1]]).tolist()
        rim = [min(x0, x1), round((y0 + y1) / 2), max(x0, x1)]
    width, height = units(np.array([(right, bottom)]))[0].tolist()
    return {
        "w": max(width, 1),
        "h": max(height, 1),
        "d": "".join(_path(polygon, factor, units) for polygon in placed.sections),
        "axis": None if placed.origin == SECTION_TOP_RIGHT else round(-left * factor),
        "rim": rim,
        "k": float(f"{factor:.4g}"),
    }


def _extent(placed: PlacedVessel) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of sections and rim; the axis line may extend far beyond the drawing."""
    drawn = [*placed.sections, *([placed.rim] if placed.rim is not None else [])]
    left, bottom, right, top = shapely.total_bounds(drawn).tolist()
    if placed.origin == SECTION_TOP_RIGHT:
        return left, bottom, right, top
    radius = max(-left, right)
    return -radius, bottom, radius, top


def _path(polygon: Polygon, factor: float, units: Any) -> str:
    simple = polygon.simplify(_TOLERANCE / factor)
    return "".join(_ring(units(shapely.get_coordinates(ring))) for ring in (simple.exterior, *simple.interiors))


def _ring(points: np.ndarray) -> str:
    """A closed ring as a move and relative lines; a minus sign serves as a separator."""
    steps = np.diff(points[:-1], axis=0)
    steps = steps[steps.any(axis=1)]
    if len(steps) < 2:
        return ""
    x, y = points[0].tolist()
    numbers = " ".join(str(number) for number in steps.ravel().tolist()).replace(" -", "-")
    return f"M{x} {y}l{numbers}z"
