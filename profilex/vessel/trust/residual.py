"""The check against the scan: a vessel's outline compared with the ink around it."""

from collections.abc import Sequence

import cv2
import numpy as np
import shapely
from shapely import LineString, MultiPolygon

from profilex.ink.distance import DASHED_PX, OUTLINE_PX, InkPatch, distances_to_ink, ink_patch
from profilex.settings import VesselSettings
from profilex.types import Residual
from profilex.vessel.shape.frame import LEFT, RIGHT, DrawingFrame, extremes_at

_SHIFT = 4  # fractional bits of OpenCV's coordinates


def measure_residual(
    grey: np.ndarray, walls: MultiPolygon, lines: Sequence[LineString], wall: float, settings: VesselSettings
) -> Residual:
    """The residual of a vessel's sections, and of the axis and rim line that were found on ink.

    `grey` is the page, uint8 (height, width), 0 ink to 255 paper; `walls` are the sections, `wall` the wall thickness
    and `lines` the parts of axis and rim line that are said to be drawn, all in page px.
    """
    margin = max(settings.residual.margin_px, settings.residual.margin_walls * wall)
    patch = ink_patch(grey, walls.bounds, wall, margin, settings.ink)
    near = float(np.clip(settings.residual.near_walls * wall, *settings.residual.near_px))
    rings = [ring for part in walls.geoms for ring in (part.exterior, *part.interiors)]
    outline = np.concatenate([_compared(patch, ring, grey.shape, settings) for ring in rings])
    drawn = [
        _compared(_patch_of(grey, line, wall, settings), line, grey.shape, settings, DASHED_PX)
        for line in lines
        if line.length > 1
    ]
    uneven, spots = _uneven_tone(patch, walls, settings)
    return Residual(
        distance_px=float(outline[:, 2].mean()),
        share=float((outline[:, 2] > near).mean()),
        uneven=uneven,
        lines_share=float((np.concatenate(drawn)[:, 2] > near).mean()) if drawn else 0.0,
        points=np.concatenate([outline, *drawn]),
        spots=spots,
    )


def is_large(residual: Residual, settings: VesselSettings) -> bool:
    """Whether the residual is so large that a person should check the vessel."""
    return (
        residual.share > settings.residual.large_share
        or residual.uneven > settings.residual.large_tone
        or residual.lines_share > settings.residual.large_lines
    )


def mirrored_share(
    grey: np.ndarray, half: shapely.Geometry, frame: DrawingFrame, side: str, wall: float, settings: VesselSettings
) -> float:
    """Share (0..1) of a section's outer contour with a mirror image in the ink beyond the axis.

    `half` is the section in (radius, depth); `side` is "left" or "right". 0 where the other half is off the page.
    """
    _, top, _, bottom = half.bounds
    depths = np.linspace(top, bottom, settings.residual.rows + 2)[1:-1]
    radii = extremes_at(half, depths)[1]
    known = np.isfinite(radii)
    beyond = RIGHT if side == "left" else LEFT
    places = [frame.place(radius, depth, beyond) for radius, depth in zip(radii[known], depths[known], strict=True)]
    points = np.array(places).reshape(-1, 2)
    points = points[_room(points, grey.shape) >= settings.residual.page_edge_px]
    if len(points) < settings.residual.least_rows:
        return 0.0
    image = LineString(points)
    _, distances = distances_to_ink(_patch_of(grey, image, wall, settings), image, settings=settings.ink)
    return float((distances <= max(settings.residual.image_px, settings.residual.image_walls * wall)).mean())


def _compared(
    patch: InkPatch, line: LineString, page: tuple[int, ...], settings: VesselSettings, straight_px: float = OUTLINE_PX
) -> np.ndarray:
    """Places along a line with their distances (n, 3: x, y, px), which are 0 at the scan's edge."""
    points, distances = distances_to_ink(patch, line, straight_px, settings=settings.ink)
    return np.column_stack([points, np.where(_room(points, page) < settings.residual.page_edge_px, 0.0, distances)])


def _patch_of(grey: np.ndarray, line: LineString, wall: float, settings: VesselSettings) -> InkPatch:
    return ink_patch(
        grey, line.bounds, wall, max(settings.residual.margin_px, settings.residual.margin_walls * wall), settings.ink
    )


def _room(points: np.ndarray, page: tuple[int, ...]) -> np.ndarray:
    """Distance (n,) of places to the nearest edge of the page; below 0 beyond it."""
    height, width = page
    return np.minimum(points, (width, height) - points).min(axis=1, initial=np.inf)


def _uneven_tone(patch: InkPatch, walls: MultiPolygon, settings: VesselSettings) -> tuple[float, np.ndarray]:
    """Share of the sections' inside whose tone, averaged over the wall, differs from the rest, and where (n, 2)."""
    mask = np.zeros(patch.grey.shape, np.uint8)
    for part in walls.geoms:
        rings = [shapely.get_coordinates(ring) - patch.corner - 0.5 for ring in (part.exterior, *part.interiors)]
        cv2.fillPoly(mask, [np.rint(ring * 2**_SHIFT).astype(np.int32) for ring in rings], 1, shift=_SHIFT)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    inner = depth > max(settings.residual.inner_px, settings.residual.inner_walls * patch.wall)
    if np.count_nonzero(inner) < settings.residual.least_inner_px:
        return 0.0, np.empty((0, 2))
    size = max(3, round(settings.residual.tone_walls * patch.wall))
    weights = cv2.blur(inner.astype(np.float32), (size, size))
    tone = cv2.blur(patch.grey * inner, (size, size)) / np.maximum(weights, 1e-6)
    strange = inner & (np.abs(tone - np.median(tone[inner])) > settings.residual.tone_share * patch.contrast)
    rows, columns = np.nonzero(strange)
    spots = np.stack([columns, rows], axis=1) + patch.corner + 0.5
    return float(np.count_nonzero(strange) / np.count_nonzero(inner)), spots
