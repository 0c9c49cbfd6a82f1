"""The smoothest cubic spline along a stretch of contour: the fewest knots whose least-squares fit keeps to the bound.

Least squares over many samples averages the steps of the pixels; knots are added by halves only where the fit leaves
the bound, and the samples' parameters follow the fit. Sources: P. Dierckx, "Curve and Surface Fitting with Splines"
(1993), chapters 4 and 9; J. Hoschek, "Intrinsic parametrization for approximation", CAGD 5 (1988).
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import BSpline

_DEGREE = 3
_CORRECTIONS = 1  # of the samples' parameters after each fit
_RIDGE = 1e-7
_LEAST_CLOSED = 6  # intervals of a closed spline


@dataclass(frozen=True, slots=True)
class Spline:
    """A cubic spline over 0..1 by its `knots` and (n, 2) `coefficients`, and the samples' parameters and distances."""

    knots: np.ndarray
    coefficients: np.ndarray
    parameters: np.ndarray
    distances: np.ndarray

    @property
    def breaks(self) -> np.ndarray:
        """The ends of the intervals, 0 and 1 among them."""
        return self.knots[_DEGREE : len(self.knots) - _DEGREE]

    def at(self, places: np.ndarray, order: int = 0) -> np.ndarray:
        """Points (n, 2), or derivatives of an order."""
        return BSpline(self.knots, self.coefficients, _DEGREE)(places, nu=order)


def fit_open(samples: np.ndarray, bound: float, least_px: float, most: int) -> Spline | None:
    """The spline of an open stretch (n, 2) that keeps its first and last sample; None where none keeps to `bound`.

    No interval becomes shorter than `least_px`, and there are no more than about `most` of them.
    """
    return _fit(samples, bound, least_px, most, closed=False)


def fit_closed(samples: np.ndarray, bound: float, least_px: float, most: int) -> Spline | None:
    """The closed spline of a ring of samples (n, 2), the first not repeated; None where none keeps to `bound`."""
    return _fit(samples, bound, least_px, most, closed=True)


def _fit(samples: np.ndarray, bound: float, least_px: float, most: int, *, closed: bool) -> Spline | None:
    steps = np.hypot(*np.diff(np.concatenate([samples, samples[:1]]) if closed else samples, axis=0).T)
    length = float(steps.sum())
    parameters = np.concatenate([[0.0], np.cumsum(steps)])[: len(samples)] / max(length, 1e-300)
    breaks = np.linspace(0, 1, _LEAST_CLOSED + 1) if closed else np.array([0.0, 1.0])
    while True:
        spline = _solved(samples, parameters, breaks, closed=closed)
        parameters = spline.parameters
        worst = np.zeros(len(breaks) - 1)
        interval = np.clip(np.searchsorted(breaks, parameters, "right") - 1, 0, len(worst) - 1)
        np.maximum.at(worst, interval, spline.distances)
        off = worst > bound
        if not off.any():
            return spline
        wide = np.diff(breaks) * length >= 2 * least_px
        if not (off & wide).any() or len(breaks) > most:
            return None
        middles = (breaks[:-1] + breaks[1:])[off & wide] / 2
        breaks = np.sort(np.concatenate([breaks, middles]))


def _solved(samples: np.ndarray, parameters: np.ndarray, breaks: np.ndarray, *, closed: bool) -> Spline:
    knots = _knots(breaks, closed=closed)
    coefficients = np.zeros((0, 2))
    for _ in range(_CORRECTIONS + 1):
        coefficients = _least_squares(samples, parameters, knots, closed=closed)
        curve = BSpline(knots, coefficients, _DEGREE)
        miss = samples - curve(parameters)
        along = curve(parameters, nu=1)
        shift = (miss * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
        parameters = np.clip(parameters + shift, 0.0, 1.0)
        if not closed:
            parameters[0], parameters[-1] = 0.0, 1.0
        parameters = np.maximum.accumulate(parameters)
    distances = np.hypot(*(samples - BSpline(knots, coefficients, _DEGREE)(parameters)).T)
    return Spline(knots, coefficients, parameters, distances)


def _knots(breaks: np.ndarray, *, closed: bool) -> np.ndarray:
    if closed:
        return np.concatenate([breaks[-_DEGREE - 1 : -1] - 1, breaks, breaks[1 : _DEGREE + 1] + 1])
    return np.concatenate([np.zeros(_DEGREE), breaks, np.ones(_DEGREE)])


def _least_squares(samples: np.ndarray, parameters: np.ndarray, knots: np.ndarray, *, closed: bool) -> np.ndarray:
    """Coefficients (n, 2): ends kept of an open stretch, the last ones the first of a closed one.

    A trace of weight on the coefficients' second differences keeps them finite where an interval has few samples.
    """
    design = BSpline.design_matrix(np.clip(parameters, 0.0, 1.0), knots, _DEGREE).toarray()
    count = design.shape[1]
    bend = np.diff(np.eye(count), 2, axis=0) * np.sqrt(_RIDGE * len(samples))
    if closed:
        folded = np.eye(count - _DEGREE)[np.arange(count) % (count - _DEGREE)]
        whole = np.concatenate([design @ folded, bend @ folded])
        wanted = np.concatenate([samples, np.zeros((len(bend), 2))])
        return folded @ _normal_solve(whole, wanted)
    whole = np.concatenate([design, bend])
    wanted = np.concatenate([samples, np.zeros((len(bend), 2))])
    ends = samples[[0, -1]]
    wanted = wanted - whole[:, [0, -1]] @ ends
    inner = _normal_solve(whole[:, 1:-1], wanted)
    return np.concatenate([ends[:1], inner, ends[1:]])


def _normal_solve(design: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.linalg.solve(design.T @ design, design.T @ wanted)
