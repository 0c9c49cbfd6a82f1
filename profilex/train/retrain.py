"""From data sets to a model package: the work of `profilex retrain`."""

import logging
import platform
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from profilex import __version__
from profilex.data.datasets import read_pages, read_parts
from profilex.data.pages import AnnotatedPage, hold_out
from profilex.data.split import SplitSettings, split_pages
from profilex.model.build import rebuild_network
from profilex.model.card import Card, read_model, write_model
from profilex.synth import write_dataset
from profilex.train.fit import FitSettings, Fitted, fit
from profilex.train.validate import REPLAY

log = logging.getLogger(__name__)

_REPLAY_SEED = 900_000  # far from the seeds of synthetic data sets
_REMEMBERED_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Where the pages come from: folders or archives in any layout that `read_parts` knows.

    Without `validation`, the val/ parts of the training data are used. Without these, a share of each drawing style is
    held out, or with `held_out_by` "statistics" a share of each of `clusters` clusters of similar pictures. `labels`
    maps label names to channels. Fine-tuning without `replay` draws `replay_pages` synthetic pages for it.
    """

    training: tuple[Path, ...]
    validation: tuple[Path, ...] = ()
    replay: tuple[Path, ...] = ()
    replay_pages: int = 40
    validation_share: float = 0.05
    held_out_by: str = "style"
    clusters: int = 8
    limit: int | None = None  # pages of each source
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PackageSettings:
    """The contents of a model package besides its weights.

    `labels` say what channels show in plain pictures (see `Card`). With `h5` the weights are also written as HDF5, for
    Keras, into NAME.weights.h5 beside the package. `licence` is what the owner of the data allows, as an SPDX
    identifier; a card without one says nothing.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    h5: bool = False
    licence: str = ""


WEIGHTS_ONLY = PackageSettings()


def retrain(
    data: TrainingData,
    run_folder: Path,
    package: Path,
    settings: FitSettings,
    *,
    packaging: PackageSettings = WEIGHTS_ONLY,
    start: Path | None = None,
    resume: bool = False,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Fitted:
    """Train on data sets and write the model package, unless the training is stopped before its end.

    `run_folder` receives checkpoints, logs and pictures. `start` is a model package to fine-tune: its architecture,
    channels and input override those of the settings.

    Raises:
        RunError: codes `dataset`, `model_missing`, `model_mismatch`, `usage`.
    """
    weights = None
    if start is not None:
        card, weights = read_model(start)
        settings = replace(
            settings,
            architecture=card.architecture,
            channels=card.channels,
            input=card.input,
            tiles=replace(settings.tiles, scale=card.scale, tile_px=card.tile_px or settings.tiles.tile_px),
        )
    training, validation = _parts(data, settings.seed)
    replay, remembered = _replayed(data, run_folder, settings.seed) if start is not None else ([], [])
    validation += remembered
    log.info("%d pages to train on, %d to validate on, %d replayed", len(training), len(validation), len(replay))
    fitted = fit(
        training, validation, run_folder, settings, replay=replay, start=weights, resume=resume, is_stopped=is_stopped
    )
    if not fitted.is_stopped:
        card = model_card(package.name, settings, fitted, [training, validation, replay], data, start)
        card = write_model(package, replace(card, labels=packaging.labels, licence=packaging.licence), fitted.weights)
        log.info("wrote %s, sha256 %s", package, card.weights_sha256)
        if packaging.h5:
            log.info("wrote %s", write_h5(package, card, fitted.weights))
    return fitted


def write_h5(package: Path, card: Card, weights: Sequence[np.ndarray]) -> Path:
    """Write weights as HDF5 beside a package, for `load_weights` of the same network in Keras; returns the file."""
    path = package.with_name(f"{package.name}.weights.h5")
    network = rebuild_network(card.architecture, weights)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Keras and NumPy 2 disagree on __array__
        network.save_weights(path)
    return path


def model_card(
    name: str,
    settings: FitSettings,
    fitted: Fitted,
    parts: Sequence[Sequence[AnnotatedPage]],
    data: TrainingData,
    start: Path | None,
) -> Card:
    """The card of a fitted model; `parts` are the training, the validation and the replayed pages."""
    tiles = settings.tiles
    training = {
        "data": [path.name for path in data.training],
        "replay": [path.name for path in data.replay],
        "pages": [len(part) for part in parts],
        "start": start.name if start else None,
        "loss": settings.loss,
        "schedule": asdict(settings.schedule),
        "precision": settings.precision,
        "batch_size": settings.batch_size,
        "steps": fitted.steps,
        "minutes": round(fitted.minutes, 1),
        "seed": settings.seed,
    }
    return Card(
        name=name,
        architecture=settings.architecture,
        channels=settings.channels,
        input=settings.input,
        working={
            "tile_px": tiles.tile_px,
            "thinnest_wall_px": tiles.thinnest_wall_px,
            "thickest_wall_px": tiles.thickest_wall_px,
        }
        if tiles.scale is None
        else {"tile_px": tiles.tile_px, "scale": tiles.scale},
        training=training,
        metrics={
            "section_iou": _rounded(fitted.scores.iou),
            "section_dice": _rounded(fitted.scores.dice),
            "mean_iou": _rounded(fitted.scores.mean_iou),
            "pixel_accuracy": _rounded(fitted.scores.accuracy),
            "on": "tiles of the pages held out for validation",
        },
        software={
            "profilex": __version__,
            "python": platform.python_version(),
            **{package: version(package) for package in ("tensorflow", "segmentation-models", "numpy")},
        },
        scale=tiles.scale,
        tile_px=tiles.tile_px if tiles.scale is not None else None,
    )


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {style: round(value, 4) for style, value in values.items()}


def _parts(data: TrainingData, seed: int) -> tuple[list[AnnotatedPage], list[AnnotatedPage]]:
    training: list[AnnotatedPage] = []
    validation: list[AnnotatedPage] = []
    for source in data.training:
        parts = read_parts(source, wanted=("train", "val"), labels=data.labels, limit=data.limit)
        training += parts.get("train", [])
        validation += parts.get("val", [])
    if data.validation:
        return training, _read_all(data.validation, data)
    if validation:
        return training, validation
    if data.held_out_by == "style":
        return hold_out(training, data.validation_share, seed)
    divided = split_pages(training, SplitSettings(data.held_out_by, data.validation_share, 0.0, data.clusters, seed))
    return divided["train"], divided["val"]


def _replayed(data: TrainingData, run_folder: Path, seed: int) -> tuple[list[AnnotatedPage], list[AnnotatedPage]]:
    """Pages to replay, and pages to validate that the model does not forget what the start could do."""
    if data.replay:
        pages = _read_all(data.replay, data)
    elif data.replay_pages:
        folder = run_folder / "replay"
        drawn = sum(1 for _ in write_dataset(folder, data.replay_pages, _REPLAY_SEED + seed, workers=1))
        log.info("drew %d synthetic pages to replay", drawn)
        pages = read_pages(folder)
    else:
        return [], []
    replay, held = hold_out(pages, _REMEMBERED_SHARE, seed)
    return replay, [replace(page, style=REPLAY) for page in held]


def _read_all(sources: Sequence[Path], data: TrainingData) -> list[AnnotatedPage]:
    return [page for source in sources for page in read_pages(source, labels=data.labels, limit=data.limit)]
