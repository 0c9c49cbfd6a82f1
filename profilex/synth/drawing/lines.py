"""The lines of a vessel: contour, levels, rim line, foot and axis, each as the style and the features have it."""

import numpy as np
from shapely import LineString

from profilex.synth.drawing.canvas import resample
from profilex.synth.drawing.sheet import Mark, Sheet

_NO_EXTERIOR = ("profile_only", "bare_profile")


def line_tone(sheet: Sheet) -> int:
    """The tone of this drawing's lines: lithographs have paler ones."""
    style = sheet.style
    return style.ink if style.section != "toned" else max(style.ink, int(sheet.rng.integers(60, 150)))


def heavy_pen(sheet: Sheet) -> float:
    """The pen of contours: where sections are hollow, the same as theirs."""
    return sheet.style.outline if sheet.style.section in ("outline", "ink", "hatched") else sheet.style.pen


def draw_lines(sheet: Sheet) -> None:
    """Exterior contour, levels, interior lines, base line, rim line and axis."""
    rng, shape, side, tone = sheet.rng, sheet.shape, sheet.side, line_tone(sheet)
    if sheet.has("bare_profile"):
        if shape.top == "rim" and sheet.style.rim_line == "stub":
            _rim_line(sheet, tone)
        return
    seen = not any(sheet.has(name) for name in (*_NO_EXTERIOR, "both_walls"))
    if seen:
        sheet.line(sheet.at(shape.outer, -side), heavy_pen(sheet), tone)
        if (sheet.style.exterior != "bare" or rng.random() < 0.7) and not sheet.has("one_wall_cut"):
            _levels(sheet, tone)
    if sheet.has("turning_lines") and not (sheet.has("both_walls") or sheet.has("one_wall_cut")):
        _interior_lines(sheet, tone)
    if seen and rng.random() < 0.08:
        _inner_contour(sheet, tone)
    if shape.bottom == "base":
        low = shape.outer[-1]
        for s in (side, -side) if not sheet.has("profile_only") else (side,):
            sheet.line(sheet.at(np.array([low, [0, low[1]]]), s), heavy_pen(sheet), tone)
        if seen:
            _foot_line(sheet, tone)
    if shape.top == "rim":
        _rim_line(sheet, tone)
    _axis_line(sheet, tone)


def _levels(sheet: Sheet, tone: int) -> None:
    """Horizontal lines at edges and grooves of the exterior."""
    rng, style = sheet.rng, sheet.style
    contour = LineString(sheet.shape.outer)
    levels = sheet.shape.levels
    doubled = [y for y in levels if rng.random() < 0.25]  # grooves or ridges: two lines, with paper between
    below = [y + (style.pen + rng.uniform(1.5, 9)) / sheet.k for y in doubled]
    for y in (*levels, *below):
        r = contour.intersection(LineString([(0, y), (1e4, y)]))
        if not r.is_empty:
            level = sheet.at(np.array([[r.bounds[2], y], [0, y]]), -sheet.side)
            sheet.line(level, style.pen * rng.uniform(0.6, 1.1), tone)


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
            inside = sheet.at(np.array([[hit.bounds[0], y], [0, y]]), sheet.side)
            sheet.line(inside, sheet.style.pen * rng.uniform(0.5, 1), tone)


def _inner_contour(sheet: Sheet, tone: int) -> None:
    """The inside of the wall drawn dotted on the exterior half: two parallel lines that are no cut wall."""
    inner = sheet.shape.inner
    if sheet.shape.top == "rim" and len(inner) > 2:
        seen = inner[inner[:, 1] < sheet.shape.outer[-1, 1]]
        if len(seen) > 2:
            dash = sheet.style.pen * sheet.rng.uniform(1.5, 6)
            sheet.canvas.dashes(sheet.at(seen, -sheet.side), sheet.style.pen * 0.8, tone, dash, dash)


def rim_ends(sheet: Sheet) -> np.ndarray:
    """Where the rim line begins beside the section and ends at the other half's contour, (2, 2) px."""
    top = sheet.shape.outer[0]
    inner_edge = max(0.0, top[0] - sheet.style.rim_gap / sheet.k)
    near = sheet.at(np.array([[inner_edge, top[1]]]), sheet.side)[0]
    if sheet.has("profile_only") or sheet.has("bare_profile"):
        return np.stack([near, [sheet.ax, near[1]]])
    if sheet.has("both_walls"):
        return np.stack([near, sheet.at(np.array([[inner_edge, top[1]]]), -sheet.side)[0]])
    return np.stack([near, sheet.at(top[None], -sheet.side)[0]])


