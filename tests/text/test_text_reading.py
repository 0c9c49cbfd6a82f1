"""Reading pages: words where they stand, bars with their lengths; and pages whose texts cannot be read."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
from shapely import LineString, affinity, box

from profilex.scale.decision import find_scale
from profilex.scale.evidence import read_legend
from profilex.settings import EvidenceSettings, ScaleSettings, Settings, TextSettings
from profilex.synth.pages.furniture import draw_text
from profilex.text import installed_version, networks, read_bar, read_page
from profilex.text.lines import find_lines
from profilex.types import Scale, Section, Vessel, Word
from profilex.vessel.labels import with_figures
from tests.helpers.text_pages import page_of, page_with_bar, paper

BARS = 6


def soft(grey, sigma=0.6):
    return cv2.GaussianBlur(grey, (0, 0), sigma)


def length_at(grey, bar):
    """The length that the words of a page say of one bar."""
    words = read_page(grey, (bar,), settings=TextSettings()).words
    return read_bar(bar, words, grey.shape, settings=TextSettings()).length_mm


def scale_of(page):
    return find_scale(page, read_legend(page, Settings()).printed, ScaleSettings(), numbers=EvidenceSettings()).scale


def outcomes() -> list[str]:
    """Of pages with a bar of every kind: "right", "none" or "wrong" (more than 2 % off)."""
    said = []
    for seed in range(BARS):
        grey, _, px_per_mm = page_with_bar(seed)
        scale: Scale | None = scale_of(page_of(grey))
        right = scale is not None and abs(scale.mm_per_px * px_per_mm - 1) <= 0.02
        said.append("none" if scale is None else "right" if right else "wrong")
    return said


def test_bars_of_all_kinds_give_their_scale_or_none():
    said = outcomes()
    assert "wrong" not in said
    assert said.count("right") >= BARS - 1


@pytest.mark.parametrize("said", ["5 cm", "15 cm", "10 cm", "30 mm", "20 cm"])
@pytest.mark.parametrize("size", [14, 19])
def test_the_number_at_a_bar_is_read(said, size):
    grey = paper()
    cv2.line(grey, (300, 400), (500, 400), 0, 3)
    draw_text(grey, (380, 412), said, size)
    number, unit = said.split()
    assert length_at(soft(grey, 0.7), box(299, 398, 502, 403)) == int(number) * (10 if unit == "cm" else 1)


@pytest.mark.parametrize("said", ["5 cm", "15 cm", "30 mm"])
def test_a_short_bars_uncertain_tilt_does_not_matter(said):
    grey = paper()
    cv2.line(grey, (300, 400), (500, 400), 0, 3)
    draw_text(grey, (380, 412), said, 13)
    number, unit = said.split()
    bar = affinity.rotate(box(299, 398, 502, 403), 0.6)
    assert length_at(soft(grey, 1.1), bar) in (None, int(number) * (10 if unit == "cm" else 1))
    assert length_at(soft(grey, 0.7), bar) == int(number) * (10 if unit == "cm" else 1)


@pytest.mark.parametrize("said", ["15cm", "12cm", "150mm"])
def test_a_gap_within_a_number_does_not_part_it(said):
    grey = paper()
    cv2.line(grey, (300, 400), (500, 400), 0, 3)
    for at, part in ((380, said[0]), (392, said[1:])):
        draw_text(grey, (at, 412), part, 18)
    length = length_at(soft(grey), box(299, 398, 502, 403))
    assert length == (None if said == "12cm" else 150)  # no bar has twelve


def test_numbers_at_ticks_are_not_taken_for_one():
    """A 1 and a 5 far apart are no 15: the length is what the last one says."""
    grey = paper()
    cv2.line(grey, (300, 400), (500, 400), 0, 3)
    for x, said in ((296, "0"), (336, "1"), (480, "5 cm")):
        draw_text(grey, (x, 412), said, 16)
    assert length_at(soft(grey), box(299, 398, 502, 403)) in (None, 50)


@pytest.mark.parametrize(("said", "cells"), [("15 cm", 3), ("10 cm", 10)])
@pytest.mark.parametrize("top", [382, 383, 384])
def test_a_text_that_touches_its_bar_is_read(said, cells, top):
    grey = paper(height=1200)
    cv2.rectangle(grey, (300, 400), (600, 410), 0, 1)
    for left in range(300, 600, 600 // cells):
        cv2.rectangle(grey, (left, 400), (left + 300 // cells, 410), 0, -1)
    draw_text(grey, (410, top), said, 22)
    legend = read_legend(page_of(soft(grey)), Settings())
    [bar] = legend.printed.bars
    assert bar.length_mm == 10 * int(said.split()[0])
    assert bar.polygon.bounds == pytest.approx((300, 400, 601, 411), abs=3)


def test_digits_closed_by_blur_are_letters_and_dots_are_none():
    grey = paper()
    draw_text(grey, (300, 300), "8 cm", 18)
    for x in range(300, 420, 30):
        cv2.circle(grey, (x, 500), 6, 0, -1)
    [line] = find_lines(soft(grey, 1.2)).lines
    assert line.box[0] == pytest.approx(300, abs=4)
    assert line.box[3] < 330


@pytest.mark.parametrize(("confidence", "length", "is_sure"), [(0.95, 50, True), (0.5, 50, False), (0.2, None, True)])
def test_a_length_is_sure_where_its_letters_are(confidence, length, is_sure):
    read = read_bar(
        box(300, 398, 502, 403), [Word("5 cm", (380, 412, 420, 430), confidence)], (700, 900), settings=TextSettings()
    )
    assert read.length_mm == length
    assert length is None or read.is_sure == is_sure


def test_a_text_is_about_the_nearer_of_two_bars():
    grey = paper()
    for y, right in ((400, 500), (470, 620)):
        cv2.line(grey, (300, y), (right, y), 0, 2)
        for x in np.linspace(300, right, 6).astype(int):
            cv2.line(grey, (x, y - 9), (x, y), 0, 2)
    draw_text(grey, (380, 410), "5 cm", 18)
    legend = read_legend(page_of(soft(grey)), Settings())
    assert [round(bar.polygon.bounds[2], -1) for bar in legend.printed.bars] == [500]


def test_words_stand_where_they_are_written():
    grey = paper()
    width, height = draw_text(grey, (200, 300), "Tafel 12", 24)
    words = read_page(soft(grey), settings=TextSettings()).words
    assert [word.text for word in words] == ["Tafel", "12"]
    assert words[0].box[0] == pytest.approx(200, abs=6)
    assert words[-1].box[2] == pytest.approx(200 + width, abs=6)
    assert words[0].box[3] - words[0].box[1] == pytest.approx(height, abs=8)
    assert all(0.9 < word.confidence <= 1 for word in words)


@pytest.mark.parametrize(("turn", "angle"), [(cv2.ROTATE_90_CLOCKWISE, 90), (cv2.ROTATE_90_COUNTERCLOCKWISE, -90)])
def test_standing_text_is_read_with_its_direction_and_its_bars_length(turn, angle):
    grey = paper(700, 700)
    cv2.line(grey, (300, 400), (500, 400), 0, 3)
    draw_text(grey, (370, 412), "10 cm", 22)
    grey = cv2.rotate(soft(grey), turn)
    words = read_page(grey, settings=TextSettings()).words
    assert "".join(word.text for word in words) == "10cm"
    assert all(np.degrees(word.angle) == pytest.approx(angle, abs=3) for word in words)
    x = 700 - 400 if angle > 0 else 400
    y = (299, 502) if angle > 0 else (198, 401)
    assert length_at(grey, box(x - 3, y[0], x + 3, y[1])) == 100


@pytest.mark.parametrize("digit", "1234567890")
def test_a_digit_that_stands_alone_is_read(digit):
    grey = paper()
    draw_text(grey, (430, 60), "Tafel 27", 22)
    draw_text(grey, (300, 300), digit, 22)
    assert digit in [word.text for word in read_page(soft(grey), settings=TextSettings()).words]


def test_strokes_are_no_ones():
    """A stroke is a 1 where it is as high as the digits of its page."""
    grey = paper()
    draw_text(grey, (430, 60), "Tafel 27", 22)
    for x in (200, 400):
        cv2.line(grey, (x, 300), (x + 2, 327), 0, 3)
        cv2.line(grey, (x + 8, 300), (x + 10, 327), 0, 3)
    assert [word.text for word in read_page(soft(grey), settings=TextSettings()).words if word.text.isdecimal()] == [
        "27"
    ]


def test_hatching_at_a_bar_is_no_length():
    grey = paper()
    draw_text(grey, (430, 60), "Tafel 12", 22)
    cv2.line(grey, (200, 440), (500, 440), 0, 3)
    for x in range(200, 500, 12):
        cv2.line(grey, (x, 400), (x + 14, 416), 0, 1)
        cv2.circle(grey, (x, 470), 6, 0, 1)
    assert length_at(soft(grey), box(199, 438, 502, 443)) is None


def test_ratio_and_figure_numbers_are_read():
    grey = paper()
    draw_text(grey, (400, 640), "scale 1:3", 18)
    vessels = []
    for row in range(2):
        top = 80.0 + 250 * row
        section = Section(box(200, top, 230, top + 120), 0.9, 0.5, 0.1)
        axis = LineString([(400, top), (400, top + 120)])
        rim = LineString([(200, top), (600, top)])
        vessels.append(Vessel(f"v{row + 1:03d}", (section,), axis=axis, rim=rim))
        draw_text(grey, (385, top + 140), f"{24 + row}", 18)
    page = page_of(grey)
    legend = read_legend(page, Settings())
    assert legend.printed.ratio == 3.0
    assert [vessel.figure for vessel in with_figures(page, tuple(vessels), legend, settings=Settings())] == [
        "24",
        "25",
    ]


def test_letters_of_european_languages_may_be_read():
    """Pillow's own typeface has none of them to draw."""
    letters = set(networks.load_networks().letters)
    assert set("äöüßéèêàâçñìíóúěřšžłőțœØ°%←→") <= letters
    assert not any("一" <= letter <= "龥" for letter in letters)


