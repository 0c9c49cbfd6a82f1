"""Deformed tiles: zoom, shear, and the elastic deformation of Ronneberger et al. (2015)."""

import cv2
import numpy as np

from profilex.train.augment import AugmentSettings

_KNOTS = 3  # of the coarse grid along each side


def is_warping(settings: AugmentSettings) -> bool:
    """Whether the settings request any deformation."""
    return bool(settings.elastic or settings.zoom or settings.shear_degrees)


def warped(
    grey: np.ndarray, planes: np.ndarray, settings: AugmentSettings, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Warp `grey` uint8 (s, s) and `planes` uint8 (s, s, c) together; places outside the tile are mirrored."""
    side = grey.shape[0]
    steps = np.arange(side, dtype=np.float32)
    offsets = np.zeros((2, side, side), np.float32)
    if settings.elastic and rng.random() < settings.elastic:
        offsets = _elastic_offsets(side, settings.elastic_px, rng)
    matrix = _draw_affine(settings, rng)
    middle = np.float32((side - 1) / 2)
    x, y = np.meshgrid(steps - middle, steps - middle)
    across = (matrix[0, 0] * x + matrix[0, 1] * y + middle + offsets[0]).astype(np.float32)
    down = (matrix[1, 0] * x + matrix[1, 1] * y + middle + offsets[1]).astype(np.float32)

    def moved(picture: np.ndarray) -> np.ndarray:
        return cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)

    return moved(grey), moved(planes).reshape(planes.shape)


def _draw_affine(settings: AugmentSettings, rng: np.random.Generator) -> np.ndarray:
    """The matrix from pixels of the warped tile to their sources: float (2, 2), about the tile's middle."""
    zoom, shear = 1.0 + rng.uniform(-1, 1) * settings.zoom, rng.uniform(-1, 1, 2) * settings.shear_degrees
    across, down = np.tan(np.radians(shear))
    return np.array([[1.0, across], [down, 1.0]]) / zoom


def _elastic_offsets(side: int, spread_px: float, rng: np.random.Generator) -> np.ndarray:
    """Displacements float32 (2, side, side) in px: normally distributed at a coarse grid, cubic in between."""
    knots = rng.normal(0.0, spread_px, (2, _KNOTS, _KNOTS)).astype(np.float32)
    return np.stack([cv2.resize(plane, (side, side), interpolation=cv2.INTER_CUBIC) for plane in knots])
