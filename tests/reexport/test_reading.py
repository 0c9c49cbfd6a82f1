"""page.geojson is read back as it was written, and what is wrong with it is named."""

import json
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from profilex.errors import Code, PageError
from profilex.export import geojson
from profilex.reexport import page_result, read_profiles
from profilex.types import PageResult, Vessel
from tests.helpers.bowls import make_bowl, make_result, make_sherd
from tests.helpers.pots import plate, record_of, write_folder


def again(result: PageResult) -> PageResult:
    return page_result(geojson.page_document(result), record_of(result), "page.geojson")


def bare(vessel: Vessel) -> Vessel:
    """A vessel without what has coordinates or a scale, whose decimals the file cuts."""
    return replace(vessel, sections=(), axis=None, rim=None, scale=None, measures={}, confidence=0)


def test_a_page_comes_back_whole():
    sherd = Vessel("plate-7_2", make_bowl("x", tilt_deg=3).sections)
    result = make_result(make_bowl(), sherd, make_bowl("plate-7_3", side="right"))
    read = again(result)
    assert replace(read, vessels=(), scale_bars=(), ref=result.ref) == replace(result, vessels=(), scale_bars=())
    assert [bare(vessel) for vessel in read.vessels] == [bare(vessel) for vessel in result.vessels]
    assert [vessel.measures for vessel in read.vessels] == [vessel.measures for vessel in result.vessels]
    assert [vessel.scale for vessel in read.vessels] == [vessel.scale for vessel in result.vessels]
    assert read.scale_bars == result.scale_bars
    assert geojson.page_document(read) == geojson.page_document(result)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(0, 3), source=st.text(st.characters(codec="utf-8"), min_size=1))
def test_no_coordinate_moves_by_more_than_its_decimals(seed, count, source):
    result = plate("one.tif", count, seed)
    result = replace(result, ref=replace(result.ref, source=source))
    read = again(result)
    assert geojson.page_document(again(read)) == geojson.page_document(read)
    for before, after in zip(result.vessels, read.vessels, strict=True):
        shapes = [(before.axis, after.axis), (before.rim, after.rim)]
        shapes += [(a.polygon, b.polygon) for a, b in zip(before.sections, after.sections, strict=True)]
        for one, other in shapes:
            assert np.abs(shapely.get_coordinates(one) - shapely.get_coordinates(other)).max() <= 0.00051
        assert before.review == after.review
        assert before.measures.keys() == after.measures.keys()
        for name, measure in before.measures.items():
            found = after.measures[name]
            assert found.reason == measure.reason
            assert found.value == (None if measure.value is None else pytest.approx(measure.value, abs=1e-4))


def spoilt(change) -> bytes:
    """page.geojson of a bowl after `change` has had its members."""
    members = json.loads(geojson.page_document(make_result(make_bowl())))
    change(members, members["features"])
    return json.dumps(members).encode()


def set_property(index, name, value):
    return lambda members, features: features[index]["properties"].update({name: value})


BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda members, features: members.pop("profilex:page"), "lacks 'profilex:page'"),
        (lambda members, features: members.update(features={}), "lacks 'features'"),
        (lambda members, features: members["profilex:page"].update(sha256="0"), "another scan"),
        (lambda members, features: features.append(7), "lacks 'properties'"),
        (lambda members, features: features[1].update(geometry=None), "feature 1 (section of 'plate-7_1') has no geom"),
        (lambda members, features: features[1].update(geometry=BOW_TIE), "is not valid (Self-intersection"),
        (lambda members, features: features[2].update(geometry=BOW_TIE), "is not a LineString"),
        (lambda members, features: features[1].update(geometry={"type": "Polygon", "coordinates": [[1]]}), "geometry"),
        (set_property(1, "part", "handle"), "the part 'handle'"),
        (set_property(1, "identifier", "nobody"), "belongs to no vessel"),
        (set_property(1, "identifier", ["a"]), "belongs to no vessel"),
        (set_property(0, "identifier", "../../etc/x"), "cannot name a file"),
        (set_property(0, "identifier", ""), "cannot name a file"),
        (set_property(0, "mm_per_px", "0.2"), "not a number"),
        (set_property(0, "mm_per_px", 0), "not above 0"),
        (set_property(0, "review", 3), "not text"),
        (set_property(0, "height_mm", float("nan")), "is not JSON"),
    ],
)
def test_damage_is_named(change, words):
    record = record_of(make_result(make_bowl()))
    with pytest.raises(PageError) as caught:
        page_result(spoilt(change), record, "pages/a/page.geojson")
    assert caught.value.code == Code.UNREADABLE
    assert caught.value.message.startswith("pages/a/page.geojson: ")
    assert words in caught.value.message


def test_two_vessels_of_one_name_are_refused():
    document = geojson.page_document(make_result(make_bowl(), make_bowl()))
    with pytest.raises(PageError, match="of another vessel"):
        page_result(document, record_of(make_result()), "page.geojson")


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 6000))
def test_a_torn_document_is_never_half_a_page(cut):
    document = geojson.page_document(make_result(make_bowl()))
    with pytest.raises(PageError, match="is not JSON"):
        page_result(document[: min(cut, len(document) - 3)], record_of(make_result()), "page.geojson")


def test_edges_come_back_and_those_off_their_outline_do_not():
    result = make_result(make_sherd())
    (sherd,) = again(result).vessels
    assert sherd.edges == result.vessels[0].edges
    assert sherd.portion == "rim"

    document = json.loads(geojson.page_document(result))
    for feature in document["features"]:
        if feature["properties"]["part"] == "section":
            feature["geometry"]["coordinates"][0][2][0] += 3.0  # a corner moved by hand
    (edited,) = page_result(json.dumps(document).encode(), record_of(result), "page.geojson").vessels
    assert 0 < len(edited.edges) < len(sherd.edges)


def test_an_unknown_edge_is_refused():
    result = make_result(make_sherd())
    document = geojson.page_document(result).replace(b'"edge": "break"', b'"edge": "crack"')
    with pytest.raises(PageError, match="'crack'"):
        page_result(document, record_of(result), "page.geojson")


def test_curves_read_back_and_a_changed_outline_has_none(tmp_path):
    from profilex.settings import CurveSettings
    from profilex.trace.curves import curved

    bowl = make_bowl()
    (section,) = bowl.sections
    found = curved(shapely.segmentize(section.polygon, 1.0), 0.5, 0.75, 0.05, CurveSettings())
    traced = replace(section, polygon=found.polygon, curves=found.rings, chord_px=0.05)
    result = make_result(replace(bowl, sections=(traced,)))
    folder = write_folder(tmp_path / "profiles", result)
    (page,) = read_profiles(folder).pages()
    (again,) = page.vessels[0].sections

    assert [ring.shape for ring in again.curves] == [ring.shape for ring in traced.curves]
    for ring, truth in zip(again.curves, traced.curves, strict=True):
        assert ring == pytest.approx(truth, abs=1e-3)
    path = next(folder.rglob("page.geojson"))
    document = json.loads(path.read_text())
    for feature in document["features"]:
        if feature["properties"]["part"] == "section":
            feature["geometry"]["coordinates"][0][5][0] += 1.0
    path.write_text(json.dumps(document))
    (page,) = read_profiles(folder).pages()
    assert page.vessels[0].sections[0].curves == ()
