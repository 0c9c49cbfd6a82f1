"""Views that stand beside a vessel and are no section of its wall: plans, friezes, strips, rubbings, further cuts."""

from collections.abc import Callable

import numpy as np
from shapely import Polygon, box

from profilex.synth.drawing.canvas import Canvas, irregular, resample, rounded, wobble
from profilex.synth.drawing.result import Drawing, beside
from profilex.synth.drawing.sheet import Sheet
from profilex.synth.surface.decoration import decorate, shade
from profilex.synth.surface.textures import rubbing
from profilex.synth.writing.lettering import Pen, put

View = Callable[[Sheet, Drawing], Drawing]


def with_companions(sheet: Sheet, drawing: Drawing) -> Drawing:
    """The drawing with every view that its features ask for beside it."""
    for name, view in COMPANIONS.items():
        if name in drawing.features:
            drawing = view(sheet, drawing)
    return drawing


def _plan(sheet: Sheet, drawing: Drawing) -> Drawing:
    """From above: circles round the axis, with a spout or handles."""
    rng, k, shape = sheet.rng, sheet.k, sheet.shape
    reach = k * shape.extent[1]
    size = int(2 * reach + 12)
    flat = float(rng.uniform(0.75, 1.0)) if rng.random() < 0.3 else 1.0
    c = Canvas(size, int(size * flat), 2)
    turn = np.linspace(0, 2 * np.pi, 90)
    ring = np.stack([np.cos(turn), flat * np.sin(turn)], 1)
    centre = np.array([c.width / 2, c.height / 2])
    radii = {float(shape.outer[0, 0]), float(shape.inner[0, 0]), float(shape.section.bounds[2])}
    for r in sorted(radii)[: int(rng.integers(2, 4))]:
        c.stroke(wobble(rng, ring * k * r + centre, sheet.style.hand), sheet.style.pen, sheet.style.ink)
    if rng.random() < 0.4:
        inside = Polygon(ring * k * min(radii) + centre).buffer(0)
        if isinstance(inside, Polygon) and not inside.is_empty:
            shade(rng, c, inside, rng.uniform(0.2, 0.7), 0.2) if rng.random() < 0.5 else decorate(rng, c, inside, 1.5)
    if rng.random() < 0.5:
        lip = rounded(np.array([[0.9, -0.18], [1.12, 0.0], [0.9, 0.18]]), 1)[:-2]
        c.stroke(lip * k * max(radii) * 0.95 + centre, sheet.style.pen, sheet.style.ink)
    return beside(drawing, c.paper(), str(rng.choice(["above", "below"])), int(rng.integers(8, 30)), 0.5)


def _frieze(sheet: Sheet, drawing: Drawing) -> Drawing:
    """The decoration unrolled into a strip."""
    rng, (h, w) = sheet.rng, drawing.tone.shape
    wide, high = int(w * rng.uniform(0.6, 1.3)) + 20, int(np.clip(h * rng.uniform(0.2, 0.6), 24, 260))
    c = Canvas(wide, high, 2)
    region = box(3, 3, wide - 3, high - 3)
    for _ in range(int(rng.integers(1, 3))):
        decorate(rng, c, region, sheet.style.pen)
    if rng.random() < 0.5:
        c.stroke(np.asarray(region.exterior.coords), sheet.style.pen, sheet.style.ink)
    else:
        for y in (3, high - 3):
            c.stroke(np.array([[3, y], [wide - 3, y]]), sheet.style.pen, sheet.style.ink)
    return beside(drawing, c.paper(), str(rng.choice(["below", "right", "above"])), int(rng.integers(8, 28)), 0.5)


