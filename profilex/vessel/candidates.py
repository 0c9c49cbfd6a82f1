"""Candidates: groups of sections that may be a vessel, placed, measured and judged, all in page pixels."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString

from profilex.settings import VesselSettings
from profilex.types import Edge, Page, Section, Vessel
from profilex.vessel.axis.n_symbol import has_n_symbol, has_sign_at_axis
from profilex.vessel.axis.rim import rim_line
from profilex.vessel.measures.measure import N_BREAK, SIGN_AT_AXIS, Drawing, Half, disagreement, measure
from profilex.vessel.measures.quantities import Quantity
from profilex.vessel.placement import Placement, floor_gap
from profilex.vessel.shape.contour import find_lip
from profilex.vessel.shape.edges import drawing_edges
from profilex.vessel.shape.floor import reaches_axis
from profilex.vessel.trust.confidence import Calibration
from profilex.vessel.trust.residual import mirrored_share
from profilex.vessel.trust.review import Evidence, traits


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group of sections that may be a vessel.

    `sections` are its walls, then its handles. `axis` and `rim` are lines on the page (px), `quantities` its measures
    in px, `edges` the parts of its walls' outlines on the page. `confidence` (0..1) is the probability that the
    sections are right.
    """

    placed: Placement
    sections: tuple[Section, ...]
    drawing: Drawing
    quantities: dict[str, Quantity]
    evidence: Evidence
    edges: tuple[Edge, ...]
    axis: LineString | None
    rim: LineString | None
    confidence: float

    @property
    def side(self) -> str:
        """The side of the axis on which the section lies; see `Vessel`."""
        return self.placed.side


def make_candidate(page: Page, placed: Placement, calibration: Calibration, settings: VesselSettings) -> Candidate:
    """Measure a placed drawing, and collect the evidence that it is a vessel."""
    drawing = _drawing(placed, settings)
    quantities = measure(drawing, settings)
    evidence = _evidence(page, placed, drawing, quantities, settings)
    walls = (replace(wall, is_handle=False) for wall in placed.group.walls)  # it may have been a handle before
    handles = (replace(handle, is_handle=True) for handle in placed.group.handles)
    return Candidate(
        placed=placed,
        sections=(*walls, *handles),
        drawing=drawing,
        quantities=quantities,
        evidence=evidence,
        edges=_edges(placed, drawing, settings),
        axis=_axis_line(placed, drawing),
        rim=_rim_line(placed, drawing, settings),
        confidence=calibration.confidence(traits(evidence)),
    )


def drawing_box(vessel: Candidate | Vessel) -> tuple[float, float, float, float]:
    """Left, top, right and bottom (page px) of a whole drawing: its sections, axis, and the rim line that spans it."""
    shapes = [section.polygon for section in vessel.sections]
    lines = [line for line in (vessel.axis, vessel.rim) if line is not None]
    left, top, right, bottom = shapely.union_all([*shapes, *lines]).bounds
    if vessel.axis is not None and vessel.rim is None:
        middle = vessel.axis.centroid.x
        reach = max(middle - left, right - middle)
        left, right = middle - reach, middle + reach
    return left, top, right, bottom


def _drawing(placed: Placement, settings: VesselSettings) -> Drawing:
    axis, rim = placed.axis, placed.rim
    halves = placed.halves(settings)
    gap = floor_gap(halves, placed.wall, settings)
    sd_outline = max(
        float(np.hypot(section.tolerance_px / np.sqrt(3), settings.candidates.contour_sd_px))
        for section in placed.group.walls
    )
    return Drawing(
        halves=tuple(Half(half, placed.wall) for half in halves),
        has_axis=axis is not None,
        has_rim=rim is not None,
        has_base=axis is not None and any(reaches_axis(half, gap, placed.wall, settings) for half in halves),
        sign=_sign(placed, settings),
        sd_outline=sd_outline,
        sd_axis=axis.line.sd_at(placed.frame.origin[1]) if axis is not None else 0.0,
        sd_rim=rim.sd_px if rim is not None else 0.0,
        gap=gap,
    )


