"""The stretches of a section's outline: rim, outer wall, base, inner wall, and the break of fragments."""

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.affinity import affine_transform, scale

from profilex.settings import Settings, VesselSettings
from profilex.synth.forms.grammar import draw_shape
from profilex.types import BASE, BREAK, INNER, OUTER, RIM, WALL
from profilex.vessel.shape.edges import section_stretches
from tests.helpers.vessel_drawings import Sheet, assemble, bowl_profile, sherd_profile

WALL_PX = 14.0


def stretches(profile: Polygon, *, has_rim: bool = True, has_axis: bool = True):
    return section_stretches(
        MultiPolygon([profile]), wall=WALL_PX, has_rim=has_rim, has_axis=has_axis, gap=2.0, settings=VesselSettings()
    )


def by_kind(profile: Polygon, **known):
    return {stretch.kind: stretch.line for stretch in stretches(profile, **known)}


def found_cut(found, truth: np.ndarray, wall: float) -> bool:
    """Whether a break begins and ends within half a wall of where it does."""
    for stretch in found:
        if stretch.kind == BREAK:
            ends = shapely.get_coordinates(stretch.line)[[0, -1]]
            if min(np.hypot(*(turned - truth).T).max() for turned in (ends, ends[::-1])) <= 0.5 * wall:
                return True
    return False


def test_a_whole_bowl_has_everything_but_a_break():
    profile = bowl_profile(200, 120, WALL_PX, 80)
    found = by_kind(profile)

    assert set(found) == {RIM, OUTER, BASE, INNER}
    assert found[BASE].length == pytest.approx(80, abs=2)
    assert found[OUTER].length == pytest.approx(np.hypot(120, 120), abs=0.5 * WALL_PX)
    # the stretches are the outline, but for the floor's cut at the axis
    assert sum(line.length for line in found.values()) == pytest.approx(profile.exterior.length - WALL_PX, abs=0.01)
    assert shapely.union_all(list(found.values())).within(profile.boundary.buffer(1e-6))


def test_the_break_of_a_sherd_is_its_lower_cut():
    found = by_kind(sherd_profile(height=90.0))

    assert set(found) == {RIM, OUTER, BREAK, INNER}
    assert found[BREAK].length == pytest.approx(WALL_PX, abs=1)
    assert shapely.get_y(found[BREAK].centroid) == pytest.approx(90, abs=0.5)
    assert found[OUTER].centroid.x > found[INNER].centroid.x


def test_a_base_is_broken_above():
    profile = Polygon([(0, 100), (0, 114), (90, 114), (126, 34), (110, 30), (80, 100)])
    found = by_kind(profile, has_rim=False)

    assert set(found) == {BREAK, OUTER, BASE, INNER}
    assert sorted(found[BREAK].coords) == [pytest.approx((110, 30), abs=0.5), pytest.approx((126, 34), abs=0.5)]


def test_a_foot_is_no_break():
    foot = shapely.box(60, 110, 72, 140)
    profile = Polygon([(0, 100), (0, 114), (90, 114), (126, 34), (110, 30), (80, 100)]).union(foot)
    [broken] = [stretch for stretch in stretches(profile, has_rim=False) if stretch.kind == BREAK]

    assert broken.line.distance(Point(118, 32)) < 1


def test_a_wall_sherd_is_broken_at_both_ends():
    found = stretches(shapely.box(100, 0, 114, 120), has_rim=False)
    outer = next(stretch.line for stretch in found if stretch.kind == OUTER)

    assert [stretch.kind for stretch in found].count(BREAK) == 2
    assert shapely.get_x(outer.centroid) == pytest.approx(114, abs=0.5)


def test_without_an_axis_the_faces_are_not_distinguished():
    kinds = [stretch.kind for stretch in stretches(sherd_profile(), has_axis=False)]

    assert sorted(kinds) == sorted([RIM, WALL, BREAK, WALL])


def test_a_crack_is_no_break():
    whole = sherd_profile()
    upper = whole.difference(shapely.box(0, 49, 300, 52))
    kinds = [
        stretch.kind
        for stretch in section_stretches(
            upper, wall=WALL_PX, has_rim=True, has_axis=True, gap=2.0, settings=VesselSettings()
        )
    ]

    assert kinds.count(BREAK) == 1


@pytest.mark.slow
def test_breaks_are_where_the_generator_broke_the_vessel():
    """Slanted and ragged cuts, flanges and feet; corners rounded as a network rounds them."""
    right = broken = 0
    wall = 16.0
    for seed in range(150):
        shape = draw_shape(np.random.default_rng([seed, 3]), 1.0)
        factor = wall / shape.wall
        section = scale(shape.section, factor, factor, origin=(0, 0))
        rounded = section.buffer(-0.08 * wall).buffer(0.16 * wall).buffer(-0.08 * wall).simplify(0.4)
        cuts = [cut * factor for cut in shape.breaks]
        if not cuts or max(rounded.boundary.distance(Point(end)) for end in cuts[0]) > 0.35 * wall:
            continue  # whole, or the cut was made elsewhere than the generator notes
        half = MultiPolygon(shapely.get_parts(rounded).tolist())
        found = section_stretches(
            half, wall=wall, has_rim=shape.top == "rim", has_axis=True, gap=2.4, settings=VesselSettings()
        )
        broken += 1
        right += found_cut(found, cuts[0], wall)

    assert broken > 70
    assert right >= 0.85 * broken


@pytest.mark.parametrize("side", [-1, 1])
def test_edges_lie_on_the_sections_of_the_page(side):
    sheet = Sheet()
    section = sheet.draw(sherd_profile(), side=side, tilt_deg=2)
    (vessel,), _, _ = assemble(
        sheet.page(), sheet.segmentation("vessel", "axis"), sheet.found_sections(), (), Settings()
    )

    assert vessel.portion == RIM
    assert {edge.kind for edge in vessel.edges} == {RIM, OUTER, BREAK, INNER}
    for edge in vessel.edges:
        assert max(section.boundary.distance(Point(point)) for point in edge.line.coords) < 1e-6


def test_the_edges_of_a_lid_are_those_of_a_vessel():
    sheet = Sheet()
    sheet.draw(bowl_profile(), rim_y=220, upside_down=True)
    (vessel,), _, _ = assemble(
        sheet.page(), sheet.segmentation("vessel", "axis"), sheet.found_sections(), (), Settings()
    )
    edges = {edge.kind: edge.line for edge in vessel.edges}

    assert set(edges) == {RIM, OUTER, BASE, INNER}
    assert edges[RIM].centroid.y > edges[BASE].centroid.y


def test_units_do_not_matter():
    sherd = sherd_profile()
    small = affine_transform(sherd, [0.01, 0, 0, 0.01, 0, 0])
    found = section_stretches(
        MultiPolygon([small]), wall=0.14, has_rim=True, has_axis=True, gap=0.02, settings=VesselSettings()
    )

    for one, other in zip(stretches(sherd), found, strict=True):
        assert one.kind == other.kind
        assert one.line.length == pytest.approx(100 * other.line.length, rel=1e-6)
