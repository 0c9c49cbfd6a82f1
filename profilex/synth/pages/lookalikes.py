"""What stands on a page and is no vessel in section: plans, pits, finds, photographs, maps, tables, uncut vessels."""

from collections.abc import Callable

import cv2
import numpy as np
from shapely import Polygon

from profilex.synth.drawing.canvas import Canvas, hatch, irregular, resample, rounded, wobble
from profilex.synth.drawing.style import choose_style
from profilex.synth.forms.breaks import break_off
from profilex.synth.forms.grammar import draw_shape
from profilex.synth.pages.finds import glass, ground_stone, lithic, metalwork, north_arrow, whorl
from profilex.synth.pages.furniture import Bar, draw_bar, draw_text, paste, text_block, words
from profilex.synth.pages.graves import pit_plan
from profilex.synth.pages.photographs import colour_target, field_scale, object_photograph, photograph
from profilex.synth.surface.decoration import decorate, shade, stipple

BAR_ROOM_PX = 72  # below a figure, for its bar with the text


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


def site_map(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """Contours, walls and trenches with names."""
    c = Canvas(w, h, 2)
    centre = np.array([rng.uniform(0.3, 0.7) * w, rng.uniform(0.3, 0.7) * h])
    hill = rounded(irregular(rng, (0, 0), 1.0, 0.2))
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


def scales_alone(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A field scale or a colour target alone, as at the foot of a photographed sheet."""
    page = np.full((h, w), int(rng.choice([255, 255, int(rng.integers(150, 250))])), np.uint8)
    at = (w * rng.uniform(0.05, 0.3), h * rng.uniform(0.2, 0.6))
    draw = field_scale if rng.random() < 0.65 else colour_target
    draw(rng, page, at, w * rng.uniform(0.4, 0.7))
    return page


def prose(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    page = np.full((h, w), 255, np.uint8)
    text_block(rng, page, (4, 4, w - 4, h - 4), float(rng.uniform(11, 20)))
    return page


def framed_plan(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """A plan in a frame, with an inset in its corner and a title block, as planning offices draw them."""
    page = np.full((h, w), 255, np.uint8)
    pen, gap = int(rng.integers(1, 3)), int(rng.integers(3, 24))
    inside = pit_plan if rng.random() < 0.6 else site_map
    mw, mh = int(w * rng.uniform(0.5, 0.8)), int(h * rng.uniform(0.5, 0.8))
    paste(page, inside(rng, mw, mh), int((w - mw) * rng.uniform(0.3, 0.9)), int((h - mh) * rng.uniform(0.2, 0.8)))
    cv2.rectangle(page, (2, 2), (w - 3, h - 3), 0, pen)
    if rng.random() < 0.3:
        cv2.rectangle(page, (2 + gap, 2 + gap), (w - 3 - gap, h - 3 - gap), 0, 1)
    iw, ih = int(w * rng.uniform(0.15, 0.4)), int(h * rng.uniform(0.1, 0.3))
    page[gap : gap + ih, gap : gap + iw] = 255
    paste(page, site_map(rng, iw, ih), gap, gap)
    bw, bh = int(w * rng.uniform(0.2, 0.6)), int(h * rng.uniform(0.04, 0.12))
    corner = (w - 3 - bw - (gap if rng.random() < 0.5 else 0), h - 3 - bh - (gap if rng.random() < 0.5 else 0))
    page[corner[1] : corner[1] + bh, corner[0] : corner[0] + bw] = 255
    cv2.rectangle(page, corner, (corner[0] + bw, corner[1] + bh), 0, 1)
    for row in range(int(rng.integers(1, 4))):
        draw_text(page[:, : corner[0] + bw - 4], (corner[0] + 6, corner[1] + 4 + row * 14), words(rng, 4), 11)
    return page


def own_bar(
    rng: np.random.Generator, figure: "Figure", page: np.ndarray, at: tuple[int, int], px_per_mm: float, wide: int
) -> Bar | None:
    """The scale bar that such a figure has of its own, drawn below `at`, its lower left corner; None for those of none.

    Plans have metres. Finds and photographs are shown at another size than the page's vessels, of `px_per_mm`.
    """
    long = wide * float(rng.uniform(0.35, 0.6))
    spot = at[0] + float(rng.uniform(0, 1)) * (wide - long), at[1] + BAR_ROOM_PX / 2
    if figure in _IN_METRES:
        return draw_bar(rng, page, spot, long / float(rng.choice([1000, 2000, 5000, 10000, 20000])), long)
    if figure in _OF_FINDS:
        return draw_bar(rng, page, spot, px_per_mm * float(rng.choice([0.5, 0.67, 1.5, 2.0, 3.0])), long)
    return None


Figure = Callable[[np.random.Generator, int, int], np.ndarray]
FIGURES: tuple[Figure, ...] = (
    pit_plan,
    pit_plan,
    pit_profile,
    framed_plan,
    lithic,
    ground_stone,
    metalwork,
    glass,
    whorl,
    photograph,
    photograph,
    object_photograph,
    object_photograph,
    scales_alone,
    north_arrow,
    site_map,
    table,
    chart,
    uncut_vessel,
    uncut_vessel,
    sherd_front,
    sherd_front,
    prose,
)
_IN_METRES: tuple[Figure, ...] = (pit_plan, pit_profile, framed_plan, site_map)
_OF_FINDS: tuple[Figure, ...] = (lithic, ground_stone, metalwork, glass, whorl, photograph, sherd_front)
