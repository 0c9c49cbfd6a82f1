"""Validation on fixed tiles: scores of sections by drawing style; for plain pictures, of their foreground."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from profilex.data.pages import AnnotatedPage
from profilex.train.tiles import Batch, TileSampler, TileSettings, covering_tiles, stacked

ALL_STYLES = "all"
REPLAY = "replay"
"""Style of the validation pages that represent what a fine-tuned model could do before."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Intersection over union of sections at probability 0.5, by style, and over all tiles under "all".

    Styles without a section on any tile count only in "all", with their false positives. Replayed pages are a style of
    their own and not part of "all". Also by style: `accuracy`, the share of right pixels, and `mean_iou`, the mean of
    the IoU of sections and of the rest.
    """

    iou: dict[str, float]
    accuracy: dict[str, float] = field(default_factory=dict)
    mean_iou: dict[str, float] = field(default_factory=dict)

    @property
    def dice(self) -> dict[str, float]:
        """Dice coefficient of sections by style, derived from their IoU."""
        return {style: 2 * iou / (1 + iou) for style, iou in self.iou.items()}

    @property
    def score(self) -> float:
        """The score that selects the best model, 0..1: the mean of the styles' mean and of all tiles together.

        If pages are replayed, their score counts as much as that of the new pages.
        """
        styles = [value for style, value in self.iou.items() if style not in (ALL_STYLES, REPLAY)]
        new = (float(np.mean(styles)) + self.iou[ALL_STYLES]) / 2 if styles else self.iou.get(ALL_STYLES, 0.0)
        return (new + self.iou[REPLAY]) / 2 if REPLAY in self.iou else new


def validation_batches(
    pages: Sequence[AnnotatedPage],
    channels: Sequence[str],
    tiles: TileSettings,
    *,
    count: int,
    batch_size: int,
    seed: int,
) -> list[Batch]:
    """Cut the `count` fixed tiles of a training, without augmentation.

    At a fixed scale they cover the pages, or are chosen evenly from the tiles that do.
    """
    if tiles.scale is None:
        sampler = TileSampler(pages, channels, tiles, None, batch_size=batch_size, seed=seed)
        return [sampler.batch(step) for step in range(max(1, count // batch_size))]
    cover = covering_tiles(pages, channels, tiles)
    chosen = [cover[round(i)] for i in np.linspace(0, len(cover) - 1, min(count, len(cover)))]
    return [stacked(chosen[i : i + batch_size]) for i in range(0, len(chosen), batch_size)]


def validate(infer: Callable[[np.ndarray], np.ndarray], batches: Sequence[Batch], section: int) -> Scores:
    """Score a network on batches; `infer` maps ink (n, h, w, 1) to probabilities (n, h, w, c)."""
    counts: dict[str, _Counts] = {}
    for batch in batches:
        found = infer(batch.ink)[..., section] >= 0.5
        truth = batch.targets[..., section] >= 0.5
        for i, style in enumerate(batch.styles):
            for key in (style,) if style == REPLAY else (style, ALL_STYLES):
                counts.setdefault(key, _Counts()).add(found[i], truth[i])
    shown = {key: counts[key] for key in sorted(counts) if counts[key].true > 0}
    return Scores(
        iou={key: count.iou for key, count in shown.items()},
        accuracy={key: count.accuracy for key, count in shown.items()},
        mean_iou={key: count.mean_iou for key, count in shown.items()},
    )


@dataclass(slots=True)
class _Counts:
    """Pixels of some tiles."""

    common: int = 0
    union: int = 0
    true: int = 0
    size: int = 0

    def add(self, found: np.ndarray, truth: np.ndarray) -> None:
        """Count a tile; both masks are bool (h, w)."""
        self.common += int(np.count_nonzero(found & truth))
        self.union += int(np.count_nonzero(found | truth))
        self.true += int(np.count_nonzero(truth))
        self.size += truth.size

    @property
    def iou(self) -> float:
        return self.common / max(self.union, 1)

    @property
    def accuracy(self) -> float:
        return 1.0 - (self.union - self.common) / self.size

    @property
    def mean_iou(self) -> float:
        return (self.iou + (self.size - self.union) / max(self.size - self.common, 1)) / 2
