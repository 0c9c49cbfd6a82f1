"""Batch normalisation as one operation during training; Keras uses a dozen, which take a quarter of a step."""

from typing import Any

import keras
import tensorflow as tf

_FUSED_RANK = 4
_LEAST_CHANNELS = 16  # with fewer channels, oneDNN's fused operation is many times slower than the composed one


def fuse(layer: keras.layers.BatchNormalization) -> None:
    """Let a layer over the last axis of (n, h, w, c) normalise a batch by TensorFlow's fused operation.

    Its parameters, its moving statistics and its inference are unchanged: the results differ by rounding, and by
    Bessel's correction of the moving variance, n / (n - 1) of the batch's pixels. Layers over other axes, with a mask
    or in a precision other than float32 are not changed.
    """
    is_plain = layer.axis in (-1, _FUSED_RANK - 1) and layer.compute_dtype == "float32"
    shape = layer.input.shape
    if is_plain and len(shape) == _FUSED_RANK and (shape[-1] or 0) >= _LEAST_CHANNELS:
        composed = layer.call

        def call(inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
            if not training or not layer.trainable or mask is not None:
                return composed(inputs, training=training, mask=mask)
            return _normalised(layer, inputs)

        layer.call = call


def _normalised(layer: keras.layers.BatchNormalization, inputs: Any) -> Any:
    channels = inputs.shape[-1]
    scale = layer.gamma.value if layer.scale else tf.ones(channels)
    shift = layer.beta.value if layer.center else tf.zeros(channels)
    outputs, mean, variance, _, _, _ = tf.raw_ops.FusedBatchNormV3(
        x=inputs, scale=scale, offset=shift, mean=[], variance=[], epsilon=layer.epsilon, is_training=True
    )
    for moving, now in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
        moving.assign(moving * layer.momentum + now * (1.0 - layer.momentum))
    return outputs
