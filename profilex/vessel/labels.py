"""What is printed at each vessel: its number or code, and the share of its rim that is preserved."""

from dataclasses import replace

from profilex import text
from profilex.scale.evidence import Legend, is_at_bar
from profilex.settings import VesselSettings
from profilex.types import Measure, Page, Vessel, Word
from profilex.vessel.candidates import drawing_box

_UNSURE_FIGURE = "figure_uncertain"
_RIM_PERCENT = "rim_percent"
_NOT_PRINTED, _NOT_READ = "not_printed", "not_read"


def with_figures(
    page: Page, vessels: tuple[Vessel, ...], legend: Legend, settings: VesselSettings
) -> tuple[Vessel, ...]:
    """The vessels with the numbers or codes printed at them.

    Marked for review are uncertain readings, numbers that two vessels have, numbers next to which one of the page's run
    is missing (with the vessels that have none), and labels that compete with another one.
    """
    drawings = {vessel.identifier: drawing_box(vessel) for vessel in vessels}
    labels = text.figure_labels(_labels(legend), drawings, (page.width_px, page.height_px))
    left_out = text.unnumbered(labels, drawings)
    return tuple(
        replace(vessel, review=(*vessel.review, text.FIGURE_GAP))
        if vessel.identifier in left_out
        else _labelled(vessel, labels.get(vessel.identifier), settings)
        for vessel in vessels
    )


def with_rim_percents(
    page: Page, vessels: tuple[Vessel, ...], legend: Legend, settings: VesselSettings
) -> tuple[Vessel, ...]:
    """The vessels with the share of the rim's circumference (percent) that is printed at them, as a measure.

    If none is printed or read, the measure has a reason instead. The uncertainty is that of the steps in which rims are
    read off a chart: 5 % if the number is a multiple of 5, else 1 %.
    """
    drawings = {vessel.identifier: drawing_box(vessel) for vessel in vessels}
    lines = text.rim_percents(_labels(legend), drawings, (page.width_px, page.height_px))
    said = {name: _rim_percent(line, settings) for name, line in lines.items()}
    nothing = Measure(None, None, _NOT_PRINTED if legend.is_read else _NOT_READ)
    return tuple(
        replace(vessel, measures=vessel.measures | {_RIM_PERCENT: said.get(vessel.identifier, nothing)})
        for vessel in vessels
    )


def _labels(legend: Legend) -> tuple[Word, ...]:
    """The words of a page that do not belong to a scale bar."""
    return tuple(word for word in legend.words if not is_at_bar(word, legend.printed.bars))


def _rim_percent(line: Word, settings: VesselSettings) -> Measure:
    value = text.rim_percent(line.text)
    if value is None:
        return Measure(None, None, _NOT_READ)
    labels = settings.labels
    return Measure(value, labels.rounding_sd if value % labels.chart_step else labels.chart_sd)


def _labelled(vessel: Vessel, label: text.FigureLabel | None, settings: VesselSettings) -> Vessel:
    if label is None:
        return vessel
    unsure = (_UNSURE_FIGURE,) if label.confidence < settings.labels.unsure else ()
    return replace(vessel, figure=label.text, review=(*vessel.review, *unsure, *label.doubts))
