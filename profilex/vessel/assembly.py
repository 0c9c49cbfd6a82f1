"""From a page's sections to its vessels: grouping, axis, rim, side, measures and what to look at."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, Polygon

from profilex.scale.bar_owner import drawing_box, with_owners
from profilex.scale.decision import find_scale, implausible, is_refusable
from profilex.settings import Settings
from profilex.trace.silhouettes import Silhouettes, find_silhouettes
from profilex.types import Edge, Page, PrintedScale, Scale, Section, Segmentation, StatedBar, Vessel
from profilex.vessel.axis.n_symbol import has_n_symbol, has_sign_at_axis
from profilex.vessel.axis.rim import rim_line
from profilex.vessel.grouping.false_positives import (
    CLEARLY,
    doubtful_vessels,
    lies_in_drawing,
    stray_sections,
    sure_vessels,
    unlikely_vessels,
)
from profilex.vessel.grouping.groups import group_sections
from profilex.vessel.measures.measure import N_BREAK, SIGN_AT_AXIS, Drawing, Half, disagreement, measure
from profilex.vessel.measures.quantities import Quantity, named_measures
from profilex.vessel.overruns import rooms
from profilex.vessel.placement import Placement, floor_gap, place_group, straighten
from profilex.vessel.shape.contour import find_lip
from profilex.vessel.shape.edges import drawing_edges, portion
from profilex.vessel.shape.floor import reaches_axis
from profilex.vessel.trust.confidence import Calibration, default_calibration, features
from profilex.vessel.trust.residual import mirrored_share
from profilex.vessel.trust.review import Evidence, review_reasons, traits

_IN_BAR = 0.6  # share of a section within a scale bar that makes it a part of that
_CONTOUR_SD_PX = 0.3  # a contour through probabilities is not true to less than this
_NO_IMAGE = 0.2  # both sides' radii differ by this share: neither is the other's image


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group of sections that may be a vessel, placed and measured, with what speaks for it.

    `edges` are the stretches of its walls' outlines on the page.
    """

    placed: Placement
    drawing: Drawing
    quantities: dict[str, Quantity]
    evidence: Evidence
    edges: tuple[Edge, ...]


def assemble(
    page: Page,
    segmentation: Segmentation,
    sections: tuple[Section, ...],
    scale_bars: tuple[Polygon, ...],
    settings: Settings,
    printed: PrintedScale | None = None,
    calibration: Calibration | None = None,
) -> tuple[tuple[Vessel, ...], Counter[str], tuple[str, ...]]:
    """The vessels of a page, in reading order, with what was left out and warnings for the manifest.

    `sections` and `scale_bars` are polygons in page px. Vessels are named v001, v002, … from top to bottom and left to
    right, so that the same page and settings give the same names. Measures are in px always, in mm and ml where the
    scale is known. `printed` is what was read of the scale; without it the bars have no text. `calibration` is that of
    the model. The counter holds sections left out by reason: "in_scale_bar", "no_area", "inside_vessel" (paint and
    sherds over a vessel), "unlikely" (the vessel's confidence is too low).
    """
    calibration = calibration or default_calibration()
    supposed, dropped = suppose(page, segmentation, sections, scale_bars, calibration)
    supposed, left_out = _likely(page, segmentation, supposed, calibration)
    dropped += left_out
    printed = printed or _unread(scale_bars)
    if printed.bars:
        drawings = [drawing_box(vessel) for vessel in _vessels(supposed, None, (), calibration)]
        printed = with_owners(page, printed, drawings, find_silhouettes(segmentation))
    found = find_scale(page, printed, settings.scale)
    vessels = _vessels(supposed, found.scale, found.review, calibration)
    if not vessels:
        return (), dropped, ()
    doubt = implausible(vessels)
    if doubt and is_refusable(found.scale):
        vessels = _vessels(supposed, None, (), calibration)
    return vessels, dropped, (*found.warnings, doubt) if doubt else found.warnings


def suppose(
    page: Page,
    segmentation: Segmentation,
    sections: tuple[Section, ...],
    scale_bars: tuple[Polygon, ...],
    calibration: Calibration,
) -> tuple[list[Candidate], Counter[str]]:
    """All that may be vessels on a page, in reading order, before the unlikely ones are left out; see `assemble`."""
    kept, dropped = _sift(sections, scale_bars)
    if not kept:
        return [], dropped
    silhouettes = find_silhouettes(segmentation)
    supposed = _candidates(page, segmentation, silhouettes, kept)
    strays = stray_sections(_vessels(supposed, None, (), calibration))
    if strays:
        dropped["inside_vessel"] += len(strays)
        out = [stray.polygon for stray in strays]
        kept = tuple(section for section in kept if not any(section.polygon is polygon for polygon in out))
        supposed = _candidates(page, segmentation, silhouettes, kept)
    return supposed, dropped


