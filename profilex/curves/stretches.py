"""Stretches of an outline found again on its curve: edges, clipped sections and contours are drawn as curves."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LinearRing

from profilex.curves.beziers import portion, straight, turned_back

_ON_SHARE = 1e-6  # of an outline's length: a point lies on it but for rounding


@dataclass(frozen=True, slots=True)
class OutlineCurve:
    """A closed curve (`pieces`, (n, 4, 2)) with the polyline that was made of it: `points` (m, 2), `places` (m,).

    The last point is the first. `on` is the greatest distance at which a point counts as lying on the polyline.
    """

    pieces: np.ndarray
    points: np.ndarray
    places: np.ndarray
    on: float

    @classmethod
    def of(cls, pieces: np.ndarray, points: np.ndarray, places: np.ndarray, on: float = 0.0) -> "OutlineCurve":
        """The outline of a flattened curve."""
        length = float(np.hypot(*np.diff(points, axis=0).T).sum())
        return cls(pieces, points, places, max(on, _ON_SHARE * length))

    def curve_of(self, lines: np.ndarray) -> np.ndarray:
        """A polyline (k, 2) of which stretches run along the outline, as pieces: curves there, else straight lines."""
        return self._joined(lines, self._places_of(lines))

    def share_of(self, lines: np.ndarray) -> float:
        """How much of a polyline (k, 2) runs along the outline, 0 to 1."""
        along = self._steps(self._places_of(lines)) != 0
        lengths = np.hypot(*np.diff(lines, axis=0).T)
        return float(lengths[along].sum() / max(lengths.sum(), 1e-300))

    def _places_of(self, lines: np.ndarray) -> np.ndarray:
        """Where on the polyline the points lie, in its vertices' indices; NaN for those that are elsewhere."""
        ring = LinearRing(self.points)
        geometries = shapely.points(lines)
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(self.points, axis=0).T))])
        along = shapely.line_locate_point(ring, geometries)
        place = np.interp(along, lengths, np.arange(len(lengths)))
        nearest = np.rint(place)
        snapped = np.hypot(*(self.points[nearest.astype(int)] - lines).T) <= self.on
        place = np.where(snapped, nearest, place)
        return np.where(shapely.distance(ring, geometries) <= self.on, place, np.nan)

    def _steps(self, places: np.ndarray) -> np.ndarray:
        """How far each edge runs along the outline, in vertices; 0 where it leaves it.

        An edge runs along the outline where its ends lie on one of the polyline's edges.
        """
        count = len(self.points) - 1
        step = np.diff(places)
        step = step - count * np.rint(step / count)
        start = places[:-1]
        low = np.minimum(start, start + step)
        high = np.maximum(start, start + step)
        one_edge = np.ceil(high - 1e-9) - np.floor(low + 1e-9) <= 1
        return np.where(np.isfinite(step) & one_edge, step, 0.0)

    def _joined(self, lines: np.ndarray, places: np.ndarray) -> np.ndarray:
        steps = self._steps(places)
        found: list[np.ndarray] = []
        index = 0
        while index < len(steps):
            sign = np.sign(steps[index])
            end = index + 1
            if sign == 0:
                found.append(straight(lines[index : index + 2]))
                index = end
                continue
            while end < len(steps) and np.sign(steps[end]) == sign:
                end += 1
            found.append(self._run(float(places[index]), float(steps[index:end].sum()), lines[index], lines[end]))
            index = end
        return np.concatenate(found)

    def _run(self, start: float, step: float, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """The curve from the polyline's place `start` over `step` of its edges; its ends are those of the line."""
        count = len(self.points) - 1
        if step < 0:
            return turned_back(self._run((start + step) % count, -step, last, first))
        start %= count
        a = float(np.interp(start, np.arange(count + 1), self.places))
        end = start + step
        total = len(self.pieces)
        b = float(np.interp(end % count, np.arange(count + 1), self.places)) + total * (end // count)
        twice = np.concatenate([self.pieces, self.pieces])
        pieces = portion(twice, a, b) if b > a else straight(np.stack([first, last]))
        pieces[0, :2] += first - pieces[0, 0]
        pieces[-1, 2:] += last - pieces[-1, 3]
        return pieces
