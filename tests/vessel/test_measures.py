"""Measures against solids whose size is known by formula."""

import math
from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from profilex.settings import VesselSettings
from profilex.types import Scale
from profilex.vessel.measures.measure import (
    Drawing,
    Half,
    capacity,
    clay_volume,
    height,
    max_diameter,
    measure,
    rim_diameter,
    thickness,
)
from profilex.vessel.measures.quantities import named_measures
from profilex.vessel.measures.solids import area_of_revolution, cavity, volume_of_revolution
from profilex.vessel.shape.wall import wall_thickness

FRUSTUM_BOWL = Polygon([(0, 54), (50, 54), (86, 0), (90, 0), (54, 60), (0, 60)])  # its inner volume: 802.765 ml


def drawing_of(*sections, wall=4.0, axis=True, rim=True, base=True, sign="", gap=0.5, sd=0.1):
    halves = tuple(Half(section, wall) for section in sections)
    return Drawing(halves, axis, rim, base, sign, sd_outline=sd, sd_axis=sd, sd_rim=sd, gap=gap)


def frustum(top: float, bottom: float, tall: float) -> float:
    return math.pi * tall / 3 * (top**2 + top * bottom + bottom**2)


def test_a_frustum_bowl_holds_what_the_formula_says():
    quantities = measure(drawing_of(FRUSTUM_BOWL), settings=VesselSettings())
    in_mm = named_measures(quantities, Scale(1.0, "option"))
    assert in_mm["capacity_ml"].value == pytest.approx(802.765, abs=5e-4)
    assert in_mm["capacity_ml"].value == pytest.approx(frustum(86, 50, 54) / 1000, rel=1e-12)
    assert in_mm["clay_volume_ml"].value == pytest.approx((frustum(90, 54, 60) - frustum(86, 50, 54)) / 1000, rel=1e-12)
    assert in_mm["rim_diameter_mm"].value == pytest.approx(180)
    assert in_mm["base_diameter_mm"].value == pytest.approx(108)
    assert in_mm["max_diameter_mm"].value == pytest.approx(180)
    assert in_mm["height_mm"].value == pytest.approx(60)


@given(factor=st.floats(0.003, 900.0))
@settings(max_examples=12, deadline=None)
def test_capacity_does_not_depend_on_the_unit(factor):
    bowl = shapely.affinity.scale(FRUSTUM_BOWL, factor, factor, origin=(0, 0))
    scaled = capacity(drawing_of(bowl, wall=4 * factor, gap=0.5 * factor), settings=VesselSettings())
    assert scaled.value == pytest.approx(frustum(86, 50, 54) * factor**3, rel=1e-9)


def test_a_storage_jar_in_metres():
    """A jar with belly and neck, the section drawn in metres; 1 px stands for 1 m."""
    inner = [(0.16, 0.0), (0.15, 0.1), (0.32, 0.3), (0.2, 0.6), (0.1, 0.7)]
    outer = [(0.13, 0.73), (0.23, 0.6), (0.35, 0.3), (0.18, 0.1), (0.2, 0.0)]
    jar = Polygon([*inner, (0, 0.7), (0, 0.73), *outer])
    holds = sum(frustum(a[0], b[0], b[1] - a[1]) for a, b in pairwise(inner))
    measures = named_measures(
        measure(drawing_of(jar, wall=0.03, gap=0.004, sd=1e-4), settings=VesselSettings()), Scale(1000.0, "option")
    )
    assert measures["capacity_ml"].value == pytest.approx(holds * 1e6, rel=1e-9)
    assert measures["max_diameter_mm"].value == pytest.approx(700)
    assert measures["height_mm"].value == pytest.approx(730)


