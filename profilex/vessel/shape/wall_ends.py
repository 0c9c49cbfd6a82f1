"""The ends of a cut wall: where it stops farthest from its other end, and the corners of the outline there."""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay
from shapely import LinearRing, Polygon

from profilex.ink.along import points_along
from profilex.settings.shape import WallEndsSettings


@dataclass(frozen=True, slots=True)
class WallEnd:
    """An end of a wall: the part of the outer ring from place `start` to place `end`, in px along that ring.

    `cut_deviation` grows from 0 for a straight cut square across the wall; `tip` is the place farthest along the wall.
    """

    start: float
    end: float
    tip: float
    cut_deviation: float


class WallOutline:
    """A piece of wall with samples along its outer ring and the ways through the wall between them."""

    def __init__(self, polygon: Polygon, wall: float, settings: WallEndsSettings) -> None:
        """`polygon` is in any one unit, `wall` its thickness."""
        self._settings = settings
        self.wall = wall
        self.ring = LinearRing(polygon.exterior)
        count = int(
            np.clip(
                np.ceil(self.ring.length * self._settings.per_wall / wall),
                24,
                self._settings.samples,
            )
        )
        self.places = np.arange(count) * (self.ring.length / count)
        self.step = self.ring.length / count
        self.points = points_along(self.ring, self.places)
        corners = shapely.get_coordinates(self.ring)
        self._vertices = np.concatenate([[0.0], np.hypot(*np.diff(corners, axis=0).T).cumsum()[:-1]])
        self._ways = _ways(polygon, self.points)

    def ways_from(self, chosen: np.ndarray) -> np.ndarray:
        """Ways (n,) through the wall to every sample from the nearest of the chosen ones, bool (n,)."""
        ways = dijkstra(self._ways, indices=np.flatnonzero(chosen), min_only=True)
        return np.where(np.isfinite(ways), ways, 0.0)

    def end_of(self, ways: np.ndarray, lowest: float = np.inf) -> WallEnd | None:
        """The end of the wall, given the `ways` (n,) to it; None where the outline has no corners there.

        A wall with a flange or a foot has several tips: the end is the one most like a cut; farther tips are preferred
        to nearer ones. Tips deeper than `lowest`, such as those of a foot, do not count.
        """
        best, least = None, np.inf
        for tip in self._tips(ways):
            end = self._end_at(int(tip), ways) if self.points[tip, 1] <= lowest else None
            cost = np.inf if end is None else end.cut_deviation + self._settings.nearer * (1 - ways[tip] / ways.max())
            if cost < least:
                best, least = end, cost
        return best

    def _tips(self, ways: np.ndarray) -> np.ndarray:
        """Samples that are farther along the wall than all others near them."""
        lag = max(1, round(self._settings.tip_walls * self.wall / self.step))
        near = np.arange(-lag, lag + 1)
        around = ways[(np.arange(len(ways))[:, None] + near) % len(ways)].max(axis=1)
        return np.flatnonzero((ways >= around) & (ways >= self._settings.least_way * ways.max()))

    def _end_at(self, tip: int, ways: np.ndarray) -> WallEnd | None:
        count = len(self.places)
        reach = min(int(self._settings.reach_walls * self.wall / self.step), count // 2 - 1)
        deep = ways >= ways[tip] - self._settings.depth_walls * self.wall
        slack = self._settings.slack_walls * self.wall / self.step
        turns = self._turns(self._settings.turn_walls)
        corners = self._corners(turns, tip, reach, deep)
        best: WallEnd | None = None
        for first in corners:
            for last in corners:
                if first >= last or not first - slack <= tip <= last + slack:
                    continue
                cut_deviation = self._cut_deviation(first, last, turns)
                if cut_deviation is not None and (best is None or cut_deviation < best.cut_deviation):
                    start, end = (self._vertex_near(self.places[at % count]) for at in (first, last))
                    best = WallEnd(start, end, float(self.places[tip]), cut_deviation)
        return best

    def _vertex_near(self, place: float) -> float:
        """The outline's vertex within a step of a place, or the place itself."""
        nearest = float(self._vertices[np.abs(self._vertices - place).argmin()])
        return nearest if abs(nearest - place) <= self.step else float(place)

    def _turns(self, walls: float) -> np.ndarray:
        """Degrees (n,) by which the outline turns at each sample, positive where it is convex."""
        lag = max(1, round(walls * self.wall / self.step))
        before = self.points - np.roll(self.points, lag, axis=0)
        after = np.roll(self.points, -lag, axis=0) - self.points
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        turned = np.degrees(np.arctan2(cross, (before * after).sum(axis=1)))
        return turned if self.ring.is_ccw else -turned

    def _corners(self, turns: np.ndarray, tip: int, reach: int, deep: np.ndarray) -> list[int]:
        """The sharpest corners on either side of a tip, as running numbers of samples, at most `_CORNERS`."""
        count = len(turns)
        numbers = tip + np.arange(-reach, reach + 1)
        numbers = numbers[deep[numbers % count]]
        chosen: list[int] = []
        for number in numbers[np.argsort(-turns[numbers % count], kind="stable")]:
            if turns[number % count] <= 0 or len(chosen) == self._settings.corners:
                break
            if all(abs(number - other) * self.step >= self._settings.apart_walls * self.wall for other in chosen):
                chosen.append(int(number))
        return chosen

    def _cut_deviation(self, first: int, last: int, turns: np.ndarray) -> float | None:
        """How far the part between two samples deviates from a straight cut across the wall; None if it is no cut."""
        count = len(self.points)
        stretch = self.points[np.arange(first, last + 1) % count]
        chord = stretch[-1] - stretch[0]
        length = float(np.hypot(*chord))
        if not self._settings.chord_walls[0] <= length / self.wall <= self._settings.chord_walls[1]:
            return None
        lag = max(2, round(self._settings.legs_walls * self.wall / self.step))
        into = stretch[0] - self.points[(first - lag) % count]
        out = self.points[(last + lag) % count] - stretch[-1]
        entry, leave = _angle(into, chord), _angle(chord, out)
        if not self.ring.is_ccw:
            entry, leave = -entry, -leave
        away = np.abs(chord[0] * (stretch[:, 1] - stretch[0, 1]) - chord[1] * (stretch[:, 0] - stretch[0, 0])) / length
        sharp = min(turns[first % count], turns[last % count])
        terms = (
            np.log(length / self.wall) / self._settings.sd_length,
            (entry - leave) / 2 / self._settings.sd_square,
            (entry + leave - 180) / self._settings.sd_parallel,
            away.max() / self.wall / self._settings.sd_bent,
            max(0.0, 80 - sharp) / self._settings.sd_sharp,
        )
        return float(np.sqrt(np.mean(np.square(terms))))


def _angle(before: np.ndarray, after: np.ndarray) -> float:
    """Degrees, -180 to 180, by which one direction turns into another, counter-clockwise."""
    return float(np.degrees(np.arctan2(before[0] * after[1] - before[1] * after[0], before @ after)))


def _ways(polygon: Polygon, points: np.ndarray) -> csr_array:
    """Lengths (n, n) of the steps between samples that lie within the wall."""
    count = len(points)
    triangles = Delaunay(points - points.mean(axis=0)).simplices
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    middles = points[pairs].mean(axis=1)
    shapely.prepare(polygon)
    pairs = pairs[shapely.contains_xy(polygon, middles[:, 0], middles[:, 1])]
    along = np.column_stack([np.arange(count), np.roll(np.arange(count), -1)])
    pairs = np.unique(np.sort(np.concatenate([pairs, along]), axis=1), axis=0)
    lengths = np.maximum(np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1), 1e-9)
    ways = csr_array((lengths, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return (ways + ways.T).tocsr()
