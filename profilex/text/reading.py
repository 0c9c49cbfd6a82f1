"""Which parts of a page are read, and how often: everything once, scale texts and labels again."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
import shapely
from shapely import Polygon

from profilex.text.figures import common_prefix
from profilex.text.lines import TextLayer, TextLine, find_lines, lines_of_words
from profilex.text.statements import BarText, bar_length_mm, ends_like_length
from profilex.text.tesseract import Box, Way, read_pieces, read_words
from profilex.types import Word

_LEAST_ALONE_PX = 8  # one sign smaller than this is a speck
_MOST_LINES = 400
_MOST_AT_BAR = 16  # lines around a bar that are read: on a sheet full of drawings the nearest
_BAR_EDGE_PX = 0.5  # ink of a bar beyond its box
_REACH_SHARE = 0.5  # text belongs to a bar within this share of its length ...
_LEAST_REACH, _MOST_REACH = 0.05, 0.1  # ... but not less nor more than these of the page's longer side
_LABEL_SIZES = (1.0, 1.4)  # of the letter height at which lines are read, for further readings
_BAR_SIZES = (0.75, 1.05, 0.6)  # the same; the few signs of a length are read best when they are smaller
_LEAST_READINGS = 2
_SURE = 0.7  # share of the readings in which a unit stands that say the same length
_DIGITS, _SIGNS = "0123456789", "0123456789.,cmd "  # of lengths
_CLOSE, _MOST_LETTERS_OF_LENGTH = 4.0, 8  # how near a length stands to its bar, in letters' heights
_MOST_LETTERS = 24  # of a line at a bar: what is longer is prose
_MORE_DIGITS = re.compile(r"\d|[oO](?=[a-z]{2})")  # a nought may look like a letter
_INKED, _GAP = 170, 0.22  # darker is ink; a gap's least width in letters' heights
_LINE_REACH = 0.04  # of the page's longer side
_LEVEL = np.radians(1.0)
_UPRIGHT = np.pi / 4


@dataclass(frozen=True, slots=True)
class _Reading:
    """One of several ways to read a line: its size, how it is made ready, and the only signs there may be.

    `apart` reads a number and its unit one by one: beside the unit, a reader takes the digits for letters.
    """

    size: float
    way: Way = Way.SHARP
    signs: str = ""
    apart: bool = False


_READINGS = (
    tuple(_Reading(size, apart=True) for size in _BAR_SIZES),
    tuple(_Reading(size) for size in _BAR_SIZES),
    (_Reading(1.0, Way.SOFT), _Reading(1.4, Way.BLACK), _Reading(1.0, Way.SHARP, _SIGNS)),
)
"""Those of a later row are only made where those before do not agree; the first alone agrees with the page's words."""


def page_layer(grey: np.ndarray, bars: Sequence[Polygon] = ()) -> TextLayer:
    """The lines of a page, uint8 (height, width), 0 ink to 255 paper; `bars` are scale bars, whose ink is no text."""
    return find_lines(_without(grey, bars))


def read_page(layer: TextLayer) -> tuple[Word, ...]:
    """The words of a page, line by line, each read once.

    A page with very many lines is read as far as its shorter ones: labels and scale texts are short, prose is not.

    Raises:
        TextError: as `read_words`.
    """
    lines = [line for line in layer.lines if _may_be_text(line)]
    kept = sorted(
        sorted(lines, key=lambda line: line.letters)[:_MOST_LINES], key=lambda line: (line.box[1], line.box[0])
    )
    return read_words(layer.grey, [line.crop for line in kept], scales=[line.scale for line in kept])


def read_bar(grey: np.ndarray, bar: Polygon, words: Sequence[Word] = ()) -> BarText:
    """What the text at a scale bar says, read several times and turned level; most readings decide.

    `bar` is the bar's rectangle on the page, `words` are those already read there, page px.

    Raises:
        TextError: as `read_words`.
    """
    reach = _reach(bar, grey.shape)
    near = tuple(word for word in words if reach.contains(shapely.Point(_centre(word))))
    texts = [bar_length_mm(near)]
    for angle in _turns(bar):
        seen: tuple[TextLine, ...] = ()
        for keep_bar in (False, True):  # a label may stand within the bar, whose ink else looks like letters
            around = _turned(grey, bar, reach, angle, keep_bar=keep_bar)
            if around.lines == seen:
                continue
            seen = around.lines
            for row, readings in enumerate(_READINGS):
                texts += [bar_length_mm(again) for again in _read_around(around, readings)]
                said = _most(texts)
                if said.length_mm is not None and (row or said.length_mm == texts[0].length_mm):
                    return said
                if row and all(text.reason == "no_length" for text in texts):
                    break  # no unit in any reading: there is none
    return _most(texts)