def _likely(
    page: Page, segmentation: Segmentation, supposed: list[Candidate], calibration: Calibration
) -> tuple[list[Candidate], Counter[str]]:
    """Those that are likely vessels, and the sections that are left out."""
    supposed, left_out = _unhidden(page, segmentation, supposed, calibration)
    vessels = _vessels(supposed, None, (), calibration)
    unlikely = unlikely_vessels(vessels)
    kept = [one for one, vessel in zip(supposed, vessels, strict=True) if vessel not in unlikely]
    return kept, left_out + _unlikely(unlikely)


def _unhidden(
    page: Page, segmentation: Segmentation, supposed: list[Candidate], calibration: Calibration
) -> tuple[list[Candidate], Counter[str]]:
    """The candidates without those that hid another's axis, and the sections that are left out.

    A false section in the drawing of a vessel keeps that from its axis, and makes it doubtful too. So where an axis is
    missing, the others are placed anew without the most doubtful. Where one of them has an axis then and is sure, the
    doubtful ones in its drawing stay away.
    """
    vessels = _vessels(supposed, None, (), calibration)
    best = max((vessel.confidence for vessel in vessels), default=0.0)
    doubtful = [vessel for vessel in doubtful_vessels(vessels) if vessel.confidence <= best - CLEARLY]
    others = [vessel for vessel in vessels if vessel not in doubtful]
    lost = [vessel for vessel in others if vessel.axis is None]
    if not doubtful or not lost:
        return supposed, Counter()
    placed_anew, _ = suppose(page, segmentation, _sections(others), (), calibration)
    found = [
        vessel
        for vessel in sure_vessels(_vessels(placed_anew, None, (), calibration))
        if vessel.axis is not None and any(set(vessel.sections) & set(other.sections) for other in lost)
    ]
    hiding = [vessel for vessel in doubtful if any(lies_in_drawing(vessel, host) for host in found)]
    if not hiding:
        return supposed, Counter()
    rest = [vessel for vessel in vessels if vessel not in hiding]
    again, left_out = suppose(page, segmentation, _sections(rest), (), calibration)
    return again, left_out + _unlikely(hiding)


def _sections(vessels: Sequence[Vessel]) -> tuple[Section, ...]:
    return tuple(section for vessel in vessels for section in vessel.sections)


def _unlikely(vessels: Sequence[Vessel]) -> Counter[str]:
    return Counter("unlikely" for vessel in vessels for _ in vessel.sections)


def candidate_features(one: Candidate) -> dict[str, float]:
    """What a candidate's confidence is told from, by name; see `profilex.vessel.trust.confidence`."""
    return features(traits(one.evidence))


def _candidates(
    page: Page, segmentation: Segmentation, silhouettes: Silhouettes | None, sections: tuple[Section, ...]
) -> list[Candidate]:
    """The drawings of the sections; one that takes a neighbour's axis for its own is placed anew, without that."""
    groups = group_sections(page, sections, silhouettes)
    placements = [place_group(page, segmentation, silhouettes, group) for group in groups]
    found = [_candidate(page, placed) for placed in straighten(placements)]
    narrowed = rooms(placements, [one.evidence.mirrored for one in found])
    if not narrowed:
        return found
    for place, room in narrowed.items():
        placements[place] = place_group(page, segmentation, silhouettes, replace(groups[place], room=room))
    again = zip(found, straighten(placements), strict=True)
    return [
        one if place not in narrowed and one.placed.frame == placed.frame else _candidate(page, placed)
        for place, (one, placed) in enumerate(again)
    ]


def _candidate(page: Page, placed: Placement) -> Candidate:
    drawing = _drawing(placed)
    quantities = measure(drawing)
    return Candidate(placed, drawing, quantities, _evidence(page, placed, drawing, quantities), _edges(placed, drawing))


def _unread(bars: tuple[Polygon, ...]) -> PrintedScale:
    return PrintedScale(tuple(StatedBar(bar, reason="not_read") for bar in bars))


def _vessels(
    supposed: Sequence[Candidate], scale: Scale | None, review: tuple[str, ...], calibration: Calibration
) -> tuple[Vessel, ...]:
    vessels = [_vessel(one, scale, f"v{number:03d}", calibration) for number, one in enumerate(supposed, start=1)]
    return tuple(replace(vessel, review=vessel.review + review) for vessel in vessels)


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


