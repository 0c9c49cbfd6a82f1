"""The check against the scan: a vessel's outline compared with the ink around it."""

from collections.abc import Sequence

import cv2
import numpy as np
import shapely
from shapely import LineString, MultiPolygon

from profilex.ink.distance import DASHED_PX, InkPatch, distances_to_ink, ink_patch
from profilex.types import Residual
from profilex.vessel.shape.frame import LEFT, RIGHT, DrawingFrame, extremes_at

_NEAR_WALLS, _NEAR_PX = 0.1, (1.5, 5.0)  # an outline this near to its ink counts as on it
_MARGIN_WALLS, _MARGIN_PX = 1.0, 16.0
_PAGE_EDGE_PX = 3.0  # at the scan's edge no ink is to be expected
_TONE_WALLS = 0.8  # width over which the wall's tone is averaged
_TONE_SHARE = 0.3  # of the contrast: a greater difference is another tone
_INNER_WALLS, _INNER_PX = 0.18, 1.6  # the outline's own stroke is left out
_LEAST_INNER_PX = 12  # area below which a wall has no inside
_SHIFT = 4  # fractional bits of OpenCV's coordinates
_IMAGE_WALLS, _IMAGE_PX = 0.15, 2.0  # a mirror image this near to the ink counts as present
_ROWS, _LEAST_ROWS = 60, 8
_LARGE_SHARE, _LARGE_TONE, _LARGE_LINES = 0.2, 0.25, 0.5


def measure_residual(grey: np.ndarray, walls: MultiPolygon, lines: Sequence[LineString], wall: float) -> Residual:
    """The residual of a vessel's sections, and of the axis and rim line that were found on ink.

    `grey` is the page, uint8 (height, width), 0 ink to 255 paper; `walls` are the sections, `wall` the wall thickness
    and `lines` the parts of axis and rim line that are said to be drawn, all in page px.
    """
    margin = max(_MARGIN_PX, _MARGIN_WALLS * wall)
    patch = ink_patch(grey, walls.bounds, wall, margin)
    near = float(np.clip(_NEAR_WALLS * wall, *_NEAR_PX))
    rings = [ring for part in walls.geoms for ring in (part.exterior, *part.interiors)]
    outline = np.concatenate([_compared(patch, ring, grey.shape) for ring in rings])
    drawn = [_compared(_patch_of(grey, line, wall), line, grey.shape, DASHED_PX) for line in lines if line.length > 1]
    uneven, spots = _uneven_tone(patch, walls)
    return Residual(
        distance_px=float(outline[:, 2].mean()),
        share=float((outline[:, 2] > near).mean()),
        uneven=uneven,
        lines_share=float((np.concatenate(drawn)[:, 2] > near).mean()) if drawn else 0.0,
        points=np.concatenate([outline, *drawn]),
        spots=spots,
    )


def is_large(residual: Residual) -> bool:
    """Whether the residual is so large that a person should check the vessel."""
    return residual.share > _LARGE_SHARE or residual.uneven > _LARGE_TONE or residual.lines_share > _LARGE_LINES


def mirrored_share(grey: np.ndarray, half: shapely.Geometry, frame: DrawingFrame, side: str, wall: float) -> float:
    """Share (0..1) of a section's outer contour with a mirror image in the ink beyond the axis.

    `half` is the section in (radius, depth); `side` is "left" or "right". 0 where the other half is off the page.
    """
    _, top, _, bottom = half.bounds
    depths = np.linspace(top, bottom, _ROWS + 2)[1:-1]
    radii = extremes_at(half, depths)[1]
    known = np.isfinite(radii)
    beyond = RIGHT if side == "left" else LEFT
    places = [frame.place(radius, depth, beyond) for radius, depth in zip(radii[known], depths[known], strict=True)]
    points = np.array(places).reshape(-1, 2)
    points = points[_room(points, grey.shape) >= _PAGE_EDGE_PX]
    if len(points) < _LEAST_ROWS:
        return 0.0
    image = LineString(points)
    _, distances = distances_to_ink(_patch_of(grey, image, wall), image)
    return float((distances <= max(_IMAGE_PX, _IMAGE_WALLS * wall)).mean())


def _compared(patch: InkPatch, line: LineString, page: tuple[int, ...], *straight_px: float) -> np.ndarray:
    """Places along a line with their distances (n, 3: x, y, px), which are 0 at the scan's edge."""
    points, distances = distances_to_ink(patch, line, *straight_px)
    return np.column_stack([points, np.where(_room(points, page) < _PAGE_EDGE_PX, 0.0, distances)])


def _patch_of(grey: np.ndarray, line: LineString, wall: float) -> InkPatch:
    return ink_patch(grey, line.bounds, wall, max(_MARGIN_PX, _MARGIN_WALLS * wall))


def _room(points: np.ndarray, page: tuple[int, ...]) -> np.ndarray:
    """Distance (n,) of places to the nearest edge of the page; below 0 beyond it."""
    height, width = page
    return np.minimum(points, (width, height) - points).min(axis=1, initial=np.inf)


def _uneven_tone(patch: InkPatch, walls: MultiPolygon) -> tuple[float, np.ndarray]:
    """Share of the sections' inside whose tone, averaged over the wall, differs from the rest, and where (n, 2)."""
    mask = np.zeros(patch.grey.shape, np.uint8)
    for part in walls.geoms:
        rings = [shapely.get_coordinates(ring) - patch.corner - 0.5 for ring in (part.exterior, *part.interiors)]
        cv2.fillPoly(mask, [np.rint(ring * 2**_SHIFT).astype(np.int32) for ring in rings], 1, shift=_SHIFT)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    inner = depth > max(_INNER_PX, _INNER_WALLS * patch.wall)
    if np.count_nonzero(inner) < _LEAST_INNER_PX:
        return 0.0, np.empty((0, 2))
    size = max(3, round(_TONE_WALLS * patch.wall))
    weights = cv2.blur(inner.astype(np.float32), (size, size))
    tone = cv2.blur(patch.grey * inner, (size, size)) / np.maximum(weights, 1e-6)
    strange = inner & (np.abs(tone - np.median(tone[inner])) > _TONE_SHARE * patch.contrast)
    rows, columns = np.nonzero(strange)
    spots = np.stack([columns, rows], axis=1) + patch.corner + 0.5
    return float(np.count_nonzero(strange) / np.count_nonzero(inner)), spots
