"""What shows that a vessel is broken: marks beyond a break, sherds over the drawing or in their place in it.

None of it is section.
"""

import numpy as np
from shapely import LineString, MultiPolygon, Polygon, union_all
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from profilex.synth.drawing.canvas import Canvas, irregular, resample
from profilex.synth.drawing.sheet import Mark, Sheet
from profilex.synth.surface.decoration import decorate, shade, stipple
from profilex.synth.surface.textures import texture


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


def sherd_at_axis(sheet: Sheet) -> None:
    """The sherd drawn under the rim line about where the axis would be: as wide as it was found, its sides torn."""
    rng, shape, canvas = sheet.rng, sheet.shape, sheet.canvas
    wall, reach = sheet.k * shape.wall, sheet.k * float(shape.outer[:, 0].max())
    y0, y1 = sheet.top, sheet.bottom
    if shape.top == "break":
        y0 += 0.05 * (y1 - y0)
    broad = min(0.75 * reach, max(reach * float(rng.uniform(0.12, 0.55)), float(rng.uniform(0.3, 0.6)) * (y1 - y0)))
    x = sheet.ax + float(rng.normal(0, 0.12)) * reach
    low = broad * rng.uniform(0.4, 1.05, 2)
    corners = np.array([[x - broad, y0], [x + broad, y0], [x + low[1], y1], [x - low[0], y1]])
    sides = [resample(corners[[i, (i + 1) % 4]], max(3.0, 0.5 * wall))[:-1] for i in range(4)]
    for i in (1, 2, 3):
        sides[i] = sides[i] + rng.normal(0, 0.05 * wall + 0.4, sides[i].shape)
    sherd = Polygon(np.concatenate(sides)).buffer(0)
    sherd = sherd.difference(sheet.place(shape.section, sheet.side).buffer(3))
    sherd = max(getattr(sherd, "geoms", [sherd]), key=lambda part: part.area)
    if not isinstance(sherd, Polygon) or sherd.area < 30:
        return
    canvas.fill(sherd, 255)
    look = rng.random()
    if sheet.has("pencil") or look < 0.25:
        shade(
            rng,
            canvas,
            sherd,
            rng.uniform(0.3, 0.85),
            0.4,
            str(rng.choice(["top", "bottom", "left", "right", "middle"])),
        )
    elif look < 0.45:
        stipple(rng, canvas, sherd, rng.uniform(0.01, 0.08), sheet.style.pen)
    elif look < 0.65:
        decorate(rng, canvas, sherd, sheet.style.pen)
    elif look < 0.75:
        texture(rng, canvas, sherd, sheet.style.pen * 0.8)
    for level in shape.levels[:2]:
        line = sherd.intersection(LineString([(x - reach, y0 + sheet.k * level), (x + reach, y0 + sheet.k * level)]))
        if line.geom_type == "LineString" and not line.is_empty:
            sheet.line(np.asarray(line.coords))
    sheet.line(np.asarray(sherd.exterior.coords), sheet.style.pen * rng.uniform(0.8, 1.6))
    if rng.random() < 0.35:
        _torn_edge(rng, canvas, np.asarray(sherd.exterior.coords), (x, (y0 + y1) / 2), sheet.style.pen)


def mark_breaks(sheet: Sheet) -> None:
    """What carries the wall on beyond its break: short dashes, a line, or its outline drawn on to a second break."""
    style, rng = sheet.style, sheet.rng
    if style.ticks == "none":
        return
    other = not any(sheet.has(name) for name in ("profile_only", "bare_profile"))
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
                if s == sheet.side or (other and (sheet.has("both_walls") or np.allclose(end, edge[0]))):
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


def rebuild(sheet: Sheet) -> None:
    """The lost wall, dashed or dotted: its outer face on both halves, sometimes its inner one, all of it or a part."""
    rng, shape, style = sheet.rng, sheet.shape, sheet.style
    share = 1.0 if rng.random() < 0.4 else float(rng.uniform(0.2, 0.8))
    dotted = rng.random() < 0.35
    dash = style.pen * float(rng.uniform(1.0, 1.6) if dotted else rng.uniform(4, 8))
    gap = style.pen * float(rng.uniform(2.0, 4.0))
    faces = [shape.rest_outer] + ([shape.rest_inner] if rng.random() < 0.45 else [])
    sides = (-1, 1) if not any(sheet.has(n) for n in ("profile_only", "bare_profile")) else (sheet.side,)
    for face, side in ((f, s) for f in faces if f is not None for s in sides):
        if face is not shape.rest_outer and side != sheet.side and not sheet.has("both_walls"):
            continue
        line = np.asarray(substring(LineString(sheet.at(face, side)), 0, share, normalized=True).coords)
        if shape.top == "break":
            line = np.asarray(substring(LineString(sheet.at(face, side)), 1 - share, 1, normalized=True).coords)
        if len(line) > 1:
            sheet.canvas.dashes(line, style.pen, style.ink, dash, gap)
            sheet.marks.append(Mark("rebuilt", line))


def ghost(sheet: Sheet) -> None:
    """The whole vessel as it was, as a thin or dashed line round the sherd's drawing."""
    rng, shape, style = sheet.rng, sheet.shape, sheet.style
    if shape.rest_outer is None:
        return
    plain, pale = rng.random() < 0.3, int(rng.integers(style.ink, 170))
    low = shape.rest_outer[-1] if shape.bottom == "break" else shape.rest_outer[0]
    for side in (-1, 1):
        closing = np.array([low, [0.0, low[1]]])
        for piece in (shape.rest_outer, closing):
            line = sheet.at(piece, side)
            if plain:
                sheet.line(line, style.pen * 0.6, pale)
            else:
                sheet.canvas.dashes(line, style.pen * 0.7, pale, style.pen * 4, style.pen * 3)
            sheet.marks.append(Mark("rebuilt", line))


def preserved_pieces(sheet: Sheet, section: Polygon | MultiPolygon, side: int) -> Polygon | MultiPolygon:
    """The wall with one or two stretches lost; between them a single contour, dashes or nothing is drawn."""
    rng, shape = sheet.rng, sheet.shape
    outer, t = LineString(shape.outer), shape.wall
    lost: list[BaseGeometry] = []
    for _ in range(1 if rng.random() < 0.65 else 2):
        start = float(rng.uniform(0.2, 0.85))
        end = min(1.0, start + float(rng.uniform(0.06, 0.35)))
        stretch = substring(outer, start, end, normalized=True)
        lost.append(stretch.buffer(2.4 * t, cap_style="flat", join_style="mitre"))
        line, way = sheet.at(np.asarray(stretch.coords), side), rng.random()
        if way < 0.4:
            sheet.line(line, sheet.style.pen)
        elif way < 0.75:
            sheet.canvas.dashes(line, sheet.style.pen, sheet.style.ink, sheet.style.pen * 6, sheet.style.pen * 5)
            sheet.marks.append(Mark("rebuilt", line))
    left = section.difference(union_all(lost))
    pieces = [p for p in getattr(left, "geoms", [left]) if isinstance(p, Polygon) and p.area > 2 * t * t]
    return MultiPolygon(pieces) if pieces else section
