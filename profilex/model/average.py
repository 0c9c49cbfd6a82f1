"""The mean of two models: their weights lie in the same basin if one was trained further from the other.

Most of the gain of further training is kept, and what it forgot returns (WiSE-FT: Wortsman et al.,
"Robust fine-tuning of zero-shot models", CVPR 2022). The statistics of normalisation are averaged like the weights.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from profilex.errors import Code, RunError
from profilex.model.card import Card

Model = tuple[Card, Sequence[np.ndarray]]


def average(earlier: Model, later: Model, share: float, name: str) -> tuple[Card, list[np.ndarray]]:
    """The card and the weights (float32) of `share` (0..1) of the `later` model and the rest of the `earlier` one.

    The card names both models. Metrics and the calibration of the confidence have to be determined again.

    Raises:
        RunError: code `model_mismatch`, if the two are not the same network with the same input and channels.
    """
    (first, first_weights), (second, second_weights) = earlier, later
    for said in ("architecture", "channels", "input", "scale", "labels"):
        one, other = getattr(first, said), getattr(second, said)
        if one != other:
            raise RunError(
                Code.MODEL_MISMATCH,
                f"{first.name} and {second.name} differ in {said}: {one} and {other}.",
                "Average a model with one that was trained further from it (profilex retrain --start-from).",
            )
    card = replace(
        second,
        name=name,
        training={"mean_of": [_part(first, 1 - share), _part(second, share)]},
        metrics={},
        confidence={},
    )
    return card, [(1 - share) * one + share * other for one, other in zip(first_weights, second_weights, strict=True)]


def _part(card: Card, share: float) -> dict[str, Any]:
    return {
        "name": card.name,
        "share": round(share, 4),
        "training": dict(card.training),
        "weights_sha256": card.weights_sha256,
    }
