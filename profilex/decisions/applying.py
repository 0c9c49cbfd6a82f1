"""A page as people have corrected it: their decisions laid over what a model found.

The model's result is never changed. A vessel is found again by its geometry, so that decisions outlive the names and
the outlines of one model; those that no longer fit are named.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely
from scipy.optimize import linear_sum_assignment
from shapely import MultiPolygon, Polygon

from profilex.decisions.breaks import with_breaks
from profilex.decisions.event import Outline, Part, StatedScale
from profilex.decisions.replay import ACCEPTED as ACCEPT
from profilex.decisions.replay import GEOMETRY, MENDED, PageDecisions, Subject
from profilex.decisions.replay import REJECTED as REJECT
from profilex.decisions.settings import DecisionSettings
from profilex.geometry import iou
from profilex.types import (
    ACCEPTED,
    BY_PERSON,
    CORRECTED,
    REJECTED,
    PageResult,
    Reviewed,
    Scale,
    Section,
    Vessel,
)
from profilex.vessel.remeasure import remeasured, rescaled, with_printed

DISPUTED, LOOK_AGAIN = "disputed", "look_again"
"""Review reasons from decisions: people disagree; the model's result has changed since."""

PERSON = "person"
"""The source of an axis, a rim or a scale that a person has set."""

_DIFFERS = "printed_diameter_differs"
_SETTLED = {  # what a person who sets one of these answers
    "axis": ("no_axis", "axis_from_symmetry", "axis_from_section_edge", "nothing_beyond_axis", "skewed", _DIFFERS),
    "rim": ("no_rim", "rim_from_section", "skewed"),
    "side": ("both_sides_disagree",),
    "sections": (
        "low_confidence",
        "residual_large",
        "thickness_implausible",
        "touches_edge",
        "several_pieces",
        _DIFFERS,
    ),
    "scale": (
        "scale_bar_elsewhere",
        "scale_disagrees",
        "scale_bar_unread",
        "scale_bar_unsure",
        "scale_from_neighbours",
        _DIFFERS,
    ),
    "figure": ("figure_uncertain", "figure_repeated", "figure_gap", "figure_contested"),
}


Memory = dict[tuple[Any, ...], Vessel | None]
"""Vessels by the last decisions about them; good for one result of a model."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A page with its decisions: the vessels in reading order, rejected ones too, each known by its name.

    `subjects` are the decisions by the vessel's name; `orphans` decisions that fit no vessel any more, with the reason.
    """

    result: PageResult
    subjects: dict[str, Subject]
    orphans: tuple[tuple[Subject, str], ...] = ()


def corrected(
    result: PageResult,
    decisions: PageDecisions,
    settings: DecisionSettings | None = None,
    *,
    digest: str = "",
    memory: Memory | None = None,
) -> Corrected:
    """Lay decisions over a page.

    `digest` is that of the page.geojson that the page was read from: decisions about this very result need not be
    looked for by their geometry. `memory` keeps what was measured before, for whoever asks for a page again and again.
    """
    settings = settings or DecisionSettings()
    if not decisions.subjects and decisions.page is None:
        return Corrected(result, {})
    matches = _matches(result.vessels, decisions.subjects, digest, settings)
    page = _Page(result, decisions, settings, {} if memory is None else memory)
    vessels: list[Vessel] = []
    subjects: dict[str, Subject] = {}
    orphans: list[tuple[Subject, str]] = []
    taken = {place for place, _ in matches.values()}
    for place, vessel in enumerate(result.vessels):
        if place not in taken:
            vessels.append(page.untouched(vessel))
    for subject in decisions.subjects:
        place, fit = matches.get(subject.name, (-1, 0.0))
        found = result.vessels[place] if place >= 0 else None
        decided = page.decided(subject, found, fit) if subject.exists else None
        if decided is None:
            if subject.exists and (subject.changes or subject.verdict == ACCEPT):
                orphans.append((subject, "no vessel is there any more"))
            continue
        vessels.append(decided)
        subjects[decided.identifier] = subject
    kept = _without_taken(vessels, subjects, settings)
    kept.sort(key=_reading_order)
    known = {vessel.identifier for vessel in kept}
    subjects = {name: subject for name, subject in subjects.items() if name in known}
    return Corrected(replace(result, vessels=tuple(kept)), subjects, tuple(orphans))


