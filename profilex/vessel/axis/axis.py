"""The axis of a drawing: found by the network, refined on the ink, or derived from the drawing's shape."""

from dataclasses import dataclass, replace

import numpy as np
from shapely import MultiPolygon

from profilex.ink.lines import FittedLine, fit_line
from profilex.ink.strokes import find_stroke, widest_stroke
from profilex.trace.silhouettes import Silhouettes
from profilex.types import INK, NETWORK, SECTION_EDGE, SYMMETRY, Page, Segmentation
from profilex.vessel.axis.channel import network_lines
from profilex.vessel.axis.symmetry import floor_edge, mirror_line
from profilex.vessel.axis.upright_strokes import drawn_axis
from profilex.vessel.grouping.groups import Group
from profilex.vessel.shape.frame import DrawingFrame
from profilex.vessel.shape.sides import BOTH, lies_beside, side_of, split_halves
from profilex.vessel.trust.residual import mirrored_share

_DRAWING_SD_PX = 0.25  # error with which an axis line is drawn, at least
_POOR_IMAGE, _GOOD_IMAGE = 0.45, 0.75  # share of the outer contour with a mirror image beyond a wrong and a right axis
_CLEARLY = 0.4


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis as an upright line (x over y, page px) and where it comes from: one of the module's four sources."""

    line: FittedLine
    source: str


def find_axis(
    page: Page, segmentation: Segmentation, silhouettes: Silhouettes | None, group: Group, wall: float
) -> Axis | None:
    """The axis of one drawing, or None where nothing on the page shows it.

    The first that is found of: the network's axis, a floor that ends at a drawn axis line, the silhouette's middle
    where a line is drawn, an upright stroke with the section's mirror image on its other side, the symmetry of section
    and exterior alone, the floor's edge alone. The result is refined on the ink of the axis line where there is one.

    An axis with hardly any mirror image of the section beyond it is replaced by one that has such an image.
    """
    axis = _first_axis(page, segmentation, silhouettes, group, wall)
    if axis is None or axis.source == SYMMETRY or side_of(group.body, axis.line) == BOTH:
        return axis
    image = _image_share(page, group.body, axis.line, wall)
    if image >= _POOR_IMAGE:
        return axis
    mirrored = _mirror_axis(page, group)
    if mirrored is None or side_of(group.body, mirrored.line) == BOTH:
        return axis
    better = _image_share(page, group.body, mirrored.line, wall) >= max(_GOOD_IMAGE, image + _CLEARLY)
    return mirrored if better else axis


def _first_axis(
    page: Page, segmentation: Segmentation, silhouettes: Silhouettes | None, group: Group, wall: float
) -> Axis | None:
    """The axis by the first kind of evidence that the page has."""
    walls = group.body
    thin = widest_stroke(page.grey.shape)
    for guess, reach in network_lines(segmentation, group):
        if _can_be_axis(group, guess):
            drawn = _on_ink(page, guess, walls, reach, thin)
            good = drawn is not None and _can_be_axis(group, drawn)
            return Axis(drawn, INK) if drawn is not None and good else Axis(guess, NETWORK)
    edge = floor_edge(walls, wall)
    if edge is not None:
        drawn = _on_ink(page, edge, walls, max(3.0, 0.3 * wall), thin)
        if drawn is not None and drawn.start < edge.start - 0.25 * (walls.bounds[3] - walls.bounds[1]):
            return Axis(drawn, INK)
    middle = _silhouette_middle(silhouettes, group)
    if middle is not None and _can_be_axis(group, middle):
        reach = max(5.0, 0.03 * (group.window[2] - group.window[0]))
        drawn = _on_ink(page, middle, walls, reach, thin)
        if drawn is not None and _can_be_axis(group, drawn):
            return Axis(drawn, INK)
    drawn = drawn_axis(page.grey, walls, group.window, thin_px=thin)
    if drawn is not None and _can_be_axis(group, drawn):
        return Axis(_with_drawing_error(drawn), INK)
    mirrored = _mirror_axis(page, group)
    if mirrored is not None:
        return mirrored
    return None if edge is None else Axis(edge, SECTION_EDGE)


def _mirror_axis(page: Page, group: Group) -> Axis | None:
    """The line about which section and exterior are symmetric, refined on the axis line's ink where there is one."""
    walls, thin = group.body, widest_stroke(page.grey.shape)
    mirror = mirror_line(page.grey, walls, group.window, thin_px=thin)
    if mirror is None or not _can_be_axis(group, mirror):
        return None
    drawn = _on_ink(page, mirror, walls, max(3.0, 0.015 * abs(mirror.offset - walls.centroid.x)), thin)
    return Axis(drawn, INK) if drawn is not None and _can_be_axis(group, drawn) else Axis(mirror, SYMMETRY)


def _image_share(page: Page, walls: MultiPolygon, line: FittedLine, wall: float) -> float:
    """Share of the outer contour of a section on one side of a line that has its image in the ink beyond it.

    The tilt of a short line is uncertain: the greater share counts, of the line as it is and of an upright one.
    """
    side, middle = side_of(walls, line), walls.centroid.y
    greatest = 0.0
    for tilt in (line.slope, 0.0):
        frame = DrawingFrame((line.at(middle), middle), tilt)
        for half in split_halves(walls, frame, side):
            greatest = max(greatest, mirrored_share(page.grey, half, frame, side, wall))
        if greatest >= _GOOD_IMAGE:
            break
    return greatest


def _can_be_axis(group: Group, line: FittedLine) -> bool:
    """Whether a line can be the axis: the sections lie beside it, their mirror image within the drawing's room."""
    return lies_beside(group.body, line) and _image_in_room(group, line)


def _image_in_room(group: Group, line: FittedLine) -> bool:
    """Whether the sections' mirror image beyond a line lies within the room of the drawing."""
    left, _, right, _ = group.bounds
    low, high = group.room
    return 2 * line.offset - left <= high and 2 * line.offset - right >= low


def _with_drawing_error(line: FittedLine) -> FittedLine:
    """A drawn line whose uncertainty includes the error of drawing it."""
    return replace(line, sd_offset_px=float(np.hypot(line.sd_offset_px, _DRAWING_SD_PX)))


def _on_ink(page: Page, guess: FittedLine, walls: MultiPolygon, reach: float, thin: int) -> FittedLine | None:
    """The drawn axis line near a guess, sought from the rim to a little below the section."""
    _, top, _, bottom = walls.bounds
    long_guess = replace(guess, start=top, end=bottom + 0.15 * (bottom - top))
    line = find_stroke(page.grey, long_guess, reach, widest_px=thin)
    return None if line is None else _with_drawing_error(line)


def _silhouette_middle(silhouettes: Silhouettes | None, group: Group) -> FittedLine | None:
    """The middle line of the drawing's silhouette."""
    if silhouettes is None or not group.blob:
        return None
    ys, xs = silhouettes.midline(group.blob)
    _, top, _, bottom = group.bounds
    near = (ys >= top) & (ys <= bottom)
    return fit_line(ys[near], xs[near]) if near.sum() >= 4 else None
