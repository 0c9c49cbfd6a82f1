"""The printed scale bar, measured in pixels from its ink: chequered, of alternating blocks, or a line with ticks."""

from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from shapely import Polygon

from profilex.types import Page
from profilex.vessel.bar_cells import Grid, fit_grid, transitions

BLOCKS, TICKS, PLAIN = "blocks", "ticks", "plain"

_MARGIN = 0.12  # of the box's length beyond its ends: the network's box is only nearly right
_LEAST_MARGIN_PX = 6.0
_INK = 0.5
_FILLED_ROW = 0.3  # share of the bar's length that is ink in one of its rows
_LINE_HEIGHT = 0.34  # a bar whose long ink takes less than this share of its height is a line with ticks
_BLOCK = 0.8  # share of the bar's height that is ink in a column of a block
_TICK = 0.3
_LEAST_SD_PX = 0.25


@dataclass(frozen=True, slots=True)
class BarMeasure:
    """A scale bar's length on the page (px), with one standard deviation.

    `cells` is the number of its smallest units, 1 for a plain bar. `unit_lengths_px` are the lengths that its label may
    be about, longest first: the whole, and the units found in it. `style` is "blocks", "ticks" or "plain".
    """

    length_px: float
    uncertainty_px: float
    cells: int
    unit_lengths_px: tuple[float, ...]
    style: str


def measure_bar(page: Page, polygon: Polygon) -> BarMeasure | None:
    """Measure the bar in a rotated rectangle of the page (page px); None where no bar's ink is found in it.

    Cells are measured by the middles of their edges, so that blots and frames, which make black cells longer and white
    ones shorter, do not count.
    """
    ink, start = _level_window(page.grey, polygon)
    if ink is None:
        return None
    rows = _bar_rows(ink, start)
    if rows is None:
        return None
    extent = _extent(ink[rows], start)
    if extent is None:
        return None
    tall = _tall_rows(ink, rows, extent)
    if (rows.stop - rows.start) < _LINE_HEIGHT * (tall.stop - tall.start):
        return _ticked(ink, rows, tall, extent)
    return _blocks(ink[rows], extent)


