"""From a page's sections to its vessels: grouping, axis, rim, side, measures and what to look at."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

from profilex.settings import Settings
from profilex.types import Page, Scale, Section, Segmentation, Vessel
from profilex.vessel.axis import Axis, find_axis
from profilex.vessel.contour import find_lip, reaches_axis
from profilex.vessel.frame import DrawingFrame, frame_on
from profilex.vessel.grouping import Group, group_sections
from profilex.vessel.lines import FittedLine
from profilex.vessel.measures import Drawing, Half, disagreement, measure
from profilex.vessel.n_symbol import has_n_symbol
from profilex.vessel.outcome import Quantity, named_measures
from profilex.vessel.review import Evidence, review_reasons, vessel_confidence
from profilex.vessel.rim import Rim, find_rim, rim_line, shared_tilt
from profilex.vessel.scale import find_scale
from profilex.vessel.sides import side_of, split_halves
from profilex.vessel.silhouettes import Silhouettes, find_silhouettes
from profilex.vessel.wall import wall_thickness

_IN_BAR = 0.6  # share of a section within a scale bar that makes it a part of that
_CONTOUR_SD_PX = 0.3  # a contour through probabilities is not true to less than this
_GAP_PX = 2.0  # a floor that ends this near to the axis ends at it ...
_GAP_WALLS, _GAP_SHARE = 0.15, 0.006  # ... or within this many walls, or this share of the radius


@dataclass(frozen=True, slots=True)
class _Placed:
    """A group with its axis, rim and frame."""

    group: Group
    walls: MultiPolygon
    wall: float
    axis: Axis | None
    rim: Rim | None
    frame: DrawingFrame
    side: str
    upside_down: bool


def assemble(
    page: Page,
    segmentation: Segmentation,
    sections: tuple[Section, ...],
    scale_bars: tuple[Polygon, ...],
    settings: Settings,
) -> tuple[tuple[Vessel, ...], Counter[str], tuple[str, ...]]:
    """The vessels of a page, in reading order, with what was left out and warnings for the manifest.

    `sections` and `scale_bars` are polygons in page px. Vessels are named v001, v002, … from top to bottom and left to
    right, so that the same page and settings give the same names. Measures are in px always, in mm and ml where the
    scale is known. The counter holds sections left out by reason: "in_scale_bar", "no_area".
    """
    kept, dropped = _sift(sections, scale_bars)
    if not kept:
        return (), dropped, ()
    scale, warnings = find_scale(page, scale_bars, settings.scale)
    silhouettes = find_silhouettes(segmentation)
    vessels = []
    for number, group in enumerate(group_sections(page, kept, silhouettes), start=1):
        placed = _place(page, segmentation, silhouettes, group)
        vessels.append(_vessel(page, placed, scale, f"v{number:03d}"))
    return tuple(vessels), dropped, warnings


def _sift(sections: tuple[Section, ...], bars: tuple[Polygon, ...]) -> tuple[tuple[Section, ...], Counter[str]]:
    """Sections that can be a vessel's, and why the others cannot."""
    kept, dropped = [], Counter[str]()
    every_bar = shapely.union_all(bars)
    for section in sections:
        if section.polygon.area <= 0 or not section.polygon.is_valid:
            dropped["no_area"] += 1
        elif section.polygon.intersection(every_bar).area >= _IN_BAR * section.polygon.area:
            dropped["in_scale_bar"] += 1
        else:
            kept.append(section)
    return tuple(kept), dropped


def _place(page: Page, segmentation: Segmentation, silhouettes: Silhouettes | None, group: Group) -> _Placed:
    """Find axis and rim of a group, and its frame: the origin where they meet."""
    walls = group.body
    found = wall_thickness(walls)
    wall = found[1] if found is not None else 2 * walls.area / walls.length
    axis = find_axis(page, segmentation, silhouettes, group, wall)
    line = axis.line if axis is not None else None
    side = side_of(walls, line) if line is not None else "unknown"
    upside_down = line is not None and _closed_on_top(walls, line, side, wall)
    rim = None if upside_down else find_rim(page, group, line, wall)
    tilt = shared_tilt(line, rim)
    return _Placed(group, walls, wall, axis, rim, _frame(walls, line, rim, tilt), side, upside_down)


def _closed_on_top(walls: MultiPolygon, axis: FittedLine, side: str, wall: float) -> bool:
    """Whether the section meets the axis above and not below: a lid, or a vessel drawn on its mouth."""
    frame = frame_on(axis, walls.bounds[1])
    halves = split_halves(walls, frame, side)
    gap = _gap(halves, wall)
    return any(reaches_axis(half, gap, at_top=True) for half in halves)


def _gap(halves: list[MultiPolygon], wall: float) -> float:
    widest = max((half.bounds[2] for half in halves), default=0.0)
    return max(_GAP_PX, _GAP_WALLS * wall, _GAP_SHARE * widest)


