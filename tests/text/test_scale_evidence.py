"""How what is printed and what the user says become one scale."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from shapely import box

from profilex.scale import BarSearch, find_bar, measure_bar
from profilex.scale.decision import find_scale, implausible
from profilex.settings import EvidenceSettings, ScaleSettings
from profilex.types import PrintedScale, Scale, StatedBar, Word
from tests.helpers.text_pages import draw_blocks, page_of, paper

UNIT = 16  # px of a cell, ten of which are a bar
ASKED = ScaleSettings()


@pytest.fixture
def plate():
    grey = paper()
    draw_blocks(grey, 300, 500, UNIT, (1, 1, 1, 1, 1, 5))
    return page_of(grey)


def stated(length_mm=100.0, at=(300, 500), **text):
    x, y = at
    return StatedBar(box(x, y, x + 10 * UNIT, y + 12), length_mm, **text)


def test_a_bar_of_known_length_gives_the_scale(plate):
    found = find_scale(plate, PrintedScale((stated(),)), ASKED, numbers=EvidenceSettings())
    assert found.scale is not None
    assert found.scale.mm_per_px == pytest.approx(10 / UNIT, rel=0.005)
    assert found.scale.source == "bar"
    assert 0 < found.scale.uncertainty < 0.01
    assert found.review == ()


def test_a_bar_that_would_show_vessels_larger_than_life_was_misread(plate):
    """10 cm read as 10 mm: where the resolution is known, nothing else on the page need say so."""
    misread, dpi = PrintedScale((stated(10.0),)), 3 * 25.4 * UNIT / 10
    found = find_scale(replace(plate, dpi=dpi), misread, ASKED, numbers=EvidenceSettings())
    assert found.scale is None
    assert "3.3 times their size" in found.warnings[0]
    assert find_scale(plate, misread, ASKED, numbers=EvidenceSettings()).scale is not None, (
        "without a resolution nobody can tell"
    )
    said = find_scale(replace(plate, dpi=dpi), misread, replace(ASKED, bar_mm=10.0), numbers=EvidenceSettings()).scale
    assert said is not None
    assert said.mm_per_px == pytest.approx(1 / UNIT, rel=0.005)


def test_the_bar_wins_over_the_ratio_and_the_vessels_are_marked(plate):
    found = find_scale(
        replace(plate, dpi=600.0), PrintedScale((stated(),), 3.0, "1:3"), ASKED, numbers=EvidenceSettings()
    )
    assert found.scale is not None
    assert found.scale.mm_per_px == pytest.approx(10 / UNIT, rel=0.005)
    assert found.scale.drawing_scale == "1:3"
    assert found.review == ("scale_disagrees",)


def test_a_ratio_that_agrees_is_no_reason_to_look(plate):
    dpi = 3 * 25.4 * UNIT / 10
    assert (
        find_scale(
            replace(plate, dpi=dpi), PrintedScale((stated(),), 3.0, "1:3"), ASKED, numbers=EvidenceSettings()
        ).review
        == ()
    )


def test_a_ratio_needs_the_resolution():
    page = page_of(paper())
    assert find_scale(page, PrintedScale(ratio=3.0, ratio_text="1:3"), ASKED, numbers=EvidenceSettings()).scale is None
    found = find_scale(
        replace(page, dpi=300.0), PrintedScale(ratio=3.0, ratio_text="1:3"), ASKED, numbers=EvidenceSettings()
    )
    assert found.scale is not None
    assert found.scale.mm_per_px == pytest.approx(0.254)
    assert found.scale.source == "ratio+dpi"


def test_nothing_is_known_without_evidence():
    found = find_scale(page_of(paper()), PrintedScale(), ASKED, numbers=EvidenceSettings())
    assert found.scale is None
    assert found.warnings


def test_ten_cells_of_an_unread_bar_are_centimetres_and_marked(plate):
    found = find_scale(plate, PrintedScale((stated(None, reason="no_length"),)), ASKED, numbers=EvidenceSettings())
    assert found.scale is not None
    assert found.scale.mm_per_px == pytest.approx(10 / UNIT, rel=0.005)
    assert found.scale.source == "bar_cells"
    assert found.review == ("scale_bar_unread",)


@pytest.mark.parametrize("reason", ["not_read", "several_lengths", "readings_differ"])
def test_a_bar_whose_text_was_not_understood_gives_no_scale(plate, reason):
    assert (
        find_scale(plate, PrintedScale((stated(None, reason=reason),)), ASKED, numbers=EvidenceSettings()).scale is None
    )


def test_an_unread_bar_with_other_cells_gives_no_scale():
    grey = paper()
    draw_blocks(grey, 300, 500, 2 * UNIT, (1, 1, 1, 1, 1))
    assert (
        find_scale(
            page_of(grey), PrintedScale((stated(None, reason="no_length"),)), ASKED, numbers=EvidenceSettings()
        ).scale
        is None
    )


def test_another_bar_that_is_not_understood_is_a_reason_to_look(plate):
    """It may be the vessels', and the one that was read that of a plan beside them."""
    draw_blocks(plate.grey, 300, 300, UNIT, (1, 1, 1, 1, 1))
    unread = StatedBar(box(300, 300, 300 + 5 * UNIT, 312), None, "several_lengths")
    found = find_scale(plate, PrintedScale((stated(), unread)), ASKED, numbers=EvidenceSettings())
    assert found.scale is not None
    assert found.review == ("scale_bar_unread",)


