"""The training itself: from pages to a model package, resumable at any moment."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from profilex.data.pages import CHANNEL_BITS, AnnotatedPage
from profilex.errors import Code, RunError
from profilex.model.build import Architecture, build_network, rebuild_network
from profilex.train.augment import AugmentSettings
from profilex.train.checkpoint import load_checkpoint, save_checkpoint
from profilex.train.journal import Journal
from profilex.train.learner import Learner, StepSettings, prepare
from profilex.train.losses import build_loss
from profilex.train.schedules import Schedule
from profilex.train.tiles import Batch, TileSampler, TileSettings
from profilex.train.validate import Scores, validate, validation_batches

log = logging.getLogger(__name__)

_STATE = "state.npz"
_BEST = "best.npz"


@dataclass(frozen=True, slots=True)
class FitSettings:
    """A whole training. It ends after `steps`, or after `minutes` of work if that is given."""

    architecture: Architecture = field(default_factory=Architecture)
    channels: tuple[str, ...] = tuple(CHANNEL_BITS)
    input: str = "ink"  # conversion of grey values for the network, as on the model's card
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
    training_tiles: int = 0  # of training pages, scored too: shows overfitting
    patience: int | None = None  # validations without a better score after which the training ends early
    replay_share: float = 0.5  # share of the tiles that come from replayed pages
    sampler_threads: int = 1
    seed: int = 1


@dataclass(slots=True)
class Progress:
    """The progress of a training; part of every checkpoint."""

    step: int = 0
    elapsed_s: float = 0.0
    best_score: float = -1.0
    best_iou: dict[str, float] = field(default_factory=dict)
    validated_s: float = 0.0
    stale: int = 0  # validations since the best one

    def share(self, settings: FitSettings) -> float:
        """Completed share of the training, 0..1."""
        if settings.minutes is not None:
            return min(1.0, self.elapsed_s / (settings.minutes * 60))
        return min(1.0, self.step / settings.steps)

    def left_minutes(self, settings: FitSettings) -> float:
        """Minutes that the rest will take at the speed so far; infinite before the first step."""
        share = self.share(settings)
        return self.elapsed_s / 60 * (1 - share) / share if share else float("inf")


@dataclass(frozen=True, slots=True)
class Fitted:
    """The outcome: the best weights, float32 in the order of `network.get_weights()`, and their scores."""

    weights: list[np.ndarray]
    scores: Scores
    steps: int
    minutes: float
    is_stopped: bool = False  # from outside, before its end; can be resumed


def fit(
    training: Sequence[AnnotatedPage],
    validation: Sequence[AnnotatedPage],
    folder: Path,
    settings: FitSettings,
    *,
    replay: Sequence[AnnotatedPage] = (),
    start: Sequence[np.ndarray] | None = None,
    resume: bool = False,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Fitted:
    """Train a network on pages and return the weights with the best score on the validation pages.

    `folder` receives the checkpoints and the journal. `start` are initial weights (fine-tuning): they are
    validated first, and are the result if no later weights score better. `replay` are pages on which the start was
    trained, mixed in so that the network does not forget them. `is_stopped` is called after every step; if it ends the
    training, a checkpoint for `resume` is left.

    Raises:
        RunError: code `dataset`, if there is nothing to train on or to resume; `model_mismatch`, if the checkpoint or
            the start belongs to another architecture; `usage`, for invalid settings.
    """
    if not any(page.wall_px is not None for page in training):
        raise RunError(Code.DATASET, "no training page shows a section.", "Check the label map and the masks.")
    folder.mkdir(parents=True, exist_ok=True)
    prepare(settings.precision, settings.seed)
    architecture = settings.architecture
    network = build_network(architecture) if start is None else rebuild_network(architecture, start)
    loss = build_loss(settings.loss, settings.channels, architecture.activation)
    learner = Learner(network, loss, settings.step, settings.input)
    sampler = TileSampler(
        training,
        settings.channels,
        settings.tiles,
        settings.augment,
        batch_size=settings.batch_size,
        seed=settings.seed,
        replay=replay,
        replay_share=settings.replay_share,
    )
    checks = _checks(validation or training, settings.validation_tiles, settings)
    beside = _checks(training, settings.training_tiles, settings) if settings.training_tiles else []
    run = _Run(folder, settings, learner, checks, beside)
    if resume:
        run.resume()
    elif start is not None:
        run.validate()
    else:
        learner.initialise_statistics(sampler.batch(0))
    return run.go(sampler, is_stopped)


def _checks(pages: Sequence[AnnotatedPage], count: int, settings: FitSettings) -> list[Batch]:
    return validation_batches(
        pages,
        settings.channels,
        settings.tiles,
        count=count,
        batch_size=settings.batch_size,
        seed=settings.seed + 1,
    )


class _Run:
    """One training in one folder."""

    def __init__(
        self,
        folder: Path,
        settings: FitSettings,
        learner: Learner,
        checks: Sequence[Batch],
        beside: Sequence[Batch] = (),
    ) -> None:
        self._folder = folder
        self._journal = Journal(folder)
        self._settings = settings
        self._learner = learner
        self._checks = checks
        self._beside = beside
        self._progress = Progress()
        self._section = settings.channels.index("section")
        self._losses: list[float] = []
        self._saved_s = 0.0

    def resume(self) -> None:
        """Continue from the last checkpoint of the folder."""
        path = self._folder / _STATE
        if not path.is_file():
            raise RunError(Code.DATASET, f"{path} does not exist.", "Start the training without --resume.")
        arrays, meta = load_checkpoint(path)
        self._progress = Progress(**meta)
        self._learner.restore(arrays, self._progress.step)
        self._journal.forget_after(self._progress.step)
        log.info("resumed at step %d after %.1f min", self._progress.step, self._progress.elapsed_s / 60)

    def go(self, sampler: TileSampler, is_stopped: Callable[[], bool]) -> Fitted:
        """Train until the end, and return the best weights."""
        progress, settings = self._progress, self._settings
        self._saved_s = progress.elapsed_s
        began = time.monotonic() - progress.elapsed_s
        batches = sampler.stream(progress.step, threads=settings.sampler_threads)
        with closing(batches), _bar(progress, settings) as bar:
            while progress.share(settings) < 1.0 and not self._is_stale() and not is_stopped():
                rate = settings.schedule.rate(progress.share(settings))
                self._losses.append(self._learner.learn(next(batches), rate))
                progress.step += 1
                progress.elapsed_s = time.monotonic() - began
                bar.update(round(100 * progress.share(settings), 1) - bar.n)
                self._after_step(rate)
        is_complete = progress.share(settings) >= 1.0 or self._is_stale()
        if is_complete or progress.best_score < 0:
            self.validate()
        self._save()
        return self._outcome(not is_complete)

    def _is_stale(self) -> bool:
        patience = self._settings.patience
        return patience is not None and self._progress.stale >= patience

    def _after_step(self, rate: float) -> None:
        progress, settings = self._progress, self._settings
        if len(self._losses) >= 20:
            speed = progress.step * settings.batch_size / max(progress.elapsed_s, 1e-6)
            loss = float(np.mean(self._losses))
            self._losses.clear()
            log.info(
                "step %d  %.0f %%  about %.0f min left  loss %.4f  rate %.2e  %.1f tiles/s",
                progress.step,
                100 * progress.share(settings),
                progress.left_minutes(settings),
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
        """Score the averaged weights, and keep them if they are the best so far."""
        progress, learner = self._progress, self._learner
        with learner.averaged_weights():
            scores = validate(learner.probabilities, self._checks, self._section)
            training = validate(learner.probabilities, self._beside, self._section) if self._beside else None
            shown = learner.probabilities(self._checks[0].ink)
        progress.validated_s = progress.elapsed_s
        self._journal.note_scores(progress.step, progress.elapsed_s, scores)
        if training is not None:
            self._journal.note_scores(progress.step, progress.elapsed_s, training, "training")
        self._journal.draw(self._checks[0], shown, self._section)
        progress.stale += 1
        if scores.score > progress.best_score:
            progress.stale = 0
            progress.best_score, progress.best_iou = scores.score, scores.iou
            save_checkpoint(self._folder / _BEST, {"weights": learner.mean_weights()}, asdict(scores))

    def _save(self) -> None:
        save_checkpoint(self._folder / _STATE, self._learner.state(), asdict(self._progress))
        self._saved_s = self._progress.elapsed_s

    def _outcome(self, is_stopped: bool) -> Fitted:
        arrays, meta = load_checkpoint(self._folder / _BEST)
        progress = self._progress
        return Fitted(arrays["weights"], Scores(**meta), progress.step, progress.elapsed_s / 60, is_stopped)


def _bar(progress: Progress, settings: FitSettings) -> tqdm:
    """A progress bar in percent, on a terminal only."""
    done = round(100 * progress.share(settings), 1)
    return tqdm(total=100.0, initial=done, unit="%", disable=None, bar_format="{l_bar}{bar}| {elapsed}<{remaining}")