def _level_window(grey: np.ndarray, polygon: Polygon) -> tuple[np.ndarray | None, tuple[float, float]]:
    """The bar's surroundings turned level: ink 0 to 1 (height, width), and the box's ends in its columns."""
    corners = shapely.get_coordinates(polygon.minimum_rotated_rectangle)[:4]
    if len(corners) < 4:
        return None, (0.0, 0.0)
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*sides.T)
    longest = int(lengths[:2].argmax())
    long, high = float(lengths[longest]), float(lengths[1 - longest])
    along = sides[longest] / max(long, 1e-9)
    along = along if along[0] >= abs(along[1]) or along[0] > 0 else -along
    across = np.array([-along[1], along[0]])
    if long < 8:
        return None, (0.0, 0.0)
    margin = max(_LEAST_MARGIN_PX, _MARGIN * long)
    width, height = int(np.ceil(long + 2 * margin)), int(np.ceil(2 * high + 2 * _LEAST_MARGIN_PX))
    corner = corners.mean(axis=0) - along * width / 2 - across * height / 2
    # page coordinates have their pixel centres at .5, cv2 has them at whole numbers
    first = corner + (along + across) / 2 - 0.5
    matrix = np.column_stack([along, across, first])
    x0, y0 = np.floor(np.minimum.reduce([first, first + along * width, first + across * height])).astype(int) - 2
    x0, y0 = max(int(x0), 0), max(int(y0), 0)
    crop = grey[y0 : y0 + width + height + 8, x0 : x0 + width + height + 8].astype(np.float32)
    if not crop.size:
        return None, (0.0, 0.0)
    matrix[:, 2] -= (x0, y0)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    level = cv2.warpAffine(crop, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    black, paper = np.percentile(level, (1, 90))
    if paper - black < 40:
        return None, (0.0, 0.0)
    ink = np.clip((paper - level) / (paper - black), 0, 1)
    return ink, (width / 2 - long / 2, width / 2 + long / 2)


def _bar_rows(ink: np.ndarray, ends: tuple[float, float]) -> slice | None:
    """The rows of the bar's body: those with much ink between the box's ends, around the fullest of them."""
    inside = ink[:, int(ends[0]) : int(np.ceil(ends[1]))] > _INK
    filled = inside.mean(axis=1)
    peak = int(filled.argmax())
    if filled[peak] < _FILLED_ROW:
        return None
    full = filled >= min(_FILLED_ROW, 0.5 * filled[peak])
    first = last = peak
    while first > 0 and full[first - 1]:
        first -= 1
    while last + 1 < len(full) and full[last + 1]:
        last += 1
    return slice(first, last + 1)


def _extent(body: np.ndarray, ends: tuple[float, float]) -> tuple[int, int] | None:
    """First and last column of the bar; white cells without a frame do not end it, a label beside it does."""
    dark = (body > _INK).any(axis=0)
    solid = (body > _INK).mean(axis=0) >= min(_BLOCK, 1 - 0.5 / len(body))
    steps = np.flatnonzero(np.diff(np.concatenate([[0], dark.astype(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in zip(steps[::2], steps[1::2], strict=True)]
    middle = (ends[0] + ends[1]) / 2
    blocks = [run for run in runs if solid[run[0] : run[1]].mean() > 0.6]
    broadest = max((b - a for a, b in runs), default=0)
    seed = max(runs, key=lambda run: (run[1] - run[0]) - 0.1 * abs((run[0] + run[1]) / 2 - middle), default=None)
    if seed is None:
        return None
    first, last = seed
    grown = True
    while grown:
        grown = False
        for a, b in blocks:
            gap = a - last if a >= last else first - b
            if (a >= last or b <= first) and gap <= 1.3 * broadest and (b - a) >= 0.4 * gap:
                first, last, grown = min(first, a), max(last, b), True
                break
    return (first, last) if last - first >= 8 else None


def _tall_rows(ink: np.ndarray, rows: slice, extent: tuple[int, int]) -> slice:
    """The rows that ticks reach, which stand on the bar's line at its ends."""
    columns = slice(max(0, extent[0] - 3), extent[1] + 3)
    reach = (ink[:, columns] > _INK).astype(np.uint8)
    _, labels = cv2.connectedComponents(reach, connectivity=8)
    row = (rows.start + rows.stop) // 2
    own = np.bincount(labels[row][labels[row] > 0], minlength=1)
    held = np.flatnonzero((labels == int(own.argmax())).any(axis=1)) if own.max() else np.array([row])
    return slice(int(held[0]), int(held[-1]) + 1)


def _blocks(body: np.ndarray, extent: tuple[int, int]) -> BarMeasure:
    """A bar of black and white cells, in one row or two."""
    grids = []
    columns = slice(max(0, extent[0] - 4), extent[1] + 4)
    height = len(body)
    upper = slice(height // 8, max(height // 8 + 1, height * 3 // 8))
    lower = slice(height * 5 // 8, height * 7 // 8 + 1)
    for part in (body[upper], body[lower]):
        profile = np.median(part[:, columns], axis=0)
        grids.append(fit_grid(transitions(profile) + columns.start))
    outer = transitions(body[:, columns].max(axis=0)) + columns.start
    length = float(outer[-1] - outer[0]) if len(outer) >= 2 else float(extent[1] - extent[0])
    return _from_grid(max((grid for grid in grids if grid), key=lambda grid: grid.count, default=None), length, BLOCKS)


def _ticked(ink: np.ndarray, rows: slice, tall: slice, extent: tuple[int, int]) -> BarMeasure:
    """A line with ticks: from the middle of the first to the middle of the last."""
    columns = slice(max(0, extent[0] - 4), extent[1] + 4)
    beside = np.r_[tall.start : rows.start, rows.stop : tall.stop]
    strength = ink[beside][:, columns].mean(axis=0)
    centres = _tick_centres(strength, max(_TICK * float(strength.max()), 0.12)) + columns.start
    outer = transitions(ink[rows][:, columns].max(axis=0)) + columns.start
    ends = (float(outer[0]), float(outer[-1])) if len(outer) >= 2 else (float(extent[0]), float(extent[1]))
    if len(centres) < 2 or centres[-1] - centres[0] < 0.9 * (ends[1] - ends[0]):
        return _from_grid(None, ends[1] - ends[0], PLAIN)
    length = float(centres[-1] - centres[0])
    step = float(np.median(np.diff(centres)))
    cells = max(1, round(length / step))
    even = abs(length / step - cells) < 0.15 and len(centres) == cells + 1
    units = (length, length / cells) if even and cells > 1 else (length,)
    return BarMeasure(length, _LEAST_SD_PX, cells if even else 1, units, TICKS)


def _tick_centres(strength: np.ndarray, least: float) -> np.ndarray:
    """Weighted middles of the columns' peaks (in columns, with pixel centres at .5)."""
    dark = np.concatenate([[0], (strength > least).astype(np.int8), [0]])
    steps = np.flatnonzero(np.diff(dark))
    centres = []
    for first, last in zip(steps[::2], steps[1::2], strict=True):
        places, weights = np.arange(first, last) + 0.5, strength[first:last]
        centres.append(float((places * weights).sum() / weights.sum()))
    return np.array(centres)


def _from_grid(grid: Grid | None, outer_px: float, style: str) -> BarMeasure:
    """The measure of a bar whose outer length is known, sharpened by its cells."""
    if grid is None:
        return BarMeasure(outer_px, max(1.0, 0.003 * outer_px), 1, (outer_px,), PLAIN)
    cells = max(1, round((outer_px - grid.blot) / grid.unit))
    length = cells * grid.unit
    if abs(outer_px - grid.blot - length) > 0.25 * grid.unit:  # the cells do not fill the bar: only its ends count
        return BarMeasure(outer_px, max(1.0, 0.003 * outer_px), 1, (outer_px, grid.unit), style)
    sd = max(_LEAST_SD_PX, cells * grid.sd_unit)
    units = sorted({length, *(grid.unit * size for size in grid.sizes)}, reverse=True)
    return BarMeasure(length, sd, cells, tuple(units), style)
