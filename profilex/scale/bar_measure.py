"""The printed scale bar, measured in pixels from its ink: chequered, of alternating blocks, or a line with ticks."""

import cv2
import numpy as np
import shapely
from shapely import Polygon

from profilex.scale.bar_cells import Boundaries, Grid, find_boundaries, fit_grid
from profilex.settings import EvidenceSettings
from profilex.types import BarMeasure, Page

BLOCKS, TICKS, PLAIN = "blocks", "ticks", "plain"


def measure_bar(page: Page, polygon: Polygon, numbers: EvidenceSettings) -> BarMeasure | None:
    """Measure the bar in a rotated rectangle of the page (page px); None if it holds no ink of a bar.

    Cells are measured by the middles of their edges, so that the spread of ink and frames, which make black cells
    longer and white ones shorter, cancel out.
    """
    ink, start = _level_window(page.grey, polygon, numbers)
    if ink is None:
        return None
    rows = _bar_rows(ink, start, numbers)
    if rows is None:
        return None
    extent = _extent(ink[rows], start, numbers)
    if extent is None:
        return None
    ticks = _ticks(ink, rows, extent, numbers)
    long = float(extent[1] - extent[0])
    ended = (
        len(ticks) >= 2
        and abs(ticks[0] - extent[0]) <= numbers.bar_measure.end * long
        and abs(extent[1] - ticks[-1]) <= numbers.bar_measure.end * long
    )
    if ended and len(ticks) > 2:
        return _ticked(ticks, numbers)
    return _blocks(ink[rows], extent, float(ticks[-1] - ticks[0]) if ended else None, numbers)


def _level_window(
    grey: np.ndarray, polygon: Polygon, numbers: EvidenceSettings
) -> tuple[np.ndarray | None, tuple[float, float]]:
    """The bar's surroundings rotated level: ink 0 to 1 (height, width), and the columns of the box's ends."""
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
    margin = max(numbers.bar_measure.least_margin_px, numbers.bar_measure.margin * long)
    width, height = int(np.ceil(long + 2 * margin)), int(np.ceil(2 * high + 2 * numbers.bar_measure.least_margin_px))
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


def _bar_rows(ink: np.ndarray, ends: tuple[float, float], numbers: EvidenceSettings) -> slice | None:
    """The rows of the bar's body: around the fullest row, those with a continuous run of ink as long as a cell."""
    inside = ink[:, int(ends[0]) : int(np.ceil(ends[1]))] > numbers.bar_measure.faint
    filled = inside.mean(axis=1)
    peak = int(filled.argmax())
    if filled[peak] < numbers.bar_measure.filled_row:
        return None
    least = max(numbers.bar_measure.least_cell_px, numbers.bar_measure.least_cell * inside.shape[1])
    full = [longest_run(row) >= least for row in inside]
    first = last = peak
    while first > 0 and full[first - 1]:
        first -= 1
    while last + 1 < len(full) and full[last + 1]:
        last += 1
    return slice(first, last + 1)


def longest_run(dark: np.ndarray) -> int:
    """The length of the longest run of True in bool (n,)."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], dark.astype(np.int8), [0]])))
    return int((steps[1::2] - steps[::2]).max(initial=0))


def _extent(body: np.ndarray, ends: tuple[float, float], numbers: EvidenceSettings) -> tuple[int, int] | None:
    """First and last column of the bar; white cells without a frame do not end it, a label beside it does."""
    dark = (body > numbers.bar_measure.faint).any(axis=0)
    solid = (body > numbers.bar_measure.ink).mean(axis=0) >= min(numbers.bar_measure.block, 1 - 0.5 / len(body))
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


def _ticks(ink: np.ndarray, rows: slice, extent: tuple[int, int], numbers: EvidenceSettings) -> np.ndarray:
    """Middles (columns) of the ticks that project from the bar's body, above or below it."""
    columns = slice(max(0, extent[0] - 4), extent[1] + 4)
    reach = max(3, round(numbers.bar_measure.tick_reach * (rows.stop - rows.start)))
    # the body's own soft edge is not a tick
    above, below = ink[max(0, rows.start - 1 - reach) : rows.start - 1], ink[rows.stop + 1 : rows.stop + 1 + reach]
    near = [part[:, columns].mean(axis=0) for part in (above[-2:], below[:2]) if len(part)]
    if not near:
        return np.empty(0)
    return _tick_centres(np.max(near, axis=0), numbers) + columns.start


