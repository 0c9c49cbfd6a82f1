"""Distances of a line to the ink of the scan: the page straightened along the line, with its edges and strokes.

The outline of a section is an edge of ink where the wall is solid, and the middle of a stroke, or the edge of a tone,
where it is hollow, hatched or toned. Smoothing along the line removes hatching and dots and keeps a contour.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from shapely import LineString

from profilex.ink.along import points_along
from profilex.ink.grey_levels import grey_percentiles
from profilex.settings import InkSettings

_SLOPE = np.array([-0.5, -0.5, 0.0, 0.5, 0.5])

OUTLINE_PX = 7.0
"""Length along which an outline counts as straight."""
DASHED_PX = 40.0
"""... and along which a line counts as straight that can be dashed."""


@dataclass(frozen=True, slots=True)
class InkPatch:
    """A part of a page with which lines are compared: `grey` float32 (h, w), its `corner` (x, y) on the page.

    `contrast` is that of ink and paper in it, in grey levels; `wall` is the vessel's wall thickness (px), and `reach`
    the distance (px) from a line within which its ink is sought.
    """

    grey: np.ndarray
    corner: tuple[int, int]
    contrast: float
    wall: float
    reach: float


def ink_patch(
    page: np.ndarray, bounds: tuple[float, float, float, float], wall: float, margin: float, settings: InkSettings
) -> InkPatch:
    """The part of a page (uint8 (height, width), 0 ink to 255 paper) within `margin` px of left, top, right, bottom."""
    left, top, right, bottom = bounds
    x0, y0 = max(0, int(left - margin)), max(0, int(top - margin))
    part = page[y0 : max(int(bottom + margin), y0) + 1, x0 : max(int(right + margin), x0) + 1]
    if not part.size:
        part = np.full((1, 1), 255, np.uint8)
    ink, paper = grey_percentiles(part, 2, 90)
    reach = float(np.clip(settings.distance.reach_walls * wall, *settings.distance.reach_px))
    return InkPatch(part.astype(np.float32), (x0, y0), max(paper - ink, settings.distance.least_contrast), wall, reach)


def distances_to_ink(
    patch: InkPatch, line: LineString, straight_px: float = OUTLINE_PX, *, settings: InkSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 2: x, y) along a line on the page and their distances (n,) to the nearest edge or stroke, all in px.

    Distances are at most the patch's reach. `straight_px` is the length along which the line counts as straight.
    """
    count = max(4, int(min(line.length, settings.distance.most_samples)))
    step = line.length / count
    along = (np.arange(count) + 0.5) * step
    points = points_along(line, along)
    band = _band(patch, points, _normals(line, along, settings))
    smooth = min(max(1, round(straight_px / max(step, 1e-9))), count)
    padded = np.pad(band, ((smooth, smooth), (0, 0)), "wrap" if line.is_ring else "edge")
    band = cv2.blur(padded, (1, smooth))[smooth:-smooth]
    return points, np.minimum(_distances(band, patch, settings), patch.reach)


def _distances(band: np.ndarray, patch: InkPatch, settings: InkSettings) -> np.ndarray:
    """Distance (rows,) from the band's middle column to the nearest edge or middle of a stroke."""
    middle = band.shape[1] // 2
    least = settings.distance.edge_share * patch.contrast
    slope = np.abs(cv2.filter2D(band, cv2.CV_32F, _SLOPE[None]))
    half = round(float(np.clip(settings.distance.stroke_walls * patch.wall, *settings.distance.stroke_px)))
    stroke = cv2.morphologyEx(band, cv2.MORPH_BLACKHAT, np.ones((1, 2 * half + 1), np.uint8))
    away = np.full(len(band), np.inf)
    for response in (slope, cv2.GaussianBlur(stroke, (5, 1), 1.0)):
        here, before, after = response[:, 1:-1], response[:, :-2], response[:, 2:]
        peak = (here >= least) & (here >= before) & (here >= after)
        bend = np.minimum(before - 2 * here + after, -1e-6)
        shift = np.clip(0.5 * (before - after) / bend, -0.5, 0.5)
        offsets = np.abs(np.arange(1, band.shape[1] - 1)[None] + shift - middle)
        away = np.minimum(away, np.where(peak, offsets, np.inf).min(axis=1))
    return away


def _normals(line: LineString, along: np.ndarray, settings: InkSettings) -> np.ndarray:
    """Unit normals (n, 2) of a line."""
    chord = min(settings.distance.chord_px, 0.1 * line.length)
    before, after = along - chord, along + chord
    if line.is_ring:
        before, after = before % line.length, after % line.length
    else:
        before, after = np.maximum(before, 0.0), np.minimum(after, line.length)
    ahead = points_along(line, after) - points_along(line, before)
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    return np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)


def _band(patch: InkPatch, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Float32 (n, w): the page straightened along a line; the middle column is the line itself."""
    half = int(np.ceil(patch.reach)) + 2
    offsets = np.arange(-half, half + 1)
    places = (points - patch.corner)[:, None, :] + offsets[None, :, None] * normals[:, None, :] - 0.5
    columns, rows = places[..., 0].astype(np.float32), places[..., 1].astype(np.float32)
    return cv2.remap(patch.grey, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