def new_identifier(subject: Subject) -> str:
    """The name of a vessel that no model has found: the same in every copy and after every rerun."""
    stem, _, number = subject.name.partition("/")
    return f"p{stem.replace('-', '')[:8]}" + (f"-{number}" if number else "")


def drawn(vessel: Vessel) -> Part:
    """A vessel's drawing, as a decision remembers it."""
    outlines = tuple(Outline(section.polygon, section.is_handle) for section in vessel.sections)
    return Part(outlines, vessel.axis, vessel.rim, vessel.side)


def _matches(
    vessels: Sequence[Vessel], subjects: Sequence[Subject], digest: str, settings: DecisionSettings
) -> dict[str, tuple[int, float]]:
    """The vessel (its place) that each subject is about, with their overlap; one to one."""
    places = {vessel.identifier: place for place, vessel in enumerate(vessels)}
    found: dict[str, tuple[int, float]] = {}
    rest: list[Subject] = []
    for subject in subjects:
        if subject.is_new or not subject.exists:
            continue
        if digest and subject.result == digest and subject.vessel in places:
            found[subject.name] = (places[subject.vessel], 1.0)
        elif subject.anchor is not None:
            rest.append(subject)
    free = [place for place in range(len(vessels)) if place not in {taken for taken, _ in found.values()}]
    if not rest or not free:
        return found
    outlines = [drawn(vessels[place]).anchor for place in free]
    fits = [[_fit(subject, outline) for outline in outlines] for subject in rest]
    rows, columns = linear_sum_assignment(fits, maximize=True)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if fits[row][column] >= settings.doubtful_iou:
            found[rest[row].name] = (free[column], fits[row][column])
    return found


