"""Axes without an axis line: the mirror line between section and exterior, and a floor cut straight at the axis."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import shapely
from shapely import MultiPolygon, box
from shapely.affinity import affine_transform

from profilex.ink.grey_levels import grey_percentiles
from profilex.ink.lines import FittedLine, fit_line, upright_line
from profilex.settings import VesselSettings
from profilex.vessel.shape.frame import LEFT, RIGHT, extremes_at


def mirror_line(
    grey: np.ndarray,
    walls: MultiPolygon,
    window: tuple[float, float, float, float],
    settings: VesselSettings,
    *,
    thin_px: int,
) -> FittedLine | None:
    """The line about which the section's outer contour is mirrored in the ink of the other half; None without one.

    Each row votes for the middles between the section's outer side and every stroke on its other side.
    """
    x0, y0 = max(0, int(window[0])), max(0, int(walls.bounds[1]))
    best: tuple[float, FittedLine | None] = (0.0, None)
    pale = None
    for tilt in settings.symmetry.tilts:
        upright, placed = _turned_upright(grey, walls, (x0, y0, int(window[2])), tilt)
        if pale is None:
            pale = grey_percentiles(upright, 90)[0] - settings.symmetry.pale
        strokes = _strokes_of_rows(upright, placed, pale, settings)
        for side in (LEFT, RIGHT):
            votes, line = _mirror_on(strokes, placed, upright.shape, side, thin_px, settings)
            if line is not None and votes > settings.symmetry.clearly * best[0]:
                best = (votes, _turned_back(line, walls, (x0, y0), tilt))
    return best[1]


def _turned_upright(
    grey: np.ndarray, walls: MultiPolygon, window: tuple[int, int, int], tilt: float
) -> tuple[np.ndarray, MultiPolygon]:
    """The part of the page beside a section, and the section, rotated so that an axis of this tilt is upright.

    `window` is (left, top, right) in page px. The section's upper left corner stays fixed; lengths grow by the square
    of the tilt, which is negligible here.
    """
    x0, y0, x1 = window
    width, height = min(grey.shape[1], x1) - x0, min(grey.shape[0], int(walls.bounds[3]) + 1) - y0
    if width < 1 or height < 1:
        return np.full((1, 1), 255, np.uint8), walls
    px, py = walls.bounds[0], walls.bounds[1]
    turned = affine_transform(walls, [1, -tilt, tilt, 1, tilt * py - x0, -tilt * px - y0])
    if not tilt:
        return grey[y0 : y0 + height, x0 : x0 + width], turned
    # from a place in the rotated part to one in the strip of the page from which it is cut
    lean = int(abs(tilt) * (width + height)) + 2
    first = max(0, y0 - lean)
    strip = grey[first : y0 + height + lean, x0 : x0 + width]
    back = np.array([[1, tilt, tilt * (y0 - py)], [-tilt, 1, y0 - first - tilt * (x0 - px)]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(strip, back, (width, height), flags=flags, borderValue=255), turned


def _turned_back(line: FittedLine, walls: MultiPolygon, corner: tuple[int, int], tilt: float) -> FittedLine:
    """A line of the rotated part as a line on the page."""
    (x0, y0), px, py = corner, walls.bounds[0], walls.bounds[1]

    def on_page(x: float, y: float) -> tuple[float, float]:
        return x + x0 + tilt * (y + y0 - py), y + y0 - tilt * (x + x0 - px)

    offset, middle = on_page(line.offset, line.middle)
    _, start = on_page(line.at(line.start), line.start)
    _, end = on_page(line.at(line.end), line.end)
    return replace(line, offset=offset, middle=middle, slope=line.slope + tilt, start=start, end=end)


def floor_edge(walls: MultiPolygon, wall: float, settings: VesselSettings) -> FittedLine | None:
    """The straight upright edge at which a section's floor ends, on the axis; None if there is no such edge.

    `wall` is the wall's thickness (px). Beside an upright wall of a fragment such an edge is the wall itself; it is
    as long as the section is wide, and does not count.
    """
    left, top, right, bottom = walls.bounds
    band = max(1.0, settings.symmetry.edge_band_walls * wall)
    for strip in (box(right - band, top, right + 1, bottom), box(left - 1, top, left + band, bottom)):
        edge = walls.boundary.intersection(strip)
        points = shapely.get_coordinates(edge)
        if len(points) < 2:
            continue
        length = float(np.ptp(points[:, 1]))
        low = float(points[:, 1].mean()) > (top + bottom) / 2
        inwards = right - length if strip.bounds[2] > right else left + length
        broad = (
            settings.symmetry.least_edge_walls * wall <= length and settings.symmetry.slender * length <= right - left
        )
        if low and broad and _ends_floor(walls, inwards, points[:, 1], settings):
            samples = shapely.get_coordinates(edge.segmentize(1.0))
            offset = float(np.median(samples[:, 0]))
            return upright_line(offset, float(points[:, 1].min()), float(points[:, 1].max()), sd_px=1.0)
    return None


def _ends_floor(walls: MultiPolygon, x: float, edge: np.ndarray, settings: VesselSettings) -> bool:
    """Whether the wall is a floor near its edge: hardly thicker at x, measured vertically, than at the edge."""
    top, bottom = float(edge.min()), float(edge.max())
    around = bottom - top
    cut = walls.intersection(shapely.LineString([(x, top - around), (x, bottom + around)]))
    return bool(cut.length <= settings.symmetry.floor_growth * around)


def _mirror_on(
    strokes: "_Strokes", walls: MultiPolygon, shape: tuple[int, ...], side: int, thin_px: int, settings: VesselSettings
) -> tuple[float, FittedLine | None]:
    """The mirror line of a section that lies on `side` of its upright axis, with the votes for it.

    `strokes` are those of a part of the page of `shape` (height, width).
    """
    left, _, right, _ = walls.bounds
    rows = strokes.rows
    if len(rows) < settings.symmetry.least_rows or shape[1] < settings.symmetry.least_rows:
        return 0.0, None
    inner, outer = extremes_at(walls, rows + 0.5)
    contour = (inner if side == LEFT else outer)[strokes.row]
    places = strokes.places(side, thin_px)
    beyond = places > right if side == LEFT else places < left
    middles = ((places + contour) / 2)[beyond]
    bin_px = max(1.0, settings.symmetry.bin_share * shape[1])
    return _densest_line(rows[strokes.row[beyond]] + 0.5, middles, side, len(rows), bin_px, settings)


@dataclass(frozen=True, slots=True)
class _Strokes:
    """The dark runs in some `rows` of a page: for each the index of its `row`, its start and its end (px)."""

    rows: np.ndarray
    row: np.ndarray
    start: np.ndarray
    end: np.ndarray

    def places(self, side: int, thin_px: int) -> np.ndarray:
        """The place of each run: the middle of a pen stroke, and the far end, seen from `side`, of anything wider."""
        broad = self.end if side == LEFT else self.start
        return np.where(self.end - self.start <= thin_px, (self.start + self.end) / 2, broad)


def _strokes_of_rows(grey: np.ndarray, walls: MultiPolygon, pale: float, settings: VesselSettings) -> _Strokes:
    """The runs darker than `pale` in rows over the section's height."""
    _, top, _, bottom = walls.bounds
    rows = np.unique(
        np.linspace(top + 0.06 * (bottom - top), bottom - 0.04 * (bottom - top), settings.symmetry.rows).astype(int)
    )
    rows = rows[(rows >= 0) & (rows < grey.shape[0])]
    dark = np.zeros((len(rows), grey.shape[1] + 2), np.int8)
    dark[:, 1:-1] = grey[rows] < pale
    steps = np.diff(dark, axis=1)
    row, start = np.nonzero(steps == 1)
    return _Strokes(rows, row, start, np.nonzero(steps == -1)[1])


