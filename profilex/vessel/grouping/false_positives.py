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
from shapely.geometry.base import BaseGeometry

from profilex.geometry import iou, mean_thickness, mirror_image
from profilex.settings import VesselSettings
from profilex.types import Section

"""Difference by which a vessel's confidence is clearly less than another's."""


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


def false_sections(vessels: Sequence[Judged], settings: VesselSettings) -> tuple[Section, ...]:
    """The sections of any candidate that lie within the drawing of another section and are not part of its wall."""
    hosts = [vessel for vessel in vessels if vessel.axis is not None and vessel.side in ("left", "right")]
    hosts.sort(key=lambda vessel: -_main(vessel).polygon.area)
    candidates = [(vessel, section) for vessel in vessels for section in vessel.sections]
    false: dict[int, Section] = {}
    for host in hosts:
        main, axis = _main(host), host.axis
        if id(main) in false or axis is None:
            continue
        wall = mean_thickness(main.polygon)
        mirrored = mirror_image(main.polygon, axis)
        space = _space(main.polygon, mirrored, settings)
        for vessel, section in candidates:
            if section is main or not _is_lesser(section, vessel, host, main, wall, settings):
                continue
            shape = section.polygon
            within = shape.intersection(space).area >= settings.false_positives.within * shape.area
            if (
                within
                and shape.distance(main.polygon) > settings.false_positives.crack_walls * wall
                and iou(shape, mirrored) < settings.false_positives.mirrored
            ):
                false[id(section)] = section
    return tuple(false.values())


def _space(wall: Polygon, mirrored: Polygon, settings: VesselSettings) -> BaseGeometry:
    """The space of a vessel between its wall and the mirror image, row by row: a handle beside its neck is outside.

    A margin around it belongs to the drawing too.
    """
    both = shapely.union_all([wall, mirrored])
    left, top, right, bottom = both.bounds
    rows = np.linspace(top, bottom, settings.false_positives.rows + 1)
    strips = [both.intersection(box(left, y0, right, y1)).convex_hull for y0, y1 in pairwise(rows)]
    return shapely.union_all(strips).buffer(settings.false_positives.margin_walls * mean_thickness(wall))


def _main(vessel: Judged) -> Section:
    return max(vessel.sections, key=lambda section: section.polygon.area)


def _is_lesser(
    section: Section, vessel: Judged, host: Judged, main: Section, wall: float, settings: VesselSettings
) -> bool:
    """Whether a section is small enough beside the main one; with an axis of its own it must be far smaller."""
    share = settings.false_positives.lesser
    if vessel.axis is not None and vessel.axis.distance(host.axis) > settings.false_positives.same_axis_walls * wall:
        share = settings.false_positives.minor
    if vessel.confidence <= host.confidence - settings.false_positives.clearly:
        share = settings.false_positives.doubtful
    return section.polygon.area <= share * main.polygon.area


def unlikely_candidates(vessels: Sequence[AnyJudged], settings: VesselSettings) -> list[AnyJudged]:
    """The candidates of a page whose confidence is too low: likely paint, a shadow or a part of a wall.

    On a page without a confident candidate a doubtful one is kept, because it may be the only vessel.
    """
    least = (
        settings.false_positives.unlikely_beside
        if confident_candidates(vessels, settings)
        else settings.false_positives.unlikely
    )
    return [vessel for vessel in vessels if vessel.confidence < least]


def doubtful_candidates(vessels: Sequence[AnyJudged], settings: VesselSettings) -> list[AnyJudged]:
    """The candidates that are more likely wrong than right."""
    return [vessel for vessel in vessels if vessel.confidence < settings.false_positives.doubted]


def confident_candidates(vessels: Sequence[AnyJudged], settings: VesselSettings) -> list[AnyJudged]:
    """The candidates that need no review for their confidence."""
    return [vessel for vessel in vessels if vessel.confidence >= settings.false_positives.sure]


def lies_in_drawing(vessel: Judged, host: Judged, settings: VesselSettings) -> bool:
    """Whether a vessel's sections lie in the drawing of another vessel that has an axis."""
    if host.axis is None:
        return False
    main = _main(host).polygon
    space = _space(main, mirror_image(main, host.axis), settings)
    shapes = shapely.union_all([section.polygon for section in vessel.sections])
    return bool(shapes.intersection(space).area >= settings.false_positives.within * shapes.area)
