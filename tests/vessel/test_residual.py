"""Outlines against the ink that they stand for, in every way in which a wall is drawn."""

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Polygon, box
from shapely.affinity import translate

from profilex.settings import VesselSettings
from profilex.vessel.shape.frame import DrawingFrame
from profilex.vessel.trust.residual import is_large, measure_residual, mirrored_share
from tests.helpers.vessel_drawings import Sheet, sherd_profile

WALL = 14.0
STYLES = ("solid", "outline", "hatched", "toned")


def drawn(style: str) -> tuple[np.ndarray, Polygon]:
    """A sherd's section on a page in one of the styles."""
    sheet = Sheet()
    section = sheet.draw(sherd_profile(wall=WALL), axis=False, rim=False, exterior=False)
    if style != "solid":
        sheet.grey[:] = 235 if style == "toned" else 255
        sheet.fill(section, 205 if style == "toned" else 255)
    if style == "hatched":
        for x in range(100, 400, 6):
            line = LineString([(x, 60), (x + 120, 200)]).intersection(section)
            for part in getattr(line, "geoms", [line]):
                if part.length > 1:
                    sheet.stroke(list(part.coords), pen=1)
    if style != "solid":
        sheet.stroke(list(section.exterior.coords), pen=1 if style == "toned" else 2, tone=120)
    return sheet.grey, section


def residual_of(grey: np.ndarray, shape: shapely.Geometry, *lines: LineString):
    return measure_residual(grey, MultiPolygon(list(shapely.get_parts(shape))), lines, WALL, settings=VesselSettings())


@pytest.mark.parametrize("style", STYLES)
def test_a_true_outline_lies_on_its_ink(style):
    residual = residual_of(*drawn(style))
    assert residual.share < 0.06
    assert residual.distance_px < 0.8  # OpenCV fills half a pixel beyond a polygon
    assert residual.uneven < 0.1
    assert not is_large(residual, settings=VesselSettings())
    assert residual.points.shape[1] == 3


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("wrong", ["shifted", "shrunken", "grown"])
def test_a_wrong_outline_does_not(style, wrong):
    grey, section = drawn(style)
    shape = {
        "shifted": translate(section, 0.3 * WALL, 0.1 * WALL),
        "shrunken": section.buffer(-0.25 * WALL),
        "grown": section.buffer(0.3 * WALL),
    }[wrong]
    true, residual = residual_of(grey, section), residual_of(grey, shape)
    assert residual.share > 0.2 + true.share
    assert residual.distance_px > 2 * true.distance_px


def test_a_missing_half_shows_where_it_was_cut_off():
    grey, section = drawn("solid")
    cut = residual_of(grey, section.intersection(box(0, 0, 700, 120)))
    far = cut.points[cut.points[:, 2] > 3]
    assert len(far) > 0.5 * WALL
    assert np.abs(far[:, 1] - 120).max() < 6


def test_paint_that_was_taken_along_is_of_another_tone():
    grey, section = drawn("outline")
    black = box(150, 110, 250, 140)
    sheet = Sheet()
    sheet.grey[:] = grey
    sheet.fill(black)
    residual = residual_of(sheet.grey, section.union(black))
    assert residual.uneven > 0.2
    assert len(residual.spots) > 100


def test_lines_count_where_they_are_said_to_be_drawn():
    sheet = Sheet()
    section = sheet.draw(sherd_profile(wall=WALL))
    axis = sheet.axes[0]
    assert residual_of(sheet.grey, section, axis).lines_share < 0.05
    assert residual_of(sheet.grey, section, translate(axis, 9, 0)).lines_share > 0.9


def test_the_page_s_edge_needs_no_ink():
    grey, section = drawn("solid")
    left = int(section.bounds[0]) + 6
    cropped = np.ascontiguousarray(grey[:, left:])
    shape = translate(section, -left, 0).intersection(box(0, 0, 1000, 1000))
    assert residual_of(cropped, shape).share < 0.02


def test_the_mirror_image_of_the_outer_contour_is_found_in_the_ink():
    profile = sherd_profile(wall=WALL)
    frame = DrawingFrame((350.0, 80.0))
    both, bare = Sheet(), Sheet()
    both.draw(profile)
    bare.draw(profile, exterior=False, rim=False)
    assert mirrored_share(both.grey, profile, frame, "left", WALL, settings=VesselSettings()) > 0.9
    assert mirrored_share(bare.grey, profile, frame, "left", WALL, settings=VesselSettings()) < 0.1
    off_page = DrawingFrame((350.0, 80.0))
    assert mirrored_share(both.grey[:, :360], profile, off_page, "left", WALL, settings=VesselSettings()) == 0
