"""The fit itself, on a tiny network: it learns, goes on after a crash, and never ends worse than it began."""

import csv

import numpy as np
import pytest

from profilex.errors import Code, RunError
from profilex.model import read_model
from profilex.model.build import Architecture
from profilex.train.augment import NO_AUGMENT
from profilex.train.fit import FitSettings, Progress, fit
from profilex.train.retrain import TrainingData, retrain
from profilex.train.schedules import Schedule
from profilex.train.tiles import TileSettings

pytestmark = pytest.mark.slow


TINY = Architecture(kind="plain", filters=4, depth=1, classes=4)
TILES = TileSettings(tile_px=64, thinnest_wall_px=7, thickest_wall_px=9)


def settings(**changes):
    plain = {
        "architecture": TINY,
        "tiles": TILES,
        "augment": NO_AUGMENT,
        "batch_size": 2,
        "steps": 6,
        "validation_tiles": 4,
        "checkpoint_minutes": 60.0,
        "validation_minutes": 60.0,
    }
    return FitSettings(**{**plain, **changes})


class Crash(Exception):
    pass


def crash_after(steps):
    calls = iter(range(10**6))

    def is_stopped():
        if next(calls) >= steps:
            raise Crash
        return False

    return is_stopped


def stop_after(steps):
    calls = iter(range(10**6))
    return lambda: next(calls) >= steps


@pytest.fixture
def pages(make_page):
    return [make_page(1), make_page(2, "outline"), make_page(3, "negative")]


def test_a_network_learns_solid_sections(make_page, tmp_path):
    pages = [make_page(seed) for seed in range(4)]
    schedule = Schedule(peak=0.02, warm_up=0.1)
    fitted = fit(pages, pages, tmp_path, settings(steps=90, batch_size=4, schedule=schedule))
    assert fitted.scores.iou["solid"] > 0.6
    assert not fitted.is_stopped


def test_a_crashed_training_goes_on_as_if_nothing_had_been(pages, tmp_path):
    whole = fit(pages, pages, tmp_path / "whole", settings())
    with pytest.raises(Crash):
        fit(pages, pages, tmp_path / "cut", settings(checkpoint_minutes=0.0), is_stopped=crash_after(3))
    resumed = fit(pages, pages, tmp_path / "cut", settings(), resume=True)
    assert resumed.steps == whole.steps == 6
    steps = [row.split(",")[0] for row in (tmp_path / "cut/validation.csv").read_text().splitlines()[1:]]
    assert set(steps) == {"6"}
    for ours, theirs in zip(resumed.weights, whole.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-4)


def test_a_stopped_training_says_so_and_can_be_resumed(pages, tmp_path):
    stopped = fit(pages, pages, tmp_path, settings(), is_stopped=stop_after(2))
    assert stopped.is_stopped
    assert stopped.steps == 2
    assert fit(pages, pages, tmp_path, settings(), resume=True).steps == 6


def test_fine_tuning_never_ends_worse_than_its_start(pages, tmp_path):
    start = fit(pages, pages, tmp_path / "start", settings(steps=20, schedule=Schedule(peak=0.01)))
    ruinous = Schedule(name="constant", peak=10.0)
    tuned = fit(pages, pages, tmp_path / "tuned", settings(steps=3, schedule=ruinous), start=start.weights)
    assert tuned.scores.score == pytest.approx(start.scores.score, abs=1e-6)
    np.testing.assert_allclose(tuned.weights[0], start.weights[0])


def test_patience_ends_a_training_early(pages, tmp_path):
    lame = Schedule(name="constant", peak=0.0, floor=0.0)
    fitted = fit(pages, pages, tmp_path, settings(steps=50, validation_minutes=0.0, patience=3, schedule=lame))
    assert fitted.steps < 10
    assert not fitted.is_stopped


def test_the_journal_shows_the_course(pages, tmp_path):
    fit(pages, pages, tmp_path, settings(steps=21))
    assert {path.name for path in tmp_path.iterdir()} == {
        "best.npz", "curves.png", "examples.png", "loss.csv", "state.npz", "tensorboard", "validation.csv"
    }  # fmt: skip
    with (tmp_path / "validation.csv").open(newline="") as file:
        assert {row["style"] for row in csv.DictReader(file)} >= {"all", "score"}


def test_a_softmax_network_trains_from_a_label_map(pages, tmp_path):
    two = Architecture(kind="plain", filters=2, depth=1, classes=2, activation="softmax")
    channels = ("background", "section")
    fitted = fit(pages, pages, tmp_path, settings(architecture=two, channels=channels, loss="softmax+dice", steps=2))
    assert len(fitted.weights) > 0


def test_pages_without_any_section_are_refused(make_page, tmp_path):
    with pytest.raises(RunError, match="no training page") as caught:
        fit([make_page(1, "negative")], [], tmp_path, settings())
    assert caught.value.code is Code.DATASET


def test_resuming_nothing_is_refused(pages, tmp_path):
    with pytest.raises(RunError, match="without --resume"):
        fit(pages, pages, tmp_path, settings(), resume=True)


def test_a_checkpoint_of_another_architecture_is_refused(pages, tmp_path):
    fit(pages, pages, tmp_path, settings(steps=1))
    other = Architecture(kind="plain", filters=2, depth=1, classes=4)
    with pytest.raises(RunError) as caught:
        fit(pages, pages, tmp_path, settings(architecture=other, steps=2), resume=True)
    assert caught.value.code is Code.MODEL_MISMATCH


def test_a_damaged_checkpoint_is_refused(pages, tmp_path):
    fit(pages, pages, tmp_path, settings(steps=1))
    state = tmp_path / "state.npz"
    state.write_bytes(state.read_bytes()[:500])
    with pytest.raises(RunError, match="is not a readable checkpoint"):
        fit(pages, pages, tmp_path, settings(steps=2), resume=True)


def test_retrain_writes_a_package_that_can_be_fine_tuned(make_folder, tmp_path):
    folder = make_folder(["solid", "outline", "negative"] * 2)
    data = TrainingData((folder,), validation_share=0.3)
    retrain(data, tmp_path / "run", tmp_path / "first", settings(steps=2, validation_tiles=24))
    card, weights = read_model(tmp_path / "first")
    assert card.channels == ("section", "vessel", "axis", "scale_bar")
    assert set(card.metrics["section_iou"]) == {"all", "solid", "outline"}
    assert card.training["steps"] == 2
    more = TrainingData((folder,), replay=(folder,), validation_share=0.3)
    other = settings(steps=1, validation_tiles=24, architecture=Architecture(), schedule=Schedule(peak=0.0, floor=0.0))
    retrain(more, tmp_path / "run2", tmp_path / "second", other, start=tmp_path / "first")
    tuned, _ = read_model(tmp_path / "second")
    assert tuned.architecture == TINY  # the start's, not that of the settings
    assert tuned.training["start"] == "first"
    assert "replay" in tuned.metrics["section_iou"]
    assert len(weights) > 0


def test_the_time_left_follows_the_speed_so_far():
    by_steps, by_minutes = FitSettings(steps=100), FitSettings(minutes=10.0)
    assert Progress(step=25, elapsed_s=60.0).left_minutes(by_steps) == pytest.approx(3.0)
    assert Progress(step=3, elapsed_s=240.0).left_minutes(by_minutes) == pytest.approx(6.0)
    assert Progress().left_minutes(by_steps) == float("inf")
