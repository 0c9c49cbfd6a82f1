"""One vessel drawn by the conventions of a style, with its truth.

What is section: the cut wall to the ink's edge where it is solid and to the middle of its outline where it is hollow,
up to the axis for whole bases, up to the break for fragments; a handle only where it is cut.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from shapely import LineString, MultiPolygon, Polygon, box
from shapely import affinity as aff
from shapely.ops import unary_union

from profilex.synth.drawing.canvas import Canvas, resample
from profilex.synth.drawing.decoration import decorate, relief, shade, stipple
from profilex.synth.drawing.section import draw_section
from profilex.synth.drawing.sheet import Sheet
from profilex.synth.drawing.sherds import float_sherds, mark_breaks, reconstruct, sherd_in_place
from profilex.synth.drawing.style import Style, fitted
from profilex.synth.drawing.tone import tone_interior, tone_undersides
from profilex.synth.forms.shape import Shape


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn vessel: `tone` uint8 (h, w) on white, and its truth in the same px.

    `masks` are bool planes section, vessel, axis. `sections` are the cut walls; `axis` and `rim` are lines (2, 2).
    `rim_radius_mm` is None without a rim or where an N symbol makes the drawn width meaningless.
    """

    tone: np.ndarray
    masks: dict[str, np.ndarray]
    sections: tuple[Polygon, ...]
    axis: np.ndarray | None
    rim: np.ndarray | None
    wall_px: float
    style: str
    px_per_mm: float
    rim_radius_mm: float | None = None
    whole: bool = False
    n_symbol: bool = False
    marks: dict[str, str] = field(default_factory=dict)


def draw_vessel(rng: np.random.Generator, shape: Shape, style: Style, px_per_mm: float) -> Drawing:
    """Draw `shape` at `px_per_mm` in `style`."""
    style = fitted(style, px_per_mm * shape.wall)
    right = (style.section_right and rng.random() < 0.9) or rng.random() >= 0.97
    side = 1 if right else -1
    handle_reach = shape.handle.bounds[2] if shape.handle is not None else 0.0
    reach = px_per_mm * max(shape.section.bounds[2], handle_reach, float(shape.outer[:, 0].max()))
    margin = 10 + 0.8 * px_per_mm * shape.wall + float(rng.uniform(4, 20))
    rise = max(0.0, -(shape.handle.bounds[1] if shape.handle is not None else 0.0)) * px_per_mm
    height = px_per_mm * max(shape.section.bounds[3], float(shape.outer[:, 1].max()))
    w, h = int(2 * reach + 2 * margin), int(height + rise + 2 * margin + 6)
    canvas = Canvas(w, h, 3 if w * h < 400_000 else 2)
    sheet = Sheet(rng, canvas, shape, style, px_per_mm, w / 2 + float(rng.uniform(-1, 1)), margin + rise, side)
    both = rng.random() < 0.04
    n_symbol = shape.top == "rim" and rng.random() < 0.04
    handle = _choose_handle(rng, shape, style)
    silhouette = _silhouette(sheet)
    _draw_halves(sheet, both)
    _draw_lines(sheet, both, n_symbol)
    if not both and rng.random() < {"ink": 0.3, "outline": 0.06}.get(style.section, 0.02):
        sherd_in_place(sheet, silhouette)
    section = _section_shape(shape, handle == "cut")
    sections = [sheet.place(section, side)]
    if both:
        sections.append(sheet.place(section, -side))
    for part, s in zip(sections, (side, -side), strict=False):
        draw_section(sheet, part, [sheet.at(b, s) for b in shape.breaks])
    mark_breaks(sheet, both)
    if handle == "uncut":
        _outline_handle(sheet, side)
    if shape.handle is not None and rng.random() < 0.6:
        _outline_handle(sheet, -side)
    if handle == "apart":
        extra = _handle_section(sheet)
        if extra is not None:
            sections.append(extra)
    axis = np.array([[sheet.ax, sheet.top], [sheet.ax, sheet.bottom]])
    lip = shape.rim_radius
    rim = sheet.at(np.array([[lip, 0.0], [-lip, 0.0]]), side) if lip else None
    return Drawing(
        tone=canvas.paper(),
        masks=_masks(canvas, sections, silhouette, axis, style, px_per_mm * shape.wall),
        sections=tuple(p for s in sections for p in getattr(s, "geoms", [s])),
        axis=None if style.axis == "missing" else axis,
        rim=rim,
        wall_px=px_per_mm * shape.wall,
        style=style.section,
        px_per_mm=px_per_mm,
        rim_radius_mm=None if n_symbol else lip,
        whole=shape.whole,
        n_symbol=n_symbol,
    )


