"""The stages from a page to its vessels: segment, trace, read, assemble, decide the scale, measure, label.

`extract` is what a batch, an evaluation, a calibration and the Python entrance call. It is pure: it touches no file and
no record, and the same page, model and settings give the same result. The other functions are its parts, for callers
that need an earlier stage or that have outlines from elsewhere.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from profilex.scale.bar_owner import with_owners
from profilex.scale.decision import FoundScale, find_scale
from profilex.scale.evidence import Legend, read_legend
from profilex.settings import Settings
from profilex.trace.outlines import sections
from profilex.trace.silhouettes import find_silhouettes
from profilex.types import Network, Page, PageResult, Section, Segmentation
from profilex.vessel import (
    Calibration,
    Candidate,
    drawing_box,
    make_vessels,
    model_calibration,
    propose_candidates,
    select_candidates,
)
from profilex.vessel.labels import with_figures, with_printed_diameters, with_rim_percents

SEGMENT, TRACE, ASSEMBLE = "segment", "vectorize", "assemble"
"""The stages of `extract` by the names that records of failed pages carry."""

Stage = Callable[[str], None]
"""Called with the name of each stage as it begins."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """What a network saw on a page, and the sections traced from it (page px); `dropped` counts those left out."""

    segmentation: Segmentation
    sections: tuple[Section, ...]
    dropped: Counter[str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """All that may be a vessel on a page, in reading order, before the unlikely candidates are left out."""

    outlines: Outlines
    legend: Legend
    candidates: list[Candidate]
    dropped: Counter[str]


def extract(page: Page, network: Network, settings: Settings, *, at_stage: Stage | None = None) -> PageResult:
    """Find, measure and label the vessels of a page.

    `settings` are those of this page (`Settings.for_page`). The result names no software versions.

    Raises:
        PageError: the page cannot be segmented.
        RunError: code `model_mismatch`, where the model does not fit.
    """
    calibration = model_calibration(network.card.name, network.card.confidence)
    outlines = find_outlines(page, network, settings, at_stage=at_stage)
    return measure_outlines(page, outlines, settings, calibration, at_stage=at_stage)


def find_outlines(page: Page, network: Network, settings: Settings, *, at_stage: Stage | None = None) -> Outlines:
    """The sections that a network sees on a page, each a polygon within its stated bound."""
    _begin(at_stage, SEGMENT)
    segmentation = network.segment(page, settings.segment)
    _begin(at_stage, TRACE)
    found, dropped = sections(segmentation, settings.vectorize, frame=(page.width_px, page.height_px))
    return Outlines(segmentation, found, dropped)


def propose(
    page: Page, outlines: Outlines, settings: Settings, calibration: Calibration, legend: Legend | None = None
) -> Proposal:
    """Place every group of sections that may be a vessel; the page is read unless its `legend` is known."""
    if legend is None:
        legend = read_legend(page, settings)
    candidates, dropped = propose_candidates(
        page, outlines.segmentation, outlines.sections, legend.bars, calibration, settings.vessel
    )
    return Proposal(outlines, legend, candidates, dropped)


def measure_outlines(
    page: Page,
    outlines: Outlines,
    settings: Settings,
    calibration: Calibration,
    *,
    legend: Legend | None = None,
    at_stage: Stage | None = None,
) -> PageResult:
    """The vessels of a page whose sections are known: the stages of `extract` after tracing.

    The page is read unless its `legend` is known.
    """
    _begin(at_stage, ASSEMBLE)
    proposal = propose(page, outlines, settings, calibration, legend)
    candidates, unlikely = select_candidates(
        page, outlines.segmentation, proposal.candidates, calibration, settings.vessel
    )
    found = decide_scale(page, outlines.segmentation, proposal.legend, candidates, settings)
    vessels = make_vessels(candidates, found.scale, found.review, settings=settings.vessel)
    vessels = with_figures(page, vessels, proposal.legend, settings)
    vessels = with_rim_percents(page, vessels, proposal.legend, settings)
    vessels = with_printed_diameters(page, vessels, proposal.legend, settings)
    dropped = outlines.dropped + proposal.dropped + unlikely
    return PageResult(
        ref=page.ref,
        sha256=page.sha256,
        width_px=page.width_px,
        height_px=page.height_px,
        dpi=page.dpi,
        vessels=vessels,
        scale_bars=proposal.legend.bars,
        is_text_read=proposal.legend.is_read,
        dropped=dict(sorted(dropped.items())),
        warnings=(*page.warnings, *proposal.legend.warnings, *found.warnings),
    )


def decide_scale(
    page: Page, segmentation: Segmentation, legend: Legend, candidates: Sequence[Candidate], settings: Settings
) -> FoundScale:
    """The scale of a page's drawings by what the user stated and by what is printed; none where nothing is drawn."""
    if not candidates:
        return FoundScale(None)
    drawings = [drawing_box(one) for one in candidates]
    printed = with_owners(page, legend.printed, drawings, find_silhouettes(segmentation), numbers=settings.evidence)
    rims_px = [one.quantities["rim_diameter"].value for one in candidates]
    return find_scale(
        page, printed, settings.scale, [rim for rim in rims_px if rim is not None], numbers=settings.evidence
    )


def _begin(at_stage: Stage | None, name: str) -> None:
    if at_stage is not None:
        at_stage(name)
