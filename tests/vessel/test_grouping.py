"""Which sections come together, and which do not."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from profilex.settings import VesselSettings
from profilex.trace.silhouettes import find_silhouettes
from profilex.vessel.grouping.groups import Group, group_sections, reading_order
from tests.helpers.vessel_drawings import Sheet, bowl_profile, make_page, make_section, sherd_profile


def grouped(sheet: Sheet, *channels: str):
    silhouettes = find_silhouettes(sheet.segmentation(*channels))
    return group_sections(sheet.page(), sheet.found_sections(), silhouettes, settings=VesselSettings())


def test_neighbours_in_a_row_and_in_a_column_stay_apart():
    sheet = Sheet(900, 600)
    for axis_x in (220.0, 660.0):
        for rim_y in (40.0, 300.0):
            sheet.draw(sherd_profile(), axis_x, rim_y)
    for channels in ((), ("vessel",)):
        groups = grouped(sheet, *channels)
        assert [len(group.sections) for group in groups] == [1, 1, 1, 1]
        assert [round(group.bounds[1] / 100) for group in groups] == [0, 0, 3, 3]
        assert groups[0].bounds[0] < groups[1].bounds[0]


def test_touching_silhouettes_do_not_make_one_vessel():
    sheet = Sheet(900, 300)
    sheet.draw(sherd_profile(), 220.0, 60.0)
    sheet.draw(sherd_profile(), 640.0, 60.0)
    sheet.silhouettes.append(box(400, 80, 460, 100))
    assert len(grouped(sheet, "vessel")) == 2
    stacked = Sheet(500, 500)
    stacked.draw(sherd_profile(), 250.0, 60.0)
    stacked.draw(bowl_profile(), 250.0, 170.0)
    stacked.silhouettes.append(box(245, 140, 255, 180))
    assert len(grouped(stacked, "vessel")) == 2


def test_both_sides_of_a_vessel_come_together():
    sheet = Sheet()
    sheet.draw(sherd_profile(), both=True)
    for channels in ((), ("vessel",)):
        (group,) = grouped(sheet, *channels)
        assert len(group.walls) == 2


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (235, 130), (150, 70), (255, 200)])
def test_a_rim_line_joins_both_sides_on_tinted_paper_and_in_faint_ink(paper, ink):
    sheet = Sheet()
    sheet.draw(sherd_profile(), both=True)
    sheet.grey = (ink + sheet.grey.astype(float) / 255 * (paper - ink)).astype(np.uint8)
    (group,) = grouped(sheet)
    assert len(group.walls) == 2


@pytest.mark.parametrize("paper", [255, 150])
def test_two_vessels_without_a_rim_line_between_them_stay_apart(paper):
    sheet = Sheet()
    sheet.draw(sherd_profile(), both=True, rim=False, exterior=False)
    sheet.grey = (sheet.grey.astype(float) / 255 * paper).astype(np.uint8)
    assert len(grouped(sheet)) == 2


def test_rim_and_base_of_a_vessel_come_together_under_its_silhouette():
    sheet = Sheet()
    whole = bowl_profile(height=160)
    sheet.draw(whole)
    (section,) = sheet.sections
    sheet.sections = [section.intersection(box(0, 0, 700, 130)), section.intersection(box(0, 160, 700, 420))]
    (group,) = grouped(sheet, "vessel")
    assert len(group.walls) == 2
    assert len(grouped(sheet)) == 2


def test_a_crack_does_not_part_a_wall():
    sheet = Sheet()
    section = sheet.draw(bowl_profile())
    sheet.sections = list(section.difference(box(0, 130, 700, 133)).geoms)
    (group,) = grouped(sheet)
    assert len(group.walls) == 2


def test_a_handle_section_belongs_to_the_vessel_beside_it():
    sheet = Sheet(800, 420)
    sheet.draw(bowl_profile(), 400)
    sheet.sections.append(shapely.Point(150, 140).buffer(9))
    for channels in (("vessel",), ()):
        if not channels:
            sheet.sections[-1] = shapely.Point(185, 100).buffer(9)
        (group,) = grouped(sheet, *channels)
        assert len(group.walls) == 1
        assert len(group.handles) == 1


@given(order=st.permutations(range(6)), wobble=st.lists(st.floats(-15, 15), min_size=6, max_size=6))
@settings(max_examples=15, deadline=None)
def test_reading_order_does_not_depend_on_the_order_found(order, wobble):
    places = [(100, 50), (300, 50), (500, 50), (100, 200), (300, 200), (500, 200)]
    sections = [make_section(box(x, y + dy, x + 40, y + dy + 80)) for (x, y), dy in zip(places, wobble, strict=True)]
    ordered = reading_order(tuple(Group((sections[i],)) for i in order))
    assert [group.walls[0] for group in ordered] == sections


def test_nothing_gets_lost():
    rng = np.random.default_rng(4)
    polygons = [Polygon(shapely.Point(*place).buffer(12)) for place in rng.uniform(20, 380, (25, 2))]
    sections = tuple(make_section(polygon) for polygon in polygons)
    groups = group_sections(make_page(np.full((400, 400), 255, np.uint8)), sections, None, settings=VesselSettings())
    found = [section for group in groups for section in group.sections]
    assert len(found) == len(sections)
    assert {id(section) for section in found} == {id(section) for section in sections}
