"""The share of a rim that is preserved, as it is printed at a drawing."""

from dataclasses import replace

import pytest
from shapely import box

from profilex.scale.evidence import Legend, read_legend
from profilex.settings import Settings, TextSettings
from profilex.synth.pages.furniture import draw_text
from profilex.text import rim_percent, rim_percents
from profilex.types import Measure, PrintedScale, Section, Vessel, Word
from profilex.vessel.labels import with_rim_percents
from tests.helpers.text_pages import page_of, paper

PAGE = (1000, 1400)
VESSELS = {f"v{i + 1:03d}": (200.0, 200.0 + 300 * i, 600.0, 380.0 + 300 * i) for i in range(3)}


def line(text, x, y):
    return Word(text, (x, y, x + 9 * len(text), y + 14), 0.9)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("15 %", 15.0),
        ("R. 12,5%", 12.5),
        ("Rdm. 22 cm, 8 %", 8.0),
        ("R20 %", 20.0),
        ("EVE 0.15", 15.0),
        ("R-EVE: .07", 7.0),
        ("100 %", 100.0),
        ("Maßstab 50 %", None),
        ("M 50%", None),
        ("auf 50 % verkleinert", None),
        ("10 % 20 %", None),
        ("120 %", None),
        ("0 %", None),
        ("1:15 %", None),
        ("M5-12 %", None),
        ("EVERY 0.15", None),
        ("12", None),
        ("of all the sherds of this type some 15 % had been burnt", None),
    ],
)
def test_what_states_a_share_of_the_rim(text, percent):
    assert rim_percent(text) == percent


def test_shares_go_to_the_vessels_at_which_they_stand():
    lines = [line(f"{share} %", 380, 395 + 300 * i) for i, share in enumerate((15, 20, 7))]
    assert {name: word.text for name, word in rim_percents(lines, VESSELS, PAGE, settings=TextSettings()).items()} == {
        "v001": "15 %",
        "v002": "20 %",
        "v003": "7 %",
    }


def test_one_bare_percentage_on_a_plate_is_nobodys():
    assert rim_percents([line("50 %", 380, 995)], VESSELS, PAGE, settings=TextSettings()) == {}
    assert list(rim_percents([line("Rand 50 %", 380, 995)], VESSELS, PAGE, settings=TextSettings())) == ["v003"]


def vessel(identifier, *bounds):
    return Vessel(identifier, (Section(box(*bounds), 0.9, 0.5, 0.2),))


def test_vessels_say_why_they_have_none():
    page = page_of(paper())
    for is_read, reason in ((True, "not_printed"), (False, "not_read")):
        legend = Legend(PrintedScale(()), is_read=is_read)
        (told,) = with_rim_percents(page, (vessel("v001", 200, 200, 240, 380),), legend, Settings())
        assert told.measures["rim_percent"] == Measure(None, None, reason)


def test_printed_shares_are_read_from_the_page():
    grey = paper()
    for row, text in enumerate(("15 %", "EVE 0.07")):
        grey[100 + 300 * row : 220 + 300 * row, 300:420] = 30
        draw_text(grey, (300, 240 + 300 * row), text, 22)
    page = page_of(grey)
    vessels = tuple(vessel(f"v00{row + 1}", 300, 100 + 300 * row, 420, 220 + 300 * row) for row in range(2))
    first, second = with_rim_percents(page, vessels, read_legend(page, Settings()), settings=Settings())
    assert first.measures["rim_percent"].value == 15.0
    assert first.measures["rim_percent"].uncertainty == pytest.approx(1.44, abs=0.01)
    assert second.measures["rim_percent"].value == pytest.approx(7.0)
    assert second.measures["rim_percent"].uncertainty == pytest.approx(0.29, abs=0.01)
    assert replace(first, measures={}) == replace(vessels[0], measures={})
