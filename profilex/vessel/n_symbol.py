"""The N-shaped sign across the rim line at the axis: the drawn half width is not the vessel's radius."""

import numpy as np

_INK = 150
_HALF_WIDTHS = (0.2, 2.0)  # of the sign, in wall thicknesses
_HEIGHTS = (0.3, 2.2)  # of its part above (and below) the rim line
_LEAST_PX = 3
_SAMPLES = 24
_COVERED = 0.85  # share of each of the three strokes that is ink
_EMPTY = 0.3  # share of the other diagonal that may be ink
_STEPS = 14


def has_n_symbol(grey: np.ndarray, corner: tuple[float, float], wall: float) -> bool:
    """Whether an N (or its mirror image) stands across the rim line where it meets the axis.

    `grey` is the page, uint8 (height, width); `corner` the place of that meeting (page px), `wall` the wall's thickness
    (px). Two upright strokes must cross the rim line and a diagonal join their opposite ends; the other diagonal must
    be clear, as it is not in a black area or in hatching.
    """
    x, y = corner
    size = max(8, int(np.ceil(_HEIGHTS[1] * wall)) + 4)
    window = _window(grey, int(x), int(y), size)
    if not _ink_above(window, size):
        return False
    lines = _upright_strokes(window, size, wall)
    for left, right, top, bottom in lines:
        for first, second in ((left, right), (right, left)):
            diagonal = _coverage(window, (first, top), (second, bottom))
            other = _coverage(window, (second, top), (first, bottom))
            if diagonal >= _COVERED and other <= diagonal - (1 - _EMPTY) * 0.6:
                return True
    return False


def _window(grey: np.ndarray, x: int, y: int, size: int) -> np.ndarray:
    """Ink (bool) within `size` px of a place, thickened by a pixel so that a thin sampling line meets it."""
    height, width = grey.shape
    padded = np.zeros((2 * size + 1, 2 * size + 1), bool)
    y0, y1, x0, x1 = max(0, y - size), min(height, y + size + 1), max(0, x - size), min(width, x + size + 1)
    if y0 < y1 and x0 < x1:
        padded[y0 - y + size : y1 - y + size, x0 - x + size : x1 - x + size] = grey[y0:y1, x0:x1] < _INK
    thick = padded.copy()
    thick[:, 1:] |= padded[:, :-1]
    thick[:, :-1] |= padded[:, 1:]
    return thick


def _ink_above(window: np.ndarray, size: int) -> bool:
    """Nearly all drawings have bare paper above the rim line."""
    return int(window[: size - _LEAST_PX].sum()) >= 2 * _LEAST_PX


def _upright_strokes(window: np.ndarray, size: int, wall: float) -> list[tuple[int, int, int, int]]:
    """Pairs of upright strokes on both sides of the axis that cross the rim line: left, right, top, bottom."""
    runs = []
    reach = max(_LEAST_PX, int(_HALF_WIDTHS[1] * wall / 2) + 2)
    least = max(_LEAST_PX, int(_HEIGHTS[0] * wall))
    for column in range(max(0, size - reach), min(window.shape[1], size + reach + 1)):
        dark = window[:, column]
        up = _run(dark[: size + 1][::-1])
        down = _run(dark[size:])
        if up >= least and down >= least:
            runs.append((column, size - up + 1, size + down - 1))
    pairs = []
    for i, (left, top, bottom) in enumerate(runs):
        for right, other_top, other_bottom in runs[i + 1 :]:
            tall = bottom - top
            alike = abs(top - other_top) <= 0.25 * tall and abs(bottom - other_bottom) <= 0.25 * tall
            if right - left >= max(_LEAST_PX + 1, _HALF_WIDTHS[0] * wall) and left <= size <= right and alike:
                pairs.append((left, right, min(top, other_top), max(bottom, other_bottom)))
    return pairs[: _STEPS**2]


def _run(dark: np.ndarray) -> int:
    """Length of the ink from the start on."""
    bare = np.flatnonzero(~dark)
    return int(bare[0]) if len(bare) else len(dark)


def _coverage(window: np.ndarray, start: tuple[int, int], end: tuple[int, int]) -> float:
    """Share of ink on a line between two places (x, y)."""
    share = np.linspace(0.06, 0.94, _SAMPLES)
    xs = np.rint(start[0] + share * (end[0] - start[0])).astype(int)
    ys = np.rint(start[1] + share * (end[1] - start[1])).astype(int)
    return float(window[ys, xs].mean())
