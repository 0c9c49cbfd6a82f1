"""Manifests of both versions, image services of all three, and documents that are neither."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from profilex_iiif.image_service import image_url, read_info
from profilex_iiif.naming import scan_name, slug
from profilex_iiif.presentation import first_text, read_manifest

from profilex.plugins import PageError, RunError

VERSION_2 = {
    "@context": "http://iiif.io/api/presentation/2/context.json",
    "@id": "https://example.org/iiif/hayes/manifest.json",
    "@type": "sc:Manifest",
    "label": [{"@value": "Late Roman Pottery", "@language": "en"}, "Hayes"],
    "attribution": "A library",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "sequences": [
        {
            "@type": "sc:Sequence",
            "canvases": [
                {
                    "@id": "https://example.org/canvas/1",
                    "@type": "sc:Canvas",
                    "label": "p. 93",
                    "width": 2000,
                    "height": 3000,
                    "service": {
                        "@context": "http://iiif.io/api/annex/services/physdim/1/context.json",
                        "profile": "http://iiif.io/api/annex/services/physdim",
                        "physicalScale": 0.01,
                        "physicalUnits": "cm",
                    },
                    "images": [
                        {
                            "@type": "oa:Annotation",
                            "motivation": "sc:painting",
                            "on": "https://example.org/canvas/1",
                            "resource": {
                                "@id": "https://example.org/1.jpg",
                                "@type": "dctypes:Image",
                                "format": "image/jpeg",
                                "service": {
                                    "@context": "http://iiif.io/api/image/2/context.json",
                                    "@id": "https://example.org/image/1/",
                                    "profile": "http://iiif.io/api/image/2/level2.json",
                                },
                            },
                        }
                    ],
                }
            ],
        }
    ],
}


def read(document):
    return read_manifest(json.dumps(document).encode(), "m.json")


def version_3(body, target="https://example.org/canvas/1", **more):
    """A manifest with one canvas of 2000 x 3000 units that has one painting."""
    annotation = {"type": "Annotation", "motivation": ["painting"], "body": body, "target": target}
    canvas = {"id": "https://example.org/canvas/1", "type": "Canvas", "width": 2000, "height": 3000}
    canvas |= {"items": [{"type": "AnnotationPage", "items": [annotation]}]} | more
    return {"id": "https://example.org/m", "type": "Manifest", "label": {"de": ["Buch"]}, "items": [canvas]}


def test_version_2_says_the_same_as_version_3():
    manifest = read(VERSION_2)
    assert manifest.identifier == "https://example.org/iiif/hayes/manifest.json"
    assert manifest.label == {"en": ["Late Roman Pottery"], "none": ["Hayes"]}
    assert manifest.rights == "https://creativecommons.org/licenses/by/4.0/"
    assert manifest.required_statement == {"label": {"none": ["Attribution"]}, "value": {"none": ["A library"]}}
    (canvas,) = manifest.canvases
    assert (canvas.name, canvas.width, canvas.height, canvas.mm) == ("p. 93", 2000, 3000, pytest.approx(0.1))
    assert canvas.painting.url == "https://example.org/1.jpg"
    assert canvas.painting.service.url == "https://example.org/image/1"
    assert canvas.painting.service.type == "ImageService2"
    assert canvas.painting.box == (0.0, 0.0, 2000.0, 3000.0)


IMAGE = {"id": "https://example.org/1.jpg", "type": "Image"}


@pytest.mark.parametrize(
    ("body", "region", "rotation"),
    [
        (IMAGE, "full", "0"),
        ([IMAGE], "full", "0"),
        ({"type": "Choice", "items": [IMAGE, IMAGE | {"id": "https://example.org/infrared.jpg"}]}, "full", "0"),
        (
            {
                "type": "SpecificResource",
                "source": IMAGE,
                "selector": {"type": "ImageApiSelector", "region": "10,20,30,40", "rotation": "90"},
            },
            "10,20,30,40",
            "90",
        ),
        ({"type": "SpecificResource", "source": IMAGE}, "full", "0"),
    ],
)
def test_bodies_are_unwrapped(body, region, rotation):
    painting = read(version_3(body)).canvases[0].painting
    assert (painting.url, painting.region, painting.rotation) == ("https://example.org/1.jpg", region, rotation)


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/canvas/1#xywh=100,200,1800,2500",
        "https://example.org/canvas/1#xywh=pixel:100,200,1800,2500",
        {
            "type": "SpecificResource",
            "source": "https://example.org/canvas/1",
            "selector": {"type": "FragmentSelector", "value": "xywh=100,200,1800,2500"},
        },
    ],
)
def test_an_image_can_lie_on_a_part_of_its_canvas(target):
    assert read(version_3(IMAGE, target)).canvases[0].painting.box == (100.0, 200.0, 1800.0, 2500.0)


def test_of_several_images_the_largest_is_taken():
    document = version_3(IMAGE, "https://example.org/canvas/1#xywh=0,0,100,100")
    page = document["items"][0]["items"][0]
    page["items"].append({"motivation": "painting", "body": IMAGE | {"id": "https://example.org/2.jpg"}, "target": "x"})
    canvas = read(document).canvases[0]
    assert canvas.painting.url == "https://example.org/2.jpg"
    assert canvas.paintings == 2


@pytest.mark.parametrize("body", [{"type": "Sound", "id": "https://example.org/a.mp3"}, {"type": "Image"}, None, "x"])
def test_a_canvas_without_an_image_says_so(body):
    canvas = read(version_3(body)).canvases[0]
    assert canvas.painting is None
    assert canvas.problem == "it has no image"


def service(**facts):
    return read(version_3(IMAGE | {"service": [facts]})).canvases[0].painting


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"id": "https://x/i", "type": "ImageService3", "profile": "level1"}, "ImageService3"),
        ({"id": "https://x/i", "profile": "level2"}, "ImageService3"),
        ({"@id": "https://x/i", "@type": "ImageService2", "profile": "level1"}, "ImageService2"),
        ({"@id": "https://x/i", "profile": "http://iiif.io/api/image/2/level1.json"}, "ImageService2"),
        ({"@id": "https://x/i", "profile": ["http://iiif.io/api/image/2/level1.json", {}]}, "ImageService2"),
        (
            {"@id": "https://x/i", "profile": "http://library.stanford.edu/iiif/image-api/1.1/conformance.html#level1"},
            "ImageService1",
        ),
        (
            {"@id": "https://x/i", "profile": "http://library.stanford.edu/iiif/image-api/compliance.html#level0"},
            "ImageService1",
        ),
    ],
)
def test_the_version_of_a_service_is_known_by_its_words(facts, kind):
    assert service(**facts).service.type == kind


def test_services_of_another_kind_are_none():
    search = {"@id": "https://x/s", "@context": "http://iiif.io/api/search/1/context.json", "profile": "search"}
    assert service(**search).service is None


@pytest.mark.parametrize(
    ("image", "services", "expected"),
    [
        ("https://x/i/full/800,/0/default.jpg", [], "https://x/i"),
        ("https://x/i/full/pct:25/0/native.jpg", [], "https://x/i"),
        ("https://x/i/full/full/0/default.jpg", [], None),
        ("https://x/i/0,0,9,9/800,/0/default.jpg", [], None),
        ("https://x/i/full/full/0/native.jpg", [{"@id": "https://x/i"}], "https://x/i"),
        ("https://x/picture.jpg", [{"@id": "https://x/i"}], None),
    ],
)
def test_services_that_do_not_say_so_are_known_by_the_address_of_the_image(image, services, expected):
    found = read(version_3({"id": image, "type": "Image", "service": services})).canvases[0].painting.service
    assert (found and found.url) == expected


def url_of(kind, info, **painting):
    body = IMAGE | {"service": [{"id": "https://x/i", "type": kind}]}
    painted = read(version_3(body)).canvases[0].painting
    info = {"width": 4000, "height": 6000} | info
    return image_url(painted.service, painted, read_info(json.dumps(info).encode(), "info")).removeprefix("https://x/i")


LEVEL_2 = "http://iiif.io/api/image/2/level2.json"
LEVEL_0 = "http://iiif.io/api/image/2/level0.json"
SIZES = [{"width": 500, "height": 750}, {"width": 1000, "height": 1500}, {"width": 4000, "height": 6000}]


@pytest.mark.parametrize(
    ("kind", "info", "expected"),
    [
        ("ImageService3", {}, "/full/max/0/default.jpg"),
        ("ImageService3", {"maxWidth": 1000}, "/full/max/0/default.jpg"),
        ("ImageService2", {}, "/full/full/0/default.jpg"),
        ("ImageService2", {"profile": [LEVEL_2, {"maxWidth": 1000}]}, "/full/666,/0/default.jpg"),
        ("ImageService2", {"profile": [LEVEL_2, {"maxWidth": 1000, "maxHeight": 6000}]}, "/full/1000,/0/default.jpg"),
        ("ImageService2", {"profile": [LEVEL_2, {"maxArea": 6_000_000}]}, "/full/2000,/0/default.jpg"),
        ("ImageService2", {"profile": [LEVEL_2, {"maxWidth": 9000}]}, "/full/full/0/default.jpg"),
        ("ImageService2", {"profile": [LEVEL_0, {"maxHeight": 2000}], "sizes": SIZES}, "/full/1000,/0/default.jpg"),
        ("ImageService2", {"profile": [LEVEL_0, {"maxHeight": 20}], "sizes": SIZES}, "/full/max/0/default.jpg"),
        ("ImageService1", {}, "/full/full/0/native.jpg"),
        ("ImageService1", {"@context": "http://iiif.io/api/image/2/context.json"}, "/full/full/0/default.jpg"),
        ("ImageService2", {"@context": "http://iiif.io/api/image/3/context.json"}, "/full/max/0/default.jpg"),
        ("ImageService2", {"@context": ["x", "http://iiif.io/api/image/3/context.json"]}, "/full/max/0/default.jpg"),
    ],
)
def test_the_largest_picture_is_asked_for_within_the_limits(kind, info, expected):
    assert url_of(kind, info) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"width": "x", "height": 1}',
        b'{"width": 0, "height": 1}',
        b'{"width":1,"height":1,"sizes":[3]}',
    ],
)
def test_what_is_no_image_information_is_told(data):
    with pytest.raises(PageError, match="is no image information"):
        read_info(data, "https://x/info.json")


def test_names_follow_from_the_manifest_alone():
    manifest = read(VERSION_2)
    assert scan_name(manifest, manifest.canvases[0]) == f"hayes-{slug(manifest.identifier)[-8:]}_0001_p-93.jpg"
    assert slug("https://example.org/manifest").startswith("manifest-")
    assert slug("https://example.org/a") != slug("https://example.org/b/a")
    assert len(slug(f"https://example.org/{'x' * 500}")) < 60


THINGS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(thing, place=()):
    """The paths to everything in a document."""
    inner = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, value in inner:
        yield (*place, key)
        yield from places(value, (*place, key))


@pytest.mark.parametrize(
    "document",
    [
        VERSION_2,
        version_3(
            {"type": "Choice", "items": [IMAGE | {"service": [{"id": "https://x/i", "type": "ImageService3"}]}]},
            service=[
                {"profile": "http://iiif.io/api/annex/services/physdim", "physicalScale": 1, "physicalUnits": "mm"}
            ],
            label={"en": ["p. 1"]},
        ),
    ],
    ids=["2", "3"],
)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_manifest_with_anything_anywhere_is_read_or_refused(document, data):
    document = copy.deepcopy(document)
    *path, last = data.draw(st.sampled_from(list(places(document))))
    inner = document
    for key in path:
        inner = inner[key]
    inner[last] = data.draw(THINGS)
    try:
        manifest = read(document)
    except RunError:
        return
    for canvas in manifest.canvases:
        assert (canvas.painting is None) == bool(canvas.problem)
        assert scan_name(manifest, canvas)
        assert isinstance(first_text(canvas.label), str)
