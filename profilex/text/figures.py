"""The number or inventory code that is printed at each vessel."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from profilex.text.lines import lines_of_words
from profilex.types import Word

Box = tuple[float, float, float, float]

_CODE = re.compile(
    r"(?:(?:nr|no|n°|kat|cat|abb|fig|taf|pl|typ|type|form|drag|inv)\b\.?\s*)?"
    r"[A-Za-z]{0,5}[-./ ]?\d{1,6}(?:[-./,]?[A-Za-z0-9]{1,8}){0,3}(?:\s?[a-zA-Z]{1,2})?[.)]?",
    re.IGNORECASE,
)
_LONGEST = 18
_LEAST_ALIKE = 3  # labels with a common prefix before others are read with it
_LEAST_CONFIDENCE = 0.3
_LEAST_CONFIDENCE_ALONE = 0.7  # of a single sign, because break ticks look like figures too
_SIZES = (0.6, 1.7)  # a page's labels have one size
_HEADING = 0.045  # share of the page's height: a single number in its margins is the page number
_FAR = 1e6
_BELOW, _LEFT, _ABOVE, _RIGHT = "below", "left", "above", "right"
_PLACES = (_BELOW, _LEFT, _ABOVE, _RIGHT)
_NEAR = 4.0
_OVERLAP = 1.6  # letter heights by which a label may extend into the drawing's box
_DROP = 0.07  # share of the page's height between a drawing and the label above or below it
_ASIDE = 0.25  # share of the page's width between a drawing and the label beside it


@dataclass(frozen=True, slots=True)
class FigureLabel:
    """A vessel's number or code with its place on the page (px) and the reader's confidence, 0 to 1."""

    text: str
    box: Box
    confidence: float


def label_words(words: Sequence[Word], page_size: tuple[int, int]) -> tuple[Word, ...]:
    """The lines among `words` that may be a vessel's label; `page_size` is (width, height) in px.

    Prose, headings, the page number, scale texts and single signs of low confidence are left out.
    """
    written = tuple(word for word in words if any(sign.isalnum() for sign in word.text))
    lines = [line for line in lines_of_words(written) if _may_be_label(line, page_size[1])]
    if not lines:
        return ()
    usual = float(np.median([_height(line) for line in lines]))
    return tuple(line for line in lines if _SIZES[0] * usual <= _height(line) <= _SIZES[1] * usual)


def figure_labels(
    words: Sequence[Word], vessels: Mapping[str, Box], page_size: tuple[int, int]
) -> dict[str, FigureLabel]:
    """The label of every vessel that has one, by its identifier.

    `vessels` maps identifiers to the boxes (left, top, right, bottom, px) of their whole drawings. All labels of a
    page are on one side of their vessels: the side that serves the most vessels is used, with the nearest label for
    each vessel.
    """
    found = at_drawings(label_words(words, page_size), vessels, page_size)
    return {name: _label(line) for name, line in found.items()}


def at_drawings(labels: Sequence[Word], vessels: Mapping[str, Box], page_size: tuple[int, int]) -> dict[str, Word]:
    """The lines of one kind that are printed at vessels, by the vessels' identifiers, as in `figure_labels`."""
    names, boxes = list(vessels), list(vessels.values())
    best: dict[str, Word] = {}
    most = 0.0
    for place in _PLACES:
        found, served = _assign(labels, boxes, place, page_size)
        if served > most:
            most = served
            best = {names[vessel]: labels[index] for vessel, index in found.items()}
    return best


def common_prefix(readings: Sequence[Sequence[Word]]) -> tuple[Word, ...]:
    """One reading of each label, given several of each.

    The best is the text with the greatest sum of confidences. If most labels of the page have a common prefix ("M5-"),
    a reading with that prefix is preferred.
    """
    winners = [_winner(words) for words in readings]
    sums: dict[str, float] = {}
    for word in (word for words in readings for word in words if _prefix(word.text)):
        sums[_prefix(word.text)] = sums.get(_prefix(word.text), 0.0) + word.confidence
    prefix = max(sums, key=lambda start: sums[start], default="")
    alike = [[word for word in words if _prefix(word.text) == prefix] for words in readings]
    if not prefix or sum(map(bool, alike)) < _LEAST_ALIKE:
        return tuple(winners)
    return tuple(
        _winner(best) if best and _prefix(winner.text) else winner for winner, best in zip(winners, alike, strict=True)
    )


