"""Solids of revolution: closed, true to size, and only where the clay's volume is known."""

import io
from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import Polygon

from profilex.export import mesh
from profilex.types import Measure
from profilex.vessel.measures.solids import volume_of_revolution
from tests.helpers.bowls import AXIS_PX, MM_PER_PX, RIM_PX, make_bowl, make_section

trimesh = pytest.importorskip("trimesh")


def bowl_of(polygon, **changes):
    """A vessel of this section (page px), its clay's volume as profilex measures it."""
    profile = shapely.transform(polygon, lambda xy: np.abs(xy - (AXIS_PX, RIM_PX)) * MM_PER_PX)
    known = {"clay_volume_ml": volume_of_revolution(profile) / 1000, "wall_thickness_mm_p50": 10.0}
    measures = {name: Measure(value, 0.1) for name, value in known.items()}
    return replace(make_bowl(), sections=(make_section(polygon),), measures=measures, **changes)


def solid_of(vessel):
    scene = trimesh.load(io.BytesIO(mesh.vessel_mesh(vessel)), file_type="glb")
    (solid,) = scene.geometry.values()
    return solid


WALL = Polygon([(100, 200), (140, 200), (300, 460), (500, 460), (500, 500), (280, 500)])
RING = Polygon([(100, 200), (140, 200), (180, 400), (130, 400)])


@pytest.mark.parametrize("wall", [WALL, RING])
def test_a_solid_is_closed_and_has_the_volume_and_size_of_the_vessel(wall):
    vessel = bowl_of(shapely.orient_polygons(wall))
    solid = solid_of(vessel)
    assert solid.is_watertight
    assert solid.volume * 1e6 == pytest.approx(vessel.measures["clay_volume_ml"].value, rel=2e-3)
    left, _, _, _ = wall.bounds
    (x0, y0, z0), (x1, y1, z1) = solid.bounds * 1000
    assert (x1 - x0, z1 - z0) == pytest.approx((2 * (AXIS_PX - left) * MM_PER_PX,) * 2, rel=1e-3)
    assert (y0, y1) == pytest.approx((-(wall.bounds[3] - RIM_PX) * MM_PER_PX, 0), abs=1e-4), "upright, rim plane at 0"


def test_a_floor_that_ends_short_of_the_axis_is_closed():
    wall = shapely.transform(WALL, lambda xy: np.where(xy == 500, [[497, 500]], xy))
    solid = solid_of(bowl_of(shapely.orient_polygons(wall)))
    assert solid.is_watertight
    radii = np.hypot(solid.vertices[:, 0], solid.vertices[:, 2])
    assert radii.min() == pytest.approx(0, abs=1e-9), "no hole is left in the middle of the floor"


def test_an_enclosed_hollow_is_left_out_of_the_volume():
    hollow = Polygon(RING.exterior, [[(120, 230), (120, 300), (135, 300), (135, 230)]])
    vessel = bowl_of(shapely.orient_polygons(hollow))
    assert solid_of(vessel).volume * 1e6 == pytest.approx(vessel.measures["clay_volume_ml"].value, rel=2e-3)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"scale": None}, "no scale"),
        ({"measures": {"clay_volume_ml": Measure(None, None, "n_break")}}, "n_break"),
        ({"measures": {}}, "not measured"),
    ],
)
def test_without_a_scale_or_a_volume_there_is_no_solid(changes, says):
    vessel = replace(bowl_of(shapely.orient_polygons(WALL)), **changes)
    assert says in mesh.refusal(vessel)
    with pytest.raises(ValueError, match=says):
        mesh.vessel_mesh(vessel)


def test_equal_vessels_give_equal_bytes():
    vessel = bowl_of(shapely.orient_polygons(WALL))
    assert mesh.vessel_mesh(vessel) == mesh.vessel_mesh(vessel)
