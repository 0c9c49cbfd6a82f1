"""Plans of graves and pits, as they stand beside vessels in excavation reports: rings of ticks, skeletons, stones."""

from collections.abc import Sequence

import cv2
import numpy as np
from shapely import Polygon

from profilex.synth.drawing.canvas import Canvas, irregular, resample, rounded
from profilex.synth.pages.furniture import draw_text


def pit_plan(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A pit or grave with a ring of ticks, its dead or their bones, stones and a north arrow."""
    c = Canvas(w, h, 2)
    pen = float(rng.uniform(1, 2.4))
    ring = rounded(irregular(rng, (w / 2, h / 2), min(w, h) * 0.42, 0.12))
    _outline(rng, c, ring, pen)
    if rng.random() < 0.6:
        inner = (ring - ring.mean(0)) * rng.uniform(0.7, 0.92) + ring.mean(0)
        c.stroke(inner, pen * 0.7, closed=True)
        for a, b in zip(resample(ring, 9), resample(inner, 9 * 0.85), strict=False):
            c.stroke(np.array([a, b]), pen * 0.6)
    if rng.random() < 0.6:
        _skeleton(rng, c, min(w, h) * rng.uniform(0.5, 0.8), pen * rng.uniform(0.5, 0.9))
    for _ in range(int(rng.integers(0, 12))):
        spot = np.array([rng.uniform(0.25, 0.75) * w, rng.uniform(0.25, 0.75) * h])
        if rng.random() < 0.5:
            turn = rng.uniform(0, 2 * np.pi)
            length = rng.uniform(8, 0.18 * min(w, h) + 9)
            _bone(rng, c, spot, spot + length * np.array([np.cos(turn), np.sin(turn)]), pen * 0.8)
        else:
            stone = rounded(irregular(rng, spot, rng.uniform(4, 0.06 * min(w, h) + 5), 0.2))
            c.stroke(stone, pen * 0.8, closed=True) if rng.random() < 0.7 else c.fill(
                Polygon(stone).buffer(0), int(rng.integers(0, 120))
            )
    _north(rng, c, (w * rng.uniform(0.05, 0.92), h * rng.uniform(0.06, 0.2)), pen)
    page = c.paper()
    if rng.random() < 0.4:
        _section_line(rng, page, w, h)
    return page


def _outline(rng: np.random.Generator, c: Canvas, ring: np.ndarray, pen: float) -> None:
    if rng.random() < 0.25:
        c.dashes(np.concatenate([ring, ring[:1]]), pen, 0, pen * rng.uniform(4, 10), pen * rng.uniform(2, 6))
    else:
        c.stroke(ring, pen, closed=True)


def _bone(
    rng: np.random.Generator,
    c: Canvas,
    a: Sequence[float] | np.ndarray,
    b: Sequence[float] | np.ndarray,
    pen: float,
    stout: float | None = None,
) -> None:
    """A long bone from `a` to `b`: a slender shaft between two knobs, `stout` its width relative to its length."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    along = b - a
    length = float(np.hypot(*along))
    if length < 4:
        return
    across = np.array([-along[1], along[0]]) / length
    stout = rng.uniform(0.07, 0.16) if stout is None else stout
    at = np.linspace(0, 1, 18)
    knobs = np.exp(-((at / 0.12) ** 2)) + np.exp(-(((1 - at) / 0.12) ** 2))
    half = length * stout * (0.3 + 0.4 * knobs) * np.clip(np.sin(np.pi * at) * 8, 0, 1)
    bow = length * rng.normal(0, 0.03) * np.sin(np.pi * at)
    middle = a + at[:, None] * along + bow[:, None] * across
    shape = rounded(np.concatenate([middle + half[:, None] * across, (middle - half[:, None] * across)[::-1]]), 2)
    body = Polygon(shape).buffer(0)
    c.fill(body, 255 if rng.random() < 0.8 else int(rng.integers(180, 250)))
    c.stroke(shape, pen, closed=True)
    if rng.random() < 0.2:
        c.stroke(middle[3:-3], pen * 0.7)


def _turned(angle: float) -> np.ndarray:
    return np.array([np.cos(angle), np.sin(angle)])


def _skeleton(rng: np.random.Generator, c: Canvas, tall: float, pen: float) -> None:
    """A skeleton about `tall` px long, stretched or crouched."""
    turn, crouch = rng.uniform(0, 2 * np.pi), rng.uniform(0, 1) if rng.random() < 0.7 else 0.0
    spine, side = _turned(turn), _turned(turn + np.pi / 2)
    facing = rng.choice([-1, 1])
    neck = np.array([c.width / 2, c.height / 2]) - spine * tall * (0.32 - 0.1 * crouch)
    hip = neck + spine * tall * 0.3 + side * facing * tall * 0.05 * crouch
    _skull(rng, c, neck - spine * tall * 0.07, tall * 0.07, pen)
    for share in np.linspace(0, 1, int(rng.integers(8, 20))):
        spot = neck + (hip - neck) * share
        c.stroke(rounded(irregular(rng, spot, tall * 0.014, 0.1)), pen, closed=True)
    bow = np.linspace(0, np.pi * 0.55, 10)
    for share in np.linspace(0.08, 0.65, int(rng.integers(5, 12))):
        for s in (-1, 1):
            start = neck + (hip - neck) * share
            rib = start + tall * 0.1 * (np.sin(bow)[:, None] * side * s + (1 - np.cos(bow))[:, None] * spine * 0.7)
            c.stroke(rib, pen)
            c.stroke(rib[1:] + spine * tall * 0.012, pen)
    c.stroke(rounded(irregular(rng, hip, tall * 0.08, 0.25)), pen, closed=True)
    for s in (-1, 1):
        shoulder, socket = neck + side * s * tall * 0.09 + spine * tall * 0.03, hip + side * s * tall * 0.05
        bend = facing * crouch * rng.uniform(0.8, 1.3)
        elbow = shoulder + tall * 0.17 * _turned(turn - bend * 0.6 + s * rng.normal(0.1, 0.15))
        knee = socket + tall * 0.24 * _turned(turn + bend * 1.7 + s * rng.normal(0, 0.1))
        hand = elbow + tall * 0.15 * _turned(turn + bend * 2.0 + rng.normal(0, 0.3))
        foot = knee + tall * 0.22 * _turned(turn - bend * 0.9 + rng.normal(0, 0.1))
        for a, b, stout in ((shoulder, elbow, 0.14), (elbow, hand, 0.12), (socket, knee, 0.13), (knee, foot, 0.12)):
            _bone(rng, c, a, b, pen, stout)
            if stout == 0.12:
                _bone(rng, c, a + side * tall * 0.02, b + side * tall * 0.02, pen, 0.08)


def _skull(rng: np.random.Generator, c: Canvas, centre: np.ndarray, radius: float, pen: float) -> None:
    head = rounded(irregular(rng, centre, radius, 0.05))
    c.fill(Polygon(head).buffer(0), 255 if rng.random() < 0.7 else int(rng.integers(190, 245)))
    c.stroke(head, pen, closed=True)
    for _ in range(int(rng.integers(1, 4))):
        spot = centre + rng.normal(0, 0.35, 2) * radius
        c.stroke(rounded(irregular(rng, spot, radius * 0.2, 0.2)), pen, closed=True)


def _north(rng: np.random.Generator, c: Canvas, at: tuple[float, float], pen: float) -> None:
    turn, size = rng.normal(0, 0.6), rng.uniform(8, 24)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    kite = np.array([(0, -1.4), (0.5, 0.8), (0, 0.4), (-0.5, 0.8)]) * size @ spin.T + at
    if rng.random() < 0.6:
        c.fill(Polygon(kite[: int(rng.integers(3, 5))]), 0)
    c.stroke(kite, pen, closed=True)
    if rng.random() < 0.4:
        c.stroke(rounded(irregular(rng, at, size * 1.2, 0.01)), pen, closed=True)


def _section_line(rng: np.random.Generator, page: np.ndarray, w: int, h: int) -> None:
    """The line of a profile through the pit, with crosses and letters at its ends."""
    level = int(h * rng.uniform(0.35, 0.65))
    cv2.line(page, (4, level), (w - 5, level), int(rng.integers(0, 160)), 1)
    for x, letter in ((10, "A"), (w - 12, "B")):
        cv2.line(page, (x, level - 7), (x, level + 7), 0, 1)
        draw_text(page, (x - 4, level - 22), letter, 12)
