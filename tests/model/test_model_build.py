"""Networks are built as their architecture says."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from profilex.errors import Code, RunError
from profilex.model.build import Architecture, build_network, rebuild_network

pytestmark = pytest.mark.slow


PLAIN = Architecture(kind="plain", filters=4, depth=2, classes=3)


@pytest.mark.parametrize("normalisation", ["none", "batch", "instance"])
def test_plain_network(normalisation: str) -> None:
    network = build_network(replace(PLAIN, normalisation=normalisation, activation="softmax"))
    answer = network(np.zeros((1, 64, 96, 1), np.float32)).numpy()
    assert answer.shape == (1, 64, 96, 3)
    assert np.allclose(answer.sum(axis=-1), 1.0, atol=1e-5)


@pytest.mark.parametrize(
    "architecture", [PLAIN, Architecture(backbone="mobilenetv2", decoder_filters=(16, 8, 8, 8, 8))], ids=str
)
def test_networks_end_in_their_activation(architecture: Architecture) -> None:
    network = build_network(architecture)
    assert isinstance(network.layers[-1], keras.layers.Activation)
    assert network.output_shape == (None, None, None, architecture.classes)


def test_rebuilt_network_answers_the_same() -> None:
    network = build_network(PLAIN)
    batch = np.random.default_rng(0).random((1, 64, 64, 1), np.float32)
    again = rebuild_network(PLAIN, network.get_weights())
    assert np.array_equal(network(batch).numpy(), again(batch).numpy())


def test_weights_of_another_architecture() -> None:
    with pytest.raises(RunError) as caught:
        rebuild_network(replace(PLAIN, filters=5), build_network(PLAIN).get_weights())
    assert caught.value.code == Code.MODEL_MISMATCH


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "transformer"},
        {"activation": "tanh"},
        {"normalisation": "layer"},
        {"input_channels": 2},
        {"classes": 0},
        {"classes": 1, "activation": "softmax"},
        {"depth": 6},
        {"encoder_weights": "imagenet"},
        {"kind": "sm.Unet", "backbone": "resnet17"},
    ],
)
def test_architectures_that_cannot_be_built(change: dict[str, object]) -> None:
    with pytest.raises(RunError) as caught:
        build_network(replace(PLAIN, **change))  # type: ignore[arg-type]
    assert caught.value.code == Code.USAGE


def test_imagenet_weights_that_cannot_be_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    import segmentation_models

    def offline(*_: object, **__: object) -> None:
        raise Exception("URL fetch failure")  # as Keras does

    monkeypatch.setattr(segmentation_models, "Unet", offline)
    with pytest.raises(RunError, match="imagenet weights of resnet18") as caught:
        build_network(Architecture(backbone="resnet18", input_channels=3, encoder_weights="imagenet"))
    assert caught.value.code == Code.MODEL_MISSING
