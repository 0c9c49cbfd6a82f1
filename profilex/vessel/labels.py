"""What is printed at each vessel: its number or code, the share of its rim that is preserved, its diameters."""

import math
from collections.abc import Sequence
from dataclasses import replace

from profilex import text
from profilex.scale.evidence import Legend, is_at_bar
from profilex.settings import Settings, VesselSettings
from profilex.types import Measure, Page, Vessel, Word
from profilex.vessel.candidates import drawing_box

_UNSURE_FIGURE = "figure_uncertain"
_RIM_PERCENT = "rim_percent"
_DIAMETER_DIFFERS = "printed_diameter_differs"
_MEASURED = {
    text.RIM: ("rim_diameter_mm",),
    text.BASE: ("base_diameter_mm",),
    text.ANY: ("rim_diameter_mm", "max_diameter_mm", "base_diameter_mm"),
}
_NOT_PRINTED, _NOT_READ = "not_printed", "not_read"


def with_figures(page: Page, vessels: tuple[Vessel, ...], legend: Legend, settings: Settings) -> tuple[Vessel, ...]:
    """The vessels with the numbers or codes printed at them.

    Marked for review are uncertain readings, numbers that two vessels have, numbers next to which one of the page's run
    is missing (with the vessels that have none), and labels that compete with another one.
    """
    drawings = {vessel.identifier: drawing_box(vessel) for vessel in vessels}
    labels = text.figure_labels(_labels(legend), drawings, (page.width_px, page.height_px), settings.text)
    left_out = text.unnumbered(labels, drawings)
    return tuple(
        replace(vessel, review=(*vessel.review, text.FIGURE_GAP))
        if vessel.identifier in left_out
        else _labelled(vessel, labels.get(vessel.identifier), settings.vessel)
        for vessel in vessels
    )


def with_rim_percents(
    page: Page, vessels: tuple[Vessel, ...], legend: Legend, settings: Settings
) -> tuple[Vessel, ...]:
    """The vessels with the share of the rim's circumference (percent) that is printed at them, as a measure.

    If none is printed or read, the measure has a reason instead. The uncertainty is that of the steps in which rims are
    read off a chart: 5 % if the number is a multiple of 5, else 1 %.
    """
    drawings = {vessel.identifier: drawing_box(vessel) for vessel in vessels}
    lines = text.rim_percents(_labels(legend), drawings, (page.width_px, page.height_px), settings.text)
    said = {name: _rim_percent(line, settings.vessel) for name, line in lines.items()}
    nothing = Measure(None, None, _NOT_PRINTED if legend.is_read else _NOT_READ)
    return tuple(
        replace(vessel, measures=vessel.measures | {_RIM_PERCENT: said.get(vessel.identifier, nothing)})
        for vessel in vessels
    )


def with_printed_diameters(
    page: Page, vessels: tuple[Vessel, ...], legend: Legend, settings: Settings
) -> tuple[Vessel, ...]:
    """The vessels with the diameters printed at them, as they are printed; none becomes a measure.

    A vessel whose measured diameter differs from the printed one by more than both allow is marked for review.
    """
    drawings = {vessel.identifier: drawing_box(vessel) for vessel in vessels}
    printed = text.diameters_at(_labels(legend), drawings, (page.width_px, page.height_px), settings.text)
    return tuple(
        _checked(vessel, printed[vessel.identifier], settings.vessel) if vessel.identifier in printed else vessel
        for vessel in vessels
    )


def _checked(vessel: Vessel, printed: Sequence[text.PrintedDiameter], settings: VesselSettings) -> Vessel:
    differs = any(_differs(vessel, diameter, settings) for diameter in printed)
    review = (*vessel.review, _DIAMETER_DIFFERS) if differs else vessel.review
    return replace(vessel, printed_diameter="; ".join(diameter.text for diameter in printed), review=review)


def _differs(vessel: Vessel, printed: text.PrintedDiameter, settings: VesselSettings) -> bool:
    """Whether no measured diameter that may be meant is what is printed, in any unit that may be."""
    known = [vessel.measures.get(name) for name in _MEASURED[printed.part]]
    measured = [measure for measure in known if measure is not None and measure.value is not None]
    labels = settings.labels

    def agree(measure: Measure, length: float, step: float) -> bool:
        sd = math.hypot(measure.uncertainty or 0.0, step / 12**0.5)
        return abs((measure.value or 0.0) - length) <= labels.diameters_sd * sd + labels.diameters_share * length

    return bool(measured) and not any(agree(measure, *reading) for measure in measured for reading in printed.readings)


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
