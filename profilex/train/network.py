"""Stand-in for `profilex.model.build` until that module is there."""

import os
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Architecture:
    backbone: str = "mobilenetv2"
    decoder_filters: tuple[int, ...] = (128, 64, 32, 16, 8)
    channels: tuple[str, ...] = ("section", "vessel", "axis", "scale_bar")


def build_network(architecture: Architecture) -> Any:
    os.environ.setdefault("SM_FRAMEWORK", "tf.keras")
    import segmentation_models

    return segmentation_models.Unet(
        architecture.backbone,
        input_shape=(None, None, 1),
        classes=len(architecture.channels),
        activation="sigmoid",
        encoder_weights=None,
        decoder_filters=architecture.decoder_filters,
    )
