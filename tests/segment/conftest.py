"""A model that sees darkness, without a network, and images for it."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from profilex.model import Card, Segmenter
from profilex.model.build import Architecture
from profilex.model.inference.tiles import nearest_side


class DarknessRuntime:
    """Its first channel is the darkness of a pixel, its second the lightness."""

    name = "darkness"
    most_px = 1 << 14
    side = staticmethod(nearest_side)

    def __init__(self, classes: int) -> None:
        self._classes = classes

    def predict(self, batch: np.ndarray) -> np.ndarray:
        return np.concatenate([batch, 1.0 - batch], axis=-1)[..., : self._classes]


SegmenterMaker = Callable[..., Segmenter]


@pytest.fixture
def make_segmenter() -> SegmenterMaker:
    def make(*channels: str, activation: str = "sigmoid", **card: object) -> Segmenter:
        channels = channels or ("section",)
        architecture = Architecture(kind="plain", classes=len(channels), activation=activation, filters=1, depth=1)
        return Segmenter(Card("darkness", architecture, channels, **card), DarknessRuntime(len(channels)))

    return make


def draw_blobs(height: int = 90, width: int = 130) -> np.ndarray:
    grey = np.full((height, width), 230, np.uint8)
    cv2.rectangle(grey, (20, 20), (49, 59), (20,), -1)
    cv2.circle(grey, (95, 45), 17, (60,), -1)
    return grey


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    (folder / "sub").mkdir(parents=True)
    cv2.imwrite(str(folder / "blobs.png"), draw_blobs())
    cv2.imwrite(str(folder / "sub/more.tif"), draw_blobs(40, 60))
    return folder