def _vessel(one: Candidate, scale: Scale | None, identifier: str, calibration: Calibration) -> Vessel:
    """A candidate as a vessel, with its measures in the scale's unit and how sure it is."""
    placed, drawing, evidence = one.placed, one.drawing, one.evidence
    confidence = calibration.confidence(traits(evidence))
    complete = None if placed.axis is None else drawing.has_rim and drawing.has_base
    return Vessel(
        identifier=identifier,
        sections=(*placed.group.walls, *(replace(handle, is_handle=True) for handle in placed.group.handles)),
        axis=_axis_line(placed, drawing),
        axis_source=placed.axis.source if placed.axis is not None else "",
        rim=_rim_line(placed, drawing),
        side=placed.side,
        scale=scale,
        confidence=confidence,
        measures=named_measures(one.quantities, scale),
        review=review_reasons(evidence, confidence),
        height_is_complete=complete,
        residual=placed.residual,
        edges=one.edges,
        portion=portion(has_rim=drawing.has_rim, has_base=drawing.has_base, has_axis=drawing.has_axis),
    )


def _drawing(placed: Placement) -> Drawing:
    axis, rim = placed.axis, placed.rim
    halves = placed.halves
    gap = floor_gap(halves, placed.wall)
    sd_outline = max(
        float(np.hypot(section.tolerance_px / np.sqrt(3), _CONTOUR_SD_PX)) for section in placed.group.walls
    )
    return Drawing(
        halves=tuple(Half(half, placed.wall) for half in halves),
        has_axis=axis is not None,
        has_rim=rim is not None,
        has_base=axis is not None and any(reaches_axis(half, gap, placed.wall) for half in halves),
        sign=_sign(placed),
        sd_outline=sd_outline,
        sd_axis=axis.line.sd_at(placed.frame.origin[1]) if axis is not None else 0.0,
        sd_rim=rim.sd_px if rim is not None else 0.0,
        gap=gap,
    )


def _sign(placed: Placement) -> str:
    """What stands across the rim line at the axis: an N, a sign that may be one, or nothing."""
    if placed.axis is None or placed.rim is None:
        return ""
    where = (placed.grey, placed.frame.origin, placed.wall)
    if has_n_symbol(*where):
        return N_BREAK
    return SIGN_AT_AXIS if has_sign_at_axis(*where) else ""


def _edges(placed: Placement, drawing: Drawing) -> tuple[Edge, ...]:
    """The stretches of the walls' outlines on the page."""
    told = drawing_edges(
        placed.walls,
        placed.frame,
        placed.side,
        wall=placed.wall,
        has_rim=drawing.has_rim,
        has_axis=drawing.has_axis,
        gap=drawing.gap,
    )
    return tuple(Edge(edge.kind, placed.on_page(edge.line)) for edge in told)


def _evidence(page: Page, placed: Placement, drawing: Drawing, quantities: dict[str, Quantity]) -> Evidence:
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
        mirrored=_mirrored(placed, drawing),
        sign=drawing.sign,
        upside_down=placed.upside_down,
        disagreement=disagreement(drawing),
        pieces=len(placed.group.walls),
        handles=len(placed.group.handles),
        loops=sum(len(half.loops) for half in drawing.halves),
    )


def _mirrored(placed: Placement, drawing: Drawing) -> float:
    """Share of the outer contour with an image beyond the axis: in the ink, or in the other side's own section."""
    if placed.axis is None:
        return 0.0
    if len(drawing.halves) > 1:
        return 1.0 - min(1.0, disagreement(drawing) / _NO_IMAGE)
    half = drawing.halves[0].section
    return mirrored_share(placed.grey, half, placed.frame, placed.side, placed.wall)


def _axis_line(placed: Placement, drawing: Drawing) -> LineString | None:
    """The axis on the page, between the rim plane (or the section's end) and the section's farthest point."""
    if placed.axis is None:
        return None
    lowest = max(half.section.bounds[3] for half in drawing.halves)
    highest = min(0.0, *(half.section.bounds[1] for half in drawing.halves)) if placed.rim is None else 0.0
    ends = [placed.frame.place(0.0, highest), placed.frame.place(0.0, max(lowest, highest + 1.0))]
    return placed.on_page(LineString(ends))


def _rim_line(placed: Placement, drawing: Drawing) -> LineString | None:
    """The rim plane on the page: across the vessel, or along the drawn line where the axis is unknown."""
    rim = placed.rim
    if rim is None:
        return None
    if placed.axis is not None:
        radius = max(find_lip(half.section, half.wall).radius for half in drawing.halves)
        return placed.on_page(rim_line(placed.frame, max(radius, 1.0), placed.side))
    left, _, right, _ = placed.walls.bounds
    start, end = (left, right) if rim.line is None else (min(left, rim.line.start), max(right, rim.line.end))
    origin = placed.frame.origin[0]
    return LineString([placed.frame.place(start - origin, 0.0), placed.frame.place(end - origin, 0.0)])
