"""All words of a page, each read once: lines that a network finds, and lines of ink that it misses."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import shapely
from shapely import Polygon

from profilex.settings import TextSettings
from profilex.text.detection import TextBox, detect_text
from profilex.text.lines import InkText, TextLine, find_lines
from profilex.text.networks import load_networks
from profilex.text.recognition import read_lines
from profilex.text.statements import BarText, bar_length_mm, ends_like_length
from profilex.types import Word

_STROKES = set("1Il")
_LEVEL = np.radians(1.0)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page: its words, and the boxes of its rows of running text (x0, y0, x1, y1), px."""

    words: tuple[Word, ...] = ()
    prose: tuple[Box, ...] = ()


def read_page(grey: np.ndarray, bars: Sequence[Polygon] = (), *, settings: TextSettings) -> PageText:
    """Read a page, uint8 (height, width), 0 ink to 255 paper; `bars` are scale bars, whose ink is not text.

    Raises:
        TextError: the networks are missing.
    """
    networks = load_networks()
    ink = find_lines(_without(grey, bars, settings))
    seen = detect_text(grey, networks)
    passed_over = _passed_over(ink, seen, settings)
    read = read_lines(grey, [*seen, *passed_over], networks)
    words: list[Word] = []
    prose: list[Box] = []
    for box, line in zip(seen, read, strict=False):
        words += [_on_ink(word, ink.letters, settings) for word in line]
        if sum(len(word.text) for word in line) >= settings.reading.prose_letters:
            prose.append(box.bounds)
    alone = [_on_ink(word, ink.letters, settings) for line in read[len(seen) :] for word in line]
    alone = [word for word in alone if word.confidence >= settings.reading.least_confidence and word.text.isalnum()]
    words += _without_strokes(alone, words, settings)
    return PageText(tuple(words), tuple(prose))


def read_bar(bar: Polygon, words: Sequence[Word], page_shape: tuple[int, ...], settings: TextSettings) -> BarText:
    """What the words at a scale bar say; `bar` is its rectangle on the page, `page_shape` the page's, px.

    Words of one direction are read together. If two directions give different lengths, neither is used.
    """
    reach = _reach(bar, page_shape, settings)
    said = [_read_along(near) for group in _directions(words) if (near := _near(bar, reach, group))]
    lengths = {text.length_mm for text in said if text.length_mm is not None}
    if len(lengths) > 1:
        return BarText(None, "several_lengths")
    understood = [text for text in said if text.length_mm is not None]
    doubts = [text for text in said if text.reason != "no_length"]
    return next(iter([*understood, *doubts]), BarText(None, "no_length"))


def may_have_length(bar: Polygon, words: Sequence[Word], settings: TextSettings) -> bool:
    """Whether a short word close to a possible bar (a rectangle, page px) ends like a length."""
    for word in words:
        close = settings.reading.close * (word.box[3] - word.box[1])
        is_short = len(word.text) <= settings.reading.most_letters_of_length
        if is_short and ends_like_length(word.text) and bar.distance(shapely.box(*word.box)) <= close:
            return True
    return False


def _without(grey: np.ndarray, bars: Sequence[Polygon], settings: TextSettings) -> np.ndarray:
    """The picture with the bars replaced by paper."""
    clean = grey.copy() if bars else grey
    for bar in bars:
        corners = np.round(
            shapely.get_coordinates(bar.buffer(settings.reading.bar_edge_px, join_style="mitre"))
        ).astype(np.int32)
        x0, y0 = np.maximum(corners.min(axis=0) - 8, 0)
        x1, y1 = corners.max(axis=0) + 8
        around = grey[y0:y1, x0:x1]
        cv2.fillPoly(clean, [corners], int(np.percentile(around, 90)) if around.size else 255)
    return clean


def _passed_over(ink: InkText, seen: Sequence[TextBox], settings: TextSettings) -> list[TextBox]:
    """Short lines of ink outside every text box, about as high as the page's text: mostly single digits."""
    heights = [settings.reading.ungrown * box.height for box in seen if not box.is_standing]
    usual = float(np.median(heights)) if heights else None
    bounds = np.array([box.bounds for box in seen]).reshape(-1, 4)
    lines = [line for line in ink.lines if _may_be_text(line, usual, settings) and not _is_within(line, bounds)]
    if usual is not None:
        lines.sort(key=lambda line: abs(np.log(line.letter_px / usual)))
    return [_around(line, settings) for line in lines[: settings.reading.most_lines]]


def _without_strokes(alone: Sequence[Word], seen: Sequence[Word], settings: TextSettings) -> list[Word]:
    """What only the ink showed, without `1` and `11` that are drawn strokes: those not as high as the page's digits."""
    digits = [word for word in (*alone, *seen) if word.text.isdecimal() and set(word.text) != {"1"}]
    heights = [word.box[3] - word.box[1] for word in digits]
    usual = float(np.median(heights)) if heights else None

    def is_stroke(word: Word) -> bool:
        if not set(word.text) <= _STROKES:
            return False
        return (
            word.confidence < settings.reading.least_confidence_stroke
            or usual is None
            or abs(word.box[3] - word.box[1] - usual) > settings.reading.like_digits * usual
        )

    return [word for word in alone if not is_stroke(word)]


