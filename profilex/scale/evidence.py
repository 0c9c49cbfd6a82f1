"""The evidence of a page for its scale: bars with the lengths printed at them, and the ratio."""

import math
from dataclasses import dataclass, replace

import shapely
from shapely import Polygon

from profilex import text
from profilex.scale import BarSearch, find_bar, has_centimetres, measure_bar
from profilex.settings import EvidenceSettings, Settings
from profilex.types import Page, PrintedScale, StatedBar, Word

_LEVEL = math.radians(15.0)


@dataclass(frozen=True, slots=True)
class Legend:
    """The readings of a page: the scale, the words, and warnings for the manifest about what could not be read.

    `bars` are all scale bars of the page: those found by their ink and those found by their text. `is_read` is False if
    no text could be read.
    """

    printed: PrintedScale
    words: tuple[Word, ...] = ()
    warnings: tuple[str, ...] = ()
    is_read: bool = True

    @property
    def bars(self) -> tuple[Polygon, ...]:
        return tuple(bar.polygon for bar in self.printed.bars)


def read_legend(page: Page, settings: Settings) -> Legend:
    """Find a page's scale bars, and read its texts; if these cannot be read, one warning says so."""
    numbers = settings.evidence
    search = BarSearch(page, numbers)
    bars = search.bars()
    try:
        read = text.read_page(page.grey, bars, settings=settings.text)
    except text.TextError as error:
        return Legend(PrintedScale(), warnings=(str(error),), is_read=False)
    words = read.words
    apparent = [_measured(page, _if_stated(page, bar, words, settings), numbers) for bar in bars]
    stated = [bar for bar in apparent if _is_bar(bar, numbers)]
    stated += _bars_by_text(page, words, stated, settings)
    if not any(bar.length_mm is not None for bar in stated):
        stated = [_if_touched(page, bar, words, settings) for bar in stated]
        stated += _likely_bars(page, search, words, stated, settings)
    ratio = text.printed_ratio(words)
    warnings = ("Several ratios are printed on the page; none is used.",) if ratio.reason == "several_ratios" else ()
    bars_of_texts = tuple(_measured(page, bar, numbers) for bar in _one_for_each_text(stated))
    printed = PrintedScale(bars_of_texts, ratio.ratio, ratio.text, read.prose)
    return Legend(printed, words, warnings)


def _stated(page: Page, bar: Polygon, words: tuple[Word, ...], settings: Settings) -> StatedBar:
    said = text.read_bar(bar, words, page.grey.shape, settings.text)
    return StatedBar(bar, said.length_mm, said.reason, said.span, said.letter_px, said.place, is_sure=said.is_sure)


def _if_stated(page: Page, bar: Polygon, words: tuple[Word, ...], settings: Settings) -> StatedBar:
    """A bar with its length, if any text at it may be a length."""
    return (
        _stated(page, bar, words, settings)
        if text.may_have_length(bar, words, settings.text)
        else StatedBar(bar, reason="no_length")
    )


def _one_for_each_text(bars: list[StatedBar]) -> tuple[StatedBar, ...]:
    """The bars without those whose length comes from a text that is nearer to another bar."""
    return tuple(bar for bar in bars if not any(_is_nearer(other, bar) for other in bars if other is not bar))


def _is_nearer(one: StatedBar, other: StatedBar) -> bool:
    """Whether two bars have their length from the same text, and this one is nearer to it."""
    if one.place is None or other.place is None or one.length_mm != other.length_mm:
        return False
    text_at, same = shapely.Point(one.place), max(one.letter_px, other.letter_px)
    if text_at.distance(shapely.Point(other.place)) > same:
        return False
    return one.polygon.distance(text_at) < other.polygon.distance(text_at)


def _measured(page: Page, bar: StatedBar, numbers: EvidenceSettings) -> StatedBar:
    """The bar with its length on the page; each bar is measured once."""
    return bar if bar.measured is not None else replace(bar, measured=measure_bar(page, bar.polygon, numbers))


def _is_bar(bar: StatedBar, numbers: EvidenceSettings) -> bool:
    """Whether an apparent scale bar is one, and not an ornament."""
    return bar.length_mm is not None or (bar.measured is not None and has_centimetres(bar.measured, numbers))


def _bars_by_text(page: Page, words: tuple[Word, ...], known: list[StatedBar], settings: Settings) -> list[StatedBar]:
    """Further bars, beside texts that do not belong to a known bar."""
    found: list[StatedBar] = []
    level = tuple(word for word in words if abs(word.angle) < _LEVEL)
    for word in text.lines_of_words(level):
        at_scale = text.states_length(word) or text.printed_ratio([word]).ratio is not None
        if not (at_scale or text.may_be_length(word)) or is_at_bar(word, (*known, *found)):
            continue
        bar = find_bar(page, word, settings.evidence)
        if bar is not None and not any(bar.intersects(other.polygon) for other in (*known, *found)):
            stated = _stated(page, bar, words, settings)
            if at_scale or stated.length_mm is not None:
                found.append(stated)
    return found


def _likely_bars(
    page: Page, search: BarSearch, words: tuple[Word, ...], known: list[StatedBar], settings: Settings
) -> list[StatedBar]:
    """Bars of few cells or with ticks, with a text at them that is read as a length."""
    found: list[StatedBar] = []
    for bar in search.likely_bars(lambda place: text.may_have_length(place, words, settings.text)):
        if not any(bar.intersects(other.polygon) for other in (*known, *found)):
            stated = _if_touched(page, _stated(page, bar, words, settings), words, settings)
            if stated.length_mm is not None:
                found.append(stated)
    return found


def _if_touched(page: Page, bar: StatedBar, words: tuple[Word, ...], settings: Settings) -> StatedBar:
    """A bar without a length, with the length of the letters that touch it, if there are any."""
    if bar.length_mm is not None:
        return bar
    touching = text.read_touching(page.grey, bar.polygon, settings.text)
    boxes = [shapely.box(*word.box) for word in touching]
    others = tuple(word for word in words if not any(shapely.box(*word.box).intersects(read) for read in boxes))
    again = [_stated(page, bar.polygon, near, settings) for near in (touching, (*others, *touching))]
    return next((read for read in again if read.length_mm is not None), bar)


def is_at_bar(word: Word, bars: tuple[StatedBar, ...]) -> bool:
    """Whether a word is where a bar's text is."""
    near = shapely.box(*word.box)
    return any(bar.polygon.distance(near) <= 3 * (word.box[3] - word.box[1]) for bar in bars)
