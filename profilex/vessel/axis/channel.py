"""Likely axes in the network's axis channel: upright lines with much probability on them."""

from dataclasses import replace

import numpy as np
from shapely import box

from profilex.ink.lines import FittedLine, fit_line
from profilex.settings import VesselSettings
from profilex.trace.silhouettes import channel_plane
from profilex.types import Region, Segmentation
from profilex.vessel.grouping.groups import Group


def network_lines(segmentation: Segmentation, group: Group, settings: VesselSettings) -> list[tuple[FittedLine, float]]:
    """The network's likely axes in the drawing's window, best first, each with the search distance (px) for its ink."""
    points, cell = _axis_points(segmentation, group.window, settings)
    lines = []
    for _ in range(settings.channel.candidates):
        if len(points) < settings.channel.least_points:
            break
        line, taken = _strongest_line(points, cell, settings)
        weight = float(points[taken, 2].sum()) * _favour(line, group)
        lines.append((weight, line, max(4.0, 2.5 * cell)))
        points = points[~taken]
    best = max((weight for weight, _, _ in lines), default=0.0)
    ranked = sorted(
        (entry for entry in lines if entry[0] >= settings.channel.speck * best), key=lambda entry: -entry[0]
    )
    least = settings.channel.speck * (group.bounds[3] - group.bounds[1])
    return [(line, reach) for _, line, reach in ranked if line.length >= least]


def _favour(line: FittedLine, group: Group) -> float:
    """Weight of a line by the section's side: nearly all publications draw it left of the axis, which breaks ties."""
    left, _, right, _ = group.bounds
    return 1.0 if group.blob or line.offset > (left + right) / 2 else 0.6


def _axis_points(
    segmentation: Segmentation, window: tuple[float, float, float, float], settings: VesselSettings
) -> tuple[np.ndarray, float]:
    """Probable axis samples (n, 3: x, y, weight) in a window, from the finest view, and its cell size (px)."""
    finest, cell = np.empty((0, 3)), 1.0
    for regions in (segmentation.regions, (segmentation.page,)):
        found = [_region_points(region, segmentation.channels, window, settings) for region in regions]
        points = [samples for samples, _ in found if len(samples)]
        if sum(len(samples) for samples in points) >= settings.channel.least_points:
            finest = np.concatenate(points)
            cell = max(size for samples, size in found if len(samples))
            break
    return finest, cell


def _region_points(
    region: Region, channels: tuple[str, ...], window: tuple[float, float, float, float], settings: VesselSettings
) -> tuple[np.ndarray, float]:
    x0, y0, x1, y1 = region.box
    plane = channel_plane(region, channels, "axis")
    if plane is None or not box(*region.box).intersects(box(*window)):
        return np.empty((0, 3)), 1.0
    height, width = plane.shape
    cw, ch = (x1 - x0) / width, (y1 - y0) / height
    first = max(0, int((window[1] - y0) / ch)), max(0, int((window[0] - x0) / cw))
    last = int((window[3] - y0) / ch) + 1, int((window[2] - x0) / cw) + 1
    part = plane[first[0] : last[0], first[1] : last[1]]
    rows, columns = np.nonzero(part >= settings.channel.probable)
    xs, ys = x0 + (columns + first[1] + 0.5) * cw, y0 + (rows + first[0] + 0.5) * ch
    # a cell's weight is its height on the page, so that views of different resolution count alike
    return np.stack([xs, ys, part[rows, columns].astype(np.float64) * ch], axis=1), max(cw, ch)


def _strongest_line(points: np.ndarray, cell: float, settings: VesselSettings) -> tuple[FittedLine, np.ndarray]:
    """The upright line with the most weight near it, and a mask of its points."""
    xs, ys, weights = points.T
    middle, length = float(ys.mean()), max(float(np.ptp(ys)), 1.0)
    band = settings.channel.band_cells * cell
    best, line = -1.0, None
    for slope in np.linspace(
        -settings.channel.steepest,
        settings.channel.steepest,
        2 * max(1, int(settings.channel.steepest * length / (2 * cell))) + 1,
    ):
        places = xs - slope * (ys - middle)
        votes = np.bincount(((places - places.min()) / cell).astype(int), weights)
        votes = np.convolve(votes, np.ones(3), "same") * (1 - abs(slope))
        if votes.max() > best:
            best = float(votes.max())
            offset = float(places.min() + (votes.argmax() + 0.5) * cell)
            line = FittedLine(middle, offset, float(slope), float(ys.min()), float(ys.max()), cell / 2, 0.1)
    if line is None:  # pragma: no cover - linspace is never empty
        raise ValueError("no slope to try")
    taken = np.abs(xs - line.offset - line.slope * (ys - middle)) <= band
    fitted = fit_line(ys[taken], xs[taken], weights[taken], first=line)
    return replace(fitted, sd_offset_px=max(fitted.sd_offset_px, cell / 3)), taken
