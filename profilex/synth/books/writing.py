"""A book on disk: its plates, its pages of text, and book.json with every entry, its place and its vessel.

DIR/book.json   language, manner, and the entries: number, plate, figure, text, page and boxes, vessel, measures
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from profilex.files import write_atomic
from profilex.synth.books.entries import Entry, unillustrated, write_entry
from profilex.synth.books.layout import (
    Box,
    TextPage,
    entry_paragraph,
    heading_paragraph,
    prose_paragraph,
    set_pages,
)
from profilex.synth.books.plan import BookPlan, draw_book_plate
from profilex.synth.books.typesetting import Paragraph
from profilex.synth.pages.page import SynthPage, scanned
from profilex.synth.writing.lettering import Text

WritePage = Callable[[SynthPage, str, int], dict[str, Any]]
"""Writes a page under a name with its number and returns its index entry."""

_WITHOUT_ENTRY, _NOT_SHOWN, _HEADINGS = 0.02, 0.02, 0.06


def write_book(out: Path, plan: BookPlan, write: WritePage) -> Iterator[dict[str, Any]]:
    """Draw a book into `out`; yields each page's index entry as it is done, plates first.

    Pages of an interrupted call are kept.
    """
    names = [f"{plan.seed:04d}_{number:06d}" for number in range(plan.pages)]
    first = 1
    for index in range(plan.plates):
        number = plan.text_pages + index
        done = _truth(out, names[number])
        yield done["profilex:synth"] if done else write(draw_book_plate(plan, index, first), names[number], number)
        if plan.manner.scheme == "continuous":
            first += sum(bool(facts["figure"]) for facts in _vessels(out, names[number]))
    entries = list(_entries(plan, out, names))
    set_text = _set_text(plan, entries)
    places: dict[str, list[dict[str, Any]]] = {}
    for number in range(plan.text_pages):
        page, boxes = _scanned(plan, set_text[number], number)
        yield write(page, names[number], number)
        for key, there in boxes.items():
            found = [[round(v, 1) for v in box] for box in there]
            places.setdefault(key, []).append({"page": names[number], "boxes": found})
    told = [_told(entry, places[str(i)]) for i, entry in enumerate(entries) if str(i) in places]
    write_atomic(out / "book.json", (json.dumps(_facts(plan) | {"entries": told}, indent=1) + "\n").encode())


def _truth(out: Path, name: str) -> dict[str, Any]:
    path = out / "truth" / f"{name}.geojson"
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def _vessels(out: Path, name: str) -> list[dict[str, Any]]:
    """The facts of a plate's vessels, in their order."""
    facts: dict[str, dict[str, Any]] = {}
    for feature in _truth(out, name)["features"]:
        if feature["properties"]["part"] == "section":
            facts.setdefault(feature["properties"]["identifier"], feature["properties"])
    return list(facts.values())


def _entries(plan: BookPlan, out: Path, names: list[str]) -> Iterator[Entry]:
    """Entries of all vessels with a label, in the order of plates; a few have none, a few pieces are on no plate."""
    rng = np.random.default_rng([plan.seed, 19])
    number = 1
    for index in range(plan.plates):
        page = names[plan.text_pages + index]
        for facts in _vessels(out, page):
            if not facts["figure"] or rng.random() < _WITHOUT_ENTRY:
                continue
            yield write_entry(rng, plan.manner, facts, number, index, page)
            number += 1
            if plan.manner.scheme == "reference" and rng.random() < _NOT_SHOWN:
                yield unillustrated(rng, plan.manner, number)
                number += 1


def _set_text(plan: BookPlan, entries: list[Entry]) -> list[TextPage]:
    """All pages of text: an introduction that fills what the catalogue leaves, then the catalogue."""
    rng = np.random.default_rng([plan.seed, 23])
    folio = plan.first_folio
    catalogue = list(set_pages(rng, plan.form, plan.manner, list(_paragraphs(rng, plan, entries)), folio))
    missing = plan.text_pages - len(catalogue)
    if missing <= 0:
        return catalogue[: plan.text_pages]
    prose: list[Paragraph] = []
    introduction: list[TextPage] = []
    while len(introduction) <= missing:
        prose += [prose_paragraph(rng, plan.manner, int(rng.integers(2, 7))) for _ in range(12)]
        introduction = list(set_pages(rng, plan.form, plan.manner, prose, folio - missing))
    return introduction[:missing] + catalogue


def _paragraphs(rng: np.random.Generator, plan: BookPlan, entries: list[Entry]) -> Iterator[Paragraph]:
    plate, tongue = "", plan.manner.language
    for i, entry in enumerate(entries):
        if plan.manner.scheme == "headed" and entry.plate and entry.plate != plate:
            plate = entry.plate
            yield heading_paragraph(plan.manner.plate_form.format(plate))
        elif rng.random() < _HEADINGS:
            yield heading_paragraph(str(rng.choice(tongue.headings)))
        yield entry_paragraph(entry, str(i), plan.form)


def _scanned(plan: BookPlan, text: TextPage, number: int) -> tuple[SynthPage, dict[str, list[Box]]]:
    """A text page as it is scanned, and the places of its entries there."""
    rng = np.random.default_rng([plan.seed, 29, number])
    marked = [Text(key, "", box) for key, boxes in text.boxes.items() for box in boxes]
    flat = SynthPage(
        text.paper,
        np.zeros_like(text.paper),
        "catalogue",
        "none",
        round(plan.form.width / 8.27),
        None,
        texts=(*text.texts, *marked),
    )
    page = scanned(rng, flat)
    boxes: dict[str, list[Box]] = {}
    for mark in page.texts:
        if mark.kind.isdigit():
            boxes.setdefault(mark.kind, []).append(mark.box)
    others = tuple(t for t in page.texts if not t.kind.isdigit())
    entries = tuple(Text("entry", t.kind, t.box) for t in page.texts if t.kind.isdigit())
    return replace(page, texts=(*others, *entries)), boxes


def _told(entry: Entry, places: list[dict[str, Any]]) -> dict[str, Any]:
    vessel = None if entry.vessel is None else {"page": entry.vessel[0], "identifier": entry.vessel[1]}
    return {
        "number": entry.number,
        "plate": entry.plate,
        "figure": entry.figure,
        "text": entry.text,
        "places": places,
        "vessel": vessel,
        "measures": entry.measures,
        "fabric": entry.fabric,
        "date": entry.date,
    }


def _facts(plan: BookPlan) -> dict[str, Any]:
    manner = plan.manner
    return {
        "language": manner.language.code,
        "scheme": manner.scheme,
        "unit": manner.unit,
        "plates": [manner.plate(i) for i in range(plan.plates)],
    }
