"""Cubic Béziers as arrays: `pieces` is float64 (n, 4, 2), a piece's last point being the next one's first.

A place on a curve is its piece's index plus the piece's own parameter (0..1). The source of the formulas is G. Farin,
"Curves and Surfaces for CAGD" (2002), chapters 4 and 5.
"""

import numpy as np

_STRAIGHT = 1e-9  # of a piece's length: its inner points lie on its chord but for rounding


def straight(points: np.ndarray) -> np.ndarray:
    """The pieces (n - 1, 4, 2) of a polyline (n, 2)."""
    start, end = points[:-1], points[1:]
    return np.stack([start, start + (end - start) / 3, end - (end - start) / 3, end], axis=1)


def evaluate(pieces: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The curve's points (m, 2) at `places` (m,), each from 0 to the number of pieces."""
    index, t = _split_places(pieces, places)
    return bernstein(pieces[index], t)


def bernstein(controls: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Points (m, 2) of cubics (m, 4, 2), or of one (4, 2), at the parameters `t` (m,)."""
    t = t[:, None]
    u = 1 - t
    a, b, c, d = (controls[..., i, :] for i in range(4))
    return u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d


def tangents(pieces: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Unit tangents (m, 2) at `places` (m,); at a joint, that of the piece which starts there."""
    index, t = _split_places(pieces, places)
    found = hodograph(pieces[index], t)
    # where an end's inner point coincides with the end, the direction is that of the next point
    stalled = np.hypot(*found.T) < 1e-12
    if stalled.any():
        nudged = np.where(t < 0.5, t + 1e-4, t - 1e-4)
        found[stalled] = hodograph(pieces[index], nudged)[stalled]
    return found / np.maximum(np.hypot(*found.T), 1e-300)[:, None]


def hodograph(controls: np.ndarray, t: np.ndarray) -> np.ndarray:
    """First derivatives (m, 2) of cubics (m, 4, 2), or of one (4, 2), at `t` (m,)."""
    t = t[:, None]
    u = 1 - t
    first, second, third = (3 * (controls[..., i + 1, :] - controls[..., i, :]) for i in range(3))
    return u * u * first + 2 * u * t * second + t * t * third


def curvature_bound(controls: np.ndarray) -> np.ndarray:
    """Greatest length of the second derivative of each cubic (..., 4, 2): it is linear, so greatest at an end."""
    bends = 6 * (controls[..., :-2, :] - 2 * controls[..., 1:-1, :] + controls[..., 2:, :])
    return np.sqrt((bends**2).sum(axis=-1)).max(axis=-1)


def flatten(pieces: np.ndarray, chord: float) -> tuple[np.ndarray, np.ndarray]:
    """A polyline within `chord` of the curve: its points (m, 2) from first to last, and their places (m,).

    The distance of a cubic from its chord over a step h is at most h² / 8 times its greatest second derivative.
    """
    steps = np.maximum(np.ceil(np.sqrt(curvature_bound(pieces) / (8 * chord)) - 1e-9).astype(int), 1)
    places = np.concatenate([np.arange(count) / count + index for index, count in enumerate(steps)])
    points = evaluate(pieces, places)
    return np.concatenate([points, pieces[-1:, 3]]), np.append(places, len(pieces))


def is_straight(pieces: np.ndarray) -> np.ndarray:
    """Which pieces are straight lines, bool (n,); a loop that ends where it starts is none."""
    chord = pieces[:, 3] - pieces[:, 0]
    length = np.hypot(*chord.T)
    inner = pieces[:, 1:3] - pieces[:, :1]
    off = np.abs(inner[..., 0] * chord[:, None, 1] - inner[..., 1] * chord[:, None, 0])
    is_point = ~inner.any(axis=(1, 2))
    return np.where(length > 0, off.max(axis=1) <= _STRAIGHT * length**2, is_point)


def portion(pieces: np.ndarray, start: float, end: float) -> np.ndarray:
    """The curve between two places, start < end, as pieces of its own; the ends of what is cut keep their shape."""
    first, last = int(start), min(int(np.ceil(end)) - 1, len(pieces) - 1)
    cut = pieces[first : last + 1].copy()
    if end < last + 1:
        cut[-1] = _part(cut[-1], 0.0, end - last)
    if start > first:
        share = (start - first) / (end - last) if first == last else start - first
        cut[0] = _part(cut[0], share, 1.0)
    return cut


def _part(controls: np.ndarray, start: float, end: float) -> np.ndarray:
    """A cubic between two parameters, by de Casteljau's subdivision (blossom)."""

    def blossom(a: float, b: float, c: float) -> np.ndarray:
        points = controls
        for t in (a, b, c):
            points = (1 - t) * points[:-1] + t * points[1:]
        return points[0]

    s, e = start, end
    return np.stack([blossom(s, s, s), blossom(s, s, e), blossom(s, e, e), blossom(e, e, e)])


def turned_back(pieces: np.ndarray) -> np.ndarray:
    """The same curve from its last point to its first."""
    return np.ascontiguousarray(pieces[::-1, ::-1])


def moved(pieces: np.ndarray, matrix: tuple[float, ...]) -> np.ndarray:
    """The curve under shapely's six numbers of an affine map."""
    a, b, d, e, x, y = matrix
    return pieces @ np.array([[a, d], [b, e]]) + (x, y)


def _split_places(pieces: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    places = np.asarray(places, float)
    index = np.clip(places.astype(int), 0, len(pieces) - 1)
    return index, places - index
