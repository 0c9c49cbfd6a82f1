"""What a page says about its scale: bars with the lengths printed at them, and the ratio."""

from dataclasses import dataclass

import shapely
from shapely import Polygon

from profilex import text
from profilex.scale import BarSearch, find_bar, has_centimetres, measure_bar
from profilex.types import Page, PrintedScale, StatedBar, Word

_PROSE_LETTERS = 12  # a row of so many is no label


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
        if not (at_scale or text.may_be_length(word)) or is_at_bar(word, (*known, *found)):
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


def is_at_bar(word: Word, bars: tuple[StatedBar, ...]) -> bool:
    """Whether a word stands where a bar's text does."""
    near = shapely.box(*word.box)
    return any(bar.polygon.distance(near) <= 3 * (word.box[3] - word.box[1]) for bar in bars)
