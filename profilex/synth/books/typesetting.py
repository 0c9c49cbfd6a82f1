"""Setting prose in columns: words with faces broken into justified lines, long words divided by a hyphen."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from profilex.synth.writing.lettering import lay, set_line, text_width

Word = tuple[str, str]
"""A word and its face."""

_VOWELS = "aeiouäöüáéíóúàèìòùâêîôûyœ"
_SHORTEST = 7  # letters of a word that is divided
_LOOSEST = 1.6  # a line whose spaces would grow beyond so many ems is set ragged


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words set together; `key` names what they belong to. `indent` and `hanging` are of the first and later lines."""

    words: tuple[Word, ...]
    key: str = ""
    indent: float = 0.0
    hanging: float = 0.0
    after: float = 0.35  # of a line, below it
    size: float = 1.0  # relative to the text's
    keep: bool = False  # with the next paragraph


@dataclass(slots=True)
class Line:
    """A set line: its words, width to fill (None: ragged) and indent in px."""

    words: list[Word]
    fill: float | None
    indent: float


@dataclass(slots=True)
class Column:
    """A column of a page: its left edge, width, top and bottom in px, and how far it is filled."""

    x: float
    width: float
    top: float
    bottom: float
    y: float = field(init=False)

    def __post_init__(self) -> None:
        self.y = self.top


def as_words(text: str, face: str) -> list[Word]:
    """A text's words, all in one face."""
    return [(word, face) for word in text.split()]


def _divided(word: str, room: float, size: float, face: str) -> tuple[str, str] | None:
    """A long word in two, the first with its hyphen within `room` px, None where it cannot be divided."""
    if len(word) < _SHORTEST or not word.strip(".,;:()–").isalpha():
        return None
    low = word.lower()
    for at in range(len(word) - 3, 2, -1):
        opens = low[at] not in _VOWELS and at + 1 < len(low) and low[at + 1] in _VOWELS
        if opens and low[at - 1].isalpha() and text_width(word[:at] + "-", size, face) <= room:
            return word[:at] + "-", word[at:]
    return None


def break_lines(paragraph: Paragraph, width: float, size: float) -> list[Line]:
    """The paragraph's lines at `width` px and type of `size` px."""
    em = size * paragraph.size
    lines: list[Line] = []
    todo = list(paragraph.words)
    while todo:
        indent = (paragraph.indent if not lines else paragraph.hanging) * em
        room, used = width - indent, 0.0
        line: list[Word] = []
        while todo:
            word, face = todo[0]
            space = text_width(" ", em, face) if line else 0.0
            wide = text_width(word, em, face)
            if used + space + wide <= room:
                line.append(todo.pop(0))
                used += space + wide
                continue
            parts = _divided(word, room - used - space, em, face)
            if parts is not None and (room - used) > 2 * em:
                line.append((parts[0], face))
                todo[0] = (parts[1], face)
            elif not line:
                line.append(todo.pop(0))
            break
        slack = (room - used) / max(1, len(line) - 1)
        lines.append(Line(line, room if todo and slack < _LOOSEST * em else None, indent))
    return lines


def set_paragraph(
    page: np.ndarray,
    lines: Sequence[Line],
    column: Column,
    size: float,
    leading: float,
    tone: int,
) -> tuple[float, float, float, float]:
    """Print lines at the column's place and move on; returns the box of what was printed."""
    x0, y0, x1 = column.x + column.width, column.y, column.x
    for line in lines:
        pieces = _pieces(line.words)
        ink = set_line(pieces, size, line.fill)
        inked = np.nonzero(ink.any(0))[0]
        right = int(inked[-1]) + 1 if len(inked) else 1
        patch = (255 - (255 - tone) / 255 * ink[:, :right]).astype(np.uint8)
        x = column.x + line.indent
        lay(page, patch, round(x), round(column.y))
        x0, x1 = min(x0, x), max(x1, x + right)
        column.y += leading
    return x0, y0, x1, column.y


def _pieces(words: Sequence[Word]) -> list[Word]:
    """Words of one face joined, with the spaces between."""
    pieces: list[Word] = []
    for i, (word, face) in enumerate(words):
        text = word if i == 0 else " " + word
        if pieces and pieces[-1][1] == face:
            pieces[-1] = (pieces[-1][0] + text, face)
        else:
            pieces.append((text, face))
    return pieces
