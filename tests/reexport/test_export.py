"""`profilex export`: finished pages in another format, and what is left out is counted."""

import csv
import json
import subprocess
import sys
from dataclasses import replace

import ezdxf
import numpy as np
import pyogrio
import pytest
import shapely

from profilex.cli.app import run
from profilex.cli.export import Format
from profilex.errors import Code, PageError, RunError
from profilex.export import geojson, gpkg
from profilex.export.frame.vessel_frame import place_vessel
from profilex.files import OutputLock
from profilex.reexport import FORMATS, Wanted, export_profiles, read_profiles
from profilex.types import Measure, Vessel
from tests.helpers.bowls import MM_PER_PX, make_bowl, make_result, make_sherd
from tests.helpers.pots import failure_of, plate, write_folder


@pytest.fixture
def profiles(tmp_path):
    failed = (failure_of("site/torn scan.tif"),)
    return write_folder(tmp_path / "profiles", make_result(make_bowl()), plate("site/b.png", 3, 4), failed=failed)


def export(profiles, name, *options):
    return run(["export", str(profiles), "--format", name, *options])


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_command_knows_every_format():
    assert {format_.value for format_ in Format} == set(FORMATS)


@pytest.mark.parametrize("suffix", ["dxf", "svg", "geojson"])
def test_every_vessel_gets_its_file(profiles, suffix, capsys):
    before = files(profiles)
    assert export(profiles, suffix) == 0
    assert files(profiles / "export") == sorted(
        [f"Töpfe/plate-7.tif/0/plate-7_1.{suffix}", *(f"site/b.png/0/b_{n}.{suffix}" for n in (1, 2, 3))]
    )
    assert set(before) < set(files(profiles))
    assert "4 files of 4 vessels on 2 pages" in (shown := capsys.readouterr().err)
    assert "pages left out: 1 failed" in shown


def test_the_drawing_is_the_vessel(profiles, tmp_path):
    assert export(profiles, "dxf", "--no-fill", "--out", str(tmp_path / "dxf")) == 0
    drawn = ezdxf.readfile(tmp_path / "dxf/Töpfe/plate-7.tif/0/plate-7_1.dxf")
    assert not drawn.modelspace().query("HATCH[layer=='PX_SECTION_FILL']")
    outline = drawn.modelspace().query("LWPOLYLINE[layer=='PX_SECTION_OUTLINE']")[0]
    truth = place_vessel(make_bowl()).sections[0]
    found = shapely.Polygon([(x, y) for x, y, *_ in outline.get_points()])
    assert shapely.hausdorff_distance(found.exterior, truth.exterior) < 0.001


def test_a_plain_drawing_has_section_axis_and_rim_alone(profiles, tmp_path):
    for name in ("dxf", "page-dxf", "svg"):
        assert export(profiles, name, "--plain", "--no-fill", "--out", str(tmp_path)) == 0
    folder = tmp_path / "Töpfe/plate-7.tif/0"
    for name in ("plate-7_1.dxf", "page.dxf"):
        layers = {entity.dxf.layer for entity in ezdxf.readfile(folder / name).modelspace()}
        assert layers == {"PX_SECTION_OUTLINE", "PX_AXIS", "PX_RIM"}
    drawn = (folder / "plate-7_1.svg").read_text()
    assert "PX_RIM" in drawn
    assert "<text" not in drawn


