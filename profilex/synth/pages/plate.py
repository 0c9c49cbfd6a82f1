"""Whole pages: plates of vessels, single drawings, mixed pages and pages without any vessel in section."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from shapely import Polygon
from shapely import affinity as aff

from profilex.synth.drawing.style import SECTION_STYLES, Style, choose_style
from profilex.synth.drawing.vessel import Drawing, draw_vessel, mirrored
from profilex.synth.forms.grammar import draw_shape
from profilex.synth.pages.furniture import Bar, draw_bar, draw_text, furnish, paste, words
from profilex.synth.pages.lookalikes import BAR_ROOM_PX, FIGURES, own_bar, prose
from profilex.synth.scan import choose_warp, scan_tone, warp_page

SECTION, VESSEL, AXIS, SCALE_BAR = 1, 2, 4, 8
BITS = {"section": SECTION, "vessel": VESSEL, "axis": AXIS, "scale_bar": SCALE_BAR}
_SPOTS, _AROUND_BAR_PX, _BLANK = 30, 34, 250  # where a scale bar may stand
_FIGURES_WITH_BARS = 0.4
KINDS = ("plate", "item", "mixed", "negative")


@dataclass(frozen=True, slots=True)
class Placed:
    """A vessel on a page: its truth in page px."""

    sections: tuple[Polygon, ...]
    axis: np.ndarray | None
    rim: np.ndarray | None
    label: str
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class SynthPage:
    """A finished page: `grey` uint8 (h, w), `bits` uint8 (h, w) of channel flags (see BITS), and its vector truth.

    `bars` are at the vessels' scale, `other_bars` those of plans, finds and photographs beside them.
    """

    grey: np.ndarray
    bits: np.ndarray
    kind: str
    style: str
    dpi: int
    px_per_mm: float | None
    vessels: tuple[Placed, ...] = ()
    bars: tuple[Bar, ...] = ()
    other_bars: tuple[Bar, ...] = ()

    @property
    def wall_px(self) -> float | None:
        """Median wall thickness on the page."""
        walls = [v.drawing.wall_px for v in self.vessels]
        return float(np.median(walls)) if walls else None


def draw_page(seed: int, style: str | None = None, kind: str | None = None) -> SynthPage:
    """Draw one page; the same arguments give the same pixels.

    `style` is one of SECTION_STYLES (a random one when None), `kind` one of KINDS.

    Raises:
        ValueError: an unknown style or kind.
    """
    if style is not None and style not in SECTION_STYLES:
        raise ValueError(f"unknown section style {style!r}; known: {', '.join(SECTION_STYLES)}")
    if kind is not None and kind not in KINDS:
        raise ValueError(f"unknown kind of page {kind!r}; known: {', '.join(KINDS)}")
    rng = np.random.default_rng([seed, 7])
    what = kind or str(rng.choice(KINDS, p=(0.42, 0.30, 0.13, 0.15)))
    hand = choose_style(rng, style)
    if what == "item":
        page = _item(rng, hand)
    elif what == "negative":
        page = _negative(rng)
    else:
        page = _plate(rng, hand, mixed=what == "mixed")
    return _scan(rng, page)


def _blank(rng: np.random.Generator) -> tuple[np.ndarray, int]:
    width = int(rng.integers(850, 1750))
    height = int(width * rng.choice([1.414, 1.414, 1.3, 0.72, 1.0]))
    return np.full((height, width), 255, np.uint8), round(width / 8.27)


def _put(page: np.ndarray, bits: np.ndarray, drawing: Drawing, x: int, y: int, label: str) -> Placed:
    """Lay a drawing on the page with its masks; returns its truth in page px."""
    paste(page, drawing.tone, x, y)
    h, w = page.shape
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + drawing.tone.shape[1], w), min(y + drawing.tone.shape[0], h)
    if x0 < x1 and y0 < y1:
        part = np.s_[y0 - y : y1 - y, x0 - x : x1 - x]
        for name, mask in drawing.masks.items():
            bits[y0:y1, x0:x1] |= mask[part].astype(np.uint8) * np.uint8(BITS[name])
    move = lambda line: None if line is None else line + [x, y]  # noqa: E731
    return Placed(
        tuple(aff.translate(s, x, y) for s in drawing.sections), move(drawing.axis), move(drawing.rim), label, drawing
    )


def _vessel(rng: np.random.Generator, hand: Style, px_per_mm: float, widest: float, tallest: float) -> Drawing | None:
    """A vessel in this hand that fits `widest` × `tallest` px at the plate's scale."""
    for _ in range(6):
        shape = draw_shape(rng, hand.thickness)
        reach = max(shape.section.bounds[2], float(shape.outer[:, 0].max()))
        height = max(shape.section.bounds[3], float(shape.outer[:, 1].max()))
        if (
            2 * reach * px_per_mm < widest - 40
            and height * px_per_mm < tallest - 40
            and reach * px_per_mm > 25
            and shape.wall * px_per_mm > 3.5
        ):
            style = (
                hand
                if rng.random() < 0.85
                else replace(choose_style(rng, hand.section), pen=hand.pen, outline=hand.outline, ink=hand.ink)
            )
            drawing = draw_vessel(rng, shape, style, px_per_mm)
            return mirrored(drawing) if shape.kind == "lid" and rng.random() < 0.9 else drawing
    return None


