"""The package that `profilex export --format idai-field` writes."""

import ast
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import profilex_idai_field
import pytest
from PIL import Image
from profilex_idai_field.package import read_field_package
from profilex_idai_field.picture import SMALLEST_BYTES, profile_png
from shapely import box

from profilex.cli.app import run
from profilex.plugins import place_vessel
from tests.helpers.bowls import make_bowl
from tests.helpers.pots import plate, write_folder


def export(profiles, catalog_file, *words):
    return run(["export", str(profiles), "--format", "idai-field", "--catalog", str(catalog_file), *words])


def records(package, name="create.jsonl"):
    return [json.loads(line) for line in (package / name).read_text().splitlines()]


def by_id(package, name="create.jsonl"):
    return {record["identifier"]: record for record in records(package, name)}


def tree(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_package_holds_images_records_and_catalogue(package):
    names = sorted(path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file())
    types = ["000052354_p093_fig14_7", "000052354_p093_v002", "000052354_p094_fig1", "000052354_p094_fig2"]
    assert [name for name in names if not name.startswith(".")] == [
        "Catalog_ZenonID_000052354.catalog", "create.jsonl", "drawings.merge.jsonl",
        *(f"images/{name}.png" for name in types), "profilex-package.json",
    ]  # fmt: skip
    categories = [record["category"] for record in records(package)]
    assert categories == ["TypeCatalog", *["Type"] * 4, "Trench", *["Pottery"] * 4]


def test_a_type_and_its_find_are_as_the_importer_wants_them(package):
    found = by_id(package)
    assert found["000052354_p093_fig14_7"] == {
        "category": "Type",
        "identifier": "000052354_p093_fig14_7",
        "shortDescription": "Hayes 1972, fig. 14.7",
        "description": "profilex 0.1.0; model unet (cdcdcdcdcdcd); scan hayes/p93.tif#0 v001; scale 1:3 from bar; "
        "to be looked at: scale from one bar",
        "literature": [{"quotation": "Hayes 1972", "zenonId": "000052354", "page": "93", "figure": "14.7"}],
        "relations": {"isChildOf": "Catalog_ZenonID_000052354", "isDepictedIn": ["000052354_p093_fig14_7.png"]},
    }
    find = found["Find_000052354_p093_fig14_7"]
    assert find["relations"] == {
        "isChildOf": "Findspot_ZenonID_000052354",
        "isInstanceOf": ["000052354_p093_fig14_7"],
        "isDepictedIn": ["000052354_p093_fig14_7.png"],
    }
    assert find["dimensionDiameter"] == [
        {
            "inputValue": 200.0,
            "inputUnit": "mm",
            "isImprecise": True,
            "measurementComment": {"en": "rim diameter, derived from drawing at 1:3, standard deviation 2.1 mm"},
        }
    ]
    (thickness,) = find["dimensionThickness"]
    assert (thickness["inputValue"], thickness["inputRangeEndValue"]) == (5.2, 8.9)
    drawing = by_id(package, "drawings.merge.jsonl")["000052354_p093_fig14_7.png"]
    assert drawing["relations"] == {"depicts": ["000052354_p093_fig14_7", "Find_000052354_p093_fig14_7"]}
    assert drawing["drawingTool"] == "digital erstellt"


def test_a_vessel_without_scale_has_no_dimensions(package):
    find = by_id(package)["Find_000052354_p093_v002"]
    assert [field for field in find if field.startswith("dimension")] == []
    assert "scale unknown, no measures" in by_id(package)["000052354_p093_v002"]["description"]


def test_the_picture_is_the_profile_in_natural_size(package):
    with Image.open(package / "images/000052354_p093_fig14_7.png") as picture:
        grey, dpi = np.asarray(picture), picture.info["dpi"]
    assert 1200 <= max(grey.shape) <= 1300
    mm_per_px = 25.4 / dpi[0]
    dark = np.argwhere(grey[:600] < 128)  # the drawing; the metric bar lies below
    width_mm = np.ptp(dark[:, 1]) * mm_per_px
    assert width_mm == pytest.approx(200.0, abs=2.5)  # the rim line, from edge to edge
    bar = grey[-90:]
    assert (bar < 64).sum() > 500
    with Image.open(package / "images/000052354_p093_v002.png") as unscaled:
        assert "dpi" not in unscaled.info
        assert (np.asarray(unscaled) < 128).sum() > 1000


def test_the_catalogue_file_is_closed_in_itself(package):
    with zipfile.ZipFile(package / "Catalog_ZenonID_000052354.catalog") as archive:
        documents = [json.loads(line) for line in archive.read("catalog.jsonl").splitlines()]
        images = {name.removeprefix("images/") for name in archive.namelist() if name.startswith("images/")}
        pictures = {name: Image.open(io.BytesIO(archive.read(f"images/{name}"))).size for name in images}
    assert {document["project"] for document in documents} == {"profilex"}
    resources = {document["resource"]["id"]: document["resource"] for document in documents}
    (catalogue,) = [each for each in resources.values() if each["category"] == "TypeCatalog"]
    drawings = {key: each for key, each in resources.items() if each["category"] == "Drawing"}
    assert drawings.keys() == images
    assert {drawing["drawingTool"] for drawing in drawings.values()} == {"digital erstellt"}
    for key, drawing in drawings.items():
        assert (drawing["width"], drawing["height"]) == pictures[key]
        (depicted,) = drawing["relations"]["depicts"]
        assert resources[depicted]["relations"]["isDepictedIn"] == [key]
        assert resources[depicted]["relations"]["liesWithin"] == [catalogue["id"]]
    assert len(resources) == 1 + 2 * len(drawings) == 9


def test_equal_profiles_give_equal_bytes(package, profiles, catalog, tmp_path):
    assert export(profiles, catalog(), "--out", str(tmp_path / "again")) == 0
    assert tree(tmp_path / "again") == tree(package)


def test_identifiers_follow_the_patterns_and_the_table(profiles, catalog, tmp_path):
    (tmp_path / "vessels.csv").write_text(
        'source,frame,vessel,page,figure,type\nhayes/p93.tif,0,v002,,14.8,"Hayes 50, B/7"\n'
    )
    patterns = """
[identifiers]
catalog = "Hayes {zenon}"
type = "cat{zenon}_page{page:0>4}_type_{type}_fig_{figure}_{scan}_{vessel}"
find = "sherd of {id}"
[vessels]
table = "vessels.csv"
"""
    refused = export(profiles, catalog(patterns))
    assert refused == 9  # the other vessels have no type
    assert export(profiles, catalog(patterns.replace("_type_{type}", ""))) == 0
    found = by_id(profiles / "export/idai-field")
    assert "cat000052354_page0093_fig_14_8_p93_v002" in found
    assert found["cat000052354_page0093_fig_14_8_p93_v002"]["shortDescription"] == "Hayes 50, B/7"
    assert "sherd of cat000052354_page0093_fig_14_7_p93_v001" in found
    assert "Hayes 000052354" in found


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[identifiers]\ntype = 'always the same'", r"always the same, identifier: is that of .*p094\.png#0 p094_1"),
        ("[identifiers]\nfindspot = '{zenon}'\ncatalog = '{zenon}'", r"000052354, identifier: 2 records to create"),
        ("[identifiers]\ntype = '{type}'", r"hayes/p93\.tif#0 v001, identifier: \{type\} needs the type; give it"),
    ],
)
def test_records_that_field_would_refuse_are_named(profiles, catalog, more, said, capsys):
    assert export(profiles, catalog("\n" + more)) == 9
    assert re.search(said, shown := capsys.readouterr().err), shown
    assert not (profiles / "export/idai-field/create.jsonl").exists()


