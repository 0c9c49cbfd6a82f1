"""To which figure a scale bar belongs: a plan, find or photograph beside vessels has its own bar, at another scale.

The position decides. Figures are large patches of ink; those outside every vessel's drawing show something else. A bar
below, above or beside such a figure, and nearer to it than to any vessel, belongs to that figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import shapely
from shapely import Polygon

from profilex.trace.silhouettes import Silhouettes
from profilex.types import Page, PrintedScale

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in page px."""

_STEP = 8  # page px for each px of the coarse picture
_INK = 0.75  # of the paper's brightness: darker is ink
_PAPER = 9  # coarse px: the brightest value within this distance is paper
_LARGE = 0.05  # of the page's longer side: smaller patches are text or specks
_FRAME = 0.5  # share of the page's area: a larger patch of ink is the page's frame
_IN_DRAWING = 0.3  # share of the smaller box
_TEXT = 0.15  # the text of a bar lies within this many of its lengths
_DARK, _BRIGHT, _ALL = (
    0.85,
    75,
    0.85,
)  # dark: below this share of the paper, in this percentile and share of a box
_SEEN = 0.45  # share of a patch that the network sees as a vessel
_PROSE = 0.4  # share of a patch covered by rows of letters
_NEARER, _NEARER_BESIDE = 0.8, 0.5  # a bar's figure is nearer than this share of the distance to the nearest vessel ...
_UNDER, _BESIDE = 1.0, 0.4  # ... and no farther than this many of the bar's lengths ...
_LENGTHS, _BREADTHS = 0.5, 0.35  # ... and at least this many of them long and wide: neither text nor a line
_SHARED = 0.5  # share of the bar's columns, or rows, that its figure covers too


def with_owners(
    page: Page, printed: PrintedScale, drawings: Sequence[Box], silhouettes: Silhouettes | None = None
) -> PrintedScale:
    """What is printed about the scale, with the bars that belong to other figures marked.

    `drawings` are the vessels' boxes. Further vessels that `silhouettes` show do not count as other figures either.
    """
    if not printed.bars or not drawings:
        return printed
    bars = [shapely.box(*bar.polygon.bounds) for bar in printed.bars]
    vessels = [shapely.box(*drawing) for drawing in drawings]
    prose = [shapely.box(*row) for row in printed.prose]
    patches = [patch for patch in _large_patches(page, bars) if not _is_prose(patch.box, prose)]
    drawn = [_is_drawn(patch.box, vessels) or _is_silhouette(patch, silhouettes) for patch in patches]
    vessels += [patch.box for patch, is_drawn in zip(patches, drawn, strict=True) if is_drawn]
    others = [patch.box for patch, is_drawn in zip(patches, drawn, strict=True) if not is_drawn]
    marked = [replace(bar, elsewhere=_is_at(box, others, vessels)) for bar, box in zip(printed.bars, bars, strict=True)]
    return replace(printed, bars=tuple(marked))


@dataclass(frozen=True, slots=True)
class _Patch:
    """A connected patch of ink; a `filled` one is dark all over its box, like a photograph."""

    box: Polygon
    filled: bool


def _large_patches(page: Page, bars: Sequence[Polygon]) -> list[_Patch]:
    """The patches larger than text, without frames and without bars and their texts."""
    height, width = page.grey.shape
    rows, columns = height // _STEP, width // _STEP
    if not rows or not columns:
        return []
    even = page.grey[: rows * _STEP, : columns * _STEP]
    coarse = cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA)
    darkest = even.reshape(rows, _STEP, columns, _STEP).min(axis=1).min(axis=2)
    paper = cv2.dilate(cv2.medianBlur(coarse, 3), np.ones((_PAPER, _PAPER), np.uint8))
    ink = (darkest < _INK * paper).astype(np.uint8)
    for bar in bars:
        text = _TEXT * _long_side(bar)
        around = np.array(bar.bounds) + (-text, -text, text, text)
        left, top, right, bottom = np.maximum(around / _STEP, 0).astype(int)
        ink[top : bottom + 1, left : right + 1] = 0
    ink = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    least, most = _LARGE * max(rows, columns), _FRAME * rows * columns
    dark = coarse < _DARK * np.percentile(coarse, _BRIGHT)
    return [
        _Patch(
            shapely.box(_STEP * x, _STEP * y, _STEP * (x + w), _STEP * (y + h)),
            filled=bool(dark[y : y + h, x : x + w].mean() > _ALL),
        )
        for x, y, w, h, _ in stats[1:].tolist()
        if max(w, h) >= least and w * h <= most
    ]


def _is_drawn(box: Polygon, drawings: Sequence[Polygon]) -> bool:
    """Whether a patch of ink is part of a vessel's drawing."""
    return any(box.intersection(drawing).area > _IN_DRAWING * min(box.area, drawing.area) for drawing in drawings)


def _is_silhouette(patch: _Patch, silhouettes: Silhouettes | None) -> bool:
    """Whether the network sees a vessel there without a section that was found; it sees them in photographs too."""
    return silhouettes is not None and not patch.filled and silhouettes.share(patch.box.bounds) > _SEEN


def _is_prose(box: Polygon, rows: Sequence[Polygon]) -> bool:
    return sum(box.intersection(row).area for row in rows) > _PROSE * box.area


def _is_at(bar: Polygon, others: Sequence[Polygon], vessels: Sequence[Polygon]) -> bool:
    """Whether a figure that may have a bar is nearer to this bar than any vessel."""
    nearest = min((_distance(bar, figure) for figure in others if _may_have(figure, bar)), default=np.inf)
    return nearest < min(bar.distance(vessel) for vessel in vessels)


def _distance(bar: Polygon, figure: Polygon) -> float:
    """Distance of a bar from a figure, for comparison with vessels; bars are usually below their figure."""
    is_below = figure.bounds[3] <= bar.bounds[3]
    return bar.distance(figure) / (_NEARER if is_below else _NEARER_BESIDE)


def _may_have(figure: Polygon, bar: Polygon) -> bool:
    """Whether a bar lies below, above or beside a figure that is not much shorter than the bar."""
    length, gap = _long_side(bar), bar.distance(figure)
    left, top, right, bottom = bar.bounds
    columns = min(right, figure.bounds[2]) - max(left, figure.bounds[0])
    rows = min(bottom, figure.bounds[3]) - max(top, figure.bounds[1])
    under = columns > _SHARED * (right - left) and gap <= _UNDER * length
    beside = rows > _SHARED * (bottom - top) and gap <= _BESIDE * length
    is_broad = _short_side(figure) >= _BREADTHS * length and _long_side(figure) >= _LENGTHS * length
    return is_broad and (under or beside)


def _long_side(box: Polygon) -> float:
    left, top, right, bottom = box.bounds
    return float(max(right - left, bottom - top))


def _short_side(box: Polygon) -> float:
    left, top, right, bottom = box.bounds
    return float(min(right - left, bottom - top))
