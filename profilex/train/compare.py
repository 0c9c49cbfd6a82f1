"""A comparison of several losses on the same pages, tiles and initial weights."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from profilex.evaluation.pictures import MEASURES, panel, score_lines
from profilex.files import write_atomic
from profilex.model.card import read_model, write_model
from profilex.train.fit import FitSettings, Fitted
from profilex.train.retrain import WEIGHTS_ONLY, PackageSettings, TrainingData, retrain, write_h5
from profilex.train.validate import ALL_STYLES


def compare_losses(
    losses: Sequence[str],
    data: TrainingData,
    run_folder: Path,
    package: Path,
    settings: FitSettings,
    *,
    packaging: PackageSettings = WEIGHTS_ONLY,
    resume: bool = False,
    is_stopped: Callable[[], bool] = lambda: False,
) -> dict[str, Fitted]:
    """Train once with each loss, and write the best model as the package; returns the outcomes by loss.

    Each training has its own folder in `run_folder`, with its model. comparison.csv there has one line for each loss,
    and comparison.png one row for each loss, with the curves of IoU and pixel accuracy, training against validation. If
    the training is stopped from outside, the remaining losses are not started and no package is written; `resume`
    continues.

    Raises:
        RunError: as `retrain`.
    """
    fitted: dict[str, Fitted] = {}
    for loss in losses:
        folder = run_folder / loss
        fitted[loss] = retrain(
            data,
            folder,
            folder / package.name,
            replace(settings, loss=loss),
            packaging=replace(packaging, h5=False),
            resume=resume and (folder / "state.npz").is_file(),
            is_stopped=is_stopped,
        )
        if fitted[loss].is_stopped:
            return fitted
    _write_comparison(run_folder, fitted)
    best = max(fitted, key=lambda loss: fitted[loss].scores.score)
    card, weights = read_model(run_folder / best / package.name)
    write_model(package, card, weights)
    if packaging.h5:
        write_h5(package, card, weights)
    return fitted


def _write_comparison(folder: Path, fitted: Mapping[str, Fitted]) -> None:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["loss", "iou", "dice", "mean_iou", "accuracy", "steps", "minutes"])
    for loss, outcome in fitted.items():
        scores = outcome.scores
        measures = [each.get(ALL_STYLES, 0.0) for each in (scores.iou, scores.dice, scores.mean_iou, scores.accuracy)]
        table.writerow([loss, *(round(value, 5) for value in measures), outcome.steps, round(outcome.minutes, 2)])
    write_atomic(folder / "comparison.csv", text.getvalue().encode())
    rows = []
    for loss in fitted:
        with (folder / loss / "validation.csv").open(newline="", encoding="utf-8") as file:
            scored = [row for row in csv.DictReader(file) if row["style"] == ALL_STYLES]
        rows.append(
            np.hstack([panel(f"{loss}: {title}", score_lines(scored, column)) for title, column in MEASURES.items()])
        )
    write_atomic(folder / "comparison.png", cv2.imencode(".png", np.vstack(rows))[1].tobytes())
