"""Scale bars of known length, drawn to fractions of a pixel."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity, box

from profilex.scale import bar_scale, measure_bar
from profilex.scale.bar_cells import find_boundaries, fit_grid
from profilex.settings import EvidenceSettings
from tests.helpers.vessel_drawings import bar_page, make_page

CHEQUERED = [(1, 0), (1, 1), (1, 0), (1, 1), (1, 0), (5, 1)]
ALTERNATING = [(1, 1), (1, 0), (1, 1), (1, 0), (1, 1)]


@given(unit=st.floats(9, 30), tilt=st.floats(-4, 4), start=st.floats(40, 70))
@settings(max_examples=15, deadline=None)
def test_alternating_blocks(unit, tilt, start):
    grey, box_px, length = bar_page(ALTERNATING, unit=unit, tilt_deg=tilt, start=start)
    bar = measure_bar(make_page(grey), box_px, numbers=EvidenceSettings())
    assert bar.cells == 5
    assert bar.length_px == pytest.approx(length, abs=max(0.5, 0.005 * length))
    assert abs(bar.length_px - length) < 5 * bar.uncertainty_px


@pytest.mark.parametrize("tilt", [0.0, 2.5, -1.3])
@pytest.mark.parametrize("unit", [11.3, 13.4, 24.0])
def test_two_rows_of_cells_and_a_block_of_five(unit, tilt):
    grey, box_px, length = bar_page(CHEQUERED, unit=unit, tilt_deg=tilt, rows=2)
    bar = measure_bar(make_page(grey), box_px, numbers=EvidenceSettings())
    assert bar.style == "blocks"
    assert bar.cells == 10
    assert bar.length_px == pytest.approx(length, rel=0.004)
    assert bar.unit_lengths_px == pytest.approx((10 * unit, 5 * unit, unit), rel=0.004)


@pytest.mark.parametrize("shift", [-4.0, 0.0, 5.0])
def test_the_box_of_the_network_may_be_off(shift):
    grey, box_px, length = bar_page(CHEQUERED, rows=2)
    bar = measure_bar(
        make_page(grey),
        affinity.translate(affinity.scale(box_px, 0.96, 1.2), shift, -shift / 4),
        numbers=EvidenceSettings(),
    )
    assert bar.length_px == pytest.approx(length, rel=0.005)


def test_a_blot_makes_black_cells_longer_and_the_bar_no_longer():
    grey, box_px, length = bar_page(ALTERNATING, unit=20)
    bold = cv2.erode(grey, np.ones((3, 3), np.uint8))
    assert measure_bar(make_page(bold), box_px, numbers=EvidenceSettings()).length_px == pytest.approx(
        length, rel=0.005
    )


def test_a_line_with_ticks():
    grey = np.full((120, 400), 255, np.uint8)
    cv2.rectangle(grey, (60, 60), (312, 61), 0, -1)
    for i in range(6):
        cv2.rectangle(grey, (60 + 50 * i, 52), (61 + 50 * i, 60), 0, -1)
    bar = measure_bar(make_page(grey), box(56, 50, 316, 64), numbers=EvidenceSettings())
    assert bar.style == "ticks"
    assert bar.cells == 5
    assert bar.length_px == pytest.approx(250, abs=0.3)
    assert bar.unit_lengths_px[-1] == pytest.approx(50, abs=0.1)


def test_a_label_in_line_with_the_bar_is_not_part_of_it():
    grey, box_px, length = bar_page(ALTERNATING, unit=20)
    cv2.putText(grey, "5 cm", (172, 102), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 0, 1, cv2.LINE_AA)
    assert measure_bar(make_page(grey), box_px, numbers=EvidenceSettings()).length_px == pytest.approx(
        length, rel=0.006
    )


def test_a_plain_bar_has_a_length_and_more_doubt():
    grey = np.full((100, 300), 255, np.uint8)
    cv2.rectangle(grey, (50, 48), (169, 52), 0, -1)
    bar = measure_bar(make_page(grey), box(48, 46, 172, 55), numbers=EvidenceSettings())
    assert bar.length_px == pytest.approx(120, abs=1.0)
    assert bar.cells == 1
    assert bar.uncertainty_px > 1
    assert bar_scale(bar, 50).mm_per_px == pytest.approx(50 / 120, rel=0.01)


def test_where_cells_are_few_the_frame_is_in_the_doubt():
    """Whether a bar ends within its frame or with it, three cells do not tell, and five do."""
    doubts = []
    for cells in ([(1, 1), (1, 0), (1, 1)], ALTERNATING):
        grey, box_px, length = bar_page(cells, unit=40)
        framed = cv2.erode(grey, np.ones((1, 5), np.uint8)) if len(cells) == 3 else grey
        bar = measure_bar(make_page(framed), box_px, numbers=EvidenceSettings())
        doubts.append(bar.uncertainty_px)
        assert abs(bar.length_px - length) < 3 * bar.uncertainty_px
    assert doubts[0] > 0.6 > doubts[1]


@pytest.mark.parametrize("blur", [0.5, 1.1])
def test_white_cells_belong_to_the_bar_though_blur_makes_their_frame_faint(blur):
    """One black cell and two white ones: the black one alone would make a scale three times too large."""
    grey = np.full((100, 400), 255, np.uint8)
    cv2.rectangle(grey, (50, 44), (350, 56), 0, 1)
    cv2.rectangle(grey, (50, 44), (150, 56), 0, -1)
    soft = cv2.GaussianBlur(grey, (0, 0), blur)
    bar = measure_bar(make_page(soft), box(50, 44, 351, 57), numbers=EvidenceSettings())
    assert bar.length_px == pytest.approx(300, abs=2)


def test_no_ink_no_bar():
    assert (
        measure_bar(make_page(np.full((100, 300), 255, np.uint8)), box(40, 40, 200, 52), numbers=EvidenceSettings())
        is None
    )


def test_cells_without_a_common_unit_are_no_grid():
    profile = np.zeros(130)
    for start, end in ((0, 9), (22, 41), (46, 57), (74, 80), (90, 119)):
        profile[start:end] = 1
    assert fit_grid(find_boundaries(profile, numbers=EvidenceSettings()), numbers=EvidenceSettings()) is None