def test_a_length_that_is_hardly_legible_is_a_reason_to_look(plate):
    unsure = stated(100.0, is_sure=False)
    found = find_scale(plate, PrintedScale((unsure,)), ScaleSettings(), numbers=EvidenceSettings())
    assert found.scale is not None
    assert found.review == ("scale_bar_unsure",)
    assert "hardly legible" in found.warnings[0]


def test_bars_that_differ_give_no_scale(plate):
    draw_blocks(plate.grey, 300, 300, UNIT, (1, 1, 1, 1, 1, 5))
    bars = (stated(), stated(50.0, at=(300, 300)))
    assert find_scale(plate, PrintedScale(bars), ASKED, numbers=EvidenceSettings()).scale is None


def test_a_bar_at_another_figure_gives_way_to_one_that_is_not(plate):
    draw_blocks(plate.grey, 300, 300, UNIT, (1, 1, 1, 1, 1, 5))
    found = find_scale(
        plate, PrintedScale((stated(50.0, at=(300, 300), elsewhere=True), stated())), ASKED, numbers=EvidenceSettings()
    )
    assert found.scale is not None
    assert found.scale.mm_per_px == pytest.approx(10 / UNIT, rel=0.005)
    assert found.review == ("scale_disagrees",), "it may be the vessels' after all"
    assert found.warnings == ("A scale bar is not used: it is at another figure.",)


def test_a_stated_length_is_that_of_the_vessels_bar(plate):
    draw_blocks(plate.grey, 300, 300, 2 * UNIT, (1, 1, 1, 1, 1))
    finds = StatedBar(box(300, 300, 300 + 10 * UNIT, 312), 50.0, elsewhere=True)
    found = find_scale(
        plate,
        PrintedScale((finds, stated(None, reason="not_read"))),
        replace(ASKED, bar_mm=200.0),
        numbers=EvidenceSettings(),
    )
    assert found.scale is not None
    assert found.scale.mm_per_px == pytest.approx(20 / UNIT, rel=0.005)


def test_a_reason_is_given_once(plate):
    draw_blocks(plate.grey, 300, 300, UNIT, (1, 1, 1, 1, 1, 5))
    both = PrintedScale((stated(50.0, at=(300, 300), elsewhere=True), stated()), 3.0, "1:3")
    beside = replace(ASKED, mm_per_px=2.0, source="neighbours", uncertainty=0.01)
    assert find_scale(replace(plate, dpi=600.0), both, beside, numbers=EvidenceSettings()).review == (
        "scale_disagrees",
    )


def test_bars_of_one_scale_are_no_reason_to_look_wherever_they_stand(plate):
    draw_blocks(plate.grey, 300, 300, UNIT, (1, 1, 1, 1, 1, 5))
    both = PrintedScale((stated(at=(300, 300), elsewhere=True), stated()))
    assert find_scale(plate, both, ASKED, numbers=EvidenceSettings()).review == ()


def test_a_bar_at_another_figure_is_taken_alone_and_marked(plate):
    other = PrintedScale((stated(elsewhere=True),))
    found = find_scale(plate, other, ASKED, numbers=EvidenceSettings())
    assert found.scale is not None
    assert found.scale.mm_per_px == pytest.approx(10 / UNIT, rel=0.005)
    assert found.review == ("scale_bar_elsewhere",)
    said = find_scale(plate, other, replace(ASKED, bar_mm=100.0), numbers=EvidenceSettings())
    assert (said.review, said.warnings) == ((), ()), "whoever states a bar's length has looked at it"