def test_a_page_that_nothing_tells_is_a_problem_when_the_pattern_needs_it(profiles, catalog, capsys):
    text = catalog().read_text().partition("[pages]")[0]
    assert export(profiles, catalog(text=text)) == 9
    assert "needs the page; give it with [pages]" in capsys.readouterr().err


def test_a_first_page_counts_the_frames_of_one_file_and_is_refused_for_several(profiles, catalog, tmp_path, capsys):
    text = catalog().read_text().partition("[pages]")[0]
    assert export(profiles, catalog("[pages]\nfirst = 93", text)) == 9
    shown = capsys.readouterr().err
    assert "1 problems" in shown, "the names that clash by it are not told besides"
    assert "pages.first: counts the frames of one file, but 2 files have vessels (hayes/p094.png, hayes/p93" in shown
    (tmp_path / "vessels.csv").write_text(
        "source,frame,vessel,page\nhayes/p094.png,0,p094_1,94\nhayes/p094.png,0,p094_2,94\n"
    )
    assert export(profiles, catalog('[pages]\nfirst = 93\n[vessels]\ntable = "vessels.csv"', text)) == 0
    assert {"000052354_p093_fig14_7", "000052354_p094_fig1"} <= by_id(profiles / "export/idai-field").keys()


def test_a_clash_is_told_once(profiles, catalog, capsys):
    assert export(profiles, catalog("\n[identifiers]\ntype = 'one_{scan}'")) == 9
    assert "1 problems, nothing was written: one_p094, identifier: is that of" in capsys.readouterr().err


def test_titles_may_hold_any_character(profiles, catalog, tmp_path):
    odd = "Late\u0085Roman\u2028Pottery\x1f"
    text = (
        catalog()
        .read_text()
        .replace("Late Roman Pottery", odd.encode("unicode_escape").decode().replace("\\x", "\\u00"))
    )
    assert export(profiles, catalog(text=text), "--out", str(tmp_path / "odd")) == 0
    content = read_field_package(tmp_path / "odd")
    assert content.created[0]["shortDescription"] == odd
    assert len(content.created) == 10