def _tick_centres(strength: np.ndarray, numbers: EvidenceSettings) -> np.ndarray:
    """Weighted middles of the narrow peaks of a profile (sample i reaches from i to i + 1)."""
    steps = np.flatnonzero(
        np.diff(
            np.concatenate(
                [
                    [0],
                    (
                        strength > max(numbers.bar_measure.faintest_tick, numbers.bar_measure.faint * strength.max())
                    ).astype(np.int8),
                    [0],
                ]
            )
        )
    )
    centres = []
    for first, last in zip(steps[::2], steps[1::2], strict=True):
        places, weights = np.arange(first, last) + 0.5, strength[first:last]
        if last - first <= max(numbers.bar_measure.tick_px, numbers.bar_measure.narrow * len(strength)):
            centres.append(float((places * weights).sum() / weights.sum()))
    return np.array(centres)


def _blocks(body: np.ndarray, extent: tuple[int, int], length: float | None, numbers: EvidenceSettings) -> BarMeasure:
    """A bar of black and white cells, in one or two rows; `length` is that between its end ticks, if there are any."""
    columns = slice(max(0, extent[0] - 4), extent[1] + 4)
    height = len(body)
    drawn = _drawn_px(body[:, columns].max(axis=0), extent[0] - columns.start, extent[1] - columns.start, numbers)
    grids = []
    for eighth in range(1, 6):  # one or two rows of cells, within frames of any width
        part = body[eighth * height // 8 : max(eighth * height // 8 + 1, (eighth + 2) * height // 8), columns]
        grid = fit_grid(find_boundaries(np.median(part, axis=0), numbers), numbers)
        if grid is not None and abs(drawn - grid.cells * grid.unit) <= max(
            numbers.bar_measure.miss_px, numbers.bar_measure.miss * grid.unit
        ):
            grids.append(grid)
    if not grids:
        whole = drawn if length is None else length
        sd = (
            numbers.bar_measure.least_sd_px
            if length
            else max(numbers.bar_measure.plain_sd_px, numbers.bar_measure.plain_sd * drawn)
        )
        return BarMeasure(whole, sd, 1, (whole,), PLAIN, length is not None)
    best = max(grids, key=lambda grid: (grid.cells, -_sd_px(grid, numbers)))
    whole = best.cells * best.unit if length is None else length
    unit = whole / best.cells
    units = sorted({whole, *(unit * size for size in best.sizes)}, reverse=True)
    sd = numbers.bar_measure.least_sd_px if length else max(numbers.bar_measure.least_sd_px, _sd_px(best, numbers))
    return BarMeasure(whole, sd, best.cells, tuple(units), BLOCKS)


def _drawn_px(profile: np.ndarray, first: int, last: int, numbers: EvidenceSettings) -> float:
    """The length (px) of the ink from sample `first` to sample `last` of a profile.

    Each end is where the ink is half as dark as just inside: white cells end in thin lines, which blurring makes faint.
    """
    ends = []
    for ink in (profile[:last], profile[first:][::-1]):
        edge = len(ink) - (last - first)  # where the ink begins, seen from this side
        half = float(ink[edge : edge + numbers.bar_measure.end_px].max()) / 2
        inside = edge + int(np.argmax(ink[edge:] >= half))
        while inside and ink[inside - 1] >= half:
            inside -= 1
        before = float(ink[inside - 1]) if inside else 0.0
        ends.append(inside - (float(ink[inside]) - half) / max(float(ink[inside]) - before, 1e-9) + 0.5 - edge)
    return last - first - sum(ends)


def _sd_px(grid: Grid, numbers: EvidenceSettings) -> float:
    """Standard deviation (px) of the length of a row of cells."""
    return float(np.hypot(grid.cells * grid.sd_unit, numbers.bar_measure.framed_sd_px * grid.from_ends))


def _ticked(centres: np.ndarray, numbers: EvidenceSettings) -> BarMeasure:
    """A line with ticks, from the middle of the first to the middle of the last."""
    length = float(centres[-1] - centres[0])
    grid = fit_grid(Boundaries(centres, np.zeros(len(centres))), numbers)
    if grid is None or grid.cells < 2:
        return BarMeasure(length, numbers.bar_measure.least_sd_px, 1, (length,), TICKS)
    units = sorted({length, *(length / grid.cells * size for size in grid.sizes)}, reverse=True)
    return BarMeasure(length, numbers.bar_measure.least_sd_px, grid.cells, tuple(units), TICKS)
