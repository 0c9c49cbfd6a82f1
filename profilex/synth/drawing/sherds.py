"""What shows that a vessel is broken: marks beyond a break, sherds over the drawing or in their place in it.

None of it is section.
"""

import numpy as np
from shapely import LineString, Polygon

from profilex.synth.drawing.canvas import Canvas, irregular, resample
from profilex.synth.drawing.decoration import decorate, shade, stipple
from profilex.synth.drawing.sheet import Sheet


def float_sherds(sheet: Sheet) -> None:
    """One or two sherds drawn over the vessel, beside the section."""
    rng = sheet.rng
    reach, height = sheet.k * sheet.shape.section.bounds[2], sheet.bottom - sheet.top
    for _ in range(int(rng.integers(1, 3))):
        x = sheet.ax + rng.uniform(-0.45, 1.0) * reach * -sheet.side
        size = min(reach, height) * rng.uniform(0.2, 0.75)
        if size > 8:
            _float_sherd(rng, sheet.canvas, (x, sheet.top + height * rng.uniform(0.3, 0.7)), size, sheet.style.pen)


def _float_sherd(
    rng: np.random.Generator, canvas: Canvas, centre: tuple[float, float], radius: float, pen: float
) -> None:
    """A sherd drawn over the vessel: torn outline, its own paint or shading, never a section."""
    outline = irregular(rng, centre, radius, 0.18)
    if rng.random() < 0.5:  # a straight rim on top
        outline[:, 1] = np.maximum(outline[:, 1], centre[1] - 0.4 * radius)
    shape = Polygon(outline).buffer(0)
    if shape.is_empty or shape.geom_type != "Polygon":
        return
    canvas.fill(shape, 255)
    roll = rng.random()
    if roll < 0.55:
        decorate(rng, canvas, shape, pen)
    elif roll < 0.75:
        shade(rng, canvas, shape, rng.uniform(0.1, 0.5), grain=0.4)
    elif roll < 0.85:
        stipple(rng, canvas, shape, rng.uniform(0.02, 0.12), pen)
    elif roll < 0.92:
        canvas.fill(shape, int(rng.integers(0, 60)))
    rough = resample(np.concatenate([outline, outline[:1]]), 5.0)
    canvas.stroke(rough + rng.normal(0, 0.5, rough.shape), pen * rng.uniform(0.8, 1.8), closed=True)
    if rng.random() < 0.5:
        _torn_edge(rng, canvas, rough, centre, pen)


def _torn_edge(
    rng: np.random.Generator, canvas: Canvas, outline: np.ndarray, centre: tuple[float, float], pen: float
) -> None:
    """The thickness of a break seen aslant: along a part of a sherd's outline a second line a little within it."""
    count = len(outline)
    length = int(count * rng.uniform(0.1, 0.5))
    if length < 4:
        return
    part = np.take(outline, np.arange(length) + int(rng.integers(count)), axis=0, mode="wrap")
    depth = rng.uniform(0.05, 0.2) * np.sin(np.linspace(0, np.pi, length)) ** rng.uniform(0.3, 1)
    inner = part + (np.array(centre) - part) * depth[:, None]
    if rng.random() < 0.2:
        region = Polygon(np.concatenate([part, inner[::-1]])).buffer(0)
        if isinstance(region, Polygon) and not region.is_empty:
            stipple(rng, canvas, region, rng.uniform(0.02, 0.1), pen)
    canvas.stroke(inner + rng.normal(0, 0.4, inner.shape), pen * rng.uniform(0.5, 1.2))


