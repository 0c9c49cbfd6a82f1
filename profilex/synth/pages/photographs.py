"""Photographs of sherds and sites as they stand on plates: texture, light from one side, broken edges, a scale."""

import cv2
import numpy as np

from profilex.synth.drawing.canvas import irregular, resample, rounded


def photograph(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A grey picture of sherds or of a site."""
    tone = _ground(rng, w, h)
    for _ in range(int(rng.integers(1, 5))):
        centre = w * rng.uniform(0.2, 0.8), h * rng.uniform(0.25, 0.75)
        radius = min(w, h) * rng.uniform(0.12, 0.42)
        if rng.random() < 0.6:
            tone = _sherd(rng, tone, centre, radius)
        else:
            tone = _lump(rng, tone, rounded(irregular(rng, centre, radius, 0.18)), rng.uniform(30, 200))
    out = np.clip(tone + rng.normal(0, rng.uniform(1, 6), (h, w)), 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        _photo_scale(rng, out)
    return out


def _ground(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """The ground it lies on, often lighter in the middle or towards one side."""
    tone = np.full((h, w), float(rng.uniform(60, 250)), np.float32)
    tone += cv2.resize(rng.normal(0, 22, (4, 4)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    tone += np.linspace(rng.uniform(-60, 60), rng.uniform(-60, 60), h, dtype=np.float32)[:, None]
    return tone.clip(5, 255)


def _texture(rng: np.random.Generator, shape: tuple[int, int], level: float, rough: float) -> np.ndarray:
    h, w = shape
    out = np.full((h, w), level, np.float32)
    for grain in (6, 20):
        noise = rng.normal(0, rough, (h // grain + 2, w // grain + 2)).astype(np.float32)
        out += cv2.resize(noise, (w, h), interpolation=cv2.INTER_CUBIC)
    slope = np.linspace(rng.uniform(-40, 40), rng.uniform(-40, 40), w)[None].astype(np.float32)
    return out + slope


def _cover(outline: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 8).astype(np.int32)], 255, cv2.LINE_AA, 3)
    return mask


def _lump(rng: np.random.Generator, tone: np.ndarray, outline: np.ndarray, level: float) -> np.ndarray:
    """Something with a shadow laid on the ground."""
    shape = tone.shape[0], tone.shape[1]
    mask = _cover(outline, shape)
    soft = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.6, 1.4)).astype(np.float32) / 255
    dx, dy, spread = int(rng.integers(-8, 9)), int(rng.integers(0, 10)), rng.uniform(2, 7)
    shadow = cv2.GaussianBlur(np.roll(mask, (dy, dx), (0, 1)), (0, 0), spread).astype(np.float32) / 255
    tone = tone * (1 - rng.uniform(0.0, 0.4) * shadow)
    return tone * (1 - soft) + _texture(rng, shape, level, rng.uniform(4, 20)) * soft


def _sherd(rng: np.random.Generator, tone: np.ndarray, centre: tuple[float, float], radius: float) -> np.ndarray:
    """A sherd with corners and torn sides; along one side its broken edge shows, lit or in shadow."""
    rough = resample(_closed(irregular(rng, centre, radius, 0.16)), max(3.0, radius / 12))
    rough += rng.normal(0, radius * 0.012, rough.shape)
    level = rng.uniform(40, 190)
    light = rng.uniform(-70, 90) if rng.random() < 0.75 else 0.0
    turn, depth = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0.04, 0.22)
    shift = depth * np.array([np.cos(turn), np.sin(turn)])
    tone = _lump(rng, tone, rough + shift, float(np.clip(level + light, 10, 245)))
    tone = _lump(rng, tone, rough, level) if light else tone
    if rng.random() < 0.3:  # a rim: a lighter line along the edge
        cv2.polylines(tone, [np.round(rough[: len(rough) // 3]).astype(np.int32)], False, float(level + 50), 2)
    return tone


def _closed(ring: np.ndarray) -> np.ndarray:
    return np.concatenate([ring, ring[:1]])


def _photo_scale(rng: np.random.Generator, out: np.ndarray) -> None:
    """A chequered scale of one or two rows."""
    h, w = out.shape
    cell, rows = max(4, w // int(rng.integers(18, 34))), int(rng.integers(1, 3))
    high = max(3, int(cell * rng.uniform(0.3, 0.6)))
    x0, y0 = int(w * rng.uniform(0.1, 0.4)), int(h * rng.uniform(0.86, 0.93))
    for row in range(rows):
        for i in range(int(rng.integers(5, 11))):
            corner = x0 + i * cell, y0 + row * high
            cv2.rectangle(out, corner, (corner[0] + cell, corner[1] + high), 255 * ((i + row) % 2), -1)
