"""The stretches of an outline at which a vessel is broken, as a person has set them."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.ops import substring

from profilex.types import BREAK, WALL, Edge

_ON_PX = 1e-6

Pair = tuple[tuple[float, float], tuple[float, float]]


def with_breaks(edges: Sequence[Edge], breaks: Sequence[Pair]) -> tuple[Edge, ...]:
    """The edges of a vessel with these breaks and no others.

    Each pair of points (x, y in page px) are the ends of a break on the nearest edge. What was a break is wall, and an
    edge that a break cuts is divided.
    """
    found = [Edge(WALL, edge.line) if edge.kind == BREAK else edge for edge in edges]
    for start, end in breaks:
        place = _nearest(found, start, end)
        if place is not None:
            found[place : place + 1] = _divided(found[place], start, end)
    return tuple(found)


def _nearest(edges: Sequence[Edge], start: tuple[float, float], end: tuple[float, float]) -> int | None:
    """The edge that both points lie nearest to."""
    middle = Point(np.mean([start, end], axis=0))
    away = [max(edge.line.distance(Point(start)), edge.line.distance(Point(end))) for edge in edges]
    places = range(len(edges))
    return min(places, key=lambda place: (away[place], edges[place].line.distance(middle)), default=None)


def _divided(edge: Edge, start: tuple[float, float], end: tuple[float, float]) -> list[Edge]:
    """An edge with a break amid it."""
    first, last = sorted(edge.line.project(Point(point)) for point in (start, end))
    if last - first < _ON_PX:
        return [edge]
    stretches = [(edge.kind, 0.0, first), (BREAK, first, last), (edge.kind, last, edge.line.length)]
    cut = [(kind, substring(edge.line, low, high)) for kind, low, high in stretches if high - low > _ON_PX]
    return [Edge(kind, line) for kind, line in cut if isinstance(line, LineString) and not shapely.is_empty(line)]
