"""What shows of an outer contour from the side, and its sharp bends."""

import numpy as np
import pytest

from profilex.export.frame.silhouette import sharp_bends, silhouettes


def test_a_contour_without_overhang_is_seen_as_it_is():
    contour = np.array([(30.0, 0.0), (28, -5), (28, -9), (12, -20)])
    (seen,) = silhouettes([contour[::-1]])
    assert seen.tolist() == contour.tolist()


def test_what_an_overhang_hides_is_left_out_and_its_underside_is_level():
    lip = np.array([(30.0, 0.0), (40, 0), (42, -6), (38, -6), (30, -3), (30, -20)])
    (seen,) = silhouettes([lip])
    assert seen.tolist() == [[40, 0], [42, -6], [38, -6], [30, -6], [30, -20]]


def test_the_standing_plane_and_a_hollow_below_a_foot_are_left_out():
    foot = np.array([(20.0, 0.0), (15, -10), (15, -14), (12, -14), (11, -11), (0, -11)])
    (seen,) = silhouettes([foot])
    assert seen.tolist() == [[20, 0], [15, -10], [15, -14]]


def test_a_contour_that_slants_down_to_the_axis_reaches_it():
    (seen,) = silhouettes([np.array([(20.0, 0.0), (10, -10), (0, -12)])])
    assert seen.tolist() == [[20, 0], [10, -10], [0, -12]]


def test_pieces_with_a_gap_of_heights_between_them_are_seen_apart_from_top_to_bottom():
    below, above = np.array([(20.0, -10.0), (18, -15)]), np.array([(22.0, 0.0), (21, -8)])
    assert [line.tolist() for line in silhouettes([below, above])] == [above.tolist(), below.tolist()]


def test_a_level_contour_shows_nothing():
    assert silhouettes([np.array([(20.0, -1.0), (10, -1)])]) == []


def test_a_carination_is_sharp_and_a_shoulder_is_not():
    turn = np.linspace(0, np.pi / 2, 60)
    shoulder = np.column_stack([20 + 20 * np.sin(turn), 20 * np.cos(turn) - 20])
    carinated = np.concatenate([shoulder, [(40, -40), (20, -60)]])
    assert sharp_bends(shoulder, 3.0) == []
    assert sharp_bends(carinated, 3.0) == [pytest.approx((40, -40))]


def test_bends_near_the_ends_and_near_a_sharper_one_are_left_out():
    steps = np.array([(10.0, 0.0), (11, 0), (11, -10), (13, -10), (13, -30)])
    assert sharp_bends(steps, 3.0) == [pytest.approx((11, -10))]
    assert sharp_bends(steps, 0.5) == [pytest.approx(place) for place in ((11, 0), (11, -10), (13, -10))]
    assert sharp_bends(steps[:2], 3.0) == []
