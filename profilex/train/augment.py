"""Augmentation of tiles: rotations that move ink and truth together, and ageing that changes the ink alone."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True, slots=True)
class AugmentSettings:
    """Chances (0..1) of each change of a tile."""

    mirror: float = 0.35  # the section is then on the right of the axis
    upside_down: float = 0.03
    quarter_turn: float = 0.02
    tilt: float = 0.35  # skewed scans
    strong_tilt: float = 0.05
    tilt_degrees: float = 4.0
    strong_tilt_degrees: float = 15.0
    tone: float = 0.7  # gamma, paper and ink lightness
    blur: float = 0.2
    noise: float = 0.3
    jpeg: float = 0.2
    threshold: float = 0.06  # bilevel scans
    elastic: float = 0.0  # elastic deformation: see `warp`
    elastic_px: float = 10.0  # standard deviation of the displacements
    zoom: float = 0.0  # share by which a tile is enlarged or reduced, at most
    shear_degrees: float = 0.0
    refill: float = 0.0  # solid sections redrawn in another style: see `restyle`


NO_AUGMENT = AugmentSettings(*[0.0] * 16)
"""No augmentation."""


@dataclass(frozen=True, slots=True)
class TileTurn:
    """A rotation by `degrees`, then quarter turns and flips.

    `reach` is the side of the square that must be cut to fill the rotated tile, as a multiple of the tile's side.
    """

    degrees: float = 0.0
    quarters: int = 0
    mirror: bool = False
    upside_down: bool = False

    @property
    def reach(self) -> float:
        angle = np.radians(self.degrees)
        return float(abs(np.cos(angle)) + abs(np.sin(angle))) if self.degrees else 1.0

    def apply(self, grey: np.ndarray, planes: np.ndarray, paper: int, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Rotate `grey` (h, w) and `planes` (h, w, c), both uint8, and return them `size` px wide and high."""
        if self.degrees:
            centre = (grey.shape[0] - 1) / 2
            matrix = cv2.getRotationMatrix2D((centre, centre), self.degrees, 1.0)
            matrix[:, 2] += (size - 1) / 2 - centre
            grey = cv2.warpAffine(grey, matrix, (size, size), flags=cv2.INTER_CUBIC, borderValue=(paper,))
            planes = np.atleast_3d(cv2.warpAffine(planes, matrix, (size, size), flags=cv2.INTER_LINEAR))
        if self.quarters:
            grey, planes = np.rot90(grey, self.quarters), np.rot90(planes, self.quarters)
        if self.mirror:
            grey, planes = grey[:, ::-1], planes[:, ::-1]
        if self.upside_down:
            grey, planes = grey[::-1], planes[::-1]
        return np.ascontiguousarray(grey), np.ascontiguousarray(planes)


def draw_turn(settings: AugmentSettings, rng: np.random.Generator) -> TileTurn:
    """Draw a random rotation."""
    chance = rng.random(5)
    degrees = 0.0
    if chance[0] < settings.strong_tilt:
        degrees = float(rng.uniform(-1, 1) * settings.strong_tilt_degrees)
    elif chance[0] < settings.strong_tilt + settings.tilt:
        degrees = float(rng.uniform(-1, 1) * settings.tilt_degrees)
    quarters = int(rng.integers(1, 4)) if chance[1] < settings.quarter_turn else 0
    return TileTurn(degrees, quarters, bool(chance[2] < settings.mirror), bool(chance[3] < settings.upside_down))


def weather(grey: np.ndarray, settings: AugmentSettings, rng: np.random.Generator) -> np.ndarray:
    """Change a tile as scanners, printers and file formats do; uint8 (h, w) in and out."""
    if rng.random() < settings.blur:
        grey = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.4, 1.3)))
    if rng.random() < settings.tone:
        grey = cv2.LUT(grey, _tone_curve(rng))
    if rng.random() < settings.noise:
        grey = _grained(grey, rng)
    if rng.random() < settings.threshold:
        grey = _bilevel(grey, rng)
    if rng.random() < settings.jpeg:
        _, coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])
        grey = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE))
    return grey


def _tone_curve(rng: np.random.Generator) -> np.ndarray:
    """A look-up table uint8 (256,): gamma, then a lighter black and a darker white."""
    level = np.linspace(0.0, 1.0, 256) ** np.exp(rng.uniform(-0.5, 0.5))
    black = rng.uniform(0, 70) if rng.random() < 0.5 else 0.0
    white = 255.0 - (rng.uniform(0, 50) if rng.random() < 0.5 else 0.0)
    return np.clip(black + level * (white - black), 0, 255).astype(np.uint8)


def _bilevel(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Black and white, split near Otsu's threshold, so that light ink stays visible as in automatic scans."""
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    return cv2.threshold(grey, level + rng.uniform(-15, 30), 255, cv2.THRESH_BINARY)[1]


def _grained(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    sigma = rng.uniform(2, 14)
    grain = rng.standard_normal(grey.shape, np.float32) * np.float32(sigma)
    return np.clip(grey + grain, 0, 255).astype(np.uint8)
