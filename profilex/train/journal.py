"""The journal of a training: log lines, CSV tables, TensorBoard events and pictures in the run folder."""

import csv
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from profilex.evaluation.pictures import curves_picture, examples_picture, write_picture
from profilex.train.tiles import Batch
from profilex.train.validate import Scores

log = logging.getLogger(__name__)

_DATA_CLASS_SCALAR = 1


class Journal:
    """Writes the course of one training into its folder.

    `loss.csv` has the columns step, seconds, loss, rate; `validation.csv` step, seconds, part, style, iou, accuracy,
    with the score that chooses the best model under the style "score". Part is "validation", or "training" for the
    tiles of training pages that are scored too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._events = tf.summary.create_file_writer(str(folder / "tensorboard"))

    def forget_after(self, step: int) -> None:
        """Remove the notes after a checkpoint, which a resumed training writes again."""
        for name in ("loss.csv", "validation.csv"):
            kept = [row for row in self._read(name) if int(row["step"]) <= step]
            (self._folder / name).unlink(missing_ok=True)
            if kept:
                self._append(name, kept)

    def note_loss(self, step: int, seconds: float, loss: float, rate: float) -> None:
        """Note the mean loss of the last steps."""
        self._append("loss.csv", [{"step": step, "seconds": round(seconds, 1), "loss": loss, "rate": rate}])
        with self._events.as_default(step=step):
            _event("loss", loss)
            _event("rate", rate)

    def note_scores(self, step: int, seconds: float, scores: Scores, part: str = "validation") -> None:
        """Note a validation, or the same measures on the tiles of another part."""
        words = "  ".join(f"{style} {value:.3f}" for style, value in scores.iou.items())
        log.info("step %d  %s score %.4f  %s", step, part, scores.score, words)
        named = {**scores.iou, "score": scores.score}
        self._append(
            "validation.csv",
            [
                {
                    "step": step,
                    "seconds": round(seconds, 1),
                    "part": part,
                    "style": style,
                    "iou": round(value, 5),
                    "accuracy": round(scores.accuracy[style], 5) if style in scores.accuracy else "",
                }
                for style, value in named.items()
            ],
        )
        with self._events.as_default(step=step):
            for style, value in named.items():
                _event(f"iou/{style}" if part == "validation" else f"{part}_iou/{style}", value)
        self._events.flush()

    def draw(self, batch: Batch, probabilities: np.ndarray, section: int) -> None:
        """Redraw curves.png and examples.png; `probabilities` (n, h, w, c) belong to the batch."""
        write_picture(self._folder / "curves.png", curves_picture(self._read("loss.csv"), self._read("validation.csv")))
        picture = examples_picture(batch.ink[..., 0], batch.targets[..., section], probabilities[..., section])
        write_picture(self._folder / "examples.png", picture)

    def _append(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        path = self._folder / name
        is_new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            if is_new:
                writer.writeheader()
            writer.writerows(rows)

    def _read(self, name: str) -> list[dict[str, str]]:
        path = self._folder / name
        if not path.exists():
            return []
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def _event(tag: str, value: float) -> None:
    """Write a TensorBoard scalar as an event: unlike TensorFlow's own call, this needs no TensorBoard."""
    metadata = tf.compat.v1.SummaryMetadata()
    metadata.plugin_data.plugin_name = "scalars"
    metadata.data_class = _DATA_CLASS_SCALAR
    tf.summary.write(tag, np.float32(value), metadata=metadata)
