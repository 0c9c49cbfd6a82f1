"""The number or inventory code that is printed at each vessel."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from profilex.settings import TextSettings
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
_PLAIN_NUMBER = re.compile(r"(?:(?:nr|no|n°|kat|cat|abb|fig)\b\.?\s*)?0*(\d{1,4})\s?[a-z]?[.)]?", re.IGNORECASE)
_ALIKE = str.maketrans("SOILBZGQ", "50118260")  # letters and digits that readers confuse
_BELOW, _LEFT, _ABOVE, _RIGHT = "below", "left", "above", "right"
_PLACES = (_BELOW, _LEFT, _ABOVE, _RIGHT)


@dataclass(frozen=True, slots=True)
class FigureLabel:
    """A vessel's number or code with its place on the page (px) and the reader's confidence, 0 to 1.

    `doubts` are review words: FIGURE_REPEATED, FIGURE_GAP, FIGURE_CONTESTED.
    """

    text: str
    box: Box
    confidence: float
    doubts: tuple[str, ...] = ()


def label_words(words: Sequence[Word], page_size: tuple[int, int], settings: TextSettings) -> tuple[Word, ...]:
    """The lines among `words` that may be a vessel's label; `page_size` is (width, height) in px.

    Prose, headings, the page number, scale texts and single signs of low confidence are left out.
    """
    written = tuple(word for word in words if any(sign.isalnum() for sign in word.text))
    lines = [line for line in lines_of_words(written) if _may_be_label(line, page_size[1], settings)]
    if not lines:
        return ()
    usual = float(np.median([_height(line) for line in lines]))
    return tuple(
        line
        for line in lines
        if settings.figures.sizes[0] * usual <= _height(line) <= settings.figures.sizes[1] * usual
    )


def figure_labels(
    words: Sequence[Word], vessels: Mapping[str, Box], page_size: tuple[int, int], settings: TextSettings
) -> dict[str, FigureLabel]:
    """The label of every vessel that has one, by its identifier, with what is doubtful about it.

    `vessels` maps identifiers to the boxes (left, top, right, bottom, px) of their whole drawings. All labels of a
    page are on one side of their vessels: the side that serves the most vessels is used, with the nearest label for
    each vessel. If a page has numbers and inventory codes, the kind that serves more vessels goes first. The numbers of
    a page form a run; a number outside the run is of another kind.
    """
    labels = label_words(words, page_size, settings)
    numbers = _run([line for line in labels if _number(line.text) is not None], len(vessels), settings)
    codes = _common_prefix([line for line in labels if _number(line.text) is None], settings)
    found = [at_drawings(kind, vessels, page_size, settings) for kind in (numbers, codes)]
    first, second = sorted(found, key=len, reverse=True)
    at_vessel = second | first
    doubts = _doubts(at_vessel, labels, vessels, page_size, settings)
    return {name: _label(line, doubts[name]) for name, line in at_vessel.items()}


def unnumbered(found: Mapping[str, FigureLabel], vessels: Mapping[str, Box]) -> tuple[str, ...]:
    """The vessels without a label on a page whose run of numbers has a gap: a missing number may be theirs."""
    has_gap = any(FIGURE_GAP in label.doubts for label in found.values())
    return tuple(name for name in vessels if has_gap and name not in found)


def at_drawings(
    labels: Sequence[Word], vessels: Mapping[str, Box], page_size: tuple[int, int], settings: TextSettings
) -> dict[str, Word]:
    """The lines of one kind that are printed at vessels, by the vessels' identifiers, as in `figure_labels`."""
    names, boxes = list(vessels), list(vessels.values())
    best: dict[str, Word] = {}
    most = 0.0
    for place in _PLACES:
        found, served = _assign(labels, boxes, place, page_size, settings)
        if served > most:
            most = served
            best = {names[vessel]: labels[index] for vessel, index in found.items()}
    return best


def _number(text: str) -> int | None:
    """The number of a label such as "12", "Nr. 7" or "3a"; None for codes."""
    match = _PLAIN_NUMBER.fullmatch(text.strip())
    return int(match[1]) if match else None


def _run(labels: Sequence[Word], vessels: int, settings: TextSettings) -> list[Word]:
    """The numbers that form a run; all of them if there is hardly any run."""
    values = sorted({number for label in labels if (number := _number(label.text)) is not None})
    spans = [(start, start + vessels + settings.figures.run_slack) for start in values]
    inside = [[label for label in labels if first <= (_number(label.text) or 0) <= last] for first, last in spans]
    best = max(inside, key=lambda run: len({label.text for label in run}), default=[])
    return best if len(best) >= max(settings.figures.least_run, len(labels) / 2) else list(labels)


def _common_prefix(labels: Sequence[Word], settings: TextSettings) -> list[Word]:
    """The labels, with the beginning that most have ("M5-") for one that only looks like it ("MS-").

    A changed label is uncertain: its confidence is 0.
    """
    prefixes = [_prefix(label.text) for label in labels]
    usual, count = Counter(filter(None, prefixes)).most_common(1)[0] if any(prefixes) else ("", 0)
    if count < max(settings.figures.least_alike, len(labels) / 2):
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
    found: Mapping[str, Word],
    labels: Sequence[Word],
    vessels: Mapping[str, Box],
    page_size: tuple[int, int],
    settings: TextSettings,
) -> dict[str, tuple[str, ...]]:
    """Why a person should check a vessel's label: another vessel has it, the one before is missing, or two compete."""
    doubts: dict[str, tuple[str, ...]] = dict.fromkeys(found, ())
    times = Counter(line.text for line in found.values())
    missing = _at_gap([_number(line.text) for line in found.values()], settings)
    taken = {line.box for line in found.values()}
    free = [line for line in labels if line.box not in taken]
    for name, line in found.items():
        if times[line.text] > 1:
            doubts[name] += (FIGURE_REPEATED,)
        if _number(line.text) in missing:
            doubts[name] += (FIGURE_GAP,)
        near = settings.figures.competes * _away(line, vessels[name], page_size, settings)
        if any(_is_kin(other, line) and _away(other, vessels[name], page_size, settings) <= near for other in free):
            doubts[name] += (FIGURE_CONTESTED,)
    return doubts


