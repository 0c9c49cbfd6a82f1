"""The axis among the upright pen strokes of a drawing: it has the section's mirror image on its other side."""

from collections.abc import Iterator

import cv2
import numpy as np
from shapely import MultiPolygon

from profilex.ink.lines import FittedLine, upright_line
from profilex.ink.strokes import find_stroke
from profilex.settings import VesselSettings
from profilex.vessel.shape.frame import extremes_at


def drawn_axis(
    grey: np.ndarray,
    walls: MultiPolygon,
    window: tuple[float, float, float, float],
    settings: VesselSettings,
    *,
    thin_px: int,
) -> FittedLine | None:
    """The upright stroke in a window that is the section's axis, judged by the ink around it; None without one.

    `grey` is the page, uint8 (height, width); `walls` and `window` (left, top, right, bottom) are in page px. The
    exterior's contour must mirror the section's; where it does not (a half drawing, a decorated one), a rim line must
    run from the lip to the stroke.
    """
    ink = _thin_ink(grey, walls, window, thin_px, settings)
    if ink is None:
        return None
    dark, left, top = ink
    scored = []
    for offset in _candidates(dark, (left, top), walls, settings):
        if not thin_px < offset < grey.shape[1] - thin_px:  # the scan's own edge
            continue
        guess = upright_line(offset, walls.bounds[1], walls.bounds[3], sd_px=1.0)
        line = find_stroke(grey, guess, settings.upright_strokes.reach_px, widest_px=thin_px, settings=settings.ink)
        if line is None:
            continue
        mirrored = _mirrored_share(dark, (left, top), walls, line, settings)
        rim = _rim_share(dark, (left, top), walls, line)
        if mirrored < settings.upright_strokes.mirrored and _is_other_contour(dark, (left, top), walls, line, settings):
            continue
        if mirrored >= settings.upright_strokes.mirrored or (
            rim >= settings.upright_strokes.rim_drawn and line.start < walls.bounds[1] + 0.4 * line.length
        ):
            scored.append((mirrored + 0.5 * rim, line))
    return max(scored, key=lambda entry: entry[0], default=(0.0, None))[1]


def _thin_ink(
    grey: np.ndarray,
    walls: MultiPolygon,
    window: tuple[float, float, float, float],
    thin_px: int,
    settings: VesselSettings,
) -> tuple[np.ndarray, int, int] | None:
    """Pen strokes (bool) within the window and the rows of the section, and the position of the first pixel."""
    _, top, _, bottom = walls.bounds
    x0, x1 = max(0, int(window[0])), min(grey.shape[1], int(window[2]) + 1)
    lean = int(settings.upright_strokes.lean * (x1 - x0))
    y0, y1 = max(0, int(top) - thin_px - lean), min(grey.shape[0], int(bottom) + 1 + lean)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return None
    part = grey[y0:y1, x0:x1]
    kernel = np.ones((2 * thin_px + 1, 2 * thin_px + 1), np.uint8)
    return cv2.morphologyEx(part, cv2.MORPH_BLACKHAT, kernel) > settings.upright_strokes.faintest, x0, y0


