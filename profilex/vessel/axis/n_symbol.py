"""The N symbol across the rim line at the axis: the drawn half width is not the vessel's radius."""

import numpy as np

_INK_SHARE = 0.4  # of the contrast between paper and darkest ink around the sign
_LEAST_CONTRAST = 30.0
_HALF_WIDTHS = (0.2, 2.0)  # of the sign, in wall thicknesses
_HEIGHTS = (0.3, 2.2)  # of its part above (and below) the rim line
_LEAST_PX = 3
_SAMPLES = 24
_COVERED = 0.85  # share of each of the three strokes that is ink
_EMPTY = 0.3  # share of the corner above the diagonal that may be ink
_LEAST_SIGN = 0.25  # px of ink for each px of the window's half width
_BESIDE_PX = 2  # the axis runs through a sign, or this near beside it
_SOLID = 0.85  # share of ink in an upright bar
_SIGN_WIDTH = 0.3  # of a sign in wall thicknesses, at least
_PAIRS = 200  # of upright strokes that are examined, at most
_OFF_WALLS = 0.4  # the sign's strokes must meet the rim line within this many wall thicknesses


def has_n_symbol(grey: np.ndarray, corner: tuple[float, float], wall: float) -> bool:
    """Whether an N (or its mirror image) is drawn across the rim line where it meets the axis.

    `grey` is the page, uint8 (height, width); `corner` the point where they meet (page px), `wall` the wall thickness
    (px). Two upright strokes must cross the rim line and a diagonal join their opposite ends; the corner above it must
    be clear, which excludes black areas and hatching.
    """
    x, y = corner
    size = max(8, int(np.ceil(_HEIGHTS[1] * wall)) + 4)
    ink = _window(grey, int(x), int(y), size)
    if not _ink_above(ink, size):
        return False
    thick = _thickened(ink)
    for left, right, top, bottom in _upright_strokes(thick, size, wall):
        for first, second in ((left, right), (right, left)):
            diagonal = _coverage(thick, (first, top), (second, bottom))
            if diagonal >= _COVERED and _is_clear(ink, first, second, top, bottom):
                return True
    return False


def has_sign_at_axis(grey: np.ndarray, corner: tuple[float, float], wall: float) -> bool:
    """Whether there is ink on the rim line where it meets the axis: a sign that was not understood.

    The parameters are those of `has_n_symbol`.
    """
    x, y = corner
    size = max(12, int(np.ceil(2 * wall)))
    lowest = size - max(_LEAST_PX, size // 8)
    above = _window(grey, int(x), int(y), size)[size // 3 : lowest]
    columns = np.flatnonzero(above.any(axis=0))
    if not len(columns) or above.sum() < _LEAST_SIGN * size:
        return False
    # a wavy rim line or a toned interior also has ink beside the axis; but a sign need not be centred on the axis
    is_at_axis = columns[0] - _BESIDE_PX <= size <= columns[-1] + _BESIDE_PX
    has_ink = above[-2:].any() and is_at_axis and np.ptp(columns) <= 2 * (size // 3)
    return bool(has_ink) and not _is_bar(above, wall)


def _is_bar(ink: np.ndarray, wall: float) -> bool:
    """Whether ink is an axis line that sticks out: narrow, or a bar without paper in it."""
    columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return bool(np.ptp(columns) < max(_LEAST_PX + 1, _SIGN_WIDTH * wall) or box.mean() >= _SOLID)


def _window(grey: np.ndarray, x: int, y: int, size: int) -> np.ndarray:
    """Ink (bool) within `size` px of a place."""
    height, width = grey.shape
    padded = np.zeros((2 * size + 1, 2 * size + 1), bool)
    around = grey[max(0, y - size) : y + size + 1, max(0, x - size) : x + size + 1]
    if not around.size:
        return padded
    black, paper = np.percentile(around, (1, 90))
    ink = paper - max(_LEAST_CONTRAST, _INK_SHARE * (paper - black))
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


def _ink_above(window: np.ndarray, size: int) -> bool:
    """Whether there is ink above the rim line, where nearly all drawings have bare paper."""
    return int(window[: size - _LEAST_PX].sum()) >= 2 * _LEAST_PX


def _upright_strokes(window: np.ndarray, size: int, wall: float) -> list[tuple[int, int, int, int]]:
    """Pairs of upright strokes on both sides of the axis that cross the rim line: left, right, top, bottom."""
    runs = []
    reach = max(_LEAST_PX, int(_HALF_WIDTHS[1] * wall / 2) + 2)
    least = max(_LEAST_PX, int(_HEIGHTS[0] * wall))
    off = max(2, int(_OFF_WALLS * wall))
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
            if right - left >= max(_LEAST_PX + 1, _HALF_WIDTHS[0] * wall) and left <= size <= right and alike:
                pairs.append((left, right, min(top, other_top), max(bottom, other_bottom)))
    return pairs[:_PAIRS]


def _coverage(window: np.ndarray, start: tuple[int, int], end: tuple[int, int]) -> float:
    """Share of ink on a line between two places (x, y)."""
    share = np.linspace(0.06, 0.94, _SAMPLES)
    xs = np.rint(start[0] + share * (end[0] - start[0])).astype(int)
    ys = np.rint(start[1] + share * (end[1] - start[1])).astype(int)
    return float(window[ys, xs].mean())


def _is_clear(ink: np.ndarray, first: int, second: int, top: int, bottom: int) -> bool:
    """Whether the corner above the diagonal from (first, top) to (second, bottom) is bare paper in its middle."""
    # a quarter down, halfway between the diagonal and the upright stroke: clear of the rim line below
    x, y = first + 0.625 * (second - first), top + 0.25 * (bottom - top)
    across, down = abs(second - first) / 12, (bottom - top) / 12
    columns = np.rint(x + across * np.array([-1, 0, 1])).astype(int)
    rows = np.rint(y + down * np.array([-1, 0, 1])).astype(int)
    return bool(ink[np.ix_(rows, columns)].mean() <= _EMPTY)