def test_an_empty_page_has_no_words():
    legend = read_legend(page_of(paper()), Settings())
    assert (legend.words, legend.bars, legend.warnings) == ((), (), ())


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (40, 40)])
def test_small_pages_are_read_too(shape):
    assert read_page(np.full(shape, 255, np.uint8), settings=TextSettings()).words == ()


def test_a_page_reads_the_same_whatever_was_read_before():
    first, second = page_with_bar(1)[0], page_with_bar(2)[0]
    before = read_page(first, settings=TextSettings())
    read_page(second, settings=TextSettings())
    assert read_page(first, settings=TextSettings()) == before


def test_networks_are_loaded_once_and_keep_to_the_threads_of_the_process():
    networks._loaded.cache_clear()  # another test may have loaded them with other threads
    loaded = networks.load_networks()
    assert networks.load_networks() is loaded
    compiled = loaded.recognition.get_compiled_model()
    assert compiled.get_property("INFERENCE_NUM_THREADS") == max(1, cv2.getNumThreads())


def test_reading_imports_nothing_heavy_before_the_first_page_and_never_the_networks_own_code():
    said = "import sys, profilex.text; print(sorted({'openvino', 'tensorflow', 'rapidocr'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    read_page(paper(), settings=TextSettings())
    assert "rapidocr" not in sys.modules


