"""The vessel frame: upright, origin on the axis, section at x < 0, whatever the drawing's tilt and side."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from profilex.errors import Code, PageError
from profilex.export.frame.vessel_frame import place_page, place_vessel
from profilex.types import Measure, Scale
from tests.helpers.bowls import MM_PER_PX, make_bowl, make_result


def test_a_straight_drawing_only_shifts_scales_and_flips(bowl):
    placed = place_vessel(bowl)

    assert (placed.unit, placed.origin, placed.mirrored, placed.rotation_deg) == ("mm", "axis_rim", False, 0)
    assert placed.sections[0].bounds == pytest.approx((-100, -75, 0, 0), abs=1e-9)
    assert placed.sections[0].area == pytest.approx(bowl.sections[0].polygon.area * MM_PER_PX**2)
    assert placed.sections[0].exterior.is_ccw
    assert list(placed.rim.coords) == [(-100, 0), (100, 0)]
    assert placed.axis.coords[0] == (0, 2.5)


@settings(max_examples=30, deadline=None)
@given(st.floats(-30, 30), st.sampled_from(["left", "right"]))
def test_tilt_and_side_are_undone(tilt, side):
    straight = place_vessel(make_bowl())
    placed = place_vessel(make_bowl(tilt_deg=tilt, side=side))

    assert placed.mirrored == (side == "right")
    assert placed.rotation_deg == pytest.approx(tilt, abs=1e-9)
    assert shapely.hausdorff_distance(placed.sections[0], straight.sections[0]) < 1e-9
    assert placed.sections[0].is_valid
    assert placed.sections[0].exterior.is_ccw


def test_an_axis_drawn_from_bottom_to_top_is_the_same_axis(bowl):
    turned = replace(bowl, axis=bowl.axis.reverse(), rim=bowl.rim.reverse())

    assert place_vessel(turned).sections[0].equals_exact(place_vessel(bowl).sections[0], 1e-9)


def test_without_a_rim_the_origin_is_level_with_the_sections_top(bowl):
    placed = place_vessel(replace(bowl, rim=None))

    assert placed.origin == "axis_top"
    assert placed.sections[0].bounds == pytest.approx((-100, -75, 0, 0), abs=1e-9)


def test_a_rim_along_the_axis_is_no_rim_plane(bowl):
    assert place_vessel(replace(bowl, rim=bowl.axis)).origin == "axis_top"


def test_without_an_axis_the_origin_is_the_sections_corner(sherd):
    placed = place_vessel(sherd)

    assert (placed.unit, placed.origin) == ("px", "section_top_right")
    assert shapely.total_bounds(placed.sections).tolist() == [-50, -310, 0, 0]


def test_without_an_axis_the_rim_line_becomes_level():
    bowl = make_bowl(tilt_deg=4)
    placed = place_vessel(replace(bowl, axis=None))

    assert placed.origin == "section_top_right"
    assert placed.rim.coords[0][1] == pytest.approx(placed.rim.coords[-1][1])
    assert placed.sections[0].bounds == pytest.approx((-100, -75, 0, 0), abs=1e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(bowl, spoil, bad):
    for vessel in (
        spoil(bowl, bad),
        replace(bowl, scale=Scale(bad, "bar")),
        replace(bowl, measures={"height_mm": Measure(1.0, bad)}),
        replace(bowl, scale=Scale(0.0, "option")),
    ):
        with pytest.raises(PageError, match="not a finite number") as refusal:
            place_vessel(vessel)
        assert refusal.value.code is Code.EXPORT


def test_a_page_is_in_millimetres_only_where_all_vessels_share_one_scale(bowl, sherd):
    other = replace(bowl, scale=Scale(0.5, "bar"))

    assert place_page(make_result(bowl, bowl)) == ("mm", MM_PER_PX)
    assert place_page(make_result(bowl, sherd)) == ("px", 1.0)
    assert place_page(make_result(bowl, other)) == ("px", 1.0)
    assert place_page(make_result()) == ("px", 1.0)


def test_an_empty_vessel_has_a_frame(bowl):
    placed = place_vessel(replace(bowl, sections=(), axis=None, rim=LineString([(0, 0), (0, 0)])))

    assert placed.origin == "section_top_right"