def may_have_length(bar: Polygon, layer: TextLayer, words: Sequence[Word]) -> bool:
    """Whether a short line close to what may be a bar (a rectangle, page px) ends as lengths do, or was not read."""
    x0, y0, x1, y1 = bar.bounds
    for line in layer.lines:
        left, top, right, bottom = line.box
        away = max(left - x1, x0 - right, 0.0) + max(top - y1, y0 - bottom, 0.0)
        if away <= _CLOSE * line.letter_px and 1 < line.letters <= _MOST_LETTERS_OF_LENGTH:
            read = [word.text for word in words if _inside(word, line.crop)]
            if not read or ends_like_length(" ".join(read)):
                return True
    return False


def read_labels(layer: TextLayer, labels: Sequence[Word]) -> tuple[Word, ...]:
    """Labels of a page read again, in several sizes and ways; the best reading of each, at its old place.

    Raises:
        TextError: as `read_words`.
    """
    lines = [_line_at(layer.lines, label) for label in labels]
    readings = [[label] for label in labels]
    for way, sizes in ((Way.SHARP, _LABEL_SIZES), (Way.BLACK, _LABEL_SIZES[1:])):
        crops = [line.crop for line in lines for _ in sizes]
        scales = [size * line.scale for line in lines for size in sizes]
        pieces = read_pieces(layer.grey, crops, scales=scales, way=way)
        for index, piece in enumerate(pieces):
            readings[index // len(sizes)] += lines_of_words(piece)
    best = common_prefix(readings)
    return tuple(replace(word, box=label.box) for word, label in zip(best, labels, strict=True))


def _without(grey: np.ndarray, bars: Sequence[Polygon]) -> np.ndarray:
    """The picture with paper in place of the bars."""
    clean = grey.copy()
    for bar in bars:
        corners = np.round(shapely.get_coordinates(bar.buffer(_BAR_EDGE_PX, join_style="mitre"))).astype(np.int32)
        x0, y0 = np.maximum(corners.min(axis=0) - 8, 0)
        x1, y1 = corners.max(axis=0) + 8
        around = grey[y0:y1, x0:x1]
        cv2.fillPoly(clean, [corners], int(np.percentile(around, 90)) if around.size else 255)
    return clean


def _may_be_text(line: TextLine) -> bool:
    return line.letters > 1 or line.letter_px >= _LEAST_ALONE_PX


def _reach(bar: Polygon, shape: tuple[int, ...]) -> Polygon:
    """Where a bar's text may stand."""
    corners = shapely.get_coordinates(bar.minimum_rotated_rectangle)[:4]
    long = max(float(np.hypot(*(corners[1] - corners[0]))), float(np.hypot(*(corners[2] - corners[1]))))
    reach = float(np.clip(_REACH_SHARE * long, _LEAST_REACH * max(shape), _MOST_REACH * max(shape)))
    return bar.buffer(reach, quad_segs=4)


def _centre(word: Word) -> tuple[float, float]:
    return _middle(word.box)


def _middle(box: tuple[float, float, float, float]) -> tuple[float, float]:
    x0, y0, x1, y1 = box
    return (x0 + x1) / 2, (y0 + y1) / 2


def _inside(word: Word, box: tuple[int, int, int, int]) -> bool:
    x, y = _centre(word)
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _line_at(lines: Sequence[TextLine], word: Word) -> TextLine:
    """The line that a word was read from, without the parts that were not taken for its label."""
    x0, y0, x1, y1 = word.box
    box = (int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1)))
    here = [line for line in lines if _inside(word, line.crop)]
    letter = min((line.letter_px for line in here), default=y1 - y0)
    return TextLine(box, letter, len(word.text))


def _turns(bar: Polygon) -> tuple[float, ...]:
    """Angles (radians) by which the text at a bar may be turned: along the bar, and upright beside a standing one."""
    corners = shapely.get_coordinates(bar.minimum_rotated_rectangle)[:4]
    sides = np.roll(corners, -1, axis=0) - corners
    dx, dy = sides[int(np.hypot(*sides[:2].T).argmax())]
    angle = float((np.arctan2(dy, dx) + np.pi / 2) % np.pi - np.pi / 2)
    if abs(angle) <= _UPRIGHT:
        return (angle,)
    return angle - np.sign(angle) * np.pi / 2, angle, angle - np.sign(angle) * np.pi


@dataclass(frozen=True, slots=True)
class _Around:
    """What is around a bar, turned level: its lines, the picture, and the way back to the page (2 by 3)."""

    lines: tuple[TextLine, ...]
    grey: np.ndarray
    back: np.ndarray


def _turned(grey: np.ndarray, bar: Polygon, reach: Polygon, angle: float, *, keep_bar: bool) -> _Around:
    """The short lines whose middles lie within reach of a bar, with the page turned by an angle (radians)."""
    x0, y0, x1, y1 = reach.bounds
    margin = _LINE_REACH * max(grey.shape)  # the last letters of a line may stand farther away
    left, top = max(0, int(x0 - margin)), max(0, int(y0 - margin))
    window = grey if keep_bar else _without(grey, [bar])
    level, turn = _turn(window[top : int(y1 + margin) + 1, left : int(x1 + margin) + 1], angle)
    layer = find_lines(level, page_long_side_px=max(grey.shape))
    back = np.linalg.inv(np.vstack([turn, [0, 0, 1]]))[:2]
    back[:, 2] += (left, top)
    near = {
        line: place
        for line in layer.lines
        if _may_be_text(line)
        and line.letters <= _MOST_LETTERS
        and reach.contains(place := shapely.Point(back @ (*_middle(line.box), 1.0)))
    }
    nearest = sorted(near, key=lambda line: bar.distance(near[line]))[:_MOST_AT_BAR]
    return _Around(tuple(line for line in near if line in nearest), layer.grey, back)


