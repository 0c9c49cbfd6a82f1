"""Pictures of a training: curves, and predictions beside their truth."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from profilex.errors import Code, RunError

_INKS = ((40, 40, 200), (40, 140, 40), (200, 90, 20), (150, 30, 150), (0, 140, 220), (120, 120, 0), (90, 90, 90))
_PANEL = (360, 620)  # height, width
_MARGIN = 48

Points = Sequence[tuple[float, float]]

MEASURES = {"validation IoU": "iou", "validation pixel accuracy": "accuracy"}
"""Titles of the diagrams of scores, with the columns of validation.csv."""


def write_picture(path: Path, picture: np.ndarray) -> None:
    """Write uint8 (h, w) or BGR (h, w, 3) as PNG.

    Raises:
        RunError: code `output_unwritable`.
    """
    done, coded = cv2.imencode(".png", picture)
    try:
        path.write_bytes(coded.tobytes() if done else b"")
    except OSError as error:
        raise RunError(Code.OUTPUT_UNWRITABLE, f"{path} cannot be written ({error.strerror}).") from error


def curves_picture(losses: Sequence[Mapping[str, str]], scores: Sequence[Mapping[str, str]]) -> np.ndarray:
    """Draw the loss, and the IoU and pixel accuracy of each style over the steps, side by side: uint8 BGR.

    If the training part was scored too, only its score over all styles is drawn.
    """
    loss = {"loss": [(float(row["step"]), float(row["loss"])) for row in losses]}
    highest = max((y for _, y in loss["loss"]), default=1.0)
    panels = [_panel("loss", loss, highest)]
    panels += [panel(title, score_lines(scores, column)) for title, column in MEASURES.items()]
    return np.hstack(panels)


def score_lines(scores: Sequence[Mapping[str, str]], column: str) -> dict[str, Points]:
    """Lines (step, value) of a column of validation.csv, by style; "training" is the training part, all styles."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for row in scores:
        is_training = row.get("part") == "training"
        if row.get(column) and (not is_training or row["style"] == "all"):
            name = "training" if is_training else row["style"]
            lines.setdefault(name, []).append((float(row["step"]), float(row[column])))
    return dict(lines)


def panel(title: str, lines: Mapping[str, Points]) -> np.ndarray:
    """One diagram of lines with values 0..1: uint8 BGR."""
    return _panel(title, lines, 1.0)


def _panel(title: str, lines: Mapping[str, Points], highest: float) -> np.ndarray:
    height, width = _PANEL
    panel = np.full((height, width, 3), 255, np.uint8)
    right, bottom = width - _MARGIN, height - _MARGIN
    cv2.rectangle(panel, (_MARGIN, _MARGIN), (right, bottom), (180, 180, 180), 1)
    last = max((x for points in lines.values() for x, _ in points), default=1.0)
    for i, (name, points) in enumerate(lines.items()):
        ink = _INKS[i % len(_INKS)]
        drawn = [
            (_MARGIN + (right - _MARGIN) * x / max(last, 1.0), bottom - (bottom - _MARGIN) * y / max(highest, 1e-9))
            for x, y in points
        ]
        cv2.polylines(panel, [np.round(drawn).astype(np.int32).reshape(-1, 1, 2)], False, ink, 2, cv2.LINE_AA)
        if len(lines) > 1:
            _write(panel, f"{name} {points[-1][1]:.3f}", (_MARGIN + 8, bottom - 10 - 15 * i), ink)
    _write(panel, title, (_MARGIN, _MARGIN - 12))
    _write(panel, f"{highest:.3g}", (4, _MARGIN + 6))
    _write(panel, "0", (_MARGIN - 14, bottom + 6))
    _write(panel, f"{last:.0f} steps", (right - 70, bottom + 20))
    return panel


def _write(panel: np.ndarray, text: str, at: tuple[int, int], ink: tuple[int, int, int] = (60, 60, 60)) -> None:
    cv2.putText(panel, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.4, ink, 1, cv2.LINE_AA)


def examples_picture(ink: np.ndarray, truth: np.ndarray, found: np.ndarray, columns: int = 8) -> np.ndarray:
    """Tiles side by side, with the true outlines green and the found ones red; arrays (n, h, w) in 0..1."""
    drawn = [
        overlay((255 * (1.0 - i)).astype(np.uint8), t >= 0.5, f >= 0.5)
        for i, t, f in zip(ink, truth, found, strict=True)
    ]
    return np.hstack(drawn[:columns])


def overlay(grey: np.ndarray, truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Grey uint8 (h, w) as BGR: right pixels green, missed ones blue, wrong ones red."""
    picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR).astype(np.float32)
    for mask, tint in (
        (truth & found, (60, 190, 60)),
        (truth & ~found, (230, 80, 20)),
        (found & ~truth, (30, 30, 230)),
    ):
        picture[mask] = 0.4 * picture[mask] + 0.6 * np.asarray(tint, np.float32)
    return picture.astype(np.uint8)
