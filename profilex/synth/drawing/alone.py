"""Pieces that have no axis: a wall sherd with its section beside its view, a handle with its section, view and cut.

Thickness and length can be measured on them, never a diameter.
"""

import numpy as np
from shapely import MultiPolygon, Point, Polygon, box
from shapely import affinity as aff
from shapely.ops import unary_union

from profilex.synth.drawing.canvas import Canvas, resample, wobble
from profilex.synth.drawing.result import NONE, Drawing
from profilex.synth.drawing.section import draw_section
from profilex.synth.drawing.sheet import Mark, Sheet
from profilex.synth.drawing.style import Style, fitted
from profilex.synth.forms.shape import Shape
from profilex.synth.surface.decoration import decorate, shade, stipple
from profilex.synth.surface.textures import rubbing, texture


def draw_wall_sherd(rng: np.random.Generator, style: Style, px_per_mm: float) -> Drawing:
    """A wall sherd: a slender section beside the decorated view, a short dash between them or ticks at its ends."""
    wall = float(np.exp(rng.normal(np.log(7.0), 0.35)).clip(3, 16)) * style.thickness
    long = wall * float(np.exp(rng.normal(np.log(6), 0.4)).clip(2.5, 14))
    high = long * px_per_mm
    thick = wall * px_per_mm
    style = fitted(style, thick)
    view_w = high * float(rng.uniform(0.6, 1.6))
    gap = float(rng.uniform(0.06, 0.3)) * high + 0.5 * thick + 4
    margin = 12 + thick * 0.5
    bend = high * float(rng.normal(0, 0.06))
    tilt = float(rng.normal(0, 14)) if rng.random() < 0.45 else 0.0
    broad = thick + abs(bend) + abs(np.sin(np.radians(tilt))) * high + 4
    c = Canvas(int(view_w + gap + broad + 2 * margin), int(high * 1.08 + 2 * margin), 3)
    right = rng.random() < 0.4
    vx = margin if right else margin + broad + gap
    sx = margin + view_w + gap + broad / 2 if right else margin + broad / 2
    middle_y = margin + high / 2
    section, faces = _strip(rng, thick, high, bend)
    section = aff.translate(aff.rotate(section, tilt, origin=(0, 0)), sx, middle_y)
    inner = _placed(faces[0], tilt, sx, middle_y)
    shape = Shape(
        "sherd", Polygon([(0, 0), (wall, 0), (wall, long), (0, long)]), faces[1], inner, thick, "break", "break"
    )
    sheet = Sheet(rng, c, shape, style, 1.0, 0.0, 0.0, 1)
    view = _sherd_view(sheet, (vx, margin, view_w, high))
    draw_section(sheet, section, [], 1)
    ends = [_placed(np.array([faces[0][i], faces[1][i]]), tilt, sx, middle_y) for i in (0, -1)]
    _between(sheet, ends, vx if not right else vx + view_w, sx, middle_y)
    return _finished(
        sheet, [section], unary_union([view, section]), [False], ends, "wall_sherd", wall, px_per_mm, "wall_sherd"
    )


def _strip(
    rng: np.random.Generator, thick: float, high: float, bend: float
) -> tuple[Polygon, tuple[np.ndarray, np.ndarray]]:
    """A slender, bent piece of wall round the origin, nearly a rectangle, and its two faces from top to bottom."""
    at = np.linspace(0, 1, 40)
    middle = np.stack(
        [bend * np.sin(np.pi * at) + high * 0.02 * rng.normal() * np.sin(2 * np.pi * at), (at - 0.5) * high], 1
    )
    width = thick * (1 + np.interp(at, np.linspace(0, 1, 5), rng.normal(0, 0.1, 5)))
    left, right = middle - 0.5 * width[:, None] * [1, 0], middle + 0.5 * width[:, None] * [1, 0]
    left[[0, -1], 1] += rng.normal(0, 0.12 * thick, 2)
    right[[0, -1], 1] += rng.normal(0, 0.12 * thick, 2)
    if rng.random() < 0.3:
        torn = rng.integers(4, 9)
        jag = np.linspace(left[-1], right[-1], torn)[1:-1] + rng.normal(0, 0.1 * thick, (torn - 2, 2))
        return Polygon(np.concatenate([left, jag, right[::-1]])).buffer(0), (left, right)
    return Polygon(np.concatenate([left, right[::-1]])).buffer(0), (left, right)


