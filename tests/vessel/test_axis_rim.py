"""Axis and rim plane of drawings whose place is known."""

import cv2
import numpy as np
import pytest
from shapely import LineString, Polygon, box

from profilex.ink.lines import fit_line, upright_line
from profilex.ink.strokes import find_stroke
from profilex.settings import InkSettings, Settings, VesselSettings
from profilex.vessel.axis.n_symbol import has_n_symbol
from tests.helpers.vessel_drawings import Sheet, assemble, bowl_profile, make_section, sherd_profile


def only_vessel(sheet: Sheet, *channels: str):
    vessels, _, _ = assemble(sheet.page(), sheet.segmentation(*channels), sheet.found_sections(), (), Settings())
    assert len(vessels) == 1
    return vessels[0]


def axis_at(vessel, y: float) -> float:
    (x0, y0), (x1, y1) = vessel.axis.coords
    return x0 + (x1 - x0) * (y - y0) / (y1 - y0)


@pytest.mark.parametrize("channels", [(), ("vessel",), ("axis",), ("vessel", "axis")])
@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("profile", [bowl_profile(), sherd_profile()], ids=["bowl", "sherd"])
def test_a_drawn_axis_is_found_to_half_a_percent(profile, side, channels):
    sheet = Sheet()
    sheet.draw(profile, axis_x=351.3, side=side)
    vessel = only_vessel(sheet, *channels)
    assert vessel.axis_source == "ink"
    assert vessel.side == ("left" if side < 0 else "right")
    width = 2 * profile.bounds[2]
    for y in (80.0, 80.0 + profile.bounds[3]):
        assert abs(axis_at(vessel, y) - 351.3) < 0.005 * width


@pytest.mark.parametrize("x", [340.0, 350.25, 350.5, 360.75])
def test_a_stroke_is_found_between_pixels(x):
    columns = np.arange(700)
    ink = np.clip(np.minimum(columns + 1, x + 1.1) - np.maximum(columns, x - 1.1), 0, 1)  # 2.2 px broad
    grey = np.tile((255 - 220 * ink).astype(np.uint8), (400, 1))
    line = find_stroke(grey, upright_line(352.0, 10, 390, sd_px=1.0), 14.0, widest_px=7, settings=InkSettings())
    assert line is not None
    assert line.at(200) == pytest.approx(x, abs=0.05)
    assert line.slope == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("tilt", [-2.0, 1.2])
@pytest.mark.parametrize("channels", [(), ("vessel", "axis")])
def test_a_leaning_drawing_is_set_upright(tilt, channels):
    sheet = Sheet()
    sheet.draw(bowl_profile(), tilt_deg=tilt)
    vessel = only_vessel(sheet, *channels)
    (x0, y0), (x1, y1) = vessel.axis.coords
    assert np.degrees(np.arctan2(x0 - x1, y1 - y0)) == pytest.approx(tilt, abs=0.15)
    assert vessel.measures["rim_diameter_px"].value == pytest.approx(400, rel=0.006)
    assert vessel.measures["height_px"].value == pytest.approx(120, abs=1.5)
    first, last = np.array(vessel.rim.coords)
    down = np.array([x1 - x0, y1 - y0])
    assert abs((last - first) @ down) < 1e-6 * np.hypot(*down) * 400


def test_without_an_axis_line_the_network_or_the_symmetry_tell():
    sheet = Sheet()
    sheet.draw(sherd_profile(), axis=False)
    by_network = only_vessel(sheet, "vessel", "axis")
    assert by_network.axis_source == "network"
    assert axis_at(by_network, 100) == pytest.approx(350, abs=2)
    by_symmetry = only_vessel(sheet)
    assert by_symmetry.axis_source == "symmetry"
    assert axis_at(by_symmetry, 100) == pytest.approx(350, abs=2)
    assert "axis_from_symmetry" in by_symmetry.review
    assert by_symmetry.confidence < by_network.confidence


def test_a_stroke_of_the_decoration_gives_way_to_the_line_of_symmetry():
    sheet = Sheet()
    sheet.draw(sherd_profile(), axis=False)
    painted = LineString([(410, 82), (410, 168)])
    sheet.stroke(list(painted.coords))
    sheet.axes = [painted]
    vessel = only_vessel(sheet, "axis")
    assert vessel.axis_source == "symmetry"
    assert axis_at(vessel, 100) == pytest.approx(350, abs=2)


