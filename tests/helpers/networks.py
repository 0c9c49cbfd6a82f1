"""Pages drawn for the tests of the model room, and a network that sees ink."""

from pathlib import Path

import cv2
import numpy as np

from profilex.model.build import Architecture
from profilex.model.inference.tiles import nearest_side
from profilex.types import Page, PageRef

CHANNELS = ("section", "vessel", "axis", "scale_bar")
PLAIN = Architecture(kind="plain", filters=6, depth=3, classes=4)


def page_of(grey: np.ndarray) -> Page:
    return Page(PageRef(Path("plate.png"), "plate.png", "plate.png/0"), grey, "0" * 64)


def draw_wall(grey: np.ndarray, x: float, y: float, length: float, wall: float) -> None:
    """A wall as a thick arc, sharp to a fraction of a pixel: drawn four times as large, and averaged."""
    large = cv2.resize(grey, None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
    turns = np.linspace(0.0, 1.2, 40)
    points = np.stack([x + length * 0.3 * np.sin(2 * turns), y + length * turns / 1.2], axis=1) * 4
    cv2.polylines(large, [points.round().astype(np.int32)], False, 0, max(1, round(wall * 4)))
    grey[:] = cv2.resize(large, grey.shape[::-1], interpolation=cv2.INTER_AREA)


class InkRuntime:
    """Stands for a network that calls all ink a section: what remains is the geometry around it."""

    name = "ink"
    most_px = 1 << 18
    side = staticmethod(nearest_side)

    def __init__(self) -> None:
        self.seen_px = 0

    def predict(self, batch: np.ndarray) -> np.ndarray:
        assert batch.shape[1] % 32 == 0
        assert batch.shape[2] % 32 == 0
        self.seen_px += batch.shape[0] * batch.shape[1] * batch.shape[2]
        return np.clip(np.repeat(batch[..., :1], len(CHANNELS), axis=-1), 0.0, 1.0)
