"""`profilex export --format web-annotation` and `iiif-manifest`, checked against what the standards demand."""

import ast
import base64
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import profilex_iiif
import pytest
from shapely import Polygon

from profilex.cli.app import run
from tests.helpers.bowls import make_bowl, make_result
from tests.helpers.iiif_server import Answer, canvas_3, manifest_3, picture, service_3
from tests.helpers.iiif_structure import ANNOTATION_PAGE, MANIFEST, problems
from tests.helpers.pots import plate, write_folder
from tests.helpers.scans import tree

BASE = "https://example.org/pots"


def export(profiles, form, *settings):
    words = [word for setting in settings for word in ("--set", setting)]
    return run(["export", str(profiles), "--format", form, *words])


def load(path):
    return json.loads(path.read_bytes())


def polygons(annotation):
    """The rings of the selector's path, as one polygon a subpath."""
    svg = ElementTree.fromstring(annotation["target"]["selector"]["value"])
    (path,) = svg.iter("{http://www.w3.org/2000/svg}path")
    rings = re.findall(r"M([^Z]*) Z", path.get("d"))
    return [Polygon([tuple(map(float, pair.split(","))) for pair in ring.split(" L")]) for ring in rings]


def body(annotation, kind):
    (value,) = [each["value"] for each in annotation["body"] if each["format"] == kind]
    return value


@pytest.fixture
def profiles(tmp_path):
    """Two plain scans: a bowl with a figure number, and two pots."""
    bowl = make_result(replace(make_bowl("v001"), figure="14.7", review=("axis from mirror",)))
    return write_folder(tmp_path / "profiles", bowl, plate("b c.png", 2, 4))


@pytest.fixture
def fetched(library, out):
    """Profiles of three canvases, of which one has a sound only; the images have half the canvas's pixels."""
    first = {"id": f"{library.url}/first.jpg", "type": "Image", "service": service_3(library, "1")}
    second = {"id": library.put("/second.jpg", Answer(picture(9))), "type": "Image", "format": "image/jpeg"}
    address = manifest_3(
        library,
        canvas_3(library, 1, "p. 93", first),
        canvas_3(library, 2, "p. 94", second),
        canvas_3(library, 3, "p. 95", {"type": "Sound", "id": "http://x/y"}),
    )
    words = ["batch", address, "--source", "iiif", "--out", str(out), "--workers", "0", "--mm-per-px", "0.5"]
    assert run(words, provider="tests.helpers.thresholding") == 0
    return out


def test_every_vessel_and_section_is_annotated_with_the_properties_of_the_page(profiles):
    assert export(profiles, "web-annotation", f"base={BASE}") == 0
    files = sorted((profiles / "export/web-annotation").rglob("annotations.json"))
    assert len(files) == 2
    for file in files:
        document = load(file)
        assert problems(document, ANNOTATION_PAGE) == []
        folder = file.parent.relative_to(profiles / "export/web-annotation").as_posix()
        assert unquote(document["id"]) == f"{BASE}/{folder}/annotations.json"
        features = load(profiles / "pages" / folder / "page.geojson")["features"]
        told = [each["properties"] for each in features if each["properties"]["part"] in ("vessel", "section")]
        assert [json.loads(body(each, "application/json")) for each in document["items"]] == told
        ids = [each["id"] for each in document["items"]]
        assert len(set(ids)) == len(ids)
        for annotation, properties in zip(document["items"], told, strict=True):
            outline, *_ = polygons(annotation)
            assert outline.bounds == pytest.approx(tuple(properties["bbox_px"]), abs=0.01)


@pytest.mark.parametrize(("parts", "counts"), [("vessel", (1, 2)), ("section", (1, 2)), ("section vessel", (2, 4))])
def test_what_is_annotated_can_be_chosen(profiles, parts, counts):
    assert export(profiles, "iiif-manifest", f"base={BASE}", f"parts={parts}") == 0
    files = (profiles / "export/iiif-manifest").rglob("annotations.json")
    assert sorted(len(load(file)["items"]) for file in files) == list(counts)


def test_words_for_people_tell_name_measures_and_what_to_look_at(profiles):
    assert export(profiles, "web-annotation", "bodies=text") == 0
    (file,) = (profiles / "export/web-annotation").rglob("plate-7.tif/**/annotations.json")
    vessel, section = load(file)["items"]
    words = body(vessel, "text/plain")
    assert words.startswith("v001, fig. 14.7; rim diameter 200.0 ± ")
    assert words.endswith("; to be looked at: axis from mirror")
    assert body(section, "text/plain") == "v001, fig. 14.7, section 1 of 1"
    assert [len(each["body"]) for each in (vessel, section)] == [1, 1]