@given(
    radius=st.floats(20, 400),
    wall=st.floats(2, 15),
    tall=st.floats(20, 500),
    outwards=st.floats(0, 300),
    k=st.floats(0.3, 1),
)
@settings(max_examples=60, deadline=None)
def test_cylinders_and_cones(radius, wall, tall, outwards, k):
    foot = radius * k
    bowl = Polygon(
        [(0, tall), (foot, tall), (radius, 0), (radius + wall, 0), (foot + wall, tall + wall), (0, tall + wall)]
    )
    assert capacity(drawing_of(bowl, wall=wall), settings=VesselSettings()).value == pytest.approx(
        frustum(radius, foot, tall), rel=1e-9
    )
    ring = box(outwards, 0, outwards + wall, tall)
    assert volume_of_revolution(ring) == pytest.approx(
        math.pi * tall * ((outwards + wall) ** 2 - outwards**2), rel=1e-9
    )


def test_holes_are_left_out_and_depth_does_not_matter():
    ring = Polygon(box(2, 1e6, 4, 1e6 + 3).exterior, [box(2.5, 1e6 + 1, 3.5, 1e6 + 2).exterior])
    assert volume_of_revolution(ring) == pytest.approx(math.pi * (12 * 3 - 6 * 1), rel=1e-9)
    assert area_of_revolution(shapely.LineString([(3, 0), (3, 5)])) == pytest.approx(2 * math.pi * 15)


def test_a_floor_that_ends_just_before_the_axis_closes_the_cavity():
    short = FRUSTUM_BOWL.intersection(box(1.5, -1, 100, 100))
    assert cavity(short, gap=0.5) is None
    closed = cavity(short, gap=2.0)
    assert closed is not None
    assert volume_of_revolution(closed) == pytest.approx(frustum(86, 50, 54), rel=1e-4)


@given(length=st.floats(60, 400), thick=st.floats(3, 12), angle=st.floats(0, 180))
@settings(max_examples=12, deadline=None)
def test_the_thickness_of_a_straight_wall(length, thick, angle):
    wall = shapely.affinity.rotate(box(0, 0, length, thick), angle)
    for value in wall_thickness(wall, settings=VesselSettings()):
        assert value == pytest.approx(thick, rel=0.03)


