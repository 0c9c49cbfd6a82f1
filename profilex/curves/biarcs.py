"""Curves as circular arcs: pairs of arcs that share the curve's ends and directions, for polylines with bulges.

Two arcs that meet with one tangent (a biarc) replace a cubic where they lie within a bound of it; else it is halved.
Source: A. Riškus, "Approximation of a cubic Bézier curve by circular arcs and vice versa", Information Technology and
Control 35 (2006); the bound follows from the Bernstein coefficients of the squared distance to a circle's centre.
"""

import numpy as np

from profilex.curves.beziers import _part, bernstein, hodograph, is_straight

_MOST_HALVINGS = 8
_FLAT = 1e-7  # bulge below which an arc is a line


def arcs(pieces: np.ndarray, bound: float) -> np.ndarray:
    """Vertices (m, 3) of x, y and the bulge of the arc to the next one, within `bound` of an open or closed curve.

    A bulge is the tangent of a quarter of the arc's angle, positive counter-clockwise. The last vertex is the curve's
    last point, with a bulge of 0; drop it where the curve is closed.
    """
    found: list[tuple[float, float, float]] = []
    for piece, flat in zip(pieces, is_straight(pieces), strict=True):
        found += [(*piece[0], 0.0)] if flat else _arcs(piece, bound, _MOST_HALVINGS)
    return np.array([*found, (*pieces[-1, 3], 0.0)])


def _arcs(piece: np.ndarray, bound: float, halvings: int) -> list[tuple[float, float, float]]:
    pair = _biarc(piece)
    if pair is not None and (halvings == 0 or _greatest_distance(piece, pair) <= bound):
        return pair[:2]
    if halvings == 0:
        return [(*piece[0], 0.0)]
    halves = _part(piece, 0.0, 0.5), _part(piece, 0.5, 1.0)
    return [vertex for half in halves for vertex in _arcs(half, bound, halvings - 1)]


def _biarc(piece: np.ndarray) -> list[tuple[float, float, float]] | None:
    """Two arcs as three vertices with bulges; None where the cubic turns by half a circle or more."""
    start, end = piece[0], piece[3]
    first, last = _direction(piece, 0.0), _direction(piece, 1.0)
    chord = end - start
    # the join at equal distances d along both tangents: |chord - d (first + last)| = 2 d
    both = first + last
    a, b, c = 2 * (1 - first @ last), 2 * (chord @ both), -(chord @ chord)
    if c == 0 or (a < 1e-12 and b <= 0):
        return None
    d = -c / b if a < 1e-12 else (-b + np.sqrt(b * b - 4 * a * c)) / (2 * a)
    join = (start + d * first + end - d * last) / 2
    one, two = _bulge(first, join - start), _bulge(-last, join - end)
    if one is None or two is None:
        return None
    return [(*start, one), (*join, -two), (*end, 0.0)]


def _bulge(tangent: np.ndarray, chord: np.ndarray) -> float | None:
    """The bulge of the arc that leaves along `tangent` over `chord`."""
    length = float(np.hypot(*chord))
    if length == 0:
        return None
    sine = float(tangent[0] * chord[1] - tangent[1] * chord[0]) / length
    cosine = float(tangent @ chord) / length
    if cosine <= 0:
        return None
    bulge = float(np.tan(np.arctan2(sine, cosine) / 2))
    return 0.0 if abs(bulge) < _FLAT else bulge


def _direction(piece: np.ndarray, t: float) -> np.ndarray:
    found = hodograph(piece, np.array([t]))[0]
    if np.hypot(*found) < 1e-12:
        found = hodograph(piece, np.array([abs(t - 1e-4)]))[0]
    return found / np.hypot(*found)


def _greatest_distance(piece: np.ndarray, pair: list[tuple[float, float, float]]) -> float:
    """Upper bound of the distance between a cubic and two arcs (three vertices with bulges)."""
    join = np.array(pair[1][:2])
    t = _nearest(piece, join)
    gap = float(np.hypot(*(bernstein(piece, np.array([t]))[0] - join)))
    parts = _part(piece, 0.0, t), _part(piece, t, 1.0)
    ends = [np.array(vertex[:2]) for vertex in pair]
    return gap + max(_distance_from_arc(part, ends[i], ends[i + 1], pair[i][2]) for i, part in enumerate(parts))


def _nearest(piece: np.ndarray, point: np.ndarray) -> float:
    """The parameter near the middle whose point lies nearest, by Newton's method on the tangent."""
    t = 0.5
    for _ in range(4):
        place, along = bernstein(piece, np.array([t]))[0], hodograph(piece, np.array([t]))[0]
        t = float(np.clip(t + (point - place) @ along / max(along @ along, 1e-300), 0.05, 0.95))
    return t


def _distance_from_arc(part: np.ndarray, start: np.ndarray, end: np.ndarray, bulge: float) -> float:
    """Upper bound of how far a cubic leaves the circle, or the line, of an arc."""
    chord = end - start
    length = float(np.hypot(*chord))
    if length == 0:
        return float(np.hypot(*(part - start).T).max())
    normal = np.array([-chord[1], chord[0]]) / length
    if bulge == 0:
        return float(np.abs((part - start) @ normal).max())
    centre = (start + end) / 2 + normal * length * (1 - bulge**2) / (4 * bulge)
    radius = length * (1 + bulge**2) / (4 * abs(bulge))
    # squared distance to the centre as a polynomial of degree 6; its Bernstein coefficients enclose it
    offsets = part - centre
    products = offsets @ offsets.T
    squared = np.array([(_WEIGHTS[k] * products).sum() for k in range(7)])
    return float(np.abs(np.sqrt(np.maximum(squared, 0.0)) - radius).max())


def _product_weights() -> np.ndarray:
    """Weights (7, 4, 4) of the products of a cubic's points in the Bernstein coefficients of its square."""
    binomial = [1.0, 3.0, 3.0, 1.0]
    sixth = [1.0, 6.0, 15.0, 20.0, 15.0, 6.0, 1.0]
    weights = np.zeros((7, 4, 4))
    for i in range(4):
        for j in range(4):
            weights[i + j, i, j] = binomial[i] * binomial[j] / sixth[i + j]
    return weights


_WEIGHTS = _product_weights()
