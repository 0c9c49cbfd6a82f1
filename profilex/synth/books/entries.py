"""Catalogue entries: what a book says of a vessel, in words, and what of it is true."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from profilex.synth.books.vocabulary import (
    BASE,
    GREATEST,
    HEIGHT,
    LANGUAGES,
    PRESERVED,
    RIM,
    SHARE,
    VOLUME,
    WALL,
    Language,
)
from profilex.synth.pages.furniture import roman

SCHEMES = ("continuous", "reference", "headed")
"""How vessels are numbered: through the book; on each plate from 1, entries refer to plate and number; or entries
stand under a heading for each plate."""


@dataclass(frozen=True, slots=True)
class BookManner:
    """What a book keeps to: language, numbering, references, unit, decimals, measures, and how each is named."""

    language: Language
    scheme: str
    number_form: str
    plate_form: str
    roman_plates: bool
    joint: str  # between plate and number
    stop: str  # between the parts of an entry
    unit: str
    decimals: int
    chances: dict[str, float]
    names: dict[str, str]
    first_plate: int
    bold: bool
    measures_first: bool

    def plate(self, index: int) -> str:
        """The plate's number as it is printed."""
        number = self.first_plate + index
        return roman(number) if self.roman_plates else str(number)

    def heading(self, index: int) -> str:
        """What stands above a plate."""
        return self.plate_form.format(self.plate(index))


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its `number` as printed, its `text`, the vessel that it describes, and what it states.

    `vessel` is the plate's page name and the vessel's identifier, None where it is not illustrated. `measures` have a
    printed text, a value and its unit each; values are those printed, in mm, per cent or litres.
    """

    number: str
    plate: str
    figure: str
    text: str
    vessel: tuple[str, str] | None
    measures: dict[str, dict[str, Any]]
    fabric: str
    date: str
    pieces: tuple[tuple[str, str], ...] = field(default=())  # texts with their faces


def choose_manner(rng: np.random.Generator, language: str | None = None) -> BookManner:
    """A book's manner; `language` is a code of LANGUAGES, a random one when None."""
    tongue = LANGUAGES[language or str(rng.choice(list(LANGUAGES)))]
    chances = {
        RIM: 0.92,
        BASE: 0.6,
        GREATEST: 0.25,
        HEIGHT: 0.85,
        PRESERVED: 0.6,
        WALL: 0.45,
        SHARE: 0.15,
        VOLUME: 0.06,
    }
    is_roman = bool(rng.random() < 0.25)
    return BookManner(
        tongue,
        str(rng.choice(SCHEMES)),
        str(rng.choice(tongue.numbers)),
        str(rng.choice(tongue.plates)),
        is_roman,
        str(rng.choice([",", ", ", ":", "."] if not is_roman else [", ", ":", " "])),
        str(rng.choice([". ", "; ", " – "], p=[0.7, 0.2, 0.1])),
        "cm" if rng.random() < 0.85 else "mm",
        int(rng.random() < 0.75),
        {k: (v if rng.random() < 0.8 else 0.0) if k not in (RIM, HEIGHT) else v for k, v in chances.items()},
        {k: str(rng.choice(forms)) for k, forms in tongue.measures.items()},
        int(rng.integers(1, 60)),
        bool(rng.random() < 0.75),
        bool(rng.random() < 0.2),
    )


