"""What covers the two halves of a drawing beside the section: paint, incision, shading, relief, floating sherds.

Everything here is what a network must not take for a cut wall.
"""

from collections.abc import Callable

import cv2
import numpy as np
from shapely import MultiPolygon, Polygon

from profilex.synth.drawing.canvas import Canvas, hatch, irregular, scatter

Motif = Callable[[np.random.Generator, Canvas, float, float, float, float, float], None]


def _band(rng: np.random.Generator, sheet: Canvas, x0: float, x1: float, y0: float, y1: float, pen: float) -> None:
    sheet.fill(Polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]), int(rng.integers(0, 50)))


def _lines(rng: np.random.Generator, sheet: Canvas, x0: float, x1: float, y0: float, y1: float, pen: float) -> None:
    for y in np.linspace(y0, y1, int(rng.integers(2, 6))):
        sheet.stroke(np.array([[x0, y], [x1, y]]), pen * rng.uniform(0.8, 2.5))


def _zigzag(rng: np.random.Generator, sheet: Canvas, x0: float, x1: float, y0: float, y1: float, pen: float) -> None:
    step = max(4.0, (y1 - y0) * rng.uniform(0.3, 1.1))
    x = np.arange(x0 - step, x1 + step, step)
    y = np.where(np.arange(len(x)) % 2, y0, y1)
    sheet.stroke(np.stack([x, y], 1), pen * rng.uniform(1, 5))
    if rng.random() < 0.4:
        sheet.stroke(np.stack([x, y + pen * 5], 1), pen * rng.uniform(1, 3))


def _wave(rng: np.random.Generator, sheet: Canvas, x0: float, x1: float, y0: float, y1: float, pen: float) -> None:
    x = np.arange(x0, x1, 2.0)
    length = max(8.0, (y1 - y0) * rng.uniform(0.8, 3))
    for shift in range(int(rng.integers(1, 4))):
        y = (y0 + y1) / 2 + (y1 - y0) / 2.5 * np.sin(x / length * 2 * np.pi) + shift * pen * 4
        sheet.stroke(np.stack([x, y], 1), pen * rng.uniform(1, 5))


def _triangles(rng: np.random.Generator, sheet: Canvas, x0: float, x1: float, y0: float, y1: float, pen: float) -> None:
    step = max(6.0, (y1 - y0) * rng.uniform(0.5, 1.3))
    filled, down = rng.random() < 0.6, rng.random() < 0.5
    for x in np.arange(x0, x1, step):
        a, b = (y0, y1) if down else (y1, y0)
        triangle = np.array([[x, a], [x + step, a], [x + step / 2, b]])
        if filled:
            sheet.fill(Polygon(triangle), 10)
        else:
            sheet.stroke(triangle, pen, closed=True)
            for line in hatch(Polygon(triangle), rng.choice([0.0, 0.8, -0.8]), max(3.0, pen * 3)):
                sheet.stroke(line, pen * 0.8)


def _strokes(rng: np.random.Generator, sheet: Canvas, x0: float, x1: float, y0: float, y1: float, pen: float) -> None:
    step, lean, width = pen * rng.uniform(3, 14), (y1 - y0) * rng.normal(0, 0.4), pen * rng.uniform(0.8, 5)
    for x in np.arange(x0, x1, max(3.0, step)):
        sheet.stroke(np.array([[x, y0], [x + lean, y1]]), width)


def _blobs(rng: np.random.Generator, sheet: Canvas, x0: float, x1: float, y0: float, y1: float, pen: float) -> None:
    step, size = max(5.0, (y1 - y0) * rng.uniform(0.6, 1.6)), (y1 - y0) * rng.uniform(0.15, 0.45)
    hollow = rng.random() < 0.5
    for x in np.arange(x0, x1, step):
        angle = np.linspace(0, 2 * np.pi, 24)
        ring = np.stack([x + size * np.cos(angle), (y0 + y1) / 2 + size * rng.uniform(0.7, 1.2) * np.sin(angle)], 1)
        if hollow:
            for share in (1.0, 0.6, 0.25)[: int(rng.integers(1, 4))]:
                sheet.stroke((ring - ring.mean(0)) * share + ring.mean(0), pen, closed=True)
        else:
            sheet.fill(Polygon(ring), int(rng.integers(0, 60)))


