"""The page in a real browser: what people do on it ends up in the file, and in everything that is exported."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import shapely

from profilex.decisions import read_decisions
from profilex.reexport import read_profiles
from profilex.types import ACCEPTED, CORRECTED, REJECTED
from profilex.vessel.remeasure import agrees
from tests.helpers.decisions import HEIGHT, bowl, moved, page
from tests.helpers.pots import write_folder
from tests.helpers.reviewing import collection, digests, draw_scan, exported, lines_of, served

WATCH = """() => {
  window.touched = new Set();
  const watcher = new MutationObserver((changes) => {
    for (const change of changes) {
      const vessel = change.target.closest && change.target.closest(".vessel");
      if (vessel) window.touched.add(vessel.getAttribute("class"));
    }
  });
  watcher.observe(document.getElementById("overlay"), { subtree: true, childList: true, attributes: true });
}"""

GREY_ACROSS = """async (away) => {
  const { app } = await import('./main.js');
  const canvas = document.getElementById('scan');
  const ring = app.vessel.sections[0].rings[0];
  const at = (point) => {
    const [x, y] = app.viewer.toScreen(point);
    return canvas.getContext('2d').getImageData(x * devicePixelRatio, y * devicePixelRatio, 1, 1).data[0];
  };
  const after = (i) => ring[(i + 1) % ring.length];
  const lengths = ring.map((point, i) => Math.hypot(after(i)[0] - point[0], after(i)[1] - point[1]));
  const longest = lengths.indexOf(Math.max(...lengths));
  const [a, b] = [ring[longest], ring[(longest + 1) % ring.length]];
  const across = [-(b[1] - a[1]) / lengths[longest], (b[0] - a[0]) / lengths[longest]];
  const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  return [away, -away].map((by) => at([middle[0] + by * across[0], middle[1] + by * across[1]])).sort((x, y) => x - y);
}"""

UNNAMED = """() => [...document.querySelectorAll("button, input, select, textarea, [role]")].filter((node) => {
  const role = node.getAttribute("role");
  const labels = node.labels && node.labels.length;
  const named = node.getAttribute("aria-label") || node.textContent.trim() || node.title || labels;
  return !named && !["status", "alert", "progressbar"].includes(role);
}).map((node) => node.outerHTML)"""

SMALL = """() => [...document.querySelectorAll("button")].filter((node) => node.offsetParent)
  .map((node) => node.getBoundingClientRect()).filter((box) => Math.min(box.width, box.height) < 24).length"""


def vessels_of(profiles):
    """All vessels as they are corrected, by page and name."""
    pages = list(read_profiles(profiles).pages(with_rejected=True))
    return {(page.ref.source, vessel.identifier): vessel for page in pages for vessel in page.vessels}


def table_of(profiles, out):
    """The table that an export writes, by page and name."""
    with (exported(profiles, out, "csv") / "profiles.csv").open(newline="", encoding="utf-8-sig") as stream:
        return {(row["source_file"], row["identifier"]): row for row in csv.DictReader(stream)}


def assert_consistent(profiles, out):
    """Table, geometry and measures say the same of every vessel, and nothing contradicts itself."""
    table = table_of(profiles, out)
    for key, vessel in vessels_of(profiles).items():
        row = table[key]
        assert row["review_status"] == vessel.reviewed.status
        assert agrees(vessel, HEIGHT)
        for name, measure in vessel.measures.items():
            assert (row[name] == "") == (measure.value is None)
            if measure.value is not None:
                assert float(row[name]) == pytest.approx(measure.value, abs=1e-4)
    return table


@pytest.fixture
def folder(tmp_path):
    return collection(tmp_path)


def test_twenty_vessels_are_accepted_by_keys_alone(tmp_path, open_page):
    profiles, scans = collection(tmp_path, 4, each=6)
    before = digests(profiles / "pages")
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        for _ in range(20):
            hands.press("a")
            hands.rest()
        hands.saved()
        assert "20 of 24" in hands.tab.locator("#progress-text").inner_text()
        assert server.stop() == 0
    statuses = [vessel.reviewed.status for vessel in vessels_of(profiles).values()]
    assert statuses.count(ACCEPTED) == 20
    assert digests(profiles / "pages") == before
    table = assert_consistent(profiles, tmp_path / "out")
    with (profiles / "profiles.csv").open(newline="", encoding="utf-8-sig") as stream:
        assert [row["review_status"] for row in csv.DictReader(stream)] == [r["review_status"] for r in table.values()]


def test_a_key_that_is_held_accepts_one_vessel_and_moving_decides_nothing(folder, open_page):
    profiles, scans = folder
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.tab.keyboard.down("a")
        for _ in range(5):
            hands.tab.keyboard.down("a")
        hands.tab.keyboard.up("a")
        hands.press("j", "k", "k")
        hands.saved()
    assert len(lines_of(profiles)) == 1


def test_rejecting_with_a_reason(folder, open_page, tmp_path):
    profiles, scans = folder
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.show(0, "v002")
        hands.press("x", "1")
        hands.until(lambda: len(lines_of(profiles)) == 2)
        hands.saved()
    vessel = vessels_of(profiles)["plate 1.png", "v002"]
    assert vessel.reviewed.status == REJECTED
    assert lines_of(profiles)[-1]["reason"] == "decoration"
    assert_consistent(profiles, tmp_path / "out")
    dxf = exported(profiles, tmp_path / "dxf", "dxf")
    assert not list(dxf.rglob("v002.dxf")) or len(list(dxf.rglob("v002.dxf"))) == 1
    assert len(list(dxf.rglob("*.dxf"))) == 5


def test_a_vertex_is_dragged_and_measures_and_edges_follow(folder, open_page, tmp_path):
    profiles, scans = folder
    before = vessels_of(profiles)["plate 1.png", "v001"]
    ring = shapely.get_coordinates(before.sections[0].polygon.exterior)[:-1]
    vertex = ring[ring[:, 0].argmin()]
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.show(0, "v001")
        hands.press("e")
        hands.drag(vertex, vertex - (9, 0))
        hands.saved()
        assert hands.tab.locator("#measures .changed").count() >= 1
    after = vessels_of(profiles)["plate 1.png", "v001"]
    moved = shapely.get_coordinates(after.sections[0].polygon.exterior)[:-1]
    kept = {tuple(point) for point in ring.round(3)} - {tuple(vertex.round(3))}
    assert kept < {tuple(point) for point in moved}
    assert after.measures["max_diameter_px"].value == pytest.approx(
        before.measures["max_diameter_px"].value + 18, abs=2.5
    )
    assert {edge.kind for edge in after.edges} == {edge.kind for edge in before.edges}
    assert after.reviewed.status == CORRECTED
    assert_consistent(profiles, tmp_path / "out")
    assert (exported(profiles, tmp_path / "full", "full") / "plate 1.png" / "0" / "v001.full.dxf").is_file()


def test_one_click_redraws_a_section_and_a_threshold_changes_it(folder, open_page):
    profiles, scans = folder
    wall = vessels_of(profiles)["plate 1.png", "v001"].sections[0].polygon
    inside = shapely.get_coordinates(wall.representative_point())[0]
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.show(0, "v001")
        hands.press("g")
        hands.click(inside)
        hands.tab.wait_for_selector("#view:not(.busy)")
        hands.saved()
        for _ in range(3):
            hands.press("[")
            hands.rest(400)
            hands.saved()
        events = read_decisions(profiles).events
        areas = [event.parts["sections"][0].polygon.area for event in events]
        assert areas[0] == pytest.approx(wall.area, rel=0.12)
        assert areas[-1] > 1.3 * areas[0]
        for _ in range(len(events) - 1):
            hands.press("Control+z")
            hands.saved()
        sections = hands.state()["sections"]
        assert shapely.Polygon(sections[0]["rings"][0]).area == pytest.approx(areas[0])


def test_loops_are_added_and_cut_away_with_holes_and_pieces(folder, open_page, tmp_path):
    profiles, scans = folder
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.show(0, "v001")
        hands.press("9", "p")
        hands.rest()
        hands.drag((150, 420), (200, 420), (200, 480), (150, 480), (150, 425))
        hands.saved()
        hands.press("w")
        hands.drag((165, 440), (185, 440), (185, 465), (165, 465), (165, 442))
        hands.saved()
    vessel = vessels_of(profiles)["plate 1.png", "v001"]
    assert len(vessel.sections) == 2
    (hole,) = vessel.sections[1].polygon.interiors
    assert shapely.Polygon(hole).area == pytest.approx(20 * 25, rel=0.1)
    assert_consistent(profiles, tmp_path / "out")
    document = json.loads(
        (exported(profiles, tmp_path / "geo", "geojson") / "plate 1.png" / "0" / "v001.geojson").read_text()
    )
    assert (
        sum(
            len(f["geometry"]["coordinates"]) == 2 for f in document["features"] if f["properties"]["part"] == "section"
        )
        == 1
    )


def test_an_axis_and_a_rim_are_set_by_a_click_each(folder, open_page, tmp_path):
    profiles, scans = folder
    before = vessels_of(profiles)["plate 1.png", "v001"]
    x, y = before.axis.coords[0]
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.show(0, "v001")
        hands.press("l")
        hands.click((x + 20, y + 60))
        hands.saved()
        hands.press("t")
        hands.click((x - 40, y - 10))
        hands.saved()
    after = vessels_of(profiles)["plate 1.png", "v001"]
    assert after.axis_source == "person"
    assert after.measures["rim_diameter_px"].value == pytest.approx(
        before.measures["rim_diameter_px"].value + 40, abs=2
    )
    assert after.measures["height_px"].value == pytest.approx(before.measures["height_px"].value + 10, abs=2)
    assert_consistent(profiles, tmp_path / "out")


def test_a_scale_is_typed_for_the_whole_page(folder, open_page, tmp_path):
    profiles, scans = folder
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.show(0, "v001")
        hands.press("b")
        hands.tab.keyboard.type("10 cm")
        hands.press("Enter")
        hands.saved()
    for (source, _), vessel in vessels_of(profiles).items():
        if source == "plate 1.png":  # its bar is 400 px long
            assert vessel.scale.mm_per_px == pytest.approx(100 / 400, rel=1e-3)
            assert vessel.reviewed.status == CORRECTED
        else:
            assert vessel.scale.mm_per_px == 0.2
    assert_consistent(profiles, tmp_path / "out")


def test_splitting_merging_and_adding(folder, open_page, tmp_path):
    profiles, scans = folder
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.show(0, "v001")
        hands.press("u")
        hands.press("9")
        hands.rest()
        other = vessels_of(profiles)["plate 1.png", "v002"].sections[0].polygon.representative_point()
        hands.click((other.x, other.y))
        hands.saved()
        assert len(vessels_of(profiles)) == 5
        hands.press("c")
        hands.drag((410, 60), (410, 400))
        hands.saved()
        assert len(vessels_of(profiles)) == 6
        hands.press("n")
        hands.drag((900, 800), (960, 800), (960, 900), (900, 900), (900, 805))
        hands.saved()
        found = vessels_of(profiles)
        assert len(found) == 7
        assert sum(name.startswith("p") for _, name in found) == 2
        assert_consistent(profiles, tmp_path / "out")
        for _ in range(3):
            hands.press("Control+z")
            hands.saved()
    assert {vessel.reviewed.status for vessel in vessels_of(profiles).values()} == {""}


def test_words_are_saved_and_are_never_markup(folder, open_page, tmp_path):
    profiles, scans = folder
    hostile = "<img src=x onerror=alert(1)>"
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.show(0, "v001")
        hands.press("f")
        hands.tab.keyboard.type("12 a")
        hands.press("Enter")
        hands.saved()
        hands.press("m")
        hands.tab.keyboard.type(hostile)
        hands.press("Control+Enter")
        hands.saved()
        assert hands.tab.locator("#panel h2").inner_text() == "Fig. 12 a"
        assert hands.tab.locator("img").count() == 0
    vessel = vessels_of(profiles)["plate 1.png", "v001"]
    assert (vessel.figure, vessel.reviewed.note) == ("12 a", hostile)


def test_fifty_undos_and_redos_also_after_a_restart(folder, open_page):
    profiles, scans = folder
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.show(0, "v001")
        for _ in range(25):
            hands.press("e", "Tab", "ArrowLeft", "Escape")
        hands.rest()
        hands.saved()
        assert len(lines_of(profiles)) == 25
        end = vessels_of(profiles)["plate 1.png", "v001"].sections
        server.kill()
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        for _ in range(25):
            hands.tab.locator("#undo").click()
        hands.saved()
        assert hands.tab.locator("#undo").is_disabled()
        assert vessels_of(profiles)["plate 1.png", "v001"].reviewed.status == ""
        for _ in range(25):
            hands.tab.locator("#redo").click()
        hands.saved()
        assert vessels_of(profiles)["plate 1.png", "v001"].sections == end
        hands.tab.reload()
        hands.tab.wait_for_selector("body[data-ready]")
        assert hands.tab.locator("#redo").is_disabled()
        assert not hands.tab.locator("#undo").is_disabled()


def test_a_server_that_dies_costs_nothing_that_was_saved_and_what_was_not_is_said(folder, open_page):
    profiles, scans = folder
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        hands.press("a")
        hands.saved()
        server.kill()
        hands.rest()
        hands.press("a")
        hands.tab.wait_for_selector("body[data-saved=unsaved]")
        assert "NOT saved" in hands.tab.locator("#saved").inner_text()
        hands.complaints.clear()
    assert [line["act"] for line in lines_of(profiles)] == ["accept"]


def test_a_full_disk_keeps_the_edit_and_saves_it_once_there_is_room(folder, open_page):
    profiles, scans = folder
    log = profiles / "corrections.jsonl"
    with served(profiles, scans) as server:
        hands = open_page(server.address)
        answers = []

        def full(route):
            answers.append(route.request.post_data)
            if len(answers) < 2:
                route.fulfill(status=507, json={"error": "no space is left", "code": "disk_full"})
            else:
                route.continue_()

        hands.tab.route("**/api/decide/**", full)
        hands.press("a")
        hands.tab.wait_for_selector("body[data-saved=unsaved]")
        assert log.read_bytes() == b""
        hands.saved()
        assert json.loads(answers[0])["id"] == json.loads(answers[1])["id"] == lines_of(profiles)[0]["id"]
    assert len(lines_of(profiles)) == 1


def test_two_windows_at_once_never_overwrite_each_other(folder, open_page):
    profiles, scans = folder
    with served(profiles, scans) as server:
        one, other = open_page(server.address), open_page(server.address)
        for hands in (one, other):
            hands.show(0, "v001")
        one.press("l")
        one.click((400, 200))
        one.saved()
        other.press("x")
        toast = other.tab.locator("#toast")
        other.until(lambda: "Somebody else has decided" in toast.inner_text())
        assert [line["act"] for line in lines_of(profiles)] == ["mend"]
        other.rest()
        other.press("a")
        other.saved()
        one.until(lambda: "1 of 6" in one.tab.locator("#progress-text").inner_text())


def test_without_scans_the_preview_serves_and_the_page_asks_where_they_are(folder, open_page, tmp_path):
    profiles, scans = folder
    moved = scans.rename(tmp_path / "elsewhere")
    with served(profiles, None) as server:
        hands = open_page(server.address)
        assert hands.tab.locator("#scans-folder").count() == 1
        hands.press("a")
        hands.saved()
        hands.tab.locator("#scans-folder").fill(str(moved))
        hands.press("Enter")
        hands.until(lambda: hands.tab.locator("#scans-folder").count() == 0)
    assert len(lines_of(profiles)) == 1


def test_the_page_is_usable_at_twice_the_size_in_german_and_with_names_for_readers(folder, open_page):
    profiles, scans = folder
    with served(profiles, scans) as server:
        hands = open_page(server.address, locale="de-DE", offline=False)
        assert hands.tab.locator("#accept").inner_text().startswith("Annehmen")
        hands.tab.set_viewport_size({"width": 700, "height": 450})
        hands.rest()
        assert hands.tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert hands.tab.evaluate(UNNAMED) == []
        assert hands.tab.evaluate(SMALL) == 0


def test_on_a_large_page_of_a_hundred_vessels_only_the_dragged_one_is_drawn_again_and_lies_true(tmp_path, open_page):
    base = bowl()
    vessels = [moved(base, 480.0 * (n % 10) - 300, 400.0 * (n // 10)) for n in range(100)]
    vessels = [replace(vessel, identifier=f"v{n + 1:03d}") for n, vessel in enumerate(vessels)]
    size = (6000, 10_000)
    sha256 = draw_scan(tmp_path / "scans" / "large.png", vessels, size=size)
    result = replace(page(*vessels, source="large.png", sha256=sha256), width_px=size[0], height_px=size[1])
    profiles = write_folder(tmp_path / "profiles", result)
    with served(profiles, tmp_path / "scans") as server:
        hands = open_page(server.address)
        hands.show(0, "v055")
        hands.press("e")
        hands.rest(600)
        ring = np.array(hands.state()["sections"][0]["rings"][0])
        vertex = ring[ring[:, 0].argmin()]
        hands.tab.evaluate(WATCH)
        nodes = hands.tab.locator("#overlay *").count()
        start = hands.screen(vertex)
        hands.tab.mouse.move(*start)
        hands.tab.mouse.down()
        for step in range(60):
            hands.tab.mouse.move(start[0] - step / 4, start[1])
        touched = hands.tab.evaluate("() => [...window.touched]")
        hands.tab.mouse.up()
        hands.saved()
        assert touched == ["vessel doubtful chosen"]
        assert nodes < 5 * 100 + 20  # outlines and lines alone: handles are no elements
        # the outline lies on the edge of the drawn wall: dark on one side of it, bright on the other
        inner, outer = hands.tab.evaluate(GREY_ACROSS, 0.9)
        assert inner < 60
        assert outer > 130
