"""`profilex models measure`: measures of synthetic plates against those of the sections as they were drawn."""

import json

import pytest

from profilex.cli.app import run
from profilex.evaluation.measuring import AXIS, Comparison, Signs, as_table, summarise

pytestmark = pytest.mark.slow


def test_the_summary_counts_errors_and_true_intervals():
    found = [
        Comparison("height_mm", 102.0, 0.5, 100.0, 100.0, False),
        Comparison("height_mm", 100.5, 0.5, 100.0, 100.0),
    ]
    found.append(Comparison(AXIS, 3.0, 0.0, 0.0, 300.0))
    height, axis = summarise(found).values()
    assert height == {
        "n": 2, "median_percent": 1.25, "p90_percent": 1.85, "interval_holds": 0.5,
        "n_sure": 1, "p90_percent_sure": 0.5, "interval_holds_sure": 1.0,
    }  # fmt: skip
    assert axis == {"n": 1, "median_percent": 1.0, "p90_percent": 1.0, "n_sure": 1, "p90_percent_sure": 1.0}
    assert "2 drawn, 1 found, 0 found falsely" in as_table(found, Signs(2, 1, 0))


def test_true_outlines_give_true_measures(capsys):
    assert run(["models", "measure", "--truth", "--pages", "2", "--seed", "70000000", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["quantities"]["wall_thickness_px_p50"]["n"] > 0
    assert told["quantities"]["wall_thickness_px_p50"]["median_percent"] == pytest.approx(0, abs=1.0)
    assert told["quantities"]["rim_diameter_px"]["median_percent"] < 2
    assert set(told["n_signs"]) == {"drawn", "seen", "claimed"}
