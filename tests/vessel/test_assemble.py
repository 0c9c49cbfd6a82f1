"""A page's vessels as the rest of the program sees them."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import Polygon, box
from shapely.affinity import translate

from profilex.settings import ScaleSettings, Settings
from profilex.types import Region, Segmentation
from tests.helpers.vessel_drawings import Sheet, assemble, bowl_profile, make_section, sherd_profile

HALF_MM = Settings(scale=ScaleSettings(mm_per_px=0.5))


def assembled(sheet: Sheet, *channels: str, settings: Settings = HALF_MM, sections=None, bars=()):
    return assemble(sheet.page(), sheet.segmentation(*channels), sections or sheet.found_sections(), bars, settings)


def two_bowls() -> Sheet:
    sheet = Sheet(1000, 300)
    sheet.draw(bowl_profile(), 240)
    sheet.draw(sherd_profile(), 740)
    return sheet


@pytest.mark.slow
def test_a_whole_bowl_in_millimetres():
    vessels, dropped, _ = assembled(two_bowls(), "vessel", "axis")
    bowl, sherd = vessels
    assert [vessel.identifier for vessel in vessels] == ["v001", "v002"]
    assert not dropped
    assert bowl.height_is_complete is True
    assert bowl.review == ()
    assert bowl.confidence > 0.8
    assert bowl.residual.distance_px < 0.8
    measures = bowl.measures
    assert measures["rim_diameter_mm"].value == pytest.approx(200, rel=0.005)
    assert measures["base_diameter_mm"].value == pytest.approx(80, rel=0.01)
    assert measures["height_mm"].value == pytest.approx(60, rel=0.01)
    exact = np.pi * 106 / 3 * (186**2 + 186 * 73 + 73**2) * 0.5**3 / 1000
    assert measures["capacity_ml"].value == pytest.approx(exact, rel=0.01)
    assert abs(measures["capacity_ml"].value - exact) < 3 * measures["capacity_ml"].uncertainty
    assert sherd.height_is_complete is False
    assert sherd.measures["capacity_ml"].reason == "base_unknown"
    assert sherd.measures["height_mm"].reason == "preserved"


@pytest.mark.slow
def test_without_a_scale_no_millimetre_exists():
    vessels, _, warnings = assembled(two_bowls(), "axis", settings=Settings())
    assert all(vessel.scale is None for vessel in vessels)
    assert not [name for vessel in vessels for name in vessel.measures if "mm" in name or "ml" in name]
    assert vessels[0].measures["rim_diameter_px"].value == pytest.approx(400, rel=0.005)
    assert any("pixels" in warning for warning in warnings)


@pytest.mark.slow
@pytest.mark.parametrize("channels", [(), ("vessel",), ("vessel", "axis")])
def test_the_same_page_gives_the_same_vessels(channels):
    sheet = two_bowls()
    first = assembled(sheet, *channels)
    turned_round = tuple(reversed(sheet.found_sections()))
    assert assembled(sheet, *channels, sections=turned_round) == first


def test_a_model_of_sections_alone_is_enough():
    sheet = two_bowls()
    page = Region((0, 0, sheet.width, sheet.height), np.zeros((1, 30, 100), np.float32))
    vessels, _, _ = assemble(sheet.page(), Segmentation(("section",), page, ()), sheet.found_sections(), (), HALF_MM)
    assert [vessel.axis_source for vessel in vessels] == ["ink", "ink"]


def test_both_sides_agree_or_need_review():
    sheet = Sheet()
    sheet.draw(sherd_profile(), both=True)
    (vessel,), _, _ = assembled(sheet, "vessel", "axis")
    assert vessel.side == "both"
    assert "both_sides_disagree" not in vessel.review
    assert "several_pieces" not in vessel.review
    assert vessel.measures["rim_diameter_px"].value == pytest.approx(2 * sherd_profile().bounds[2], rel=0.01)
    moved = (sheet.found_sections()[0], make_section(shapely.affinity.translate(sheet.sections[1], 25, 0)))
    sheet.fill(moved[1].polygon)
    (vessel,), _, _ = assembled(sheet, "vessel", "axis", sections=moved)
    assert "both_sides_disagree" in vessel.review


def test_a_section_at_the_page_edge_or_hardly_seen_needs_review():
    sheet = Sheet()
    sheet.draw(sherd_profile(), axis_x=200.0)
    wall = sheet.sections[0].intersection(box(0, 0, 700, 400))
    (vessel,), _, _ = assembled(sheet, "axis", sections=(make_section(wall, confidence=0.95),))
    assert "touches_edge" in vessel.review
    (vessel,), _, _ = assembled(sheet, "axis", sections=(make_section(wall, confidence=0.65),))
    assert "low_confidence" in vessel.review


def test_a_section_where_no_ink_is_drawn_is_left_out():
    sheet = Sheet()
    sheet.draw(sherd_profile(), axis_x=300.0)
    nowhere = make_section(box(500, 300, 540, 310), confidence=0.7)
    vessels, dropped, _ = assembled(sheet, "axis", sections=(*sheet.found_sections(), nowhere))
    assert (len(vessels), dropped) == (1, {"unlikely": 1})


@pytest.mark.slow
def test_a_false_section_in_a_drawing_does_not_hide_its_axis():
    """The axis is not drawn: it is told from the outer contour beyond the false section."""
    sheet = Sheet()
    sheet.draw(sherd_profile(), axis_x=300.0, axis=False)
    nowhere = make_section(box(400, 84, 440, 168), confidence=0.6)
    vessels, dropped, _ = assembled(sheet, sections=(*sheet.found_sections(), nowhere))
    assert (len(vessels), dropped) == (1, {"unlikely": 1})
    assert vessels[0].axis_source == "symmetry"
    assert vessels[0].axis.centroid.x == pytest.approx(300, abs=2)


def test_a_section_that_is_off_its_ink_has_a_large_residual():
    sheet = Sheet()
    wall = sheet.draw(sherd_profile(), axis_x=300.0)
    (drawn,), _, _ = assembled(sheet, "axis")
    (shifted,), _, _ = assembled(sheet, "axis", sections=(make_section(translate(wall, 5, 0)),))
    assert drawn.residual.share < 0.02
    assert drawn.residual.uneven == 0
    assert shifted.residual.share > 0.5
    assert shifted.confidence < drawn.confidence
    assert "residual_large" in shifted.review
    assert "residual_large" not in drawn.review


def test_black_cells_of_a_scale_bar_are_no_vessel():
    sheet = Sheet()
    sheet.draw(sherd_profile())
    cell = make_section(box(300, 380, 330, 386))
    vessels, dropped, _ = assembled(
        sheet, "axis", sections=(*sheet.found_sections(), cell), bars=(box(298, 378, 420, 390),)
    )
    assert len(vessels) == 1
    assert dropped == {"in_scale_bar": 1}


def test_a_section_without_area_is_dropped_and_counted():
    sheet = Sheet()
    sheet.draw(sherd_profile())
    flat = replace(sheet.found_sections()[0], polygon=Polygon([(0, 0), (5, 5), (10, 10)]))
    vessels, dropped, _ = assembled(sheet, "axis", sections=(*sheet.found_sections(), flat))
    assert len(vessels) == 1
    assert dropped == {"no_area": 1}


def test_a_blank_page_has_no_vessels_and_no_warnings():
    sheet = Sheet()
    assert assemble(sheet.page(), sheet.segmentation(), (), (), Settings()) == ((), {}, ())


def test_channels_that_hold_no_numbers_are_left_alone():
    sheet = two_bowls()
    spoilt = sheet.segmentation("vessel", "axis")
    spoilt.page.probabilities[1:3] = np.nan
    vessels, _, _ = assemble(sheet.page(), spoilt, sheet.found_sections(), (), HALF_MM)
    assert [vessel.axis_source for vessel in vessels] == ["ink", "ink"]