def _masks(
    canvas: Canvas, sections: list, silhouette: Polygon, axis: np.ndarray, style: Style, wall: float
) -> dict[str, np.ndarray]:
    union = unary_union(sections)
    broad = LineString(axis).buffer(max(1.6, 0.12 * wall), cap_style="flat")
    blank = np.zeros((canvas.height, canvas.width), bool)
    return {
        "section": canvas.mask(union),
        "vessel": canvas.mask(unary_union([silhouette.buffer(0.5), union])),
        "axis": blank if style.axis == "missing" else canvas.mask(broad),
    }


def _silhouette(sheet: Sheet) -> Polygon:
    """The whole vessel as seen from outside, both halves."""
    outer = sheet.shape.outer
    left, right = sheet.at(outer, -1), sheet.at(outer, 1)
    return Polygon(np.concatenate([left, right[::-1]])).buffer(0)


def _half(sheet: Sheet, side: int, contour: np.ndarray) -> Polygon:
    """The region between the axis and a contour on one side."""
    line = sheet.at(contour, side)
    ring = np.concatenate([line, [[sheet.ax, line[-1, 1]], [sheet.ax, line[0, 1]]]])
    shape = Polygon(ring).buffer(0)
    parts = [p for p in getattr(shape, "geoms", [shape]) if p.geom_type == "Polygon"]
    return max(parts, key=lambda p: p.area) if parts else Polygon()


def _draw_halves(sheet: Sheet, both: bool) -> None:
    """Shading, paint and sherds on interior and exterior, before any line."""
    rng, style, shape, canvas = sheet.rng, sheet.style, sheet.shape, sheet.canvas
    cut = sheet.place(shape.section, sheet.side)
    inside = _half(sheet, sheet.side, shape.outer).difference(cut.buffer(0.3))
    outside = _half(sheet, -sheet.side, shape.outer)
    if both:
        outside = outside.difference(sheet.place(shape.section, -sheet.side))
    inside_parts = [p for p in getattr(inside, "geoms", [inside]) if p.geom_type == "Polygon" and p.area > 30]
    if style.section == "toned":
        tone_interior(sheet, inside_parts, cut)
        tone_undersides(sheet, cut, _silhouette(sheet))
    elif rng.random() < 0.1:
        for part in inside_parts:
            canvas.fill(part, int(rng.integers(195, 235)))
    elif rng.random() < 0.12 and inside_parts:
        decorate(rng, canvas, max(inside_parts, key=lambda p: p.area), style.pen)
    elif rng.random() < 0.06:
        for part in inside_parts:
            shade(rng, canvas, part, rng.uniform(0.15, 0.6), rng.uniform(0.1, 0.4))
    if not outside.is_empty:
        _dress(sheet, outside)
    if rng.random() < (0.16 if style.section in ("solid", "outline", "ink") else 0.04):
        float_sherds(sheet)


def _dress(sheet: Sheet, half: Polygon | MultiPolygon) -> None:
    """The exterior's look."""
    rng, style, canvas = sheet.rng, sheet.style, sheet.canvas
    half = max(getattr(half, "geoms", [half]), key=lambda p: p.area)
    look = style.exterior
    if look in ("shaded", "relief") or (look == "mixed" and rng.random() < 0.3):
        shade(rng, canvas, half, style.gloom * rng.uniform(0.3, 1.0), rng.uniform(0.08, 0.4))
    if look == "grey" or (look == "mixed" and rng.random() < 0.3):
        canvas.fill(half, int(rng.integers(195, 235)))
    if look in ("painted", "mixed"):
        decorate(rng, canvas, half, style.pen)
    if look == "stippled":
        stipple(rng, canvas, half, rng.uniform(0.01, 0.1), style.pen)
    if look == "relief":
        relief(rng, canvas, half, style.pen)
    if style.section == "toned" and rng.random() < 0.25:
        decorate(rng, canvas, half, 1.0)


