"""A contour becomes a curve of few cubics: corners kept, one direction at every other joint, the distance proven.

Between corners a smooth spline is found first (see `splines`); its points and directions are true to the drawing where
those of the contour follow pixels. Then each cubic is made as long as the bound allows, its two handles by least
squares. Source: P. Schneider, "An algorithm for automatically fitting digitized curves", Graphics Gems (1990).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from profilex.curves.beziers import bernstein, hodograph, straight
from profilex.settings import CurveSettings
from profilex.settings.curves import FittingSettings
from profilex.trace.corners import EvenRing, find_corners
from profilex.trace.distance import piece_distance
from profilex.trace.splines import Spline, fit_closed, fit_open

_ANY = 10**6  # intervals of a spline


_Pieces = list[tuple[np.ndarray, float]]
"""Cubics (4, 2) in order, each with its distance from the contour."""


@dataclass(frozen=True, slots=True)
class FittedRing:
    """A closed curve of cubics (n, 4, 2), and the bound (px) of its distance from its contour."""

    pieces: np.ndarray
    distance: float


def fit_ring(ring: np.ndarray, tight: float, loose: float, numbers: CurveSettings) -> FittedRing:
    """The curve of a closed contour (n, 2; the first point not repeated) within `tight` or `loose` of it, px.

    A stretch keeps to the tight bound unless that takes so many pieces that they follow the steps of the raster.
    """
    tolerance = (tight, loose)
    even = EvenRing(ring, numbers.fitting.step_px)
    contour = _Contour(ring)
    corners = [(corner.place, corner.point) for corner in find_corners(even, loose, numbers)]
    fitted = _between_corners(even, contour, corners, tolerance, numbers)
    turns = _turns(fitted.pieces)
    starts = fitted.pieces[:, 0]
    sharp = [
        corner
        for corner in corners
        if turns[int(np.hypot(*(starts - corner[1]).T).argmin())] >= numbers.fitting.least_corner_turn
    ]
    if len(sharp) == len(corners):
        return fitted
    smoother = _between_corners(even, contour, sharp, tolerance, numbers)
    return smoother if len(smoother.pieces) <= len(fitted.pieces) else fitted


def _between_corners(
    even: EvenRing,
    contour: "_Contour",
    corners: list[tuple[float, np.ndarray]],
    tolerance: tuple[float, float],
    numbers: CurveSettings,
) -> FittedRing:
    """The curve of a contour whose corners are known."""
    if not corners:
        whole = _closed(even, contour, tolerance, numbers)
        if whole is not None:
            return whole
        start = _farthest(even)
        corners = [(start, contour.at(start))]
    fitted = []
    for index, (place, point) in enumerate(corners):
        following, end = corners[(index + 1) % len(corners)]
        span = (following - place) % even.length or even.length
        fitted += _stretch(even, contour, (place, point), (place + span, end), tolerance, numbers)
    return FittedRing(np.stack([piece for piece, _ in fitted]), max(distance for _, distance in fitted))


def _turns(pieces: np.ndarray) -> np.ndarray:
    """By how much (rad) the direction turns where each piece of a closed curve starts."""
    out = hodograph(pieces, np.zeros(len(pieces)))
    back = np.roll(hodograph(pieces, np.ones(len(pieces))), 1, axis=0)
    cross = back[:, 0] * out[:, 1] - back[:, 1] * out[:, 0]
    return np.abs(np.arctan2(cross, (back * out).sum(axis=1)))


class _Contour:
    """A closed contour by its length: the true vertices, for distances."""

    def __init__(self, ring: np.ndarray) -> None:
        closed = np.concatenate([ring, ring[:1]])
        self._lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
        self._closed = closed
        self.length = float(self._lengths[-1])
        self._twice = np.concatenate([self._lengths[:-1], self._lengths[:-1] + self.length])
        self._points = np.concatenate([ring, ring])

    def at(self, place: float) -> np.ndarray:
        place %= self.length
        return np.array([np.interp(place, self._lengths, self._closed[:, axis]) for axis in (0, 1)])

    def between(self, start: float, end: float) -> np.ndarray:
        """The stretch from one place to a later one, its ends included; at most 1 px from point to point."""
        turn = np.floor(start / self.length) * self.length
        a, b = start - turn, end - turn
        inside = self._points[np.searchsorted(self._twice, a, "right") : np.searchsorted(self._twice, b, "left")]
        stretch = np.concatenate([self.at(a)[None], inside, self.at(b)[None]])
        steps = np.hypot(*np.diff(stretch, axis=0).T)
        if steps.max() <= 1.5:
            return stretch
        counts = np.maximum(np.ceil(steps).astype(int), 1)
        place = np.concatenate([np.arange(n) / n + i for i, n in enumerate(counts)] + [[len(counts)]])
        return np.stack([np.interp(place, np.arange(len(stretch)), stretch[:, axis]) for axis in (0, 1)], axis=1)

    def nearest(self, point: np.ndarray, place: float, reach: float) -> float:
        """The place nearest to a point, within `reach` of a place."""
        at = place + np.linspace(-reach, reach, max(9, int(16 * reach)))
        wrapped = at % self.length
        points = np.stack([np.interp(wrapped, self._lengths, self._closed[:, axis]) for axis in (0, 1)], axis=1)
        return float(at[np.hypot(*(points - point).T).argmin()])


def _farthest(even: EvenRing) -> float:
    """The place farthest from the middle of a ring, where a corner is the least surprise."""
    return float(np.hypot(*(even.points - even.points.mean(axis=0)).T).argmax() * even.step)


def _closed(
    even: EvenRing, contour: _Contour, tolerance: tuple[float, float], numbers: CurveSettings
) -> FittedRing | None:
    """A ring without corners; None where no smooth curve keeps to the bound."""
    places = np.arange(even.count) * even.step

    def smooth(bound: float, most: int) -> _Pieces | None:
        spline = fit_closed(even.points, numbers.fitting.spline_share * bound, numbers.fitting.least_knot_px, most)
        return None if spline is None else _merged(spline, places, contour, bound, closed=True, numbers=numbers)

    found = _finest(smooth, tolerance, numbers)
    if found is None:
        return None
    return FittedRing(np.stack([piece for piece, _ in found]), max(distance for _, distance in found))


def _finest(
    smooth: Callable[[float, int], _Pieces | None], tolerance: tuple[float, float], numbers: CurveSettings
) -> _Pieces | None:
    """The pieces that keep to the tight bound, or to the loose one where that takes far fewer of them."""
    tightly = smooth(tolerance[0], numbers.fitting.most_intervals)
    if tightly is not None and len(tightly) <= numbers.fitting.finer + 1:
        return tightly
    loosely = smooth(tolerance[1], _ANY)
    if loosely is None or tightly is None:
        return tightly or loosely
    return tightly if len(tightly) <= numbers.fitting.finer * len(loosely) + 1 else loosely


def _stretch(
    even: EvenRing,
    contour: _Contour,
    start: tuple[float, np.ndarray],
    end: tuple[float, np.ndarray],
    tolerance: tuple[float, float],
    numbers: CurveSettings,
) -> _Pieces:
    """The cubics from one corner (place and point) to the next, each with its distance from the contour."""
    line = straight(np.stack([start[1], end[1]]))[0]
    beside = contour.between(start[0], end[0])
    line_distance = piece_distance(line, beside)
    inner = np.arange(
        np.ceil((start[0] + numbers.fitting.near_corner_px) / even.step),
        (end[0] - numbers.fitting.near_corner_px) / even.step,
    )
    if len(inner) < 4:
        if line_distance <= tolerance[1] or end[0] - start[0] <= 2 * even.step:
            return [(line, line_distance)]
        return _split(even, contour, start, end, tolerance, beside, numbers)
    samples = np.concatenate([start[1][None], even.points[inner.astype(int) % even.count], end[1][None]])
    places = np.concatenate([[start[0]], inner * even.step, [end[0]]])

    def smooth(bound: float, most: int) -> _Pieces | None:
        spline = fit_open(samples, numbers.fitting.spline_share * bound, numbers.fitting.least_knot_px, most)
        if line_distance <= bound and (spline is None or _as_good(line, samples, spline, numbers)):
            return [(line, line_distance)]
        return None if spline is None else _merged(spline, places, contour, bound, closed=False, numbers=numbers)

    return _finest(smooth, tolerance, numbers) or _split(even, contour, start, end, tolerance, beside, numbers)


def _as_good(line: np.ndarray, samples: np.ndarray, spline: Spline, numbers: CurveSettings) -> bool:
    chord = line[3] - line[0]
    normal = np.array([-chord[1], chord[0]]) / max(np.hypot(*chord), 1e-300)
    off = float(np.sqrt((((samples - line[0]) @ normal) ** 2).mean()))
    factor, extra = numbers.fitting.as_straight
    return off <= factor * float(np.sqrt((spline.distances**2).mean())) + extra


def _split(
    even: EvenRing,
    contour: _Contour,
    start: tuple[float, np.ndarray],
    end: tuple[float, np.ndarray],
    tolerance: tuple[float, float],
    beside: np.ndarray,
    numbers: CurveSettings,
) -> _Pieces:
    """A stretch that no smooth curve follows, in two: at the place farthest from its chord."""
    chord = end[1] - start[1]
    length = float(np.hypot(*chord))
    offsets = beside[1:-1] - start[1]
    if length > 0:
        off = np.abs(offsets[:, 0] * chord[1] - offsets[:, 1] * chord[0]) / length
        along = offsets @ chord / length
        off = np.maximum(off, np.maximum(-along, along - length))
    else:
        off = np.hypot(*offsets.T)
    lengths = np.cumsum(np.hypot(*np.diff(beside, axis=0).T))
    index = int(off.argmax())
    middle = (start[0] + float(lengths[index]), beside[1 + index])
    return [
        *_stretch(even, contour, start, middle, tolerance, numbers),
        *_stretch(even, contour, middle, end, tolerance, numbers),
    ]


def _merged(
    spline: Spline,
    sample_places: np.ndarray,
    contour: _Contour,
    tolerance: float,
    numbers: CurveSettings,
    *,
    closed: bool,
) -> _Pieces | None:
    """As few cubics along a spline as keep to the bound, each with its distance; None where some cannot."""
    breaks = spline.breaks
    grid = np.unique(np.concatenate([np.linspace(a, b, numbers.fitting.places_each + 1) for a, b in pairwise(breaks)]))
    points, directions = spline.at(grid), spline.at(grid, 1)
    lengths = np.hypot(*directions.T)
    directions = directions / np.maximum(lengths, 1e-300)[:, None]
    known = np.append(sample_places, sample_places[0] + contour.length) if closed else sample_places
    parameters = np.append(spline.parameters, 1.0) if closed else spline.parameters
    rough = np.interp(grid, parameters, known)
    places = np.array([contour.nearest(p, r, 2.0) for p, r in zip(points, rough, strict=True)])
    if closed:
        places[-1] = places[0] + contour.length
        points[-1], directions[-1] = points[0], directions[0]
    else:
        places[0], places[-1] = known[0], known[-1]
    if (np.diff(places) <= 0).any():
        places = rough
        if (np.diff(places) <= 0).any():
            return None
    fitter = _Fitter(spline, grid, points, directions, places, contour, tolerance, numbers.fitting)
    return fitter.fewest()


class _Fitter:
    """Finds the fewest cubics between places of a spline."""

    def __init__(
        self,
        spline: Spline,
        grid: np.ndarray,
        points: np.ndarray,
        directions: np.ndarray,
        places: np.ndarray,
        contour: _Contour,
        tolerance: float,
        numbers: FittingSettings,
    ) -> None:
        self._numbers = numbers
        self._spline, self._grid, self._points = spline, grid, points
        self._directions, self._places = directions, places
        self._contour, self._tolerance = contour, tolerance

    def fewest(self) -> _Pieces | None:
        """Each cubic reaches as far as it can: whoever reaches farther needs no more of them."""
        found = []
        here, last = 0, len(self._grid) - 1
        while here < last:
            best, low, high = None, here + 1, last
            trial = last
            while low <= high:
                piece = self._piece(here, trial)
                distance = piece_distance(piece, self._contour.between(self._places[here], self._places[trial]))
                if distance <= self._tolerance:
                    best, low = (piece, distance, trial), trial + 1
                else:
                    high = trial - 1
                trial = (low + high + 1) // 2
            if best is None:
                return None
            found.append(best[:2])
            here = best[2]
        return found

    def _piece(self, start: int, end: int) -> np.ndarray:
        """The cubic between two places whose handles are best by least squares."""
        first, last = self._points[start], self._points[end]
        out, back = self._directions[start], -self._directions[end]
        samples = self._spline.at(np.linspace(self._grid[start], self._grid[end], self._numbers.samples))
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(samples, axis=0).T))])
        t = lengths / max(lengths[-1], 1e-300)
        third = float(lengths[-1]) / 3
        piece = np.stack([first, first + third * out, last + third * back, last])
        for _ in range(2):
            u = 1 - t
            one, two = (3 * u * u * t)[:, None] * out, (3 * u * t * t)[:, None] * back
            rest = samples - (u**3 + 3 * u * u * t)[:, None] * first - (t**3 + 3 * u * t * t)[:, None] * last
            a, b, c = (one * one).sum(), (one * two).sum(), (two * two).sum()
            x, y = (one * rest).sum(), (two * rest).sum()
            determinant = a * c - b * b
            if determinant <= 1e-9 * a * c:
                break
            alpha, beta = (x * c - y * b) / determinant, (a * y - b * x) / determinant
            if alpha <= 0.05 * third or beta <= 0.05 * third:
                break
            piece = np.stack([first, first + alpha * out, last + beta * back, last])
            along = hodograph(piece, t)
            miss = samples - bernstein(piece, t)
            t = np.clip(t + (miss * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0.0, 1.0)
        return piece
