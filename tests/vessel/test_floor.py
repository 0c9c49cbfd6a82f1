"""Which way up a section stands, by what it has at the axis."""

import pytest
import shapely
from shapely import Polygon
from shapely.affinity import scale, translate

from profilex.settings import Settings, VesselSettings
from profilex.vessel.shape.floor import begins_at_axis, is_lid, reaches_axis
from tests.helpers.vessel_drawings import Sheet, assemble, bowl_profile

WALL, GAP = 14.0, 2.0


def wall_between(*ends: tuple[float, float]) -> Polygon:
    return shapely.LineString(ends).buffer(WALL / 2, cap_style="flat", join_style="mitre")


def in_frame(*parts: Polygon) -> Polygon:
    """Parts as one section whose radii begin at the axis and whose depths begin at 0."""
    whole = shapely.union_all(parts).intersection(shapely.box(0, -1000, 1000, 1000))
    return translate(whole, 0, -whole.bounds[1])


def bowl_on_a_foot(foot: float = 60.0) -> Polygon:
    bowl = wall_between((0, 100), (120, 90), (193, 0))
    return in_frame(bowl, wall_between((foot - 20, 100), (foot, 200)))


def lid_with_a_collar() -> Polygon:
    return in_frame(wall_between((0, 60), (150, 70), (193, 120)), wall_between((60, 62), (64, 0)))


def lid_with_a_knob() -> Polygon:
    return in_frame(wall_between((0, 60), (150, 70), (193, 120)), shapely.box(0, 20, 25, 60))


def bottle_on_a_ring() -> Polygon:
    """Narrower at its mouth than at its foot ring."""
    body = wall_between((30, 0), (30, 60), (120, 160), (80, 240), (0, 240))
    return in_frame(body, wall_between((75, 240), (80, 265)))


def base_on_a_foot() -> Polygon:
    """A base sherd: the wall ends hardly beside the foot, no higher than the floor."""
    return in_frame(wall_between((0, 10), (130, 12)), wall_between((90, 12), (105, 70)))


@pytest.mark.parametrize(
    ("section", "lid"),
    [
        (bowl_profile(), False),
        (bowl_on_a_foot(), False),
        (bowl_on_a_foot(150.0), False),
        (bottle_on_a_ring(), False),
        (base_on_a_foot(), False),
        (lid_with_a_knob(), True),
        (lid_with_a_collar(), True),
        (scale(bowl_profile(), 1, -1), True),
    ],
    ids=["bowl", "foot", "broad-foot", "ring", "base", "knob", "collar", "on-its-mouth"],
)
def test_a_lid_is_widest_where_it_is_open(section, lid):
    assert is_lid(section, GAP, WALL, settings=VesselSettings()) is lid


def test_a_floor_high_on_a_foot_is_a_floor():
    assert reaches_axis(bowl_on_a_foot(), GAP, WALL, settings=VesselSettings())
    assert reaches_axis(base_on_a_foot(), GAP, WALL, settings=VesselSettings())


def test_a_wall_that_leans_on_the_axis_is_no_floor():
    leaning = in_frame(wall_between((4, 0), (60, 200)))
    assert not reaches_axis(leaning, GAP, WALL, settings=VesselSettings())
    assert begins_at_axis(leaning, GAP, WALL, settings=VesselSettings())


def vessel_of(profile: Polygon, **drawn):
    sheet = Sheet(height=520)
    sheet.draw(profile, **drawn)
    [vessel], _, _ = assemble(sheet.page(), sheet.segmentation("axis"), sheet.found_sections(), (), Settings())
    return vessel


def test_a_bowl_on_a_hollow_foot_is_measured_at_its_rim():
    profile = bowl_on_a_foot()
    vessel = vessel_of(profile)
    assert "upside_down" not in vessel.review
    assert vessel.portion == "complete"
    assert vessel.measures["rim_diameter_px"].value == pytest.approx(2 * profile.bounds[2], rel=0.01)
    assert vessel.measures["height_px"].value == pytest.approx(profile.bounds[3], rel=0.01)
    assert vessel.measures["base_diameter_px"].value == pytest.approx(134, rel=0.03)
    assert {edge.kind for edge in vessel.edges} == {"rim", "outer", "base", "inner"}


def test_a_lid_with_a_collar_is_measured_at_its_mouth():
    profile = in_frame(scale(lid_with_a_collar(), 1, -1))
    vessel = vessel_of(profile, rim_y=260, upside_down=True)
    assert "upside_down" in vessel.review
    assert vessel.measures["rim_diameter_px"].value == pytest.approx(2 * profile.bounds[2], rel=0.01)
    assert vessel.measures["base_diameter_px"].value == pytest.approx(142, rel=0.03)


def test_a_base_sherd_on_a_foot_has_no_rim():
    vessel = vessel_of(base_on_a_foot(), rim=False)
    assert vessel.rim is None
    assert vessel.portion == "base"
    assert vessel.measures["rim_diameter_px"].reason == "no_rim"
    assert vessel.measures["base_diameter_px"].value is not None