def _plate(rng: np.random.Generator, hand: Style, mixed: bool) -> SynthPage:
    page, dpi = _blank(rng)
    bits = np.zeros_like(page)
    h, w = page.shape
    columns = int(rng.choice([1, 2, 3, 4], p=[0.25, 0.4, 0.25, 0.1]))
    px_per_mm = w * 0.84 / columns / float(rng.uniform(190, 330))
    furnish(rng, page)
    placed: list[Placed] = []
    bars: list[Bar] = []
    foreign: list[Bar] = []
    y, number, end = h * 0.09, 1, h * (0.9 if rng.random() < 0.7 else rng.uniform(0.4, 0.9))
    while y < end:
        x, row = w * 0.07 + rng.uniform(0, 0.03) * w, 0.0
        while x < w * 0.9:
            widest, tallest = w * 0.95 - x, h * 0.93 - y
            if mixed and rng.random() < 0.5:
                fw, fh = int(rng.uniform(0.18, 0.45) * w), int(rng.uniform(0.08, 0.25) * h)
                if fw > widest or fh > tallest:
                    break
                figure = FIGURES[int(rng.integers(len(FIGURES)))]
                paste(page, figure(rng, fw, fh), int(x), int(y))
                if rng.random() < _FIGURES_WITH_BARS:
                    bar = own_bar(rng, figure, page, (int(x), int(y) + fh), px_per_mm, fw)
                    foreign += [] if bar is None else [bar]
                    fh += 0 if bar is None else BAR_ROOM_PX
                x, row = x + fw + w * 0.02, max(row, fh)
                continue
            drawing = _vessel(rng, hand, px_per_mm, widest, tallest)
            if drawing is None:
                break
            dh, dw = drawing.tone.shape
            drop = int(rng.uniform(0, 12))
            placed.append(_put(page, bits, drawing, int(x), int(y) + drop, str(number)))
            row = max(row, dh + drop + _label(rng, page, hand, str(number), int(x), int(y) + drop, dw, dh))
            number += 1
            x += dw + rng.uniform(0.01, 0.06) * w
            if columns == 1:
                break
        y += max(row, 0.03 * h) + rng.uniform(0.005, 0.035) * h
    if rng.random() < 0.75:
        under = min(y + 10, h * 0.93) if rng.random() < 0.6 else h * 0.93
        wanted = (w * rng.uniform(0.1, 0.6), under)
        long = w * rng.uniform(0.1, 0.22)
        spot = _free_spot(rng, page, wanted, 1.6 * long)
        if spot is not None:
            bars.append(draw_bar(rng, page, spot, px_per_mm, long))
            _mark_bar(bits, bars[-1])
    truth = SynthPage(page, bits, "page", hand.section, dpi, px_per_mm, tuple(placed), tuple(bars))
    return replace(truth, other_bars=tuple(foreign))


