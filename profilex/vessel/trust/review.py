"""The reasons why a person should check a vessel."""

import math
from dataclasses import dataclass

from profilex.settings import VesselSettings
from profilex.types import SECTION, SECTION_EDGE, SYMMETRY, Residual, Section
from profilex.vessel.measures.measure import N_BREAK, SIGN_AT_AXIS
from profilex.vessel.measures.quantities import Quantity
from profilex.vessel.shape.sides import BOTH
from profilex.vessel.trust.confidence import Traits
from profilex.vessel.trust.residual import is_large


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about a vessel's drawing once it is measured; lengths in page px.

    `axis_source` and `rim_source` are "" if the line is missing. `pieces` counts the walls, `handles` the handle
    sections, `loops` the holes between handle and wall; `disagreement` is that of both sides' radii, as a share.
    `mirrored` is the share of the outer contour with a mirror image beyond the axis, `wall` the wall thickness.
    """

    sections: tuple[Section, ...]
    page_size: tuple[int, int]
    axis_source: str
    rim_source: str
    side: str
    tilt: float
    greatest_radius: float | None
    thickness: tuple[Quantity, ...]
    wall: float
    residual: Residual
    mirrored: float = 0.0
    sign: str = ""
    upside_down: bool = False
    disagreement: float = 0.0
    pieces: int = 1
    handles: int = 0
    loops: int = 0


def review_reasons(evidence: Evidence, confidence: float, settings: VesselSettings) -> tuple[str, ...]:
    """Why a person should check a vessel of this confidence: stable words, none for a vessel without doubts."""
    doubts = _geometry_doubts(evidence, settings)
    reasons = {
        "no_axis": not evidence.axis_source,
        "axis_from_symmetry": evidence.axis_source == SYMMETRY,
        "axis_from_section_edge": evidence.axis_source == SECTION_EDGE,
        "nothing_beyond_axis": bool(evidence.axis_source)
        and evidence.side != BOTH
        and evidence.mirrored < settings.review.empty,
        "no_rim": not evidence.rim_source,
        "rim_from_section": evidence.rim_source == SECTION,
        N_BREAK: evidence.sign == N_BREAK,
        SIGN_AT_AXIS: evidence.sign == SIGN_AT_AXIS,
        "upside_down": evidence.upside_down,
        "touches_edge": "touches_edge" in doubts,
        "low_confidence": confidence < settings.review.sure,
        "residual_large": is_large(evidence.residual, settings),
        "both_sides_disagree": "both_sides_disagree" in doubts,
        "thickness_implausible": "thickness_implausible" in doubts,
        "skewed": abs(evidence.tilt) > settings.review.skewed,
        "several_pieces": evidence.pieces > (2 if evidence.side == BOTH else 1),
        "handle": bool(evidence.handles or evidence.loops),
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def traits(evidence: Evidence) -> Traits:
    """The part of the evidence on which a vessel's confidence rests."""
    p5, _, p95 = (quantity.value for quantity in evidence.thickness)
    return Traits(
        seen=_mean_probability(evidence.sections),
        residual=evidence.residual,
        mirrored=evidence.mirrored,
        axis_source=evidence.axis_source,
        rim_source=evidence.rim_source,
        unevenness=p95 / p5 if p5 and p95 else math.inf,
        wall_px=evidence.wall,
        area_px=sum(section.polygon.area for section in evidence.sections),
    )


def _mean_probability(sections: tuple[Section, ...]) -> float:
    """Mean probability inside the sections, by area."""
    area = sum(section.polygon.area for section in sections)
    return sum(section.confidence * section.polygon.area for section in sections) / area if area else 0.0


def _geometry_doubts(evidence: Evidence, settings: VesselSettings) -> tuple[str, ...]:
    p5, p50, p95 = (quantity.value for quantity in evidence.thickness)
    implausible = p50 is None or p5 is None or p95 is None or p95 > settings.review.uneven * p5
    if not implausible and p50 is not None and evidence.greatest_radius is not None:
        implausible = p50 > settings.review.thick * evidence.greatest_radius
    doubts = {
        "touches_edge": any(_touches_edge(section, evidence.page_size, settings) for section in evidence.sections),
        "both_sides_disagree": evidence.disagreement > settings.review.disagree,
        "thickness_implausible": implausible,
    }
    return tuple(doubt for doubt, holds in doubts.items() if holds)


def _touches_edge(section: Section, page_size: tuple[int, int], settings: VesselSettings) -> bool:
    left, top, right, bottom = section.polygon.bounds
    width, height = page_size
    return (
        min(left, top) <= settings.review.edge_px
        or right >= width - settings.review.edge_px
        or bottom >= height - settings.review.edge_px
    )
