"""Finds other than vessels, drawn from outside: flints, ground stone, metal and bone objects, with their sections."""

import numpy as np
from scipy.interpolate import PchipInterpolator
from shapely import LineString, Polygon

from profilex.synth.drawing.canvas import Canvas, hatch, irregular, rounded, wobble
from profilex.synth.surface.decoration import shade, stipple
from profilex.synth.writing.lettering import Pen, put


def lithic(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A flint or bone tool with ripples and its lens-shaped cross-section beside."""
    c = Canvas(w, h, 2)
    pen = float(rng.uniform(1, 2.2))
    body = rounded(irregular(rng, (w * 0.35, h / 2), min(w * 0.3, h * 0.42), 0.15))
    c.stroke(body, pen, closed=True)
    shape = Polygon(body).buffer(0)
    for _ in range(int(rng.integers(2, 7))):
        start = body[int(rng.integers(len(body)))]
        fan = start + np.cumsum(rng.normal((w * 0.35 - start[0]) / 22, 2, (14, 2)) * [1, 0.6], 0)
        c.stroke(fan, pen * 0.7)
    if shape.geom_type == "Polygon" and not shape.is_empty and rng.random() < 0.6:
        for line in hatch(shape, rng.uniform(-1.2, 1.2), rng.uniform(4, 9))[:: int(rng.integers(1, 4))]:
            c.stroke(line, pen * 0.5)
    _cross_section(rng, c, (w * 0.8, h / 2), min(w * 0.14, h * 0.4), pen)
    return c.paper()


def ground_stone(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """An adze or whetstone: a smooth outline with facets along its edges, and long, low cross-sections."""
    c = Canvas(w, h, 2)
    pen = float(rng.uniform(0.9, 2.4))
    high, broad = h * rng.uniform(0.6, 0.9), min(w * 0.4, h) * rng.uniform(0.3, 0.9)
    at = np.linspace(0, 1, 9)
    half = broad / 2 * (rng.uniform(0.5, 0.9) + rng.uniform(0.0, 0.5) * at) * np.clip(np.sin(np.pi * at) * 6, 0.2, 1)
    middle = np.stack([np.full(9, w * 0.6), h * 0.05 + high * at], 1)
    right, left = middle + half[:, None] * [1, 0], middle - half[:, None] * [1, 0]
    body = rounded(np.concatenate([right, left[::-1]]))
    c.stroke(wobble(rng, np.concatenate([body, body[:1]]), rng.uniform(0, 0.6)), pen)
    for edge, inwards in ((right, -1), (left, 1)):
        if rng.random() < 0.7:  # a facet: a second line that leaves the edge and comes back to it
            a, b = sorted(rng.choice(9, 2, replace=False))
            inset = broad * rng.uniform(0.04, 0.2) * np.sin(np.linspace(0, np.pi, b - a + 1))
            c.stroke(edge[a : b + 1] + inset[:, None] * [inwards, 0], pen * rng.uniform(0.6, 1))
    shape = Polygon(body).buffer(0)
    if isinstance(shape, Polygon) and not shape.is_empty:
        if rng.random() < 0.3:
            stipple(rng, c, shape, rng.uniform(0.01, 0.06), pen)
        elif rng.random() < 0.3:
            shade(rng, c, shape, rng.uniform(0.1, 0.5), 0.3)
    _cross_section(rng, c, (w * 0.2, h * rng.uniform(0.3, 0.7)), min(w * 0.16, h * 0.3), pen)
    return c.paper()


def metalwork(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """Pins, knives, blades and rings: long narrow outlines and circles in circles, with small sections beside."""
    c = Canvas(w, h, 2)
    pen = float(rng.uniform(0.8, 2.0))
    x = w * 0.08
    while x < w * 0.9:
        piece = rng.random()
        width = rng.uniform(0.06, 0.2) * w
        if piece < 0.3:
            x += _ring(rng, c, (x, h * rng.uniform(0.3, 0.7)), min(width, h * 0.4) * rng.uniform(0.5, 1.2), pen)
        else:
            _blade(rng, c, x + width / 2, h * rng.uniform(0.03, 0.3), h * rng.uniform(0.6, 0.97), width, pen)
        x += width * rng.uniform(1.0, 1.6)
    return c.paper()


def glass(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A glass or metal vessel: both sides one thin contour, at most a hair's breadth of section, with ribs or rings."""
    c = Canvas(w, h, 2)
    pen = float(rng.uniform(0.7, 1.6))
    at = np.linspace(0, 1, 40)
    knots = np.clip(np.cumsum(rng.normal(0, 0.25, 6)) + rng.uniform(0.4, 0.9), 0.15, 1.0)
    half = PchipInterpolator(np.linspace(0, 1, 6), knots)(at) * min(w * 0.4, h * 0.4)
    y = h * 0.08 + h * 0.84 * at
    contour = np.concatenate([np.stack([half, y], 1), [[0, y[-1]]]])
    for side in (-1, 1):
        line = contour * [side, 1] + [w / 2, 0]
        c.stroke(line, pen)
        if side < 0 and rng.random() < 0.6:
            c.stroke(line[:-1] + [pen * 1.8, 0], pen * 0.7)
    c.stroke(np.array([[w / 2 - half[0], y[0]], [w / 2 + half[0], y[0]]]), pen)
    for level in rng.uniform(y[0], y[-1], int(rng.integers(0, 5))):
        reach = float(np.interp(level, y, half))
        c.stroke(np.array([[w / 2, level], [w / 2 + reach, level]]), pen * 0.8)
    for x in rng.uniform(0.1, 0.9, int(rng.integers(0, 9))):
        c.stroke(np.stack([w / 2 + x * half[8:-6], y[8:-6]], 1), pen * 0.6)
    if rng.random() < 0.7:
        c.stroke(np.array([[w / 2, y[0]], [w / 2, y[-1]]]), pen * 0.8)
    return c.paper()


def north_arrow(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """An arrow to the north with its letter, alone on the paper."""
    c = Canvas(w, h, 2)
    size, x, y = min(w, h) * float(rng.uniform(0.2, 0.35)), w / 2, h * 0.56
    c.stroke(np.array([[x, y + size], [x, y - size]]), float(rng.uniform(1, 4)))
    head = np.array([[x, y - size], [x + 0.3 * size, y - 0.3 * size], [x, y - 0.5 * size]])
    c.fill(Polygon(head), 0)
    c.stroke(head * [-1, 1] + [2 * x, 0], 1.2, closed=True)
    put(rng, c.tone, (x, y - 1.3 * size), "N", max(10.0, 0.45 * size), Pen("bold"), "centre", c.factor)
    return c.paper()


def whorl(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A spindle whorl: from above, a ring with its hole, and from the side, without a cut."""
    c = Canvas(w, h, 2)
    pen, radius = float(rng.uniform(0.9, 2.2)), min(w * 0.2, h * 0.4)
    turn = np.linspace(0, 2 * np.pi, 60)
    circle = np.stack([np.cos(turn), np.sin(turn)], 1)
    for share in (1.0, float(rng.uniform(0.15, 0.3))):
        c.stroke(wobble(rng, circle * radius * share + [w * 0.3, h / 2], 0.4), pen)
    high = radius * float(rng.uniform(0.3, 0.9))
    half = np.array([[0.35, -high], [1.0 if rng.random() < 0.6 else 0.8, 0], [0.35, high]]) * [radius, 1]
    body = np.concatenate([half, half[::-1] * [-1, 1]]) + [w * 0.74, h / 2]
    c.stroke(rounded(body, int(rng.integers(0, 3))), pen, closed=True)
    if rng.random() < 0.5:
        reach = float(body[:, 0].max() - w * 0.74) * 0.7
        c.stroke(np.array([[w * 0.74 - reach, h / 2], [w * 0.74 + reach, h / 2]]), pen * 0.7)
    if rng.random() < 0.4:
        shade(rng, c, Polygon(body).buffer(0), rng.uniform(0.1, 0.5), 0.3)
    return c.paper()


def _ring(rng: np.random.Generator, c: Canvas, at: tuple[float, float], radius: float, pen: float) -> float:
    """An arm ring or finger ring; returns the width it takes."""
    turn = np.linspace(0, 2 * np.pi, 60)
    circle = np.stack([np.cos(turn), np.sin(turn) * rng.uniform(0.8, 1.0)], 1)
    centre, band = np.array([at[0] + radius, at[1]]), rng.uniform(0.6, 0.93)
    gap = int(rng.integers(1, 20)) if rng.random() < 0.4 else 0
    for share in (1.0, band):
        c.stroke((circle * radius * share + centre)[gap:], pen)
    if rng.random() < 0.5:
        for i in range(gap, 60, int(rng.integers(2, 6))):
            c.stroke(np.array([circle[i] * radius, circle[i] * radius * band]) + centre, pen * 0.8)
    dot = Polygon(irregular(rng, centre, radius * (1 - band) * 0.6, 0.05)).buffer(0)
    if rng.random() < 0.5 and not dot.is_empty:
        c.fill(dot, 0)
    return 2 * radius


def _blade(rng: np.random.Generator, c: Canvas, x: float, y0: float, y1: float, width: float, pen: float) -> None:
    """A long narrow object upright at `x`."""
    at = np.linspace(0, 1, 12)
    half = width / 2 * rng.choice([0.08, 0.2, 0.6, 1.0]) * (rng.uniform(0.5, 1) + rng.normal(0, 0.06, 12))
    half = half * np.clip((1 - at) * rng.uniform(2, 9), 0, 1)
    if rng.random() < 0.4:
        half[: int(rng.integers(1, 3))] *= rng.uniform(1.3, 3.5)  # a head
    middle = np.stack([x + width * rng.normal(0, 0.15) * np.sin(np.pi * at), y0 + (y1 - y0) * at], 1)
    body = rounded(np.concatenate([middle + half[:, None] * [1, 0], (middle - half[:, None] * [1, 0])[::-1]]), 2)
    c.stroke(body, pen, closed=True)
    shape = Polygon(body).buffer(0)
    if rng.random() < 0.4 and not shape.is_empty:
        for line in hatch(shape, rng.uniform(-1, 1), rng.uniform(3, 7)):
            c.stroke(line, pen * 0.7)
    elif rng.random() < 0.5:
        rib = LineString(middle).intersection(shape) if shape.is_valid else None
        if isinstance(rib, LineString) and not rib.is_empty:
            c.stroke(np.asarray(rib.coords), pen * 0.7)
    if rng.random() < 0.3:
        _cross_section(rng, c, (x + width, (y0 + y1) / 2), max(3.0, float(half.max())), pen)


def _cross_section(rng: np.random.Generator, c: Canvas, at: tuple[float, float], radius: float, pen: float) -> None:
    """An object's own section: a lens or bar, hollow, hatched or filled, upright or lying."""
    lens = rounded(irregular(rng, at, radius, 0.1))
    squeeze = rng.uniform(0.15, 1)
    axis = int(rng.integers(2))
    lens[:, axis] = at[axis] + (lens[:, axis] - at[axis]) * squeeze
    shape = Polygon(lens).buffer(0)
    roll = rng.random()
    if roll < 0.3:
        c.fill(shape, int(rng.choice([0, 60, 200])))
    elif roll < 0.5 and not shape.is_empty:
        for line in hatch(shape, 0.8, rng.uniform(3, 6)):
            c.stroke(line, pen * 0.7)
    c.stroke(lens, pen, closed=True)
