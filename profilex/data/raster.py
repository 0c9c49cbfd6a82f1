"""Outlines to pixels, without growth: a pixel is inside when its centre is."""

from collections.abc import Sequence

import numpy as np


def fill_rings(rings: Sequence[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Fill rings by the even-odd rule: bool (height, width).

    A ring is float (n, 2) of x, y with pixel centres at .5, closed or not. Each edge toggles all pixels of a row that
    lie right of it, for the rows whose centre line it crosses.
    """
    height, width = shape
    toggles = np.zeros((height, width + 1), np.int32)
    for ring in rings:
        starts, ends = np.asarray(ring, float), np.roll(np.asarray(ring, float), -1, axis=0)
        upward = starts[:, 1] > ends[:, 1]
        upper, lower = np.where(upward[:, None], ends, starts), np.where(upward[:, None], starts, ends)
        first = np.clip(np.ceil(upper[:, 1] - 0.5), 0, height).astype(int)
        last = np.clip(np.ceil(lower[:, 1] - 0.5), 0, height).astype(int)
        counts = last - first
        edge = np.repeat(np.arange(len(counts)), counts)
        rows = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first[edge]
        slope = (lower[edge, 0] - upper[edge, 0]) / (lower[edge, 1] - upper[edge, 1])
        crossing = upper[edge, 0] + (rows + 0.5 - upper[edge, 1]) * slope
        np.add.at(toggles, (rows, np.clip(np.ceil(crossing - 0.5), 0, width).astype(int)), 1)
    return np.cumsum(toggles, axis=1)[:, :width] % 2 == 1
