"""The number or inventory code that is printed at each vessel."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from profilex.text.lines import lines_of_words
from profilex.types import Word

Box = tuple[float, float, float, float]

FIGURE_REPEATED = "figure_repeated"
FIGURE_GAP = "figure_gap"
FIGURE_CONTESTED = "figure_contested"

_CODE = re.compile(
    r"(?:(?:nr|no|n°|kat|cat|abb|fig|taf|pl|typ|type|form|drag|inv)\b\.?\s*)?"
    r"[A-Za-z]{0,5}[-./ ]?\d{1,6}(?:[-./,]?[A-Za-z0-9]{1,8}){0,3}(?:\s?[a-zA-Z]{1,2})?[.)]?",
    re.IGNORECASE,
)
_LONGEST = 18
_PLAIN_NUMBER = re.compile(r"(?:(?:nr|no|n°|kat|cat|abb|fig)\b\.?\s*)?0*(\d{1,4})\s?[a-z]?[.)]?", re.IGNORECASE)
_LEAST_ALIKE = 3  # labels with a common prefix before others are read with it
_ALIKE = str.maketrans("SOILBZGQ", "50118260")  # letters and digits that readers confuse
_LEAST_RUN, _RUN_SLACK = 3, 2  # numbers that are a run, and how many of it may be at no vessel
_MOST_SPREAD = 1.5  # a run's length, in the numbers that were found of it
_COMPETES = 1.3  # a label competes with another that is at most so many times as near
_LEAST_CONFIDENCE = 0.3
_LEAST_CONFIDENCE_ALONE = 0.7  # of a single sign, because break ticks look like figures too
_SIZES = (0.6, 1.7)  # a page's labels have one size
_HEADING = 0.045  # share of the page's height: a single number in its margins is the page number
_FAR = 1e6
_BELOW, _LEFT, _ABOVE, _RIGHT = "below", "left", "above", "right"
_PLACES = (_BELOW, _LEFT, _ABOVE, _RIGHT)
_NEAR = 4.0
_CORNER = 4.0  # letter heights by which the middle of a label below or above may lie outside the drawing's sides
_OVERLAP = 1.6  # letter heights by which a label may extend into the drawing's box
_DROP = 0.07  # share of the page's height between a drawing and the label above or below it
_ASIDE = 0.25  # share of the page's width between a drawing and the label beside it


@dataclass(frozen=True, slots=True)
class FigureLabel:
    """A vessel's number or code with its place on the page (px) and the reader's confidence, 0 to 1.

    `doubts` are review words: FIGURE_REPEATED, FIGURE_GAP, FIGURE_CONTESTED.
    """

    text: str
    box: Box
    confidence: float
    doubts: tuple[str, ...] = ()


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
    """The label of every vessel that has one, by its identifier, with what is doubtful about it.

    `vessels` maps identifiers to the boxes (left, top, right, bottom, px) of their whole drawings. All labels of a
    page are on one side of their vessels: the side that serves the most vessels is used, with the nearest label for
    each vessel. If a page has numbers and inventory codes, the kind that serves more vessels goes first. The numbers of
    a page form a run; a number outside the run is of another kind.
    """
    labels = label_words(words, page_size)
    numbers = _run([line for line in labels if _number(line.text) is not None], len(vessels))
    codes = _common_prefix([line for line in labels if _number(line.text) is None])
    found = [at_drawings(kind, vessels, page_size) for kind in (numbers, codes)]
    first, second = sorted(found, key=len, reverse=True)
    at_vessel = second | first
    doubts = _doubts(at_vessel, labels, vessels, page_size)
    return {name: _label(line, doubts[name]) for name, line in at_vessel.items()}


def unnumbered(found: Mapping[str, FigureLabel], vessels: Mapping[str, Box]) -> tuple[str, ...]:
    """The vessels without a label on a page whose run of numbers has a gap: a missing number may be theirs."""
    has_gap = any(FIGURE_GAP in label.doubts for label in found.values())
    return tuple(name for name in vessels if has_gap and name not in found)


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


def _number(text: str) -> int | None:
    """The number of a label such as "12", "Nr. 7" or "3a"; None for codes."""
    match = _PLAIN_NUMBER.fullmatch(text.strip())
    return int(match[1]) if match else None


def _run(labels: Sequence[Word], vessels: int) -> list[Word]:
    """The numbers that form a run; all of them if there is hardly any run."""
    values = sorted({number for label in labels if (number := _number(label.text)) is not None})
    spans = [(start, start + vessels + _RUN_SLACK) for start in values]
    inside = [[label for label in labels if first <= (_number(label.text) or 0) <= last] for first, last in spans]
    best = max(inside, key=lambda run: len({label.text for label in run}), default=[])
    return best if len(best) >= max(_LEAST_RUN, len(labels) / 2) else list(labels)


def _common_prefix(labels: Sequence[Word]) -> list[Word]:
    """The labels, with the beginning that most have ("M5-") for one that only looks like it ("MS-").

    A changed label is uncertain: its confidence is 0.
    """
    prefixes = [_prefix(label.text) for label in labels]
    usual, count = Counter(filter(None, prefixes)).most_common(1)[0] if any(prefixes) else ("", 0)
    if count < max(_LEAST_ALIKE, len(labels) / 2):
        return list(labels)
    return [
        replace(label, text=usual + label.text[len(prefix) :], confidence=0.0)
        if prefix != usual and _looks_like(prefix, usual)
        else label
        for label, prefix in zip(labels, prefixes, strict=True)
    ]


def _prefix(text: str) -> str:
    match = re.match(r"[A-Za-z]+[A-Za-z0-9]*[-/.]|[A-Za-z0-9]+[-/.]", text)
    return match[0] if match else ""


def _looks_like(one: str, other: str) -> bool:
    """Whether two texts differ only by letters that readers confuse."""
    return one.upper().translate(_ALIKE) == other.upper().translate(_ALIKE)


def _doubts(
    found: Mapping[str, Word], labels: Sequence[Word], vessels: Mapping[str, Box], page_size: tuple[int, int]
) -> dict[str, tuple[str, ...]]:
    """Why a person should check a vessel's label: another vessel has it, the one before is missing, or two compete."""
    doubts: dict[str, tuple[str, ...]] = dict.fromkeys(found, ())
    times = Counter(line.text for line in found.values())
    missing = _at_gap([_number(line.text) for line in found.values()])
    taken = {line.box for line in found.values()}
    free = [line for line in labels if line.box not in taken]
    for name, line in found.items():
        if times[line.text] > 1:
            doubts[name] += (FIGURE_REPEATED,)
        if _number(line.text) in missing:
            doubts[name] += (FIGURE_GAP,)
        near = _COMPETES * _away(line, vessels[name], page_size)
        if any(_is_kin(other, line) and _away(other, vessels[name], page_size) <= near for other in free):
            doubts[name] += (FIGURE_CONTESTED,)
    return doubts