def test_the_thickness_of_a_curved_wall_and_of_a_rough_one():
    arc = shapely.Point(0, 0).buffer(100, quad_segs=64).difference(shapely.Point(0, 0).buffer(90, quad_segs=64))
    bent = arc.intersection(box(0, 0, 200, 200))
    assert wall_thickness(bent, settings=VesselSettings()) == pytest.approx((10, 10, 10), rel=0.03)
    steps = [(x, 12 + (x // 2) % 2) for x in range(200)] + [(200, 0), (0, 0)]
    p5, p50, _ = wall_thickness(Polygon(steps).buffer(0), settings=VesselSettings())
    assert p5 > 11
    assert p50 == pytest.approx(12.3, abs=0.5)


def test_a_wedge_has_thin_and_thick_places():
    p5, p50, p95 = wall_thickness(Polygon([(0, 0), (300, 0), (300, 20), (0, 10)]), settings=VesselSettings())
    assert p5 < p50 < p95
    assert p50 == pytest.approx(15, rel=0.05)


@pytest.mark.parametrize(
    ("options", "name", "reason"),
    [
        ({"axis": False}, "rim_diameter", "no_axis"),
        ({"axis": False}, "capacity", "no_axis"),
        ({"rim": False}, "rim_diameter", "no_rim"),
        ({"base": False}, "base_diameter", "base_unknown"),
        ({"base": False}, "capacity", "base_unknown"),
        ({"sign": "n_break"}, "rim_diameter", "n_break"),
        ({"sign": "n_break"}, "max_diameter", "n_break"),
        ({"sign": "n_break"}, "clay_volume", "n_break"),
    ],
)
def test_what_is_not_known_is_none_with_a_reason(options, name, reason):
    quantity = measure(drawing_of(FRUSTUM_BOWL, **options), settings=VesselSettings())[name]
    assert quantity.value is None
    assert quantity.reason == reason


def test_a_fragment_keeps_its_height_as_preserved():
    sherd = FRUSTUM_BOWL.intersection(box(0, -1, 100, 30))
    quantity = height(drawing_of(sherd, base=False), settings=VesselSettings())
    assert quantity.value == pytest.approx(30)
    assert quantity.reason == "preserved"


def test_both_sides_are_measured_across_and_free_of_the_axis():
    left = shapely.affinity.translate(FRUSTUM_BOWL, 1.0, 0).union(box(0, 54, 1.5, 60))
    right = FRUSTUM_BOWL
    quantity = rim_diameter(drawing_of(left, right), settings=VesselSettings())
    assert quantity.value == pytest.approx(181)
    assert quantity.uncertainty < rim_diameter(drawing_of(right), settings=VesselSettings()).uncertainty


def test_a_handle_is_not_the_widest_place_of_the_wall():
    loop = Polygon([(75, 10), (130, 10), (130, 40), (60, 40), (60, 35), (122, 35), (122, 15), (75, 15)])
    with_handle = FRUSTUM_BOWL.union(loop)
    assert len(with_handle.interiors) == 1
    assert max_diameter(drawing_of(with_handle, wall=6), settings=VesselSettings()).reason == "handle"
    assert clay_volume(drawing_of(with_handle), settings=VesselSettings()).reason == "handle"


def test_a_round_base_has_no_diameter():
    shell = shapely.Point(0, 0).buffer(100, quad_segs=64).difference(shapely.Point(0, 0).buffer(92, quad_segs=64))
    bowl = shell.intersection(box(0, 0, 200, 200))
    assert measure(drawing_of(bowl, wall=8), settings=VesselSettings())["base_diameter"].reason == "round_base"


@pytest.mark.parametrize("lip", [0.0, 6.0])
def test_the_lip_is_where_it_is_widest_or_at_its_top(lip):
    """An everted lip counts where it is widest; a rim that runs on into a widening jar counts at its top."""
    everted = shapely.union_all([box(100, 0, 110, 100), shapely.Point(106, 6).buffer(6 + lip)])
    quantity = rim_diameter(
        drawing_of(shapely.affinity.translate(everted, 0, -everted.bounds[1]), wall=10), settings=VesselSettings()
    )
    assert quantity.value == pytest.approx(2 * (112 + lip), rel=0.005)
    jar = Polygon([(100, 0), (104, 0), (164, 60), (160, 60)])
    assert rim_diameter(drawing_of(jar, wall=3), settings=VesselSettings()).value == pytest.approx(208)


@given(sd=st.floats(0.05, 2), share=st.floats(0, 0.05))
@settings(max_examples=5, deadline=None)
def test_uncertainties_add_up(sd, share):
    measures = named_measures(
        measure(drawing_of(FRUSTUM_BOWL, sd=sd), settings=VesselSettings()), Scale(0.5, "bar", share)
    )
    rim, volume = measures["rim_diameter_mm"], measures["capacity_ml"]
    drawn = 0.01 * measures["rim_diameter_px"].value  # by hand, on paper, in a scanner
    place = math.hypot(2 * math.hypot(sd, sd), drawn)
    assert rim.uncertainty == pytest.approx(0.5 * math.hypot(place, 180 * share), rel=0.01)
    assert volume.uncertainty >= 3 * share * volume.value
    assert measures["rim_diameter_px"].uncertainty == pytest.approx(place)


def test_without_a_scale_there_are_pixels_only():
    names = set(named_measures(measure(drawing_of(FRUSTUM_BOWL), settings=VesselSettings()), None))
    assert names == {
        "rim_diameter_px",
        "base_diameter_px",
        "max_diameter_px",
        "height_px",
        "wall_thickness_px_p5",
        "wall_thickness_px_p50",
        "wall_thickness_px_p95",
        "capacity_px3",
        "clay_volume_px3",
    }


def bent_wall(points: list[tuple[float, float]], thick: float) -> Polygon:
    """A wall along a line of (radius, depth), moved up to the rim plane."""
    wall = shapely.LineString(points).buffer(thick / 2, cap_style="flat", join_style="mitre")
    return shapely.affinity.translate(wall, 0, -wall.bounds[1])


def test_tips_at_the_end_of_a_wall_are_not_its_thickness():
    """A ragged break and a burr leave the thickness as it is."""
    wall = box(0, 0, 120, 10)
    ragged = wall.difference(Polygon([(121, -1), (121, 5), (112, 3)])).difference(
        Polygon([(121, 5.5), (121, 11), (109, 8)])
    )
    burr = Polygon([(60, 10), (61.5, 10), (60.8, 16)])
    assert wall_thickness(ragged.union(burr), settings=VesselSettings()) == pytest.approx((10, 10, 10), rel=0.05)


def test_a_lip_that_hangs_down_beside_the_wall_counts_where_it_is_widest():
    hook = bent_wall([(100, 80), (100, 5), (125, 5), (125, 27)], 8)
    assert rim_diameter(drawing_of(hook, wall=8), settings=VesselSettings()).value == pytest.approx(2 * 129)
    # of a mouth that is drawn in it is the wall that hangs outside
    drawn_in = bent_wall([(60, 25), (60, 5), (100, 5), (100, 90)], 8)
    assert rim_diameter(drawing_of(drawn_in, wall=8), settings=VesselSettings()).value == pytest.approx(2 * 104)
    jar = bent_wall([(60, 14), (60, 0), (90, 14), (110, 60), (60, 90)], 8)
    assert rim_diameter(drawing_of(jar, wall=8), settings=VesselSettings()).value < 2 * 80


def test_the_break_of_a_level_shoulder_is_no_lip():
    """The outline of a wide shoulder turns in where the sherd is broken; its mouth is at the other end."""
    shoulder = bent_wall([(60, 0), (150, 14)], 10)
    assert rim_diameter(drawing_of(shoulder, wall=10), settings=VesselSettings()).value < 2 * 80
    flange = bent_wall([(60, 60), (60, 5), (90, 5)], 10)
    assert rim_diameter(drawing_of(flange, wall=10), settings=VesselSettings()).value == pytest.approx(2 * 90)


def test_the_diameter_of_a_base_without_an_edge_is_uncertain():
    """A sharp edge is known as well as the outline; a bottom that bends up gently has none."""
    sharp = measure(drawing_of(FRUSTUM_BOWL, sd=0.4), settings=VesselSettings())["base_diameter"]
    gentle = Polygon([(0, 46), (40, 46), (86, 0), (96, 0), (76, 42), (70, 48), (55, 51), (40, 52), (0, 52)])
    soft = measure(drawing_of(gentle, wall=8, sd=0.4), settings=VesselSettings())["base_diameter"]
    assert sharp.uncertainty < 2
    assert soft.uncertainty > 2 * sharp.uncertainty


def test_the_thickness_is_less_certain_where_it_changes():
    even = thickness(drawing_of(Polygon([(0, 0), (300, 0), (300, 12), (0, 12)]), sd=0.1), settings=VesselSettings())
    wedge = thickness(drawing_of(Polygon([(0, 0), (300, 0), (300, 20), (0, 8)]), sd=0.1), settings=VesselSettings())
    assert even[0].uncertainty == pytest.approx(0.62, abs=0.05)  # the outline's and the ink's
    assert wedge[0].uncertainty > even[0].uncertainty


def test_two_sides_of_different_thickness_are_uncertain_by_that():
    thin, thick = box(50, 0, 60, 100), box(50, 0, 66, 100)
    found = thickness(drawing_of(thin, thick), settings=VesselSettings())[1]
    assert found.value == pytest.approx(13, rel=0.02)
    assert found.uncertainty == pytest.approx(3, rel=0.1)
