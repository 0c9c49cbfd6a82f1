"""What stands on a page and is no vessel in section: plans, pits, lithics, photographs, maps, tables, uncut vessels."""

from collections.abc import Callable

import cv2
import numpy as np
from shapely import Polygon

from profilex.synth.breaks import break_off
from profilex.synth.canvas import Canvas, hatch, irregular, resample, wobble
from profilex.synth.decoration import decorate, shade, stipple
from profilex.synth.furniture import draw_bar, draw_text, text_block, words
from profilex.synth.grammar import draw_shape
from profilex.synth.style import choose_style


def _smooth(points: np.ndarray) -> np.ndarray:
    """A closed outline rounded by corner cutting (Chaikin)."""
    for _ in range(3):
        ahead = np.roll(points, -1, 0)
        points = np.stack([0.75 * points + 0.25 * ahead, 0.25 * points + 0.75 * ahead], 1).reshape(-1, 2)
    return points


def pit_plan(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A pit or grave with a ring of ticks, stones, bones and a north arrow."""
    c = Canvas(w, h, 2)
    pen = float(rng.uniform(1, 2.4))
    ring = _smooth(irregular(rng, (w / 2, h / 2), min(w, h) * 0.42, 0.12))
    c.stroke(ring, pen, closed=True)
    inner = (ring - ring.mean(0)) * rng.uniform(0.7, 0.92) + ring.mean(0)
    if rng.random() < 0.6:
        c.stroke(inner, pen * 0.7, closed=True)
        for a, b in zip(resample(ring, 9), resample(inner, 9 * 0.85), strict=False):
            c.stroke(np.array([a, b]), pen * 0.6)
    for _ in range(int(rng.integers(2, 16))):
        spot = (rng.uniform(0.25, 0.75) * w, rng.uniform(0.25, 0.75) * h)
        if rng.random() < 0.5:  # bones: paired strokes
            d = np.array([np.cos(a := rng.uniform(0, 6.3)), np.sin(a)]) * rng.uniform(8, 0.18 * min(w, h) + 9)
            side = np.array([-d[1], d[0]]) / (np.hypot(*d) + 1e-6) * rng.uniform(2, 5)
            bone = _smooth(np.array([spot - side, spot + d - side, spot + d + side, spot + side]))
            c.stroke(bone, pen * 0.8, closed=True)
        else:
            stone = _smooth(irregular(rng, spot, rng.uniform(4, 0.06 * min(w, h) + 5), 0.2))
            c.stroke(stone, pen * 0.8, closed=True) if rng.random() < 0.7 else c.fill(
                Polygon(stone).buffer(0), int(rng.integers(0, 120))
            )
    arrow = np.array([w * 0.9, h * 0.15])
    c.fill(Polygon([arrow + (0, -14), arrow + (5, 8), arrow + (0, 4), arrow + (-5, 8)]), 0)
    return c.paper()


def pit_profile(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A long shallow cut through the ground, which looks like a bowl's wall."""
    c = Canvas(w, h, 2)
    x = np.linspace(8, w - 8, 60)
    depth = h * rng.uniform(0.2, 0.6)
    shape = depth * np.clip(np.sin(np.linspace(0, np.pi, 60)) * rng.uniform(1, 3), 0, 1) ** rng.uniform(0.5, 2)
    low = wobble(rng, np.stack([x, h * 0.25 + shape], 1), 1.2)
    pen = float(rng.uniform(1, 3))
    c.stroke(low, pen)
    c.stroke(np.array([[2, h * 0.25], [w - 2, h * 0.25]]), pen)
    if rng.random() < 0.5:
        body = Polygon(low).buffer(0)
        if not body.is_empty:
            fill = rng.random()
            if fill < 0.3:
                for line in hatch(body, rng.uniform(-1, 1), rng.uniform(4, 12)):
                    c.stroke(line, 1)
            elif fill < 0.6 and body.geom_type == "Polygon":
                stipple(rng, c, body, rng.uniform(0.01, 0.06), 1.5)
            elif fill < 0.8:
                c.fill(body, int(rng.integers(60, 230)))
    if rng.random() < 0.5:  # a second layer line
        c.stroke(low - (0, depth * rng.uniform(0.1, 0.3)), pen * 0.8)
    return c.paper()


def lithic(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A flint or bone tool with ripples and its lens-shaped cross-section beside."""
    c = Canvas(w, h, 2)
    pen = float(rng.uniform(1, 2.2))
    body = _smooth(irregular(rng, (w * 0.35, h / 2), min(w * 0.3, h * 0.42), 0.15))
    c.stroke(body, pen, closed=True)
    shape = Polygon(body).buffer(0)
    for _ in range(int(rng.integers(2, 7))):
        start = body[int(rng.integers(len(body)))]
        fan = start + np.cumsum(rng.normal((w * 0.35 - start[0]) / 22, 2, (14, 2)) * [1, 0.6], 0)
        c.stroke(fan, pen * 0.7)
    if shape.geom_type == "Polygon" and not shape.is_empty and rng.random() < 0.6:
        for line in hatch(shape, rng.uniform(-1.2, 1.2), rng.uniform(4, 9))[:: int(rng.integers(1, 4))]:
            c.stroke(line, pen * 0.5)
    lens = _smooth(irregular(rng, (w * 0.8, h / 2), min(w * 0.14, h * 0.4), 0.1)) * [1, 1]
    lens[:, 0] = w * 0.8 + (lens[:, 0] - w * 0.8) * rng.uniform(0.3, 1)
    if rng.random() < 0.4:
        c.fill(Polygon(lens).buffer(0), int(rng.choice([0, 60, 200])))
    c.stroke(lens, pen, closed=True)
    return c.paper()


def photograph(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A grey picture of a sherd, pot or site with texture, shadow and a photo scale."""
    ground = float(rng.uniform(60, 250))
    tone = np.full((h, w), ground, np.float32)
    tone += cv2.resize(rng.normal(0, 22, (4, 4)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    for _ in range(int(rng.integers(1, 5))):
        blob = _smooth(
            irregular(
                rng, (w * rng.uniform(0.2, 0.8), h * rng.uniform(0.25, 0.75)), min(w, h) * rng.uniform(0.12, 0.42), 0.18
            )
        )
        mask = np.zeros((h, w), np.uint8)
        cv2.fillPoly(mask, [np.round(blob).astype(np.int32)], 255)
        soft = cv2.GaussianBlur(mask, (0, 0), 1.2).astype(np.float32) / 255
        shadow = cv2.GaussianBlur(np.roll(mask, (5, 7), (0, 1)), (0, 0), 6).astype(np.float32) / 255
        tone *= 1 - 0.35 * shadow
        texture = float(rng.uniform(30, 200)) + cv2.resize(
            rng.normal(0, 20, (h // 6 + 2, w // 6 + 2)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
        )
        texture += np.linspace(rng.uniform(-40, 40), rng.uniform(-40, 40), w)[None].astype(np.float32)
        tone = tone * (1 - soft) + texture * soft
    out = np.clip(tone + rng.normal(0, 6, (h, w)), 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        strip = out[int(h * 0.9) :]
        if strip.shape[0] > 6:
            cell = max(4, w // 24)
            for i in range(10):
                cv2.rectangle(
                    out,
                    (w // 4 + i * cell, int(h * 0.9)),
                    (w // 4 + (i + 1) * cell, int(h * 0.9) + cell // 2 + 2),
                    255 * (i % 2),
                    -1,
                )
    return out


def site_map(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """Contours, walls and trenches with names."""
    c = Canvas(w, h, 2)
    centre = np.array([rng.uniform(0.3, 0.7) * w, rng.uniform(0.3, 0.7) * h])
    hill = _smooth(irregular(rng, (0, 0), 1.0, 0.2))
    for s in np.linspace(0.15, 1, int(rng.integers(3, 9))):
        c.stroke(hill * min(w, h) * 0.6 * s + centre, rng.uniform(0.8, 2), closed=True)
    for _ in range(int(rng.integers(1, 8))):  # walls drawn double, or solid
        a, d = rng.uniform(0.1, 0.9, 2) * [w, h], rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.1)
        run, thick = rng.uniform(0.1, 0.4) * min(w, h), rng.uniform(4, 14)
        along, across = np.array([np.cos(d), np.sin(d)]) * run, np.array([-np.sin(d), np.cos(d)]) * thick
        wall = Polygon([a, a + along, a + along + across, a + across])
        if rng.random() < 0.5:
            c.fill(wall, int(rng.choice([0, 40, 150])))
        else:
            c.stroke(np.asarray(wall.exterior.coords), 1.2)
            if rng.random() < 0.5:
                for line in hatch(wall, 0.8, 5):
                    c.stroke(line, 0.9)
    page = c.paper()
    for _ in range(4):
        draw_text(page, (rng.uniform(0.05, 0.7) * w, rng.uniform(0.05, 0.9) * h), words(rng, 1), rng.uniform(10, 18))
    cv2.rectangle(page, (0, 0), (w - 1, h - 1), 0, 1)
    return page


def table(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """Rows and columns of numbers."""
    page = np.full((h, w), 255, np.uint8)
    size = float(rng.uniform(10, 16))
    for y in np.arange(4, h - size, size * 1.8):
        for x in np.arange(4, w - 40, w / 5):
            draw_text(
                page[:, : int(x + w / 5 - 6)], (x, y), words(rng, 1) if x < 10 else f"{rng.uniform(0, 400):.1f}", size
            )
        if rng.random() < 0.5:
            cv2.line(page, (0, int(y + size * 1.4)), (w, int(y + size * 1.4)), 0, 1)
    return page


def chart(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A bar or line diagram."""
    page = np.full((h, w), 255, np.uint8)
    cv2.line(page, (20, h - 20), (w - 5, h - 20), 0, 2)
    cv2.line(page, (20, h - 20), (20, 5), 0, 2)
    if rng.random() < 0.5:
        for x in np.arange(30, w - 20, max(10, w // 12)):
            top = int(rng.uniform(10, h - 30))
            cv2.rectangle(page, (int(x), top), (int(x + w // 18), h - 20), int(rng.choice([0, 0, 90, 180])), -1)
    else:
        across = np.linspace(20, w - 10, 30)
        for _ in range(int(rng.integers(1, 4))):
            y = h / 2 + np.cumsum(rng.normal(0, h / 25, 30))
            cv2.polylines(
                page, [np.stack([across, y], 1).astype(np.int32)], False, 0, int(rng.integers(1, 5)), cv2.LINE_AA
            )
    return page


def uncut_vessel(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A vessel drawn from outside on both sides: no cut wall, however like one its contour is."""
    shape, style = draw_shape(rng), choose_style(rng)
    if not shape.whole and rng.random() < 0.5:
        shape = next((b for _ in range(5) if (b := break_off(rng, draw_shape(rng), "top"))), shape)
    c = Canvas(w, h, 2)
    k = min((w - 24) / 2 / float(shape.outer[:, 0].max()), (h - 24) / max(1.0, float(shape.outer[:, 1].max())))
    left = np.stack([w / 2 - k * shape.outer[:, 0], 12 + k * shape.outer[:, 1]], 1)
    right = np.stack([w - left[:, 0], left[:, 1]], 1)
    body = Polygon(np.concatenate([left, right[::-1]])).buffer(0)
    if body.is_empty or body.geom_type != "Polygon":
        return c.paper()
    roll = rng.random()
    if roll < 0.35:
        decorate(rng, c, body, style.pen)
    elif roll < 0.6:
        shade(rng, c, body, rng.uniform(0.2, 0.7), 0.3)
    elif roll < 0.75:
        stipple(rng, c, body, rng.uniform(0.01, 0.08), style.pen)
    outline = wobble(rng, np.concatenate([left, right[::-1], left[:1]]), style.hand)
    c.stroke(outline, style.outline, style.ink)
    for y in shape.levels:
        c.stroke(
            np.array(
                [
                    [w / 2 - k * np.interp(y, shape.outer[:, 1], shape.outer[:, 0]), 12 + k * y],
                    [w / 2 + k * np.interp(y, shape.outer[:, 1], shape.outer[:, 0]), 12 + k * y],
                ]
            ),
            style.pen,
            style.ink,
        )
    return c.paper()


def sherd_front(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A decorated or plain sherd seen from outside, alone."""
    c = Canvas(w, h, 2)
    outline = irregular(rng, (w / 2, h / 2), min(w, h) * 0.42, 0.16)
    shape = Polygon(outline).buffer(0)
    if shape.geom_type != "Polygon" or shape.is_empty:
        return c.paper()
    roll = rng.random()
    if roll < 0.5:
        decorate(rng, c, shape, rng.uniform(1, 2.5))
    elif roll < 0.75:
        shade(rng, c, shape, rng.uniform(0.1, 0.7), 0.4)
    elif roll < 0.85:
        c.fill(shape, int(rng.integers(0, 60)))
    c.stroke(resample(np.concatenate([outline, outline[:1]]), 6.0), rng.uniform(1, 3), closed=True)
    return c.paper()


def prose(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    page = np.full((h, w), 255, np.uint8)
    text_block(rng, page, (4, 4, w - 4, h - 4), float(rng.uniform(11, 20)))
    return page


def bare_bar(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """Metre scales of plans and maps; not counted as a vessel's scale bar."""
    page = np.full((h, w), 255, np.uint8)
    draw_bar(rng, page, (w * 0.15, h * 0.5), rng.uniform(0.5, 4), w * 0.5)
    return page


Figure = Callable[[np.random.Generator, int, int], np.ndarray]
FIGURES: tuple[Figure, ...] = (
    pit_plan,
    pit_profile,
    lithic,
    photograph,
    photograph,
    photograph,
    site_map,
    table,
    chart,
    uncut_vessel,
    uncut_vessel,
    sherd_front,
    sherd_front,
    prose,
)
