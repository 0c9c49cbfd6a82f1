"""The outline of a section lies where the probability crosses 0.5, and simplification keeps to its bound."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from profilex.errors import Code, RunError
from profilex.settings import VectorizeSettings
from profilex.trace.outlines import _distance_bound, _simplify, sections
from profilex.types import Region, Segmentation

ANY_WALL = {"least_wall_px": 0.0, "least_wall_share": 0.0, "least_hole_px": 0.0}
ALL = VectorizeSettings(tolerance_px=0.5, least_area_px=0.0, least_confidence=0.0, **ANY_WALL)


def segmentation(plane, box=None, channels=("section",)):
    """One region that holds `plane` in each channel and covers `box` (the plane's own pixels unless told)."""
    height, width = plane.shape
    region = Region(box or (0, 0, width, height), np.repeat(plane[None].astype(np.float32), len(channels), axis=0))
    return Segmentation(channels, region, (region,))


def found(plane, box=None, options=ALL, frame=None):
    height, width = plane.shape
    return sections(segmentation(plane, box), options, frame=frame or (box[2:] if box else (width, height)))


def ring(size, centre, outer, inner=0.0, softness=1.0):
    """Probability of a ring: 0.5 exactly at both radii, falling linearly over `softness` pixels."""
    y, x = np.mgrid[0:size, 0:size] + 0.5
    radius = np.hypot(x - centre[0], y - centre[1])
    inside = np.minimum(outer - radius, radius - inner) if inner else outer - radius
    return np.clip(0.5 + inside / softness, 0, 1)


def centres(shape):
    height, width = shape
    y, x = np.mgrid[0:height, 0:width] + 0.5
    return x, y


@pytest.mark.parametrize("softness", [1.5, 4.0])
def test_a_ring_comes_out_within_a_twentieth_of_a_pixel(softness):
    options = VectorizeSettings(tolerance_px=0.05)
    (section,), dropped = found(ring(300, (150.3, 149.8), 120.25, 61.5, softness), options=options)

    assert not dropped
    for line, radius in ((section.polygon.exterior, 120.25), (section.polygon.interiors[0], 61.5)):
        points = shapely.get_coordinates(shapely.segmentize(line, 0.5))
        assert np.abs(np.hypot(*(points - (150.3, 149.8)).T) - radius).max() < 0.05 + section.hausdorff_px
        vertices = shapely.get_coordinates(line)
        assert np.abs(np.hypot(*(vertices - (150.3, 149.8)).T) - radius).max() < 0.05


def test_a_region_lies_where_its_box_says():
    plane = np.zeros((20, 30))
    plane[5:15, 10:20] = 1
    (section,), _ = found(plane, box=(100, 50, 160, 90), frame=(500, 500))

    # samples 10..19 of 30 over 60 px: pixels 120 to 140, give or take the cut corners
    assert section.polygon.bounds == pytest.approx((120, 60, 140, 80), abs=0.25)


def test_a_section_at_the_border_ends_at_the_border():
    (section,), dropped = found(np.ones((12, 17)))

    assert section.polygon.bounds == (0, 0, 17, 12)
    assert section.confidence == 1
    assert not dropped


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.bool_, st.tuples(st.integers(2, 24), st.integers(2, 24))))
def test_a_mask_survives_the_round_trip(mask):
    unbounded = VectorizeSettings(tolerance_px=1e-9, least_area_px=0, least_confidence=0, **ANY_WALL)
    outlines, dropped = found(mask, options=unbounded)
    area = shapely.union_all([section.polygon for section in outlines])

    assert set(dropped) <= {"degenerate"}
    assert np.array_equal(shapely.contains_xy(area, *centres(mask.shape)), mask)


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(2, 20), st.integers(2, 20)),
        elements=st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]) | st.floats(0, 1, width=32),
    ),
    st.floats(0.05, 2.0),
)
def test_any_answer_becomes_valid_polygons_within_the_bound(plane, tolerance):
    options = VectorizeSettings(tolerance, least_area_px=0, least_confidence=0, **ANY_WALL)
    outlines, _ = found(plane, options=options)
    page = shapely.box(0, 0, plane.shape[1], plane.shape[0]).buffer(1e-9)

    for section in outlines:
        assert section.polygon.is_valid
        assert section.polygon.exterior.is_ccw
        assert not any(hole.is_ccw for hole in section.polygon.interiors)
        assert section.hausdorff_px <= section.tolerance_px <= tolerance + options.raster_px
        assert 0.5 <= section.confidence <= 1
        assert page.contains(section.polygon)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 3.0))
