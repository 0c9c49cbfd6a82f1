"""Sections as CVAT's polygons and back: holes, islands in holes, and random outlines, to the last vertex."""

from dataclasses import replace

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from profilex.correction.changes import page_changes
from profilex.correction.document import image_element
from profilex.correction.drawn import drawn_sections, page_shapes, pixel_outline
from tests.helpers.bowls import make_bowl, make_result, make_section


def there_and_back(result):
    image = image_element(0, "a.png", (result.width_px, result.height_px), page_shapes(result))
    return drawn_sections(image, ["section"])


def test_holes_and_what_lies_in_them_come_back_exactly():
    ring = Polygon([(0, 0), (90, 0), (90, 90), (0, 90)], [[(20, 20), (20, 70), (70, 70), (70, 20)]])
    island = Polygon([(30, 30), (60, 30), (60, 60), (30, 60)], [[(40, 40), (40, 50), (50, 50), (50, 40)]])
    vessel = replace(make_bowl(), sections=tuple(make_section(shapely.orient_polygons(p)) for p in (island, ring)))
    result = make_result(make_bowl("other"), vessel)
    back = {section.name: section.outline for section in there_and_back(result)}
    for each in result.vessels:
        for piece, section in enumerate(each.sections, 1):
            outline = back[each.identifier, str(piece)]
            assert outline.equals(section.polygon)
            assert len(shapely.get_coordinates(outline)) == len(shapely.get_coordinates(section.polygon))


@given(st.lists(st.floats(5, 60), min_size=3, max_size=40), st.integers(0, 3))
def test_random_outlines_lose_no_vertex(radii, holes):
    turn = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    shell = np.stack([100 + radii * np.cos(turn), 100 + radii * np.sin(turn)], axis=1)
    polygon = Polygon(shell)
    for i in range(holes):
        polygon = polygon.difference(shapely.box(99 + 0.6 * i, 99, 99.4 + 0.6 * i, 99.5))
    if not isinstance(polygon, Polygon) or not polygon.is_valid or polygon.area < 1:
        return
    vessel = replace(make_bowl(), sections=(make_section(shapely.orient_polygons(polygon)),))
    (back,) = there_and_back(make_result(vessel))
    assert back.outline.equals(polygon)
    went, came = (np.unique(shapely.get_coordinates(each), axis=0) for each in (polygon, back.outline))
    assert np.array_equal(went, came)


def test_a_copy_that_lost_its_name_is_known_by_its_place():
    (section,) = there_and_back(make_result(make_bowl()))[:1]
    nameless = replace(section, vessel="", piece="")
    (change,) = page_changes("a.png", [section], [nameless]).changes
    assert (change.kind, change.vessel) == ("kept", section.vessel)


def test_pixels_become_an_outline_of_their_edges():
    pixels = np.zeros((4, 5), np.uint8)
    pixels[1:3, 1:4] = 1
    pixels[1, 2] = 0
    assert pixel_outline(pixels).equals(
        shapely.union_all([shapely.box(1, 2, 4, 3), shapely.box(1, 1, 2, 2), shapely.box(3, 1, 4, 2)])
    )
