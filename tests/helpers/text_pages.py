"""Pages with scale bars, drawn for the tests."""

from pathlib import Path

import cv2
import numpy as np

from profilex.synth.pages.furniture import Bar, draw_bar
from profilex.types import Page, PageRef

PX_PER_MM = 2.4


def page_of(grey: np.ndarray, dpi: float | None = None) -> Page:
    return Page(PageRef(Path("plate.png"), "plate.png", "plate.png/0"), grey, "", dpi)


def paper(width: int = 900, height: int = 700) -> np.ndarray:
    return np.full((height, width), 255, np.uint8)


def page_with_bar(seed: int) -> tuple[np.ndarray, Bar, float]:
    """A page with one bar of a random kind and its text, slightly soft; the bar, and the px of a millimetre."""
    rng = np.random.default_rng(seed)
    grey = paper()
    px_per_mm = float(rng.uniform(1.5, 3.5))
    bar = draw_bar(rng, grey, (float(rng.uniform(150, 350)), 400.0), px_per_mm, float(rng.uniform(120, 280)))
    return cv2.GaussianBlur(grey, (0, 0), 0.6), bar, px_per_mm


def draw_blocks(grey: np.ndarray, x: int, y: int, unit: int, sizes: tuple[int, ...], high: int = 12) -> None:
    """A framed bar of two rows of cells of so many units each, black and white in turn."""
    left = x
    for index, size in enumerate(sizes):
        for row in range(2):
            if (index + row) % 2:
                top = y + row * high // 2
                cv2.rectangle(grey, (left, top), (left + size * unit, top + high // 2), 0, -1)
        left += size * unit
    cv2.rectangle(grey, (x, y), (left, y + high), 0, 1)
