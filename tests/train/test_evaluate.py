"""Measures on shapes whose answers are known, and the gate before the default model."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from shapely import Point, Polygon, box

from profilex.data.raster import fill_rings
from profilex.errors import Code, RunError
from profilex.evaluation.evaluate import evaluate, write_evaluation
from profilex.evaluation.metrics import as_table, score_page, summarise
from profilex.evaluation.promote import compare, promote
from profilex.model import read_model, write_model
from profilex.model.build import Architecture
from profilex.model.card import Card
from profilex.settings import Settings
from profilex.types import Region, Segmentation


def truth_of(*shapes, side=200):
    rings = [np.asarray(ring.coords)[:-1] for s in shapes for ring in (s.exterior, *s.interiors)]
    return fill_rings(rings, (side, side))


def test_a_box_covers_its_pixels():
    mask = fill_rings([np.array([(2, 1), (5, 1), (5, 3), (2, 3)])], (5, 8))
    assert np.argwhere(mask).tolist() == [[1, 2], [1, 3], [1, 4], [2, 2], [2, 3], [2, 4]]


def test_areas_are_right_with_holes_and_beyond_the_edge():
    ring = Point(100.3, 99.8).buffer(60, 64).difference(Point(100.3, 99.8).buffer(40, 64))
    assert np.count_nonzero(truth_of(ring)) == pytest.approx(ring.area, rel=0.005)
    assert np.count_nonzero(truth_of(box(-50, -50, 10, 10))) == 100


def test_the_truth_itself_is_perfect():
    walls = [box(10, 10, 30, 150), box(60, 20, 160, 40)]
    scores = score_page("p", "solid", truth_of(*walls), walls)
    assert scores.iou == 1.0
    assert (scores.matched, scores.closely_matched, scores.false_sections) == (2, 2, 0)
    assert scores.distances_px == ((0.0, 0.0), (0.0, 0.0))


def test_a_pixel_of_growth_is_a_pixel_of_distance():
    wall = box(40, 40, 60, 160)
    scores = score_page("p", "solid", truth_of(wall), [wall.buffer(1, join_style="mitre")])
    mean, high = scores.distances_px[0]
    assert mean == pytest.approx(1.0, abs=0.05)
    assert high == pytest.approx(1.0, abs=0.05)
    assert scores.distances_wall[0][0] == pytest.approx(1 / 20, rel=0.1)
    assert scores.iou == pytest.approx(20 * 120 / (22 * 122))


def test_false_and_missed_sections_are_counted():
    found = [box(10, 10, 30, 150), box(150, 150, 180, 180)]
    summary = summarise([score_page("p", "solid", truth_of(box(10, 10, 30, 150), box(60, 20, 80, 100)), found)])["all"]
    assert summary["precision_50"] == summary["recall_50"] == 0.5
    assert summary["false_per_page"] == 1.0


def test_a_negative_page_has_no_iou_but_false_sections():
    summary = summarise([score_page("p", "negative", np.zeros((99, 99), bool), [box(5, 5, 20, 20)])])
    assert "iou" not in summary["negative"]
    assert summary["negative"]["false_per_page"] == 1.0
    assert " - " in as_table(summary)


class Stub:
    """A segmenter that sees dark pixels as sections: right on solid walls, wrong on everything else."""

    def __init__(self, card):
        self.card = card

    def segment(self, page, _settings):
        dark = cv2.erode((page.grey < 60).astype(np.float32), np.ones((5, 5)))
        plane = cv2.dilate(dark, np.ones((5, 5)))[None]
        region = Region((0, 0, page.width_px, page.height_px), plane)
        return Segmentation(("section",), region, (region,))


def card(name):
    return Card(name, Architecture(kind="plain", classes=1, filters=1, depth=1), ("section",), weights_sha256=name)


def test_evaluation_by_style_with_pictures(make_page, tmp_path):
    pages = [make_page(1), make_page(2, "outline"), make_page(3, "negative")]
    segmenter = Stub(card("dark"))
    evaluation = evaluate(segmenter, pages, Settings())
    assert evaluation.summary["solid"]["iou"] > 0.85
    assert evaluation.summary["outline"]["iou"] < 0.3
    write_evaluation(evaluation, pages, segmenter, Settings(), tmp_path, worst=2)
    stored = json.loads((tmp_path / "evaluation.json").read_text())
    assert stored["styles"]["solid"]["iou"] == evaluation.summary["solid"]["iou"]
    worst = sorted(path.name for path in (tmp_path / "worst").iterdir())
    assert len(worst) == 2
    assert "outline_2" in worst[0]


@pytest.fixture
def evaluation(make_page):
    return evaluate(Stub(card("dark")), [make_page(1), make_page(2, "outline"), make_page(3, "negative")], Settings())


@pytest.fixture
def package(tmp_path):
    written = write_model(tmp_path / "candidate", card("candidate"), [np.ones(3, np.float32)])
    return tmp_path / "candidate", written.weights_sha256


def scaled(evaluation, style, measure, factor):
    summary = {**evaluation.summary, style: {**evaluation.summary[style], measure: factor}}
    return replace(evaluation, summary=summary)


def test_an_equal_model_takes_the_place(package, evaluation, tmp_path):
    folder, sha256 = package
    place = tmp_path / "models/default"
    write_model(place, card("old"), [np.zeros(3, np.float32)])
    promote(folder, place, replace(evaluation, sha256=sha256), evaluation)
    promoted, weights = read_model(place)
    assert promoted.name == "default"
    assert promoted.metrics["reference"]["solid"]["iou"] == evaluation.summary["solid"]["iou"]
    np.testing.assert_array_equal(weights[0], np.ones(3))
    assert [path.name for path in place.parent.iterdir()] == ["default"]


@pytest.mark.parametrize(
    ("style", "measure", "value"), [("outline", "iou", 0.99), ("negative", "false_per_page", -1.0)]
)
def test_a_model_worse_on_one_style_is_not_promoted(package, evaluation, tmp_path, style, measure, value):
    folder, sha256 = package
    place = tmp_path / "models/default"
    write_model(place, card("old"), [np.zeros(3, np.float32)])
    better = scaled(evaluation, style, measure, value)
    with pytest.raises(RunError, match=f"worse than default on {style}") as caught:
        promote(folder, place, replace(evaluation, sha256=sha256), better)
    assert caught.value.code is Code.MODEL_MISMATCH
    assert read_model(place)[0].name == "old"


def test_the_first_model_needs_no_gate(package, evaluation, tmp_path):
    folder, sha256 = package
    promote(folder, tmp_path / "models/default", replace(evaluation, sha256=sha256), None)
    assert read_model(tmp_path / "models/default")[0].name == "default"


def test_another_model_than_the_evaluated_one_is_refused(package, evaluation, tmp_path):
    with pytest.raises(RunError, match="not the model that was evaluated"):
        promote(package[0], tmp_path / "models/default", evaluation, None)


def test_evaluations_of_other_pages_are_not_compared(evaluation):
    with pytest.raises(RunError, match="different pages"):
        compare(evaluation, replace(evaluation, pages=evaluation.pages[:1]))


def test_a_polygon_outside_the_page_counts_nothing():
    scores = score_page("p", "solid", truth_of(box(10, 10, 20, 90)), [Polygon([(300, 300), (320, 300), (310, 340)])])
    assert (scores.found_sections, scores.matched) == (0, 0)
