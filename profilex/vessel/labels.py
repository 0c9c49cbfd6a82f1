"""What is printed at each vessel: its number or code, and the share of its rim that is preserved."""

import logging
from dataclasses import replace

from profilex import text
from profilex.scale.evidence import Legend, is_at_bar
from profilex.settings import VesselSettings
from profilex.types import Measure, Page, Vessel, Word
from profilex.vessel.candidates import drawing_box

_log = logging.getLogger(__name__)

_UNSURE_FIGURE = "figure_uncertain"
_RIM_PERCENT = "rim_percent"
_NOT_PRINTED, _NOT_READ = "not_printed", "not_read"
_READINGS_DIFFER = "readings_differ"


def with_figures(
    page: Page, vessels: tuple[Vessel, ...], legend: Legend, settings: VesselSettings
) -> tuple[Vessel, ...]:
    """The vessels with the numbers or codes printed at them; uncertain readings are marked for review."""
    drawings = {vessel.identifier: drawing_box(vessel) for vessel in vessels}
    labels = text.figure_labels(_labels(legend), drawings, (page.width_px, page.height_px))
    read = _read_again(
        page, legend, {name: Word(found.text, found.box, found.confidence) for name, found in labels.items()}
    )
    return tuple(_labelled(vessel, read.get(vessel.identifier), settings) for vessel in vessels)


def with_rim_percents(
    page: Page, vessels: tuple[Vessel, ...], legend: Legend, settings: VesselSettings
) -> tuple[Vessel, ...]:
    """The vessels with the share of the rim's circumference (percent) that is printed at them, as a measure.

    If none is printed or read, or if two readings differ, the measure has no value and a reason. The uncertainty is
    that of the steps in which rims are read off a chart: 5 % if the number is a multiple of 5, else 1 %.
    """
    drawings = {vessel.identifier: drawing_box(vessel) for vessel in vessels}
    lines = text.rim_percents(_labels(legend), drawings, (page.width_px, page.height_px))
    again = _read_again(page, legend, lines)
    said = {name: _rim_percent(line, again[name], settings=settings) for name, line in lines.items()}
    nothing = Measure(None, None, _NOT_PRINTED if legend.layer is not None else _NOT_READ)
    return tuple(
        replace(vessel, measures=vessel.measures | {_RIM_PERCENT: said.get(vessel.identifier, nothing)})
        for vessel in vessels
    )


def _labels(legend: Legend) -> tuple[Word, ...]:
    """The words of a page that do not belong to a scale bar."""
    return tuple(word for word in legend.words if not is_at_bar(word, legend.printed.bars))


def _read_again(page: Page, legend: Legend, lines: dict[str, Word]) -> dict[str, Word]:
    """The best reading of each line; the first reading where no other is possible."""
    if not lines or legend.layer is None:
        return lines
    try:
        return dict(zip(lines, text.read_labels(legend.layer, list(lines.values())), strict=True))
    except text.TextError as error:
        _log.warning("%s: %s", page.ref.source, error)
        return lines


def _rim_percent(*readings: Word, settings: VesselSettings) -> Measure:
    values = {text.rim_percent(reading.text) for reading in readings}
    value = values.pop()
    if values or value is None:
        return Measure(None, None, _READINGS_DIFFER)
    return Measure(
        value, settings.labels.rounding_sd if value % settings.labels.chart_step else settings.labels.chart_sd
    )


def _labelled(vessel: Vessel, label: Word | None, settings: VesselSettings) -> Vessel:
    if label is None:
        return vessel
    unsure = (_UNSURE_FIGURE,) if label.confidence < settings.labels.unsure else ()
    return replace(vessel, figure=label.text, review=vessel.review + unsure)
