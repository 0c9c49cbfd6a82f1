"""What is true of drawings by unusual conventions: sides, axes, signs, dimensions and labels."""

from collections.abc import Iterator

import numpy as np
import pytest
from shapely import LineString, box

from profilex.synth import draw_page
from profilex.synth.drawing.result import BOTH, NONE, SIDES
from profilex.synth.pages.page import AXIS, SECTION, Placed, SynthPage
from profilex.synth.truth import truth_document


def drawn(feature: str, count: int = 4, kind: str = "item", start: int = 60) -> Iterator[tuple[SynthPage, Placed]]:
    """Pages on which a feature was drawn, each with a vessel that has it."""
    found = 0
    for seed in range(start, start + 20 * count):
        page = draw_page(seed, kind=kind, features=[feature])
        vessel = next((v for v in page.vessels if feature in v.drawing.features | page.features), None)
        if vessel is not None and found < count:
            found += 1
            yield page, vessel
        if found == count:
            return


def dark(page: SynthPage, area: tuple[float, float, float, float]) -> bool:
    """Whether something is printed in an area of the page."""
    x0, y0, x1, y1 = (max(0, round(v)) for v in area)
    part = page.grey[y0 : y1 + 1, x0 : x1 + 1]
    return bool(part.size and np.percentile(part, 2) < np.median(page.grey) - 15)


def test_where_both_walls_are_cut_sections_lie_on_both_sides() -> None:
    for _, vessel in drawn("both_walls"):
        assert vessel.drawing.side == BOTH
        assert vessel.axis is not None
        middle = vessel.axis[:, 0].mean()
        centres = [section.centroid.x for section in vessel.sections]
        assert min(centres) < middle < max(centres)


@pytest.mark.parametrize("feature", ["wall_sherd", "handle_alone"])
def test_pieces_alone_have_no_axis_and_no_diameter(feature: str) -> None:
    for page, vessel in drawn(feature):
        assert vessel.drawing.side == NONE
        assert vessel.axis is None
        assert vessel.rim is None
        assert vessel.drawing.rim_radius_mm is None
        assert not (page.bits & AXIS).any()
        assert (page.bits & SECTION).any()


@pytest.mark.parametrize("rim_line", ["rim_full", "rim_double"])
def test_an_n_crosses_the_rim_line_and_takes_the_diameter(rim_line: str) -> None:
    seen = 0
    for seed in range(200, 260):
        page = draw_page(seed, kind="item", features=["n_sign", rim_line, "axis_full"])
        for vessel in (v for v in page.vessels if v.drawing.n_symbol and v.rim is not None):
            sign = next(mark for mark in vessel.marks if mark.kind == "n_sign")
            assert LineString(sign.line).intersects(LineString(vessel.rim).buffer(2))
            assert vessel.drawing.rim_radius_mm is None
            seen += 1
        if seen >= 5:
            return
    pytest.fail("too few signs")


def test_dimensions_state_what_they_span() -> None:
    checked = 0
    for _, vessel in drawn("dimensions", 6):
        drawing = vessel.drawing
        for text in (t for t in drawing.texts if t.kind == "dimension" and t.spans is not None):
            (ax, ay), (bx, by) = text.spans
            spanned = float(np.hypot(bx - ax, by - ay)) / drawing.px_per_mm
            assert text.value_mm == pytest.approx(spanned, abs=0.04 * spanned + 1.0)
            number = "".join(c for c in text.text if c.isdigit() or c in ",.")
            stated = float(number.replace(",", ".")) * (10 if "cm" in text.text else 1)
            assert stated == pytest.approx(text.value_mm, abs=0.06)
            checked += 1
    assert checked > 8


def test_labels_are_printed_where_the_truth_says() -> None:
    labelled = 0
    for seed in range(70, 82):
        page = draw_page(seed, kind="plate")
        for vessel in page.vessels:
            assert bool(vessel.label) == (vessel.label_box is not None)
            if vessel.label_box is not None:
                assert dark(page, vessel.label_box), vessel.label
                labelled += 1
    assert labelled > 30


def test_a_wall_with_rungs_is_paper_between_dark_lines() -> None:
    for page, vessel in drawn("ladder", 3):
        inside = page.bits & SECTION > 0
        paper = np.median(page.grey)
        assert np.mean(page.grey[inside] > paper - 60) > 0.3
        assert vessel.drawing.style == "hatched"


def test_nested_vessels_do_not_touch() -> None:
    for page, _ in drawn("nested", 3):
        one, other = page.vessels[:2]
        assert not any(a.buffer(0).intersects(b.buffer(0)) for a in one.sections for b in other.sections)
        assert one.axis is not None
        assert other.axis is not None
        start, end = one.axis
        way = (end - start) / np.hypot(*(end - start))
        away = other.axis.mean(0) - start
        assert abs(way[0] * away[1] - way[1] * away[0]) < 3


def test_the_truth_document_knows_sides_texts_and_marks() -> None:
    wanted = ["both_walls", "dimensions", "gap_in_wall", "handwriting"]
    pages = (draw_page(seed, kind="item", features=wanted, schools=["catalogue"]) for seed in range(63, 90))
    page = next(p for p in pages if p.vessels[0].texts and p.vessels[0].axis is not None)
    document = truth_document(page, "page")
    parts = {feature["properties"]["part"] for feature in document["features"]}
    assert {"section", "axis", "text"} <= parts
    sections = [f["properties"] for f in document["features"] if f["properties"]["part"] == "section"]
    assert all(facts["side"] in SIDES for facts in sections)
    spans = [f["properties"].get("spans") for f in document["features"] if f["properties"]["part"] == "text"]
    assert any(spans)


def test_sections_lie_within_their_vessels_outline() -> None:
    for seed in range(10):
        page = draw_page(900 + seed, kind="item")
        frame = box(0, 0, page.grey.shape[1], page.grey.shape[0])
        for vessel in page.vessels:
            assert isinstance(vessel, Placed)
            assert all(section.buffer(0).intersects(frame) for section in vessel.sections)
