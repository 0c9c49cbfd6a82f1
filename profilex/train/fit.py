"""The training itself: from pages to a model package, resumable at any moment."""

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from profilex.errors import Code, RunError
from profilex.train.augment import AugmentSettings
from profilex.train.checkpoint import load_checkpoint, save_checkpoint
from profilex.train.journal import Journal
from profilex.train.learner import Learner, StepSettings, set_precision
from profilex.train.losses import build_loss
from profilex.train.network import Architecture, build_network
from profilex.train.pages import AnnotatedPage
from profilex.train.schedules import Schedule
from profilex.train.tiles import Batch, TileSampler, TileSettings
from profilex.train.validate import Scores, validate, validation_batches

log = logging.getLogger(__name__)

_STATE = "state.npz"
_BEST = "best.npz"


@dataclass(frozen=True, slots=True)
class FitSettings:
    """A whole training. It ends after `steps`, or after `minutes` of work when that is given."""

    architecture: Architecture
    loss: str = "focal+dice"
    schedule: Schedule = field(default_factory=Schedule)
    step: StepSettings = field(default_factory=StepSettings)
    tiles: TileSettings = field(default_factory=TileSettings)
    augment: AugmentSettings = field(default_factory=AugmentSettings)
    precision: str = "float32"
    batch_size: int = 8
    steps: int = 4000
    minutes: float | None = None
    checkpoint_minutes: float = 5.0
    validation_minutes: float = 10.0
    validation_tiles: int = 160
    sampler_threads: int = 1
    seed: int = 1


@dataclass(slots=True)
class Progress:
    """Where a training stands; written into every checkpoint."""

    step: int = 0
    elapsed_s: float = 0.0
    best_score: float = -1.0
    best_iou: dict[str, float] = field(default_factory=dict)
    validated_s: float = 0.0

    def share(self, settings: FitSettings) -> float:
        """Share of the training that is done, 0..1."""
        if settings.minutes is not None:
            return min(1.0, self.elapsed_s / (settings.minutes * 60))
        return min(1.0, self.step / settings.steps)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The outcome: the best weights, float32 in the order of `network.get_weights()`, and their scores."""

    weights: list[np.ndarray]
    scores: Scores
    steps: int
    minutes: float


def fit(
    training: Sequence[AnnotatedPage],
    validation: Sequence[AnnotatedPage],
    folder: Path,
    settings: FitSettings,
    *,
    resume: bool = False,
    start: Sequence[np.ndarray] | None = None,
) -> Fitted:
    """Train a network on pages and return the weights that did best on the validation pages.

    `folder` receives the checkpoints and the logs. `start` are weights to begin with (fine-tuning): they are
    validated first, and are the outcome if no later weights do better.

    Raises:
        RunError: code `dataset`, when there is nothing to train on or to resume; `model_mismatch`, when the
            checkpoint or the start belongs to another architecture.
    """
    if not any(page.wall_px is not None for page in training):
        raise RunError(Code.DATASET, "no training page shows a section.", "Check the label map and the masks.")
    folder.mkdir(parents=True, exist_ok=True)
    set_precision(settings.precision)
    channels = settings.architecture.channels
    network = build_network(settings.architecture)
    if start is not None:
        network.set_weights(list(start))
    learner = Learner(network, build_loss(settings.loss, channels), settings.step)
    checks = validation_batches(
        validation or training,
        channels,
        settings.tiles,
        count=settings.validation_tiles,
        batch_size=settings.batch_size,
        seed=settings.seed + 1,
    )
    sampler = TileSampler(
        training, channels, settings.tiles, settings.augment, batch_size=settings.batch_size, seed=settings.seed
    )
    run = _Run(folder, settings, learner, checks)
    if resume:
        run.resume()
    elif start is not None:
        run.validate()
    else:
        learner.settle(sampler.batch(0))
    return run.go(sampler)


class _Run:
    """One training in one folder."""

    def __init__(self, folder: Path, settings: FitSettings, learner: Learner, checks: Sequence[Batch]) -> None:
        self._folder = folder
        self._journal = Journal(folder)
        self._settings = settings
        self._learner = learner
        self._checks = checks
        self._progress = Progress()
        self._section = list(settings.architecture.channels).index("section")
        self._losses: list[float] = []
        self._saved_s = 0.0
        self._began = 0.0

    def resume(self) -> None:
        """Take up the last checkpoint of the folder."""
        path = self._folder / _STATE
        if not path.is_file():
            raise RunError(Code.DATASET, f"{path} does not exist.", "Start the training without --resume.")
        arrays, meta = load_checkpoint(path)
        self._progress = Progress(**meta)
        self._learner.restore(arrays, self._progress.step)
        log.info("resumed at step %d after %.1f min", self._progress.step, self._progress.elapsed_s / 60)

    def go(self, sampler: TileSampler) -> Fitted:
        """Step until the end, and return the best weights."""
        progress, settings = self._progress, self._settings
        self._saved_s = progress.elapsed_s
        self._began = time.monotonic() - progress.elapsed_s
        batches = sampler.stream(progress.step, threads=settings.sampler_threads)
        try:
            while progress.share(settings) < 1.0:
                rate = settings.schedule.rate(progress.share(settings))
                self._losses.append(self._learner.learn(next(batches), rate))
                progress.step += 1
                progress.elapsed_s = time.monotonic() - self._began
                self._after_step(rate)
        finally:
            batches.close()  # type: ignore[attr-defined]
        self.validate()
        self._save()
        return self._outcome()

    def _after_step(self, rate: float) -> None:
        progress, settings = self._progress, self._settings
        if len(self._losses) >= 20:
            speed = progress.step * settings.batch_size / max(progress.elapsed_s, 1e-6)
            loss = float(np.mean(self._losses))
            self._losses.clear()
            log.info(
                "step %d  %.0f %%  loss %.4f  rate %.2e  %.1f tiles/s",
                progress.step,
                100 * progress.share(settings),
                loss,
                rate,
                speed,
            )
            self._journal.note_loss(progress.step, progress.elapsed_s, loss, rate)
        if progress.elapsed_s - progress.validated_s >= settings.validation_minutes * 60:
            self.validate()
        if progress.elapsed_s - self._saved_s >= settings.checkpoint_minutes * 60:
            self._save()

    def validate(self) -> None:
        """Score the mean weights, and keep them when they are the best so far."""
        progress, learner = self._progress, self._learner
        learner.put_mean_in()
        try:
            scores = validate(learner.probabilities, self._checks, self._section)
            shown = learner.probabilities(self._checks[0].ink)
        finally:
            learner.take_mean_out()
        progress.validated_s = progress.elapsed_s
        self._journal.note_scores(progress.step, progress.elapsed_s, scores)
        self._journal.draw(self._checks[0], shown, self._section)
        if scores.score > progress.best_score:
            progress.best_score, progress.best_iou = scores.score, scores.iou
            save_checkpoint(self._folder / _BEST, {"weights": learner.mean_weights()}, {"iou": scores.iou})

    def _save(self) -> None:
        save_checkpoint(self._folder / _STATE, self._learner.state(), asdict(self._progress))
        self._saved_s = self._progress.elapsed_s

    def _outcome(self) -> Fitted:
        arrays, meta = load_checkpoint(self._folder / _BEST)
        return Fitted(arrays["weights"], Scores(meta["iou"]), self._progress.step, self._progress.elapsed_s / 60)
