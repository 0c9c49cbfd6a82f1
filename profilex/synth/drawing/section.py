"""The cut wall on paper: solid, hollow, hatched or toned, its outline sometimes open."""

import numpy as np
from shapely import LineString, MultiPolygon, Polygon, box
from shapely.ops import unary_union

from profilex.synth.drawing.canvas import hatch, scatter
from profilex.synth.drawing.sheet import Sheet


def draw_section(sheet: Sheet, part: Polygon | MultiPolygon, breaks: list[np.ndarray]) -> None:
    """Fill and outline one cut wall as its style demands."""
    rng, style, canvas = sheet.rng, sheet.style, sheet.canvas
    if style.section == "solid":
        canvas.fill(part, style.fill)
        return
    width = style.outline if style.section != "toned" else style.pen
    if style.section == "toned":
        canvas.fill(part, style.tint)
    else:
        canvas.fill(part, 255)
    if style.section == "hatched":
        _hatch_section(sheet, part)
    elif style.section == "outline" and rng.random() < 0.05:
        middle = part.buffer(-0.3 * sheet.k * sheet.shape.wall)
        for p in getattr(middle, "geoms", [middle]):
            if not p.is_empty:
                canvas.dashes(np.asarray(p.exterior.coords), style.pen, style.ink, 8, 5)
    tone = style.ink if style.section != "toned" else int(rng.integers(40, 130))
    for line in _edges(sheet, part, breaks):
        canvas.stroke(line, width, tone)


def _edges(sheet: Sheet, part: Polygon | MultiPolygon, breaks: list[np.ndarray]) -> list[np.ndarray]:
    """The outline's drawn pieces: sometimes open at the break, left to the axis line at the axis, or with a gap."""
    rng = sheet.rng
    edge = part.boundary
    if sheet.style.axis in ("solid", "dashed", "stub") and rng.random() < 0.85:
        edge = edge.difference(box(sheet.ax - 0.8, -1e4, sheet.ax + 0.8, 1e4))
    if sheet.style.section == "toned" and rng.random() < 0.35:  # no line towards the dark inside
        side = 1 if part.centroid.x > sheet.ax else -1
        edge = edge.difference(LineString(sheet.at(sheet.shape.inner, side)).buffer(0.7))
    if breaks and rng.random() < 0.3:
        edge = edge.difference(unary_union([LineString(b).buffer(1.0) for b in breaks]))
    if rng.random() < 0.15:
        spot = part.boundary.interpolate(rng.random(), normalized=True)
        edge = edge.difference(spot.buffer(rng.uniform(1.5, 5)))
    lines = [g for g in getattr(edge, "geoms", [edge]) if g.geom_type in ("LineString", "LinearRing") and g.length > 1]
    return [np.asarray(g.coords) for g in lines]


def _hatch_section(sheet: Sheet, part: Polygon | MultiPolygon) -> None:
    rng, style, canvas = sheet.rng, sheet.style, sheet.canvas
    step = max(3.0, style.hatch_step)
    if style.hatch_kind == "grey":
        canvas.fill(part, int(rng.integers(110, 225)))
        return
    if style.hatch_kind == "dots":
        inside = canvas.coverage(part) > 127
        places = scatter(rng, inside, float(rng.uniform(0.02, 0.12)), canvas.factor)[:4000]
        canvas.dots(places, style.pen * 0.6, style.ink)
        return
    angles = [style.hatch_angle] if style.hatch_kind != "cross" else [style.hatch_angle, style.hatch_angle + np.pi / 2]
    for angle in angles:
        for line in hatch(part, angle, step):
            if style.hatch_kind == "dashes":
                canvas.dashes(line, style.pen, style.ink, style.pen * 4, style.pen * 3)
            else:
                canvas.stroke(line, style.pen * 0.9, style.ink)
