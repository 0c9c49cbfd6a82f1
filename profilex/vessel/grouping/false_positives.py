"""False-positive sections: paint, sherds and contours inside the drawing of another vessel, and unlikely vessels.

A section lies on one side of its axis. Another apparent section within the space of the vessel, from its outer contour
to that contour's mirror image, is decoration or a sherd drawn over it, unless it is a part of the same wall: a cracked
piece, or the other side where both are cut.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol, TypeVar

import numpy as np
import shapely
from shapely import LineString, Polygon, box
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from profilex.types import Section

_LESSER = 0.6  # the area of a false section is at most this share of the section in whose drawing it lies
_MINOR = 0.25  # ... or this, where it seems to have an axis of its own ...
_DOUBTFUL = 0.8  # ... or this, where it is clearly less confident than the section
CLEARLY = 0.1
"""Difference by which a vessel's confidence is clearly less than another's."""

_UNLIKELY = 0.2  # below this nearly all vessels are wrong ...
_UNLIKELY_BESIDE = 0.4  # ... and below this more than half, which is too many on a page with a confident vessel
_DOUBTED = 0.5
_SURE = 0.7
_WITHIN = 0.8  # share of a false section within the drawing
_CRACK_WALLS = 1.0  # nearer pieces are one wall
_MIRRORED = 0.45  # overlap (IoU) with the mirror image that makes both sides cut
_MARGIN_WALLS = 1.5
_SAME_AXIS_WALLS = 2.0
_ROWS = 24


class Judged(Protocol):
    """A candidate as judged here: sections with an axis on the page and a confidence (0..1)."""

    @property
    def sections(self) -> tuple[Section, ...]: ...

    @property
    def axis(self) -> LineString | None: ...

    @property
    def side(self) -> str: ...

    @property
    def confidence(self) -> float: ...


AnyJudged = TypeVar("AnyJudged", bound=Judged)


def false_sections(vessels: Sequence[Judged]) -> tuple[Section, ...]:
    """The sections of any candidate that lie within the drawing of another section and are not part of its wall."""
    hosts = [vessel for vessel in vessels if vessel.axis is not None and vessel.side in ("left", "right")]
    hosts.sort(key=lambda vessel: -_main(vessel).polygon.area)
    candidates = [(vessel, section) for vessel in vessels for section in vessel.sections]
    false: dict[int, Section] = {}
    for host in hosts:
        main, axis = _main(host), host.axis
        if id(main) in false or axis is None:
            continue
        wall = _thickness(main.polygon)
        mirrored = mirror_image(main.polygon, axis)
        space = _space(main.polygon, mirrored)
        for vessel, section in candidates:
            if section is main or not _is_lesser(section, vessel, host, main, wall):
                continue
            shape = section.polygon
            within = shape.intersection(space).area >= _WITHIN * shape.area
            if within and shape.distance(main.polygon) > _CRACK_WALLS * wall and _overlap(shape, mirrored) < _MIRRORED:
                false[id(section)] = section
    return tuple(false.values())


def mirror_image(shape: Polygon, axis: LineString) -> Polygon:
    """A polygon reflected in the line through the ends of `axis`."""
    start, end = np.array(axis.coords[0]), np.array(axis.coords[-1])
    along = (end - start) / np.hypot(*(end - start))
    turn = 2 * np.outer(along, along) - np.eye(2)
    shift = start - turn @ start
    return affine_transform(shape, [*turn.ravel(), *shift])


def _space(wall: Polygon, mirrored: Polygon) -> BaseGeometry:
    """The space of a vessel between its wall and the mirror image, row by row: a handle beside its neck is outside.

    A margin around it belongs to the drawing too.
    """
    both = shapely.union_all([wall, mirrored])
    left, top, right, bottom = both.bounds
    rows = np.linspace(top, bottom, _ROWS + 1)
    strips = [both.intersection(box(left, y0, right, y1)).convex_hull for y0, y1 in pairwise(rows)]
    return shapely.union_all(strips).buffer(_MARGIN_WALLS * _thickness(wall))


def _thickness(wall: Polygon) -> float:
    return 2 * wall.area / wall.length


def _main(vessel: Judged) -> Section:
    return max(vessel.sections, key=lambda section: section.polygon.area)


def _is_lesser(section: Section, vessel: Judged, host: Judged, main: Section, wall: float) -> bool:
    """Whether a section is small enough beside the main one; with an axis of its own it must be far smaller."""
    share = _LESSER
    if vessel.axis is not None and vessel.axis.distance(host.axis) > _SAME_AXIS_WALLS * wall:
        share = _MINOR
    if vessel.confidence <= host.confidence - CLEARLY:
        share = _DOUBTFUL
    return section.polygon.area <= share * main.polygon.area


def unlikely_candidates(vessels: Sequence[AnyJudged]) -> list[AnyJudged]:
    """The candidates of a page whose confidence is too low: likely paint, a shadow or a part of a wall.

    On a page without a confident candidate a doubtful one is kept, because it may be the only vessel.
    """
    least = _UNLIKELY_BESIDE if confident_candidates(vessels) else _UNLIKELY
    return [vessel for vessel in vessels if vessel.confidence < least]


def doubtful_candidates(vessels: Sequence[AnyJudged]) -> list[AnyJudged]:
    """The candidates that are more likely wrong than right."""
    return [vessel for vessel in vessels if vessel.confidence < _DOUBTED]


def confident_candidates(vessels: Sequence[AnyJudged]) -> list[AnyJudged]:
    """The candidates that need no review for their confidence."""
    return [vessel for vessel in vessels if vessel.confidence >= _SURE]


def lies_in_drawing(vessel: Judged, host: Judged) -> bool:
    """Whether a vessel's sections lie in the drawing of another vessel that has an axis."""
    if host.axis is None:
        return False
    main = _main(host).polygon
    space = _space(main, mirror_image(main, host.axis))
    shapes = shapely.union_all([section.polygon for section in vessel.sections])
    return bool(shapes.intersection(space).area >= _WITHIN * shapes.area)


def _overlap(one: Polygon, other: Polygon) -> float:
    union = one.union(other).area
    return one.intersection(other).area / union if union else 0.0
