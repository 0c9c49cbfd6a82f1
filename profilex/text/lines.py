"""Lines of text on a page, found by the size and alignment of their letters before anything is read."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import shapely
from shapely import STRtree

from profilex.types import Word

_INK = 0.75  # of the paper's brightness: darker is ink
_LEAST_LETTER_PX = 4
_TALLEST_LETTER = 0.045  # share of the page's longer side
_BROADEST = 6.0  # a letter's width in heights; more than one letter, because letters of bold or blurred words touch
_WORD_GAP = 1.1  # letters of a line are at most this many heights apart
_PAPER_STEP = 8
_DOT, _ROUND = 0.7, 0.75  # a sign that fills this share of its box, with this ratio of its sides, is a dot ...
_LETTER_HIGH = (0.65, 1.35)  # ... but a blurred digit if it is in a row with letters and as high as they are


@dataclass(frozen=True, slots=True)
class TextLine:
    """A row of letters: its box (x0, y0, x1, y1), the usual letter height, both px, and the number of letters."""

    box: tuple[int, int, int, int]
    letter_px: float
    letters: int


@dataclass(frozen=True, slots=True)
class InkText:
    """The ink of a page that may be text: lines, and all letters as int (n, 4) boxes (x0, y0, x1, y1, px)."""

    lines: tuple[TextLine, ...]
    letters: np.ndarray


def find_lines(grey: np.ndarray) -> InkText:
    """Lines of upright text on a page, from top to bottom and left to right, and its letters.

    `grey` is uint8 (height, width), 0 ink to 255 paper; uneven paper is corrected. Specks, strokes and drawings are
    left out by their size; a row that looks like text is kept, even if it may be something else.
    """
    level = _on_white_paper(grey)
    ink = (level < _INK * 255).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    tallest = max(2.0 * _LEAST_LETTER_PX, _TALLEST_LETTER * max(grey.shape))
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    small = (high <= tallest) & (wide <= np.maximum(_BROADEST * high, tallest))
    solid = stats[:, cv2.CC_STAT_AREA] >= _DOT * wide * high
    dots = solid & (wide >= _ROUND * high) & (high >= _ROUND * wide)
    signs = small & (high >= _LEAST_LETTER_PX) & (wide >= 1)
    signs[0] = False
    boxes = stats[:, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].astype(int)
    boxes[:, 2:] += boxes[:, :2]
    letters = boxes[signs & ~dots]
    blurred = _blurred_letters(boxes[signs & dots], letters)
    letters = np.concatenate([letters, blurred])
    return InkText(_rows(letters), letters)


@lru_cache(maxsize=64)
def lines_of_words(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words in one row, at most a space apart, joined to one; the confidence is the least of them.

    Ratios, rim percentages, figure numbers and bars all use these lines.
    """
    joined: list[Word] = []
    for word in sorted(words, key=lambda word: (word.box[0], word.box[1])):
        high = word.box[3] - word.box[1]
        for index, before in enumerate(joined):
            overlap = min(before.box[3], word.box[3]) - max(before.box[1], word.box[1])
            gap = word.box[0] - before.box[2]
            if overlap > 0.5 * min(high, before.box[3] - before.box[1]) and -high < gap <= _WORD_GAP * high:
                box = (
                    before.box[0],
                    min(before.box[1], word.box[1]),
                    max(before.box[2], word.box[2]),
                    max(before.box[3], word.box[3]),
                )
                joined[index] = Word(f"{before.text} {word.text}", box, min(before.confidence, word.confidence))
                break
        else:
            joined.append(word)
    return tuple(joined)


def _on_white_paper(grey: np.ndarray) -> np.ndarray:
    """The picture divided by the brightness of its paper: shadows and tinted paper become white."""
    height, width = grey.shape
    size = (max(1, width // _PAPER_STEP), max(1, height // _PAPER_STEP))
    coarse = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    paper = cv2.dilate(cv2.medianBlur(coarse, 3), np.ones((9, 9), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), 3)
    paper = np.maximum(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), 60)
    return cv2.divide(grey, paper, scale=255)


def _blurred_letters(dots: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """The dots (n, 4) that are beside a letter (m, 4) and as high as it: digits that blur has filled."""
    high = dots[:, 3] - dots[:, 1]
    reach = np.ceil(_WORD_GAP * high)
    around = STRtree(shapely.box(dots[:, 0] - reach, dots[:, 1], dots[:, 2] + reach, dots[:, 3]))
    beside, dot = around.query(shapely.box(*letters.T))
    letter = letters[beside]
    letter_high = letter[:, 3] - letter[:, 1]
    overlap = np.minimum(letter[:, 3], dots[dot, 3]) - np.maximum(letter[:, 1], dots[dot, 1])
    least, most = _LETTER_HIGH
    is_alike = (least * letter_high <= high[dot]) & (high[dot] <= most * letter_high)
    is_letter = is_alike & (overlap > 0.5 * np.minimum(letter_high, high[dot]))
    return dots[np.unique(dot[is_letter])]


def _rows(boxes: np.ndarray) -> tuple[TextLine, ...]:
    """Letters (n, 4) joined into lines: neighbours of one height, side by side."""
    order = np.argsort(boxes[:, 0], kind="stable")
    boxes = boxes[order]
    parents = np.arange(len(boxes))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    high = boxes[:, 3] - boxes[:, 1]
    for index, (x0, y0, _, y1) in enumerate(boxes):
        near = slice(0, index)
        reach = _WORD_GAP * np.maximum(high[near], y1 - y0)
        overlap = np.minimum(boxes[near, 3], y1) - np.maximum(boxes[near, 1], y0)
        beside = (x0 - boxes[near, 2] <= reach) & (overlap > 0.5 * np.minimum(high[near], y1 - y0))
        alike = np.maximum(high[near], y1 - y0) <= 3.0 * np.minimum(high[near], y1 - y0)
        for other in np.flatnonzero(beside & alike):
            parents[root(index)] = root(int(other))
    members: dict[int, list[int]] = {}
    for index in range(len(boxes)):
        members.setdefault(root(index), []).append(index)
    lines = [_line(boxes[indices]) for indices in members.values()]
    return tuple(sorted(lines, key=lambda line: (line.box[1], line.box[0])))


def _line(boxes: np.ndarray) -> TextLine:
    x0, y0 = boxes[:, :2].min(axis=0)
    x1, y1 = boxes[:, 2:].max(axis=0)
    # capitals and digits decide, not the smaller letters beside them
    high = boxes[:, 3] - boxes[:, 1]
    letter = float(np.percentile(high, 75) if len(high) > 1 else high[0])
    return TextLine((int(x0), int(y0), int(x1), int(y1)), letter, len(boxes))
