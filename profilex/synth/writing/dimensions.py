"""Dimensions drawn across a vessel: lines with arrows or ticks, and the measure, by hand or in type."""

from dataclasses import dataclass

import numpy as np
from shapely import LineString, Point
from shapely.ops import nearest_points

from profilex.synth.drawing.sheet import Sheet
from profilex.synth.writing.lettering import Pen, Text
from profilex.synth.writing.signs import pen_for

_NOWHERE = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How dimensions are given: arrows towards the number ("inward") or away from it, or ticks; the unit; the pen."""

    arrows: str
    unit: str
    stacked: bool
    size: float
    pen: Pen


def draw_dimensions(sheet: Sheet) -> None:
    """Diameters of rim and neck, heights and wall thicknesses, as many as there is room for."""
    rng, shape = sheet.rng, sheet.shape
    wide = sheet.k * float(shape.outer[:, 0].max())
    size = float(np.clip(wide * rng.uniform(0.07, 0.14), 9, 26))
    manner = _Manner(
        str(rng.choice(["inward", "outward", "ticks"], p=[0.6, 0.3, 0.1])),
        str(rng.choice(["mm", "", "cm"], p=[0.75, 0.15, 0.1])),
        bool(rng.random() < 0.3),
        size,
        pen_for(sheet, size)
        if rng.random() < 0.4
        else Pen(tone=sheet.style.ink, writing=sheet.style.writing, width=max(0.9, size / 13)),
    )
    radius = shape.rim_radius
    if radius is not None and not sheet.has("n_sign"):
        y = 0.0 if rng.random() < 0.7 else -1.2 * size / sheet.k
        across(sheet, manner, radius, max(y, (4 - sheet.top) / sheet.k), "rim_diameter")
    if (neck := _neck(shape.outer)) is not None and rng.random() < 0.8:
        across(sheet, manner, float(neck[0]), float(neck[1]), "neck_diameter")
        if rng.random() < 0.6:
            _upright(sheet, manner, 0.0, float(neck[1]), float(rng.uniform(0.45, 0.75)) * float(neck[0]), "neck_height")
    if shape.bottom == "base" and rng.random() < 0.7:
        _upright(sheet, manner, 0.0, float(shape.outer[-1, 1]), 0.0, "height")
    if rng.random() < 0.8:
        _walls(sheet, manner)


def _neck(outer: np.ndarray) -> np.ndarray | None:
    """The narrowest place of the outer contour between two wider ones, None without a neck."""
    r = outer[:, 0]
    at = int(np.argmin(r[: int(np.argmax(r)) + 1]))
    return outer[at] if 0 < at < int(np.argmax(r)) and r[at] < 0.97 * r[0] else None


def _said(manner: _Manner, value_mm: float, half: bool = False) -> tuple[str, float]:
    """The number as it is written, and the length in mm that it states."""
    if manner.unit == "cm":
        return f"{value_mm / 10:.1f} cm", round(value_mm / 10, 1) * 10
    value = round(value_mm * 2) / 2 if half else round(value_mm)
    return f"{value:g}{' ' if not manner.stacked and manner.unit else ''}{manner.unit}", float(value)


def _arrow(sheet: Sheet, tip: np.ndarray, way: np.ndarray, size: float) -> None:
    across = np.array([-way[1], way[0]])
    barbs = np.stack([tip - size * way + 0.45 * size * across, tip, tip - size * way - 0.45 * size * across])
    sheet.canvas.stroke(barbs, sheet.style.pen, sheet.style.ink)


def _spanned(sheet: Sheet, manner: _Manner, a: np.ndarray, b: np.ndarray, value_mm: float, quantity: str) -> None:
    """A dimension line from a to b, interrupted by its number."""
    rng, style = sheet.rng, sheet.style
    long = float(np.hypot(*(b - a)))
    way = (b - a) / max(long, 1e-6)
    text, stated = _said(manner, value_mm)
    horizontal = abs(way[0]) > abs(way[1])
    room = manner.size * (0.34 * len(text) + 0.5 if horizontal else 1.1)
    if long < 2.2 * room:
        return
    share = float(rng.uniform(0.35, 0.68)) if horizontal else 0.5
    middle = a + share * (b - a)
    left, right = middle - way * room, middle + way * room
    head = manner.size * 0.4
    for start, end, towards in ((a, left, way), (b, right, -way)):
        if horizontal or quantity != "height" or style.axis == "absent":
            sheet.line(np.stack([start, end]), style.pen * 0.9)
        if manner.arrows == "inward":
            _arrow(sheet, end, towards, head)
        elif manner.arrows == "outward":
            _arrow(sheet, start, -towards, head)
        else:
            tick = 0.5 * head * np.array([-way[1], way[0]])
            sheet.canvas.stroke(np.stack([start - tick, start + tick]), style.pen, style.ink)
    rows, columns = _around(sheet, middle, room * (1 if horizontal else 0.5 * len(text) / 2.2), manner.size * 0.6)
    sheet.canvas.tone[rows, columns] = 255
    spans = ((float(a[0]), float(a[1])), (float(b[0]), float(b[1])))
    sheet.write(Text("dimension", text, _NOWHERE, stated, quantity, spans), tuple(middle), manner.size, manner.pen)


def _around(sheet: Sheet, at: np.ndarray, dx: float, dy: float) -> tuple[slice, slice]:
    f, c = sheet.canvas.factor, sheet.canvas
    x0, x1 = np.clip([(at[0] - dx) * f, (at[0] + dx) * f], 0, c.width * f).astype(int)
    y0, y1 = np.clip([(at[1] - dy) * f, (at[1] + dy) * f], 0, c.height * f).astype(int)
    return slice(y0, y1), slice(x0, x1)


def across(sheet: Sheet, manner: _Manner, radius: float, y: float, quantity: str) -> None:
    """A diameter at height y (mm), from one side of the vessel to the other."""
    a, b = (sheet.at(np.array([[radius, y]]), s)[0] for s in (-1, 1))
    _spanned(sheet, manner, a, b, 2 * radius, quantity)


def _upright(sheet: Sheet, manner: _Manner, y0: float, y1: float, r: float, quantity: str) -> None:
    side = sheet.side if sheet.rng.random() < 0.5 else -sheet.side
    a, b = sheet.at(np.array([[r, y0], [r, y1]]), side)
    _spanned(sheet, manner, a, b, y1 - y0, quantity)


def _walls(sheet: Sheet, manner: _Manner) -> None:
    """Wall thicknesses: a bare number beside the wall, or an arrow on it from either side."""
    rng, shape, low = sheet.rng, sheet.shape, float(sheet.shape.section.bounds[3])
    sides = (sheet.side, -sheet.side) if sheet.has("both_walls") else (sheet.side,)
    for side in sides:
        for y in (np.arange(3)[: int(rng.integers(1, 4))] + rng.uniform(0.1, 0.7)) / 3 * low:
            cut = shape.section.intersection(LineString([(0, y), (1e4, y)]))
            if cut.geom_type != "LineString" or cut.is_empty:
                continue
            (r0, _), (r1, _) = cut.coords[0], cut.coords[-1]
            middle = Point((r0 + r1) / 2, y)
            face = nearest_points(shape.section.boundary, middle)[0]
            text, stated = _said(manner, 2 * middle.distance(face), half=True)
            outside = rng.random() < 0.35
            reach = 0.55 * manner.size * (0.6 * len(text) + 1)
            r = max(r0, r1) + reach / sheet.k if outside else min(r0, r1) - reach / sheet.k
            if r < 0:
                continue
            at = sheet.at(np.array([[r, y]]), side)[0]
            across_wall = np.array([[face.x, face.y], [2 * middle.x - face.x, 2 * middle.y - face.y]])
            (ax, ay), (bx, by) = sheet.at(across_wall, side).tolist()
            words = Text("dimension", text, _NOWHERE, stated, "wall_thickness", ((ax, ay), (bx, by)))
            sheet.write(words, tuple(at), manner.size * 0.85, manner.pen)
