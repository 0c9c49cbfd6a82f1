"""Where a section in (radius, depth) has its lip, its foot and its widest point."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.affinity import affine_transform

from profilex.settings import VesselSettings
from profilex.vessel.shape.frame import extremes_at


@dataclass(frozen=True, slots=True)
class ContourPoint:
    """A point of the outline: radius and depth, in the section's unit.

    `slack` is half the range of the radii at which the point could lie as well.
    """

    radius: float
    depth: float
    slack: float = 0.0


def find_lip(
    section: Polygon | MultiPolygon, wall: float, sd: float = 0.0, *, settings: VesselSettings
) -> ContourPoint:
    """The outermost point of the section's lip; `wall` is the wall thickness, `sd` the outline's standard deviation.

    A lip that turns out and in again, or hangs down beside the wall, has this point where it is widest. A lip that
    continues into the vessel's body has it at the rim plane. So has a lip whose outline turns only because the section
    ends there, at the break of a wide shoulder.
    """
    _, top, _, bottom = section.bounds
    depths = top + np.linspace(0, 1, 81) * min((settings.contour.lip_walls + 0.5) * wall, bottom - top)
    inner, radii = extremes_at(section, depths)
    known = np.isfinite(radii)
    depths, inner, radii = depths[known], inner[known], radii[known]
    if not len(radii):
        return ContourPoint(section.bounds[2], top)
    is_shoulder = section.bounds[0] > wall and inner[-1] > inner[0]
    at = _turning_lip(depths - top, radii, wall, bottom - top if is_shoulder else np.inf, settings)
    if at is not None:
        return ContourPoint(float(radii[at]), float(depths[at]))
    if (hanging := _hanging_lip(section, top, wall, settings)) is not None:
        return hanging
    at, slack = _edge(depths - top, radii, wall, sd, settings)
    return ContourPoint(float(radii[at]), float(depths[at]), slack)


def _turning_lip(
    depths: np.ndarray, radii: np.ndarray, wall: float, end: float, settings: VesselSettings
) -> int | None:
    """Index where a lip that turns in again is widest; a turn shortly before `end` is the end of the wall."""
    turned = np.flatnonzero(radii < np.maximum.accumulate(radii) - settings.contour.turn_walls * wall)
    if not len(turned) or depths[turned[0]] > end - settings.contour.last_walls * wall:
        return None
    at = int(radii[: turned[0]].argmax())
    return at if depths[at] <= settings.contour.lip_walls * wall else None


def _hanging_lip(
    section: Polygon | MultiPolygon, top: float, wall: float, settings: VesselSettings
) -> ContourPoint | None:
    """The widest point of a lip that hangs down beside the wall, apart from it: the wall's outer face is behind it."""
    left, _, right, bottom = section.bounds
    depths = top + np.linspace(0, 1, 81) * min(settings.contour.hanging_walls * wall, bottom - top)
    radii = extremes_at(section, depths)[1]
    if np.isnan(radii).all():
        return None
    at = int(np.nanargmax(radii))
    level = LineString([(left - wall, depths[at]), (right + wall, depths[at])])
    parts = shapely.get_parts(section.intersection(level))
    inside = max(shapely.bounds(parts)[:, 0])
    # the outermost part must end before the wall does; at a narrowed mouth the wall itself is outside
    if len(parts) < 2 or not (radii[at:] < inside).any():
        return None
    return ContourPoint(float(radii[at]), float(depths[at]))


def _edge(depths: np.ndarray, radii: np.ndarray, wall: float, sd: float, settings: VesselSettings) -> tuple[int, float]:
    """Index of the edge of a lip that continues into the body: a sharp corner, or the shoulder of a rounding.

    The second value is half the range of the radii that could be the edge, given the error of the outline.
    """
    body = (depths >= settings.contour.body_walls[0] * wall) & (depths <= settings.contour.body_walls[1] * wall)
    slope = float(np.polyfit(depths[body], radii[body], 1)[0]) if body.sum() > 2 else 0.0
    lean = settings.contour.outwards + settings.contour.lean * max(slope, 0.0)
    lead = np.where(depths <= settings.contour.edge_walls * wall, radii - lean * depths, -np.inf)
    as_good = radii[lead >= lead.max() - settings.contour.as_good_sds * sd * np.hypot(1, lean)]
    return int(lead.argmax()), float(np.ptp(as_good) / 2)


def find_foot(
    section: Polygon | MultiPolygon, wall: float, sd: float = 0.0, *, settings: VesselSettings
) -> ContourPoint | None:
    """The outermost point of the base at the standing plane; None for a round base. See `find_lip`."""
    upside_down = affine_transform(section, [1, 0, 0, -1, 0, 0])
    foot = find_lip(upside_down, wall, sd, settings=settings)
    if foot.radius < settings.contour.round_base * section.bounds[2]:
        return None
    return ContourPoint(foot.radius, -foot.depth, foot.slack)