def _candidates(
    dark: np.ndarray, corner: tuple[int, int], walls: MultiPolygon, settings: VesselSettings
) -> Iterator[float]:
    """Columns (page x) with the longest upright strokes beside the section, longest first."""
    left, top = corner
    dark = dark[max(0, int(walls.bounds[1]) - top) : int(walls.bounds[3]) + 1 - top]
    rows = dark.shape[0]
    # a run of ink as tall as this is part of an upright stroke, even one that leans by two degrees
    tall = max(5, rows // 12)
    upright = cv2.morphologyEx(
        cv2.dilate(dark.astype(np.uint8), np.ones((1, 3), np.uint8)), cv2.MORPH_OPEN, np.ones((tall, 1), np.uint8)
    )
    votes = np.convolve(upright.sum(axis=0, dtype=np.float64), np.ones(5) / 3, "same")
    for _ in range(settings.upright_strokes.candidates):
        column = int(votes.argmax())
        if votes[column] < settings.upright_strokes.least_rows * rows:
            return
        votes[max(0, column - 4) : column + 5] = 0
        offset = left + column + 0.5
        if not walls.bounds[0] < offset < walls.bounds[2]:
            yield offset


def _mirrored_share(
    dark: np.ndarray, corner: tuple[int, int], walls: MultiPolygon, axis: FittedLine, settings: VesselSettings
) -> float:
    """Share of the section's rows whose outer side has ink at its mirror image beyond the axis, which may lean."""
    left, top = corner
    _, first, _, last = walls.bounds
    ys = np.linspace(first + 0.06 * (last - first), last - 0.04 * (last - first), settings.upright_strokes.rows)
    inner, outer = extremes_at(walls, ys)
    outer = inner if axis.offset > walls.centroid.x else outer
    radii = axis.offset + axis.slope * (ys - axis.middle) - outer
    known = np.isfinite(radii)
    if not known.any():
        return 0.0
    columns = (outer + 2 * radii)[known] - left
    rows = (ys - 2 * radii * axis.slope)[known] - top
    reach = max(2, int(2 * settings.upright_strokes.image_share * float(np.abs(radii[known]).max())))
    near = cv2.dilate(dark.astype(np.uint8), np.ones((1, 2 * reach + 1), np.uint8))
    inside = (columns >= 0) & (columns < dark.shape[1]) & (rows >= 0) & (rows < dark.shape[0])
    hits = near[rows[inside].astype(int), columns[inside].astype(int)] > 0
    return float(hits.sum() / len(ys))


def _is_other_contour(
    dark: np.ndarray, corner: tuple[int, int], walls: MultiPolygon, line: FittedLine, settings: VesselSettings
) -> bool:
    """Whether a stroke is the exterior's own contour: ink follows the section's outer side there, bends and all.

    It is if the section's image about the middle line lies in ink more than the straight stroke itself does. An axis
    line at the end of a half drawing stays straight, while the section's image bends away from it.
    """
    _, first, _, last = walls.bounds
    ys = np.linspace(first + 0.06 * (last - first), last - 0.04 * (last - first), settings.upright_strokes.rows)
    inner, outer = extremes_at(walls, ys)
    outer = inner if line.offset > walls.centroid.x else outer
    straight = line.offset + line.slope * (ys - line.middle)
    known = np.isfinite(outer)
    if not known.any():
        return False
    ys, outer, straight = ys[known], outer[known], straight[known]
    lean = np.median(outer + straight)
    image = _ink_share(dark, corner, lean - outer, ys, settings)
    return (
        image >= settings.upright_strokes.contour
        and image > _ink_share(dark, corner, straight, ys, settings) + settings.upright_strokes.clearly
    )


def _ink_share(
    dark: np.ndarray, corner: tuple[int, int], xs: np.ndarray, ys: np.ndarray, settings: VesselSettings
) -> float:
    """Share of places (page px) that have ink within a pixel or two."""
    columns, rows = (xs - corner[0]).astype(int), (ys - corner[1]).astype(int)
    near = cv2.dilate(dark.astype(np.uint8), np.ones((1, 2 * settings.upright_strokes.near_px + 1), np.uint8))
    inside = (columns >= 0) & (columns < dark.shape[1]) & (rows >= 0) & (rows < dark.shape[0])
    return float((near[rows[inside], columns[inside]] > 0).sum() / max(1, len(ys)))


def _rim_share(dark: np.ndarray, corner: tuple[int, int], walls: MultiPolygon, axis: FittedLine) -> float:
    """Share of the way from the section's lip to the axis with a level stroke at the height of the section's top."""
    left, top = corner
    points = np.concatenate([np.asarray(part.exterior.coords) for part in walls.geoms])
    lip_x, lip_y = points[points[:, 1].argmin()]
    reach = max(4, dark.shape[0] // 25)
    near = cv2.dilate(dark.astype(np.uint8), np.ones((2 * reach + 1, 1), np.uint8))
    start, end = sorted((lip_x, axis.at(lip_y)))
    xs = np.arange(max(start, left), min(end, left + dark.shape[1] - 1))
    rows = (lip_y - axis.slope * (xs - lip_x) - top).astype(int)
    inside = (rows >= 0) & (rows < dark.shape[0])
    hits = near[rows[inside], (xs[inside] - left).astype(int)] > 0
    return float(hits.sum() / len(xs)) if len(xs) else 0.0