def _rim_strip(sheet: Sheet, drawing: Drawing) -> Drawing:
    """The rim's upper face as a strip above the vessel, as wide as it."""
    rng = sheet.rng
    wide, high = (
        int(2 * sheet.k * float(sheet.shape.outer[0, 0])),
        int(np.clip(sheet.k * sheet.shape.wall * 1.6, 7, 40)),
    )
    if wide < 30:
        return drawing
    c = Canvas(wide, high, 2)
    region = box(1.5, 1.5, wide - 1.5, high - 1.5)
    decorate(rng, c, region, sheet.style.pen)
    step = max(5.0, wide / float(rng.uniform(8, 40)))
    for x in np.arange(2, wide - 2, step):
        c.stroke(np.array([[x, 2], [x + step * rng.uniform(-0.4, 0.6), high - 2]]), sheet.style.pen)
    c.stroke(np.asarray(region.exterior.coords), sheet.style.pen, sheet.style.ink)
    align = float(np.clip((sheet.ax - wide / 2) / max(1.0, drawing.tone.shape[1] - wide), 0, 1))
    return beside(drawing, c.paper(), "above", int(rng.integers(4, 16)), align)


def _rubbing(sheet: Sheet, drawing: Drawing) -> Drawing:
    """A rubbing of the sherd beside its drawing, or a grey picture of it."""
    rng, h = sheet.rng, drawing.tone.shape[0]
    size = int(np.clip(h * rng.uniform(0.5, 0.9), 30, 320))
    c = Canvas(size + 8, size + 8, 2)
    outline = irregular(rng, (size / 2 + 4, size / 2 + 4), size * 0.46, 0.14)
    sherd = Polygon(resample(np.concatenate([outline, outline[:1]]), 5.0)).buffer(0)
    if not isinstance(sherd, Polygon) or sherd.is_empty:
        return drawing
    if rng.random() < 0.7:
        rubbing(rng, sherd, c, max(1.0, sheet.style.pen))
    else:
        c.fill(sherd, int(rng.integers(90, 200)))
        shade(rng, c, sherd, rng.uniform(0.3, 0.7), 0.5)
    own = "right" if sheet.side > 0 else "left"
    where = own if rng.random() < 0.6 else ("left" if own == "right" else "right")
    return beside(drawing, c.paper(), where, int(rng.integers(6, 30)), float(rng.uniform(0, 0.6)))


def _extra_cut(sheet: Sheet, drawing: Drawing) -> Drawing:
    """A second cut with letters at its ends: a cut through a rib, boss or applied band, filled as the first is."""
    rng, style = sheet.rng, sheet.style
    t = max(6.0, sheet.k * sheet.shape.wall)
    long = t * float(rng.uniform(3, 7))
    c = Canvas(int(long + 60), int(4 * t + 30), 2)
    at = np.linspace(0, 1, 30)
    bend = t * rng.uniform(-0.8, 0.8) * np.sin(np.pi * at)
    ribs = t * rng.uniform(0.2, 0.8) * np.abs(np.sin(np.pi * at * int(rng.integers(1, 5))))
    x, y = 28 + long * at, c.height / 2 + bend
    bar = Polygon(np.concatenate([np.stack([x, y - ribs], 1), np.stack([x, y + 0.8 * t], 1)[::-1]])).buffer(0)
    if not isinstance(bar, Polygon):
        return drawing
    if style.section == "solid":
        c.fill(bar, style.fill)
    else:
        c.stroke(np.asarray(bar.exterior.coords), style.outline, style.ink)
    letter = str(rng.choice(list("abAB")))
    for end, sign in ((12, letter), (c.width - 14, letter + "'")):
        put(rng, c.tone, (end, c.height / 2), sign, 13, Pen("italic"), "centre", c.factor)
    return beside(drawing, c.paper(), str(rng.choice(["below", "right", "left"])), int(rng.integers(8, 24)), 0.4)


COMPANIONS: dict[str, View] = {
    "rim_strip": _rim_strip,
    "plan_view": _plan,
    "frieze": _frieze,
    "rubbing": _rubbing,
    "extra_cut": _extra_cut,
}
"""What stands beside a vessel, by the feature that asks for it."""
