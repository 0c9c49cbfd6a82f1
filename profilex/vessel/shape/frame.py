"""The drawing's own frame in page pixels: radius from the axis and depth below the rim plane."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from profilex.ink.lines import FittedLine

LEFT, RIGHT = -1, 1

Shape = TypeVar("Shape", bound=BaseGeometry)


@dataclass(frozen=True, slots=True)
class DrawingFrame:
    """Where a drawing lies on the page: `origin` on the axis, `tilt` of the axis as dx per dy (page, y down).

    Radius grows to the right of the axis, or to its left when a method's `side` is LEFT; depth grows downwards.
    """

    origin: tuple[float, float]
    tilt: float = 0.0

    @property
    def down(self) -> tuple[float, float]:
        """Unit vector along the axis, downwards on the page."""
        length = float(np.hypot(self.tilt, 1.0))
        return self.tilt / length, 1.0 / length

    def profile(self, shape: Shape, side: int = RIGHT) -> Shape:
        """A shape on the page in (radius, depth), px."""
        (ox, oy), (dx, dy) = self.origin, self.down
        return affine_transform(
            shape, [side * dy, -side * dx, dx, dy, -side * (dy * ox - dx * oy), -(dx * ox + dy * oy)]
        )

    def place(self, radius: float, depth: float, side: int = RIGHT) -> tuple[float, float]:
        """The page position of a radius and a depth."""
        (ox, oy), (dx, dy) = self.origin, self.down
        return ox + side * radius * dy + depth * dx, oy - side * radius * dx + depth * dy

    def moved(self, depth: float) -> "DrawingFrame":
        """The same frame with its origin moved down the axis."""
        return DrawingFrame(self.place(0.0, depth), self.tilt)


def frame_on(axis: FittedLine, y: float) -> DrawingFrame:
    """The frame of an axis, with its origin at the height y of the page."""
    return DrawingFrame((axis.at(y), y), axis.slope)


def extremes_at(shape: Polygon | MultiPolygon, depths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest radius of a shape in (radius, depth) at each of the depths; NaN at depths outside it.

    The same as the bounds of the shape's cuts at the depths, but without cutting it: this runs thousands of times for
    each page.
    """
    least, greatest = np.full(len(depths), np.inf), np.full(len(depths), -np.inf)
    order = np.argsort(depths)
    for ring in _rings(shape):
        start, end = ring[:-1], ring[1:]
        low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
        first = np.searchsorted(depths, low, "left", sorter=order)
        crossed = np.searchsorted(depths, high, "right", sorter=order) - first
        edge = np.repeat(np.arange(len(start)), crossed)
        # the depths that each edge crosses, as indices in sorted order
        place = np.arange(len(edge)) - np.repeat(np.cumsum(crossed) - crossed, crossed) + first[edge]
        row = order[place]
        rise = end[edge, 1] - start[edge, 1]
        level = rise == 0
        share = np.where(level, 0.0, (depths[row] - start[edge, 1]) / np.where(level, 1.0, rise))
        radius = start[edge, 0] + share * (end[edge, 0] - start[edge, 0])
        for radii in (radius, np.where(level, end[edge, 0], radius)):  # a level edge covers both of its ends
            np.minimum.at(least, row, radii)
            np.maximum.at(greatest, row, radii)
    missing = np.isinf(least)
    return np.where(missing, np.nan, least), np.where(missing, np.nan, greatest)


def _rings(shape: Polygon | MultiPolygon) -> Iterator[np.ndarray]:
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            yield shapely.get_coordinates(ring)


def line_string(line: FittedLine, *, level: bool = False) -> LineString:
    """A fitted line as geometry on the page, from its start to its end."""
    ends = [(line.at(along), along) for along in (line.start, line.end)]
    return LineString([(y, x) for x, y in ends] if level else ends)
