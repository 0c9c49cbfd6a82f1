"""Networks built in code: the one place where segmentation_models and Keras layers are put together.

Keras 3 comes with TensorFlow; segmentation_models finds it through SM_FRAMEWORK, which must be in the environment
before the import. TensorFlow is imported only inside the functions, so an `Architecture` can be named at no cost.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from profilex.errors import Code, RunError

SIZE_MULTIPLE = 32
"""Inputs are multiples of this many pixels a side: every network here halves its input at most five times."""

_KINDS = ("sm.Unet", "plain")
_ACTIVATIONS = ("sigmoid", "softmax")
_NORMALISATIONS = ("none", "batch", "instance")
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Architecture:
    """The architecture of a network, without its weights; all fields are plain and go into the model's card as JSON.

    `kind` "sm.Unet" is a U-Net of segmentation_models on a `backbone` with `decoder_filters` from coarse to fine and a
    `decoder_block` of "upsampling" or "transpose"; `encoder_weights` is None or "imagenet", `encoder_frozen` keeps the
    encoder's weights. `kind` "plain" is the U-Net of Ronneberger et al. (2015) with `filters` at full resolution,
    doubled at each of `depth` halvings, and a `normalisation` of "none", "batch" or "instance" after each convolution.
    """

    kind: str = "sm.Unet"
    input_channels: int = 1
    classes: int = 4
    activation: str = "sigmoid"
    backbone: str = "mobilenetv2"
    decoder_filters: tuple[int, ...] = (128, 64, 32, 16, 8)
    decoder_block: str = "upsampling"
    encoder_weights: str | None = None
    encoder_frozen: bool = False
    filters: int = 16
    depth: int = 4
    normalisation: str = "batch"


def check_architecture(architecture: Architecture) -> None:
    """Refuse an architecture that cannot be built.

    Raises:
        RunError: code `usage`, naming the field and its allowed values.
    """
    _one_of("kind", architecture.kind, _KINDS)
    _one_of("activation", architecture.activation, _ACTIVATIONS)
    _one_of("normalisation", architecture.normalisation, _NORMALISATIONS)
    _one_of("decoder_block", architecture.decoder_block, ("upsampling", "transpose"))
    _one_of("encoder_weights", architecture.encoder_weights, (None, "imagenet"))
    _one_of("input_channels", architecture.input_channels, (1, 3))
    if architecture.classes < 1 or (architecture.classes < 2 and architecture.activation == "softmax"):
        raise RunError(Code.USAGE, f"{architecture.classes} classes do not fit {architecture.activation}.")
    if not 1 <= architecture.depth <= _DEEPEST or architecture.filters < 1:
        raise RunError(Code.USAGE, f"a plain U-Net has 1 to {_DEEPEST} halvings and at least one filter.")
    if architecture.encoder_weights and architecture.input_channels != 3:
        raise RunError(
            Code.USAGE,
            "ImageNet weights read three input channels.",
            "Set input_channels to 3 (grey is repeated), or train the encoder from scratch.",
        )


def build_network(architecture: Architecture) -> Any:
    """Build the Keras network of an architecture, with fresh (or ImageNet) weights.

    It takes float32 (n, h, w, input_channels), h and w multiples of 32, and returns probabilities (n, h, w, classes);
    its last layer is the activation, so that training can leave it out.

    Raises:
        RunError: code `usage` for an architecture that cannot be built; code `model_missing` if the ImageNet
            weights are not available.
    """
    check_architecture(architecture)
    return _plain_unet(architecture) if architecture.kind == "plain" else _sm_unet(architecture)


def rebuild_network(architecture: Architecture, weights: Sequence[np.ndarray]) -> Any:
    """Build a network with given weights, in the order of `get_weights()`; nothing is downloaded.

    Raises:
        RunError: code `model_mismatch`, if the weights belong to another architecture.
    """
    network = build_network(replace(architecture, encoder_weights=None))
    wanted = [tuple(weight.shape) for weight in network.weights]
    if [np.shape(weight) for weight in weights] != wanted:
        raise RunError(
            Code.MODEL_MISMATCH,
            f"the weights ({len(weights)} arrays) do not fit the architecture on the card ({len(wanted)} arrays).",
            "Take card.json and weights.npz from the same training.",
        )
    network.set_weights([np.asarray(weight, np.float32) for weight in weights])
    return network


def _one_of(name: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed:
        words = ", ".join(str(choice) for choice in allowed)
        raise RunError(Code.USAGE, f"{name} is {value!r}.", f"It may be one of: {words}.")


def _sm_unet(architecture: Architecture) -> Any:
    os.environ.setdefault("SM_FRAMEWORK", "tf.keras")
    import segmentation_models

    _one_of("backbone", architecture.backbone, sorted(segmentation_models.get_available_backbone_names()))
    arguments = {
        "input_shape": (None, None, architecture.input_channels),
        "classes": architecture.classes,
        "activation": architecture.activation,
        "encoder_freeze": architecture.encoder_frozen,
        "decoder_block_type": architecture.decoder_block,
        "decoder_filters": architecture.decoder_filters,
    }
    if architecture.encoder_weights is None:
        return segmentation_models.Unet(architecture.backbone, encoder_weights=None, **arguments)
    try:
        return segmentation_models.Unet(
            architecture.backbone, encoder_weights=architecture.encoder_weights, **arguments
        )
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise RunError(
            Code.MODEL_MISSING,
            f"the {architecture.encoder_weights} weights of {architecture.backbone} are not available ({error}).",
            "Connect to the internet once, put the file into ~/.keras/models, or train without them.",
        ) from error


def _plain_unet(architecture: Architecture) -> Any:
    import keras

    inputs = keras.Input((None, None, architecture.input_channels), name="ink")
    skips = []
    features = inputs
    for level in range(architecture.depth):
        features = _convolve_twice(features, architecture, level, "down")
        skips.append(features)
        features = keras.layers.MaxPooling2D(name=f"down{level}_pool")(features)
    features = _convolve_twice(features, architecture, architecture.depth, "bottom")
    for level in reversed(range(architecture.depth)):
        wide = keras.layers.UpSampling2D(name=f"up{level}_wide")(features)
        joined = keras.layers.Concatenate(name=f"up{level}_join")([wide, skips[level]])
        features = _convolve_twice(joined, architecture, level, "up")
    logits = keras.layers.Conv2D(architecture.classes, 1, name="logits")(features)
    outputs = keras.layers.Activation(architecture.activation, dtype="float32", name=architecture.activation)(logits)
    return keras.Model(inputs, outputs, name="plain_unet")


def _convolve_twice(features: Any, architecture: Architecture, level: int, branch: str) -> Any:
    import keras

    is_normalised = architecture.normalisation != "none"
    for step in range(2):
        name = f"{branch}{level}_{step}"
        features = keras.layers.Conv2D(
            architecture.filters << level,
            3,
            padding="same",
            use_bias=not is_normalised,
            kernel_initializer="he_normal",
            name=f"{name}_conv",
        )(features)
        if architecture.normalisation == "batch":
            features = keras.layers.BatchNormalization(name=f"{name}_norm")(features)
        elif architecture.normalisation == "instance":
            features = keras.layers.GroupNormalization(groups=-1, name=f"{name}_norm")(features)
        features = keras.layers.Activation("relu", name=f"{name}_relu")(features)
    return features
