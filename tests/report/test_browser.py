"""The report in a real browser: what it shows, what its filters leave, that it is quick, and that names do nothing."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from profilex.export.report import Overview, document
from profilex.types import Measure
from tests.helpers.pots import plate, record_of
from tests.helpers.reports import HOSTILE, Tags, overview

pytestmark = pytest.mark.slow


@pytest.fixture
def report(tmp_path):
    """Write a report and return its path."""

    def write(told: Overview):
        path = tmp_path / "report.html"
        path.write_bytes(document(told))
        return path

    return write


def count(shown: str) -> str:
    return re.search(r'<p id="count"[^>]*>(.*?)</p>', shown)[1]


def labels(shown: str) -> list[str]:
    """What is read out of each card, in the order of the list."""
    cards = re.findall(r'aria-posinset="(\d+)".*?aria-label="([^"]*)"', shown)
    return [unescape(label) for _, label in sorted(cards, key=lambda card: int(card[0]))]


def test_all_vessels_are_shown_worst_first(browse, report):
    pages = [plate("Töpfe/a.png", 5, 1), plate("b.png", 4, 2)]
    shown = browse(report(overview(*pages)))
    assert count(shown) == "9 vessels"
    vessels = [vessel for page in pages for vessel in page.vessels]
    worst = sorted(vessels, key=lambda vessel: (-len(vessel.review), vessel.confidence))
    assert [label.partition(",")[0] for label in labels(shown)] == [vessel.identifier for vessel in worst]
    assert shown.count('class="section"') == 9
    assert len(re.findall(r"<figure>", shown)) == 3


FILTERS = {
    "q=topfe": lambda page, vessel: page == "Töpfe/a.png",
    "q=b_3": lambda page, vessel: vessel.identifier == "b_3",
    "page=1": lambda page, vessel: page == "b.png",
    "from=0.9": lambda page, vessel: vessel.confidence >= 0.9,
    "from=0.8&to=0.95": lambda page, vessel: 0.8 <= vessel.confidence <= 0.95,
    "complete=1": lambda page, vessel: vessel.height_is_complete,
    "scale=0": lambda page, vessel: vessel.scale is None,
    "flag=no+scale&flag=rim+not+found": lambda page, vessel: {"no scale", "rim not found"} & set(vessel.review),
    "flag=": lambda page, vessel: not vessel.review,
    "q=topfe&scale=1": lambda page, vessel: page == "Töpfe/a.png" and vessel.scale,
}


def test_filters_leave_what_they_say(drive, report):
    pages = [plate("Töpfe/a.png", 12, 1), plate("b.png", 12, 2)]
    shown = drive(
        report(overview(*pages)),
        f"""return {json.dumps(list(FILTERS))}.map((choice) => {{
            document.getElementById("filters").reset();
            history.replaceState(null, "", "#" + choice);
            window.dispatchEvent(new HashChangeEvent("hashchange"));
            const names = [...document.querySelectorAll(".card button")].map((card) => card.ariaLabel);
            return [document.getElementById("count").textContent, names];
        }});""",
    )
    for (said, names), keeps in zip(shown, FILTERS.values(), strict=True):
        kept = {v.identifier for page in pages for v in page.vessels if keeps(page.ref.source, v)}
        assert 0 < len(kept) < 24
        assert said == f"{len(kept)} of 24 vessels"
        assert {name.partition(",")[0] for name in names} == kept


def test_the_keyboard_reaches_everything(drive, report):
    steps = drive(
        report(overview(plate("a.png", 14, 1), plate("b.png", 14, 2), plate("c.png", 14, 3))),
        """
        const at = () => Number(document.activeElement.closest("[aria-posinset]").ariaPosInSet);
        const press = (key) => {
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        };
        const stops = document.querySelectorAll('.card button[tabindex="0"]');
        const steps = { stops: stops.length };
        stops[0].focus();
        for (const key of ["ArrowRight", "ArrowDown", "End", "ArrowRight", "Home", "ArrowLeft", "ArrowRight"]) {
          press(key);
          (steps.places ||= []).push(at());
        }
        document.activeElement.click();
        const dialog = document.getElementById("detail");
        const title = () => dialog.querySelector("header p").textContent;
        steps.open = dialog.open;
        steps.before = title();
        press("ArrowRight");
        steps.after = title();
        steps.links = [...dialog.querySelectorAll("footer a")].map((link) => link.getAttribute("href"));
        press("/");
        steps.stays = dialog.contains(document.activeElement);
        return steps;
        """,
    )
    columns = steps["places"][1] - 2
    assert columns >= 3
    assert steps["stops"] == 1
    assert steps["places"] == [2, 2 + columns, 42, 42, 1, 1, 2]
    assert steps["open"]
    assert steps["before"] != steps["after"]
    assert steps["stays"]


def test_paper_gets_all_vessels(drive, report):
    pages = [plate(f"{n}.png", 14, n) for n in range(8)]
    before, printed, after = drive(
        report(overview(*pages)),
        """const cards = () => document.querySelectorAll(".card").length;
        const counts = [cards()];
        for (const event of ["beforeprint", "afterprint"]) {
          window.dispatchEvent(new Event(event));
          counts.push(cards());
        }
        return counts;""",
    )
    assert before == after < printed == 112


def test_sorting_by_a_measure_puts_unknown_ones_last(browse, report):
    page = plate("a.png", 12, 3)
    shown = browse(report(overview(page)), "sort=-height_mm&same=1")
    heights = {v.identifier: v.measures["height_mm"].value if v.scale else -1 for v in page.vessels}
    order = [heights[label.partition(",")[0]] for label in labels(shown)]
    assert order == sorted(order, reverse=True)
    assert -1 in order
    for label in labels(shown):
        assert (" px," in label) == (heights[label.partition(",")[0]] == -1)
        assert (" mm," in label) != (" px," in label)


@pytest.mark.parametrize("scaled", [True, False])
def test_the_printed_share_of_a_rim_is_shown_with_and_without_a_scale(drive, report, scaled):
    page = plate("a.png", 6, 3)
    vessel = next(vessel for vessel in page.vessels if (vessel.scale is not None) == scaled)
    stated = replace(vessel, measures=dict(vessel.measures) | {"rim_percent": Measure(15.0, 0.5)})
    text = drive(
        report(overview(replace(page, vessels=(stated,)))),
        """document.querySelector(".card button").click();
        return document.querySelector("#detail table").textContent;""",
    )
    assert re.search(r"rim percent\s*15 ± 0\.5 %", text)
    assert (" mm" in text) == scaled


def test_no_vessel_is_said(browse, report):
    shown = browse(report(overview(plate("a.png", 0))))
    assert count(shown) == "0 vessels"
    assert re.search(r'<p id="none" class="none">', shown)


def test_names_do_nothing(browse, report):
    pages = []
    for index, name in enumerate(HOSTILE):
        result = plate(name, 1, index)
        vessel = replace(result.vessels[0], identifier=name.replace("/", ""), figure=name, review=(name,))
        pages.append(replace(result, vessels=(vessel,)))
    shown = browse(report(overview(*pages)))
    assert count(shown) == f"{len(HOSTILE)} vessels"
    names = {label.partition(", ")[0] for label in labels(shown)}
    assert names == {name.replace("/", "") for name in HOSTILE}
    for tag, attributes in Tags(shown).found:
        assert tag != "img"
        assert not any(attribute.startswith("on") for attribute in attributes)
    assert len([tag for tag, _ in Tags(shown).found if tag == "script"]) == 2


def test_five_thousand_vessels_stay_quick(browse, report):
    made = [plate(f"{n}.png", 14, n) for n in range(30)]
    pages = tuple(
        replace(made[n % 30], ref=replace(made[n % 30].ref, source=f"Band {n // 90}/Tafel {n}.tif")) for n in range(358)
    )
    path = report(Overview({}, pages, tuple(record_of(page) for page in made)))
    assert path.stat().st_size < 15e6
    shown = browse(path, "measure")
    assert count(shown) == "5,012 vessels"
    times = json.loads(re.search(r'<output id="measured"[^>]*>(.*?)</output>', shown)[1])
    for action in ("filter", "range", "sort", "scroll"):
        assert min(times[action]) < 100, action  # of five: other work on the machine only ever adds
    assert times["cards"] < 120
