"""Reading pages with Tesseract, where it is installed; and without it."""

import cv2
import numpy as np
import pytest
from shapely import LineString, affinity, box

from profilex.scale.decision import find_scale
from profilex.scale.evidence import read_legend
from profilex.settings import ScaleSettings, VesselSettings
from profilex.synth.pages.furniture import draw_text
from profilex.text import TextError, installed_version, is_installed, page_layer, read_bar, read_page, read_words
from profilex.types import Scale, Section, Vessel, Word
from profilex.vessel.labels import with_figures
from tests.helpers.text_pages import page_of, page_with_bar, paper

needs_tesseract = pytest.mark.skipif(not is_installed(), reason="Tesseract is not installed")

BARS = 6


def scale_of(page, bars):
    return find_scale(page, read_legend(page, bars).printed, ScaleSettings()).scale


def outcomes(*, seen: bool) -> list[str]:
    """Of pages with a bar of every kind: "right", "none" or "wrong" (more than 2 % off)."""
    said = []
    for seed in range(BARS):
        grey, bar, px_per_mm = page_with_bar(seed)
        scale: Scale | None = scale_of(page_of(grey), (box(*bar.box),) if seen else ())
        right = scale is not None and abs(scale.mm_per_px * px_per_mm - 1) <= 0.02
        said.append("none" if scale is None else "right" if right else "wrong")
    return said


@needs_tesseract
@pytest.mark.parametrize(("seen", "least"), [(True, BARS - 1), (False, BARS - 2)])
def test_bars_of_all_kinds_give_their_scale_or_none(seen, least):
    said = outcomes(seen=seen)
    assert "wrong" not in said
    assert said.count("right") >= least


@needs_tesseract
@pytest.mark.parametrize("said", ["5 cm", "15 cm", "10 cm", "30 mm", "20 cm"])
@pytest.mark.parametrize("size", [14, 19])
def test_the_number_at_a_bar_is_not_taken_for_letters(said, size):
    grey = paper()
    cv2.line(grey, (300, 400), (500, 400), 0, 3)
    draw_text(grey, (380, 412), said, size)
    soft = cv2.GaussianBlur(grey, (0, 0), 0.7)
    number, unit = said.split()
    read = read_bar(soft, box(299, 398, 502, 403))
    assert read.length_mm in (None, int(number) * (10 if unit == "cm" else 1))
    assert read.length_mm is not None or "0" in number  # whose stroke this typeface has


@needs_tesseract
@pytest.mark.parametrize("said", ["5 cm", "15 cm", "30 mm"])
def test_a_short_bars_uncertain_tilt_does_not_blur_its_text(said):
    """A rectangle of a few pixels is some tenths of a degree off, and letters of ten pixels bear no turning."""
    grey = paper()
    cv2.line(grey, (300, 400), (500, 400), 0, 3)
    draw_text(grey, (380, 412), said, 13)
    soft = cv2.GaussianBlur(grey, (0, 0), 1.1)
    number, unit = said.split()
    bar = affinity.rotate(box(299, 398, 502, 403), 0.6)
    assert read_bar(soft, bar).length_mm == int(number) * (10 if unit == "cm" else 1)


@needs_tesseract
@pytest.mark.parametrize("said", ["15cm", "12cm", "150mm"])
def test_a_gap_within_a_number_does_not_part_it(said):
    grey = paper()
    cv2.line(grey, (300, 400), (500, 400), 0, 3)
    for at, part in ((380, said[0]), (392, said[1:])):
        draw_text(grey, (at, 412), part, 18)
    read = read_bar(cv2.GaussianBlur(grey, (0, 0), 0.6), box(299, 398, 502, 403))
    assert read.length_mm in (None, 150)
    assert read.length_mm or said == "12cm"  # which no bar has


