"""Axes that belong to a neighbour: with such an axis a drawing would overlap its neighbour's section.

A drawing reaches from the outside of its cut wall to the mirror image of that beyond the axis, and drawings do not
overlap. A fragment whose own axis is missing or faint easily gets its neighbour's axis, and a diameter several times
too large.
"""

from collections.abc import Sequence

import numpy as np

from profilex.settings import VesselSettings
from profilex.vessel.grouping.groups import overlap
from profilex.vessel.placement import Placement

Room = tuple[float, float]
"""The columns (from, to, page px) within which a drawing lies, with its mirror image."""


def rooms(placements: Sequence[Placement], mirrored: Sequence[float], settings: VesselSettings) -> dict[int, Room]:
    """For each drawing that overlaps a neighbour: its index, and the room that it has between its neighbours.

    `mirrored` (0..1) is the share of each drawing's outer contour with a mirror image beyond its axis. A neighbour
    counts if its share is greater; its own far half counts if the share is large.
    """
    found: dict[int, Room] = {}
    spaces = [_space(one, share, settings) for one, share in zip(placements, mirrored, strict=True)]
    for place, one in enumerate(placements):
        far = _far_half(one)
        if far is None or mirrored[place] >= settings.overruns.well_mirrored:
            continue
        low, high = -np.inf, np.inf
        for other, share, space in zip(placements, mirrored, spaces, strict=True):
            if other is one or share <= mirrored[place] or not _is_beside(other, one, settings):
                continue
            if _holds(far, space, settings) and not _holds(_far_half(other), _columns(one), settings):
                low, high = (low, min(high, space[0])) if one.side == "left" else (max(low, space[1]), high)
        if np.isfinite(low) or np.isfinite(high):
            found[place] = (low, high)
    return found


def _columns(one: Placement) -> Room:
    """The columns of a drawing's sections."""
    left, _, right, _ = one.group.bounds
    return left, right


def _far_half(one: Placement) -> Room | None:
    """The columns of a drawing beyond its axis; None where both sides are cut or no axis is known."""
    if one.axis is None or one.side not in ("left", "right"):
        return None
    (left, right), axis = _columns(one), one.axis.line.offset
    return (axis, 2 * axis - left) if one.side == "left" else (2 * axis - right, axis)


def _space(one: Placement, mirrored: float, settings: VesselSettings) -> Room:
    """The columns that certainly belong to a drawing: those of its sections, and up to their visible mirror image."""
    columns, far = _columns(one), _far_half(one)
    if far is None or mirrored < settings.overruns.well_mirrored:
        return columns
    return min(columns[0], far[0]), max(columns[1], far[1])


def _is_beside(other: Placement, one: Placement, settings: VesselSettings) -> bool:
    """Whether another drawing lies in the same rows, and its sections are large enough for a vessel."""
    is_level = overlap(one.group.bounds[1::2], other.group.bounds[1::2]) >= settings.overruns.same_rows
    return is_level and other.walls.area >= settings.overruns.minor * one.walls.area


def _holds(columns: Room | None, other: Room, settings: VesselSettings) -> bool:
    """Whether the middle of other columns lies within these."""
    if columns is None:
        return False
    slack = settings.overruns.slack * (
        columns[1] - columns[0]
    )  # a shared axis is the middle of one drawing and the border of the other
    return columns[0] - slack <= sum(other) / 2 <= columns[1] + slack
