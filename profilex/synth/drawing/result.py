"""A finished drawing with its truth, and how drawings are turned over, widened and set beside views."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from shapely import Polygon

from profilex.synth.drawing.sheet import Mark
from profilex.synth.writing.lettering import Text, lay

BOTH, NONE = "both", "none"
SIDES = ("left", "right", BOTH, NONE)
"""Where the section of a drawing is: on one side of the axis, on both, or beside a view without an axis."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn vessel: `tone` uint8 (h, w) on white, and its truth in the same px.

    `masks` are bool planes section, vessel, axis. `sections` are the cut walls, `handles` says which of them are
    sections of a handle; `axis` and `rim` are lines (2, 2). `side` is one of SIDES. `rim_radius_mm` is None without a
    rim or where a sign or a stub makes the drawn width meaningless. `features` are the conventions that were drawn.
    """

    tone: np.ndarray
    masks: dict[str, np.ndarray]
    sections: tuple[Polygon, ...]
    axis: np.ndarray | None
    rim: np.ndarray | None
    wall_px: float
    style: str
    px_per_mm: float
    rim_radius_mm: float | None = None
    whole: bool = False
    n_symbol: bool = False
    side: str = "left"
    kind: str = "vessel"
    handles: tuple[bool, ...] = ()
    texts: tuple[Text, ...] = ()
    marks: tuple[Mark, ...] = ()
    features: frozenset[str] = frozenset()
    height_mm: float | None = None
    greatest_radius_mm: float | None = None
    base_radius_mm: float | None = None
    wall_mm: float = 0.0
    volume_l: float | None = None  # up to the rim, of whole vessels


def moved(drawing: Drawing, points: Callable[[np.ndarray], np.ndarray]) -> Drawing:
    """The drawing's vector truth with every point (n, 2) moved; its pixels stay."""

    def polygon(p: Polygon) -> Polygon:
        return Polygon(points(np.asarray(p.exterior.coords)), [points(np.asarray(r.coords)) for r in p.interiors])

    return replace(
        drawing,
        sections=tuple(polygon(s) for s in drawing.sections),
        axis=None if drawing.axis is None else points(drawing.axis),
        rim=None if drawing.rim is None else points(drawing.rim),
        texts=tuple(moved_text(t, points) for t in drawing.texts),
        marks=tuple(Mark(m.kind, points(m.line)) for m in drawing.marks),
    )


def moved_text(text: Text, points: Callable[[np.ndarray], np.ndarray]) -> Text:
    """A text whose box holds its moved corners."""
    x0, y0, x1, y1 = text.box
    corners = points(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]))
    (left, top), (right, low) = corners.min(0).tolist(), corners.max(0).tolist()
    spans = None
    if text.spans is not None:
        (ax, ay), (bx, by) = points(np.array(text.spans)).tolist()
        spans = ((ax, ay), (bx, by))
    return replace(text, box=(left, top, right, low), spans=spans)


def turned_over(drawing: Drawing) -> Drawing:
    """The drawing upside down, as lids and stands are printed. Its texts stay readable: it must have none."""
    h = drawing.tone.shape[0]
    over = moved(drawing, lambda p: np.asarray(p) * [1, -1] + [0, h])
    flipped = {k: np.ascontiguousarray(m[::-1]) for k, m in drawing.masks.items()}
    return replace(over, tone=np.ascontiguousarray(drawing.tone[::-1]), masks=flipped)


def widened(drawing: Drawing, left: int, top: int, right: int, low: int) -> Drawing:
    """The drawing on a larger sheet."""
    around = ((top, low), (left, right))
    return replace(
        moved(drawing, lambda p: np.asarray(p) + [left, top]),
        tone=np.pad(drawing.tone, around, constant_values=255),
        masks={k: np.pad(m, around) for k, m in drawing.masks.items()},
    )


def beside(drawing: Drawing, patch: np.ndarray, where: str, gap: int, align: float = 0.5) -> Drawing:
    """The drawing with a view that is no section laid "left", "right", "above" or "below" it.

    `align` 0 to 1 says where along the shared side the view lies.
    """
    (h, w), (ph, pw) = drawing.tone.shape, patch.shape
    if where in ("left", "right"):
        extra, tall = pw + gap, max(0, ph - h)
        out = widened(drawing, extra if where == "left" else 0, 0, extra if where == "right" else 0, tall)
        at = (0 if where == "left" else w + gap, round(align * max(0, h - ph)))
    else:
        extra, wide = ph + gap, max(0, pw - w)
        out = widened(
            drawing, wide // 2, extra if where == "above" else 0, wide - wide // 2, 0 if where == "above" else extra
        )
        at = (round(align * (out.tone.shape[1] - pw)), 0 if where == "above" else h + gap)
    lay(out.tone, patch, *at)
    return out
