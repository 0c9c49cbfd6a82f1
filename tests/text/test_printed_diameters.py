"""Diameters that are printed at a drawing, and their comparison with the measured ones."""

from dataclasses import replace

import pytest
from shapely import LineString, box

from profilex.scale.evidence import Legend
from profilex.settings import Settings, VesselSettings
from profilex.text import printed_diameters
from profilex.types import Measure, PrintedScale, Scale, Section, Vessel, Word
from profilex.vessel.labels import with_printed_diameters
from tests.helpers.text_pages import page_of, paper


@pytest.mark.parametrize(
    ("text", "part", "readings"),
    [
        ("Rdm. 24,0 cm", "rim", ((240.0, 1.0),)),
        ("RDm 24 cm", "rim", ((240.0, 10.0),)),
        ("D. rim 24 cm", "rim", ((240.0, 10.0),)),
        ("diam. orlo 12.5 cm", "rim", ((125.0, 1.0),)),
        ("diám. boca 18", "rim", ((180.0, 10.0), (18.0, 1.0))),
        ("D. ouv. 105 mm", "rim", ((105.0, 1.0),)),
        ("Bdm. 8 cm", "base", ((80.0, 10.0),)),
        ("diam. base 6,2 cm", "base", ((62.0, 1.0),)),
        ("Ø 24", "any", ((240.0, 10.0), (24.0, 1.0))),
        ("D. 24 cm", "any", ((240.0, 10.0),)),
        ("12 Dm. 9,5 cm", "any", ((95.0, 1.0),)),
    ],
)
def test_what_states_a_diameter(text, part, readings):
    [found] = printed_diameters(text)
    assert found.part == part
    assert [value for pair in found.readings for value in pair] == pytest.approx([v for pair in readings for v in pair])


@pytest.mark.parametrize(
    "text",
    [
        "24",
        "24 cm",
        "10 cm",
        "H. 12,3 cm",
        "M5-12333",
        "Drag. 37",
        "D 1:3",
        "Dm. 0 cm",
        "1:2",
        "LUM-D24",
        "D 24",
        "D. 24.12.1999",
    ],
)
def test_other_numbers_are_no_diameter(text):
    assert printed_diameters(text) == ()


def test_a_line_may_state_two():
    assert [found.part for found in printed_diameters("Rdm. 24 cm, Bdm. 9 cm")] == ["rim", "base"]


def vessel(rim_mm, uncertainty=2.0, **more):
    drawing = Section(box(200, 100, 230, 220), 0.9, 0.5, 0.1)
    axis, rim = LineString([(400, 100), (400, 220)]), LineString([(200, 100), (600, 100)])
    measures = {"rim_diameter_mm": Measure(rim_mm, uncertainty)} | more
    return Vessel("v001", (drawing,), axis=axis, rim=rim, scale=Scale(0.5, "bar"), measures=measures)


def checked(text, one):
    words = (Word(text, (380.0, 240.0, 380.0 + 9 * len(text), 254.0), 0.95),)
    [found] = with_printed_diameters(page_of(paper()), (one,), Legend(PrintedScale(), words), Settings())
    return found


@pytest.mark.parametrize("text", ["Rdm. 24,0 cm", "Rdm. 240 mm", "Ø 24", "Ø 240", "D. rim 24.2 cm"])
def test_a_printed_diameter_that_agrees_is_kept_as_it_is_printed(text):
    found = checked(text, vessel(240.0))
    assert (found.printed_diameter, found.review) == (text, ())
    assert found.measures == vessel(240.0).measures


@pytest.mark.parametrize("text", ["Rdm. 12,0 cm", "Rdm. 24 mm", "Rdm. 2,40 cm", "D. rim 48 cm", "Ø 31"])
def test_one_that_differs_by_more_than_both_allow_is_flagged(text):
    """Another vessel's number, mm for cm, a comma that moved: what is measured stays as it was measured."""
    found = checked(text, vessel(240.0))
    assert (found.printed_diameter, found.review) == (text, ("printed_diameter_differs",))
    assert found.measures == vessel(240.0).measures


def test_a_diameter_without_its_word_may_be_the_greatest():
    assert checked("Ø 31 cm", vessel(240.0, max_diameter_mm=Measure(310.0, 3.0))).review == ()


def test_how_far_they_may_differ_is_a_setting():
    strict = replace(VesselSettings(), labels=replace(VesselSettings().labels, diameters_sd=0.1, diameters_share=0.0))
    words = (Word("Rdm. 24,5 cm", (380.0, 240.0, 480.0, 254.0), 0.95),)
    page, legend = page_of(paper()), Legend(PrintedScale(), words)
    assert with_printed_diameters(page, (vessel(240.0),), legend, Settings())[0].review == ()
    assert with_printed_diameters(page, (vessel(240.0),), legend, Settings(vessel=strict))[0].review == (
        "printed_diameter_differs",
    )


def test_without_a_scale_nothing_is_compared_and_no_millimetre_appears():
    unscaled = replace(vessel(240.0), scale=None, measures={})
    found = checked("Rdm. 24 cm", unscaled)
    assert (found.printed_diameter, found.review, found.measures, found.scale) == ("Rdm. 24 cm", (), {}, None)
