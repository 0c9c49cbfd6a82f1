"""Textures of exteriors: cord, roulette, comb and paddle marks, and rows of pricks, in bands or all over."""

from collections.abc import Callable

import cv2
import numpy as np
from shapely import Polygon

from profilex.synth.drawing.canvas import Canvas

Texture = Callable[[np.random.Generator, Canvas, tuple[float, float, float, float], float], None]


def texture(rng: np.random.Generator, canvas: Canvas, half: Polygon, pen: float) -> None:
    """Lay one or two textures on bands of `half` (sheet px), or one all over it."""
    x0, y0, x1, y1 = half.bounds
    if y1 - y0 < 10 or x1 - x0 < 8:
        return
    layer = Canvas(canvas.width, canvas.height, canvas.factor)
    kinds = [TEXTURES[int(rng.integers(len(TEXTURES)))] for _ in range(int(rng.integers(1, 3)))]
    if rng.random() < 0.3:
        kinds[0](rng, layer, (x0, y0 + (y1 - y0) * rng.uniform(0, 0.3), x1, y1), pen)
    else:
        y, turn = y0 + (y1 - y0) * rng.uniform(0.02, 0.25), 0
        while y < y1 - 3:
            high = max(4.0, (y1 - y0) * float(rng.uniform(0.03, 0.14)))
            band = (x0, y, x1, min(y + high, y1))
            kinds[turn % len(kinds)](rng, layer, band, pen)
            if rng.random() < 0.5:
                for level in (band[1], band[3]):
                    layer.stroke(np.array([[x0, level], [x1, level]]), pen * 0.8)
            y, turn = y + high * rng.uniform(1.2, 3.0), turn + 1
    inside = canvas.coverage(half) > 127
    np.minimum(canvas.tone, layer.tone, out=canvas.tone, where=inside)


def _pricks(rng: np.random.Generator, c: Canvas, band: tuple[float, float, float, float], pen: float) -> None:
    """Rows of short strokes or dots, as of a comb or a shell."""
    x0, y0, x1, y1 = band
    rows, step = max(1, int((y1 - y0) / rng.uniform(2.5, 6))), float(rng.uniform(2.2, 6))
    lean, long = float(rng.normal(0, 1.2)), float(rng.uniform(0.8, 3.5))
    for i, y in enumerate(np.linspace(y0, y1, rows)):
        for x in np.arange(x0 + (i % 2) * step / 2, x1, step):
            wide = pen * float(rng.uniform(0.7, 1.4))
            c.stroke(np.array([[x, y], [x + lean, y + long]]) + rng.normal(0, 0.3, 2), wide)


def _cord(rng: np.random.Generator, c: Canvas, band: tuple[float, float, float, float], pen: float) -> None:
    """Impressed cord: lines that are broken at every twist."""
    x0, y0, x1, y1 = band
    for y in np.arange(y0, y1, float(rng.uniform(2.5, 5))):
        line = np.array([[x0, y], [x1, y]])
        c.dashes(line, pen, 0, float(rng.uniform(1.5, 4)), float(rng.uniform(1, 2)))


def _roulette(rng: np.random.Generator, c: Canvas, band: tuple[float, float, float, float], pen: float) -> None:
    """Rows of small triangles or bars that a wheel left."""
    x0, y0, x1, y1 = band
    step = float(rng.uniform(3, 8))
    down = rng.random() < 0.5
    for y in np.arange(y0, y1 - 1, step):
        for x in np.arange(x0, x1, step):
            if down:
                c.stroke(np.array([[x, y], [x + step * 0.5, y + step * 0.7], [x + step, y]]), pen * 0.8)
            else:
                c.stroke(np.array([[x, y], [x, y + step * 0.7]]), pen)


def _comb(rng: np.random.Generator, c: Canvas, band: tuple[float, float, float, float], pen: float) -> None:
    """Bundles of parallel lines, straight, waved or in arcs."""
    x0, y0, x1, y1 = band
    x, way = np.arange(x0, x1, 3.0), rng.random()
    length = max(10.0, float(rng.uniform(1, 4)) * (y1 - y0))
    for i in range(int(rng.integers(3, 7))):
        base = y0 + (y1 - y0) * 0.3 + i * max(2.0, 2.2 * pen)
        y = base + (0 if way < 0.4 else (y1 - y0) * 0.3 * np.sin(2 * np.pi * x / length))
        y = base + (y1 - y0) * 0.4 * np.abs(np.sin(np.pi * x / length)) if way > 0.8 else y + 0 * x
        c.stroke(np.stack([x, y], 1), pen * 0.8)


def _paddle(rng: np.random.Generator, c: Canvas, band: tuple[float, float, float, float], pen: float) -> None:
    """Fields of parallel grooves in changing directions, as a carved paddle leaves them."""
    x0, y0, x1, y1 = band
    size = float(rng.uniform(14, 40))
    for y in np.arange(y0, y1, size):
        for x in np.arange(x0, x1, size):
            turn = float(rng.uniform(0, np.pi))
            way = np.array([np.cos(turn), np.sin(turn)])
            side = np.array([-way[1], way[0]])
            centre = np.array([x, y]) + size / 2 + rng.normal(0, 2, 2)
            for offset in np.arange(-size / 2, size / 2, float(rng.uniform(2.5, 5))):
                c.stroke(
                    np.stack([centre + side * offset - way * size / 2, centre + side * offset + way * size / 2]),
                    pen * 0.7,
                )


def rubbing(rng: np.random.Generator, shape: Polygon, canvas: Canvas, pen: float) -> None:
    """A rubbing: dark over the whole sherd, the texture white in it."""
    layer = Canvas(canvas.width, canvas.height, canvas.factor)
    texture(rng, layer, shape, pen * 2.2)
    cover = canvas.coverage(shape) > 127
    h, w = canvas.tone.shape
    patchy = cv2.resize(rng.normal(0, 1, (h // 9 + 2, w // 9 + 2)).astype(np.float32), (w, h))
    fine = rng.normal(0, 1, (h, w)).astype(np.float32)
    dark = np.where(layer.tone < 128, 215, 40) + 45 * patchy + 35 * fine
    canvas.tone[cover] = np.clip(dark, 0, 255).astype(np.uint8)[cover]


TEXTURES: tuple[Texture, ...] = (_pricks, _pricks, _cord, _roulette, _comb, _paddle)
