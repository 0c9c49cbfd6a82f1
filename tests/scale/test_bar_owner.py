"""Whose a scale bar is, where plans and photographs stand beside the vessels."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from shapely import LineString, box

from profilex.scale.bar_owner import _large_patches, with_owners
from profilex.settings import EvidenceSettings
from profilex.trace.silhouettes import Silhouettes
from profilex.types import Page, PageRef, PrintedScale, Section, StatedBar, Vessel
from profilex.vessel import drawing_box

BAR = (300, 520, 420, 530)
VESSEL = (120, 800, 620, 1050)


def page(*figures):
    """A page with a vessel's drawing in its lower half, the bar, and figures: boxes with ink all over."""
    grey = np.full((1400, 1000), 235, np.uint8)
    for left, top, right, low in (BAR, *figures):
        grey[top:low, left:right] = 90
    left, top, right, low = VESSEL
    cv2.rectangle(grey, (left, top), (right, low), 20, 3)
    return Page(PageRef(Path("p.png"), "p.png", "p"), grey, "0" * 64)


def stands_elsewhere(scan, bar=BAR, drawings=(VESSEL,)):
    printed = PrintedScale((StatedBar(box(*bar), 100.0),), 3.0, "1:3")
    marked = with_owners(scan, printed, drawings, numbers=EvidenceSettings())
    assert (marked.ratio, marked.ratio_text, marked.bars[0].length_mm) == (3.0, "1:3", 100.0)
    return marked.bars[0].elsewhere


def test_a_bar_under_a_photograph_is_the_photographs():
    assert stands_elsewhere(page((240, 200, 500, 490)))


def test_a_bar_beside_a_plan_is_the_plans():
    assert stands_elsewhere(page((450, 380, 800, 600)))


@pytest.mark.parametrize(
    "figure",
    [
        pytest.param((700, 200, 950, 490), id="neither in its columns nor in its rows"),
        pytest.param((240, 100, 500, 350), id="farther than the bar is long"),
        pytest.param((350, 440, 400, 480), id="much shorter than the bar"),
        pytest.param((320, 470, 410, 496), id="low, as its numbers above it are"),
        pytest.param((100, 550, 900, 554), id="a line"),
    ],
)
def test_a_figure_elsewhere_does_not_claim_the_bar(figure):
    assert not stands_elsewhere(page(figure))


def test_a_bar_between_a_figure_and_a_vessel_is_the_vessels():
    near_both = (300, 720, 420, 730)
    assert not stands_elsewhere(page((240, 400, 500, 660)), near_both)


def test_the_vessels_own_drawing_claims_no_bar():
    """Its painted half may stand out of what is known of it."""
    drawing = (120, 700, 400, 1050)
    assert stands_elsewhere(page((280, 570, 520, 690)), drawings=(drawing,))
    assert not stands_elsewhere(page((280, 570, 520, 900)), drawings=(drawing,))


def test_a_frame_around_the_page_is_no_figure():
    scan = page()
    cv2.rectangle(scan.grey, (20, 20), (980, 1380), 0, 3)
    assert [patch.box.bounds[0] > 100 for patch in _large_patches(scan, [box(*BAR)], numbers=EvidenceSettings())] == [
        True
    ]


def test_a_bar_without_extent_claims_nothing():
    assert not stands_elsewhere(page(), (300, 520, 300, 520))


def test_a_page_without_vessels_or_bars_is_left_as_it_is():
    scan = page((240, 200, 500, 490))
    assert not stands_elsewhere(scan, drawings=())
    assert with_owners(scan, PrintedScale(), [VESSEL], numbers=EvidenceSettings()) == PrintedScale()


def test_running_text_claims_no_bar():
    scan = page()
    rows = [(150, 380 + 40 * row, 600, 400 + 40 * row) for row in range(3)]
    for left, top, right, low in rows:
        scan.grey[top:low, left:right] = 60
    scan.grey[380:480, 300:304] = 60  # joined into one patch
    printed = PrintedScale((StatedBar(box(*BAR), 100.0),))
    assert with_owners(scan, printed, [VESSEL], numbers=EvidenceSettings()).bars[0].elsewhere
    assert (
        not with_owners(scan, replace(printed, prose=tuple(rows)), [VESSEL], numbers=EvidenceSettings())
        .bars[0]
        .elsewhere
    )


def test_a_drawing_the_network_saw_claims_no_bar_but_a_photograph_does():
    """It takes photographs of sherds for vessels as well."""
    labels = np.zeros((140, 100), np.int32)
    labels[20:49, 24:50] = 1
    silhouettes = Silhouettes(labels, (0, 0, 1000, 1400))
    printed = PrintedScale((StatedBar(box(*BAR), 100.0),))
    photograph = page((240, 200, 500, 490))
    drawing = page()
    cv2.rectangle(drawing.grey, (240, 200), (500, 490), 20, 3)
    assert with_owners(photograph, printed, [VESSEL], silhouettes, numbers=EvidenceSettings()).bars[0].elsewhere
    assert with_owners(drawing, printed, [VESSEL], numbers=EvidenceSettings()).bars[0].elsewhere
    assert not with_owners(drawing, printed, [VESSEL], silhouettes, numbers=EvidenceSettings()).bars[0].elsewhere


def test_a_page_smaller_than_a_letter_has_no_figures():
    scan = page()
    tiny = replace(scan, grey=np.ascontiguousarray(scan.grey[:5, :5]))
    assert not stands_elsewhere(tiny, (1, 1, 4, 2), [(0, 0, 5, 5)])


def test_a_drawing_reaches_as_far_beyond_its_axis_as_before_it():
    section = Section(box(100, 50, 130, 200), 0.9, 0.5, 0.5)
    axis = LineString([(250, 50), (250, 210)])
    vessel = Vessel("v001", (section,), axis)
    assert drawing_box(vessel) == (100, 50, 400, 210)
