"""Which label stands at which vessel."""

from profilex.settings import TextSettings
from profilex.text import figure_labels, unnumbered
from profilex.text.figures import label_words
from profilex.types import Word

PAGE = (1000, 1400)
VESSELS = {f"v{i + 1:03d}": (200.0, 200.0 + 300 * i, 600.0, 380.0 + 300 * i) for i in range(3)}


def word(text, x, y, confidence=0.9, height=14):
    return Word(text, (x, y, x + 10 * len(text), y + height), confidence)


def found(words, vessels=VESSELS):
    return {name: label.text for name, label in figure_labels(words, vessels, PAGE, settings=TextSettings()).items()}


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


def test_a_label_below_the_corner_of_its_drawing_is_its_own():
    assert found([word(str(i + 1), 150, 410 + 300 * i) for i in range(3)]) == {"v001": "1", "v002": "2", "v003": "3"}


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
    assert [label.text for label in label_words(words, PAGE, settings=TextSettings())] == ["12"]


def test_a_page_without_labels_names_no_vessel():
    assert found([]) == {}


def doubts(words, vessels=VESSELS):
    return {name: label.doubts for name, label in figure_labels(words, vessels, PAGE, settings=TextSettings()).items()}


def test_a_beginning_that_looks_like_the_usual_one_is_read_as_it_and_doubted():
    vessels = {f"v{i + 1:03d}": (200.0, 100.0 + 200 * i, 600.0, 180.0 + 200 * i) for i in range(5)}
    said = ("M5-12333", "M5-12174", "MS-10071", "LUM-77", "M5-8425")
    labels = figure_labels(
        [word(text, 380, 195 + 200 * i) for i, text in enumerate(said)], vessels, PAGE, settings=TextSettings()
    )
    assert [label.text for label in labels.values()] == ["M5-12333", "M5-12174", "M5-10071", "LUM-77", "M5-8425"]
    assert [label.confidence for label in labels.values()] == [0.9, 0.9, 0.0, 0.9, 0.9]


def test_numbers_of_the_pages_run_go_before_codes_and_other_numbers():
    words = [word(text, 380, 395 + 300 * i) for i, text in enumerate(("248", "WW 27n", "24 b"))]
    words += [word(str(i + 1), 380, 425 + 300 * i) for i in range(3)]
    assert found(words) == {"v001": "1", "v002": "2", "v003": "3"}


def test_codes_stand_in_where_a_number_is_missing():
    words = [word("4", 380, 395), word("5", 380, 695), word("LUM-9963", 380, 995)]
    assert found(words) == {"v001": "4", "v002": "5", "v003": "LUM-9963"}


def test_a_number_that_two_vessels_have_is_doubted_at_both():
    words = [word(text, 380, 395 + 300 * i) for i, text in enumerate(("7", "7", "8"))]
    assert doubts(words) == {"v001": ("figure_repeated",), "v002": ("figure_repeated",), "v003": ()}


def test_a_gap_in_the_run_is_doubted_at_its_neighbours_and_at_vessels_without_number():
    vessels = {f"v{i + 1:03d}": (200.0, 100.0 + 200 * i, 600.0, 180.0 + 200 * i) for i in range(5)}
    words = [word(text, 380, 195 + 200 * i) for i, text in enumerate(("1", "2", "", "4", "5")) if text]
    labels = figure_labels(words, vessels, PAGE, settings=TextSettings())
    assert {name for name, label in labels.items() if "figure_gap" in label.doubts} == {"v002", "v004"}
    assert unnumbered(labels, vessels) == ("v003",)


def test_numbers_that_are_no_run_have_no_gap():
    words = [word(text, 380, 395 + 300 * i) for i, text in enumerate(("12", "148", "960"))]
    assert set(doubts(words).values()) == {()}


def test_labels_that_compete_for_a_vessel_are_doubted():
    words = [word("4", 380, 395), word("5", 380, 695), word("6", 380, 995), word("9", 410, 995)]
    assert doubts(words)["v003"] == ("figure_contested",)
    assert doubts(words[:3])["v003"] == ()
