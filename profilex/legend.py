"""What is printed around the drawings of a page: scale bars with their lengths, the ratio, and figure numbers."""

import logging
from dataclasses import dataclass, replace

import shapely
from shapely import Polygon

from profilex import text
from profilex.types import Measure, Page, PrintedScale, StatedBar, Vessel, Word
from profilex.vessel import BarSearch, drawing_box, find_bar, has_centimetres, measure_bar

_log = logging.getLogger(__name__)

_UNSURE = 0.6  # a label read with less confidence is looked at
_PROSE_LETTERS = 12  # a row of so many is no label
_UNSURE_FIGURE = "figure_uncertain"
_RIM_PERCENT = "rim_percent"
_NOT_PRINTED, _NOT_READ = "not_printed", "not_read"
_READINGS_DIFFER = "readings_differ"
_CHART_STEP, _CHART_SD, _ROUNDING_SD = 5.0, 5 / 12**0.5, 1 / 12**0.5  # of shares read off a rim chart, or finer


@dataclass(frozen=True, slots=True)
class Legend:
    """What was read on a page: the scale, the words, and what could not be read, as sentences for the manifest.

    `bars` are all scale bars of the page, those that were seen and those that their text led to. `layer` holds the
    lines that the words were read from, None where nothing could be read.
    """

    printed: PrintedScale
    words: tuple[Word, ...] = ()
    warnings: tuple[str, ...] = ()
    layer: text.TextLayer | None = None

    @property
    def bars(self) -> tuple[Polygon, ...]:
        return tuple(bar.polygon for bar in self.printed.bars)


def read_legend(page: Page, bars: tuple[Polygon, ...]) -> Legend:
    """Read a page's texts; `bars` are the scale bars that the network saw (rectangles, page px).

    Where texts cannot be read (Tesseract is missing, fails or takes too long), one warning says so.
    """
    try:
        search = BarSearch(page)
        unseen = tuple(bar for bar in search.bars() if not any(bar.intersects(other) for other in bars))
        layer = text.page_layer(page.grey, (*bars, *unseen))
        words = text.read_page(layer)
        stated = [_stated(page, bar, words) for bar in bars]
        stated += [bar for bar in (_if_stated(page, bar, layer, words) for bar in unseen) if _is_bar(page, bar)]
        stated += _bars_by_text(page, words, stated)
        if not any(bar.length_mm is not None for bar in stated):
            stated += _likely_bars(page, search, layer, words, stated)
    except text.TextError as error:
        unread = tuple(StatedBar(bar, reason="not_read") for bar in bars)
        return Legend(PrintedScale(unread), warnings=(str(error),))
    ratio = text.printed_ratio(words)
    warnings = ("Several ratios are printed on the page: none is used.",) if ratio.reason == "several_ratios" else ()
    prose = tuple(line.box for line in layer.lines if line.letters >= _PROSE_LETTERS)
    printed = PrintedScale(_one_for_each_text(stated), ratio.ratio, ratio.text, prose)
    return Legend(printed, words, warnings, layer)


def with_figures(page: Page, vessels: tuple[Vessel, ...], legend: Legend) -> tuple[Vessel, ...]:
    """The vessels with the numbers or codes that stand at them; those that were hardly read are marked for review."""
    drawings = {vessel.identifier: drawing_box(vessel) for vessel in vessels}
    labels = text.figure_labels(_labels(legend), drawings, (page.width_px, page.height_px))
    read = _read_again(
        page, legend, {name: Word(found.text, found.box, found.confidence) for name, found in labels.items()}
    )
    return tuple(_labelled(vessel, read.get(vessel.identifier)) for vessel in vessels)


def with_rim_percents(page: Page, vessels: tuple[Vessel, ...], legend: Legend) -> tuple[Vessel, ...]:
    """The vessels with the share of the rim's circumference (percent) that is printed at them, as a measure.

    Where none is printed or read, or two readings of it differ, the measure says so. Its uncertainty is that of the
    steps in which rims are read: of 5 % where the number is a multiple of that, else of 1 %.
    """
    drawings = {vessel.identifier: drawing_box(vessel) for vessel in vessels}
    lines = text.rim_percents(_labels(legend), drawings, (page.width_px, page.height_px))
    again = _read_again(page, legend, lines)
    said = {name: _rim_percent(line, again[name]) for name, line in lines.items()}
    nothing = Measure(None, None, _NOT_PRINTED if legend.layer is not None else _NOT_READ)
    return tuple(
        replace(vessel, measures=vessel.measures | {_RIM_PERCENT: said.get(vessel.identifier, nothing)})
        for vessel in vessels
    )


