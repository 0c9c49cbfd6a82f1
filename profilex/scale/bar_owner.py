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

from profilex.settings import EvidenceSettings
from profilex.trace.silhouettes import Silhouettes
from profilex.types import Page, PrintedScale

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in page px."""


def with_owners(
    page: Page,
    printed: PrintedScale,
    drawings: Sequence[Box],
    silhouettes: Silhouettes | None = None,
    *,
    numbers: EvidenceSettings,
) -> PrintedScale:
    """What is printed about the scale, with the bars that belong to other figures marked.

    `drawings` are the vessels' boxes. Further vessels that `silhouettes` show do not count as other figures either.
    """
    if not printed.bars or not drawings:
        return printed
    bars = [shapely.box(*bar.polygon.bounds) for bar in printed.bars]
    vessels = [shapely.box(*drawing) for drawing in drawings]
    prose = [shapely.box(*row) for row in printed.prose]
    patches = [patch for patch in _large_patches(page, bars, numbers) if not _is_prose(patch.box, prose, numbers)]
    drawn = [_is_drawn(patch.box, vessels, numbers) or _is_silhouette(patch, silhouettes, numbers) for patch in patches]
    vessels += [patch.box for patch, is_drawn in zip(patches, drawn, strict=True) if is_drawn]
    others = [patch.box for patch, is_drawn in zip(patches, drawn, strict=True) if not is_drawn]
    marked = [
        replace(bar, elsewhere=_is_at(box, others, vessels, numbers))
        for bar, box in zip(printed.bars, bars, strict=True)
    ]
    return replace(printed, bars=tuple(marked))


@dataclass(frozen=True, slots=True)
class _Patch:
    """A connected patch of ink; a `filled` one is dark all over its box, like a photograph."""

    box: Polygon
    filled: bool


def _large_patches(page: Page, bars: Sequence[Polygon], numbers: EvidenceSettings) -> list[_Patch]:
    """The patches larger than text, without frames and without bars and their texts."""
    height, width = page.grey.shape
    rows, columns = height // numbers.bar_owner.step, width // numbers.bar_owner.step
    if not rows or not columns:
        return []
    even = page.grey[: rows * numbers.bar_owner.step, : columns * numbers.bar_owner.step]
    coarse = cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA)
    darkest = even.reshape(rows, numbers.bar_owner.step, columns, numbers.bar_owner.step).min(axis=1).min(axis=2)
    paper = cv2.dilate(cv2.medianBlur(coarse, 3), np.ones((numbers.bar_owner.paper, numbers.bar_owner.paper), np.uint8))
    ink = (darkest < numbers.bar_owner.ink * paper).astype(np.uint8)
    for bar in bars:
        text = numbers.bar_owner.text * _long_side(bar)
        around = np.array(bar.bounds) + (-text, -text, text, text)
        left, top, right, bottom = np.maximum(around / numbers.bar_owner.step, 0).astype(int)
        ink[top : bottom + 1, left : right + 1] = 0
    ink = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    least, most = numbers.bar_owner.large * max(rows, columns), numbers.bar_owner.frame * rows * columns
    dark = coarse < numbers.bar_owner.dark * np.percentile(coarse, numbers.bar_owner.bright)
    return [
        _Patch(
            shapely.box(
                numbers.bar_owner.step * x,
                numbers.bar_owner.step * y,
                numbers.bar_owner.step * (x + w),
                numbers.bar_owner.step * (y + h),
            ),
            filled=bool(dark[y : y + h, x : x + w].mean() > numbers.bar_owner.all),
        )
        for x, y, w, h, _ in stats[1:].tolist()
        if max(w, h) >= least and w * h <= most
    ]


def _is_drawn(box: Polygon, drawings: Sequence[Polygon], numbers: EvidenceSettings) -> bool:
    """Whether a patch of ink is part of a vessel's drawing."""
    return any(
        box.intersection(drawing).area > numbers.bar_owner.in_drawing * min(box.area, drawing.area)
        for drawing in drawings
    )


def _is_silhouette(patch: _Patch, silhouettes: Silhouettes | None, numbers: EvidenceSettings) -> bool:
    """Whether the network sees a vessel there without a section that was found; it sees them in photographs too."""
    return silhouettes is not None and not patch.filled and silhouettes.share(patch.box.bounds) > numbers.bar_owner.seen


def _is_prose(box: Polygon, rows: Sequence[Polygon], numbers: EvidenceSettings) -> bool:
    return sum(box.intersection(row).area for row in rows) > numbers.bar_owner.prose * box.area


def _is_at(bar: Polygon, others: Sequence[Polygon], vessels: Sequence[Polygon], numbers: EvidenceSettings) -> bool:
    """Whether a figure that may have a bar is nearer to this bar than any vessel."""
    nearest = min(
        (_distance(bar, figure, numbers) for figure in others if _may_have(figure, bar, numbers)), default=np.inf
    )
    return nearest < min(bar.distance(vessel) for vessel in vessels)


def _distance(bar: Polygon, figure: Polygon, numbers: EvidenceSettings) -> float:
    """Distance of a bar from a figure, for comparison with vessels; bars are usually below their figure."""
    is_below = figure.bounds[3] <= bar.bounds[3]
    return bar.distance(figure) / (numbers.bar_owner.nearer if is_below else numbers.bar_owner.nearer_beside)


def _may_have(figure: Polygon, bar: Polygon, numbers: EvidenceSettings) -> bool:
    """Whether a bar lies below, above or beside a figure that is not much shorter than the bar."""
    length, gap = _long_side(bar), bar.distance(figure)
    left, top, right, bottom = bar.bounds
    columns = min(right, figure.bounds[2]) - max(left, figure.bounds[0])
    rows = min(bottom, figure.bounds[3]) - max(top, figure.bounds[1])
    under = columns > numbers.bar_owner.shared * (right - left) and gap <= numbers.bar_owner.under * length
    beside = rows > numbers.bar_owner.shared * (bottom - top) and gap <= numbers.bar_owner.beside * length
    is_broad = (
        _short_side(figure) >= numbers.bar_owner.breadths * length
        and _long_side(figure) >= numbers.bar_owner.lengths * length
    )
    return is_broad and (under or beside)


def _long_side(box: Polygon) -> float:
    left, top, right, bottom = box.bounds
    return float(max(right - left, bottom - top))


def _short_side(box: Polygon) -> float:
    left, top, right, bottom = box.bounds
    return float(min(right - left, bottom - top))