def sherd_in_place(sheet: Sheet, silhouette: Polygon) -> None:
    """The sherd itself drawn where it belongs in the vessel, torn at its sides; the rest of the vessel stays bare."""
    rng, canvas = sheet.rng, sheet.canvas
    wall = sheet.k * sheet.shape.wall
    left, top, right, bottom = silhouette.bounds
    centre = (sheet.ax + rng.uniform(-0.2, 0.4) * (right - left) / 2 * -sheet.side, (top + bottom) / 2)
    torn = irregular(rng, (0.0, 0.0), 1.0, 0.12) * [(right - left) * rng.uniform(0.3, 0.6), (bottom - top) * 0.7]
    rough = resample(np.concatenate([torn, torn[:1]]) + centre, max(4.0, 0.5 * wall))
    outline = Polygon(rough + rng.normal(0, 0.06 * wall, rough.shape)).buffer(0)
    cut = sheet.place(sheet.shape.section, sheet.side).buffer(wall * rng.uniform(0.1, 1.5))
    sherd = outline.intersection(silhouette).difference(cut)
    sherd = max(getattr(sherd, "geoms", [sherd]), key=lambda part: part.area)
    if not isinstance(sherd, Polygon) or sherd.area < 4 * wall**2:
        return
    canvas.fill(sherd, 255)
    look = rng.random()
    if look < 0.5:
        stipple(rng, canvas, sherd, rng.uniform(0.01, 0.08), sheet.style.pen)
    elif look < 0.75:
        shade(rng, canvas, sherd, rng.uniform(0.1, 0.5), 0.3)
    elif look < 0.9:
        decorate(rng, canvas, sherd, sheet.style.pen)
    for level in sheet.shape.levels:
        line = sherd.intersection(
            LineString([(left, sheet.top + sheet.k * level), (right, sheet.top + sheet.k * level)])
        )
        for part in getattr(line, "geoms", [line]):
            if isinstance(part, LineString) and not part.is_empty:
                sheet.line(np.asarray(part.coords))
    sheet.line(np.asarray(sherd.exterior.coords), sheet.style.pen * rng.uniform(0.8, 1.6))


def mark_breaks(sheet: Sheet, both: bool) -> None:
    """What carries the wall on beyond its break: short dashes, a line, or its outline drawn on to a second break."""
    style, rng = sheet.style, sheet.rng
    if style.ticks == "none":
        return
    for edge in sheet.shape.breaks:
        if style.ticks == "outline":
            _outline_beyond(sheet, edge)
            continue
        direction = np.array([edge[1, 1] - edge[0, 1], edge[0, 0] - edge[1, 0]])
        direction /= np.hypot(*direction) + 1e-9
        down = 1 if sheet.shape.bottom == "break" else -1
        if direction[1] * down < 0:
            direction = -direction
        gap, long = rng.uniform(2, 9) / sheet.k, rng.uniform(3, 10) / sheet.k
        for end in edge:
            piece = np.array([end + direction * gap, end + direction * (gap + long)])
            for s in (sheet.side, -sheet.side):
                if s == sheet.side or both or np.allclose(end, edge[0]):
                    sheet.canvas.stroke(sheet.at(piece, s), style.pen, style.ink)
        if style.ticks == "line":
            sheet.canvas.stroke(sheet.at(edge + direction * gap, sheet.side), style.pen, style.ink)


def _outline_beyond(sheet: Sheet, edge: np.ndarray) -> None:
    """Both faces of the wall go on beyond a break `edge` (2, 2; mm), to a second break or to an open end."""
    rng, wall, style = sheet.rng, sheet.shape.wall, sheet.style
    direction = np.array([edge[1, 1] - edge[0, 1], edge[0, 0] - edge[1, 0]])
    direction /= np.hypot(*direction) + 1e-9
    if direction[1] * (1 if sheet.shape.bottom == "break" else -1) < 0:
        direction = -direction
    reach = wall * rng.uniform(0.5, 2.5) * np.array([1.0, rng.uniform(0.6, 1.3)])
    drift = np.array([rng.normal(0, 0.15) * reach.max(), 0.0])
    ends = np.array([edge[i] + direction * reach[i] + drift for i in (0, 1)])
    for i in (0, 1):
        sheet.line(sheet.at(np.array([edge[i], ends[i]]), sheet.side), style.outline)
    if rng.random() < 0.6:
        torn = resample(ends, wall / 4)
        torn[1:-1] += rng.normal(0, 0.08 * wall, torn[1:-1].shape)
        sheet.line(sheet.at(torn, sheet.side), style.outline)


def reconstruct(sheet: Sheet) -> None:
    """A dashed lower body below the break."""
    rng, shape, style = sheet.rng, sheet.shape, sheet.style
    r, y = shape.outer[-1]
    step = min(3.0 * shape.wall, (sheet.canvas.height - 4 - sheet.top) / sheet.k - y)
    if step <= shape.wall:
        return
    points = np.array([[r, y], [r * rng.uniform(0.75, 1.0), y + step]])
    for s in (-1, 1):
        sheet.canvas.dashes(sheet.at(points, s), style.pen, style.ink, style.pen * 5, style.pen * 4)
