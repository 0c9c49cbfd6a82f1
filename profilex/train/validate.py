"""Validation on fixed tiles: how well sections are found, per drawing style."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from profilex.train.pages import AnnotatedPage
from profilex.train.tiles import Batch, TileSampler, TileSettings

ALL_STYLES = "all"
REPLAY = "replay"
"""Style of the validation pages that stand for what a fine-tuned model could do before."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Intersection over union of sections at probability 0.5, by style, and over all tiles under "all".

    Styles of which no tile shows a section stand only in "all", where their false sections count. Replayed pages are a
    style of their own, and not among all.
    """

    iou: dict[str, float]

    @property
    def score(self) -> float:
        """What the best model is chosen by, 0..1: the mean of the styles' mean and of all tiles together.

        When pages are replayed, what is remembered counts as much as what is new.
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
    """Cut the `count` tiles that stay the same through a training, without augmentation."""
    sampler = TileSampler(pages, channels, tiles, None, batch_size=batch_size, seed=seed)
    return [sampler.batch(step) for step in range(max(1, count // batch_size))]


def validate(infer: Callable[[np.ndarray], np.ndarray], batches: Sequence[Batch], section: int) -> Scores:
    """Score a network on batches; `infer` maps ink (n, h, w, 1) to probabilities (n, h, w, c)."""
    common: dict[str, float] = {}
    union: dict[str, float] = {}
    true: dict[str, float] = {}
    for batch in batches:
        found = infer(batch.ink)[..., section] >= 0.5
        truth = batch.targets[..., section] >= 0.5
        for i, style in enumerate(batch.styles):
            for key in (style,) if style == REPLAY else (style, ALL_STYLES):
                common[key] = common.get(key, 0.0) + float((found[i] & truth[i]).sum())
                union[key] = union.get(key, 0.0) + float((found[i] | truth[i]).sum())
                true[key] = true.get(key, 0.0) + float(truth[i].sum())
    return Scores({key: common[key] / max(union[key], 1.0) for key in sorted(union) if true[key] > 0})
