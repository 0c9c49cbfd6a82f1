"""How far a curve is from the contour that it was fitted to: an upper bound that no place between samples exceeds.

Contour and curve are walked together: every vertex of the contour has its place on the curve, every joint of the curve
its place on the contour, in one order. Between two such pairs the contour is a straight line, and the curve is within
h² / 8 times its greatest second derivative of its chord. The distance of two points that move evenly along two straight
lines is convex, so greatest at an end. The greatest sum of the two therefore bounds the Fréchet distance of this walk,
and with it the Hausdorff distance. Source: H. Alt and M. Godau, "Computing the Fréchet distance between two polygonal
curves", Int. J. Computational Geometry & Applications 5 (1995).
"""

import numpy as np

from profilex.curves.beziers import bernstein, curvature_bound, hodograph

_NEWTON = 3


def piece_distance(piece: np.ndarray, contour: np.ndarray) -> float:
    """Upper bound of the distance (px) between one cubic (4, 2) and the stretch (n, 2) of the contour beside it."""
    places = _places(piece, contour)
    gaps = np.hypot(*(bernstein(piece, places) - contour).T)
    between = np.maximum(gaps[1:], gaps[:-1]) + np.diff(places) ** 2 / 8 * curvature_bound(piece)
    return float(between.max())


def _places(piece: np.ndarray, contour: np.ndarray) -> np.ndarray:
    """Parameters of the curve's points nearest to the contour's, never running back, from 0 to 1."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(contour, axis=0).T))])
    t = lengths / max(lengths[-1], 1e-300)
    # from the curve's own length to its parameter, coarsely
    grid = np.linspace(0.0, 1.0, 17)
    own = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(bernstein(piece, grid), axis=0).T))])
    t = np.interp(t * own[-1], own, grid)
    for _ in range(_NEWTON):
        along = hodograph(piece, t)
        miss = contour - bernstein(piece, t)
        t = np.clip(t + (miss * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0.0, 1.0)
    t[0], t[-1] = 0.0, 1.0
    return np.maximum.accumulate(t)
