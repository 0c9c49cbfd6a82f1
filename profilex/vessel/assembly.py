"""From the sections of a page to its vessels: grouping, placing, and which candidates are vessels at all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import shapely
from shapely import Polygon

from profilex.settings import VesselSettings
from profilex.trace.silhouettes import Silhouettes, find_silhouettes
from profilex.types import Page, Scale, Section, Segmentation, Vessel
from profilex.vessel.candidates import Candidate, make_candidate
from profilex.vessel.grouping.false_positives import (
    confident_candidates,
    doubtful_candidates,
    false_sections,
    lies_in_drawing,
    unlikely_candidates,
)
from profilex.vessel.grouping.groups import group_sections
from profilex.vessel.measures.quantities import named_measures
from profilex.vessel.overruns import rooms
from profilex.vessel.placement import place_group, straighten
from profilex.vessel.shape.edges import portion
from profilex.vessel.trust.confidence import Calibration
from profilex.vessel.trust.review import review_reasons


def propose_candidates(
    page: Page,
    segmentation: Segmentation,
    sections: Sequence[Section],
    scale_bars: Sequence[Polygon],
    calibration: Calibration,
    settings: VesselSettings,
) -> tuple[list[Candidate], Counter[str]]:
    """All that may be vessels on a page, in reading order, before the unlikely ones are left out.

    `sections` and `scale_bars` are polygons in page px; `calibration` is that of the model. The counter holds the
    sections left out, by reason: "in_scale_bar", "no_area", "inside_vessel" (paint and sherds over a vessel).
    """
    kept, dropped = _filter_sections(sections, scale_bars, settings)
    if not kept:
        return [], dropped
    silhouettes = find_silhouettes(segmentation)
    found = _place_all(page, segmentation, silhouettes, kept, calibration, settings)
    false = false_sections(found, settings)
    if false:
        dropped["inside_vessel"] += len(false)
        out = [section.polygon for section in false]
        kept = tuple(section for section in kept if not any(section.polygon is polygon for polygon in out))
        found = _place_all(page, segmentation, silhouettes, kept, calibration, settings)
    return found, dropped


def select_candidates(
    page: Page,
    segmentation: Segmentation,
    candidates: Sequence[Candidate],
    calibration: Calibration,
    settings: VesselSettings,
) -> tuple[list[Candidate], Counter[str]]:
    """The candidates that are likely vessels, and the numbers of sections left out, by reason.

    The reason is "unlikely", and for what is found when some are placed again also those of `propose_candidates`.
    """
    found, left_out = _without_occluders(page, segmentation, list(candidates), calibration, settings)
    unlikely = unlikely_candidates(found, settings)
    kept = [one for one in found if not any(one is other for other in unlikely)]
    return kept, left_out + _count_unlikely(unlikely)


def make_vessels(
    candidates: Sequence[Candidate], scale: Scale | None, review: tuple[str, ...] = (), *, settings: VesselSettings
) -> tuple[Vessel, ...]:
    """The candidates as vessels, named v001, v002, ... in their order.

    Measures are always in px, and in mm and ml where the `scale` is known. `review` are the review reasons that all
    vessels share.
    """
    return tuple(
        _vessel(one, scale, f"v{number:03d}", review, settings) for number, one in enumerate(candidates, start=1)
    )


def _without_occluders(
    page: Page,
    segmentation: Segmentation,
    candidates: list[Candidate],
    calibration: Calibration,
    settings: VesselSettings,
) -> tuple[list[Candidate], Counter[str]]:
    """The candidates without those that hide the axis of another one, and the sections that are left out.

    A false positive in the drawing of a vessel hides that vessel's axis and makes the vessel doubtful too. So where an
    axis is missing, the other candidates are placed again without the doubtful ones. If one of them then has an axis
    and is confident, the doubtful candidates in its drawing are left out.
    """
    best = max((one.confidence for one in candidates), default=0.0)
    doubtful = [
        one
        for one in doubtful_candidates(candidates, settings)
        if one.confidence <= best - settings.false_positives.clearly
    ]
    others = [one for one in candidates if not any(one is other for other in doubtful)]
    lost = [one for one in others if one.axis is None]
    if not doubtful or not lost:
        return candidates, Counter()
    without, _ = propose_candidates(page, segmentation, _sections(others), (), calibration, settings)
    found = [
        one
        for one in confident_candidates(without, settings)
        if one.axis is not None and any(set(one.sections) & set(other.sections) for other in lost)
    ]
    hiding = [one for one in doubtful if any(lies_in_drawing(one, host, settings) for host in found)]
    if not hiding:
        return candidates, Counter()
    rest = [one for one in candidates if not any(one is other for other in hiding)]
    again, left_out = propose_candidates(page, segmentation, _sections(rest), (), calibration, settings)
    return again, left_out + _count_unlikely(hiding)


def _sections(candidates: Sequence[Candidate]) -> tuple[Section, ...]:
    return tuple(section for one in candidates for section in one.sections)


def _count_unlikely(candidates: Sequence[Candidate]) -> Counter[str]:
    return Counter("unlikely" for one in candidates for _ in one.sections)


def _place_all(
    page: Page,
    segmentation: Segmentation,
    silhouettes: Silhouettes | None,
    sections: Sequence[Section],
    calibration: Calibration,
    settings: VesselSettings,
) -> list[Candidate]:
    """The drawings of the sections; a drawing that took its neighbour's axis is placed again without it."""
    groups = group_sections(page, tuple(sections), silhouettes, settings)
    placements = [place_group(page, segmentation, silhouettes, group, settings) for group in groups]
    found = [make_candidate(page, placed, calibration, settings) for placed in straighten(placements, settings)]
    narrowed = rooms(placements, [one.evidence.mirrored for one in found], settings)
    if not narrowed:
        return found
    for place, room in narrowed.items():
        placements[place] = place_group(page, segmentation, silhouettes, replace(groups[place], room=room), settings)
    again = zip(found, straighten(placements, settings), strict=True)
    return [
        one
        if place not in narrowed and one.placed.frame == placed.frame
        else make_candidate(page, placed, calibration, settings)
        for place, (one, placed) in enumerate(again)
    ]


