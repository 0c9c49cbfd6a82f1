"""The rim plane: a level line at the top of the sections, refined on the rim line's ink."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from shapely import LineString, MultiPolygon, Polygon

from profilex.ink.lines import FittedLine
from profilex.ink.strokes import find_stroke, widest_stroke
from profilex.settings import VesselSettings
from profilex.types import INK, SECTION
from profilex.vessel.shape.frame import LEFT, RIGHT, DrawingFrame


@dataclass(frozen=True, slots=True)
class Rim:
    """The rim plane: the height `y` (page px) at `x` beside the section's lip, and where it comes from.

    `line` is the drawn rim line (y over x), None where the section's own top replaces it.
    """

    x: float
    y: float
    sd_px: float
    source: str
    line: FittedLine | None = None


def find_rim(
    grey: np.ndarray,
    walls: MultiPolygon,
    window: tuple[float, float, float, float],
    axis: FittedLine | None,
    wall: float,
    settings: VesselSettings,
) -> Rim | None:
    """The rim plane of one drawing, or None where its section has no rim.

    `grey` is the page, uint8 (height, width); `walls`, `window` (left, top, right, bottom), `axis` and `wall`, the
    wall thickness, are in page px.

    The rim line is sought at the top of the sections, from the lip across the axis to the other side's lip (to the
    window's ends if the axis is unknown). Without a line the section's top is the rim, unless it is a slanting cut.
    """
    tilt = axis.slope if axis is not None else 0.0
    x, y = _highest_point(walls, tilt)
    reach = max(settings.rim.least_reach_px, settings.rim.reach_walls * wall)
    lines = []
    for start, end in _spans(walls, x, axis, window, wall):
        guess = FittedLine(x, y, -tilt, start, end, reach, 0.1)
        line = find_stroke(
            grey.T,
            guess,
            reach,
            widest_px=widest_stroke(grey.shape, settings.ink),
            least_share=settings.rim.least_share,
            settings=settings.ink,
        )
        if line is not None:
            lines.append(line)
    if lines:
        line = max(lines, key=lambda found: found.length)
        return Rim(x, line.at(x), float(np.hypot(line.sd_at(x), settings.rim.drawing_sd_px)), INK, line)
    return None if _cut_aslant(walls, y, tilt, wall, settings) else Rim(x, y, settings.rim.section_sd_px, SECTION)


def drawing_tilt(
    axis: FittedLine | None, rim: Rim | None, page_tilt: float | None = None, *, settings: VesselSettings
) -> tuple[float, float]:
    """Tilt of a drawing (dx per dy of its axis) and its weight (1 / variance).

    Axis, rim line and the tilt of the whole page are weighted by their variances: short lines count less.
    """
    lines = [(axis.slope, axis)] if axis is not None else []
    lines += [(-rim.line.slope, rim.line)] if rim is not None and rim.line is not None else []
    tilts = [tilt for tilt, _ in lines]
    weights = [
        1 / (line.sd_slope**2 + settings.rim.level_sd**2 + (settings.rim.waver_px / max(line.length, 1.0)) ** 2)
        for _, line in lines
    ]
    if page_tilt is not None:
        tilts.append(page_tilt)
        weights.append(1 / settings.rim.page_sd**2)
    return (float(np.average(tilts, weights=weights)), sum(weights)) if tilts else (0.0, 0.0)


def rim_line(frame: DrawingFrame, radius: float, side: str) -> LineString:
    """The rim plane as a line on the page, from the section's side to the exterior's; `radius` (px) is the lip's."""
    sign = RIGHT if side == "right" else LEFT
    return LineString([frame.place(radius, 0.0, sign), frame.place(radius, 0.0, -sign)])


def _highest_point(walls: MultiPolygon, tilt: float) -> tuple[float, float]:
    points = np.concatenate([np.asarray(part.exterior.coords) for part in walls.geoms])
    x, y = points[(points[:, 1] + tilt * points[:, 0]).argmin()]
    return float(x), float(y)


def _spans(
    walls: MultiPolygon, x: float, axis: FittedLine | None, window: tuple[float, float, float, float], wall: float
) -> list[tuple[float, float]]:
    """Intervals of x on which the rim line can lie, longest first."""
    left, _, right, _ = walls.bounds
    clear = 0.5 * wall
    if axis is None:
        spans = [(x + clear, window[2]), (window[0], x - clear)]
    else:
        centre = axis.offset
        if left < centre < right:
            spans = [(left + clear, right - clear)]
        else:
            spans = [(min(x, 2 * centre - x) + clear, max(x, 2 * centre - x) - clear)]
            # the exterior half can be missing or have no rim line
            spans.append((x + clear, centre) if x < centre else (centre, x - clear))
    return [span for span in spans if span[1] - span[0] >= max(8.0, wall)]


def _cut_aslant(walls: MultiPolygon, y: float, tilt: float, wall: float, settings: VesselSettings) -> bool:
    """Whether the section's upper end is a straight slanting cut: a break, not a lip."""
    upper = min(walls.geoms, key=lambda part: part.bounds[1])
    outline = np.asarray(Polygon(upper.exterior).simplify(0.1 * wall).exterior.coords)
    for (x0, y0), (x1, y1) in pairwise(outline):
        length, rise = float(np.hypot(x1 - x0, y1 - y0)), y1 - y0 + tilt * (x1 - x0)
        topmost = min(y0, y1) - y < 0.15 * wall and max(y0, y1) - y < 1.6 * wall
        # the faces of the wall continue; a cut goes across them, and the outline turns at both of its ends
        cut = settings.rim.cut_walls[0] * wall <= length <= settings.rim.cut_walls[1] * wall
        if topmost and cut and settings.rim.slanted * abs(x1 - x0) < abs(rise) < abs(x1 - x0) / settings.rim.slanted:
            return True
    return False
