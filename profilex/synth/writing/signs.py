"""Signs and words at a vessel: N across the rim line, a question mark, the diameter, the share preserved."""

import numpy as np
from shapely import Point, Polygon

from profilex.synth.drawing.lines import line_tone, rim_ends, second_rim_y
from profilex.synth.drawing.sheet import Mark, Sheet
from profilex.synth.writing.lettering import Pen, Text

_NOWHERE = (0.0, 0.0, 0.0, 0.0)


def draw_signs(sheet: Sheet) -> None:
    """Whatever signs and words the drawing has."""
    if sheet.has("n_sign"):
        _n_sign(sheet)
    if sheet.has("query"):
        _query(sheet)
    if sheet.has("diameter_text"):
        _diameter(sheet)
    if sheet.has("share_preserved"):
        _share(sheet)


def pen_for(sheet: Sheet, size: float) -> Pen:
    """What is written with beside a drawing: by hand where the page is, else in type."""
    if sheet.has("handwriting") or sheet.has("pencil"):
        return Pen(tone=sheet.style.ink, writing=sheet.style.writing, width=max(0.9, size / 13))
    return Pen(face=str(sheet.rng.choice(["sans", "serif", "italic"])), tone=min(90, sheet.style.ink))


def _n_sign(sheet: Sheet) -> None:
    """An N or a zigzag over the rim line, or both of two, at the axis or between it and either end."""
    rng, style = sheet.rng, sheet.style
    size = max(6.0, float(rng.uniform(0.35, 0.9)) * sheet.k * sheet.shape.wall)
    ends = rim_ends(sheet)
    spread = abs(ends[-1, 0] - ends[0, 0])
    x = sheet.ax + (float(rng.uniform(-2, 2)) if rng.random() < 0.6 else float(rng.normal(0, 0.18)) * spread)
    low = sheet.top
    if style.rim_line == "double":
        low += sheet.k * second_rim_y(sheet)
    y0, y1 = sheet.top - size * rng.uniform(0.4, 1), low + size * rng.uniform(0.4, 1)
    broad = size * float(rng.uniform(0.4, 1.1))
    lean = broad * float(rng.uniform(-0.2, 0.4))
    corners = [[0, y1], [lean, y0], [broad, y1], [broad + lean, y0]]
    if rng.random() < 0.15:
        corners += [[2 * broad, y1], [2 * broad + lean, y0]]
    sign = np.array(corners) - [broad / 2, 0] + [x, 0]
    if rng.random() < 0.3:
        sign[:, 0] = 2 * x - sign[:, 0]
    sheet.canvas.stroke(sign, style.pen * rng.uniform(0.8, 1.3), line_tone(sheet))
    sheet.marks.append(Mark("n_sign", sign))


def _query(sheet: Sheet) -> None:
    x0, _, x1, y1 = sheet.place(sheet.shape.section, sheet.side).bounds
    size = float(sheet.rng.uniform(11, 22))
    sign = str(sheet.rng.choice(["?", "*"])) if not sheet.has("handwriting") else "?"
    sheet.write(Text("query", sign, _NOWHERE), ((x0 + x1) / 2, y1 + size), size, pen_for(sheet, size))


def _diameter(sheet: Sheet) -> None:
    """The rim's diameter in words beside the rim line or under it."""
    rng, radius = sheet.rng, sheet.shape.rim_radius
    if radius is None:
        return
    value = 2 * radius
    inch = f"{value / 10:.1f}" if rng.random() < 0.5 else f"{value / 10:.0f}"
    inch = inch.replace(".", ",") if rng.random() < 0.5 else inch
    known = not sheet.has("n_sign")
    words = {"D. {} cm": 0.2, "Ø {} cm": 0.25, "Ø {}": 0.2, "diam. {} cm": 0.1, "D {}": 0.1, "{}": 0.15}
    text = str(rng.choice(list(words), p=list(words.values()))).format(inch)
    if rng.random() < 0.15:
        text = f"Ø {value:.0f} mm"
    size = float(rng.uniform(11, 19))
    ends = rim_ends(sheet)
    a, b = (float(ends[0, 0]), float(sheet.top)), (float(ends[-1, 0]), float(sheet.top))
    under = rng.random() < 0.5
    x = sheet.ax + 0.35 * (ends[-1, 0] - ends[0, 0]) * float(rng.uniform(-0.5, 0.7))
    at = (float(x), sheet.top + (size if under else -size * 0.8))
    if not known:
        return
    printed = float(text.replace(",", ".").split("mm")[0].strip("Ødiam. Dc")) * (1 if "mm" in text else 10)
    sheet.write(Text("dimension", text, _NOWHERE, printed, "rim_diameter", (a, b)), at, size, pen_for(sheet, size))


def _share(sheet: Sheet) -> None:
    """How much of the rim is preserved: a pie with a black sector, or per cent."""
    rng, canvas, style = sheet.rng, sheet.canvas, sheet.style
    share = int(rng.integers(1, 20)) * 5
    size = float(rng.uniform(11, 18))
    x = sheet.ax - sheet.side * float(rng.uniform(0.1, 0.5)) * abs(rim_ends(sheet)[-1, 0] - sheet.ax)
    y = sheet.bottom + size
    if rng.random() < 0.5:
        sheet.write(Text("share", f"{share} %", _NOWHERE), (x, y), size, pen_for(sheet, size))
        return
    turn = np.linspace(-np.pi / 2, -np.pi / 2 + 2 * np.pi * share / 100, 24)
    ring = np.asarray(Point(x, y).buffer(size * 0.7).exterior.coords)
    sector = np.stack([x + size * 0.7 * np.cos(turn), y + size * 0.7 * np.sin(turn)], 1)
    canvas.fill(Polygon(np.concatenate([[[x, y]], sector])).buffer(0), style.ink)
    canvas.stroke(ring, style.pen, style.ink, closed=True)