def _draw_lines(sheet: Sheet, both: bool, n_symbol: bool) -> None:
    """Exterior contour, levels, rim line, base line and axis."""
    rng, style, shape = sheet.rng, sheet.style, sheet.shape
    side, heavy = sheet.side, style.outline if style.section in ("outline", "ink") else style.pen
    pale = style.ink if style.section != "toned" else max(style.ink, int(rng.integers(60, 150)))
    if not both:
        sheet.line(sheet.at(shape.outer, -side), heavy, pale)
    contour = LineString(shape.outer)
    if style.exterior != "bare" or rng.random() < 0.7:
        for y in shape.levels:
            r = contour.intersection(LineString([(0, y), (1e4, y)]))
            if not r.is_empty:
                level = sheet.at(np.array([[r.bounds[2], y], [0, y]]), -side)
                sheet.line(level, style.pen * rng.uniform(0.6, 1.1), pale)
                if rng.random() < 0.25:  # a groove or ridge: two lines, with paper between
                    sheet.line(level + [0, style.pen + rng.uniform(1.5, 9)], style.pen * rng.uniform(0.6, 1.1), pale)
    if rng.random() < 0.35:
        _interior_lines(sheet, pale)
    if rng.random() < 0.08:
        _inner_contour(sheet, pale)
    if shape.bottom == "base":
        low = shape.outer[-1]
        for s in (side, -side):
            sheet.line(sheet.at(np.array([low, [0, low[1]]]), s), heavy, pale)
        _foot_line(sheet, pale)
    if shape.top == "rim":
        _rim_line(sheet, pale)
    _axis_line(sheet, n_symbol, pale)
    if shape.bottom == "break" and rng.random() < 0.16:
        reconstruct(sheet)


def _foot_line(sheet: Sheet, tone: int) -> None:
    """The edge between wall and foot on the exterior."""
    outer = sheet.shape.outer
    near = outer[outer[:, 1] > outer[-1, 1] - 2.5 * sheet.shape.wall]
    if len(near) > 4 and sheet.rng.random() < 0.7:
        waist = near[int(np.argmin(near[:, 0]))]
        if waist[0] < near[-1, 0]:
            sheet.line(sheet.at(np.array([waist, [0, waist[1]]]), -sheet.side), None, tone)


def _interior_lines(sheet: Sheet, tone: int) -> None:
    """Grooves and edges seen inside, from the wall to the axis."""
    inner, rng = LineString(sheet.shape.inner), sheet.rng
    low = float(sheet.shape.section.bounds[3])
    for y in rng.uniform(0.02, 0.95, int(rng.integers(1, 4))) * low:
        hit = inner.intersection(LineString([(0, y), (1e4, y)]))
        if not hit.is_empty:
            sheet.line(
                sheet.at(np.array([[hit.bounds[0], y], [0, y]]), sheet.side),
                sheet.style.pen * rng.uniform(0.5, 1),
                tone,
            )


def _inner_contour(sheet: Sheet, tone: int) -> None:
    """The inside of the wall drawn dotted on the exterior half: two parallel lines that are no cut wall."""
    inner = sheet.shape.inner
    if sheet.shape.top == "rim" and len(inner) > 2:
        seen = inner[inner[:, 1] < sheet.shape.outer[-1, 1]]
        if len(seen) > 2:
            dash = sheet.style.pen * sheet.rng.uniform(1.5, 6)
            sheet.canvas.dashes(sheet.at(seen, -sheet.side), sheet.style.pen * 0.8, tone, dash, dash)


def _rim_line(sheet: Sheet, tone: int) -> None:
    rng, style, shape, side = sheet.rng, sheet.style, sheet.shape, sheet.side
    if style.rim_line == "none":
        return
    top = shape.outer[0]
    inner_edge = max(0.0, top[0] - style.rim_gap / sheet.k)
    ends = np.concatenate([sheet.at(np.array([[inner_edge, top[1]]]), side), sheet.at(top[None], -side)])
    if style.hand > 0.5 and rng.random() < 0.3:  # uneven rim
        ends = resample(ends, 12)
        ends[1:-1, 1] += np.cumsum(rng.normal(0, 0.5, len(ends) - 2)).clip(-4, 4)
    if style.rim_line == "dashed":
        sheet.canvas.dashes(ends, style.pen, tone, style.pen * 6, style.pen * 4)
    else:
        sheet.line(ends, style.pen, tone)
    if style.rim_line == "double":
        y = shape.wall * rng.uniform(0.3, 1.3)
        hit = LineString(shape.outer).intersection(LineString([(0, y), (1e4, y)]))
        if not hit.is_empty:
            sheet.line(sheet.at(np.array([[0, y], [hit.bounds[2], y]]), -side), style.pen, tone)
            if rng.random() < 0.3:
                sheet.line(sheet.at(np.array([[0, y], [inner_edge * 0.98, y]]), side), style.pen, tone)


