"""The report as a file: what it holds, how large it is, and that nothing from outside becomes markup."""

import json
import re
from dataclasses import replace
from urllib.parse import unquote

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon

from profilex.cli.app import run
from profilex.export.frame.vessel_frame import place_vessel
from profilex.export.report import document
from profilex.export.report.thumbnails import thumbnail
from profilex.types import Vessel
from tests.helpers.pots import failure_of, plate, pot, write_folder
from tests.helpers.reports import HOSTILE, Tags, overview


def data(text: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


def rows(text: str) -> list[dict]:
    told = data(text)
    return [dict(zip(told["columns"], row, strict=True)) for row in told["vessels"]]


def test_it_tells_the_run():
    failed = (failure_of("c/bad.tif"), failure_of("c/worse.tif", "poison", "It killed two workers."))
    told = overview(plate("a.png", 2, 3), plate("b.png", 3, 4), failed=failed, torn=("records/x.json",))
    text = document(told).decode()
    for words in ("c/bad.tif", "The file ends early.", "poison", "It killed two workers.", "records/x.json"):
        assert words in text
    for words in ("The file states no resolution.", "too small", "vectorize.tolerance_px", "unet-&lt;b&gt;"):
        assert words in text
    assert len(rows(text)) == 5


def named(name: str) -> str:
    """A report in which everything that has a name is called `name`."""
    result = plate(name, 1)
    vessel = replace(result.vessels[0], identifier=name.replace("/", ""), figure=name, review=(name,))
    result = replace(result, vessels=(vessel,), warnings=(name,), dropped={name: 1}, versions={"model": name})
    return document(overview(result, failed=(failure_of(name, name, name),), torn=(name,))).decode()


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name):
    text = named(name)
    assert [tag for tag, _ in Tags(text).found] == [tag for tag, _ in Tags(named("a.png")).found]
    assert data(text)["pages"][0]["source"] == name
    assert rows(text)[0]["figure"] == name
    assert re.fullmatch(r"\./[A-Za-z0-9%/._~-]+/", data(text)["pages"][0]["href"])


def test_it_needs_nothing_from_outside():
    text = document(overview(plate("a.png", 2))).decode()
    for tag, attributes in Tags(text).found:
        assert tag not in ("img", "iframe", "object", "base", "embed")
        assert "src" not in attributes
        assert not attributes.get("href", "#").startswith(("http", "//"))
        assert not any(name.startswith("on") for name in attributes)
    (policy,) = [a["content"] for _, a in Tags(text).found if a.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.search(r"https?://(?!www\.w3\.org)", text) is None


def test_equal_results_give_equal_bytes():
    assert document(overview(plate("a.png", 2))) == document(overview(plate("a.png", 2)))


def test_five_thousand_vessels_are_a_small_file():
    # as polygons with a vertex every pixel or two, as they come from a scan
    dense = [pot(f"v_{n}", np.random.default_rng(n)) for n in range(25)]
    dense = [
        replace(v, sections=tuple(replace(s, polygon=s.polygon.segmentize(1.5)) for s in v.sections)) for v in dense
    ]
    result = replace(plate("a.png", 0), vessels=tuple(dense))
    empty = len(document(overview(replace(result, vessels=()))))
    assert (len(document(overview(result))) - empty) / len(dense) * 5000 < 8e6


def test_a_thumbnail_is_the_outline_to_a_unit():
    vessel = pot("v_1", np.random.default_rng(5))
    placed = place_vessel(vessel)
    drawn = thumbnail(placed)
    start, steps = re.fullmatch(r"M(\d+ \d+)l([-\d ]+)z", drawn["d"]).groups()
    numbers = np.array([int(n) for n in re.findall(r"-?\d+", steps)]).reshape(-1, 2)
    points = np.vstack([[int(n) for n in start.split()], numbers]).cumsum(axis=0)
    top = max(section.bounds[3] for section in (*placed.sections, placed.rim))
    back = np.column_stack([points[:, 0] - drawn["axis"], -points[:, 1]]) / drawn["k"] + (0, top)
    assert shapely.hausdorff_distance(Polygon(back).exterior, placed.sections[0].exterior) * drawn["k"] < 2.5
    assert max(drawn["w"] / 640, drawn["h"] / 400) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    "vessel",
    [
        Vessel("empty", ()),
        replace(pot("no-axis", np.random.default_rng(1)), axis=None),
        replace(pot("bare", np.random.default_rng(1)), axis=None, rim=None, scale=None, measures={}),
        replace(pot("right", np.random.default_rng(1)), side="right", height_is_complete=None),
        replace(pot("far", np.random.default_rng(1)), axis=LineString([(5000, 0), (5000, 900)])),
    ],
)
def test_vessels_that_lack_something_are_reported_as_well(vessel):
    (row,) = rows(document(overview(replace(plate("a.png", 0), vessels=(vessel,)))).decode())
    assert row["identifier"] == vessel.identifier
    assert (row["drawing"] is None) == (not vessel.sections)


def test_an_outline_smaller_than_a_unit_does_no_harm():
    section = pot("v", np.random.default_rng(1)).sections[0]
    speck = replace(section, polygon=shapely.box(10, 10, 10.001, 10.001))
    vessel = replace(pot("v", np.random.default_rng(2)), sections=(section, speck))
    (row,) = rows(document(overview(replace(plate("a.png", 0), vessels=(vessel,)))).decode())
    assert row["drawing"]["d"].count("M") == 1


def test_the_command_writes_the_report_and_its_links_lead_to_the_files(tmp_path, capsys):
    profiles = write_folder(tmp_path / "pro files", plate("Töpfe 100%/a#1.png", 2))
    assert run(["report", str(profiles)]) == 0
    assert "2 vessels on 1 pages" in capsys.readouterr().err
    assert run(["report", str(profiles), "--out", str(tmp_path / "else/where.html")]) == 0
    for target in (profiles / "report.html", tmp_path / "else/where.html"):
        (page,) = data(target.read_text())["pages"]
        assert page["files"] == ["page.geojson"]
        assert (target.parent / unquote(page["href"]) / "page.geojson").is_file()


def test_the_command_names_pages_that_it_cannot_read(tmp_path, capsys):
    profiles = write_folder(tmp_path / "profiles", plate("a.png", 2), plate("b.png", 1))
    (profiles / "pages/a.png/0/page.geojson").write_bytes(b"{")
    (profiles / "run.json").write_bytes(b"[")
    assert run(["report", str(profiles)]) == 3
    assert "pages/a.png/0/page.geojson: is not JSON" in capsys.readouterr().err
    assert "pages/a.png/0/page.geojson: is not JSON" in (profiles / "report.html").read_text()
    assert run(["report", str(tmp_path / "nothing")]) == 4
