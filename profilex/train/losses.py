"""Losses on logits; all computed in float32 with TensorFlow.

A loss takes `targets` and `logits` (n, h, w, c), pixel `weights` (n, h, w, 1) and `annotated` (n, c), and returns a
scalar. A channel that a page does not annotate does not count there. Losses are sums of terms, and so are their names:
"focal+dice", "bce+jaccard", "dice", "bce+log_dice", "softmax", "softmax+jaccard". On softmax networks "softmax" is the
categorical cross-entropy with equal pixels; "pixel_softmax" weights it with the map of the pixel weights, as in
Ronneberger et al. (2015).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import tensorflow as tf

from profilex.errors import Code, RunError

Loss = Callable[[Any, Any, Any, Any], Any]

CHANNEL_WEIGHTS: Mapping[str, float] = {"section": 1.0, "vessel": 0.5, "axis": 0.3, "scale_bar": 0.3}
"""Weights of channels in the mean over channels; others have weight 1."""

_SMOOTH = 1.0


@dataclass(frozen=True, slots=True)
class _Sight:
    """A batch for the terms: (n, h, w, c) each, except `pixel_weights` (n, h, w, 1) and `shown` (n, 1, 1, c)."""

    targets: Any
    logits: Any
    probabilities: Any
    pixel_weights: Any
    shown: Any
    gamma: Any  # (c,), the focus of the focal term

    def mean(self, pixel: Any) -> Any:
        """Weighted mean of a pixel loss over the tiles that annotate each channel: (n, h, w, c) to (c,)."""
        size = tf.cast(tf.shape(pixel)[1] * tf.shape(pixel)[2], tf.float32)
        total = tf.reduce_sum(pixel * self.pixel_weights * self.shown, [0, 1, 2])
        return total / (tf.reduce_sum(self.shown, [0, 1, 2]) * size + 1e-6)

    def overlap(self) -> tuple[Any, Any]:
        """(common area, sum of both areas) over the whole batch, (c,) each, so that small objects keep their weight."""
        found, true = self.probabilities * self.shown, self.targets * self.shown
        return tf.reduce_sum(found * true, [0, 1, 2]), tf.reduce_sum(found + true, [0, 1, 2])


def _bce(sight: _Sight) -> Any:
    return sight.mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=sight.targets, logits=sight.logits))


def _focal(sight: _Sight) -> Any:
    """Cross-entropy times |truth - found| ** gamma (Lin et al. 2017), with a floor so that easy pixels still count."""
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=sight.targets, logits=sight.logits)
    miss = 0.2 + 1.8 * tf.stop_gradient(tf.abs(sight.targets - sight.probabilities))
    return 2.0 * sight.mean(entropy * ((1.0 - sight.gamma) + sight.gamma * miss))


def _pixel_softmax(sight: _Sight) -> Any:
    """Softmax cross-entropy with pixel weights: each pixel belongs to one of the channels."""
    return sight.mean(-sight.targets * tf.nn.log_softmax(sight.logits))


def _softmax(sight: _Sight) -> Any:
    return _pixel_softmax(replace(sight, pixel_weights=tf.ones_like(sight.pixel_weights)))


def _dice_coefficient(sight: _Sight) -> Any:
    common, total = sight.overlap()
    return (2.0 * common + _SMOOTH) / (total + _SMOOTH)


def _dice(sight: _Sight) -> Any:
    return 1.0 - _dice_coefficient(sight)


def _log_dice(sight: _Sight) -> Any:
    return -tf.math.log(_dice_coefficient(sight))


def _jaccard(sight: _Sight) -> Any:
    common, total = sight.overlap()
    return 1.0 - (common + _SMOOTH) / (total - common + _SMOOTH)


_TERMS: Mapping[str, Callable[[_Sight], Any]] = {
    "bce": _bce,
    "focal": _focal,
    "softmax": _softmax,
    "pixel_softmax": _pixel_softmax,
    "dice": _dice,
    "log_dice": _log_dice,
    "jaccard": _jaccard,
}


def build_loss(name: str, channels: Sequence[str], activation: str = "sigmoid") -> Loss:
    """Return the loss that is the sum of the terms in `name`, joined by "+", for these channels.

    `activation` is that of the network's last layer, "sigmoid" or "softmax".

    Raises:
        RunError: code `usage`, if a term is unknown or belongs to the other activation.
    """
    names = name.split("+")
    unknown = [term for term in names if term not in _TERMS]
    if unknown:
        raise RunError(Code.USAGE, f"there is no loss {unknown[0]!r}.", f"Join some of: {', '.join(_TERMS)}.")
    misfit = {"softmax": {"bce", "focal"}, "sigmoid": {"softmax", "pixel_softmax"}}[activation] & set(names)
    if misfit:
        raise RunError(
            Code.USAGE,
            f"the loss {min(misfit)!r} does not fit {activation} channels.",
            "Use softmax, dice or jaccard with label maps, and bce, focal, dice or jaccard with separate channels.",
        )
    weights = tf.constant([CHANNEL_WEIGHTS.get(channel, 1.0) for channel in channels], tf.float32)
    weights /= tf.reduce_sum(weights)
    gamma = tf.constant([1.0 if channel == "section" else 0.0 for channel in channels], tf.float32)
    terms = [_TERMS[term] for term in names]

    def loss(targets: Any, logits: Any, pixel_weights: Any, annotated: Any) -> Any:
        probabilities = tf.nn.softmax(logits) if activation == "softmax" else tf.sigmoid(logits)
        sight = _Sight(targets, logits, probabilities, pixel_weights, annotated[:, None, None, :], gamma)
        return tf.add_n([tf.reduce_sum(weights * term(sight)) for term in terms])

    return loss
