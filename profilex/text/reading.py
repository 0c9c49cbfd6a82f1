"""Which parts of a page are read, and how often: everything once, scale texts and labels again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import shapely
from shapely import Polygon

from profilex.text.figures import common_prefix
from profilex.text.lines import TextLayer, TextLine, find_lines, lines_of_words
from profilex.text.statements import BarText, bar_length_mm
from profilex.text.tesseract import read_pieces, read_words
from profilex.types import Word

_LEAST_ALONE_PX = 8  # one sign smaller than this is a speck
_MOST_LINES = 400
_MOST_AT_BAR = 40  # lines around a bar that are read: on a sheet full of drawings the nearest
_BAR_EDGE_PX = 0.5  # ink of a bar beyond its box
_REACH_SHARE = 0.5  # text belongs to a bar within this share of its length ...
_LEAST_REACH, _MOST_REACH = 0.05, 0.1  # ... but not less nor more than these of the page's longer side
_SIZES = (1.0, 1.4, 0.8)  # of the best letter height, for further readings
_LEAST_READINGS = 2
_UPRIGHT = np.pi / 4


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
        for kept in (False, True):  # a label may stand within the bar, whose ink else looks like letters
            texts += [bar_length_mm(again) for again in _read_turned(grey, bar, reach, angle, keep_bar=kept)]
            if sum(text.length_mm is not None for text in texts) >= _LEAST_READINGS:
                return _most(texts)
    return _most(texts)


def read_labels(layer: TextLayer, labels: Sequence[Word]) -> tuple[Word, ...]:
    """Labels of a page read again, in several sizes and ways; the best reading of each, at its old place.

    Raises:
        TextError: as `read_words`.
    """
    lines = [_line_at(layer.lines, label) for label in labels]
    readings = [[label] for label in labels]
    for bilevel, sizes in ((False, _SIZES[:2]), (True, _SIZES[1:2])):
        crops = [line.crop for line in lines for _ in sizes]
        scales = [size * line.scale for line in lines for size in sizes]
        pieces = read_pieces(layer.grey, crops, scales=scales, bilevel=bilevel)
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


def _nearest(lines: Sequence[TextLine], place: tuple[float, float]) -> list[TextLine]:
    """The lines that stand nearest to a place, in their order."""
    away = [shapely.box(*line.box).distance(shapely.Point(place)) for line in lines]
    kept = set(np.argsort(away, kind="stable")[:_MOST_AT_BAR].tolist())
    return [line for index, line in enumerate(lines) if index in kept]


def _may_be_text(line: TextLine) -> bool:
    return line.letters > 1 or line.letter_px >= _LEAST_ALONE_PX


def _reach(bar: Polygon, shape: tuple[int, ...]) -> Polygon:
    """Where a bar's text may stand."""
    corners = shapely.get_coordinates(bar.minimum_rotated_rectangle)[:4]
    long = max(float(np.hypot(*(corners[1] - corners[0]))), float(np.hypot(*(corners[2] - corners[1]))))
    reach = float(np.clip(_REACH_SHARE * long, _LEAST_REACH * max(shape), _MOST_REACH * max(shape)))
    return bar.buffer(reach, quad_segs=4)


def _centre(word: Word) -> tuple[float, float]:
    x0, y0, x1, y1 = word.box
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


def _read_turned(
    grey: np.ndarray, bar: Polygon, reach: Polygon, angle: float, *, keep_bar: bool
) -> list[tuple[Word, ...]]:
    """The words around a bar with the page turned by an angle, several times, at their places on the page."""
    x0, y0, x1, y1 = reach.bounds
    left, top = max(0, int(x0)), max(0, int(y0))
    crop = (grey if keep_bar else _without(grey, [bar]))[top : int(y1) + 1, left : int(x1) + 1]
    height, width = crop.shape
    cos, sin = np.cos(angle), np.sin(angle)
    wide, high = (int(abs(a * cos) + abs(b * sin)) + 1 for a, b in ((width, height), (height, width)))
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
    turn[:, 2] = np.array([wide / 2, high / 2]) - turn[:, :2] @ (width / 2, height / 2)
    paper = int(np.percentile(crop, 90))
    level = cv2.warpAffine(crop, turn, (wide, high), flags=cv2.INTER_CUBIC, borderValue=paper)
    layer = find_lines(level, page_long_side_px=max(grey.shape))
    lines = _nearest([line for line in layer.lines if _may_be_text(line)], (wide / 2, high / 2))
    if not lines:
        return []
    back = np.linalg.inv(np.vstack([turn, [0, 0, 1]]))[:2]
    crops = [line.crop for _ in _SIZES for line in lines]
    pieces = read_pieces(layer.grey, crops, scales=[size * line.scale for size in _SIZES for line in lines])
    readings = []
    for index in range(len(_SIZES)):
        words = tuple(word for piece in pieces[index * len(lines) : (index + 1) * len(lines)] for word in piece)
        readings.append(tuple(_moved(word, back, (left, top)) for word in lines_of_words(words)))
    return readings


def _moved(word: Word, matrix: np.ndarray, corner: tuple[int, int]) -> Word:
    """A word's box, upright still, about its turned middle."""
    x, y = (float(place) for place in matrix @ (*_centre(word), 1.0) + corner)
    wide, high = (word.box[2] - word.box[0]) / 2, (word.box[3] - word.box[1]) / 2
    return Word(word.text, (x - wide, y - high, x + wide, y + high), word.confidence)


def _most(texts: Sequence[BarText]) -> BarText:
    """The reading that most agree on; none where another length was read as often, or where it was read only once."""
    counts = Counter(text.length_mm for text in texts if text.length_mm is not None)
    if not counts:
        reasons = [text.reason for text in texts if text.reason != "no_length"]
        return BarText(None, reasons[0] if reasons else "no_length")
    (length, count), *others = counts.most_common()
    if count < _LEAST_READINGS or (others and others[0][1] == count):
        return BarText(None, "readings_differ")
    same = [text for text in texts if text.length_mm == length]
    return next((text for text in same if text.span is not None), same[0])