def _axis_line(sheet: Sheet, n_symbol: bool, tone: int) -> None:
    rng, style, canvas = sheet.rng, sheet.style, sheet.canvas
    y0, y1 = sheet.top, sheet.bottom
    if sheet.shape.bottom == "break" and rng.random() < 0.5:
        y1 += rng.uniform(-0.2, 0.15) * (y1 - y0)
    y1 = min(y1, canvas.height - 3)
    if style.axis == "lower":
        y0 = y0 + rng.uniform(0.3, 0.6) * (y1 - y0)
    ends = np.array([[sheet.ax, y0], [sheet.ax, y1]])
    if style.axis == "dashed":
        canvas.dashes(ends, style.pen, tone, style.pen * rng.uniform(5, 12), style.pen * 4)
    elif style.axis != "missing":
        sheet.line(ends, style.pen * rng.uniform(0.7, 1.1), tone)
    if style.axis == "stub":
        canvas.stroke(np.array([[sheet.ax, y1 + 4], [sheet.ax, min(y1 + 8, canvas.height - 1)]]), style.pen, tone)
    if n_symbol:
        s = max(6.0, 0.6 * sheet.k * sheet.shape.wall)
        sign = np.array([[-s / 2, s], [-s / 2, -s], [s / 2, s], [s / 2, -s]]) + [
            sheet.ax + rng.uniform(-2, 2),
            sheet.top,
        ]
        canvas.stroke(sign, style.pen, style.ink)


def _choose_handle(rng: np.random.Generator, shape: Shape, style: Style) -> str:
    if shape.handle is None:
        return "apart" if rng.random() < 0.02 else "none"
    return str(rng.choice(["cut", "uncut", "apart"], p=[0.35, 0.5, 0.15]))


def _section_shape(shape: Shape, with_handle: bool) -> Polygon | MultiPolygon:
    if with_handle and shape.handle is not None:
        return unary_union([shape.section, shape.handle]).buffer(0)
    return shape.section


def _outline_handle(sheet: Sheet, side: int) -> None:
    """A handle seen from outside, not cut."""
    if sheet.shape.handle is None:
        return
    loop = sheet.place(sheet.shape.handle.difference(sheet.shape.section), side)
    for part in getattr(loop, "geoms", [loop]):
        if part.geom_type == "Polygon":
            if sheet.style.section == "toned":
                shade(sheet.rng, sheet.canvas, part, sheet.style.gloom * 0.6, 0.2)
            for ring in (part.exterior, *part.interiors):
                sheet.line(np.asarray(ring.coords), None if sheet.style.section != "outline" else sheet.style.outline)


def _handle_section(sheet: Sheet) -> Polygon | None:
    """The handle's own cut, a small oval beside the vessel."""
    rng, t = sheet.rng, sheet.k * sheet.shape.wall
    x = 4 + t if sheet.side < 0 else sheet.canvas.width - 4 - t
    y = rng.uniform(0.3, 0.8) * sheet.canvas.height
    oval = aff.rotate(
        aff.scale(box(-1, -1, 1, 1).buffer(0.8), t * 0.25, t * rng.uniform(0.3, 0.5)),
        rng.uniform(-40, 40),
        origin=(0, 0),
    )
    oval = aff.translate(oval, x, y)
    if oval.intersects(_silhouette(sheet).buffer(3)) or not oval.within(
        box(2, 2, sheet.canvas.width - 2, sheet.canvas.height - 2)
    ):
        return None
    draw_section(sheet, oval, [])
    return oval


def mirrored(drawing: Drawing) -> Drawing:
    """The drawing upside down, as lids and stands are printed."""
    h = drawing.tone.shape[0]
    flip = lambda p: aff.affine_transform(p, [1, 0, 0, -1, 0, h])  # noqa: E731
    turn = lambda line: None if line is None else np.stack([line[:, 0], h - line[:, 1]], 1)  # noqa: E731
    return replace(
        drawing,
        tone=np.ascontiguousarray(drawing.tone[::-1]),
        masks={k: np.ascontiguousarray(m[::-1]) for k, m in drawing.masks.items()},
        sections=tuple(flip(s) for s in drawing.sections),
        axis=turn(drawing.axis),
        rim=turn(drawing.rim),
    )