def write_entry(
    rng: np.random.Generator, manner: BookManner, facts: dict[str, Any], number: int, plate: int, page: str
) -> Entry:
    """The entry of a vessel with the truth `facts` on the plate number `plate`, whose page is `page`."""
    tongue = manner.language
    figure = str(facts["figure"])
    shown = figure if manner.scheme != "continuous" else ""
    reference = manner.plate_form.format(manner.plate(plate) + (manner.joint + shown if shown else ""))
    printed = {"continuous": figure, "reference": str(number), "headed": figure}[manner.scheme]
    measures = _measures(rng, manner, facts)
    fabric, date = (_pick(rng, words) for words in (tongue.fabrics, tongue.dates))
    lead = [manner.number_form.format(printed)]
    body = [_kind(rng, tongue, facts)]
    body += [_pick(rng, tongue.details)] if rng.random() < 0.6 and facts["kind"] == "vessel" else []
    if manner.stop == ". " and measures:  # the first of them begins a sentence
        first = next(iter(measures.values()))
        first["printed"] = _capital(first["printed"])
    said = ", ".join(m["printed"] for m in measures.values())
    if not measures and facts["n_symbol"]:
        said = _pick(rng, tongue.unknown)
    sentences = [", ".join(body), said] if not manner.measures_first else [said, ", ".join(body)]
    sentences += [fabric, date] if rng.random() < 0.85 else [fabric]
    has_date = len(sentences) == 4
    sentences += [_pick(rng, tongue.places).format(rng.integers(10, 2900))] if rng.random() < 0.5 else []
    sentences += [_pick(rng, tongue.parallels)] if rng.random() < 0.3 else []
    sentences += [reference] if manner.scheme != "headed" else []
    words = _joined([s for s in sentences if s], manner.stop)
    faces = ("serif_bold" if manner.bold else "italic", "serif")
    return Entry(
        printed,
        manner.plate(plate),
        figure,
        f"{lead[0]} {words}",
        (page, str(facts["identifier"])),
        measures,
        fabric,
        date if has_date else "",
        ((lead[0], faces[0]), (words, faces[1])),
    )


def unillustrated(rng: np.random.Generator, manner: BookManner, number: int) -> Entry:
    """An entry whose piece is on no plate."""
    tongue = manner.language
    fabric = _pick(rng, tongue.fabrics)
    lead = manner.number_form.format(number)
    words = f"{_pick(rng, tongue.sherds)}. {fabric}. {tongue.not_shown}."
    pieces = ((lead, "serif_bold" if manner.bold else "italic"), (words, "serif"))
    return Entry(str(number), "", "", f"{lead} {words}", None, {}, fabric, "", pieces)


def _joined(sentences: list[str], stop: str) -> str:
    """Parts of an entry with stops between them; after a full stop with a capital."""
    if stop == ". ":
        return " ".join(_capital(s if s.endswith(".") else s + ".") for s in sentences)
    return stop.join(sentences) + ("" if sentences[-1].endswith(".") else ".")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]


def _kind(rng: np.random.Generator, tongue: Language, facts: dict[str, Any]) -> str:
    if facts["kind"] != "vessel":
        return _pick(rng, tongue.sherds)
    if facts["whole"]:
        return _pick(rng, tongue.wholes)
    return _pick(rng, tongue.rims if facts["rim_diameter_mm"] or facts["n_symbol"] else tongue.bases)


def _measures(rng: np.random.Generator, manner: BookManner, facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The measures that are printed, each as its vessel's truth rounds."""
    rim, height = facts["rim_diameter_mm"], facts["height_mm"]
    greatest = facts["greatest_diameter_mm"]
    known = {
        RIM: rim,
        GREATEST: greatest if rim and greatest and greatest > 1.04 * rim else None,
        BASE: facts["base_diameter_mm"],
        HEIGHT: height if facts["whole"] else None,
        PRESERVED: None if facts["whole"] else height,
        WALL: facts["wall_mm"],
        SHARE: float(rng.integers(1, 20) * 5) if rim and not facts["whole"] else None,
        VOLUME: facts.get("volume_l"),
    }
    said: dict[str, dict[str, Any]] = {}
    for name, value in known.items():
        if value and rng.random() < manner.chances[name]:
            number, stated, unit = _number(manner, name, value)
            said[name] = {"printed": manner.names[name].format(number), "value": stated, "unit": unit}
    return said


def _number(manner: BookManner, name: str, value: float) -> tuple[str, float, str]:
    """A measure as it is printed with its unit, the value that it states, and that value's unit."""
    sign: Callable[[str], str] = lambda text: text.replace(".", manner.language.comma)  # noqa: E731
    if name == SHARE:
        return f"{value:.0f}", round(value), "percent"
    if name == VOLUME:
        return sign(f"{value:.2f}"), round(value, 2), "l"
    if manner.unit == "mm":
        return f"{value:.0f} mm", float(round(value)), "mm"
    places = 1 if name in (WALL, PRESERVED, HEIGHT) else manner.decimals
    return sign(f"{value / 10:.{places}f}") + " cm", round(round(value / 10, places) * 10, 3), "mm"
