"""The N symbol across the rim line at the axis: the drawn half width is not the vessel's radius."""

import numpy as np

from profilex.settings import VesselSettings


def has_n_symbol(grey: np.ndarray, corner: tuple[float, float], wall: float, settings: VesselSettings) -> bool:
    """Whether an N (or its mirror image) is drawn across the rim line where it meets the axis.

    `grey` is the page, uint8 (height, width); `corner` the point where they meet (page px), `wall` the wall thickness
    (px). Two upright strokes must cross the rim line and a diagonal join their opposite ends; the corner above it must
    be clear, which excludes black areas and hatching.
    """
    x, y = corner
    size = max(8, int(np.ceil(settings.n_symbol.heights[1] * wall)) + 4)
    ink = _window(grey, int(x), int(y), size, settings)
    if not _ink_above(ink, size, settings):
        return False
    thick = _thickened(ink)
    for left, right, top, bottom in _upright_strokes(thick, size, wall, settings):
        for first, second in ((left, right), (right, left)):
            diagonal = _coverage(thick, (first, top), (second, bottom), settings)
            if diagonal >= settings.n_symbol.covered and _is_clear(ink, first, second, top, bottom, settings):
                return True
    return False


def has_sign_at_axis(grey: np.ndarray, corner: tuple[float, float], wall: float, settings: VesselSettings) -> bool:
    """Whether there is ink on the rim line where it meets the axis: a sign that was not understood.

    The parameters are those of `has_n_symbol`.
    """
    x, y = corner
    size = max(12, int(np.ceil(2 * wall)))
    lowest = size - max(settings.n_symbol.least_px, size // 8)
    above = _window(grey, int(x), int(y), size, settings)[size // 3 : lowest]
    columns = np.flatnonzero(above.any(axis=0))
    if not len(columns) or above.sum() < settings.n_symbol.least_sign * size:
        return False
    # a wavy rim line or a toned interior also has ink beside the axis; but a sign need not be centred on the axis
    is_at_axis = columns[0] - settings.n_symbol.beside_px <= size <= columns[-1] + settings.n_symbol.beside_px
    has_ink = above[-2:].any() and is_at_axis and np.ptp(columns) <= 2 * (size // 3)
    return bool(has_ink) and not _is_bar(above, wall, settings)


def _is_bar(ink: np.ndarray, wall: float, settings: VesselSettings) -> bool:
    """Whether ink is an axis line that sticks out: narrow, or a bar without paper in it."""
    columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return bool(
        np.ptp(columns) < max(settings.n_symbol.least_px + 1, settings.n_symbol.sign_width * wall)
        or box.mean() >= settings.n_symbol.solid
    )


def _window(grey: np.ndarray, x: int, y: int, size: int, settings: VesselSettings) -> np.ndarray:
    """Ink (bool) within `size` px of a place."""
    height, width = grey.shape
    padded = np.zeros((2 * size + 1, 2 * size + 1), bool)
    around = grey[max(0, y - size) : y + size + 1, max(0, x - size) : x + size + 1]
    if not around.size:
        return padded
    black, paper = np.percentile(around, (1, 90))
    ink = paper - max(settings.n_symbol.least_contrast, settings.n_symbol.ink_share * (paper - black))
    y0, y1, x0, x1 = max(0, y - size), min(height, y + size + 1), max(0, x - size), min(width, x + size + 1)
    if y0 < y1 and x0 < x1:
        padded[y0 - y + size : y1 - y + size, x0 - x + size : x1 - x + size] = grey[y0:y1, x0:x1] < ink
    return padded


def _thickened(ink: np.ndarray) -> np.ndarray:
    """Ink widened by a pixel on either side, so that a thin sampling line meets it."""
    thick = ink.copy()
    thick[:, 1:] |= ink[:, :-1]
    thick[:, :-1] |= ink[:, 1:]
    return thick


def _ink_above(window: np.ndarray, size: int, settings: VesselSettings) -> bool:
    """Whether there is ink above the rim line, where nearly all drawings have bare paper."""
    return int(window[: size - settings.n_symbol.least_px].sum()) >= 2 * settings.n_symbol.least_px


def _upright_strokes(
    window: np.ndarray, size: int, wall: float, settings: VesselSettings
) -> list[tuple[int, int, int, int]]:
    """Pairs of upright strokes on both sides of the axis that cross the rim line: left, right, top, bottom."""
    runs = []
    reach = max(settings.n_symbol.least_px, int(settings.n_symbol.half_widths[1] * wall / 2) + 2)
    least = max(settings.n_symbol.least_px, int(settings.n_symbol.heights[0] * wall))
    off = max(2, int(settings.n_symbol.off_walls * wall))
    for column in range(max(0, size - reach), min(window.shape[1], size + reach + 1)):
        steps = np.flatnonzero(np.diff(np.concatenate([[0], window[:, column].astype(np.int8), [0]])))
        for top, bottom in zip(steps[::2].tolist(), (steps[1::2] - 1).tolist(), strict=True):
            if top <= size - least and bottom >= size - off and bottom - top >= 1.5 * least:
                runs.append((column, top, bottom))
    pairs = []
    for i, (left, top, bottom) in enumerate(runs):
        for right, other_top, other_bottom in runs[i + 1 :]:
            tall = bottom - top
            alike = abs(top - other_top) <= 0.25 * tall and abs(bottom - other_bottom) <= 0.25 * tall
            if (
                right - left >= max(settings.n_symbol.least_px + 1, settings.n_symbol.half_widths[0] * wall)
                and left <= size <= right
                and alike
            ):
                pairs.append((left, right, min(top, other_top), max(bottom, other_bottom)))
    return pairs[: settings.n_symbol.pairs]


def _coverage(window: np.ndarray, start: tuple[int, int], end: tuple[int, int], settings: VesselSettings) -> float:
    """Share of ink on a line between two places (x, y)."""
    share = np.linspace(0.06, 0.94, settings.n_symbol.samples)
    xs = np.rint(start[0] + share * (end[0] - start[0])).astype(int)
    ys = np.rint(start[1] + share * (end[1] - start[1])).astype(int)
    return float(window[ys, xs].mean())


def _is_clear(ink: np.ndarray, first: int, second: int, top: int, bottom: int, settings: VesselSettings) -> bool:
    """Whether the corner above the diagonal from (first, top) to (second, bottom) is bare paper in its middle."""
    # a quarter down, halfway between the diagonal and the upright stroke: clear of the rim line below
    x, y = first + 0.625 * (second - first), top + 0.25 * (bottom - top)
    across, down = abs(second - first) / 12, (bottom - top) / 12
    columns = np.rint(x + across * np.array([-1, 0, 1])).astype(int)
    rows = np.rint(y + down * np.array([-1, 0, 1])).astype(int)
    return bool(ink[np.ix_(rows, columns)].mean() <= settings.n_symbol.empty)
