"""SVG of a vessel: true to size in millimetres, with a metric bar; without a scale no millimetre anywhere."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from profilex.errors import PageError
from profilex.export import svg
from profilex.export.frame.metric_bar import metric_bar
from profilex.settings import ExportSettings
from tests.helpers.bowls import make_result

ALL = ExportSettings()
SVG = "{http://www.w3.org/2000/svg}"


def group(drawing: bytes, name: str):
    return ElementTree.fromstring(drawing).find(f".//{SVG}g[@id='{name}']")


def rings(drawing: bytes) -> list[np.ndarray]:
    (path,) = group(drawing, "PX_SECTION_OUTLINE")
    parts = path.attrib["d"].split(" Z")[:-1]
    return [np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", part), dtype=float) for part in parts]


def test_one_unit_is_one_millimetre(bowl, result):
    drawing = svg.vessel_drawing(bowl, result, ALL)
    root = ElementTree.fromstring(drawing)
    shell, hole = rings(drawing)

    _, _, width, height = (float(value) for value in root.attrib["viewBox"].split())
    assert root.attrib["width"] == f"{width:g}mm"
    assert root.attrib["height"] == f"{height:g}mm"
    assert shell.min(axis=0) == pytest.approx((-100, 0))
    assert shell.max(axis=0) == pytest.approx((0, 75))
    assert len(hole) > 8


def test_the_bar_is_as_long_as_it_says(bowl, result):
    bar = group(svg.vessel_drawing(bowl, result, ALL), "PX_SCALEBAR")

    assert sum(float(cell.attrib["width"]) for cell in bar.iter(f"{SVG}rect")) == pytest.approx(100)
    assert [text.text for text in bar.iter(f"{SVG}text")] == ["0", "10 cm"]


def test_an_unknown_scale_has_no_millimetre_anywhere(sherd, result):
    drawing = svg.vessel_drawing(sherd, result, ALL)

    assert b"mm" not in drawing
    assert group(drawing, "PX_SCALEBAR") is None
    assert group(drawing, "PX_AXIS") is None


def test_fill_is_a_choice(bowl, result):
    filled, hollow = (
        group(svg.vessel_drawing(bowl, result, ExportSettings(fill=fill)), "PX_SECTION_OUTLINE")
        for fill in (True, False)
    )

    assert filled.attrib["fill"] == "#000"
    assert "fill" not in hollow.attrib


def test_names_are_escaped_and_bytes_stable(bowl):
    wild = replace(bowl, figure="a<b>&c")
    drawing = svg.vessel_drawing(wild, make_result(wild), ALL)

    assert ElementTree.fromstring(drawing).find(f"{SVG}title").text == "a<b>&c"
    assert svg.vessel_drawing(wild, make_result(wild), ALL) == drawing


def test_what_is_not_finite_is_refused(bowl, spoil, result):
    with pytest.raises(PageError, match="not a finite number"):
        svg.vessel_drawing(spoil(bowl, float("nan")), result, ALL)


@pytest.mark.parametrize(
    ("width", "length", "cells", "label"),
    [(200, 100, 5, "10 cm"), (90, 20, 2, "2 cm"), (19, 5, 5, "5 mm"), (0.5, 1, 5, "1 mm"), (9000, 1000, 5, "100 cm")],
)
def test_metric_bars_are_round(width, length, cells, label):
    bar = metric_bar(width)
    assert (bar.length_mm, bar.cells, bar.label) == (length, cells, label)