def _fit(subject: Subject, outline: MultiPolygon) -> float:
    """Overlap of an outline with what was decided about: as it was seen first, or as a person has drawn it."""
    known = [subject.anchor.anchor] if subject.anchor else []
    if "sections" in subject.values:
        known.append(Part(subject.values["sections"]).anchor)
    return max((iou(anchor, outline) for anchor in known), default=0.0)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page on which vessels are corrected."""

    result: PageResult
    decisions: PageDecisions
    settings: DecisionSettings
    memory: Memory

    def untouched(self, vessel: Vessel) -> Vessel:
        """A vessel that nobody decided about; the page's scale, where a person states one, is its own too."""
        stated = self.decisions.scale
        if stated is None or self.decisions.page is None:
            return vessel
        page = self.decisions.page
        scaled = self._rescaled(vessel, _scale(stated))
        reviewed = Reviewed(CORRECTED, page.by, page.at)
        return replace(scaled, reviewed=reviewed, review=_open_reasons(vessel.review, {"scale"}))

    def decided(self, subject: Subject, found: Vessel | None, fit: float) -> Vessel | None:
        """The vessel of a subject; None where it is gone and no person's outline takes its place."""
        page_heads = self.decisions.page.heads if self.decisions.page else ()
        key = (subject.name, subject.heads, page_heads, found.identifier if found else "", fit)
        if key not in self.memory:
            self.memory[key] = self._decided(subject, found, fit)
        return self.memory[key]

    def _decided(self, subject: Subject, found: Vessel | None, fit: float) -> Vessel | None:
        if found is None and subject.verdict == REJECT:
            return None
        base, look_again = self._base(subject, found, fit)
        if base is None:
            return None
        drawn_by_person = [name for name in GEOMETRY if name in subject.values]
        vessel = self._redrawn(base, subject)
        stated = subject.values.get("scale", self.decisions.scale)
        if drawn_by_person or base is not found:
            vessel = self._measured(vessel, base, subject.values.get("side") or "")
        if isinstance(stated, StatedScale) or "scale" in subject.values:
            vessel = self._rescaled(vessel, _scale(stated) if stated else None)
        if "portion" in subject.values:
            vessel = replace(vessel, portion=subject.values["portion"] or "")
        if "breaks" in subject.values:
            vessel = replace(vessel, edges=with_breaks(vessel.edges, subject.values["breaks"] or ()))
        if "figure" in subject.values:
            vessel = replace(vessel, figure=subject.values["figure"] or "")
        return self._judged(vessel, subject, found, look_again=look_again)

    def _base(self, subject: Subject, found: Vessel | None, fit: float) -> tuple[Vessel | None, bool]:
        """The drawing that a subject's own values are laid over, and whether a person should look again."""
        kept = subject.base or (subject.accepted if subject.verdict in (ACCEPT, MENDED) else None)
        doubtful = found is not None and fit < self.settings.fits_iou
        if subject.is_new:
            sections = subject.values.get("sections")
            part = subject.base or (Part(sections) if sections else None)
            return (self._new(subject, part), False) if part else (None, False)
        if found is None:
            part = Part(subject.values["sections"]) if "sections" in subject.values else kept
            return (self._new(subject, part), True) if part and subject.verdict in (ACCEPT, MENDED) else (None, False)
        if subject.verdict == ACCEPT and "sections" not in subject.values and subject.accepted:
            if self._unchanged(subject.accepted, found):
                return found, False
            return self._put(found, subject.accepted), True
        return found, doubtful

    def _unchanged(self, accepted: Part, found: Vessel) -> bool:
        """Whether an accepted outline may give way to that of another model."""
        old, new = accepted.anchor, drawn(found).anchor
        tolerance = max((section.tolerance_px for section in found.sections), default=0.0)
        reach = max(self.settings.unchanged_tolerances * tolerance, 1e-3)
        return (
            iou(old, new) >= self.settings.unchanged_iou
            and float(old.boundary.hausdorff_distance(new.boundary)) <= reach
        )

    def _new(self, subject: Subject, part: Part) -> Vessel:
        """A vessel that only people know."""
        scale = next((vessel.scale for vessel in self.result.vessels if vessel.scale), None)
        bare = Vessel(new_identifier(subject), (), scale=scale, confidence=1.0)
        return self._put(bare, part)

    def _put(self, vessel: Vessel, part: Part) -> Vessel:
        """A vessel with another drawing, whose axis and rim are as true as a person's hand."""
        sd = self.settings.pointing_sd_px
        same_axis = vessel.axis is not None and part.axis is not None and vessel.axis.equals_exact(part.axis, 1e-6)
        return replace(
            vessel,
            sections=_sections(part.sections, vessel),
            axis=part.axis,
            axis_source=vessel.axis_source if same_axis else (PERSON if part.axis is not None else ""),
            axis_sd_px=vessel.axis_sd_px if same_axis else sd,
            rim=part.rim,
            rim_sd_px=vessel.rim_sd_px if vessel.rim is not None and part.rim is not None else sd,
            side=part.side or "unknown",
            residual=None,
        )

    def _redrawn(self, vessel: Vessel, subject: Subject) -> Vessel:
        """A vessel with the lines and outlines that a person has set."""
        values, sd = subject.values, self.settings.pointing_sd_px
        if values.get("sections"):
            vessel = replace(vessel, sections=_sections(values["sections"], vessel), residual=None)
        if "axis" in values:
            source = PERSON if values["axis"] is not None else ""
            vessel = replace(vessel, axis=values["axis"], axis_source=source, axis_sd_px=sd)
        if "rim" in values:
            vessel = replace(vessel, rim=values["rim"], rim_sd_px=sd)
        return vessel

    def _measured(self, vessel: Vessel, base: Vessel, side: str) -> Vessel:
        """A vessel measured again; what is printed beside the drawing stays."""
        return with_printed(remeasured(vessel, self.result.height_px, side=side), base)

    def _rescaled(self, vessel: Vessel, scale: Scale | None) -> Vessel:
        return with_printed(rescaled(vessel, scale), vessel)

    def _judged(self, vessel: Vessel, subject: Subject, found: Vessel | None, *, look_again: bool) -> Vessel:
        """A vessel with the decisions about it, and the remaining review reasons."""
        values = subject.values
        by_person = subject.is_new or found is None or any(name in values for name in GEOMETRY[:4])
        has_scale = "scale" in values or self.decisions.scale is not None
        status = status_of(subject, has_scale=has_scale, look_again=look_again)
        disputes = tuple(f"{DISPUTED}_{name}" for name in subject.disputed)
        open_ = () if subject.is_decided else _open_reasons(vessel.review, {*values, *({"scale"} if has_scale else ())})
        reasons = (*disputes, *((LOOK_AGAIN,) if look_again else ()), *open_)
        reviewed = Reviewed(
            status=status,
            by=subject.by if status or values.get("note") else "",
            at=subject.at if status or values.get("note") else "",
            geometry=BY_PERSON if by_person else "",
            note=values.get("note") or "",
            entry=values.get("entry") or "",
        )
        return replace(vessel, review=reasons, reviewed=reviewed)