def test_the_version_names_the_networks():
    assert installed_version().startswith("PP-OCRv6-small 3.10.")


@pytest.fixture
def without_networks(monkeypatch):
    """A process that has not loaded the networks yet."""
    networks._loaded.cache_clear()
    yield monkeypatch
    networks._loaded.cache_clear()


def assert_nothing_is_read(legend, page, reason):
    assert legend.words == ()
    assert legend.warnings == (reason,)
    assert legend.printed.bars == ()
    assert find_scale(page, legend.printed, ScaleSettings(), numbers=EvidenceSettings()).scale is None


def test_without_the_package_a_page_says_so_once(without_networks):
    without_networks.setattr(networks, "find_spec", lambda _: None)
    grey, _, _ = page_with_bar(1)
    legend = read_legend(page_of(grey), Settings())
    assert_nothing_is_read(legend, page_of(grey), "The package rapidocr is not installed: texts are not read.")


def test_networks_that_were_changed_are_not_used(without_networks):
    name, _ = networks._DETECTION
    without_networks.setattr(networks, "_DETECTION", (name, "0" * 64))
    grey, _, _ = page_with_bar(1)
    legend = read_legend(page_of(grey), Settings())
    reason = f"{name} is not the network that this version of profilex knows: texts are not read."
    assert_nothing_is_read(legend, page_of(grey), reason)
