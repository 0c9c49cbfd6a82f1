"""Handles, spouts, lugs and feet: cut with the wall, in view, from the front, or as a section of their own."""

import numpy as np
from shapely import LineString, MultiPolygon, Polygon, box
from shapely import affinity as aff
from shapely.ops import unary_union

from profilex.synth.drawing.section import draw_section
from profilex.synth.drawing.sheet import Sheet
from profilex.synth.surface.decoration import shade


def cut_with_parts(sheet: Sheet) -> Polygon | MultiPolygon:
    """The section in mm with what of handle, spout, lugs and feet is cut."""
    shape, rng = sheet.shape, sheet.rng
    section = shape.section
    if sheet.has("handle_cut") and shape.handle is not None:
        section = unary_union([section, shape.handle]).buffer(0)
    for part in shape.parts:
        if part.kind == "leg" and rng.random() < 0.5:
            continue
        if part.kind == "spout" and rng.random() < 0.55:
            continue
        if part.bore is not None:
            section = unary_union([section, part.outline]).difference(part.bore)
        else:
            section = unary_union([section, part.outline.buffer(0.02 * shape.wall)])
    pieces = [
        p for p in getattr(section, "geoms", [section]) if p.geom_type == "Polygon" and p.area > 0.1 * shape.wall**2
    ]
    return MultiPolygon(pieces) if len(pieces) > 1 else pieces[0]


def draw_parts_in_view(sheet: Sheet, cut: Polygon | MultiPolygon) -> None:
    """What is seen and not cut, on either half; `cut` is the section as it is drawn, in mm."""
    rng, shape = sheet.rng, sheet.shape
    if shape.handle is not None:
        if sheet.has("handle_view"):
            _outline(sheet, shape.handle.difference(shape.section), sheet.side)
        if sheet.has("handle_face"):
            _face(sheet)
        elif rng.random() < 0.6 and not _one_half(sheet):
            _outline(sheet, shape.handle.difference(shape.section), -sheet.side)
    for part in shape.parts:
        is_cut = cut.intersection(part.outline).area > 0.2 * part.outline.area
        if not is_cut:
            _outline(sheet, part.outline.difference(shape.section), sheet.side)
        if _one_half(sheet):
            continue
        if part.kind == "leg":
            _outline(sheet, part.outline, -sheet.side)
            if rng.random() < 0.6:  # the foot towards the reader
                away = part.outline.centroid.x * float(rng.uniform(0.7, 1.0))
                _outline(sheet, aff.scale(aff.translate(part.outline, -away, 0), -1.0, 1.05), -sheet.side)
        elif part.kind == "lug" or (part.kind == "spout" and is_cut and rng.random() < 0.2):
            _outline(sheet, part.outline, -sheet.side)
    if not _one_half(sheet):
        for window in shape.windows:
            sheet.line(sheet.at(window, -sheet.side), closed=True)


def draw_own_section(sheet: Sheet) -> Polygon | None:
    """The handle's own cut, a small oval, lens or bar beside the vessel, led to by two short strokes."""
    rng, t = sheet.rng, sheet.k * sheet.shape.wall
    canvas, handle = sheet.canvas, sheet.shape.handle
    if handle is None:
        return None
    size = t * rng.uniform(0.5, 1.5), t * rng.uniform(0.3, 0.7)
    edge = 4 + max(size) + rng.uniform(0, 3)
    x = edge if sheet.side < 0 else canvas.width - edge
    y = sheet.top + sheet.k * float(np.mean(handle.bounds[1::2])) + rng.normal(0, 2 * t)
    oval = aff.scale(box(-1, -1, 1, 1).buffer(0.8), size[0] / 1.8, size[1] / 1.8)
    if rng.random() < 0.3:  # a strap with ribs or a groove
        oval = oval.difference(box(-0.15 * size[0], -2 * size[1], 0.15 * size[0], -0.6 * size[1]))
    oval = aff.translate(aff.rotate(oval, rng.uniform(-40, 40), origin=(0, 0)), x, y)
    loop = sheet.place(handle, sheet.side)
    if oval.distance(loop) < 3 or not oval.within(box(2, 2, canvas.width - 2, canvas.height - 2)):
        return None
    if oval.geom_type != "Polygon":
        return None
    if rng.random() < 0.6:
        _lead(sheet, oval, loop)
    draw_section(sheet, oval, [])
    return oval


def _lead(sheet: Sheet, oval: Polygon, loop: Polygon | MultiPolygon) -> None:
    """Two strokes on either side of the handle that say where it is cut."""
    centre = np.array(oval.centroid.coords[0])
    near = (
        np.array(loop.exterior.interpolate(loop.exterior.project(oval.centroid)).coords[0])
        if isinstance(loop, Polygon)
        else centre
    )
    way = near - centre
    way /= np.hypot(*way) + 1e-9
    for reach in (near - 5 * way, near + (2.5 * sheet.k * sheet.shape.wall) * way):
        sheet.canvas.stroke(np.stack([reach - 4 * way, reach]), sheet.style.pen, sheet.style.ink)


def _one_half(sheet: Sheet) -> bool:
    return any(sheet.has(name) for name in ("profile_only", "bare_profile", "both_walls"))


def _outline(sheet: Sheet, region: Polygon | MultiPolygon, side: int) -> None:
    """Something seen from outside, not cut."""
    loop = sheet.place(region, side)
    for part in getattr(loop, "geoms", [loop]):
        if part.geom_type == "Polygon" and not part.is_empty:
            if sheet.style.section == "toned":
                shade(sheet.rng, sheet.canvas, part, sheet.style.gloom * 0.6, 0.2)
            for ring in (part.exterior, *part.interiors):
                sheet.line(np.asarray(ring.coords), None if sheet.style.section != "outline" else sheet.style.outline)


def _face(sheet: Sheet) -> None:
    """A strap handle from the front: two lines down the exterior from the rim to the shoulder, with ribs."""
    handle, rng = sheet.shape.handle, sheet.rng
    if handle is None:
        return
    _, y0, _, y1 = handle.bounds
    x = float(rng.uniform(0.0, 0.35)) * handle.bounds[0]
    broad = float(rng.uniform(1.0, 2.8)) * sheet.shape.wall
    at = np.linspace(0, 1, 9)
    flare = broad * (1 + 0.35 * (2 * at - 1) ** 2)
    edges = [np.stack([x + s * flare, y0 + (y1 - y0) * at], 1) for s in (-1, 1)]
    strap = Polygon(np.concatenate([edges[0], edges[1][::-1]])).buffer(0)
    sheet.canvas.fill(sheet.place(strap, -sheet.side), 255)
    for edge in edges:
        sheet.line(sheet.at(edge, -sheet.side))
    for rib in rng.uniform(-0.7, 0.7, int(rng.integers(0, 4))):
        sheet.line(
            sheet.at(np.stack([x + rib * flare, y0 + (y1 - y0) * at], 1)[1:-1], -sheet.side), sheet.style.pen * 0.7
        )
    for y in (y0, y1):
        across = LineString([(x - flare[0], y), (x + flare[0], y + 0.3 * broad), (x + flare[0], y)])
        sheet.line(sheet.at(np.asarray(across.coords)[:2], -sheet.side), sheet.style.pen * 0.8)