def _winner(words: Sequence[Word]) -> Word:
    sums: dict[str, float] = {}
    for word in words:
        sums[word.text] = sums.get(word.text, 0.0) + word.confidence
    text = max(sums, key=lambda candidate: sums[candidate])
    return max((word for word in words if word.text == text), key=lambda word: word.confidence)


def _prefix(text: str) -> str:
    match = re.match(r"[A-Za-z]+[A-Za-z0-9]*[-/.]", text)
    return match[0] if match else ""


def _may_be_label(line: Word, page_height: int) -> bool:
    text = line.text.strip()
    alone = len(re.sub(r"\W", "", text)) <= 1
    if line.confidence < (_LEAST_CONFIDENCE_ALONE if alone else _LEAST_CONFIDENCE) or len(text) > _LONGEST:
        return False
    if not _CODE.fullmatch(text) or re.search(r"\d\s?(?:cm|mm)\b|\d:\d", text, re.IGNORECASE):
        return False
    middle = (line.box[1] + line.box[3]) / 2
    return _HEADING * page_height < middle < (1 - _HEADING) * page_height


def _label(line: Word) -> FigureLabel:
    return FigureLabel(line.text.strip().rstrip(".)"), line.box, line.confidence)


def _height(word: Word) -> float:
    return word.box[3] - word.box[1]


def _assign(
    labels: Sequence[Word], boxes: Sequence[Box], place: str, page_size: tuple[int, int]
) -> tuple[dict[int, int], float]:
    """The nearest pairs of a vessel and a label on one side of it, and how well that side serves all vessels.

    A near label counts one, a label `_NEAR` heights away one half.
    """
    if not labels or not boxes:
        return {}, 0.0
    from scipy.sparse import csr_array  # imported here, so that not every run waits for it
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    away = _DISTANCES[place]
    costs = np.array([[away(label, box, page_size) for label in labels] for box in boxes])
    rows, columns = min_weight_full_bipartite_matching(csr_array(1 + costs))  # an entry of 0 would not be an edge
    pairs = {int(row): int(column) for row, column in zip(rows, columns, strict=True) if costs[row, column] < _FAR}
    near = _NEAR * float(np.median([_height(label) for label in labels]))
    return pairs, sum(1 / (1 + costs[row, column] / near) for row, column in pairs.items())


def _below(label: Word, box: Box, page_size: tuple[int, int]) -> float:
    gap = label.box[1] - box[3]
    return _over_or_under(label, box, gap, page_size)


def _above(label: Word, box: Box, page_size: tuple[int, int]) -> float:
    gap = box[1] - label.box[3]
    return _over_or_under(label, box, gap, page_size)


def _over_or_under(label: Word, box: Box, gap: float, page_size: tuple[int, int]) -> float:
    centre = (label.box[0] + label.box[2]) / 2
    inside = box[0] - _height(label) <= centre <= box[2] + _height(label)
    if not inside or not -_OVERLAP * _height(label) <= gap <= _DROP * page_size[1]:
        return _FAR
    return max(gap, 0.0) + 0.2 * abs(centre - (box[0] + box[2]) / 2)


def _left(label: Word, box: Box, page_size: tuple[int, int]) -> float:
    return _beside(label, box, box[0] - label.box[2], page_size)


def _right(label: Word, box: Box, page_size: tuple[int, int]) -> float:
    return _beside(label, box, label.box[0] - box[2], page_size)


def _beside(label: Word, box: Box, gap: float, page_size: tuple[int, int]) -> float:
    high = _height(label)
    middle = (label.box[1] + label.box[3]) / 2
    level = box[1] - 3 * high <= middle <= box[3] + 2 * high
    if not level or not -_OVERLAP * high <= gap <= _ASIDE * page_size[0]:
        return _FAR
    return max(gap, 0.0) + 0.5 * max(box[1] - middle, middle - box[3], 0.0)


_DISTANCES: dict[str, Callable[[Word, Box, tuple[int, int]], float]] = {
    _BELOW: _below,
    _LEFT: _left,
    _ABOVE: _above,
    _RIGHT: _right,
}