def _label(
    rng: np.random.Generator, page: np.ndarray, hand: Style, number: str, x: int, y: int, w: int, h: int
) -> float:
    """The figure number of a drawing; returns the height it takes below."""
    size = float(rng.uniform(11, 20)) * max(0.8, page.shape[1] / 1300)
    text = number if rng.random() < 0.6 else f"{words(rng, 1)[:3].upper()}-{rng.integers(1, 20000)}"
    face = str(rng.choice(["sans", "serif", "italic"]))
    if hand.label == "below":
        draw_text(page, (x + w / 2, y + h + 2), text, size, face=face, anchor="middle")
        return size * 1.3
    if hand.label == "left":
        draw_text(page, (x - size, y + 4), number, size, face=face)
    return 0.0


def _free_spot(
    rng: np.random.Generator, page: np.ndarray, wanted: tuple[float, float], long: float
) -> tuple[float, float] | None:
    """A place for a scale bar with its text where nothing is drawn: near the wanted one, or anywhere on the page."""
    h, w = page.shape
    spots = [wanted, *((rng.uniform(0.05, 0.75) * w, rng.uniform(0.06, 0.96) * h) for _ in range(_SPOTS))]
    for x, y in spots:
        around = page[max(0, round(y) - _AROUND_BAR_PX) : round(y) + _AROUND_BAR_PX, max(0, round(x) - 30) :]
        if (around[:, : round(long) + 60] >= _BLANK).all():
            return x, y
    return None


def _mark_bar(bits: np.ndarray, bar: Bar) -> None:
    x0, y0, x1, y1 = (round(v) for v in bar.box)
    bits[max(y0, 0) : y1, max(x0, 0) : x1] |= SCALE_BAR