def test_the_bound_holds_against_the_densified_hausdorff_distance(seed, tolerance):
    rng = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    wobble = 30 + np.cumsum(rng.normal(0, 0.4, (2, 180)), axis=1)
    shell, hole = wobble[0], 0.4 * np.minimum(wobble[0], wobble[1])
    rings = [np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1) for radius in (shell, hole)]
    contour = shapely.Polygon(rings[0], [rings[1]])
    if not contour.is_valid:
        return

    outline, distance = _simplify(contour, tolerance)

    assert distance <= tolerance
    pairs = zip((contour.exterior, *contour.interiors), (outline.exterior, *outline.interiors), strict=True)
    for original, simple in pairs:
        assert shapely.hausdorff_distance(original, simple, densify=0.05) <= distance + 1e-9


def test_an_outline_that_is_no_selection_of_vertices_has_no_bound():
    assert _distance_bound(shapely.box(0, 0, 9, 9), shapely.box(0, 0, 9, 8)) == float("inf")


def test_holes_are_kept_and_lie_where_they_are():
    plane = np.zeros((60, 90))
    plane[10:50, 10:80] = 1
    plane[20:30, 20:30] = 0
    plane[20:40, 50:60] = 0
    (section,), _ = found(plane)

    holes = sorted(hole.bounds for hole in section.polygon.interiors)
    assert holes == [pytest.approx((20, 20, 30, 30)), pytest.approx((50, 20, 60, 40))]


def test_an_island_in_a_hole_is_a_section_of_its_own():
    plane = ring(100, (50, 50), 45, 30) + ring(100, (50, 50), 10)
    outlines, _ = found(plane)

    assert [len(section.polygon.interiors) for section in outlines] == [1, 0]


def test_sections_come_in_reading_order_from_all_regions():
    left, right = np.zeros((40, 40)), np.zeros((40, 40))
    left[20:30, 5:15] = left[5:15, 25:35] = 1
    right[5:15, 5:15] = right[30:38, 5:15] = 1
    regions = tuple(Region((x, 0, x + 40, 40), plane[None].astype(np.float32)) for x, plane in ((40, right), (0, left)))
    outlines, _ = sections(Segmentation(("section",), regions[0], regions), ALL, frame=(80, 40))

    corners = [tuple(round(value) for value in section.polygon.bounds[:2]) for section in outlines]
    assert corners == [(25, 5), (45, 5), (5, 20), (45, 30)]


def test_what_is_left_out_is_counted_with_its_reason():
    plane = np.zeros((60, 60))
    plane[2:5, 2:5] = 1  # too small
    plane[10:30, 10:30] = 0.55  # not sure
    plane[40:55, 40:55] = 0.9
    (section,), dropped = found(plane, options=VectorizeSettings())

    assert dropped == {"too_small": 1, "low_confidence": 1}
    assert section.confidence == pytest.approx(0.9)


def test_confidence_leaves_out_holes_and_neighbours():
    plane = np.zeros((40, 40))
    plane[5:35, 5:20] = 0.8
    plane[10:20, 8:14] = 0.1
    plane[5:35, 22:30] = 0.6
    outlines, _ = found(plane)

    assert [section.confidence for section in outlines] == pytest.approx([0.8, 0.6])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_region_that_is_not_finite_is_refused_and_counted(bad):
    plane = np.ones((20, 20))
    plane[3, 3] = bad

    assert found(plane) == ((), {"not_finite": 1})


def test_what_lies_beyond_the_page_is_cut_off_or_counted():
    plane = np.zeros((20, 60))
    plane[5:15, 5:15] = plane[5:15, 25:35] = plane[5:15, 45:55] = 1
    outlines, dropped = found(plane, frame=(30, 20))

    assert [section.polygon.bounds[2] for section in outlines] == pytest.approx([15, 30], abs=0.25)
    assert dropped == {"outside": 1}


def test_a_model_without_a_section_channel_is_refused():
    with pytest.raises(RunError, match="none is named section") as refusal:
        sections(segmentation(np.ones((4, 4)), channels=("vessel",)), ALL, frame=(4, 4))
    assert refusal.value.code is Code.MODEL_MISMATCH


def test_an_empty_page_has_no_sections():
    assert found(np.zeros((8, 8))) == ((), {})


def test_samples_on_the_level_do_not_keep_an_outline_from_being_simplified():
    plane = ring(200, (100, 100), 80, softness=8.0)
    quantised = np.round(plane * 8) / 8  # many samples of exactly 0.5
    (section,), _ = found(quantised)

    assert len(section.polygon.exterior.coords) < 150
    assert 0 < section.hausdorff_px <= section.tolerance_px <= 0.75


def test_lines_and_contours_beside_a_wall_are_no_sections() -> None:
    plane = np.zeros((200, 300), np.float32)
    plane[40:160, 30:50] = 1.0  # a wall
    plane[40:160, 200:203] = 1.0  # the exterior's contour
    plane[90:93, 38:41] = 0.0  # a speck in the wall
    kept, dropped = found(plane, options=VectorizeSettings())
    assert [round(section.polygon.bounds[0]) for section in kept] == [30]
    assert dropped == {"too_thin": 1, "small_hole": 1}
