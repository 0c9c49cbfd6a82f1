"""Pages of a catalogue: running heads, columns, headings, entries and footnotes, with the place of every entry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from profilex.synth.books.entries import BookManner, Entry
from profilex.synth.books.typesetting import Column, Line, Paragraph, Word, as_words, break_lines, set_paragraph
from profilex.synth.writing.lettering import Text, lay, printed, text_width

Box = tuple[float, float, float, float]
_SIGNS = "¹²³"


@dataclass(frozen=True, slots=True)
class PageForm:
    """How the text pages of a book are set, in px: type, leading, columns, margins."""

    width: int
    height: int
    size: float
    leading: float
    columns: int
    margin: float
    gutter: float
    tone: int
    title: str
    has_rule: bool
    hanging: float


@dataclass(slots=True)
class TextPage:
    """A set page: its paper, the boxes of each entry by key, and what else is written."""

    paper: np.ndarray
    boxes: dict[str, list[Box]] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)


def choose_form(rng: np.random.Generator, width: int, height: int, manner: BookManner) -> PageForm:
    """How a book sets its text on pages of `width` × `height` px."""
    columns = int(rng.choice([1, 2], p=[0.35, 0.65]))
    margin = width * float(rng.uniform(0.08, 0.12))
    chars = float(rng.uniform(42, 54)) if columns == 2 else float(rng.uniform(70, 92))
    gutter = width * 0.03
    size = ((width - 2 * margin - (columns - 1) * gutter) / columns) / (0.46 * chars)
    return PageForm(
        width,
        height,
        size,
        size * float(rng.uniform(1.12, 1.28)),
        columns,
        margin,
        gutter,
        int(rng.integers(0, 50)),
        str(rng.choice(manner.language.title)),
        bool(rng.random() < 0.4),
        float(rng.choice([0.0, 1.2, 2.0])),
    )


def entry_paragraph(entry: Entry, key: str, form: PageForm) -> Paragraph:
    """An entry as it is set: its number first, later lines sometimes indented."""
    words = [word for text, face in entry.pieces for word in as_words(text, face)]
    return Paragraph(tuple(words), key, 0.0, form.hanging)


def heading_paragraph(text: str) -> Paragraph:
    """A heading between entries."""
    return Paragraph(tuple(as_words(text, "serif_bold")), size=1.08, after=0.6, keep=True)


def prose_paragraph(rng: np.random.Generator, manner: BookManner, sentences: int) -> Paragraph:
    """A paragraph of an introduction."""
    known = manner.language.sentences
    text = " ".join(known[int(rng.integers(len(known)))] for _ in range(sentences))
    return Paragraph(tuple(as_words(text, "serif")), indent=1.2, after=0.0)


def set_pages(
    rng: np.random.Generator, form: PageForm, manner: BookManner, paragraphs: Sequence[Paragraph], folio: int
) -> Iterator[TextPage]:
    """Set paragraphs on as many pages as they take, from the page number `folio` on; entries run on over columns."""
    todo = list(paragraphs)
    while todo:
        page, columns = _blank(rng, form, manner, folio)
        folio += 1
        for column in columns:
            while todo and _fits(form, column, todo):
                todo = _set_next(page, form, column, todo)
        yield page


def _fits(form: PageForm, column: Column, todo: Sequence[Paragraph]) -> bool:
    lines = 2 if not todo[0].keep else 4
    return column.y + lines * form.leading <= column.bottom


def _set_next(page: TextPage, form: PageForm, column: Column, todo: list[Paragraph]) -> list[Paragraph]:
    """Set the next paragraph or as much of it as the column holds; returns what is left to set."""
    paragraph = todo[0]
    lines = break_lines(paragraph, column.width, form.size)
    room = max(1, int((column.bottom - column.y) / form.leading))
    now, later = lines[:room], lines[room:]
    box = set_paragraph(page.paper, now, column, form.size * paragraph.size, form.leading, form.tone)
    if paragraph.key:
        page.boxes.setdefault(paragraph.key, []).append(box)
    column.y += paragraph.after * form.leading
    if not later:
        return todo[1:]
    rest = Paragraph(
        _joined(later), paragraph.key, paragraph.hanging, paragraph.hanging, paragraph.after, paragraph.size
    )
    return [rest, *todo[1:]]


def _joined(lines: Sequence[Line]) -> tuple[Word, ...]:
    """The words of lines that are to be set again, those that a hyphen divided in one."""
    joined: list[Word] = []
    for word, face in (word for line in lines for word in line.words):
        if joined and joined[-1][0].endswith("-") and word[:1].islower():
            joined[-1] = (joined[-1][0][:-1] + word, face)
        else:
            joined.append((word, face))
    return tuple(joined)


def _blank(rng: np.random.Generator, form: PageForm, manner: BookManner, folio: int) -> tuple[TextPage, list[Column]]:
    """White paper with running head, folio and sometimes footnotes, and its empty columns."""
    page = TextPage(np.full((form.height, form.width), 255, np.uint8))
    top, size = form.height * 0.045, form.size * 0.95
    left, right = form.margin, form.width - form.margin
    is_left = folio % 2 == 0
    _write(
        page,
        "folio",
        str(folio),
        (left if is_left else right - text_width(str(folio), size, "serif"), top),
        size,
        "serif",
    )
    wide = text_width(form.title, size, "italic")
    _write(page, "head", form.title, ((form.width - wide) / 2, top), size, "italic")
    if form.has_rule:
        y = round(top + 1.6 * size)
        page.paper[y : y + 1, round(left) : round(right)] = form.tone
    bottom = form.height * 0.93
    if rng.random() < 0.35:
        bottom = _footnotes(rng, page, form, manner, bottom)
    wide = (right - left - (form.columns - 1) * form.gutter) / form.columns
    start = form.height * 0.085
    return page, [Column(left + i * (wide + form.gutter), wide, start, bottom) for i in range(form.columns)]


def _write(page: TextPage, kind: str, text: str, at: tuple[float, float], size: float, face: str) -> None:
    patch = printed(text, size, face)
    lay(page.paper, patch, round(at[0]), round(at[1]))
    box = (at[0], at[1], at[0] + patch.shape[1], at[1] + patch.shape[0])
    page.texts.append(Text(kind, text, box))


def _footnotes(rng: np.random.Generator, page: TextPage, form: PageForm, manner: BookManner, bottom: float) -> float:
    """One to three footnotes under a short rule; returns where the text has to end."""
    small = form.size * 0.8
    count = int(rng.integers(1, 4))
    known = manner.language.sentences
    column = Column(form.margin, form.width - 2 * form.margin, bottom - count * 1.25 * small, bottom)
    y = round(column.top - 0.5 * small)
    page.paper[y : y + 1, round(form.margin) : round(form.margin + 0.2 * form.width)] = form.tone
    for i in range(count):
        text = f"{_SIGNS[i]} {known[int(rng.integers(len(known)))]}"
        lines = break_lines(Paragraph(tuple(as_words(text, "serif"))), column.width, small)[:1]
        set_paragraph(page.paper, lines, column, small, 1.25 * small, form.tone)
    return column.top - 1.2 * small