def test_a_ratio_goes_before_the_bar_of_another_figure(plate):
    found = find_scale(
        replace(plate, dpi=600.0),
        PrintedScale((stated(elsewhere=True),), 3.0, "1:3"),
        ASKED,
        numbers=EvidenceSettings(),
    )
    assert found.scale is not None
    assert found.scale.source == "ratio+dpi"
    assert found.review == ()


def test_an_unread_bar_at_another_figure_is_no_reason_to_look(plate):
    draw_blocks(plate.grey, 300, 300, UNIT, (1, 1, 1, 1, 1))
    unread = StatedBar(box(300, 300, 300 + 5 * UNIT, 312), None, "several_lengths", elsewhere=True)
    assert find_scale(plate, PrintedScale((stated(), unread)), ASKED, numbers=EvidenceSettings()).review == ()


def test_ticks_from_within_the_bar_count_from_their_zero(plate):
    middle = 506.0
    half = stated(50.0, span=((300.0 + 5 * UNIT, middle), (300.0 + 10 * UNIT, middle)), letter_px=10.0)
    found = find_scale(plate, PrintedScale((half,)), ASKED, numbers=EvidenceSettings())
    assert found.scale is not None
    assert found.scale.mm_per_px == pytest.approx(10 / UNIT, rel=0.005)


def test_numbers_far_from_the_bar_give_no_scale(plate):
    strange = stated(50.0, span=((100.0, 506.0), (800.0, 506.0)), letter_px=10.0)
    assert find_scale(plate, PrintedScale((strange,)), ASKED, numbers=EvidenceSettings()).scale is None


def test_what_the_user_states_overrides_the_page(plate):
    printed = PrintedScale((stated(),), 3.0, "1:3")
    by_value = find_scale(plate, printed, ScaleSettings(mm_per_px=0.5), numbers=EvidenceSettings()).scale
    by_table = find_scale(
        plate, printed, ScaleSettings(mm_per_px=0.5, source="table"), numbers=EvidenceSettings()
    ).scale
    by_bar = find_scale(plate, printed, ScaleSettings(bar_mm=50.0), numbers=EvidenceSettings()).scale
    assert by_value is not None
    assert by_table is not None
    assert by_bar is not None
    assert (by_value.mm_per_px, by_value.source) == (0.5, "option")
    assert (by_table.mm_per_px, by_table.source) == (0.5, "table")
    assert by_bar.mm_per_px == pytest.approx(5 / UNIT, rel=0.005)


@pytest.mark.parametrize(("rim_mm", "absurd"), [(5.0, True), (120.0, False), (1400.0, False), (4200.0, True)])
def test_rims_reveal_an_impossible_scale(rim_mm, absurd):
    assert bool(implausible(Scale(0.5, "bar"), [2 * rim_mm], numbers=EvidenceSettings())) == absurd


def test_chequered_bars_are_found_by_their_cells(plate):
    rng = np.random.default_rng(1)
    plate.grey[100:300, 200:600] = np.minimum(
        plate.grey[100:300, 200:600], rng.choice([255, 40], (200, 400), p=[0.9, 0.1])
    )
    (bar,) = BarSearch(plate, numbers=EvidenceSettings()).bars()
    assert bar.bounds == pytest.approx((300, 500, 300 + 10 * UNIT, 512), abs=2)


def test_a_shallow_vessel_between_a_bar_and_its_text_is_no_bar(plate):
    """The outline of a dish is as slender as a bar, and nearer to the text."""
    dish = np.array([[300, 536], [460, 536], [440, 548], [400, 552], [360, 552], [320, 548]], np.int32)
    cv2.polylines(plate.grey, [dish], isClosed=True, color=0, thickness=2)
    bar = find_bar(plate, Word("10 cm", (340, 560, 420, 584), 0.9), numbers=EvidenceSettings())
    assert bar is not None
    assert bar.bounds == pytest.approx((300, 500, 300 + 10 * UNIT, 512), abs=2)


def test_the_black_cells_of_a_faint_frame_are_one_bar():
    """Three cells of which only the outer ones are black, with the text at the end: the bar is not its last cell."""
    grey = paper()
    for left in (300, 460):
        cv2.rectangle(grey, (left, 500), (left + 80, 508), 0, -1)
    cv2.rectangle(grey, (380, 500), (460, 508), 190, 1)
    bar = find_bar(page_of(grey), Word("6 cm", (552, 492, 600, 516), 0.9), numbers=EvidenceSettings())
    assert bar is not None
    assert bar.bounds == pytest.approx((300, 500, 540, 508), abs=2)