def status_of(subject: Subject, *, has_scale: bool, look_again: bool = False) -> str:
    """What a person has made of a vessel; `has_scale` says that one stated its scale or its page's."""
    if subject.verdict == REJECT and not look_again:
        return REJECTED
    if subject.changes or has_scale:
        return CORRECTED
    return ACCEPTED if subject.verdict == ACCEPT else ""


def _scale(stated: StatedScale) -> Scale:
    return Scale(stated.mm_per_px, PERSON, stated.uncertainty, stated.drawing_scale)


def _open_reasons(review: tuple[str, ...], settled: set[str]) -> tuple[str, ...]:
    """The reasons that are left where a person has set something."""
    answered = {reason for name in settled for reason in _SETTLED.get(name, ())}
    return tuple(reason for reason in review if reason not in answered)


def _sections(outlines: Sequence[Outline], vessel: Vessel) -> tuple[Section, ...]:
    """A person's outlines as sections; each has the bounds of the model's section that it overlaps most."""
    return tuple(_section(outline, vessel) for outline in outlines)


def _section(outline: Outline, vessel: Vessel) -> Section:
    best, share = None, 0.0
    for section in vessel.sections:
        common = float(shapely.intersection(section.polygon, outline.polygon).area)
        if common > share:
            best, share = section, common
    polygon: Polygon = shapely.orient_polygons(outline.polygon)
    if best is None:
        return Section(polygon, vessel.confidence, _DRAWN_TOLERANCE_PX, 0.0, outline.is_handle)
    if polygon.normalize().equals_exact(best.polygon.normalize(), _SAME_PX):  # its curves are still those of the model
        return replace(best, polygon=polygon, is_handle=outline.is_handle)
    return Section(polygon, best.confidence, best.tolerance_px, best.hausdorff_px, outline.is_handle)


_SAME_PX = 2e-3  # what the decimals of a decision can move a vertex
_DRAWN_TOLERANCE_PX = 0.5  # as `VectorizeSettings.tolerance_px`: what a person draws is held to no contour


def _without_taken(vessels: Sequence[Vessel], subjects: dict[str, Subject], settings: DecisionSettings) -> list[Vessel]:
    """The vessels without those that merges have taken in."""
    outlines = {vessel.identifier: drawn(vessel).anchor for vessel in vessels if vessel.sections}
    gone: set[str] = set()
    for name, subject in subjects.items():
        for taken in subject.takes if subject.exists else ():
            fits = {
                other: iou(taken, outline) for other, outline in outlines.items() if other != name and other not in gone
            }
            best = max(fits, key=lambda other: fits[other], default=None)
            if best is not None and fits[best] >= settings.fits_iou:
                gone.add(best)
    return [vessel for vessel in vessels if vessel.identifier not in gone]


def _reading_order(vessel: Vessel) -> tuple[int, str]:
    """Names of the model are in reading order; vessels of people come after them."""
    return (0 if vessel.identifier.startswith("v") else 1, vessel.identifier)
