"""Artificial drawings from annotated ones: solid sections emptied, outlined, and hatched with whole or dashed lines.

Some catalogues draw walls solid, others as outlines; annotated solid walls can serve for both. The truth does not
change, because the outline is drawn within the section.
"""

import cv2
import numpy as np

_SOLID_CONTRAST = 60  # grey levels by which the middle of a solid section is darker than the paper


def restyle_sections(grey: np.ndarray, section: np.ndarray, paper: int, rng: np.random.Generator) -> np.ndarray:
    """Redraw the solid sections of a page: as an outline, empty or filled with lines or dashes.

    `grey` is uint8 (h, w), `section` bool (h, w), `paper` the grey of the paper. Sections that are not solid, and ink
    outside of sections, do not change. Returns a new picture.
    """
    count, pieces, _, _ = cv2.connectedComponentsWithStats(section.astype(np.uint8), connectivity=8)
    drawn = grey.copy()
    for piece in range(1, count):
        mask = pieces == piece
        ink = float(np.median(grey[mask]))
        if ink < paper - _SOLID_CONTRAST:
            drawn[mask] = np.rint(paper + _cover(mask, rng)[mask] * (ink - paper)).astype(np.uint8)
    return drawn


def _cover(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Inked share of each pixel, float (h, w) 0..1, for one section mask bool (h, w)."""
    # outside the picture counts as section: a wall cut by the picture's edge has no outline there
    padded = np.pad(mask, 1, constant_values=True).astype(np.uint8)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    wall = 2.0 * float(np.quantile(depth[mask], 0.9))
    pen = max(1.2, wall * rng.uniform(0.06, 0.16))
    outline = np.clip(pen + 0.5 - depth, 0.0, 1.0)
    if rng.random() < 1 / 3:
        return outline
    return np.maximum(outline, _hatching(mask.shape, wall, pen, rng))


def _hatching(shape: tuple[int, ...], wall: float, pen: float, rng: np.random.Generator) -> np.ndarray:
    """Parallel lines at an angle, solid or dashed, spaced by a share of the wall; float (h, w) 0..1."""
    angle = rng.uniform(0.0, np.pi)
    spacing = max(3.0 * pen, wall * rng.uniform(0.3, 0.9))
    y, x = np.mgrid[: shape[0], : shape[1]]
    across = (x * np.cos(angle) + y * np.sin(angle) + rng.uniform(0, spacing)) % spacing
    lines = np.clip(pen / 2 + 0.5 - np.abs(across - spacing / 2), 0.0, 1.0)
    if rng.random() < 0.5:
        return lines
    dash = wall * rng.uniform(0.3, 1.0)
    along = (y * np.cos(angle) - x * np.sin(angle) + rng.uniform(0, dash)) % (1.6 * dash)
    return np.where(along < dash, lines, 0.0)