def _placed(points: np.ndarray, tilt: float, x: float, y: float) -> np.ndarray:
    turn = np.radians(tilt)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(points) @ spin.T + [x, y]


def _sherd_view(sheet: Sheet, place: tuple[float, float, float, float]) -> Polygon:
    """The sherd from outside, torn all round, decorated, shaded or rubbed."""
    rng, style = sheet.rng, sheet.style
    x, y, w, h = place
    n = int(rng.integers(5, 10))
    angle = np.sort(rng.uniform(0, 2 * np.pi, n))
    r = 1 / np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle))) * rng.uniform(0.65, 1.0, n)
    ring = np.stack(
        [x + w / 2 + w / 2 * r.clip(0, 1) * np.cos(angle), y + h / 2 + h / 2 * r.clip(0, 1) * np.sin(angle)], 1
    )
    rough = resample(np.concatenate([ring, ring[:1]]), 6.0)
    sherd = Polygon(rough + rng.normal(0, 0.7, rough.shape)).buffer(0)
    sherd = sherd if isinstance(sherd, Polygon) else max(sherd.geoms, key=lambda p: p.area)
    if sherd.is_empty:
        return sherd
    look = rng.random()
    if look < 0.3:
        decorate(rng, sheet.canvas, sherd, style.pen)
    elif look < 0.55:
        texture(rng, sheet.canvas, sherd, max(0.8, style.pen * 0.8))
    elif look < 0.75 or "pencil" in style.features:
        shade(rng, sheet.canvas, sherd, rng.uniform(0.2, 0.8), 0.4)
    elif look < 0.83:
        stipple(rng, sheet.canvas, sherd, rng.uniform(0.01, 0.08), style.pen)
    elif look < 0.9:
        rubbing(rng, sherd, sheet.canvas, max(1.0, style.pen))
    sheet.line(np.asarray(sherd.exterior.coords), style.pen * rng.uniform(0.9, 1.5))
    return sherd


def _between(sheet: Sheet, ends: list[np.ndarray], view_x: float, section_x: float, y: float) -> None:
    """A short dash between section and view, and ticks that carry the wall on."""
    rng, style, canvas = sheet.rng, sheet.style, sheet.canvas
    if rng.random() < 0.5:
        near, far = sorted((view_x, section_x))
        room = far - near
        middle = near + room * float(rng.uniform(0.4, 0.6))
        canvas.stroke(np.array([[middle - 0.12 * room, y], [middle + 0.12 * room, y]]), style.pen, style.ink)
    if rng.random() < 0.55:
        for end, other in zip(ends, ends[::-1], strict=True):
            way = (end - other).mean(0)
            way /= np.hypot(*way) + 1e-9
            for point in end:
                gap = rng.uniform(2, 8)
                canvas.stroke(
                    np.stack([point + gap * way, point + (gap + rng.uniform(3, 9)) * way]), style.pen, style.ink
                )


def draw_handle(rng: np.random.Generator, style: Style, px_per_mm: float) -> Drawing:
    """A handle alone: its curved section or side view, its front view, and its own cut, side by side."""
    wall = float(rng.uniform(6, 14)) * style.thickness
    thick, long = wall * px_per_mm, wall * float(rng.uniform(4, 9)) * px_per_mm
    style = fitted(style, thick)
    bow, strap = long * float(rng.uniform(0.1, 0.3)), thick * float(rng.uniform(1.2, 3.0))
    gap = 10 + 0.8 * thick
    c = Canvas(int(bow + thick + strap + 3 * gap + 2.4 * thick + 40), int(long + 40 + thick), 3)
    at = np.linspace(0, 1, 30)
    x0, y0 = 16 + thick / 2, 16 + thick / 2
    side_on = np.stack([x0 + bow * np.sin(np.pi * at * rng.uniform(0.6, 1.0)), y0 + long * at], 1)
    width = thick / 2 * (1 + 0.3 * (2 * at - 1) ** 2)
    faces = side_on - width[:, None] * [1, 0], side_on + width[:, None] * [1, 0]
    section = Polygon(np.concatenate([faces[0], faces[1][::-1]])).buffer(0)
    shape = Shape("handle", box(0, 0, wall, wall), faces[1], faces[0], thick, "break", "break")
    sheet = Sheet(rng, c, shape, style, 1.0, 0.0, 0.0, 1)
    is_cut = rng.random() < 0.5
    if is_cut:
        draw_section(sheet, section, [], 1)
    else:
        sheet.line(np.asarray(section.exterior.coords), style.outline)
        if rng.random() < 0.5:
            shade(rng, c, section, rng.uniform(0.2, 0.6), 0.4)
    front = _front(sheet, x0 + bow + thick + gap, y0, strap, long)
    oval = _own_cut(rng, strap, thick)
    oval = aff.translate(oval, x0 + bow + thick + 2 * gap + 1.5 * strap, y0 + long * float(rng.uniform(0.3, 0.7)))
    draw_section(sheet, oval, [], 1)
    for x in (x0 + bow - thick, x0 + bow + thick * 1.5):
        if rng.random() < 0.6:
            c.stroke(np.array([[x, y0 + long / 2], [x + 0.3 * thick, y0 + long / 2]]), style.pen, style.ink)
    sections = [section, oval] if is_cut else [oval]
    seen = unary_union([section, front, oval])
    return _finished(sheet, sections, seen, [True] * len(sections), [], "handle", wall, px_per_mm, "handle_alone")