def test_a_plain_line_is_a_bar():
    grey = paper()
    cv2.line(grey, (300, 500), (540, 500), 0, 4)
    bar = find_bar(page_of(grey), Word("10 cm", (380, 512, 460, 536), 0.9), numbers=EvidenceSettings())
    assert bar is not None
    assert bar.bounds == pytest.approx((298, 498, 543, 503), abs=2)


def test_one_black_cell_of_a_bar_with_a_faint_frame_is_no_bar():
    """Its frame runs on beyond the cell, too faint to be ink: five times too large a scale would come of it."""
    grey = paper()
    cv2.rectangle(grey, (300, 500), (540, 510), 220, 1)
    cv2.rectangle(grey, (300, 500), (348, 510), 0, -1)
    assert find_bar(page_of(grey), Word("5 cm", (300, 516, 360, 540), 0.9), numbers=EvidenceSettings()) is None


def test_a_bar_is_no_longer_by_a_letter_beside_it_that_looks_like_a_tick():
    grey = paper()
    cv2.line(grey, (300, 500), (500, 500), 0, 2)
    for x in range(300, 501, 40):
        cv2.line(grey, (x, 490), (x, 500), 0, 2)
    text = Word("5 cm", (380, 508, 440, 532), 0.9)
    assert find_bar(page_of(grey), text, numbers=EvidenceSettings()) is not None
    cv2.line(grey, (506, 484), (506, 500), 0, 3)
    assert find_bar(page_of(grey), text, numbers=EvidenceSettings()) is None


def test_a_cell_is_no_bar_where_another_lies_in_line_with_it():
    """The frame of the white cell between them is lost: one of the two would give three times too large a scale."""
    grey = paper()
    for left in (300, 460):
        cv2.rectangle(grey, (left, 500), (left + 80, 508), 0, -1)
    cv2.line(grey, (381, 500), (402, 500), 0, 1)
    bar = find_bar(page_of(grey), Word("15 cm", (552, 492, 616, 516), 0.9), numbers=EvidenceSettings())
    assert bar is None or bar.bounds == pytest.approx((300, 500, 540, 508), abs=2)


def test_dashes_of_a_broken_line_are_no_bar():
    grey = paper()
    cv2.line(grey, (400, 500), (435, 500), 190, 1)
    for left in range(400, 436, 7):
        cv2.line(grey, (left, 500), (left + 3, 500), 0, 1)
    assert find_bar(page_of(grey), Word("10 cm", (380, 512, 460, 536), 0.9), numbers=EvidenceSettings()) is None


@pytest.mark.parametrize("tilt", [-5.0, -1.0, 2.0, 4.0])
@pytest.mark.parametrize("frame", [True, False])
def test_a_bar_that_is_not_quite_level_is_found(tilt, frame):
    grey = paper()
    for left in (300, 400, 500):
        cv2.rectangle(grey, (left, 300), (left + 50, 310), 0, -1)
    if frame:
        cv2.rectangle(grey, (300, 300), (550, 310), 0, 1)
    turn = cv2.getRotationMatrix2D((425, 305), -tilt, 1.0)
    page = page_of(cv2.warpAffine(grey, turn, grey.shape[::-1], flags=cv2.INTER_AREA, borderValue=255))
    bar = find_bar(page, Word("5 cm", (400, 330, 450, 350), 0.9), numbers=EvidenceSettings())
    assert bar is not None
    measured = measure_bar(page, bar, numbers=EvidenceSettings())
    assert measured.cells == 5
    assert measured.length_px == pytest.approx(250, abs=1.5)


def test_lines_with_ticks_and_bars_of_few_cells_may_be_bars():
    grey = paper()
    cv2.line(grey, (100, 200), (340, 200), 0, 2)
    for x in (100, 180, 260, 340):
        cv2.line(grey, (x, 192), (x, 200), 0, 2)
    cv2.rectangle(grey, (100, 400), (340, 408), 0, 1)
    cv2.rectangle(grey, (100, 400), (220, 408), 0, -1)
    cv2.rectangle(grey, (500, 500), (800, 504), 0, -1)  # a straight stroke may be one as well ...
    cv2.fillPoly(grey, [np.array([(500, 600), (800, 596), (800, 612)])], 0)  # ... but no wedge
    bars = BarSearch(page_of(grey), numbers=EvidenceSettings()).likely_bars(lambda _: True)
    assert [round(bar.bounds[0]) for bar in bars] == [99, 100, 500]
    cells = BarSearch(page_of(grey), numbers=EvidenceSettings()).likely_bars(
        lambda _: False
    )  # whose text may touch them
    assert [round(bar.bounds[0]) for bar in cells] == [100]
    assert BarSearch(page_of(grey), numbers=EvidenceSettings()).bars() == ()
