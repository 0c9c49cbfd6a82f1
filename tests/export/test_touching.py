"""Sections that touch themselves or each other reach every file as valid geometries.

The answers of the network are label maps made here: walls that meet in a point, hang on one pixel, or have holes at
their border; with samples of exactly 0.5, on which contours meet, and with neighbours nearer than the tolerance.
"""

import io
import json
from dataclasses import replace

import ezdxf
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon
from shapely.geometry import shape

from profilex.export import dxf, geojson, gpkg
from profilex.export.frame.vessel_frame import place_vessel
from profilex.settings import ExportSettings, VectorizeSettings
from profilex.trace.outlines import sections
from profilex.types import Edge, PageResult, Region, Scale, Segmentation
from tests.helpers.bowls import make_bowl, make_result
from tests.helpers.drawings import outlines

EVERYTHING = {"least_area_px": 0, "least_confidence": 0, "least_wall_px": 0, "least_wall_share": 0, "least_hole_px": 0}
CHANNELS = ("section",)


def labels(*rows: str) -> np.ndarray:
    """A plane of probabilities: `#` is a section, `+` undecided, anything else is not."""
    return np.array([[{"#": 1.0, "+": 0.5}.get(sign, 0.0) for sign in row] for row in rows], np.float32)


DRAWN = {
    "figure of eight": labels("###....", "#.#....", "###....", "...####", "...#..#", "...####"),
    "figure of eight, undecided where it crosses": labels("##...", "##...", "..+..", "...##", "...##"),
    "bridge of one pixel": labels("###...###", "#########", "###...###"),
    "bridge of one undecided pixel": labels("##..##", "##++##", "##..##"),
    "hole at the border": labels("#.###", "#.#.#", "#####"),
    "hole that touches the border in a point": labels("#####", "#.###", "##+##", "###.#", "###+#"),
    "holes that touch each other": labels("######", "#..###", "#..+##", "###..#", "###..#", "######"),
    "checkerboard": np.kron(np.indices((6, 6)).sum(axis=0) % 2, np.ones((2, 2))).astype(np.float32),
    "undecided line": labels("......", "++++++", "......"),
    "undecided page": np.full((5, 7), 0.5, np.float32),
    "ring around an island": labels("#######", "#.....#", "#.###.#", "#.###+#", "#.....#", "#######"),
}
"""Planes that have been drawn by hand."""

VALUES = ([0.0, 0.5, 1.0], [0.0, 0.25, 0.5, 0.75, 1.0], [0.4, 0.49, 0.51, 0.6], [0.49999, 0.5, 0.50001])


def noise(seed: int) -> np.ndarray:
    """A plane of few values: drawn at random, as that finds more touches than a search that prefers simple planes."""
    rng = np.random.default_rng(seed)
    return rng.choice(VALUES[seed % len(VALUES)], rng.integers(3, 16, 2)).astype(np.float32)


PLANES = st.integers(0, 2**32 - 1).map(noise)


def found(plane, tolerance_px, left=0, stretch=1.0):
    """The sections of one region whose samples are `stretch` page pixels wide."""
    height, width = plane.shape
    box = (left, left, left + max(1, round(width * stretch)), left + height)
    region = Region(box, plane[None].astype(np.float32))
    options = VectorizeSettings(tolerance_px, **EVERYTHING)
    return sections(Segmentation(CHANNELS, region, (region,)), options, frame=box[2:])[0]


def vessel_of(found_sections, tilt=0.1, mm_per_px=0.13):
    """All sections as one vessel, tilted and to scale."""
    left, top, right, bottom = shapely.total_bounds([section.polygon for section in found_sections])
    x, y, lean = (left + right) / 2, (top + bottom) / 2, np.array([np.sin(tilt), np.cos(tilt)])
    axis = LineString([(x, y) - 9 * lean, (x, y) + 9 * lean])
    scale = Scale(mm_per_px, "bar", 0.01, "1:3")
    return replace(make_bowl(), sections=found_sections, axis=axis, rim=None, side="right", scale=scale)


def every_geometry(result: PageResult, tmp):
    """(file, geometry) of everything that the writers write."""
    (vessel,) = result.vessels
    documents = {
        "page.geojson": geojson.page_document(result),
        "vessel.geojson": geojson.vessel_document(vessel, result),
    }
    for name, document in documents.items():
        yield from ((name, shape(feature["geometry"])) for feature in json.loads(document)["features"])
    drawings = {
        "vessel.dxf": dxf.vessel_drawing(vessel, result, ExportSettings()),
        "page.dxf": dxf.page_drawing(result, ExportSettings()),
    }
    for name, drawing in drawings.items():
        yield from ((name, polygon) for polygon in outlines(ezdxf.read(io.StringIO(drawing.decode()))))
    package = tmp / "page.gpkg"
    package.write_bytes(gpkg.page_package(result))
    yield from (("page.gpkg", geometry) for geometry in layers(package, "vessel", "section"))


