"""How toned lithographs are drawn: an interior darkest beside the wall, dark undersides, grit, and a cutaway exterior.

The wall of such a drawing is the lightest part of it, a flat tint that often has no line towards the dark interior.
"""

import numpy as np
from shapely import MultiPolygon, Polygon, box

from profilex.synth.drawing.canvas import irregular
from profilex.synth.drawing.sheet import Sheet
from profilex.synth.surface.decoration import shade, shade_beside, stipple


def tone_interior(sheet: Sheet, parts: list[Polygon], cut: Polygon | MultiPolygon) -> None:
    """Shade what is seen of the inside (`parts`, sheet px) of a vessel whose wall is `cut`."""
    rng, style = sheet.rng, sheet.style
    way = rng.random()
    for part in parts:
        dark, grain = style.gloom * rng.uniform(0.6, 1.15), rng.uniform(0.05, 0.35)
        if way < 0.6:
            shade_beside(rng, sheet.canvas, part, cut, dark, grain)
        else:
            shade(rng, sheet.canvas, part, dark, grain, "even" if way < 0.75 else None)
    largest = max(parts, key=lambda p: p.area, default=None)
    if largest is not None and rng.random() < 0.1:
        stipple(rng, sheet.canvas, largest, rng.uniform(0.05, 0.2), 1.2)
    if largest is not None and rng.random() < 0.07:
        _grit(sheet, largest)
    if largest is not None and rng.random() < 0.12:
        _cutaway(sheet, largest)


def tone_undersides(sheet: Sheet, cut: Polygon | MultiPolygon, contour: Polygon) -> None:
    """Darken the hollows below an overhanging rim; `contour` is the vessel as seen from outside."""
    wall = sheet.k * sheet.shape.wall
    left, top, right, _ = cut.bounds
    hollow = cut.convex_hull.difference(cut).intersection(box(left, top, right, top + 6 * wall)).difference(contour)
    for part in getattr(hollow, "geoms", [hollow]):
        if isinstance(part, Polygon) and 0.05 * wall**2 < part.area < 6 * wall**2 and sheet.rng.random() < 0.7:
            shade(sheet.rng, sheet.canvas, part, sheet.style.gloom * sheet.rng.uniform(0.5, 1.0), 0.15)


def _grit(sheet: Sheet, interior: Polygon) -> None:
    """The rough inside of a mortarium: pebbles, side by side."""
    rng, canvas = sheet.rng, sheet.canvas
    x0, y0, x1, y1 = interior.bounds
    size = max(2.0, sheet.k * sheet.shape.wall * rng.uniform(0.1, 0.3))
    zone = interior.intersection(box(x0, y0 + (y1 - y0) * rng.uniform(0.2, 0.6), x1, y1)).buffer(-size)
    for _ in range(min(600, int(zone.area / (4 * size**2)))):
        spot = rng.uniform([x0, y0], [x1, y1])
        pebble = Polygon(irregular(rng, spot, size * rng.uniform(0.6, 1.2), 0.15)).buffer(0)
        if isinstance(pebble, Polygon) and pebble.within(zone):
            canvas.fill(pebble, int(rng.integers(190, 250)))
            canvas.stroke(np.asarray(pebble.exterior.coords), 0.8, int(rng.integers(40, 120)))


def _cutaway(sheet: Sheet, interior: Polygon) -> None:
    """The exterior reaching past the axis, up to a slanting line: the inside is shown only near the wall."""
    rng, canvas = sheet.rng, sheet.canvas
    x0, y0, x1, y1 = interior.bounds
    reach = (x1 - x0) * np.sort(rng.uniform(0.0, 0.7, 2))[:: 1 if rng.random() < 0.5 else -1]
    edge = np.stack([np.linspace(reach[0], reach[1], 12), np.linspace(y0, y1, 12)], 1)
    edge[:, 0] += (x1 - x0) * rng.uniform(-0.15, 0.15) * np.sin(np.linspace(0, np.pi, 12))
    edge[:, 0] = sheet.ax + sheet.side * np.clip(edge[:, 0], 0, None)
    front = Polygon([*edge, (sheet.ax, y1), (sheet.ax, y0)]).buffer(0).intersection(interior)
    for part in getattr(front, "geoms", [front]):
        if isinstance(part, Polygon) and part.area > 30:
            canvas.fill(part, 255)
            shade(rng, canvas, part, sheet.style.gloom * rng.uniform(0.1, 0.6), 0.15)
            for level in rng.uniform(y0, y1, int(rng.integers(0, 4))):
                line = part.intersection(box(x0, level, x1, level + 0.5))
                if not line.is_empty:
                    canvas.stroke(np.array([[line.bounds[0], level], [line.bounds[2], level]]), sheet.style.pen, 90)
    inside = interior.buffer(0.5)
    kept = np.array([point for point in edge if inside.intersects(box(*(point - 0.5), *(point + 0.5)))])
    if len(kept) > 1:
        canvas.stroke(kept, sheet.style.pen, int(rng.integers(30, 110)))