def test_the_table_is_that_of_batch(profiles):
    from profilex import manifest

    manifest.write_manifest(profiles)
    assert export(profiles, "csv") == 0
    with (profiles / "export/profiles.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    with (profiles / "profiles.csv").open(newline="", encoding="utf-8-sig") as file:
        truth = list(csv.DictReader(file))
    assert [row["identifier"] for row in rows] == [row["identifier"] for row in truth]
    assert rows[0] == truth[0]


def test_a_corrected_page_is_exported_as_corrected(profiles, capsys):
    page = profiles / "pages/site/b.png/0/page.geojson"
    members = json.loads(page.read_text())
    members["features"][0]["properties"]["figure"] = "99"
    page.write_text(json.dumps(members))
    assert export(profiles, "geojson", "--json") == 0
    vessel = json.loads((profiles / "export/site/b.png/0/b_1.geojson").read_text())
    assert vessel["features"][0]["properties"]["figure"] == "99"
    assert json.loads(capsys.readouterr().out) == {
        "pages": 2, "vessels": 4, "files": 4, "failed": 1, "torn": 0, "spoilt": 0,
    }  # fmt: skip


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(profiles, capsys):
    write_folder(profiles, plate("c.png", 1, 1), plate("d.png", 2, 2))
    (profiles / "records/c.png/0.json").write_bytes(b'{"schema": 1, "sou')
    (profiles / "pages/site/b.png/0/page.geojson").write_bytes(b'{"type": "FeatureCollection", "feat')
    (profiles / "pages/Töpfe/plate-7.tif/0/page.geojson").unlink()
    assert export(profiles, "svg", "--json") == 3
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {"pages": 1, "vessels": 2, "files": 2, "failed": 1, "torn": 1, "spoilt": 2}
    assert "left out: records/c.png/0.json: cannot be read" in shown.err
    assert "left out: pages/site/b.png/0/page.geojson: is not JSON" in shown.err
    assert "left out: pages/Töpfe/plate-7.tif/0/page.geojson: cannot be read (No such file" in shown.err
    assert files(profiles / "export") == ["d.png/0/d_1.svg", "d.png/0/d_2.svg"]


def test_a_page_that_cannot_be_drawn_is_counted(profiles, monkeypatch):
    def refuse(result, settings):
        raise PageError(Code.EXPORT, "The DXF is not clean.")

    monkeypatch.setitem(FORMATS, "page-dxf", replace(FORMATS["page-dxf"], page_files=refuse))
    exported = export_profiles(read_profiles(profiles), profiles / "export", "page-dxf", Wanted())
    assert (exported.pages, exported.spoilt) == (0, 2)
    assert "pages/site/b.png/0: The DXF is not clean." in exported.messages


def test_no_file_lands_where_batch_keeps_its_own(profiles):
    before = files(profiles)
    for place in (profiles, profiles / "pages", profiles / "pages/site", profiles / "records"):
        assert export(profiles, "dxf", "--out", str(place)) == 2
    assert files(profiles) == before


def test_other_trouble_has_its_exit_status(profiles, tmp_path, capsys):
    assert export(tmp_path / "nothing", "dxf") == 4
    assert export(profiles, "shp") == 2
    assert "Built in: dxf, svg," in capsys.readouterr().err
    with pytest.raises(RunError, match="no format"):
        export_profiles(read_profiles(profiles), tmp_path / "x", "shp", Wanted())
    with OutputLock(tmp_path / "held"):
        assert export(profiles, "dxf", "--out", str(tmp_path / "held")) == 6
    (tmp_path / "file").touch()
    assert export(profiles, "dxf", "--out", str(tmp_path / "file/x")) == 5


def test_a_geopackage_is_in_millimetres_with_y_up(profiles, tmp_path):
    assert export(profiles, "gpkg", "--out", str(tmp_path / "gis")) == 0
    path = tmp_path / "gis/Töpfe/plate-7.tif/0/page.gpkg"
    assert dict(pyogrio.list_layers(path)) == {
        "section": "Polygon", "vessel": "MultiPolygon", "axis": "LineString", "rim": "LineString",
        "scale_bar": "Polygon",
    }  # fmt: skip
    meta, _, geometry, columns = pyogrio.raw.read(path, layer="vessel")
    assert "millimetre" in meta["crs"]
    assert 'metre",1' not in meta["crs"]
    found = shapely.from_wkb(geometry[0])
    truth = make_bowl().sections[0].polygon
    flipped = shapely.transform(truth, lambda points: (points * (1, -1) + (0, 1400)) * MM_PER_PX)
    assert shapely.hausdorff_distance(found, flipped) < 0.001
    values = dict(zip(meta["fields"], (column[0] for column in columns), strict=True))
    assert values["rim_diameter_mm"] == 200.0
    assert values["capacity_reason"] == "the base is not drawn"
    assert np.isnan(values["capacity_ml"])
    assert values["source_file"] == "Töpfe/plate-7.tif"
    assert len(json.loads(values["bbox_px"])) == 4


def test_without_one_scale_a_geopackage_names_pixels_and_no_millimetre(tmp_path):
    result = make_result(make_bowl(), Vessel("sherd", make_bowl().sections))
    path = tmp_path / "page.gpkg"
    path.write_bytes(gpkg.page_package(result))
    for layer, _ in pyogrio.list_layers(path):
        crs = pyogrio.read_info(path, layer=layer)["crs"]
        assert "pixel" in crs
        assert "milli" not in crs
    bounds = pyogrio.read_info(path, layer="axis")["total_bounds"]
    assert bounds == pytest.approx((500, 880, 500, 1210))


def test_a_geopackage_has_equal_bytes_and_leaves_gdal_as_it_was():
    result = make_result(make_bowl())
    assert gpkg.page_package(result) == gpkg.page_package(result)
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_an_empty_page_is_an_empty_layer(tmp_path):
    path = tmp_path / "page.gpkg"
    path.write_bytes(gpkg.page_package(replace(make_result(), scale_bars=())))
    assert [layer for layer, _ in pyogrio.list_layers(path)] == ["section"]


def test_without_pyogrio_the_remedy_is_reported(profiles, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    assert export(profiles, "gpkg") == 2
    assert "pip install '.[gis]'" in capsys.readouterr().err
    assert not (profiles / "export").exists()


def test_help_of_both_commands_imports_nothing_heavy():
    program = """
import sys
from dataclasses import replace
from profilex.cli.app import run
assert run(["export", "--help"]) == 0 and run(["report", "--help"]) == 0
sys.exit(", ".join({"tensorflow", "dask", "numpy", "shapely", "pyogrio"} & sys.modules.keys()) or 0)
"""
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)


def test_reading_is_independent_of_the_model(profiles):
    pages = list(read_profiles(profiles).pages())
    assert [geojson.page_document(page) for page in pages] == [
        (profiles / f"pages/{page.ref.folder}/page.geojson").read_bytes() for page in pages
    ]


def test_vessels_without_a_known_volume_have_no_mesh_and_are_named(profiles, tmp_path, capsys):
    assert export(profiles, "mesh", "--out", str(tmp_path / "solids")) == 0
    assert not list((tmp_path / "solids").rglob("*.glb"))
    told = capsys.readouterr().err
    assert "plate-7_1: its volume is not known" in told
    assert "pages/site/b.png/0" in told


def test_full_drawings_are_a_dxf_and_an_svg_a_vessel_and_the_others_are_named(tmp_path, capsys):
    known = replace(make_sherd(), measures={"clay_volume_ml": Measure(10.0, 0.1)})
    unscaled = replace(known, identifier="plate-7_10", scale=None)
    split = replace(known, identifier="plate-7_11", measures={"clay_volume_ml": Measure(None, None, "n_break")})
    folder = write_folder(tmp_path / "profiles", make_result(known, unscaled, split))
    assert export(folder, "full", "--out", str(tmp_path / "full"), "--json") == 0
    assert files(tmp_path / "full") == [f"Töpfe/plate-7.tif/0/plate-7_9.full.{suffix}" for suffix in ("dxf", "svg")]
    shown = capsys.readouterr()
    assert json.loads(shown.out)["files"] == 2
    assert "plate-7_10: no scale" in shown.err
    assert "plate-7_11: its wall cannot be revolved about the axis: n_break" in shown.err
    drawn = ezdxf.readfile(tmp_path / "full/Töpfe/plate-7.tif/0/plate-7_9.full.dxf").modelspace()
    (contour,) = drawn.query("LWPOLYLINE[layer=='PX_OUTLINE_EXT']")
    assert list(contour.get_points("xy")) == [pytest.approx((100, 0)), pytest.approx((92.5, -25))]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("xlsx", ["profiles.xlsx"]),
        ("tps", ["profiles.tps"]),
        ("coco", ["coco.json"]),
        ("gis", ["profiles.gpkg", "worldfiles/Töpfe/plate-7.tfw", "worldfiles/site/b.pgw"]),
        ("plate", ["plate-01.dxf", "plate-01.svg", "plates.pdf"]),
    ],
)
def test_a_collection_becomes_its_files(profiles, name, expected, tmp_path):
    for place in (tmp_path / "one", tmp_path / "two"):
        assert export(profiles, name, "--out", str(place)) == 0
    assert files(tmp_path / "one") == sorted(expected)
    for file in expected:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_plate_takes_what_is_listed_in_that_order(profiles, tmp_path, capsys):
    listed = tmp_path / "list.txt"
    listed.write_text("7.1\n")
    options = ("--scale", "1:4", "--page", "A3", "--vessels", str(listed), "--numbers", "published")
    assert export(profiles, "plate", *options, "--heading", "Plate <1>", "--out", str(tmp_path / "p")) == 0
    drawn = (tmp_path / "p/plate-01.svg").read_text()
    assert 'width="297mm"' in drawn
    assert ">7.1<" in drawn
    assert "Plate &lt;1&gt;" in drawn
    assert "Scale 1:4." in drawn
    assert export(profiles, "plate", "--where", "colour=red") == 2
    assert "no column 'colour'" in capsys.readouterr().err
    assert export(profiles, "plate", "--scale", "large") == 2