def layers(package, *names):
    raw = pytest.importorskip("pyogrio").raw
    for name in names:
        yield from shapely.from_wkb(raw.read(package, layer=name)[2])


def assert_written_valid(vessel, tmp):
    written = list(every_geometry(make_result(vessel), tmp))
    assert [(file, shapely.is_valid_reason(each)) for file, each in written if not each.is_valid] == []
    for file in ("page.geojson", "vessel.dxf", "page.dxf", "page.gpkg"):
        polygons = [each for name, each in written if name == file and isinstance(each, Polygon)]
        assert len(polygons) >= len(vessel.sections), file


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("tolerance_px", [0.5, 2.0])
def test_drawn_touches_are_written_as_valid_geometries(name, tolerance_px, tmp_path):
    kept = found(DRAWN[name], tolerance_px)

    assert all(section.polygon.is_valid for section in kept)
    if kept:
        assert_written_valid(vessel_of(kept), tmp_path)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(PLANES, st.sampled_from([0.5, 2.0]), st.floats(-0.5, 0.5))
@example(noise(500846587), 0.5, 0.0)  # a hole of two arcs
@example(noise(402), 0.5, 0.0)  # the chords of arcs cross, the arcs do not
def test_any_label_map_is_written_as_valid_geometries(tmp_path_factory, plane, tolerance_px, tilt):
    kept = found(plane, tolerance_px, left=1000, stretch=2.3)

    assert all(section.polygon.is_valid for section in kept)
    if kept:
        assert_written_valid(vessel_of(kept, tilt), tmp_path_factory.mktemp("any"))


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(
    PLANES, st.sampled_from([0.05, 0.5, 2.0]), st.floats(-0.5, 0.5), st.integers(0, 3000), st.sampled_from([1.0, 1.7])
)
@example(noise(28883795), 2.0, 0.365234375, 124, 1.7)  # two parts that hang together by a point
def test_any_label_map_is_valid_in_every_frame(plane, tolerance_px, tilt, left, stretch):
    kept = found(plane, tolerance_px, left, stretch)
    if not kept:
        return
    vessel = vessel_of(kept, tilt)
    placed = place_vessel(vessel).sections

    assert len(placed) == len(kept)
    for on_page, in_frame in zip((section.polygon for section in kept), placed, strict=True):
        assert on_page.is_valid
        assert in_frame.is_valid
        assert in_frame.exterior.is_ccw
        assert in_frame.area == pytest.approx(on_page.area * vessel.scale.mm_per_px**2, rel=1e-6, abs=1e-9)
    for polygons in ([section.polygon for section in kept], placed):
        whole = geojson.round_coordinates(shapely.MultiPolygon(polygons))
        assert whole.is_valid
        assert whole.geom_type == "MultiPolygon"
        assert whole.area == pytest.approx(shapely.union_all(polygons).area, rel=1e-2, abs=1e-2)


def test_neighbours_that_overlap_are_one_polygon_of_their_vessel(tmp_path):
    walls = [shapely.box(0, 0, 10.2, 40), shapely.box(10, 0, 20, 40), shapely.box(30, 0, 40, 40)]
    (kept,) = found(np.ones((4, 4)), 0.5)
    vessel = vessel_of(tuple(replace(kept, polygon=shapely.orient_polygons(wall)) for wall in walls))
    features = json.loads(geojson.page_document(make_result(vessel)))["features"]
    whole = shape(features[0]["geometry"])

    assert whole.equals(shapely.union_all(walls))
    assert len(whole.geoms) == 2
    assert [each["properties"]["part"] for each in features].count("section") == 3
    assert_written_valid(vessel, tmp_path)


# a hole's corner on an edge of the shell, away from its ends: turning the drawing moves it by the last digit
TOUCHED = Polygon([(1, 1), (33, 13), (20, 33)], [[(9, 4), (16, 12), (14, 12)]])


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.floats(-1.5, 1.5), st.floats(0.001, 3))
@example(0.0, 0.13)
def test_a_hole_that_touches_an_edge_stays_valid_when_the_drawing_is_turned(tilt, mm_per_px):
    (kept,) = found(np.ones((4, 4)), 0.5)
    vessel = vessel_of((replace(kept, polygon=shapely.orient_polygons(TOUCHED)),), tilt, mm_per_px)
    (placed,) = place_vessel(vessel).sections

    assert TOUCHED.is_valid
    assert placed.is_valid
    assert placed.area == pytest.approx(TOUCHED.area * mm_per_px**2)


def test_an_edge_shorter_than_three_decimals_keeps_its_two_ends():
    vessel = replace(make_bowl(), edges=(Edge("break", LineString([(100.0001, 200), (100.0003, 200)])),))
    features = json.loads(geojson.page_document(make_result(vessel)))["features"]
    (edge,) = (shape(each["geometry"]) for each in features if each["properties"]["part"] == "edge")

    assert edge.is_valid
    assert edge.length == pytest.approx(2e-4)