def _turn(crop: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    """A picture turned by an angle, and the matrix (2 by 3) that turns its places; what is nearly level stays."""
    if abs(angle) < _LEVEL:
        return crop, np.eye(2, 3)
    height, width = crop.shape
    cos, sin = np.cos(angle), np.sin(angle)
    wide, high = (int(abs(a * cos) + abs(b * sin)) + 1 for a, b in ((width, height), (height, width)))
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
    turn[:, 2] = np.array([wide / 2, high / 2]) - turn[:, :2] @ (width / 2, height / 2)
    paper = int(np.percentile(crop, 90))
    return cv2.warpAffine(crop, turn, (wide, high), flags=cv2.INTER_CUBIC, borderValue=paper), turn


def _read_around(around: _Around, readings: Sequence["_Reading"]) -> list[tuple[Word, ...]]:
    """The words around a bar, at their places on the page, once for each reading."""
    found = []
    for reading in readings:
        scales = [reading.size * line.scale for line in around.lines]
        parts = [_number_and_unit(around.grey, line) if reading.apart else None for line in around.lines]
        others = [part[1] if part else line.crop for line, part in zip(around.lines, parts, strict=True)]
        read_as = partial(read_pieces, around.grey, way=reading.way)
        read = read_as(others, scales=scales, signs=reading.signs)
        apart = [index for index, part in enumerate(parts) if part]
        numbers = read_as([part[0] for part in parts if part], scales=[scales[index] for index in apart], signs=_DIGITS)
        for index, number in zip(apart, numbers, strict=True):
            read[index] = _joined(number, read[index])
        words = lines_of_words(tuple(word for piece in read for word in piece))
        found.append(tuple(_moved(word, around.back) for word in words))
    return found


def _joined(number: tuple[Word, ...], rest: tuple[Word, ...]) -> tuple[Word, ...]:
    """A number and what follows it, as one word where that begins with more of its digits: the gap was within it."""
    if not number or not rest or not _MORE_DIGITS.match(rest[0].text):
        return number + rest
    (*before, last), (first, *after) = number, rest
    box = (*np.minimum(last.box, first.box)[:2].tolist(), *np.maximum(last.box, first.box)[2:].tolist())
    whole = Word(last.text + first.text, box, min(last.confidence, first.confidence))
    return (*before, whole, *after)


def _number_and_unit(grey: np.ndarray, line: TextLine) -> tuple[Box, Box] | None:
    """The two parts of a short line such as "10 cm", left and right of its widest gap; None where it has no gap."""
    if not 1 < line.letters <= _MOST_LETTERS_OF_LENGTH:
        return None
    x0, y0, x1, y1 = line.crop
    is_inked = (grey[y0:y1, x0:x1] < _INKED).any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_inked.astype(np.int8), [0]])))
    ends, starts = edges[1:-1:2], edges[2::2]
    gaps = starts - ends
    if not len(gaps) or gaps.max() < _GAP * line.letter_px:
        return None
    widest = int(gaps.argmax())
    middle = x0 + int(ends[widest] + starts[widest]) // 2
    return (x0, y0, middle, y1), (middle, y0, x1, y1)


def _moved(word: Word, matrix: np.ndarray) -> Word:
    """A word's box, upright still, about its turned middle."""
    x, y = (float(place) for place in matrix @ (*_centre(word), 1.0))
    wide, high = (word.box[2] - word.box[0]) / 2, (word.box[3] - word.box[1]) / 2
    return Word(word.text, (x - wide, y - high, x + wide, y + high), word.confidence)


def _most(texts: Sequence[BarText]) -> BarText:
    """The reading that most agree on.

    None where another length was read half as often, where it was read only once, or never in digits.
    """
    counts = Counter(text.length_mm for text in texts if text.length_mm is not None)
    if not counts:
        reasons = [text.reason for text in texts if text.reason != "no_length"]
        return BarText(None, reasons[0] if reasons else "no_length")
    (length, count), *others = counts.most_common()
    if count < _LEAST_READINGS or (others and 2 * others[0][1] >= count):
        return BarText(None, "readings_differ")
    same = [text for text in texts if text.length_mm == length]
    if not any(text.is_clear for text in same):
        return BarText(None, "number_unclear")
    told = [text for text in texts if text.reason != "no_length"]
    best = next((text for text in same if text.span is not None), same[0])
    return replace(best, is_sure=count >= _SURE * len(told))
