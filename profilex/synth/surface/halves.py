"""What covers the two halves of a drawing before any line: paint, shading, textures, tints and sherds."""

import numpy as np
from shapely import LineString, MultiPolygon, Polygon, box

from profilex.synth.drawing.sheet import Sheet
from profilex.synth.drawing.sherds import float_sherds
from profilex.synth.surface.decoration import decorate, relief, shade, stipple
from profilex.synth.surface.textures import texture
from profilex.synth.surface.tone import tone_interior, tone_undersides


def silhouette(sheet: Sheet) -> Polygon:
    """The whole vessel as seen from outside, both halves."""
    outer = sheet.shape.outer
    left, right = sheet.at(outer, -1), sheet.at(outer, 1)
    shape = Polygon(np.concatenate([left, right[::-1]])).buffer(0)
    return shape if isinstance(shape, Polygon) else max(shape.geoms, key=lambda p: p.area)


def half(sheet: Sheet, side: int, contour: np.ndarray) -> Polygon:
    """The region between the axis and a contour on one side."""
    line = sheet.at(contour, side)
    ring = np.concatenate([line, [[sheet.ax, line[-1, 1]], [sheet.ax, line[0, 1]]]])
    shape = Polygon(ring).buffer(0)
    parts = [p for p in getattr(shape, "geoms", [shape]) if p.geom_type == "Polygon"]
    return max(parts, key=lambda p: p.area) if parts else Polygon()


def dress_halves(sheet: Sheet) -> None:
    """Shading, paint and sherds on interior and exterior, before any line."""
    rng, style, shape = sheet.rng, sheet.style, sheet.shape
    if sheet.has("bare_profile") or sheet.has("both_walls") or sheet.has("one_wall_cut"):
        return
    cut = sheet.place(shape.section, sheet.side)
    inside = half(sheet, sheet.side, shape.outer).difference(cut.buffer(0.3))
    parts = [p for p in getattr(inside, "geoms", [inside]) if p.geom_type == "Polygon" and p.area > 30]
    _dress_interior(sheet, parts, cut)
    if sheet.has("profile_only"):
        return
    outside = half(sheet, -sheet.side, shape.outer)
    if not outside.is_empty and not sheet.has("sherd_in_middle"):
        dress(sheet, outside)
    if rng.random() < (0.13 if style.section in ("solid", "outline", "ink") else 0.04):
        float_sherds(sheet)


def _dress_interior(sheet: Sheet, parts: list[Polygon], cut: Polygon | MultiPolygon) -> None:
    rng, canvas, style = sheet.rng, sheet.canvas, sheet.style
    largest = max(parts, key=lambda p: p.area, default=None)
    if style.section == "toned":
        tone_interior(sheet, parts, cut)
        tone_undersides(sheet, cut, silhouette(sheet))
    elif rng.random() < 0.1:
        for part in parts:
            canvas.fill(part, int(rng.integers(195, 235)))
    elif rng.random() < 0.12 and largest is not None:
        decorate(rng, canvas, largest, style.pen)
    elif rng.random() < 0.06:
        for part in parts:
            shade(rng, canvas, part, rng.uniform(0.15, 0.6), rng.uniform(0.1, 0.4))
    if sheet.has("burnish") and largest is not None:
        _burnish(sheet, largest)


def _burnish(sheet: Sheet, region: Polygon) -> None:
    """Strokes of a burnisher, close beside one another and next to the wall."""
    rng = sheet.rng
    x0, y0, x1, y1 = region.bounds
    upright, pale = rng.random() < 0.5, int(rng.integers(60, 190))
    for _ in range(int(rng.integers(12, 60))):
        x, y, long = rng.uniform(x0, x1), rng.uniform(y0, y1), rng.uniform(6, 40)
        end = (x, y + long) if upright else (x + long, y)
        cut = LineString([(x, y), end]).intersection(region)
        if cut.geom_type == "LineString" and cut.length > 3:
            sheet.line(np.asarray(cut.coords), sheet.style.pen * 0.8, pale)


def dress(sheet: Sheet, region: Polygon | MultiPolygon) -> None:
    """The exterior's look on `region` (sheet px)."""
    rng, style, canvas = sheet.rng, sheet.style, sheet.canvas
    region = max(getattr(region, "geoms", [region]), key=lambda p: p.area)
    look = style.exterior
    if look in ("shaded", "relief") or (look == "mixed" and rng.random() < 0.3) or _pencilled(sheet):
        shade(rng, canvas, region, style.gloom * rng.uniform(0.3, 1.0), rng.uniform(0.08, 0.4))
    if look == "grey" or (look == "mixed" and rng.random() < 0.3):
        canvas.fill(region, int(rng.integers(195, 235)))
    if sheet.has("painted") or look in ("painted", "mixed"):
        decorate(rng, canvas, region, style.pen)
    if sheet.has("texture"):
        texture(rng, canvas, region, max(0.8, style.pen * 0.8))
    if look == "stippled":
        stipple(rng, canvas, region, rng.uniform(0.01, 0.1), style.pen)
    if look == "relief":
        relief(rng, canvas, region, style.pen)
    if style.section == "toned" and rng.random() < 0.25:
        decorate(rng, canvas, region, 1.0)


def _pencilled(sheet: Sheet) -> bool:
    return sheet.has("pencil") and sheet.rng.random() < 0.7


def carry_front_across(sheet: Sheet) -> None:
    """A quarter cut: below the cut the front of the vessel reaches across the axis to the section's side."""
    rng, shape = sheet.rng, sheet.shape
    low, high = sheet.bottom, sheet.bottom - sheet.top
    level = sheet.top + high * float(rng.uniform(0.45, 0.8))
    cut = sheet.place(shape.section, sheet.side)
    inside = half(sheet, sheet.side, shape.outer).difference(cut.buffer(0.3)).intersection(box(-1e4, level, 1e4, low))
    parts = [p for p in getattr(inside, "geoms", [inside]) if p.geom_type == "Polygon" and p.area > 30]
    for part in parts:
        sheet.canvas.fill(part, 255)
        if rng.random() < 0.6:
            dress(sheet, part)
        for y in shape.levels:
            line = part.intersection(LineString([(-1e4, sheet.top + sheet.k * y), (1e4, sheet.top + sheet.k * y)]))
            if line.geom_type == "LineString" and not line.is_empty:
                sheet.line(np.asarray(line.coords))
    if parts:
        x0, _, x1, _ = max(parts, key=lambda p: p.area).bounds
        sheet.line(np.array([[x0, level], [x1, level]]), sheet.style.pen * rng.uniform(0.8, 1.4))
