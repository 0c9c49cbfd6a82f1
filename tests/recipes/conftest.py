"""Small data sets: pictures of discs with masks, and catalogue pages of solid walls."""

import os

os.environ.setdefault("SM_FRAMEWORK", "tf.keras")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.helpers.discs import draw_discs

PictureFolder = Callable[..., Path]


@pytest.fixture
def make_pairs(tmp_path: Path) -> PictureFolder:
    """Writes pictures and masks under the names that `picture` and `mask` make of their numbers."""

    def make(count: int = 4, picture: str = "{}_image.png", mask: str = "{}_mask.png", side: int = 96) -> Path:
        folder = tmp_path / "pairs"
        for number in range(count):
            for name, plane in zip((picture, mask), draw_discs(number, side), strict=True):
                path = folder / name.format(f"{number:02d}")
                path.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(path), plane)
        return folder

    return make


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    """A CVAT export, segmentation mask 1.1: solid walls on paper."""
    folder = tmp_path / "export"
    for part in ("JPEGImages", "SegmentationClass"):
        (folder / part).mkdir(parents=True)
    for number in range(4):
        grey, mask = np.full((160, 120), 240, np.uint8), np.zeros((160, 120, 3), np.uint8)
        for picture, ink in ((grey, (25,)), (mask, (83, 50, 250))):
            cv2.ellipse(picture, (90, 20 + 5 * number), (60, 100), 0, 90, 180, ink, 12)
        cv2.imwrite(str(folder / f"JPEGImages/Book_p{number}.png"), grey)
        cv2.imwrite(str(folder / f"SegmentationClass/Book_p{number}.png"), mask)
    (folder / "labelmap.txt").write_text("# label:color_rgb:parts:actions\nbackground:0,0,0::\nsection:250,50,83::\n")
    return folder
