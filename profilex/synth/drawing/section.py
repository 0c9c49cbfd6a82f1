"""The cut wall on paper: solid, hollow, hatched, ticked across, flecked or toned, its outline sometimes open."""

import numpy as np
from shapely import LineString, MultiPolygon, Point, Polygon, box, prepare
from shapely.ops import unary_union

from profilex.synth.drawing.canvas import hatch, irregular, resample, scatter
from profilex.synth.drawing.sheet import Sheet


def draw_section(sheet: Sheet, part: Polygon | MultiPolygon, breaks: list[np.ndarray], side: int = 0) -> None:
    """Fill and outline one cut wall as its style demands; `side` is the one of the axis that it lies on."""
    rng, style, canvas = sheet.rng, sheet.style, sheet.canvas
    side = side or sheet.side
    if style.section == "solid":
        canvas.fill(part, style.fill)
        return
    width = style.outline if style.section != "toned" else style.pen
    canvas.fill(part, style.tint if style.section == "toned" else 255)
    if style.section == "hatched":
        _hatch_section(sheet, part, side)
    elif style.section == "outline" and rng.random() < 0.05:
        middle = part.buffer(-0.3 * sheet.k * sheet.shape.wall)
        for p in getattr(middle, "geoms", [middle]):
            if not p.is_empty:
                canvas.dashes(np.asarray(p.exterior.coords), style.pen, style.ink, 8, 5)
    if sheet.has("coil_joints"):
        for line in rungs(sheet, part, side, sheet.k * sheet.shape.wall * float(rng.uniform(2.5, 5)), lean=0.5):
            canvas.stroke(line, style.pen * 0.7, style.ink)
    tone = style.ink if style.section != "toned" else int(rng.integers(40, 130))
    for line in _edges(sheet, part, breaks, side):
        canvas.stroke(line, width, tone)
    if sheet.has("glaze"):
        glazed = LineString(sheet.at(sheet.shape.inner, side)).intersection(part.buffer(1.5))
        for line in getattr(glazed, "geoms", [glazed]):
            if line.geom_type == "LineString" and line.length > 4:
                canvas.stroke(np.asarray(line.coords), 2.2 * width, tone)


def _edges(sheet: Sheet, part: Polygon | MultiPolygon, breaks: list[np.ndarray], side: int) -> list[np.ndarray]:
    """The outline's drawn pieces: sometimes open at the break or rim, left to the axis at the axis, or with a gap."""
    rng, wall = sheet.rng, sheet.k * sheet.shape.wall
    edge = part.boundary
    if (
        sheet.style.axis in ("full", "dashed", "stub") and rng.random() < 0.85 and not sheet.has("both_walls")
    ) or sheet.has("both_walls"):
        edge = edge.difference(box(sheet.ax - 0.8, -1e4, sheet.ax + 0.8, 1e4))
    if sheet.style.section == "toned" and rng.random() < 0.35:  # no line towards the dark inside
        edge = edge.difference(LineString(sheet.at(sheet.shape.inner, side)).buffer(0.7))
    if breaks and sheet.has("open_end"):
        edge = edge.difference(unary_union([LineString(b).buffer(1.0) for b in breaks]))
    if sheet.has("open_rim"):
        lip = sheet.at(sheet.shape.outer[:1], side)[0]
        edge = edge.difference(Point(*lip).buffer(wall * rng.uniform(0.35, 0.7)))
    if rng.random() < 0.15:
        spot = part.boundary.interpolate(rng.random(), normalized=True)
        edge = edge.difference(spot.buffer(rng.uniform(1.5, 5)))
    lines = [g for g in getattr(edge, "geoms", [edge]) if g.geom_type in ("LineString", "LinearRing") and g.length > 1]
    return [np.asarray(g.coords) for g in lines]


def rungs(sheet: Sheet, part: Polygon | MultiPolygon, side: int, step: float, lean: float = 0.0) -> list[np.ndarray]:
    """Lines across the wall every `step` px along its inner face; `lean` 0 is square to it."""
    line = resample(sheet.at(sheet.shape.inner, side), max(step, 2.0))
    if len(line) < 3:
        return []
    ahead = np.gradient(line, axis=0)
    ahead /= np.hypot(*ahead.T)[:, None] + 1e-9
    across = np.stack([-ahead[:, 1], ahead[:, 0]], 1) + lean * ahead
    reach = 3.0 * sheet.k * sheet.shape.wall
    near = part.buffer(0.01)
    prepare(near)
    found = []
    for point, way in zip(line[1:-1], across[1:-1], strict=True):
        if not near.intersects(Point(*point).buffer(1.5)):
            continue
        cut = near.intersection(LineString([point - reach * way, point + reach * way]))
        pieces = [p for p in getattr(cut, "geoms", [cut]) if p.geom_type == "LineString" and not p.is_empty]
        if pieces:
            nearest = min(pieces, key=lambda p: p.distance(Point(*point)))
            if nearest.length < 2.2 * sheet.k * sheet.shape.wall:
                found.append(np.asarray(nearest.coords))
    return found


def _hatch_section(sheet: Sheet, part: Polygon | MultiPolygon, side: int) -> None:
    rng, style, canvas = sheet.rng, sheet.style, sheet.canvas
    step, wall = max(3.0, style.hatch_step), sheet.k * sheet.shape.wall
    if style.hatch_kind == "ladder":
        for line in rungs(sheet, part, side, wall * float(rng.uniform(0.7, 2.4))):
            canvas.stroke(line, style.pen * rng.uniform(0.7, 1.1), style.ink)
        return
    if style.hatch_kind == "grey":
        canvas.fill(part, int(rng.integers(70, 225)))
        return
    has_dots = style.hatch_kind in ("dots", "flecks")
    inside = canvas.coverage(part) > 127 if has_dots else np.zeros((1, 1), bool)
    if style.hatch_kind == "dots":
        places = scatter(rng, inside, float(rng.uniform(0.02, 0.12)), canvas.factor)[:4000]
        canvas.dots(places, style.pen * 0.6, style.ink)
        return
    if style.hatch_kind == "flecks":
        size = max(1.0, 0.07 * wall)
        for spot in scatter(rng, inside, float(rng.uniform(0.1, 0.5)) / size**2 * 0.12, canvas.factor)[:700]:
            canvas.fill_small(irregular(rng, spot, size * float(rng.uniform(0.4, 1.5)), 0.3), style.ink)
        return
    angles = [style.hatch_angle] if style.hatch_kind != "cross" else [style.hatch_angle, style.hatch_angle + np.pi / 2]
    for angle in angles:
        for line in hatch(part, angle, step):
            if style.hatch_kind == "dashes":
                canvas.dashes(line, style.pen, style.ink, style.pen * 4, style.pen * 3)
            else:
                canvas.stroke(line, style.pen * 0.9, style.ink)
