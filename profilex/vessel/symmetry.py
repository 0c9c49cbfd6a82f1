"""Axes without an axis line: the mirror line between section and exterior, and a floor cut straight at the axis."""

import numpy as np
import shapely
from shapely import MultiPolygon, box

from profilex.vessel.frame import LEFT, RIGHT, extremes_at
from profilex.vessel.lines import FittedLine, fit_line, upright_line

_INK = 150
_ROWS = 160  # of the section, at most
_AGREE = 0.55  # share of the rows whose middle must lie on the mirror line
_RIVAL = 0.85  # of two lines with nearly as many rows the farther one is the axis: the nearer is another line's middle
_EDGE_BAND_WALLS = 0.06
_LEAST_EDGE_WALLS = 0.5
_SLENDER = 2.0  # a section reaches this many times farther than its floor is thick before the floor's end is an edge


def mirror_line(
    grey: np.ndarray, walls: MultiPolygon, window: tuple[float, float, float, float], *, thin_px: int
) -> FittedLine | None:
    """The line about which the section's outer contour has its image in the ink of the other half; None without one.

    Each row votes: halfway between the section's outer side and every stroke on the other side of it.
    """
    found = [line for side in (LEFT, RIGHT) if (line := _mirror_on(grey, walls, window, side, thin_px)) is not None]
    return max(found, key=lambda line: line.length, default=None)


def floor_edge(walls: MultiPolygon, wall: float) -> FittedLine | None:
    """The straight upright edge at which a section's floor ends, on the axis; None where there is none.

    `wall` is the wall's thickness (px). Beside an upright wall of a sherd such an edge is the wall itself; that one is
    as long as the section is broad, and does not count.
    """
    left, top, right, bottom = walls.bounds
    band = max(1.0, _EDGE_BAND_WALLS * wall)
    for strip in (box(right - band, top, right + 1, bottom), box(left - 1, top, left + band, bottom)):
        edge = walls.boundary.intersection(strip)
        points = shapely.get_coordinates(edge)
        if len(points) < 2:
            continue
        length = float(np.ptp(points[:, 1]))
        low = float(points[:, 1].mean()) > (top + bottom) / 2
        if low and _LEAST_EDGE_WALLS * wall <= length and _SLENDER * length <= right - left:
            samples = shapely.get_coordinates(edge.segmentize(1.0))
            offset = float(np.median(samples[:, 0]))
            return upright_line(offset, float(points[:, 1].min()), float(points[:, 1].max()), sd_px=1.0)
    return None


def _mirror_on(
    grey: np.ndarray, walls: MultiPolygon, window: tuple[float, float, float, float], side: int, thin_px: int
) -> FittedLine | None:
    """The mirror line of a section that lies on `side` of its axis."""
    left, top, right, bottom = walls.bounds
    x0, x1 = max(0, int(window[0])), min(grey.shape[1], int(window[2]))
    rows = np.unique(np.linspace(top + 0.06 * (bottom - top), bottom - 0.04 * (bottom - top), _ROWS).astype(int))
    rows = rows[(rows >= 0) & (rows < grey.shape[0])]
    if len(rows) < 8:
        return None
    inner, outer = extremes_at(walls, rows + 0.5)
    outer = inner if side == LEFT else outer
    ys, middles = [], []
    for row, start in zip(rows, outer, strict=True):
        strokes = _strokes(grey[row, x0:x1], side, thin_px) + x0
        beyond = strokes[strokes > right] if side == LEFT else strokes[strokes < left]
        middles.append((beyond + start) / 2)
        ys.append(np.full(len(beyond), row + 0.5))
    return _densest_line(np.concatenate(ys), np.concatenate(middles), side, len(rows), max(1.0, 0.004 * (x1 - x0)))


def _strokes(line: np.ndarray, side: int, thin_px: int) -> np.ndarray:
    """Positions of the dark runs of a row: the middle of a pen stroke, the outer end of anything broader."""
    steps = np.diff(np.concatenate([[0], (line < _INK).astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    outer = ends if side == LEFT else starts
    return np.where(ends - starts <= thin_px, (starts + ends) / 2, outer)


def _densest_line(ys: np.ndarray, middles: np.ndarray, side: int, rows: int, bin_px: float) -> FittedLine | None:
    """The upright line on which most rows have a middle, the farthest from the section among equals."""
    known = np.isfinite(middles)
    ys, middles = ys[known], middles[known]
    if len(middles) < _AGREE * rows:
        return None
    bins = np.floor((middles - middles.min()) / bin_px).astype(int)
    pairs = np.unique(np.stack([bins, ys], axis=1), axis=0)
    votes = np.convolve(np.bincount(pairs[:, 0].astype(int), minlength=bins.max() + 1), np.ones(3), "same")
    good = np.flatnonzero(votes >= max(_AGREE * rows, _RIVAL * votes.max()))
    if not len(good):
        return None
    peak = int(good[-1] if side == LEFT else good[0])
    # the farthest good bin may be the flank of its peak
    near = np.arange(max(0, peak - 2), min(len(votes), peak + 3))
    peak = int(near[votes[near].argmax()])
    close = np.abs(bins - peak) <= 2
    line = fit_line(ys[close], middles[close])
    return line if close.sum() >= 8 else None