def _item(rng: np.random.Generator, hand: Style) -> SynthPage:
    """A single drawing, cropped closely out of a plate: labels and the right half may be cut."""
    shape = draw_shape(rng, hand.thickness)
    reach = max(shape.section.bounds[2], float(shape.outer[:, 0].max()))
    tall = max(shape.section.bounds[3], float(shape.outer[:, 1].max()))
    width = float(np.exp(rng.uniform(np.log(230), np.log(1500))))
    px_per_mm = min(width / (2 * reach), 1300 / tall)
    px_per_mm = max(px_per_mm, 5.0 / shape.wall)
    px_per_mm = min(px_per_mm, 1700 / (2 * reach), 1700 / tall)
    drawing = draw_vessel(rng, shape, hand, px_per_mm)
    if shape.kind == "lid":
        drawing = mirrored(drawing)
    dh, dw = drawing.tone.shape
    left, top, right = (int(rng.uniform(0, 30)) for _ in range(3))
    low = int(rng.uniform(0, 70))
    page = np.full((dh + top + low, dw + left + right), 255, np.uint8)
    bits = np.zeros_like(page)
    placed = _put(page, bits, drawing, left, top, "")
    if low > 24 and rng.random() < 0.8:
        draw_text(
            page,
            (left + dw * rng.uniform(0.3, 0.7), top + dh + rng.uniform(-4, 20)),
            words(rng, int(rng.integers(1, 3))),
            rng.uniform(12, 34),
            face=str(rng.choice(["sans", "serif", "italic"])),
            anchor="middle",
        )
    bars: list[Bar] = []
    if rng.random() < 0.12 and low > 30:
        bars.append(draw_bar(rng, page, (left + dw * 0.3, top + dh + 18), px_per_mm, dw * 0.2))
        _mark_bar(bits, bars[-1])
    if rng.random() < 0.35:  # the exterior half cut off
        keep = int(left + drawing.tone.shape[1] * rng.uniform(0.55, 0.85))
        if any(s.bounds[2] > left + dw / 2 + 5 for s in placed.sections):
            keep = page.shape[1]
        page, bits = np.ascontiguousarray(page[:, :keep]), np.ascontiguousarray(bits[:, :keep])
    if rng.random() < 0.15:  # scraps of neighbours at the edges
        scrap = FIGURES[int(rng.integers(len(FIGURES)))](rng, max(60, page.shape[1] // 3), max(50, page.shape[0] // 4))
        x = int(rng.choice([-scrap.shape[1] * 3 // 4, page.shape[1] - scrap.shape[1] // 4]))
        paste(page, scrap, x, int(rng.uniform(0, page.shape[0])))
    return SynthPage(page, bits, "item", hand.section, 150, px_per_mm, (placed,), tuple(bars))


def _negative(rng: np.random.Generator) -> SynthPage:
    """A page without any vessel in section."""
    page, dpi = _blank(rng)
    h, w = page.shape
    if rng.random() < 0.25:  # one photograph or plan, filling the picture
        alone = FIGURES[int(rng.integers(len(FIGURES)))](rng, int(w * 0.6), int(h * 0.5))
        return SynthPage(alone, np.zeros_like(alone), "negative", "none", dpi, None)
    furnish(rng, page)
    text_share = float(rng.choice([0.0, 0.4, 0.8, 1.0]))
    columns = int(rng.integers(1, 4))
    for c in range(columns):
        x0 = int(w * (0.07 + 0.87 * c / columns))
        y, wide = h * 0.08, int(w * 0.84 / columns)
        while y < h * 0.85:
            high = int(min(rng.uniform(0.08, 0.4) * h, h * 0.93 - y))
            if high < 40:
                break
            figure = prose if rng.random() < text_share else FIGURES[int(rng.integers(len(FIGURES)))]
            paste(page, figure(rng, wide, high), x0, int(y))
            y += high + rng.uniform(0.01, 0.05) * h
    return SynthPage(page, np.zeros_like(page), "negative", "none", dpi, None)


def _scan(rng: np.random.Generator, page: SynthPage) -> SynthPage:
    """Print, warp and scan a page, its truth with it."""
    h, w = page.grey.shape
    warp = choose_warp(rng, w, h)
    grey, bits = warp_page(page.grey, page.bits, warp)
    turn = lambda line: None if line is None else warp.points(line)  # noqa: E731
    vessels = tuple(
        replace(v, sections=tuple(_warped(s, warp.points) for s in v.sections), axis=turn(v.axis), rim=turn(v.rim))
        for v in page.vessels
    )

    def bars(flat: tuple[Bar, ...]) -> tuple[Bar, ...]:
        return tuple(_warped_bar(bar, warp.points) for bar in flat)

    grey = scan_tone(rng, grey, page.style == "toned")
    if rng.random() < 0.12:  # printed small: less detail than pixels
        small = cv2.resize(grey, None, fx=(f := rng.uniform(0.45, 0.8)), fy=f, interpolation=cv2.INTER_AREA)
        grey = cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC)
    return replace(page, grey=grey, bits=bits, vessels=vessels, bars=bars(page.bars), other_bars=bars(page.other_bars))


def _warped(polygon: Polygon, points: Callable[[np.ndarray], np.ndarray]) -> Polygon:
    return Polygon(
        points(np.asarray(polygon.exterior.coords)), [points(np.asarray(r.coords)) for r in polygon.interiors]
    )


def _warped_bar(bar: Bar, points: Callable[[np.ndarray], np.ndarray]) -> Bar:
    (x0, y0), (x1, y1) = points(np.array(bar.ends)).tolist()
    (left, top), (right, low) = points(np.array(bar.box).reshape(2, 2)).tolist()
    return replace(bar, ends=((x0, y0), (x1, y1)), box=(left, top, right, low))