@needs_tesseract
@pytest.mark.parametrize(("said", "cells"), [("15 cm", 3), ("10 cm", 10)])
@pytest.mark.parametrize("top", [382, 383, 384])
def test_a_text_that_touches_its_bar_is_read(said, cells, top):
    grey = paper(height=1200)
    cv2.rectangle(grey, (300, 400), (600, 410), 0, 1)
    for left in range(300, 600, 600 // cells):
        cv2.rectangle(grey, (left, 400), (left + 300 // cells, 410), 0, -1)
    draw_text(grey, (410, top), said, 22)
    legend = read_legend(page_of(cv2.GaussianBlur(grey, (0, 0), 0.6)), ())
    [bar] = legend.printed.bars
    assert bar.length_mm == 10 * int(said.split()[0])
    assert bar.polygon.bounds == pytest.approx((300, 400, 601, 411), abs=3)


@needs_tesseract
def test_digits_closed_by_blur_are_letters_and_dots_are_none():
    grey = paper()
    draw_text(grey, (300, 300), "8 cm", 18)
    for x in range(300, 420, 30):
        cv2.circle(grey, (x, 500), 6, 0, -1)
    [line] = page_layer(cv2.GaussianBlur(grey, (0, 0), 1.2)).lines
    assert line.box[0] == pytest.approx(300, abs=4)
    assert line.box[3] < 330


@pytest.mark.parametrize(("last", "is_sure"), [("5 cm", True), ("cm", False)])
def test_a_length_is_sure_where_nearly_all_readings_agree(monkeypatch, last, is_sure):
    words = [(Word(said, (380, 412, 420, 430), 0.9),) for said in ("5 cm", "5 cm", last)]
    monkeypatch.setattr("profilex.text.reading._read_around", lambda *_: words)
    grey = paper()
    cv2.line(grey, (300, 400), (500, 400), 0, 3)
    draw_text(grey, (380, 412), "5 cm", 18)
    read = read_bar(grey, box(299, 398, 502, 403))
    assert read.length_mm == 50
    assert read.is_sure == is_sure


@needs_tesseract
def test_a_text_is_about_the_nearer_of_two_bars():
    grey = paper()
    for y, right in ((400, 500), (470, 620)):
        cv2.line(grey, (300, y), (right, y), 0, 2)
        for x in np.linspace(300, right, 6).astype(int):
            cv2.line(grey, (x, y - 9), (x, y), 0, 2)
    draw_text(grey, (380, 410), "5 cm", 18)
    legend = read_legend(page_of(cv2.GaussianBlur(grey, (0, 0), 0.6)), ())
    assert [round(bar.polygon.bounds[2], -1) for bar in legend.printed.bars] == [500]


@needs_tesseract
def test_words_stand_where_they_are_written():
    grey = paper()
    width, height = draw_text(grey, (200, 300), "Tafel 12", 24)
    words = read_words(grey, [(190, 290, 210 + width, 310 + height)], scales=[1.5])
    assert [word.text for word in words] == ["Tafel", "12"]
    assert words[0].box[0] == pytest.approx(200, abs=6)
    assert words[-1].box[2] == pytest.approx(200 + width, abs=6)
    assert all(0 <= word.confidence <= 1 for word in words)


@needs_tesseract
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
    legend = read_legend(page, ())
    assert legend.printed.ratio == 3.0
    assert [vessel.figure for vessel in with_figures(page, tuple(vessels), legend, settings=VesselSettings())] == [
        "24",
        "25",
    ]


@needs_tesseract
def test_an_empty_page_has_no_words():
    legend = read_legend(page_of(paper()), ())
    assert (legend.words, legend.bars, legend.warnings) == ((), (), ())


@needs_tesseract
def test_reading_that_takes_too_long_is_given_up():
    noise = np.random.default_rng(0).integers(0, 255, (600, 600), dtype=np.uint8)
    with pytest.raises(TextError, match=r"more than 0\.01 s"):
        read_words(noise, time_limit_s=0.01)


def test_the_version_is_a_number_or_none(monkeypatch, tmp_path):
    assert installed_version()[0].isdigit() == is_installed()
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installed_version() == "none"


@needs_tesseract
def test_data_that_are_none_are_named(monkeypatch, tmp_path):
    (tmp_path / "eng.traineddata").write_bytes(b"no network")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    legend = read_legend(page_of(page_with_bar(1)[0]), ())
    assert legend.words == ()
    assert "cannot be loaded" in legend.warnings[0]


@needs_tesseract
def test_a_page_reads_the_same_whatever_was_read_before():
    first, second = page_with_bar(1)[0], page_with_bar(2)[0]
    before = read_page(page_layer(first))
    read_page(page_layer(second))
    assert read_page(page_layer(first)) == before


def test_without_tesseract_a_page_says_so_once(monkeypatch, tmp_path):
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    grey, bar, _ = page_with_bar(1)
    legend = read_legend(page_of(grey), (box(*bar.box),))
    assert legend.words == ()
    assert legend.warnings == ("Tesseract is not installed: figure numbers and scale texts are not read.",)
    assert legend.printed.bars[0].length_mm is None
    found = find_scale(page_of(grey), legend.printed, ScaleSettings())
    assert found.scale is None