def test_a_drawing_without_an_axis_does_not_take_its_neighbours():
    sheet = Sheet(width=1000)
    sheet.draw(sherd_profile(radius=60), axis_x=100, axis=False, exterior=False, rim=False)
    sheet.axes.clear()  # the network sees none there
    profile = Polygon([(100, 0), (112, 0), (160, 90), (148, 92)])  # it widens downwards, the sherd does not
    sheet.draw(profile, axis_x=420, side=1)
    vessels, _, _ = assemble(sheet.page(), sheet.segmentation("axis"), sheet.found_sections(), (), Settings())
    sherd, bowl = vessels
    assert axis_at(bowl, 100) == pytest.approx(420, abs=1)
    assert bowl.measures["rim_diameter_px"].value == pytest.approx(224, rel=0.02)
    assert sherd.axis is None
    assert sherd.measures["rim_diameter_px"].value is None


def test_a_floor_cut_at_the_axis_is_the_last_evidence():
    sheet = Sheet()
    sheet.draw(bowl_profile(), axis=False, exterior=False, rim=False)
    vessel = only_vessel(sheet)
    assert vessel.axis_source == "section_edge"
    assert axis_at(vessel, 150) == pytest.approx(350, abs=1.5)
    assert "axis_from_section_edge" in vessel.review


def test_a_lone_sherd_has_no_axis_and_says_so():
    sheet = Sheet()
    sheet.draw(sherd_profile(), axis=False, exterior=False, rim=False)
    vessel = only_vessel(sheet)
    assert vessel.axis is None
    assert vessel.axis_source == ""
    assert vessel.side == "unknown"
    assert vessel.height_is_complete is None
    assert "no_axis" in vessel.review
    assert vessel.measures["rim_diameter_px"].value is None
    assert vessel.measures["wall_thickness_px_p50"].value == pytest.approx(14, rel=0.1)


def test_the_rim_line_is_the_rim_plane():
    sheet = Sheet()
    sheet.draw(sherd_profile(), rim_y=81.4)
    vessel = only_vessel(sheet, "axis")
    assert "rim_from_section" not in vessel.review
    (x0, y0), (x1, y1) = vessel.rim.coords
    assert (y0 + y1) / 2 == pytest.approx(81.4, abs=0.4)
    assert x0 < x1  # from the section's side to the exterior's


def test_a_section_cut_aslant_on_top_has_no_rim():
    base = Polygon([(150, 0), (164, 6), (90, 120), (0, 120), (0, 106), (80, 106)])
    sheet = Sheet()
    sheet.draw(base, rim=False)
    vessel = only_vessel(sheet, "axis")
    assert vessel.rim is None
    assert "no_rim" in vessel.review
    assert vessel.height_is_complete is False
    assert vessel.measures["height_px"].reason == "preserved"
    assert vessel.measures["base_diameter_px"].value == pytest.approx(180, rel=0.02)
    assert vessel.measures["capacity_px3"].reason == "no_rim"


def test_a_lid_is_measured_at_its_mouth_and_stays_as_drawn():
    sheet = Sheet()
    sheet.draw(bowl_profile(), rim_y=260, upside_down=True)
    vessel = only_vessel(sheet, "axis")
    assert "upside_down" in vessel.review
    assert vessel.axis.coords[0][1] < vessel.axis.coords[1][1]
    assert vessel.rim.centroid.y == pytest.approx(260, abs=1.5)
    assert vessel.measures["rim_diameter_px"].value == pytest.approx(400, rel=0.01)
    assert vessel.height_is_complete is True


def draw_n(sheet: Sheet, x: float, y: float, size: float, pen: int = 2) -> None:
    half = size / 2
    sheet.stroke([(x - half, y + size), (x - half, y - size), (x + half, y + size), (x + half, y - size)], pen)