def test_no_picture_is_smaller_than_field_can_read(package):
    assert min(path.stat().st_size for path in (package / "images").iterdir()) >= SMALLEST_BYTES
    simple = replace(place_vessel(make_bowl("v001")), unit="px", sections=(box(-90, -80, -85, 0),), axis=None, rim=None)
    data = profile_png(simple)
    assert len(data) >= SMALLEST_BYTES == 4096
    assert data == profile_png(simple)
    with Image.open(io.BytesIO(data)) as picture:
        assert (np.asarray(picture) == 0).any()


@pytest.mark.parametrize("name", ["catalog", "type", "type_without_figure"])
@pytest.mark.parametrize(
    "pattern", ["a/{zenon}", "{zenon} ", " {zenon}", "{zenon:.^40}", "..{zenon}", "a:{zenon}", "a?", 'a"', "a*", "a\t"]
)
def test_a_pattern_that_makes_no_name_of_a_file_is_named(profiles, catalog, name, pattern, capsys):
    assert export(profiles, catalog(f"\n[identifiers]\n{name} = {json.dumps(pattern)}")) == 2
    assert f"identifiers.{name}: {pattern!r} makes identifiers that Field does not take" in capsys.readouterr().err


@pytest.mark.parametrize("pattern", ["a;{zenon}", "{zenon} ", " {zenon}", "a\nb", ""])
def test_a_pattern_that_field_refuses_is_named(profiles, catalog, pattern, capsys):
    assert export(profiles, catalog(f"\n[identifiers]\nfindspot = {json.dumps(pattern)}")) == 2
    assert f"identifiers.findspot: {pattern!r} makes identifiers" in capsys.readouterr().err
    assert export(profiles, catalog("\n[identifiers]\nfindspot = 'a/{zenon}: where?'")) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 'x'", "zenon: is missing"),
        ("zenon = 52354", "zenon: 52354 is not text"),
        ("zenon = [", "is not TOML"),
        ("zenon = '1'\ntitle = 'x'\nquotation = ' '", "quotation: is missing"),
        ("zenon = '1'\ntitle = 'x'\nquotation = 'y'\nzennon = '2'", "zennon: is not known"),
        ("zenon = '1'\ntitle = 'x'\nquotation = 'y'\n[identifiers]\ntype = '{plate}'", "identifiers.type: has {plate}"),
        ("zenon = '1'\ntitle = 'x'\nquotation = 'y'\n[identifiers]\ntype = '{zenon.__class__}'", "identifiers.type"),
        ("zenon = '1'\ntitle = 'x'\nquotation = 'y'\n[identifiers]\ntype = '{zenon'", "identifiers.type"),
        ("zenon = '1'\ntitle = 'x'\nquotation = 'y'\n[pages]\npattern = 'p'", "pages.pattern: needs a group"),
        ("zenon = '1'\ntitle = 'x'\nquotation = 'y'\n[pages]\nfirst = 'p'", "pages.first"),
        ("zenon = '1'\ntitle = 'x'\nquotation = 'y'\n[vessels]\ntable = 'no.csv'", "vessels.table: no.csv"),
    ],
)
def test_a_catalog_that_is_not_understood_is_2(profiles, catalog, text, said, capsys):
    assert export(profiles, catalog(text=text)) == 2
    assert said in capsys.readouterr().err


def test_a_line_of_the_table_that_fits_no_vessel_is_told(profiles, catalog, tmp_path, capsys):
    (tmp_path / "vessels.csv").write_text("source,frame,vessel,figure\nhayes/p93.tif,0,v009,1\n")
    assert export(profiles, catalog("[vessels]\ntable = 'vessels.csv'")) == 9
    assert "hayes/p93.tif#0 v009: stands in the table of vessels, but was not found" in capsys.readouterr().err


def test_profiles_without_vessels_make_no_package(tmp_path, catalog, capsys):
    empty = write_folder(tmp_path / "empty", plate("p1.png", 0))
    assert export(empty, catalog()) == 4
    assert "no page has a vessel" in capsys.readouterr().err


def test_the_catalog_is_required(profiles, capsys):
    assert run(["export", str(profiles), "--format", "idai-field"]) == 2
    assert "idai-field needs catalog" in capsys.readouterr().err


def test_the_plugin_uses_what_profilex_offers_to_plugins_only():
    modules = set()
    for path in Path(profilex_idai_field.__file__).parent.glob("*.py"):
        imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        modules |= {node.module for node in imports if node.module.split(".")[0] == "profilex"}
    assert modules == {"profilex.plugins", "profilex.types"}
