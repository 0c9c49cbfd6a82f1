"""Where a section in (radius, depth) has its lip, its foot and its widest point."""

from dataclasses import dataclass

import numpy as np
from shapely import MultiPolygon, Polygon, box
from shapely.affinity import affine_transform

from profilex.vessel.frame import extremes_at

_LIP_WALLS = 1.5  # a lip's outermost point lies within this many wall thicknesses of its top
_TURN_WALLS = 0.05  # the contour must come in again by this much to have been at a lip's outermost point
_EDGE_WALLS = 0.75  # without such a lip, its edge's rounding lies within this depth ...
_BODY_WALLS = (0.75, 1.5)  # ... and the body's own slope is taken from here
_OUTWARDS = 0.25  # the edge is where the contour leads outwards by no more than this per depth; on an upright wall the
_LEAN = 6.0  # side of the lip, and the more the body widens below, the nearer to the lip's top
_ROUND_BASE = 0.12  # a foot narrower than this share of the greatest radius is a round base's point of contact


@dataclass(frozen=True, slots=True)
class ContourPoint:
    """A point of the outline: radius and depth, in the section's unit."""

    radius: float
    depth: float


def find_lip(section: Polygon | MultiPolygon, wall: float) -> ContourPoint:
    """The outermost point of the section's lip; `wall` is the wall's thickness.

    A lip that turns out and in again has its point where it is widest; one that runs on into the vessel's body has it
    at the rim plane.
    """
    _, top, _, bottom = section.bounds
    depths = top + np.linspace(0, 1, 81) * min((_LIP_WALLS + 0.5) * wall, bottom - top)
    radii = extremes_at(section, depths)[1]
    known = np.isfinite(radii)
    depths, radii = depths[known], radii[known]
    if not len(radii):
        return ContourPoint(section.bounds[2], top)
    at = _turning_lip(depths - top, radii, wall)
    if at is None:
        at = _edge(depths - top, radii, wall)
    return ContourPoint(float(radii[at]), float(depths[at]))


def _turning_lip(depths: np.ndarray, radii: np.ndarray, wall: float) -> int | None:
    """Index where a lip that comes in again is widest."""
    turned = np.flatnonzero(radii < np.maximum.accumulate(radii) - _TURN_WALLS * wall)
    at = int(radii[: turned[0]].argmax()) if len(turned) else None
    return at if at is not None and depths[at] <= _LIP_WALLS * wall else None


def _edge(depths: np.ndarray, radii: np.ndarray, wall: float) -> int:
    """Index of the edge of a lip that runs on into the body: a sharp corner itself, else its rounding's shoulder."""
    body = (depths >= _BODY_WALLS[0] * wall) & (depths <= _BODY_WALLS[1] * wall)
    slope = float(np.polyfit(depths[body], radii[body], 1)[0]) if body.sum() > 2 else 0.0
    lead = radii - (_OUTWARDS + _LEAN * max(slope, 0.0)) * depths
    return int(np.where(depths <= _EDGE_WALLS * wall, lead, -np.inf).argmax())


def find_foot(section: Polygon | MultiPolygon, wall: float) -> ContourPoint | None:
    """The outermost point of the base at the plane it stands on; None for a round base."""
    upside_down = affine_transform(section, [1, 0, 0, -1, 0, 0])
    foot = find_lip(upside_down, wall)
    if foot.radius < _ROUND_BASE * section.bounds[2]:
        return None
    return ContourPoint(foot.radius, -foot.depth)


def reaches_axis(section: Polygon | MultiPolygon, gap: float, *, at_top: bool = False) -> bool:
    """Whether the section comes within `gap` of the axis in its lower half (its upper half with `at_top`)."""
    left, top, _, bottom = section.bounds
    if left > gap:
        return False
    end = section.intersection(box(left - 1, top - 1, max(left, 0.0) + gap, bottom + 1))
    level = end.centroid.y if not end.is_empty else bottom
    return (level < (top + bottom) / 2) == at_top