def _rim_line(sheet: Sheet, tone: int) -> None:
    rng, style, side = sheet.rng, sheet.style, sheet.side
    if style.rim_line == "none":
        return
    ends = rim_ends(sheet)
    if style.rim_line == "stub":
        long = min(float(rng.uniform(10, 20)) * sheet.k, 0.8 * abs(ends[0, 0] - sheet.ax))
        sheet.line(np.stack([ends[0], ends[0] - [side * long, 0]]), style.pen, tone)
        return
    if sheet.has("closing_line"):  # the true, uneven rim below the straight line
        waves = resample(ends, 10) + [0, style.pen * 2]
        waves[1:-1, 1] += np.abs(np.cumsum(rng.normal(0, 0.8, len(waves) - 2))).clip(
            0, 0.4 * sheet.k * sheet.shape.wall
        )
        sheet.line(waves, style.pen, tone)
    elif style.hand > 0.5 and rng.random() < 0.3:  # uneven rim
        ends = resample(ends, 12)
        ends[1:-1, 1] += np.cumsum(rng.normal(0, 0.5, len(ends) - 2)).clip(-4, 4)
    if style.rim_line == "dashed":
        sheet.canvas.dashes(ends, style.pen, tone, style.pen * 6, style.pen * 4)
    elif sheet.has("broken_rim_line"):
        a, b = ends[0], ends[-1]
        start = rng.uniform(0.15, 0.8)
        gap = min(0.9, start + rng.uniform(0.04, 0.2))
        sheet.line(np.stack([a, a + start * (b - a)]), style.pen, tone)
        sheet.line(np.stack([a + gap * (b - a), b]), style.pen, tone)
    else:
        sheet.line(ends, style.pen, tone)
    if style.rim_line == "double":
        _second_rim_line(sheet, ends, tone)


def second_rim_y(sheet: Sheet) -> float:
    """Depth (mm) of the second of two rim lines, the same whenever it is asked for."""
    return sheet.shape.wall * (0.35 + 0.9 * (sheet.shape.wall * 7919 % 1.0))


def _second_rim_line(sheet: Sheet, ends: np.ndarray, tone: int) -> None:
    rng, shape, y = sheet.rng, sheet.shape, second_rim_y(sheet)
    hit = LineString(shape.outer).intersection(LineString([(0, y), (1e4, y)]))
    if hit.is_empty or sheet.has("profile_only"):
        return
    far = sheet.at(np.array([[hit.bounds[2], y]]), -sheet.side)[0]
    if sheet.has("both_walls") or sheet.has("one_wall_cut"):
        across = np.stack([[ends[0, 0], far[1]], [ends[-1, 0], far[1]]])
        sheet.line(across, sheet.style.pen, tone)
        return
    sheet.line(np.stack([[sheet.ax, far[1]], far]), sheet.style.pen, tone)
    if rng.random() < 0.3:
        sheet.line(np.stack([[sheet.ax, far[1]], [sheet.ax + 0.98 * (ends[0, 0] - sheet.ax), far[1]]]), None, tone)


def _axis_line(sheet: Sheet, tone: int) -> None:
    rng, style, canvas = sheet.rng, sheet.style, sheet.canvas
    y0, y1 = sheet.top, sheet.bottom
    kind = style.axis
    if sheet.has("sherd_in_middle") and kind not in ("top", "absent"):
        kind = "top" if rng.random() < 0.6 else "below"
    if sheet.shape.bottom == "break" and rng.random() < 0.5:
        y1 += rng.uniform(-0.2, 0.15) * (y1 - y0)
    y1 = min(y1, canvas.height - 3)
    long = y1 - y0
    if kind == "lower":
        y0 += rng.uniform(0.3, 0.6) * long
    elif kind == "top":
        y0, y1 = y0 - rng.uniform(0, 0.08) * long - 3, y0 + min(rng.uniform(0.05, 0.25) * long, rng.uniform(8, 40))
    elif kind == "below":
        y0, y1 = y1 - 4, min(y1 + rng.uniform(6, 20), canvas.height - 2)
    ends = np.array([[sheet.ax, y0], [sheet.ax, y1]])
    pen = style.pen * rng.uniform(0.7, 1.1)
    if kind == "dashed":
        canvas.dashes(ends, style.pen, tone, style.pen * rng.uniform(5, 12), style.pen * 4)
    elif kind == "dash_dot":
        dash = style.pen * rng.uniform(8, 16)
        canvas.dashes(ends, pen, tone, dash, dash * 0.6)
        canvas.dots(
            np.stack([np.full(99, sheet.ax), y0 + dash * (1.3 + 1.6 * np.arange(99))], 1)[: _fits(long, dash)],
            pen / 2,
            tone,
        )
    elif kind == "stepped":
        level, aside = y0 + rng.uniform(0.25, 0.75) * long, rng.uniform(-0.12, 0.12) * long
        steps = np.array([[0, y0], [0, level], [aside, level], [aside, y1]]) + [sheet.ax, 0]
        sheet.line(steps, pen, tone)
    elif kind != "absent":
        sheet.line(ends, pen, tone)
    if kind == "stub":
        canvas.stroke(np.array([[sheet.ax, y1 + 4], [sheet.ax, min(y1 + 8, canvas.height - 1)]]), style.pen, tone)


def _fits(long: float, dash: float) -> int:
    return max(0, min(99, int((long - 1.3 * dash) / (1.6 * dash)) + 1))


def mark_breaks_in_truth(sheet: Sheet, side: int) -> None:
    """Note where the preserved wall ends."""
    sheet.marks += [Mark("break", sheet.at(edge, side)) for edge in sheet.shape.breaks]
