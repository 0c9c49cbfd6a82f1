"""Where a drawing lies: axis, rim plane, side and frame. An upside-down drawing is placed on the flipped page."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, MultiPolygon
from shapely.affinity import affine_transform

from profilex.geometry import mean_thickness
from profilex.ink.lines import FittedLine
from profilex.settings import VesselSettings
from profilex.trace.silhouettes import Silhouettes
from profilex.types import INK, Page, Residual, Segmentation
from profilex.vessel.axis.axis import Axis, find_axis
from profilex.vessel.axis.rim import Rim, drawing_tilt, find_rim
from profilex.vessel.grouping.groups import Group
from profilex.vessel.shape.floor import begins_at_axis, is_lid
from profilex.vessel.shape.frame import DrawingFrame, frame_on, line_string
from profilex.vessel.shape.sides import side_of, split_halves
from profilex.vessel.shape.wall import wall_thickness
from profilex.vessel.trust.residual import measure_residual


@dataclass(frozen=True, slots=True)
class Placement:
    """A drawing with its axis, rim plane and frame, in page px.

    `walls` is the vessel's body and `wall` its thickness. For an `upside_down` drawing all coordinates are on the
    flipped page (y counts upwards from the lower edge); `on_page` flips lines back. `grey` is the page, flipped if the
    drawing is. `residual` says how the sections and the lines that were found fit the ink of the scan.
    """

    group: Group
    walls: MultiPolygon
    wall: float
    axis: Axis | None
    rim: Rim | None
    frame: DrawingFrame
    side: str
    grey: np.ndarray
    residual: Residual
    upside_down: bool = False

    def on_page(self, line: LineString) -> LineString:
        """A line of this placement in the page frame, from top to bottom."""
        return turned_over(line, self.grey.shape[0]) if self.upside_down else line

    def halves(self, settings: VesselSettings) -> list[MultiPolygon]:
        """The cut wall on each side of the axis, in (radius, depth); without an axis the whole wall as one piece."""
        found = split_halves(self.walls, self.frame, self.side) if self.axis is not None else []
        return found or [self.frame.profile(self.walls)]


def place_group(
    page: Page, segmentation: Segmentation, silhouettes: Silhouettes | None, group: Group, settings: VesselSettings
) -> Placement:
    """Find axis, side and rim of a group's drawing."""
    walls = group.body
    found = wall_thickness(walls, settings)
    wall = found[1] if found is not None else mean_thickness(walls)
    shapes = MultiPolygon([section.polygon for section in group.sections])
    axis = find_axis(page, segmentation, silhouettes, group, wall, settings)
    side = side_of(walls, axis.line, settings) if axis is not None else "unknown"
    grey, upside_down = page.grey, axis is not None and _any_half(is_lid, walls, axis.line, side, wall, settings)
    if upside_down and axis is not None:
        height = page.height_px
        grey, walls, axis = grey[::-1], turned_over(walls, height), Axis(_line_over(axis.line, height), axis.source)
    line = axis.line if axis is not None else None
    rim = find_rim(grey, walls, group.window, line, wall, settings)
    if (
        rim is not None
        and rim.line is None
        and line is not None
        and _any_half(begins_at_axis, walls, line, side, wall, settings)
    ):
        rim = None  # the wall above the floor is broken off
    frame = _frame(walls, line, rim, drawing_tilt(line, rim, settings=settings)[0])
    drawn = [line_string(axis.line)] if axis is not None and axis.source == INK else []
    drawn += [line_string(rim.line, level=True)] if rim is not None and rim.line is not None else []
    lines = [turned_over(each, page.height_px) if upside_down else each for each in drawn]
    residual = measure_residual(page.grey, shapes, lines, wall, settings)
    return Placement(group, walls, wall, axis, rim, frame, side, grey, residual, upside_down)


def straighten(placements: list[Placement], settings: VesselSettings) -> list[Placement]:
    """The same placements with their tilts moved towards the page's, as far as the error of their own lines allows."""
    tilts = []
    for placement in placements:
        tilt, weight = drawing_tilt(placement.axis.line if placement.axis else None, placement.rim, settings=settings)
        if weight:
            tilts.append((-tilt if placement.upside_down else tilt, weight))
    if len(tilts) < settings.placement.least_tilted:
        return placements
    page_tilt = _weighted_median(np.array(tilts))
    straight = []
    for placement in placements:
        line = placement.axis.line if placement.axis is not None else None
        prior = -page_tilt if placement.upside_down else page_tilt
        tilt, _ = drawing_tilt(line, placement.rim, prior, settings=settings)
        straight.append(replace(placement, frame=_frame(placement.walls, line, placement.rim, tilt)))
    return straight


def floor_gap(halves: list[MultiPolygon], wall: float, settings: VesselSettings) -> float:
    """Distance (px) from the axis within which a floor counts as reaching it."""
    widest = max((half.bounds[2] for half in halves), default=0.0)
    return max(settings.placement.gap_px, settings.placement.gap_walls * wall, settings.placement.gap_share * widest)


def _weighted_median(values: np.ndarray) -> float:
    """The weighted median of values (n, 2: value, weight)."""
    ordered = values[values[:, 0].argsort()]
    share = ordered[:, 1].cumsum() / ordered[:, 1].sum()
    return float(ordered[int((share >= 0.5).argmax()), 0])


def _any_half(
    holds: Callable[[MultiPolygon, float, float, VesselSettings], bool],
    walls: MultiPolygon,
    axis: FittedLine,
    side: str,
    wall: float,
    settings: VesselSettings,
) -> bool:
    """Whether a test of `profilex.vessel.shape.floor` holds for any half of a drawing."""
    halves = split_halves(walls, frame_on(axis, walls.bounds[1]), side)
    gap = floor_gap(halves, wall, settings)
    return any(holds(half, gap, wall, settings) for half in halves)


def _frame(walls: MultiPolygon, axis: FittedLine | None, rim: Rim | None, tilt: float) -> DrawingFrame:
    """The drawing's frame, on the axis (or the section's middle) and at the rim plane (or the section's top)."""
    left, top, right, bottom = walls.bounds
    if axis is None:
        start = DrawingFrame(((left + right) / 2, (top + bottom) / 2), tilt)
    else:
        start = DrawingFrame((axis.at(axis.middle), axis.middle), tilt)
    if rim is None:
        return start.moved(start.profile(walls).bounds[1])
    return start.moved(float(shapely.get_y(start.profile(shapely.Point(rim.x, rim.y)))))


def turned_over(shape: shapely.Geometry, height: int) -> shapely.Geometry:
    """A shape on the flipped page, where y counts upwards from the lower edge."""
    turned = affine_transform(shape, [1, 0, 0, -1, 0, height])
    return shapely.reverse(turned) if isinstance(turned, LineString) and _is_upright(turned) else turned


def _is_upright(line: LineString) -> bool:
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    return abs(y1 - y0) > abs(x1 - x0)


def _line_over(line: FittedLine, height: int) -> FittedLine:
    """An upright line on the flipped page."""
    return replace(
        line, middle=height - line.middle, slope=-line.slope, start=height - line.end, end=height - line.start
    )
