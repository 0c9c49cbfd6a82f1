"""Bright discs on a dark and uneven ground."""

import cv2
import numpy as np


def draw_discs(seed: int, side: int = 96) -> tuple[np.ndarray, np.ndarray]:
    """Grey picture and mask, uint8 (side, side), the mask 0 and 255."""
    rng = np.random.default_rng(seed)
    grey = np.clip(rng.normal(60, 8, (side, side)), 0, 255).astype(np.uint8)
    mask = np.zeros((side, side), np.uint8)
    for _ in range(4):
        cv2.circle(mask, rng.integers(10, side - 10, 2).tolist(), int(rng.integers(6, 14)), (255,), -1)
    grey[mask > 0] += 110
    return grey, mask
