"""Statements about the scale: the length beside a scale bar, and the printed ratio."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from profilex.text.lines import lines_of_words
from profilex.types import Word

_UNITS_MM = {"mm": 1.0, "cm": 10.0, "dm": 100.0, "m": 1000.0}
# how "cm" and "mm" are read in small print
_MISREAD_CM = r"(?:[c¢€eaoué(]\s?(?:m|rn|in|n|nn)|cem|ecm|crn|cin|ctn)"
_MISREAD_MM = r"(?:m(?:n|rn|in|nn)|(?:n|rn|nn)m|rnrn)"
_UNIT = rf"(?:mm|cm|dm|m|{_MISREAD_CM}|{_MISREAD_MM})"
_TOKEN = re.compile(rf"(?P<number>\d+(?:[.,]\d+)?)|(?P<unit>{_UNIT})(?!\w)|(?P<other>[a-zß-ÿ]+)")
# an inventory code or a date
_CODE = re.compile(r"\w*\d+[-–/.]\d{2,}\w*|[A-Za-z]+\d+[-–/.]\w*|(?!(?:cm|mm)\b)[A-Za-z]{2,}[-–/.]\d{2,}\w*")
_ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)  # leading digits of the usual lengths of bars
_LEAST_MM, _MOST_MM = 3.0, 5000.0
_LEAST_CONFIDENCE = 0.25  # of a length's least certain letter ...
_SURE = 0.8  # ... and from which the length is not in doubt
_MOST_SIGNS = 9  # of a length, which may be misread

_RATIO_WORD = (
    r"(?:scale|scala|escala|[eéÉ]chelle|[eéÉ]ch|ech|ma(?:ß|ss|fs|b)stab|ma[bß]st|mst|m[eě]ř[ií]tko|skala|schaal|m)"
)
_RATIO = re.compile(
    rf"(?<![\w:/.,-])(?P<word>{_RATIO_WORD}\b[.:=\s]*)?(?P<top>[1-4il|])\s?(?P<sign>[:/]|\s:\s?)\s?(?P<bottom>\d{{1,3}}(?:[.,]5)?)(?![\w:/-])",
    re.IGNORECASE,
)
_MOST_RATIO = 100.0


@dataclass(frozen=True, slots=True)
class BarText:
    """The statement of the text at a scale bar: a length in mm, or None with the reason.

    `span` are the centres (x, y) of the first and last number of its ticks, page px, between which the length lies;
    None where only the length is printed. `letter_px` is the height of the text. `is_clear` says that the length was
    read as digits and a unit, not as letters that look like them ("Scm", "5 an"). It `is_sure` if it is clear and each
    of its letters was read with confidence. `place` is its centre.
    """

    length_mm: float | None
    reason: str = ""
    span: tuple[tuple[float, float], tuple[float, float]] | None = None
    letter_px: float = 0.0
    is_clear: bool = False
    place: tuple[float, float] | None = None
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class PrintedRatio:
    """A printed ratio as n of 1:n, or None with the reason; `text` is its usual form, such as "1:3"."""

    ratio: float | None
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    """A number, a unit (in mm) or something else within a line: its centre on the page and its line's height, px."""

    kind: str
    value: float
    centre: tuple[float, float]
    height: float
    confidence: float
    is_clear: bool = True


def bar_length_mm(words: Sequence[Word]) -> BarText:
    """The length that the words around one scale bar state.

    It is the number beside the unit ("10 cm", "5cm", "cm 10", "2,5 cm"), or the greatest of the ticks' numbers
    ("0 5 10 cm"). Two lengths that are not ticks of one bar, or an unusual length, give no decision.
    """
    lines = [_tokens(line) for line in lines_of_words(tuple(words)) if line.confidence >= _LEAST_CONFIDENCE]
    found = [token for line in lines for token in line if token.kind == "unit"]
    units = {token.value for token in found}
    if not units:
        return BarText(None, "no_length")
    if len(units) > 1:
        return BarText(None, "several_units")
    unit = units.pop()
    stated = [token for line in lines for token in _beside_unit(line)]
    ticks = _ticks(lines, stated)
    if not ticks:
        return BarText(None, "no_number")
    first, last = ticks[0], ticks[-1]
    if len({token.value for token in stated} - {token.value for token in ticks}):
        return BarText(None, "several_lengths")
    length = (last.value - first.value if len(ticks) > 1 else last.value) * unit
    if not _is_round(length):
        return BarText(None, "unlikely_length")
    span = (first.centre, last.centre) if len(ticks) > 1 else None
    is_clear = last.is_clear and any(token.is_clear for token in found)
    is_sure = is_clear and last.confidence >= _SURE and max(token.confidence for token in found) >= _SURE
    return BarText(length, "", span, last.height, is_clear, last.centre, is_sure)


def printed_ratio(words: Sequence[Word]) -> PrintedRatio:
    """The ratio at which the drawings are printed, as "1:3", "M 1 : 4", "scale 1:2" or "éch. 1/3".

    A fraction with a slash counts only after a word for scale, because it may be a date or a share.
    """
    found: dict[float, str] = {}
    for line in lines_of_words(tuple(words)):
        for match in _RATIO.finditer(line.text):
            if "/" in match["sign"] and not match["word"]:
                continue
            top = 1.0 if match["top"] in "iIlL|" else float(match["top"])
            bottom = float(match["bottom"].replace(",", "."))
            if bottom > 0 and 0.1 <= bottom / top <= _MOST_RATIO:
                found[bottom / top] = f"{top:g}:{bottom:g}"
    if not found:
        return PrintedRatio(None, "", "no_ratio")
    if len(found) > 1:
        return PrintedRatio(None, "", "several_ratios")
    (ratio, text), *_ = found.items()
    return PrintedRatio(ratio, text)