def _at_gap(numbers: Sequence[int | None]) -> set[int]:
    """The numbers beside a gap in the run; empty if the numbers do not form a run."""
    known = sorted({number for number in numbers if number is not None})
    if len(known) < _LEAST_RUN or known[-1] - known[0] + 1 > _MOST_SPREAD * len(known):
        return set()
    return {number for pair in pairwise(known) if pair[1] - pair[0] > 1 for number in pair}


def _is_kin(one: Word, other: Word) -> bool:
    return (_number(one.text) is None) == (_number(other.text) is None)


def _away(label: Word, box: Box, page_size: tuple[int, int]) -> float:
    """The distance of a label from a drawing on the side where it is nearest (px)."""
    return min(away(label, box, page_size) for away in _DISTANCES.values()) + _height(label)


def _may_be_label(line: Word, page_height: int) -> bool:
    text = line.text.strip()
    alone = len(re.sub(r"\W", "", text)) <= 1
    if line.confidence < (_LEAST_CONFIDENCE_ALONE if alone else _LEAST_CONFIDENCE) or len(text) > _LONGEST:
        return False
    if not _CODE.fullmatch(text) or re.search(r"\d\s?(?:cm|mm)\b|\d:\d", text, re.IGNORECASE):
        return False
    middle = (line.box[1] + line.box[3]) / 2
    return _HEADING * page_height < middle < (1 - _HEADING) * page_height


def _label(line: Word, doubts: tuple[str, ...]) -> FigureLabel:
    return FigureLabel(line.text.strip().rstrip(".)"), line.box, line.confidence, doubts)


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
    beyond = max(box[0] - centre, centre - box[2], 0.0)
    if beyond > _CORNER * _height(label) or not -_OVERLAP * _height(label) <= gap <= _DROP * page_size[1]:
        return _FAR
    return max(gap, 0.0) + beyond + 0.2 * abs(centre - (box[0] + box[2]) / 2)


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
