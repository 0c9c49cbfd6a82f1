"""A page with its truth: what is placed on it, and how the truth moves when the page is scanned."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from shapely import Polygon

from profilex.synth.drawing.result import Drawing, moved, moved_text
from profilex.synth.drawing.sheet import Mark
from profilex.synth.pages.furniture import Bar
from profilex.synth.scan import choose_warp, scan_tone, warp_page
from profilex.synth.writing.lettering import Text, lay

SECTION, VESSEL, AXIS, SCALE_BAR = 1, 2, 4, 8
BITS = {"section": SECTION, "vessel": VESSEL, "axis": AXIS, "scale_bar": SCALE_BAR}
_LEGIBLE = 0.72  # correlation of a text's box before and after the scan from which it can be read
_PRINTED_SMALL = 0.12  # of pages have less detail than pixels

Move = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Placed:
    """A vessel on a page: its truth in page px.

    `label` is what is printed at it, empty where nothing is, `label_box` where. `drawing` keeps the truth as it was
    before printing and scanning, in the drawing's own px.
    """

    sections: tuple[Polygon, ...]
    axis: np.ndarray | None
    rim: np.ndarray | None
    label: str
    drawing: Drawing
    label_box: tuple[float, float, float, float] | None = None
    texts: tuple[Text, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class SynthPage:
    """A finished page: `grey` uint8 (h, w), `bits` uint8 (h, w) of channel flags (see BITS), and its vector truth.

    `bars` are at the scale of vessels, `other_bars` those of plans, finds and photographs beside them. `texts` are
    heads, folios, ratios and captions; `features` the conventions of the page.
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
    texts: tuple[Text, ...] = ()
    features: frozenset[str] = frozenset()
    school: str = ""

    @property
    def wall_px(self) -> float | None:
        """Median wall thickness on the page."""
        walls = [v.drawing.wall_px for v in self.vessels]
        return float(np.median(walls)) if walls else None


def put(page: np.ndarray, bits: np.ndarray, drawing: Drawing, x: int, y: int, label: str = "") -> Placed:
    """Lay a drawing on the page with its masks; returns its truth in page px."""
    lay(page, drawing.tone, x, y)
    h, w = page.shape
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + drawing.tone.shape[1], w), min(y + drawing.tone.shape[0], h)
    if x0 < x1 and y0 < y1:
        part = np.s_[y0 - y : y1 - y, x0 - x : x1 - x]
        for name, mask in drawing.masks.items():
            bits[y0:y1, x0:x1] |= mask[part].astype(np.uint8) * np.uint8(BITS[name])
    there = moved(drawing, lambda points: np.asarray(points, float) + [x, y])
    return Placed(there.sections, there.axis, there.rim, label, drawing, None, there.texts, there.marks)


def mark_bar(bits: np.ndarray, bar: Bar) -> None:
    """Note a scale bar in the page's bits."""
    x0, y0, x1, y1 = (round(v) for v in bar.box)
    bits[max(y0, 0) : y1, max(x0, 0) : x1] |= SCALE_BAR


def scanned(rng: np.random.Generator, page: SynthPage) -> SynthPage:
    """Print, warp and scan a page, its truth with it."""
    h, w = page.grey.shape
    warp = choose_warp(rng, w, h)
    flat, bits = warp_page(page.grey, page.bits, warp)
    grey = scan_tone(rng, flat, page.style == "toned", "tracing_paper" in page.features, "pencil" in page.features)
    if rng.random() < _PRINTED_SMALL and min(h, w) > 300:
        small = cv2.resize(grey, None, fx=(f := rng.uniform(0.45, 0.8)), fy=f, interpolation=cv2.INTER_AREA)
        grey = cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC)
    return moved_truth(replace(page, grey=grey, bits=bits), warp.points, flat)


def moved_truth(page: SynthPage, points: Move, printed: np.ndarray) -> SynthPage:
    """The page's vector truth moved as its pixels were.

    Texts that are no longer whole on it, or that the scan destroyed, are left out; `printed` is the page as it was
    before its tones were changed.
    """
    h, w = page.grey.shape

    def inside(box: tuple[float, float, float, float]) -> bool:
        whole = box[0] >= -1 and box[1] >= -1 and box[2] <= w + 1 and box[3] <= h + 1
        return whole and _legible(printed, page.grey, box)

    def texts(flat: tuple[Text, ...]) -> tuple[Text, ...]:
        return tuple(t for t in (moved_text(text, points) for text in flat) if inside(t.box))

    def vessel(v: Placed) -> Placed:
        label = v.label
        box = None if v.label_box is None else moved_text(Text("label", label, v.label_box), points).box
        if box is not None and not inside(box):
            label, box = "", None
        return replace(
            v,
            sections=tuple(moved_polygon(s, points) for s in v.sections),
            axis=None if v.axis is None else points(v.axis),
            rim=None if v.rim is None else points(v.rim),
            label=label,
            label_box=box,
            texts=texts(v.texts),
            marks=tuple(Mark(m.kind, points(m.line)) for m in v.marks),
        )

    return replace(
        page,
        vessels=tuple(vessel(v) for v in page.vessels),
        bars=tuple(_moved_bar(bar, points) for bar in page.bars),
        other_bars=tuple(_moved_bar(bar, points) for bar in page.other_bars),
        texts=texts(page.texts),
    )


def _legible(printed: np.ndarray, scan: np.ndarray, box: tuple[float, float, float, float]) -> bool:
    """Whether what was printed in a box can still be seen in the scan: the two correlate."""
    x0, y0, x1, y1 = (max(0, round(v)) for v in box)
    before, after = (image[y0 : y1 + 1, x0 : x1 + 1].astype(float).ravel() for image in (printed, scan))
    if before.size < 9 or before.std() < 1 or after.std() < 1:
        return False
    return float(np.corrcoef(before, after)[0, 1]) > _LEGIBLE


def moved_polygon(polygon: Polygon, points: Move) -> Polygon:
    """A polygon with its points moved."""
    return Polygon(
        points(np.asarray(polygon.exterior.coords)), [points(np.asarray(r.coords)) for r in polygon.interiors]
    )


def _moved_bar(bar: Bar, points: Move) -> Bar:
    (x0, y0), (x1, y1) = points(np.array(bar.ends)).tolist()
    (left, top), (right, low) = points(np.array(bar.box).reshape(2, 2)).tolist()
    return replace(bar, ends=((x0, y0), (x1, y1)), box=(left, top, right, low))
