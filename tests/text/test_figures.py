"""Which label stands at which vessel."""

from profilex.text import figure_labels
from profilex.text.figures import common_prefix, label_words
from profilex.types import Word

PAGE = (1000, 1400)
VESSELS = {f"v{i + 1:03d}": (200.0, 200.0 + 300 * i, 600.0, 380.0 + 300 * i) for i in range(3)}


def word(text, x, y, confidence=0.9, height=14):
    return Word(text, (x, y, x + 10 * len(text), y + height), confidence)


def found(words, vessels=VESSELS):
    return {name: label.text for name, label in figure_labels(words, vessels, PAGE).items()}


def test_labels_below_go_to_the_vessel_above_them():
    words = [word(text, 380, 395 + 300 * i) for i, text in enumerate(("M5-12333", "24 b", "Drag. 37R"))]
    heading = word("GJ-02", 380, 120)
    assert found([heading, *words]) == {"v001": "M5-12333", "v002": "24 b", "v003": "Drag. 37R"}


def test_labels_at_the_left_edge_go_to_the_vessel_beside_them():
    words = [word(f"0{i + 1}", 60, 195 + 300 * i) for i in range(3)]
    assert found(words) == {"v001": "01", "v002": "02", "v003": "03"}


def test_two_vessels_in_a_row_keep_their_own_labels():
    vessels = {"v001": (100.0, 200.0, 400.0, 380.0), "v002": (550.0, 200.0, 900.0, 380.0)}
    assert found([word("3a", 240, 395), word("3b", 720, 395)], vessels) == {"v001": "3a", "v002": "3b"}


def test_a_label_serves_one_vessel():
    assert list(found([word("7", 390, 395)]).values()) == ["7"]


def test_folios_headings_scales_and_ticks_are_no_labels():
    words = [
        word("248", 500, 1380),
        word("ANNEXE", 400, 80),
        word("5cm", 400, 1000),
        word("1:3", 400, 1050),
        word("4", 400, 900, confidence=0.6),
        word("|", 380, 390),
        word("12", 380, 395),
    ]
    assert [label.text for label in label_words(words, PAGE)] == ["12"]


def test_a_page_without_labels_names_no_vessel():
    assert found([]) == {}


def test_readings_that_begin_as_the_page_does_are_preferred():
    readings = [
        [word("M5-12333", 0, 0, 0.7), word("MS-12333", 0, 0, 0.2)],
        [word("M5-12174", 0, 0, 0.8)],
        [word("MS-10071", 0, 0, 0.8), word("M5-10071", 0, 0, 0.7)],
        [word("12", 0, 0, 0.9)],
    ]
    assert [best.text for best in common_prefix(readings)] == ["M5-12333", "M5-12174", "M5-10071", "12"]


def test_readings_are_weighed_by_their_confidence():
    assert common_prefix([[word("8", 0, 0, 0.5), word("3", 0, 0, 0.4), word("3", 0, 0, 0.4)]])[0].text == "3"
