"""The side of its axis on which a section lies, and the halves of a drawing from which measures are taken."""

import shapely
from shapely import MultiPolygon, Polygon, box

from profilex.ink.lines import FittedLine
from profilex.settings import VesselSettings
from profilex.vessel.shape.frame import LEFT, RIGHT, DrawingFrame

BOTH = "both"


def left_share(walls: MultiPolygon, line: FittedLine) -> float:
    """Share of the sections' area to the left of an upright line on the page, 0..1."""
    left, top, _, bottom = walls.bounds
    low = min(left, line.at(top), line.at(bottom)) - 1
    half = Polygon([(low, top), (line.at(top), top), (line.at(bottom), bottom), (low, bottom)])
    return float(walls.intersection(half).area / walls.area) if walls.area else 0.5


def lies_beside(walls: MultiPolygon, line: FittedLine, settings: VesselSettings) -> bool:
    """Whether a line can be the sections' axis: they lie on one side of it, or with a large share on both."""
    left, top, right, bottom = walls.bounds
    share = left_share(walls, line)
    if not 1 - settings.sides.one_sided < share < settings.sides.one_sided:
        return True
    two_sided = len(walls.geoms) > 1 or right - left > 2 * (bottom - top)
    return (settings.sides.two_sided if two_sided else settings.sides.halved) <= min(share, 1 - share)


def side_of(walls: MultiPolygon, line: FittedLine, settings: VesselSettings) -> str:
    """The side of its axis on which a section lies on the page: "left", "right" or BOTH."""
    share = left_share(walls, line)
    if settings.sides.two_sided <= share <= 1 - settings.sides.two_sided:
        return BOTH
    return "left" if share > 0.5 else "right"


def split_halves(walls: MultiPolygon, frame: DrawingFrame, side: str) -> list[MultiPolygon]:
    """The cut wall on each side of the axis, in (radius, depth) with radius >= 0; one half unless `side` is BOTH."""
    return [half for _, half in sided_halves(walls, frame, side)]


def sided_halves(walls: MultiPolygon, frame: DrawingFrame, side: str) -> list[tuple[int, MultiPolygon]]:
    """The same halves with the side of the axis, LEFT or RIGHT, on which each lies."""
    signs = {"left": (LEFT,), "right": (RIGHT,)}.get(side, (LEFT, RIGHT))
    return [(sign, half) for sign in signs if (half := _beside_axis(frame.profile(walls, sign)))]


def _beside_axis(walls: MultiPolygon) -> MultiPolygon | None:
    left, top, right, bottom = walls.bounds
    if left < 0:
        walls = walls.intersection(box(0, top - 1, max(right, 0.0) + 1, bottom + 1))
    parts = [part for part in shapely.get_parts(walls) if isinstance(part, Polygon) and part.area > 0]
    return MultiPolygon(parts) if parts else None