def _own_cut(rng: np.random.Generator, wide: float, high: float) -> Polygon:
    """A handle's cut round the origin: a strap, an oval, a round or a strap with ribs."""
    kind = str(rng.choice(["strap", "oval", "round", "ribbed"]))
    if kind == "round":
        return Point(0, 0).buffer(0.5 * min(wide, 1.3 * high))
    if kind == "oval":
        return aff.rotate(aff.scale(Point(0, 0).buffer(0.5), wide, high), float(rng.normal(0, 20)))
    strap = aff.scale(box(-1, -1, 1, 1).buffer(float(rng.uniform(0.2, 0.9))), wide / 3.4, high / 3.4)
    if kind == "ribbed":
        ribs = [
            Point(x, -0.5 * high).buffer(0.18 * wide) for x in np.linspace(-0.3, 0.3, int(rng.integers(2, 4))) * wide
        ]
        whole = unary_union([strap, *ribs])
        strap = whole if isinstance(whole, Polygon) else strap
    return aff.rotate(strap, float(rng.normal(0, 8)))


def _front(sheet: Sheet, x: float, y: float, wide: float, high: float) -> Polygon:
    rng, style = sheet.rng, sheet.style
    at = np.linspace(0, 1, 12)
    flare = rng.uniform(-0.1, 0.5, 2)
    half = wide / 2 * (1 + np.where(at < 0.5, flare[0], flare[1]) * (2 * at - 1) ** 2)
    edges = [np.stack([x + wide / 2 + s * half, y + high * at], 1) for s in (-1, 1)]
    torn = [np.linspace(edges[0][i], edges[1][i], 6) for i in (0, -1)]
    for edge in torn:
        edge[1:-1] += rng.normal(0, 1.5, (4, 2))
    ring = np.concatenate([edges[0], torn[1][1:-1], edges[1][::-1], torn[0][::-1][1:-1]])
    front = Polygon(ring).buffer(0)
    if isinstance(front, Polygon) and rng.random() < 0.6:
        shade(rng, sheet.canvas, front, rng.uniform(0.15, 0.7), 0.4, "middle")
    sheet.canvas.stroke(wobble(rng, np.concatenate([ring, ring[:1]]), style.hand), style.pen, style.ink)
    return front


def _finished(
    sheet: Sheet,
    sections: list[Polygon],
    seen: Polygon | MultiPolygon,
    handles: list[bool],
    ends: list[np.ndarray],
    kind: str,
    wall: float,
    px_per_mm: float,
    feature: str,
) -> Drawing:
    canvas = sheet.canvas
    pieces = [(p, h) for s, h in zip(sections, handles, strict=True) for p in getattr(s, "geoms", [s])]
    cut = unary_union([p for p, _ in pieces])
    return Drawing(
        tone=canvas.paper(),
        masks={
            "section": canvas.mask(cut),
            "vessel": canvas.mask(unary_union([seen.buffer(0.5), cut])),
            "axis": np.zeros((canvas.height, canvas.width), bool),
        },
        sections=tuple(p for p, _ in pieces),
        axis=None,
        rim=None,
        wall_px=wall * px_per_mm,
        style=sheet.style.section,
        px_per_mm=px_per_mm,
        side=NONE,
        kind=kind,
        handles=tuple(h for _, h in pieces),
        marks=tuple(Mark("break", end) for end in ends),
        features=frozenset({feature}),
        wall_mm=wall,
    )