def _filter_sections(
    sections: Sequence[Section], bars: Sequence[Polygon], settings: VesselSettings
) -> tuple[tuple[Section, ...], Counter[str]]:
    """Sections that can belong to a vessel, and why the others cannot."""
    kept, dropped = [], Counter[str]()
    every_bar = shapely.union_all(list(bars))
    for section in sections:
        if section.polygon.area <= 0 or not section.polygon.is_valid:
            dropped["no_area"] += 1
        elif section.polygon.intersection(every_bar).area >= settings.assembly.in_bar * section.polygon.area:
            dropped["in_scale_bar"] += 1
        else:
            kept.append(section)
    return tuple(kept), dropped


def _vessel(
    one: Candidate, scale: Scale | None, identifier: str, review: tuple[str, ...], settings: VesselSettings
) -> Vessel:
    placed, drawing = one.placed, one.drawing
    complete = None if placed.axis is None else drawing.has_rim and drawing.has_base
    return Vessel(
        identifier=identifier,
        sections=one.sections,
        axis=one.axis,
        axis_source=placed.axis.source if placed.axis is not None else "",
        rim=one.rim,
        side=placed.side,
        scale=scale,
        confidence=one.confidence,
        measures=named_measures(one.quantities, scale),
        review=review_reasons(one.evidence, one.confidence, settings) + review,
        height_is_complete=complete,
        residual=placed.residual,
        edges=one.edges,
        portion=portion(has_rim=drawing.has_rim, has_base=drawing.has_base, has_axis=drawing.has_axis),
        axis_sd_px=drawing.sd_axis,
        rim_sd_px=drawing.sd_rim,
    )