def _sign(placed: Placement, settings: VesselSettings) -> str:
    """What is drawn across the rim line at the axis: an N symbol, a sign that may be one, or nothing."""
    if placed.axis is None or placed.rim is None:
        return ""
    where = (placed.grey, placed.frame.origin, placed.wall)
    if has_n_symbol(*where, settings=settings):
        return N_BREAK
    return SIGN_AT_AXIS if has_sign_at_axis(*where, settings=settings) else ""


def _edges(placed: Placement, drawing: Drawing, settings: VesselSettings) -> tuple[Edge, ...]:
    """The edges of the walls' outlines on the page."""
    edges = drawing_edges(
        placed.walls,
        placed.frame,
        placed.side,
        wall=placed.wall,
        has_rim=drawing.has_rim,
        has_axis=drawing.has_axis,
        gap=drawing.gap,
        settings=settings,
    )
    return tuple(Edge(edge.kind, placed.on_page(edge.line)) for edge in edges)


def _evidence(
    page: Page, placed: Placement, drawing: Drawing, quantities: dict[str, Quantity], settings: VesselSettings
) -> Evidence:
    return Evidence(
        sections=placed.group.sections,
        page_size=(page.width_px, page.height_px),
        axis_source=placed.axis.source if placed.axis is not None else "",
        rim_source=placed.rim.source if placed.rim is not None else "",
        side=placed.side,
        tilt=placed.frame.tilt,
        greatest_radius=max(half.section.bounds[2] for half in drawing.halves) if drawing.has_axis else None,
        thickness=tuple(quantity for name, quantity in quantities.items() if name.startswith("wall_thickness")),
        wall=placed.wall,
        residual=placed.residual,
        mirrored=_mirrored(placed, drawing, settings),
        sign=drawing.sign,
        upside_down=placed.upside_down,
        disagreement=disagreement(drawing, settings),
        pieces=len(placed.group.walls),
        handles=len(placed.group.handles),
        loops=sum(len(half.loops(settings)) for half in drawing.halves),
    )


def _mirrored(placed: Placement, drawing: Drawing, settings: VesselSettings) -> float:
    """Share of the outer contour with a mirror image beyond the axis: in the ink, or in the other side's section."""
    if placed.axis is None:
        return 0.0
    if len(drawing.halves) > 1:
        return 1.0 - min(1.0, disagreement(drawing, settings) / settings.candidates.no_image)
    half = drawing.halves[0].section
    return mirrored_share(placed.grey, half, placed.frame, placed.side, placed.wall, settings)


def _axis_line(placed: Placement, drawing: Drawing) -> LineString | None:
    """The axis on the page, between the rim plane (or the section's end) and the section's farthest point."""
    if placed.axis is None:
        return None
    lowest = max(half.section.bounds[3] for half in drawing.halves)
    highest = min(0.0, *(half.section.bounds[1] for half in drawing.halves)) if placed.rim is None else 0.0
    ends = [placed.frame.place(0.0, highest), placed.frame.place(0.0, max(lowest, highest + 1.0))]
    return placed.on_page(LineString(ends))


def _rim_line(placed: Placement, drawing: Drawing, settings: VesselSettings) -> LineString | None:
    """The rim plane on the page: across the vessel, or along the drawn line where the axis is unknown."""
    rim = placed.rim
    if rim is None:
        return None
    if placed.axis is not None:
        radius = max(find_lip(half.section, half.wall, settings=settings).radius for half in drawing.halves)
        return placed.on_page(rim_line(placed.frame, max(radius, 1.0), placed.side))
    left, _, right, _ = placed.walls.bounds
    start, end = (left, right) if rim.line is None else (min(left, rim.line.start), max(right, rim.line.end))
    origin = placed.frame.origin[0]
    return LineString([placed.frame.place(start - origin, 0.0), placed.frame.place(end - origin, 0.0)])
