"""The axis of a drawing: found by the network, refined on the ink, or derived from the drawing's shape."""

from dataclasses import dataclass, replace

import numpy as np
from shapely import MultiPolygon

from profilex.ink.lines import FittedLine, fit_line
from profilex.ink.strokes import find_stroke, widest_stroke
from profilex.settings import VesselSettings
from profilex.trace.silhouettes import Silhouettes
from profilex.types import INK, NETWORK, SECTION_EDGE, SYMMETRY, Page, Segmentation
from profilex.vessel.axis.channel import network_lines
from profilex.vessel.axis.symmetry import floor_edge, mirror_line
from profilex.vessel.axis.upright_strokes import drawn_axis
from profilex.vessel.grouping.groups import Group
from profilex.vessel.shape.frame import DrawingFrame
from profilex.vessel.shape.sides import BOTH, lies_beside, side_of, split_halves
from profilex.vessel.trust.residual import mirrored_share


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis as an upright line (x over y, page px) and where it comes from: one of the module's four sources."""

    line: FittedLine
    source: str


def find_axis(
    page: Page,
    segmentation: Segmentation,
    silhouettes: Silhouettes | None,
    group: Group,
    wall: float,
    settings: VesselSettings,
) -> Axis | None:
    """The axis of one drawing, or None where nothing on the page shows it.

    The first that is found of: the network's axis, a floor that ends at a drawn axis line, the silhouette's middle
    where a line is drawn, an upright stroke with the section's mirror image on its other side, the symmetry of section
    and exterior alone, the floor's edge alone. The result is refined on the ink of the axis line where there is one.

    An axis with hardly any mirror image of the section beyond it is replaced by one that has such an image.
    """
    axis = _first_axis(page, segmentation, silhouettes, group, wall, settings)
    if axis is None or axis.source == SYMMETRY or side_of(group.body, axis.line, settings) == BOTH:
        return axis
    image = _image_share(page, group.body, axis.line, wall, settings)
    if image >= settings.axis.poor_image:
        return axis
    mirrored = _mirror_axis(page, group, settings)
    if mirrored is None or side_of(group.body, mirrored.line, settings) == BOTH:
        return axis
    better = _image_share(page, group.body, mirrored.line, wall, settings) >= max(
        settings.axis.good_image, image + settings.axis.clearly
    )
    return mirrored if better else axis


def _first_axis(
    page: Page,
    segmentation: Segmentation,
    silhouettes: Silhouettes | None,
    group: Group,
    wall: float,
    settings: VesselSettings,
) -> Axis | None:
    """The axis by the first kind of evidence that the page has."""
    walls = group.body
    thin = widest_stroke(page.grey.shape, settings.ink)
    for guess, reach in network_lines(segmentation, group, settings):
        if _can_be_axis(group, guess, settings):
            drawn = _on_ink(page, guess, walls, reach, thin, settings)
            good = drawn is not None and _can_be_axis(group, drawn, settings)
            return Axis(drawn, INK) if drawn is not None and good else Axis(guess, NETWORK)
    edge = floor_edge(walls, wall, settings)
    if edge is not None:
        drawn = _on_ink(page, edge, walls, max(3.0, 0.3 * wall), thin, settings)
        if drawn is not None and drawn.start < edge.start - 0.25 * (walls.bounds[3] - walls.bounds[1]):
            return Axis(drawn, INK)
    middle = _silhouette_middle(silhouettes, group)
    if middle is not None and _can_be_axis(group, middle, settings):
        reach = max(5.0, 0.03 * (group.window[2] - group.window[0]))
        drawn = _on_ink(page, middle, walls, reach, thin, settings)
        if drawn is not None and _can_be_axis(group, drawn, settings):
            return Axis(drawn, INK)
    drawn = drawn_axis(page.grey, walls, group.window, thin_px=thin, settings=settings)
    if drawn is not None and _can_be_axis(group, drawn, settings):
        return Axis(_with_drawing_error(drawn, settings), INK)
    mirrored = _mirror_axis(page, group, settings)
    if mirrored is not None:
        return mirrored
    return None if edge is None else Axis(edge, SECTION_EDGE)


def _mirror_axis(page: Page, group: Group, settings: VesselSettings) -> Axis | None:
    """The line about which section and exterior are symmetric, refined on the axis line's ink where there is one."""
    walls, thin = group.body, widest_stroke(page.grey.shape, settings.ink)
    mirror = mirror_line(page.grey, walls, group.window, thin_px=thin, settings=settings)
    if mirror is None or not _can_be_axis(group, mirror, settings):
        return None
    drawn = _on_ink(page, mirror, walls, max(3.0, 0.015 * abs(mirror.offset - walls.centroid.x)), thin, settings)
    return Axis(drawn, INK) if drawn is not None and _can_be_axis(group, drawn, settings) else Axis(mirror, SYMMETRY)


def _image_share(page: Page, walls: MultiPolygon, line: FittedLine, wall: float, settings: VesselSettings) -> float:
    """Share of the outer contour of a section on one side of a line that has its image in the ink beyond it.

    The tilt of a short line is uncertain: the greater share counts, of the line as it is and of an upright one.
    """
    side, middle = side_of(walls, line, settings), walls.centroid.y
    greatest = 0.0
    for tilt in (line.slope, 0.0):
        frame = DrawingFrame((line.at(middle), middle), tilt)
        for half in split_halves(walls, frame, side):
            greatest = max(greatest, mirrored_share(page.grey, half, frame, side, wall, settings))
        if greatest >= settings.axis.good_image:
            break
    return greatest


def _can_be_axis(group: Group, line: FittedLine, settings: VesselSettings) -> bool:
    """Whether a line can be the axis: the sections lie beside it, their mirror image within the drawing's room."""
    return lies_beside(group.body, line, settings) and _image_in_room(group, line)


def _image_in_room(group: Group, line: FittedLine) -> bool:
    """Whether the sections' mirror image beyond a line lies within the room of the drawing."""
    left, _, right, _ = group.bounds
    low, high = group.room
    return 2 * line.offset - left <= high and 2 * line.offset - right >= low


def _with_drawing_error(line: FittedLine, settings: VesselSettings) -> FittedLine:
    """A drawn line whose uncertainty includes the error of drawing it."""
    return replace(line, sd_offset_px=float(np.hypot(line.sd_offset_px, settings.axis.drawing_sd_px)))


def _on_ink(
    page: Page, guess: FittedLine, walls: MultiPolygon, reach: float, thin: int, settings: VesselSettings
) -> FittedLine | None:
    """The drawn axis line near a guess, sought from the rim to a little below the section."""
    _, top, _, bottom = walls.bounds
    long_guess = replace(guess, start=top, end=bottom + 0.15 * (bottom - top))
    line = find_stroke(page.grey, long_guess, reach, widest_px=thin, settings=settings.ink)
    return None if line is None else _with_drawing_error(line, settings)


def _silhouette_middle(silhouettes: Silhouettes | None, group: Group) -> FittedLine | None:
    """The middle line of the drawing's silhouette."""
    if silhouettes is None or not group.blob:
        return None
    ys, xs = silhouettes.midline(group.blob)
    _, top, _, bottom = group.bounds
    near = (ys >= top) & (ys <= bottom)
    return fit_line(ys[near], xs[near]) if near.sum() >= 4 else None