def _net(rng: np.random.Generator, sheet: Canvas, x0: float, x1: float, y0: float, y1: float, pen: float) -> None:
    area = Polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    spacing, angle = max(3.0, pen * rng.uniform(3, 9)), rng.uniform(0.3, 1.2)
    for a in (angle, -angle)[: int(rng.integers(1, 3))]:
        for line in hatch(area, a, spacing):
            sheet.stroke(line, pen)


def _checks(rng: np.random.Generator, sheet: Canvas, x0: float, x1: float, y0: float, y1: float, pen: float) -> None:
    step = max(5.0, (y1 - y0) / int(rng.integers(1, 4)))
    for i, y in enumerate(np.arange(y0, y1 - 1, step)):
        for x in np.arange(x0 + (i % 2) * step, x1, 2 * step):
            sheet.fill(Polygon([(x, y), (x + step, y), (x + step, y + step), (x, y + step)]), 10)


MOTIFS: tuple[Motif, ...] = (_band, _band, _lines, _zigzag, _wave, _triangles, _strokes, _blobs, _net, _checks)


def decorate(rng: np.random.Generator, canvas: Canvas, half: Polygon, pen: float) -> None:
    """Paint or incise some rows of motifs inside `half` (sheet px)."""
    x0, y0, x1, y1 = half.bounds
    if y1 - y0 < 12 or x1 - x0 < 8:
        return
    sheet = Canvas(canvas.width, canvas.height, canvas.factor)
    y = y0 + (y1 - y0) * rng.uniform(0, 0.4)
    for _ in range(int(rng.integers(1, 5))):
        high = (y1 - y0) * float(np.exp(rng.normal(np.log(0.12), 0.7)).clip(0.03, 0.7))
        motif = MOTIFS[int(rng.integers(len(MOTIFS)))]
        motif(rng, sheet, x0, x1, y, min(y + high, y1), pen)
        y += high * rng.uniform(1.0, 1.8)
        if y > y1:
            break
    painted = _bent(rng, sheet.tone, x0 * sheet.factor, x1 * sheet.factor) if rng.random() < 0.35 else sheet.tone
    inside = canvas.coverage(half) > 127
    np.minimum(canvas.tone, painted, out=canvas.tone, where=inside)


def _bent(rng: np.random.Generator, tone: np.ndarray, left: float, right: float) -> np.ndarray:
    """Rows of paint as they run over a tilted sherd, or round a body seen from slightly above: sloping or arched."""
    height, width = tone.shape
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x = (2 * columns - left - right) / (right - left)
    shift = (right - left) * (rng.normal(0, 0.12) * x + rng.normal(0, 0.07) * (x**2 - 0.5))
    down = (rows - shift).astype(np.float32)
    return cv2.remap(tone, columns, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)


def shade(
    rng: np.random.Generator, canvas: Canvas, region: Polygon, dark: float, grain: float, light_from: str | None = None
) -> None:
    """Soft shading with a lithograph's or pencil's grain: `dark` 0..1 at its darkest."""
    cover = canvas.coverage(region)
    ys, xs = np.nonzero(cover.any(1))[0], np.nonzero(cover.any(0))[0]
    if len(ys) < 4 or len(xs) < 4:
        return
    h, w = ys[-1] - ys[0] + 1, xs[-1] - xs[0] + 1
    gx, gy = np.linspace(0, 1, w)[None], np.linspace(0, 1, h)[:, None]
    direction = light_from or str(rng.choice(["left", "right", "top", "bottom", "middle", "even"]))
    fall = {
        "left": gx,
        "right": 1 - gx,
        "top": gy,
        "bottom": 1 - gy,
        "middle": np.abs(2 * gx - 1),
        "even": np.ones((1, 1)),
    }[direction]
    amount = np.broadcast_to(dark * (0.25 + 0.75 * fall ** rng.uniform(0.6, 2.5)), (h, w)).astype(np.float32)
    _lay_tone(rng, canvas, cover, np.s_[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1], amount, grain)


