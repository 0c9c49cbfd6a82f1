"""Photographs of sherds and sites as they stand on plates: texture, light from one side, broken edges, a scale."""

import cv2
import numpy as np

from profilex.synth.drawing.canvas import irregular, resample, rounded
from profilex.synth.writing.lettering import lay, printed


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
        field_scale(rng, out, (w * rng.uniform(0.1, 0.4), h * rng.uniform(0.84, 0.92)), w * rng.uniform(0.25, 0.5))
    if rng.random() < 0.1:
        colour_target(rng, out, (w * rng.uniform(0.05, 0.6), h * rng.uniform(0.02, 0.12)), w * rng.uniform(0.2, 0.4))
    return out


def object_photograph(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """One sherd or vessel cut out on white or grey ground, a field scale below it, sometimes a colour target."""
    ground = 255.0 if rng.random() < 0.6 else float(rng.uniform(90, 245))
    tone = np.full((h, w), ground, np.float32)
    centre, radius = (w * rng.uniform(0.4, 0.6), h * rng.uniform(0.35, 0.5)), min(w, h) * rng.uniform(0.2, 0.38)
    tone = _sherd(rng, tone, centre, radius)
    if ground == 255.0:
        tone[tone > 235] = 255
    out = np.clip(tone + rng.normal(0, 1.5, (h, w)), 0, 255).astype(np.uint8)
    if rng.random() < 0.85:
        field_scale(rng, out, (w * rng.uniform(0.15, 0.4), h * rng.uniform(0.82, 0.93)), w * rng.uniform(0.3, 0.6))
    if rng.random() < 0.25:
        colour_target(rng, out, (w * rng.uniform(0.05, 0.6), h * rng.uniform(0.02, 0.12)), w * rng.uniform(0.2, 0.4))
    return out


def field_scale(rng: np.random.Generator, out: np.ndarray, at: tuple[float, float], long: float) -> None:
    """A field scale: cells in turn black and white in one or two rows, its last part in small cells, in a frame."""
    cells, rows = int(rng.choice([5, 10, 10, 20])), int(rng.integers(1, 3))
    step = max(4.0, long / cells)
    high = float(rng.uniform(0.35, 1.0)) * step if cells < 20 else 1.4 * step
    x0, y0 = round(at[0]), round(at[1])
    dark, light = int(rng.integers(0, 45)), int(rng.integers(215, 256))
    end = round(x0 + cells * step)
    cv2.rectangle(out, (x0 - 2, y0 - 2), (end + 2, round(y0 + rows * high) + 2), light, -1)
    for row in range(rows):
        for i in range(cells):
            if (i + row) % 2 == 0:
                a = round(x0 + i * step), round(y0 + row * high)
                cv2.rectangle(out, a, (round(x0 + (i + 1) * step) - 1, round(y0 + (row + 1) * high) - 1), dark, -1)
    if rng.random() < 0.6:
        cv2.rectangle(out, (x0 - 1, y0 - 1), (end, round(y0 + rows * high)), dark, 1)
    if rng.random() < 0.6 and high > 8:
        for i, sign in ((0, "0"), (cells // 2, "5"), (cells - 1, "cm")):
            patch = printed(sign, high * 0.9, "bold", 0 if (i + rows) % 2 else 255)
            lay(out, patch, round(x0 + i * step + 2), round(y0 + 2))
    if rng.random() < 0.3:  # an arrow to the north on it
        tip = end + round(1.5 * step)
        kite = np.array([[end + 6, y0], [tip, y0 + high / 2], [end + 6, y0 + high]])
        cv2.fillPoly(out, [np.round(kite).astype(np.int32)], dark)


def colour_target(rng: np.random.Generator, out: np.ndarray, at: tuple[float, float], long: float) -> None:
    """A row or two of patches in all tones, as colour targets look in grey."""
    rows, columns = int(rng.integers(1, 5)), int(rng.choice([6, 7, 8, 12]))
    step = long / columns
    x0, y0 = at
    corners = (round(x0 - 3), round(y0 - 3)), (round(x0 + long + 3), round(y0 + rows * step + 3))
    cv2.rectangle(out, *corners, int(rng.choice([0, 30, 240])), -1)
    for row in range(rows):
        for i in range(columns):
            a = round(x0 + i * step + 1), round(y0 + row * step + 1)
            b = round(x0 + (i + 1) * step - 2), round(y0 + (row + 1) * step - 2)
            tone = int(i * 255 / (columns - 1)) if rows == 1 else int(rng.integers(0, 256))
            cv2.rectangle(out, a, b, tone, -1)


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
