"""GeoJSON of page and vessel, read back with json and, where it is installed, with GDAL."""

import json
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from profilex.errors import PageError
from profilex.export import geojson
from profilex.export.columns import fields
from profilex.types import Measure
from tests.helpers.bowls import MM_PER_PX, make_bowl, make_result, make_section


def features(document: bytes, part: str) -> list:
    return [f for f in json.loads(document)["features"] if f["properties"]["part"] == part]


def test_the_page_says_what_it_is_and_holds_every_part(result):
    document = json.loads(geojson.page_document(result))

    assert document["type"] == "FeatureCollection"
    assert document["profilex:page"] == {
        "source": "Töpfe/plate-7.tif",
        "frame": 0,
        "width_px": 1000,
        "height_px": 1400,
        "sha256": "ab" * 32,
        "dpi": 300.0,
    }
    assert "not geographic" in document["profilex:coordinates"]
    parts = [feature["properties"]["part"] for feature in document["features"]]
    assert parts == ["vessel", "section", "axis", "rim", "vessel", "section", "section", "scale_bar"]


def test_a_page_with_one_scale_names_it(bowl):
    assert json.loads(geojson.page_document(make_result(bowl)))["profilex:page"]["px_per_mm"] == 4.0


def test_every_feature_has_exactly_the_declared_properties(result):
    for feature in json.loads(geojson.page_document(result))["features"]:
        properties = feature["properties"]
        assert tuple(properties) == fields.names(properties["part"])


def test_the_vessel_carries_measures_scale_and_model(result):
    known, unknown = (feature["properties"] for feature in features(geojson.page_document(result), "vessel"))

    assert known["rim_diameter_mm"] == 200
    assert known["rim_diameter_mm_unc"] == 2.1
    assert known["capacity_ml"] is None
    assert known["capacity_reason"] == "the base is not drawn"
    assert (known["mm_per_px"], known["px_per_mm"], known["mm_per_px_unc"]) == (0.25, 4.0, 0.0025)
    assert (known["drawing_scale"], known["scale_source"]) == ("1:3", "bar")
    assert (known["section_side"], known["mirrored"], known["frame_origin"]) == ("left", False, "axis_rim")
    assert known["tolerance_mm"] == 0.125
    assert known["n_holes"] == 1
    assert (known["height_is_complete"], unknown["height_is_complete"]) == (True, None)
    assert known["review"] == "scale from one bar"
    assert known["software"] == "profilex 0.1.0"
    assert known["model_sha256"] == "cd" * 32
    lengths = [name for name in unknown if "mm" in name.split("_") or name == "capacity_ml"]
    assert len(lengths) > 10
    assert all(unknown[name] is None for name in lengths)


def test_a_section_knows_its_vessels_scale_and_measures(result):
    section = features(geojson.page_document(result), "section")[0]["properties"]

    assert section["identifier"] == "plate-7_1"
    assert (section["px_per_mm"], section["rim_diameter_mm"], section["height_mm"]) == (4.0, 200, 75)
    assert section["confidence"] == 0.93


def test_geometry_is_the_sections_to_three_decimals_with_its_hole(result, bowl):
    document = geojson.page_document(result)
    vessel, section = features(document, "vessel")[0]["geometry"], features(document, "section")[0]["geometry"]

    assert vessel["type"] == "MultiPolygon"
    assert vessel["coordinates"][0] == section["coordinates"]
    assert len(section["coordinates"]) == 2
    assert shapely.hausdorff_distance(shape(section), bowl.sections[0].polygon) < 0.001
    digits = np.array(section["coordinates"][0]) * 1000
    assert np.allclose(digits, np.rint(digits))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.001, 0.02))
def test_rounding_never_spoils_a_polygon(seed, size):
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 12))
    radii = rng.uniform(0.2, 1, 12) * size
    polygon = shapely.Polygon(np.stack([5 + radii * np.cos(angles), 5 + radii * np.sin(angles)], axis=1))
    if polygon.is_valid and polygon.area > 0:
        rounded = geojson.round_coordinates(polygon)
        assert rounded.is_valid
        assert shapely.hausdorff_distance(rounded, polygon) < 0.001


def test_the_vessel_document_is_in_the_vessel_frame(bowl, result):
    document = json.loads(geojson.vessel_document(make_bowl(tilt_deg=3, side="right"), result))

    assert document["profilex:vessel"] == {
        "identifier": "plate-7_1",
        "unit": "mm",
        "origin": "axis_rim",
        "mirrored": True,
        "rotation_deg": pytest.approx(3),
    }
    outline = shape(document["features"][0]["geometry"])
    assert outline.bounds == pytest.approx((-100, -75, 0, 0), abs=0.001)
    assert outline.area == pytest.approx(bowl.sections[0].polygon.area * MM_PER_PX**2, rel=1e-4)


def test_an_undeclared_measure_is_refused(bowl):
    strange = replace(bowl, measures={"charm_mm": Measure(1.0, 0.1, "seen")})

    with pytest.raises(PageError, match="charm_mm, charm_mm_reason, charm_mm_unc: not declared"):
        geojson.page_document(make_result(strange))


def test_what_is_not_finite_is_refused(bowl, spoil, result):
    with pytest.raises(PageError, match="not a finite number"):
        geojson.page_document(make_result(spoil(bowl, float("nan"))))
    with pytest.raises(PageError, match="not a finite number"):
        geojson.page_document(replace(result, dpi=float("inf")))


def test_a_page_without_vessels_is_a_document(result):
    assert json.loads(geojson.page_document(replace(result, vessels=(), scale_bars=())))["features"] == []


def test_equal_results_give_equal_bytes(result):
    assert geojson.page_document(result) == geojson.page_document(result)


def test_gdal_reads_the_same_geometry_and_properties(result, bowl, tmp_path):
    pyogrio = pytest.importorskip("pyogrio")
    path = tmp_path / "page.geojson"
    path.write_bytes(geojson.page_document(result))
    meta, _, geometries, columns = pyogrio.raw.read(path)
    table = dict(zip(meta["fields"], columns, strict=True))

    sections = [shapely.from_wkb(g) for g, part in zip(geometries, table["part"], strict=True) if part == "section"]
    assert shapely.hausdorff_distance(sections[0], bowl.sections[0].polygon) < 0.001
    assert list(table["rim_diameter_mm"][:2]) == [200, 200]


def test_fields_are_declared_once_and_described():
    names = [field.name for field in fields.FIELDS]

    assert len(names) == len(set(names))
    for field in fields.FIELDS:
        assert field.type in ("text", "integer", "number", "numbers", "boolean")
        assert field.meaning
        assert set(field.places) <= {*fields.PARTS, fields.TABLE}


def test_a_vessel_in_pieces_counts_them_together(sherd):
    vessel = replace(sherd, sections=(*sherd.sections, make_section(shapely.box(0, 0, 9, 9))))
    properties = features(geojson.page_document(make_result(vessel)), "vessel")[0]["properties"]

    assert (properties["n_sections"], properties["n_vertices"], properties["n_holes"]) == (3, 12, 0)