def shade_beside(
    rng: np.random.Generator, canvas: Canvas, region: Polygon, edge: Polygon | MultiPolygon, dark: float, grain: float
) -> None:
    """Shading as by `shade` that is darkest beside `edge` and lightens away from it."""
    cover = canvas.coverage(region)
    ys, xs = np.nonzero(cover.any(1))[0], np.nonzero(cover.any(0))[0]
    if len(ys) < 4 or len(xs) < 4:
        return
    part = np.s_[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]
    away = cv2.distanceTransform((canvas.coverage(edge) < 128).astype(np.uint8), cv2.DIST_L2, 3)[part]
    reach = (xs[-1] - xs[0] + 1) * rng.uniform(0.15, 0.9)
    floor = rng.uniform(0.0, 0.6)
    _lay_tone(
        rng, canvas, cover, part, (dark * (floor + (1 - floor) * np.exp(-away / reach))).astype(np.float32), grain
    )


def _lay_tone(
    rng: np.random.Generator,
    canvas: Canvas,
    cover: np.ndarray,
    part: tuple[slice, slice],
    amount: np.ndarray,
    grain: float,
) -> None:
    """Darken the sheet by `amount` (0..1) within `part`, with a grain of its own and clouds, where `cover` says."""
    h, w = amount.shape
    coarse = rng.normal(0, 1, (h // 2 + 1, w // 2 + 1)).astype(np.float32)
    noise = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), rng.uniform(0.3, 1.4)), (w, h))
    cloud = cv2.resize(rng.normal(0, 1, (5, 5)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    amount = amount * (1 + grain * noise / (noise.std() + 1e-6) + 0.15 * cloud)
    tone = np.full(cover.shape, 255, np.uint8)
    tone[part] = np.clip(canvas.tone[part] * (1 - np.clip(amount, 0, 0.97)), 0, 255)
    canvas.blend(cover, tone)


def stipple(rng: np.random.Generator, canvas: Canvas, region: Polygon, density: float, pen: float) -> None:
    """Dots, denser towards one edge, as in pen drawings."""
    cover = canvas.coverage(region) > 127
    columns = np.linspace(0, 1, cover.shape[1]) if rng.random() < 0.5 else np.linspace(1, 0, cover.shape[1])
    rate = np.broadcast_to(density * columns ** rng.uniform(0, 3), cover.shape)
    places = scatter(rng, cover, rate, canvas.factor)
    if len(places) > 6000:
        places = places[rng.choice(len(places), 6000, replace=False)]
    canvas.dots(places, pen * rng.uniform(0.35, 0.8), int(rng.integers(0, 90)))


def relief(rng: np.random.Generator, canvas: Canvas, half: Polygon, pen: float) -> None:
    """A frieze of shaded medallions and figures on the exterior."""
    x0, y0, x1, y1 = half.bounds
    level, size = y0 + (y1 - y0) * rng.uniform(0.2, 0.6), (y1 - y0) * rng.uniform(0.08, 0.25)
    for x in np.arange(x0 + size, x1, size * rng.uniform(2.1, 3)):
        figure = Polygon(irregular(rng, (x, level), size, 0.3)).buffer(0)
        if figure.geom_type == "Polygon" and not figure.is_empty and figure.within(half.buffer(size)):
            shade(rng, canvas, figure, rng.uniform(0.2, 0.7), grain=0.3)
            canvas.stroke(np.asarray(figure.exterior.coords), pen * 0.7, int(rng.integers(0, 100)), closed=True)
