"""Networks whose graph was rewritten for processors: fewer operations, the same answers."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from profilex.model.engines.convert import lightened
from profilex.model.engines.graph import transposed_kernel
from profilex.model.engines.silent import openvino

pytestmark = pytest.mark.slow


RNG = np.random.default_rng(4)


def answers(graph: openvino.Model, *pictures: np.ndarray) -> np.ndarray:
    compiled = openvino.compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return compiled(list(pictures))[0]


def kinds(graph: openvino.Model) -> list[str]:
    return [node.get_type_name() for node in graph.get_ordered_ops()]


def with_random_weights(network: Any) -> Any:
    network.set_weights([RNG.normal(size=weight.shape).astype(np.float32) for weight in network.get_weights()])
    return network


def alone(picture: Any, _: Any) -> Any:
    return keras.layers.Conv2D(5, 3, padding="same")(keras.layers.UpSampling2D()(picture))


def beside(picture: Any, larger: Any) -> Any:
    both = keras.layers.Concatenate()([keras.layers.UpSampling2D()(picture), larger])
    return keras.layers.Conv2D(5, 3, padding="same", use_bias=False)(both)


def on_the_other_side(picture: Any, larger: Any) -> Any:
    both = keras.layers.Concatenate()([larger, keras.layers.UpSampling2D()(picture)])
    return keras.layers.Conv2D(5, 3, padding="same")(both)


def used_twice(picture: Any, larger: Any) -> Any:
    doubled = keras.layers.UpSampling2D()(picture)
    return keras.layers.Conv2D(5, 3, padding="same")(doubled) + keras.layers.Conv2D(5, 1)(doubled)


def of_another_kernel(picture: Any, larger: Any) -> Any:
    both = keras.layers.Concatenate()([keras.layers.UpSampling2D()(picture), larger])
    return keras.layers.Conv2D(5, 5, padding="same")(both)


def tripled(picture: Any, _: Any) -> Any:
    return keras.layers.Conv2D(5, 3, padding="same")(keras.layers.UpSampling2D((3, 3))(picture))


def above(picture: Any, larger: Any) -> Any:
    both = keras.layers.Concatenate(axis=1)([keras.layers.UpSampling2D()(picture), larger[..., :3]])
    return keras.layers.Conv2D(5, 3, padding="same")(both)


def drawn_in(picture: Any, _: Any) -> Any:
    return keras.layers.Conv2D(5, 3, strides=2, padding="same")(keras.layers.UpSampling2D()(picture))


@pytest.mark.parametrize(
    ("layers", "transposed"),
    [
        (alone, 1),
        (beside, 1),
        (on_the_other_side, 1),
        (used_twice, 0),
        (of_another_kernel, 0),
        (tripled, 0),
        (drawn_in, 0),
        (above, 0),
    ],
)
def test_convolutions_of_doubled_pictures_are_transposed(layers: Callable[..., Any], transposed: int) -> None:
    small, large = keras.Input((None, None, 3)), keras.Input((None, None, 4))
    network = with_random_weights(keras.Model([small, large], layers(small, large) + 0 * keras.ops.mean(large)))
    graph = lightened(network)
    assert kinds(graph).count("ConvolutionBackpropData") == transposed
    assert ("Interpolate" in kinds(graph)) == (layers in (used_twice, of_another_kernel, drawn_in, above))
    pictures = RNG.random((2, 5, 7, 3), np.float32), RNG.random((2, 10, 14, 4), np.float32)
    assert answers(graph, *pictures) == pytest.approx(network.predict(pictures, verbose=0), abs=2e-5)


@pytest.mark.parametrize("bare", [True, False])
def test_borders_of_zeros_are_the_poolings_own_where_nothing_is_below_zero(bare: bool) -> None:
    picture = keras.Input((None, None, 3))
    pooled = picture if bare else keras.layers.ReLU()(picture)
    pooled = keras.layers.MaxPooling2D(3, 2)(keras.layers.ZeroPadding2D(1)(pooled))
    network = keras.Model(picture, pooled)
    graph = lightened(network)
    assert ("Pad" in kinds(graph)) == bare
    shown = RNG.normal(size=(1, 12, 16, 3)).astype(np.float32)
    assert answers(graph, shown) == pytest.approx(network.predict(shown, verbose=0), abs=1e-6)


def test_borders_as_broad_as_the_pooling_stay() -> None:
    """A pooling that lay on its own border alone would have nothing to choose from."""
    picture = keras.Input((None, None, 3))
    pooled = keras.layers.MaxPooling2D(3, 2)(keras.layers.ZeroPadding2D(3)(keras.layers.ReLU()(picture)))
    assert "Pad" in kinds(lightened(keras.Model(picture, pooled)))


def test_a_transposed_kernel_sums_the_taps_that_fall_on_one_pixel() -> None:
    kernel = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
    assert transposed_kernel(kernel)[0, 0].tolist() == [
        [8, 15, 13, 6],
        [13, 24, 20, 9],
        [7, 12, 8, 3],
        [2, 3, 1, 0],
    ]