def _may_be_text(line: TextLine, usual_px: float | None, settings: TextSettings) -> bool:
    x0, y0, x1, y1 = line.box
    if line.letters > settings.reading.most_alone or line.letter_px < settings.reading.least_alone_px:
        return False
    if not settings.reading.least_stroke <= (x1 - x0) / (y1 - y0) <= settings.reading.most_wide * line.letters:
        return False
    return usual_px is None or settings.reading.sizes[0] <= line.letter_px / usual_px <= settings.reading.sizes[1]


def _is_within(line: TextLine, bounds: np.ndarray) -> bool:
    x, y = _middle(line.box)
    inside = (bounds[:, 0] <= x) & (x <= bounds[:, 2]) & (bounds[:, 1] <= y) & (y <= bounds[:, 3])
    return bool(inside.any())


def _around(line: TextLine, settings: TextSettings) -> TextBox:
    x0, y0, x1, y1 = line.box
    margin = 2 * settings.reading.ink_margin * line.letter_px
    return TextBox(_middle(line.box), x1 - x0 + margin, y1 - y0 + margin)


def _on_ink(word: Word, letters: np.ndarray, settings: TextSettings) -> Word:
    """A level word with the box of its letters, which is smaller than the network's box."""
    x0, y0, x1, y1 = word.box
    x, y = (letters[:, 0] + letters[:, 2]) / 2, (letters[:, 1] + letters[:, 3]) / 2
    usual = settings.reading.ungrown * (y1 - y0)
    is_letter = (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)
    is_letter &= (letters[:, 3] - letters[:, 1] <= settings.reading.tallest * usual) & (
        letters[:, 2] - letters[:, 0] <= settings.reading.broadest * usual
    )
    own = letters[is_letter]
    if abs(word.angle) > np.pi / 4 or not len(own):
        shrunk = (1 - settings.reading.ungrown) / 2 * (y1 - y0)
        return replace(word, box=(x0, y0 + shrunk, x1, y1 - shrunk))
    (x0, y0), (x1, y1) = own[:, :2].min(axis=0), own[:, 2:].max(axis=0)
    return replace(word, box=(float(x0), float(y0), float(x1), float(y1)))


def _reach(bar: Polygon, shape: tuple[int, ...], settings: TextSettings) -> Polygon:
    """The area in which a bar's text may be."""
    corners = shapely.get_coordinates(bar.minimum_rotated_rectangle)[:4]
    long = max(float(np.hypot(*(corners[1] - corners[0]))), float(np.hypot(*(corners[2] - corners[1]))))
    reach = float(
        np.clip(
            settings.reading.reach_share * long,
            settings.reading.least_reach * max(shape),
            settings.reading.most_reach * max(shape),
        )
    )
    return bar.buffer(reach, quad_segs=4)


def _near(bar: Polygon, reach: Polygon, words: Sequence[Word]) -> list[Word]:
    """The words of one direction at a bar: within its reach, or in line with a word that is."""
    at_bar = [word for word in words if reach.contains(shapely.Point(_middle(word.box)))]
    beside = [word for word in words if word not in at_bar and any(_follows(word, other) for other in at_bar)]
    return at_bar + beside


def _follows(word: Word, other: Word) -> bool:
    """Whether a word directly follows another in its line, like a unit after its number."""
    high = other.box[3] - other.box[1]
    return 0 <= word.box[0] - other.box[2] <= high and abs(_middle(word.box)[1] - _middle(other.box)[1]) <= high / 2


def _directions(words: Sequence[Word]) -> list[list[Word]]:
    """Words grouped by their direction: level, and by quarter turns."""
    groups: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        groups[round(word.angle / (np.pi / 2))].append(word)
    return list(groups.values())


def _read_along(words: Sequence[Word]) -> BarText:
    """The length that words of one direction state, with the page rotated so that they are level."""
    angle = float(np.median([word.angle for word in words]))
    if abs(angle) < _LEVEL:
        return bar_length_mm(words)
    said = bar_length_mm([_turned(word, -angle) for word in words])
    span = None if said.span is None else (_turn(said.span[0], angle), _turn(said.span[1], angle))
    return replace(said, span=span, place=None if said.place is None else _turn(said.place, angle))


def _turned(word: Word, angle: float) -> Word:
    """A word on a page that is rotated about its corner."""
    x0, y0, x1, y1 = word.box
    (x, y), wide, high = _turn(_middle(word.box), angle), (x1 - x0) / 2, (y1 - y0) / 2
    return replace(word, box=(x - wide, y - high, x + wide, y + high), angle=word.angle + angle)


def _turn(place: tuple[float, float], angle: float) -> tuple[float, float]:
    """A place rotated by an angle (radians, clockwise) about the page's corner."""
    x, y = place
    cos, sin = np.cos(angle), np.sin(angle)
    return float(cos * x - sin * y), float(sin * x + cos * y)


def _middle(box: Box) -> tuple[float, float]:
    x0, y0, x1, y1 = box
    return (x0 + x1) / 2, (y0 + y1) / 2