def states_length(word: Word) -> bool:
    """Whether a word or line alone reads as a length such as "5 cm"."""
    return bar_length_mm([word]).length_mm is not None


def may_be_length(word: Word) -> bool:
    """Whether a line is short and ends like a length, although it was not read as one."""
    return len(word.text) <= _MOST_SIGNS and ends_like_length(word.text)


def ends_like_length(text: str) -> bool:
    """Whether a short text, perhaps misread, ends in a possible m, or in a number with a c."""
    return re.search(r"[mn™]\W*$|\d\s?[c¢€(]\w?\W*$", text.lower()) is not None


def names_scale(text: str) -> bool:
    """Whether a line contains a word for scale, such as "Maßstab"."""
    return any(len(word) > 1 and _is_scale_word(word) for word in re.findall(r"[^\W\d_]+", text)) or bool(
        re.match(r"\s*M\b", text)
    )


def _tokens(line: Word) -> list[_Token]:
    """Numbers and units of a line from left to right, without those of a ratio or of a line of prose."""
    text = _RATIO.sub(lambda match: " " * len(match[0]), line.text)
    text = _CODE.sub(lambda match: " " * len(match[0]), text)
    text = _digits_restored(text.lower())
    x0, y0, x1, y1 = line.box
    tokens, prose = [], 0
    for match in _TOKEN.finditer(text):
        share = (match.start() + match.end()) / 2 / max(len(text), 1)
        centre = (x0 + share * (x1 - x0), (y0 + y1) / 2)
        if match["number"]:
            number = match["number"]
            is_clear = re.search(rf"(?<!\d){re.escape(number)}(?!\d)", line.text) is not None
            tokens.append(_Token("number", float(number.replace(",", ".")), centre, y1 - y0, line.confidence, is_clear))
        elif match["unit"]:
            unit, is_clear = match["unit"], match["unit"] in _UNITS_MM
            meant = unit if is_clear else "mm" if re.fullmatch(_MISREAD_MM, unit) else "cm"
            tokens.append(_Token("unit", _UNITS_MM[meant], centre, y1 - y0, line.confidence, is_clear))
        else:
            tokens.append(_Token("other", 0.0, centre, y1 - y0, line.confidence))
            prose += len(match["other"]) > 1 and not _is_scale_word(match["other"])
    return [] if prose > 2 else tokens


def _digits_restored(text: str) -> str:
    """A text in which letters are replaced by digits where only digits are possible: before a unit, or alone."""
    digits = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "s": "5", "z": "2", "]": "1", "!": "1"})
    text = re.sub(rf"(?:s5|5s)(?=\s?{_UNIT}(?![a-z]))", "5", text)  # one sign that was read twice
    number = r"(?<![a-z0-9])(?!o\s?m(?!\w))([\dolis|z\]!]{1,3}?)"
    text = re.sub(rf"{number}(?=\s?{_UNIT}(?![a-z]))", lambda m: m[1].translate(digits), text)
    text = re.sub(r"(?<![a-z0-9])(?:[o()]|6\)|\(\))(?![a-z0-9])", "0", text)
    return re.sub(r"(?<=\d)(?:o(?!m(?!\w))|l)|(?<![a-z0-9])[l|i](?=\d)", lambda m: m[0].translate(digits), text)


def _is_scale_word(text: str) -> bool:
    return re.fullmatch(_RATIO_WORD, text, re.IGNORECASE) is not None


def _beside_unit(line: list[_Token]) -> list[_Token]:
    """The numbers to which a line's units belong: before the unit, or after it if there is none before."""
    found = []
    for index, token in enumerate(line):
        if token.kind != "unit":
            continue
        before = line[index - 1] if index else None
        after = line[index + 1] if index + 1 < len(line) else None
        for neighbour in (before, after):
            if neighbour is not None and neighbour.kind == "number":
                found.append(neighbour)
                break
    return found


def _ticks(lines: list[list[_Token]], stated: list[_Token]) -> list[_Token]:
    """The numbers of a bar's ticks from 0 up to the greatest, or the one length that is stated.

    Ticks are in one row and grow along it; the numbers left of 0 belong to a finer subdivision.
    """
    greatest = max(stated, key=lambda token: token.value, default=None)
    numbers = [token for line in lines for token in line if token.kind == "number"]
    if greatest is None or greatest.value == 0:
        zeros = [token for token in numbers if token.value == 0]
        greatest = max(numbers, key=lambda token: token.value, default=None) if zeros else None
        if greatest is None or greatest.value == 0:
            return []
    zeros = [t for t in numbers if t.value == 0 and _in_row(t, greatest) and t.centre[0] < greatest.centre[0]]
    if not zeros:
        return [greatest]
    zero = max(zeros, key=lambda token: token.centre[0])
    row = [t for t in numbers if _in_row(t, greatest) and zero.centre[0] <= t.centre[0]]
    row.sort(key=lambda token: token.centre[0])
    rising = all(a.value < b.value for a, b in pairwise(row))
    return row if rising else [zero, greatest]


def _in_row(one: _Token, other: _Token) -> bool:
    return abs(one.centre[1] - other.centre[1]) <= 0.35 * abs(one.centre[0] - other.centre[0])


def _is_round(length_mm: float) -> bool:
    if not _LEAST_MM <= length_mm <= _MOST_MM:
        return False
    digits = length_mm
    while digits >= 9.99:
        digits /= 10
    return any(abs(digits - value) < 1e-6 for value in _ROUND)