def test_without_addresses_everything_has_a_name_that_stays(profiles):
    assert export(profiles, "web-annotation") == 0
    document = load(profiles / "export/web-annotation/b c.png/0/annotations.json")
    assert problems(document, ANNOTATION_PAGE) == []
    assert document["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert document["id"].startswith("urn:uuid:")
    source = document["items"][0]["target"]["source"]
    digest = source["id"].removeprefix("ni:///sha-256;").partition("#")[0]
    scan = load(profiles / "pages/b c.png/0/page.geojson")["profilex:page"]["sha256"]
    assert base64.urlsafe_b64decode(digest + "=").hex() == scan


def test_plain_scans_have_addresses_where_they_are_published(profiles):
    assert export(profiles, "web-annotation", "scans=https://example.org/scans/") == 0
    document = load(profiles / "export/web-annotation/b c.png/0/annotations.json")
    source = document["items"][0]["target"]["source"]
    assert source == {"id": "https://example.org/scans/b%20c.png#page=1", "type": "Image"}


def test_annotations_lie_on_the_canvas_in_its_units(fetched, library):
    assert export(fetched, "web-annotation", f"base={BASE}", f"manifests={fetched / 'sources/iiif'}") == 0
    first, second = sorted((fetched / "export/web-annotation").rglob("annotations.json"))
    for file, number in ((first, 1), (second, 2)):
        document = load(file)
        assert problems(document, ANNOTATION_PAGE) == []
        for annotation in document["items"]:
            source = annotation["target"]["source"]
            assert source["id"] == f"{library.url}/canvas/{number}"
            assert source["partOf"] == [{"id": f"{library.url}/book/manifest.json", "type": "Manifest"}]
            box = json.loads(body(annotation, "application/json"))["bbox_px"]
            assert polygons(annotation)[0].bounds == pytest.approx([2 * value for value in box], abs=0.02)


def test_pages_are_delivered_by_a_run(library, out):
    body = {"id": library.put("/a.jpg", Answer(picture())), "type": "Image"}
    words = ["batch", manifest_3(library, canvas_3(library, 1, "", body)), "--source", "iiif", "--out", str(out)]
    words += ["--workers", "0", "--also", "web-annotation", "--set", f"manifests={out / 'sources/iiif'}"]
    assert run(words, provider="tests.helpers.thresholding") == 0
    (file,) = (out / "deliveries/web-annotation/pages").rglob("annotations.json")
    assert load(file)["items"][0]["target"]["source"]["id"] == f"{library.url}/canvas/1"


def test_a_manifest_refers_to_the_annotations_of_its_canvases(fetched, library):
    assert export(fetched, "iiif-manifest", f"base={BASE}", f"manifests={fetched / 'sources/iiif'}") == 0
    package = fetched / "export/iiif-manifest"
    (file,) = [path for path in package.glob("*.json") if path.name != "profilex-package.json"]
    document = load(file)
    assert problems(document, MANIFEST) == []
    assert document["id"] == f"{BASE}/{file.name}"
    assert document["label"] == {"en": ["Late Roman Pottery"]}
    assert document["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    assert document["seeAlso"][0]["id"] == f"{library.url}/book/manifest.json"
    assert [canvas["id"] for canvas in document["items"]] == [f"{library.url}/canvas/{number}" for number in (1, 2)]
    for canvas in document["items"]:
        (page,) = canvas["annotations"]
        annotations = load(package / unquote(page["id"].removeprefix(f"{BASE}/")))
        assert problems(annotations, ANNOTATION_PAGE) == []
        assert annotations["id"] == page["id"]
        assert {each["target"]["source"]["id"] for each in annotations["items"]} == {canvas["id"]}
    assert document["items"][0]["items"][0]["items"][0]["body"]["service"][0]["type"] == "ImageService3"


def test_plain_scans_get_a_manifest_where_they_are_published(profiles):
    settings = (f"base={BASE}/", "scans=https://example.org/scans", "label=Hayes")
    assert export(profiles, "iiif-manifest", *settings) == 0
    package = profiles / "export/iiif-manifest"
    document = load(package / "scans.json")
    assert problems(document, MANIFEST) == []
    assert document["label"] == {"none": ["Hayes"]}
    for canvas in document["items"]:
        (page,) = canvas["annotations"]
        annotations = load(package / unquote(page["id"].removeprefix(f"{BASE}/")))
        assert {each["target"]["source"]["id"] for each in annotations["items"]} == {canvas["id"]}
        assert canvas["items"][0]["items"][0]["target"] == canvas["id"]
    assert export(profiles, "iiif-manifest", f"base={BASE}") == 0
    assert not (package / "scans.json").exists()  # nobody could see the images
    assert len(list(package.rglob("annotations.json"))) == 2


def test_outlines_have_a_colour_where_it_is_wanted(profiles):
    assert export(profiles, "web-annotation") == 0
    assert export(profiles, "iiif-manifest", f"base={BASE}", "stroke=red") == 0
    for form, colours in (("web-annotation", 0), ("iiif-manifest", 1)):
        for file in (profiles / "export" / form).rglob("annotations.json"):
            svg = [each["target"]["selector"]["value"] for each in load(file)["items"]]
            assert {each.count('stroke="red"') for each in svg} == {colours}


def test_holes_are_cut_out(tmp_path):
    bowl = make_bowl("v001")
    (section, *others) = bowl.sections
    x, y = section.polygon.representative_point().coords[0]
    ring = [(x - 1, y - 1), (x + 1, y - 1), (x + 1, y + 1), (x - 1, y + 1)]
    pierced = replace(section, polygon=Polygon(section.polygon.exterior, [ring]))
    profiles = write_folder(tmp_path / "p", make_result(replace(bowl, sections=(pierced, *others))))
    assert export(profiles, "web-annotation") == 0
    (file,) = (profiles / "export/web-annotation").rglob("annotations.json")
    outline, hole = polygons(load(file)["items"][0])
    assert hole.area == pytest.approx(4, rel=0.01)
    assert outline.contains(hole)
    assert 'fill-rule="evenodd"' in load(file)["items"][0]["target"]["selector"]["value"]


def test_equal_profiles_give_equal_bytes(fetched, tmp_path):
    settings = (f"base={BASE}", f"manifests={fetched / 'sources/iiif'}")
    for form in ("web-annotation", "iiif-manifest"):
        assert export(fetched, form, *settings) == 0
        before = tree(fetched / "export" / form)
        assert len(before) > 2
        assert export(fetched, form, *settings) == 0
        assert tree(fetched / "export" / form) == before


@pytest.mark.parametrize(
    ("setting", "status", "said"),
    [
        ("base=example.org", 2, "base 'example.org' is not an address"),
        ("base=https://example.org/?x=1", 2, "is not an address"),
        ("bodies=html", 2, "bodies 'html' is not one or both of text and json"),
        ("parts=axis", 2, "parts 'axis' is not one or both of vessel and section"),
        ("bodies=", 2, "bodies '' is not"),
        ('stroke="/>', 2, "is not a colour"),
        ("manifests=/nowhere/at-all.json", 4, "at-all.json: cannot be read"),
        ("manifests={profiles}/pages", 4, "holds no manifest"),
    ],
)
def test_options_that_are_not_understood_are_refused(profiles, setting, status, said, capsys):
    given = {"base": BASE} | dict([setting.format(profiles=profiles).split("=", 1)])
    assert export(profiles, "iiif-manifest", *(f"{name}={value}" for name, value in given.items())) == status
    assert said in capsys.readouterr().err


def test_the_base_of_a_manifest_is_required(profiles, capsys):
    assert export(profiles, "iiif-manifest") == 2
    assert "iiif-manifest needs base" in capsys.readouterr().err


def test_the_check_refuses_what_it_should():
    page = {"@context": "http://www.w3.org/ns/anno.jsonld", "id": "urn:uuid:1", "type": "AnnotationPage", "items": []}
    assert problems(page, ANNOTATION_PAGE) == []
    for change in ({"id": "a b"}, {"type": "Page"}, {"items": [{}]}, {"label": "x"}, {"@context": []}):
        assert problems(page | change, ANNOTATION_PAGE) != []


def test_the_plugin_uses_what_profilex_offers_to_plugins_only():
    modules = set()
    for path in Path(profilex_iiif.__file__).parent.glob("*.py"):
        imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        modules |= {node.module for node in imports if node.module.split(".")[0] == "profilex"}
    assert modules == {"profilex.plugins", "profilex.types"}