def _densest_line(
    ys: np.ndarray, middles: np.ndarray, side: int, rows: int, bin_px: float, settings: VesselSettings
) -> tuple[float, FittedLine | None]:
    """The upright line on which the most rows have a middle; among equals the farthest from the section."""
    known = np.isfinite(middles)
    ys, middles = ys[known], middles[known]
    if len(middles) < settings.symmetry.agree * rows:
        return 0.0, None
    bins = np.floor((middles - middles.min()) / bin_px).astype(int)
    pairs = np.unique(np.stack([bins, ys], axis=1), axis=0)
    votes = np.convolve(np.bincount(pairs[:, 0].astype(int), minlength=bins.max() + 1), np.ones(3), "same")
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(votes, settings.symmetry.surroundings // 2), settings.symmetry.surroundings
    )
    votes = votes - np.median(around, axis=1)  # stippling votes for all places alike
    good = np.flatnonzero(votes >= max(settings.symmetry.agree * rows, settings.symmetry.rival * votes.max()))
    if not len(good):
        return 0.0, None
    peak = int(good[-1] if side == LEFT else good[0])
    # the farthest good bin may be the flank of its peak
    near = np.arange(max(0, peak - 2), min(len(votes), peak + 3))
    peak = int(near[votes[near].argmax()])
    close = np.abs(bins - peak) <= 2
    line = fit_line(ys[close], middles[close])
    return (float(votes[peak]), line) if close.sum() >= 8 else (0.0, None)
