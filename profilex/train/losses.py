"""Losses on logits; all computed in float32 with TensorFlow.

A loss takes `targets` and `logits` (n, h, w, c), pixel `weights` (n, h, w, 1) and `annotated` (n, c), and returns a
scalar. A channel that a page does not annotate counts nothing there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tensorflow as tf

from profilex.errors import Code, RunError

Loss = Callable[[Any, Any, Any, Any], Any]

CHANNEL_WEIGHTS: Mapping[str, float] = {"section": 1.0, "vessel": 0.5, "axis": 0.3, "scale_bar": 0.3}
"""What each channel counts in the mean over channels; others count 1."""


def build_loss(name: str, channels: Sequence[str]) -> Loss:
    """Return the loss of that name for these channels.

    Raises:
        RunError: code `usage`, when there is no such loss.
    """
    weights = tf.constant([CHANNEL_WEIGHTS.get(channel, 1.0) for channel in channels], tf.float32)
    weights /= tf.reduce_sum(weights)
    gamma = tf.constant([1.0 if channel == "section" else 0.0 for channel in channels], tf.float32)
    if name != "focal+dice":
        raise RunError(Code.USAGE, f"there is no loss {name!r}.", "Choose one of: focal+dice.")

    def focal_and_dice(targets: Any, logits: Any, pixel_weights: Any, annotated: Any) -> Any:
        shown = annotated[:, None, None, :]
        pixel = _cross_entropy(targets, logits) * _focus(targets, logits, gamma) * pixel_weights * shown
        return tf.reduce_sum(weights * (2.0 * _per_channel(pixel, shown) + _dice(targets, logits, shown)))

    return focal_and_dice


def _cross_entropy(targets: Any, logits: Any) -> Any:
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits)


def _focus(targets: Any, logits: Any, gamma: Any) -> Any:
    """|truth - probability| ** gamma (Lin et al. 2017), floored so that easy pixels keep a voice."""
    miss = tf.abs(targets - tf.sigmoid(logits))
    return (1.0 - gamma) + gamma * (0.1 + 0.9 * tf.stop_gradient(miss)) * 2.0


def _per_channel(pixel: Any, shown: Any) -> Any:
    """Mean over the tiles that annotate the channel: (n, h, w, c) to (c,)."""
    size = tf.cast(tf.shape(pixel)[1] * tf.shape(pixel)[2], tf.float32)
    return tf.reduce_sum(pixel, [0, 1, 2]) / (tf.reduce_sum(shown, [0, 1, 2]) * size + 1e-6)


def _dice(targets: Any, logits: Any, shown: Any, smooth: float = 1.0) -> Any:
    """1 - soft Dice of each channel over the whole batch: (c,)."""
    probabilities = tf.sigmoid(logits) * shown
    targets = targets * shown
    common = tf.reduce_sum(probabilities * targets, [0, 1, 2])
    total = tf.reduce_sum(probabilities, [0, 1, 2]) + tf.reduce_sum(targets, [0, 1, 2])
    return 1.0 - (2.0 * common + smooth) / (total + smooth)