def _at_gap(numbers: Sequence[int | None], settings: TextSettings) -> set[int]:
    """The numbers beside a gap in the run; empty if the numbers do not form a run."""
    known = sorted({number for number in numbers if number is not None})
    if len(known) < settings.figures.least_run or known[-1] - known[0] + 1 > settings.figures.most_spread * len(known):
        return set()
    return {number for pair in pairwise(known) if pair[1] - pair[0] > 1 for number in pair}


def _is_kin(one: Word, other: Word) -> bool:
    return (_number(one.text) is None) == (_number(other.text) is None)


def _away(label: Word, box: Box, page_size: tuple[int, int], settings: TextSettings) -> float:
    """The distance of a label from a drawing on the side where it is nearest (px)."""
    return min(away(label, box, page_size, settings) for away in _DISTANCES.values()) + _height(label)


def _may_be_label(line: Word, page_height: int, settings: TextSettings) -> bool:
    text = line.text.strip()
    alone = len(re.sub(r"\W", "", text)) <= 1
    if (
        line.confidence < (settings.figures.least_confidence_alone if alone else settings.figures.least_confidence)
        or len(text) > settings.figures.longest
    ):
        return False
    if not _CODE.fullmatch(text) or re.search(r"\d\s?(?:cm|mm)\b|\d:\d", text, re.IGNORECASE):
        return False
    middle = (line.box[1] + line.box[3]) / 2
    return settings.figures.heading * page_height < middle < (1 - settings.figures.heading) * page_height


def _label(line: Word, doubts: tuple[str, ...]) -> FigureLabel:
    return FigureLabel(line.text.strip().rstrip(".)"), line.box, line.confidence, doubts)


def _height(word: Word) -> float:
    return word.box[3] - word.box[1]


def _assign(
    labels: Sequence[Word], boxes: Sequence[Box], place: str, page_size: tuple[int, int], settings: TextSettings
) -> tuple[dict[int, int], float]:
    """The nearest pairs of a vessel and a label on one side of it, and how well that side serves all vessels.

    A near label counts one, a label `_NEAR` heights away one half.
    """
    if not labels or not boxes:
        return {}, 0.0
    from scipy.sparse import csr_array  # imported here, so that not every run waits for it
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    away = _DISTANCES[place]
    costs = np.array([[away(label, box, page_size, settings) for label in labels] for box in boxes])
    rows, columns = min_weight_full_bipartite_matching(csr_array(1 + costs))  # an entry of 0 would not be an edge
    pairs = {
        int(row): int(column)
        for row, column in zip(rows, columns, strict=True)
        if costs[row, column] < settings.figures.far
    }
    near = settings.figures.near * float(np.median([_height(label) for label in labels]))
    return pairs, sum(1 / (1 + costs[row, column] / near) for row, column in pairs.items())


def _below(label: Word, box: Box, page_size: tuple[int, int], settings: TextSettings) -> float:
    gap = label.box[1] - box[3]
    return _over_or_under(label, box, gap, page_size, settings)


def _above(label: Word, box: Box, page_size: tuple[int, int], settings: TextSettings) -> float:
    gap = box[1] - label.box[3]
    return _over_or_under(label, box, gap, page_size, settings)


def _over_or_under(label: Word, box: Box, gap: float, page_size: tuple[int, int], settings: TextSettings) -> float:
    centre = (label.box[0] + label.box[2]) / 2
    beyond = max(box[0] - centre, centre - box[2], 0.0)
    if (
        beyond > settings.figures.corner * _height(label)
        or not -settings.figures.overlap * _height(label) <= gap <= settings.figures.drop * page_size[1]
    ):
        return settings.figures.far
    return max(gap, 0.0) + beyond + 0.2 * abs(centre - (box[0] + box[2]) / 2)


def _left(label: Word, box: Box, page_size: tuple[int, int], settings: TextSettings) -> float:
    return _beside(label, box, box[0] - label.box[2], page_size, settings)


def _right(label: Word, box: Box, page_size: tuple[int, int], settings: TextSettings) -> float:
    return _beside(label, box, label.box[0] - box[2], page_size, settings)


def _beside(label: Word, box: Box, gap: float, page_size: tuple[int, int], settings: TextSettings) -> float:
    high = _height(label)
    middle = (label.box[1] + label.box[3]) / 2
    level = box[1] - 3 * high <= middle <= box[3] + 2 * high
    if not level or not -settings.figures.overlap * high <= gap <= settings.figures.aside * page_size[0]:
        return settings.figures.far
    return max(gap, 0.0) + 0.5 * max(box[1] - middle, middle - box[3], 0.0)


_DISTANCES: dict[str, Callable[[Word, Box, tuple[int, int], TextSettings], float]] = {
    _BELOW: _below,
    _LEFT: _left,
    _ABOVE: _above,
    _RIGHT: _right,
}
