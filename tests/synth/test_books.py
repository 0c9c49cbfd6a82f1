"""Books: entries in five languages that describe the vessels of their plates, where they say."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from profilex.synth import BOOK, write_dataset
from profilex.synth.books.entries import choose_manner, write_entry
from profilex.synth.books.plan import plan_book
from profilex.synth.books.typesetting import Paragraph, as_words, break_lines
from profilex.synth.books.vocabulary import LANGUAGES
from profilex.synth.writing.lettering import text_width

FACTS = {
    "identifier": "v003",
    "figure": "3",
    "kind": "vessel",
    "whole": False,
    "n_symbol": False,
    "rim_diameter_mm": 241.3,
    "greatest_diameter_mm": 300.2,
    "base_diameter_mm": None,
    "height_mm": 52.4,
    "wall_mm": 7.6,
    "volume_l": None,
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    list(write_dataset(folder, 5, 12, kind=BOOK, workers=1))
    return folder


def vessels(folder: Path, page: str) -> dict[str, dict]:
    document = json.loads((folder / "truth" / f"{page}.geojson").read_text())
    sections = [f["properties"] for f in document["features"] if f["properties"]["part"] == "section"]
    return {facts["identifier"]: facts for facts in sections}


def test_an_entry_belongs_to_the_vessel_that_it_describes(book: Path) -> None:
    told = json.loads((book / "book.json").read_text())
    assert len(told["entries"]) > 5
    for entry in told["entries"]:
        assert entry["number"] in entry["text"]
        if entry["vessel"] is None:
            continue
        facts = vessels(book, entry["vessel"]["page"])[entry["vessel"]["identifier"]]
        assert entry["figure"] == facts["figure"]
        rim = entry["measures"].get("rim_diameter")
        if rim is not None:
            assert rim["value"] == pytest.approx(facts["rim_diameter_mm"], abs=5.01)
            assert rim["printed"] in entry["text"]


def test_entries_are_printed_where_the_truth_says(book: Path) -> None:
    told = json.loads((book / "book.json").read_text())
    for entry in told["entries"]:
        assert entry["places"]
        for place in entry["places"]:
            grey = cv2.imread(str(book / "JPEGImages" / f"{place['page']}.png"), cv2.IMREAD_GRAYSCALE)
            for x0, y0, x1, y1 in place["boxes"]:
                part = grey[max(0, int(y0)) : int(y1), max(0, int(x0)) : int(x1)]
                assert np.percentile(part, 2) < np.median(grey) - 20


def test_text_pages_have_no_section_and_plates_have_their_number(book: Path) -> None:
    told = json.loads((book / "book.json").read_text())
    entries = [json.loads(line) for line in (book / "index.jsonl").read_text().splitlines()]
    assert [e["kind"] for e in entries] == ["catalogue"] * 1 + ["plate"] * 4 or {e["kind"] for e in entries} == {
        "catalogue",
        "plate",
    }
    plates = [e["name"] for e in entries if e["kind"] == "plate"]
    assert len(plates) == len(told["plates"])
    for entry in entries:
        mask = cv2.imread(str(book / "masks" / f"{entry['name']}.png"), cv2.IMREAD_GRAYSCALE)
        assert mask.any() == (entry["kind"] == "plate")


def test_an_interrupted_book_goes_on_to_the_same_pages(book: Path) -> None:
    before = {p: p.read_bytes() for p in book.rglob("*") if p.is_file()}
    (book / "book.json").unlink()
    (book / "truth" / "0012_000004.geojson").unlink()
    list(write_dataset(book, 5, 12, kind=BOOK, workers=1))
    assert {p: p.read_bytes() for p in book.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_states_what_it_prints(language: str) -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        manner = choose_manner(rng, language)
        entry = write_entry(rng, manner, FACTS, 17, 2, "plate")
        for name, measure in entry.measures.items():
            assert measure["printed"] in entry.text
            if measure["unit"] == "mm":
                truth = {"rim_diameter": 241.3, "greatest_diameter": 300.2, "preserved_height": 52.4}
                assert measure["value"] == pytest.approx(truth.get(name, 7.6), abs=5.01)
        assert "height" not in entry.measures
        assert " ".join(text for text, _ in entry.pieces) == entry.text


def test_lines_fill_their_column_and_divide_long_words() -> None:
    text = "Randfragmente unterschiedlicher Vorratsgefäße mit umlaufenden Kanneluren " * 5
    lines = break_lines(Paragraph(tuple(as_words(text, "serif"))), 190.0, 15.0)
    words = [word for line in lines for word, _ in line.words]
    assert any(word.endswith("-") for word in words)
    for line in lines:
        set_width = sum(text_width(word, 15.0, face) for word, face in line.words)
        assert set_width <= 191.0
    joined = " ".join(words).replace("- ", "")
    assert joined == text.strip()


def test_a_book_is_of_the_schools_and_features_that_are_wanted() -> None:
    plan = plan_book(3, 10, features=["section_right"], schools=["japanese", "chinese"])
    assert plan.style.school.name in ("japanese", "chinese")
    assert plan.style.section_right
    assert plan.text_pages + plan.plates == 10