def _labels(legend: Legend) -> tuple[Word, ...]:
    """The words of a page that are none of a scale bar."""
    return tuple(word for word in legend.words if not _at_bar(word, legend.printed.bars))


def _read_again(page: Page, legend: Legend, lines: dict[str, Word]) -> dict[str, Word]:
    """The best reading of each line; the first one where no further can be had."""
    if not lines or legend.layer is None:
        return lines
    try:
        return dict(zip(lines, text.read_labels(legend.layer, list(lines.values())), strict=True))
    except text.TextError as error:
        _log.warning("%s: %s", page.ref.source, error)
        return lines


def _rim_percent(*readings: Word) -> Measure:
    values = {text.rim_percent(reading.text) for reading in readings}
    value = values.pop()
    if values or value is None:
        return Measure(None, None, _READINGS_DIFFER)
    return Measure(value, _ROUNDING_SD if value % _CHART_STEP else _CHART_SD)


def _labelled(vessel: Vessel, label: Word | None) -> Vessel:
    if label is None:
        return vessel
    unsure = (_UNSURE_FIGURE,) if label.confidence < _UNSURE else ()
    return replace(vessel, figure=label.text, review=vessel.review + unsure)


def _stated(page: Page, bar: Polygon, words: tuple[Word, ...]) -> StatedBar:
    said = text.read_bar(page.grey, bar, words)
    return StatedBar(bar, said.length_mm, said.reason, said.span, said.letter_px, said.place, is_sure=said.is_sure)


def _if_stated(page: Page, bar: Polygon, layer: text.TextLayer, words: tuple[Word, ...]) -> StatedBar:
    """A bar with its length, where any text at it may be one: what is no bar need not be read around often."""
    return _stated(page, bar, words) if text.may_have_length(bar, layer, words) else StatedBar(bar, reason="no_length")


def _one_for_each_text(bars: list[StatedBar]) -> tuple[StatedBar, ...]:
    """The bars without those that took their length from a text which stands nearer to another."""
    return tuple(bar for bar in bars if not any(_is_nearer(other, bar) for other in bars if other is not bar))


def _is_nearer(one: StatedBar, other: StatedBar) -> bool:
    """Whether two bars have their length from one text, and this one is nearer to it."""
    if one.place is None or other.place is None or one.length_mm != other.length_mm:
        return False
    text_at, same = shapely.Point(one.place), max(one.letter_px, other.letter_px)
    if text_at.distance(shapely.Point(other.place)) > same:
        return False
    return one.polygon.distance(text_at) < other.polygon.distance(text_at)


def _is_bar(page: Page, bar: StatedBar) -> bool:
    """Whether what looks like a scale bar is one, and no ornament."""
    measured = measure_bar(page, bar.polygon)
    return bar.length_mm is not None or (measured is not None and has_centimetres(measured))


def _bars_by_text(page: Page, words: tuple[Word, ...], known: list[StatedBar]) -> list[StatedBar]:
    """Bars that the network did not see, beside texts that no known bar accounts for."""
    found: list[StatedBar] = []
    for word in text.lines_of_words(words):
        at_scale = text.states_length(word) or text.printed_ratio([word]).ratio is not None
        if not (at_scale or text.may_be_length(word)) or _at_bar(word, (*known, *found)):
            continue
        bar = find_bar(page, word)
        if bar is not None and not any(bar.intersects(other.polygon) for other in (*known, *found)):
            stated = _stated(page, bar, words)
            if at_scale or stated.length_mm is not None:
                found.append(stated)
    return found


def _likely_bars(
    page: Page, search: BarSearch, layer: text.TextLayer, words: tuple[Word, ...], known: list[StatedBar]
) -> list[StatedBar]:
    """Bars of few cells or with ticks, at which a text stands that may be a length and turns out to be one."""
    found: list[StatedBar] = []
    for bar in search.likely_bars(lambda place: text.may_have_length(place, layer, words)):
        if not any(bar.intersects(other.polygon) for other in (*known, *found)):
            stated = _stated(page, bar, words)
            if stated.length_mm is not None:
                found.append(stated)
    return found


def _at_bar(word: Word, bars: tuple[StatedBar, ...]) -> bool:
    """Whether a word stands where a bar's text does."""
    near = shapely.box(*word.box)
    return any(bar.polygon.distance(near) <= 3 * (word.box[3] - word.box[1]) for bar in bars)