def _frame(walls: MultiPolygon, axis: FittedLine | None, rim: Rim | None, tilt: float) -> DrawingFrame:
    """The drawing's frame, on the axis (else amid the section) and at the rim plane (else the section's top)."""
    left, top, right, bottom = walls.bounds
    if axis is None:
        start = DrawingFrame(((left + right) / 2, (top + bottom) / 2), tilt)
    else:
        start = DrawingFrame((axis.at(axis.middle), axis.middle), tilt)
    if rim is None:
        return start.moved(start.profile(walls).bounds[1])
    return start.moved(float(shapely.get_y(start.profile(shapely.Point(rim.x, rim.y)))))


def _vessel(page: Page, placed: _Placed, scale: Scale | None, identifier: str) -> Vessel:
    """Measure a placed group and say how sure that is."""
    drawing = _drawing(page, placed)
    quantities = measure(drawing)
    evidence = _evidence(page, placed, drawing, quantities)
    complete = None if placed.axis is None else drawing.has_rim and drawing.has_base
    return Vessel(
        identifier=identifier,
        sections=placed.group.sections,
        axis=_axis_line(placed, drawing),
        axis_source=placed.axis.source if placed.axis is not None else "",
        rim=_rim_line(placed, drawing),
        side=placed.side,
        scale=scale,
        confidence=vessel_confidence(evidence),
        measures=named_measures(quantities, scale),
        review=review_reasons(evidence),
        height_is_complete=complete,
    )


def _drawing(page: Page, placed: _Placed) -> Drawing:
    axis, rim = placed.axis, placed.rim
    halves = split_halves(placed.walls, placed.frame, placed.side) if axis is not None else []
    if not halves:
        halves = [placed.frame.profile(placed.walls)]
    gap = _gap(halves, placed.wall)
    sd_outline = max(
        float(np.hypot(section.tolerance_px / np.sqrt(3), _CONTOUR_SD_PX)) for section in placed.group.walls
    )
    n_break = axis is not None and rim is not None and has_n_symbol(page.grey, placed.frame.origin, placed.wall)
    return Drawing(
        halves=tuple(Half(half, placed.wall) for half in halves),
        has_axis=axis is not None,
        has_rim=rim is not None,
        has_base=axis is not None and any(reaches_axis(half, gap) for half in halves),
        n_break=n_break,
        sd_outline=sd_outline,
        sd_axis=axis.line.sd_at(placed.frame.origin[1]) if axis is not None else 0.0,
        sd_rim=rim.sd_px if rim is not None else 0.0,
        gap=gap,
    )


def _evidence(page: Page, placed: _Placed, drawing: Drawing, quantities: dict[str, Quantity]) -> Evidence:
    return Evidence(
        sections=placed.group.sections,
        page_size=(page.width_px, page.height_px),
        axis_source=placed.axis.source if placed.axis is not None else "",
        rim_source=placed.rim.source if placed.rim is not None else "",
        side=placed.side,
        tilt=placed.frame.tilt,
        greatest_radius=max(half.section.bounds[2] for half in drawing.halves) if drawing.has_axis else None,
        thickness=tuple(quantity for name, quantity in quantities.items() if name.startswith("wall_thickness")),
        n_break=drawing.n_break,
        upside_down=placed.upside_down,
        disagreement=disagreement(drawing),
        pieces=len(placed.group.walls),
        handles=len(placed.group.handles),
        loops=sum(len(half.loops) for half in drawing.halves),
    )


def _axis_line(placed: _Placed, drawing: Drawing) -> LineString | None:
    """The axis on the page, from the rim plane (or the section's top) down to the section's lowest point."""
    if placed.axis is None:
        return None
    lowest = max(half.section.bounds[3] for half in drawing.halves)
    highest = min(0.0, *(half.section.bounds[1] for half in drawing.halves)) if placed.rim is None else 0.0
    return LineString([placed.frame.place(0.0, highest), placed.frame.place(0.0, max(lowest, highest + 1.0))])


def _rim_line(placed: _Placed, drawing: Drawing) -> LineString | None:
    """The rim plane on the page: across the vessel, or along the drawn line where the axis is unknown."""
    rim = placed.rim
    if rim is None:
        return None
    if placed.axis is not None:
        radius = max(find_lip(half.section, half.wall).radius for half in drawing.halves)
        return rim_line(placed.frame, max(radius, 1.0), placed.side)
    left, _, right, _ = placed.walls.bounds
    start, end = (left, right) if rim.line is None else (min(left, rim.line.start), max(right, rim.line.end))
    origin = placed.frame.origin[0]
    return LineString([placed.frame.place(start - origin, 0.0), placed.frame.place(end - origin, 0.0)])
