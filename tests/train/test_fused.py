"""Normalisation in one operation: the same outputs, gradients and moving statistics as the composed one."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from profilex.train.fused import fuse

pytestmark = pytest.mark.slow


rng = np.random.default_rng(4)
PIXELS = (3, 8, 8)


def network(channels: int, **options) -> keras.Model:
    inputs = keras.Input((None, None, channels))
    return keras.Model(inputs, keras.layers.BatchNormalization(**options)(inputs))


def learnt_from(model: keras.Model, batch: np.ndarray) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Outputs, gradients by input and weights, and the weights afterwards of one pass in training."""
    inputs = tf.constant(batch)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = model(inputs, training=True)
        loss = tf.reduce_sum(outputs**3)
    gradients = tape.gradient(loss, [inputs, *(each.value for each in model.trainable_variables)])
    return outputs.numpy(), [each.numpy() for each in gradients], model.get_weights()


@pytest.mark.parametrize("scale", [True, False])
def test_a_fused_layer_learns_as_the_composed_one(scale):
    batch = rng.normal(2, 3, (*PIXELS, 16)).astype(np.float32)
    composed, fused = network(16, scale=scale, momentum=0.9), network(16, scale=scale, momentum=0.9)
    calls = fused.layers[1].call
    fuse(fused.layers[1])
    assert fused.layers[1].call is not calls
    outputs, gradients, weights = learnt_from(composed, batch)
    outputs_too, gradients_too, weights_too = learnt_from(fused, batch)
    np.testing.assert_allclose(outputs_too, outputs, atol=1e-5)
    for one, other in zip(gradients_too, gradients, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3 * max(1.0, np.abs(other).max()))
    np.testing.assert_allclose(weights_too[-2], weights[-2], atol=1e-5)
    pixels = np.prod(PIXELS)
    bessel = (weights[-1] - 0.9) * pixels / (pixels - 1) + 0.9
    np.testing.assert_allclose(weights_too[-1], bessel, rtol=1e-4)
    np.testing.assert_array_equal(fused(batch, training=False).shape, batch.shape)


def test_inference_is_the_composed_one_s():
    batch = rng.normal(0, 1, (*PIXELS, 16)).astype(np.float32)
    model = network(16)
    before = model(batch, training=False).numpy()
    fuse(model.layers[1])
    np.testing.assert_array_equal(model(batch, training=False).numpy(), before)


def test_few_channels_stay_composed():
    layer = network(8).layers[1]
    call = layer.call
    fuse(layer)
    assert layer.call == call