@pytest.mark.parametrize("size", [9, 14, 20])
def test_an_n_on_the_rim_takes_the_diameter_away(size):
    sheet = Sheet()
    sheet.draw(sherd_profile())
    draw_n(sheet, 350.5, 80, size)
    vessel = only_vessel(sheet, "vessel", "axis")
    assert "n_break" in vessel.review
    for name in ("rim_diameter_px", "max_diameter_px"):
        assert vessel.measures[name].value is None
        assert vessel.measures[name].reason == "n_break"


def test_a_sign_that_may_be_an_n_takes_the_diameter_away_and_an_axis_that_sticks_out_does_not():
    for sign in (True, False):
        sheet = Sheet()
        sheet.draw(sherd_profile())
        if sign:
            sheet.stroke([(345, 66), (355, 94)], 3)
            sheet.stroke([(355, 66), (345, 94)], 3)
        else:
            sheet.stroke([(350, 80), (350, 62)], 3)
        vessel = only_vessel(sheet, "vessel", "axis")
        diameter = vessel.measures["rim_diameter_px"]
        assert ("sign_at_axis" in vessel.review) == sign
        assert diameter.reason == ("sign_at_axis" if sign else "")
        assert (diameter.value is None) == sign


@pytest.mark.parametrize(("x", "is_sign"), [(343, True), (357, True), (337, False)])
def test_a_sign_counts_where_the_axis_runs_through_it_or_by_it(x, is_sign):
    sheet = Sheet()
    sheet.draw(sherd_profile())
    sheet.stroke([(x - 5, 66), (x + 5, 94)], 3)
    sheet.stroke([(x + 5, 66), (x - 5, 94)], 3)
    assert ("sign_at_axis" in only_vessel(sheet, "vessel", "axis").review) == is_sign


def test_the_exteriors_upright_contour_is_no_axis():
    sheet = Sheet()
    sheet.draw(sherd_profile(), axis=False)
    vessel = only_vessel(sheet)
    assert vessel.measures["rim_diameter_px"].value == pytest.approx(2 * sherd_profile().bounds[2], rel=0.02)


def test_a_half_drawing_keeps_its_axis_and_says_that_nothing_is_beyond_it():
    sheet = Sheet()
    sheet.draw(sherd_profile(), exterior=False, rim=False)
    sheet.stroke([(350.5 - sherd_profile().bounds[2], 80), (350.5, 80)])
    vessel = only_vessel(sheet)
    assert vessel.measures["rim_diameter_px"].value == pytest.approx(2 * sherd_profile().bounds[2], rel=0.02)
    assert "nothing_beyond_axis" in vessel.review


def test_other_marks_at_the_axis_are_no_n():
    sheet = Sheet()
    sheet.draw(sherd_profile())
    corner = (350.0, 80.0)
    assert not has_n_symbol(sheet.grey, corner, 14, settings=VesselSettings())
    filled, crossed, number, ladder = (sheet.grey.copy() for _ in range(4))
    cv2.rectangle(filled, (340, 66), (360, 94), 0, -1)
    cv2.line(crossed, (350, 60), (350, 100), 0, 2)
    cv2.putText(number, "12", (338, 66), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 2)
    cv2.rectangle(ladder, (342, 66), (358, 94), 0, 2)
    for grey in (filled, crossed, number, ladder):
        assert not has_n_symbol(grey, corner, 14, settings=VesselSettings())


def test_a_fit_ignores_strangers():
    along = np.arange(100.0)
    offsets = 50 + 0.02 * along
    offsets[::7] += 30
    line = fit_line(along, offsets)
    assert line.at(50) == pytest.approx(51, abs=0.05)
    assert line.slope == pytest.approx(0.02, abs=1e-3)
    assert line.sd_at(50) < 0.5


def test_a_page_frame_beside_a_straight_wall_is_no_axis():
    sheet = Sheet()
    sheet.draw(sherd_profile())
    cv2.rectangle(sheet.grey, (6, 6), (693, 413), 0, 2)
    sheet.sections.append(box(10, 300, 24, 380))
    sections = tuple(make_section(shape, confidence=0.998) for shape in sheet.sections)
    vessels, _, _ = assemble(sheet.page(), sheet.segmentation(), sections, (), Settings())
    assert [vessel.axis is None for vessel in vessels] == [False, True]
