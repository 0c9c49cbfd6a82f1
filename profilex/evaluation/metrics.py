"""Scores of the sections that were found: areas, boundaries and instances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from shapely import Polygon

from profilex.data.pages import wall_thickness_px
from profilex.data.raster import fill_rings

ALL_STYLES = "all"

_LEAST_TRUTH_PX = 12  # area below which a speck of a mask is not a section
_FALSE_SHARE = 0.1  # share of its area on true sections below which a found section is a false positive
_MATCH = 0.5
_CLOSE_MATCH = 0.75


@dataclass(frozen=True, slots=True)
class PageScores:
    """The scores of one page.

    Areas are in px. `distances_px` and `distances_wall` hold for each section that was found (IoU of at least .5) the
    mean and the 95th percentile of the distances between the two outlines.
    """

    name: str
    style: str
    common_px: int
    found_px: int
    true_px: int
    true_sections: int
    found_sections: int
    matched: int
    closely_matched: int
    false_sections: int
    distances_px: tuple[tuple[float, float], ...]
    distances_wall: tuple[tuple[float, float], ...]

    @property
    def iou(self) -> float:
        """Intersection over union, 1 for an empty page on which nothing was found."""
        return _share(self.common_px, self.found_px + self.true_px - self.common_px)


@dataclass(frozen=True, slots=True)
class _Window:
    """A mask bool (h, w) with its upper left corner on the page."""

    x: int
    y: int
    mask: np.ndarray


def score_page(name: str, style: str, truth: np.ndarray, found: Sequence[Polygon]) -> PageScores:
    """Compare outlines with a section mask bool (height, width); polygons are in page pixels, centres at .5."""
    true_parts = _pieces(truth)
    found_parts = [part for part in (_window(polygon, truth.shape) for polygon in found) if part is not None]
    union = np.zeros(truth.shape, bool)
    for part in found_parts:
        union[_slices(part)] |= part.mask
    false_sections = sum(
        np.count_nonzero(part.mask & truth[_slices(part)]) < _FALSE_SHARE * np.count_nonzero(part.mask)
        for part in found_parts
    )
    overlaps = [
        max(((_iou(true, part), part) for part in found_parts), key=_first, default=None) for true in true_parts
    ]
    matches = [(true, best[1]) for true, best in zip(true_parts, overlaps, strict=True) if best and best[0] >= _MATCH]
    pixels = [_distances(true, part) for true, part in matches]
    walls = [wall_thickness_px(true.mask.astype(np.uint8)) for true, _ in matches]
    return PageScores(
        name=name,
        style=style,
        common_px=int(np.count_nonzero(union & truth)),
        found_px=int(np.count_nonzero(union)),
        true_px=int(np.count_nonzero(truth)),
        true_sections=len(true_parts),
        found_sections=len(found_parts),
        matched=len(matches),
        closely_matched=sum(best is not None and best[0] >= _CLOSE_MATCH for best in overlaps),
        false_sections=int(false_sections),
        distances_px=tuple(pixels),
        distances_wall=tuple((mean / wall, high / wall) for (mean, high), wall in zip(pixels, walls, strict=True)),
    )


def summarise(pages: Sequence[PageScores]) -> dict[str, dict[str, float]]:
    """Measures by style, and over all pages under "all".

    Areas are pooled over the pages of a style; boundary distances are means over the sections of the style that were
    found. A measure that a style cannot have (the recall of pages without sections) is left out.
    """
    styles = sorted({page.style for page in pages})
    groups = {style: [page for page in pages if page.style == style] for style in styles}
    return {key: _summary(group) for key, group in {**groups, ALL_STYLES: list(pages)}.items()}


def _summary(pages: Sequence[PageScores]) -> dict[str, float]:
    def total(field: str) -> int:
        return sum(getattr(page, field) for page in pages)

    common, found, true = total("common_px"), total("found_px"), total("true_px")
    row = {
        "pages": float(len(pages)),
        "sections": float(total("true_sections")),
        "false_per_page": total("false_sections") / max(len(pages), 1),
    }
    if true:
        row |= {"iou": _share(common, found + true - common), "dice": _share(2 * common, found + true)}
        row |= {
            "recall_50": _share(total("matched"), total("true_sections")),
            "recall_75": _share(total("closely_matched"), total("true_sections")),
            "precision_50": _share(total("matched"), total("found_sections")),
            "precision_75": _share(total("closely_matched"), total("found_sections")),
        }
    for unit, field in (("px", "distances_px"), ("wall", "distances_wall")):
        distances = [pair for page in pages for pair in getattr(page, field)]
        if distances:
            mean, high = np.mean(distances, axis=0).tolist()
            row |= {f"boundary_mean_{unit}": mean, f"boundary_p95_{unit}": high}
    return row


def as_table(summary: Mapping[str, Mapping[str, float]]) -> str:
    """The summary as text, one line for each style; a dash where a style lacks a measure."""
    columns = {
        "pages": "pages",
        "sections": "sections",
        "iou": "IoU",
        "dice": "Dice",
        "boundary_mean_px": "mean px",
        "boundary_p95_px": "p95 px",
        "boundary_mean_wall": "mean/wall",
        "boundary_p95_wall": "p95/wall",
        "precision_50": "P.50",
        "recall_50": "R.50",
        "precision_75": "P.75",
        "recall_75": "R.75",
        "false_per_page": "false/page",
    }
    width = max(len(style) for style in summary)
    lines = [" ".join(["style".ljust(width), *(title.rjust(max(len(title), 6)) for title in columns.values())])]
    for style, row in summary.items():
        cells = [_cell(row.get(key), title, is_count=key in ("pages", "sections")) for key, title in columns.items()]
        lines.append(" ".join([style.ljust(width), *cells]))
    return "\n".join(lines)


def _cell(value: float | None, title: str, *, is_count: bool) -> str:
    text = "-" if value is None else f"{value:.0f}" if is_count else f"{value:.3f}"
    return text.rjust(max(len(title), 6))


def _pieces(truth: np.ndarray) -> list[_Window]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(truth.astype(np.uint8), connectivity=8)
    pieces = []
    for label in range(1, count):
        x, y, width, height, area = stats[label].tolist()
        if area >= _LEAST_TRUTH_PX:
            pieces.append(_Window(x, y, labels[y : y + height, x : x + width] == label))
    return pieces


def _window(polygon: Polygon, shape: tuple[int, ...]) -> _Window | None:
    """The pixels of a polygon; None if it covers no pixel of the page."""
    x0, y0, x1, y1 = polygon.bounds
    left, top = max(int(x0), 0), max(int(y0), 0)
    right, bottom = min(int(np.ceil(x1)), shape[1]), min(int(np.ceil(y1)), shape[0])
    if right <= left or bottom <= top:
        return None
    rings = [np.asarray(ring.coords)[:-1, :2] - (left, top) for ring in (polygon.exterior, *polygon.interiors)]
    mask = fill_rings(rings, (bottom - top, right - left))
    return _Window(left, top, mask) if mask.any() else None


def _slices(part: _Window) -> tuple[slice, slice]:
    height, width = part.mask.shape
    return slice(part.y, part.y + height), slice(part.x, part.x + width)


def _on_common_ground(one: _Window, other: _Window) -> tuple[np.ndarray, np.ndarray]:
    """Both masks, padded to their common box, with one pixel of margin."""
    x0, y0 = min(one.x, other.x) - 1, min(one.y, other.y) - 1
    x1 = max(part.x + part.mask.shape[1] for part in (one, other)) + 1
    y1 = max(part.y + part.mask.shape[0] for part in (one, other)) + 1
    planes = []
    for part in (one, other):
        plane = np.zeros((y1 - y0, x1 - x0), bool)
        plane[part.y - y0 : part.y - y0 + part.mask.shape[0], part.x - x0 : part.x - x0 + part.mask.shape[1]] = (
            part.mask
        )
        planes.append(plane)
    return planes[0], planes[1]


def _iou(one: _Window, other: _Window) -> float:
    apart = (
        one.x >= other.x + other.mask.shape[1]
        or other.x >= one.x + one.mask.shape[1]
        or one.y >= other.y + other.mask.shape[0]
        or other.y >= one.y + one.mask.shape[0]
    )
    if apart:
        return 0.0
    first, second = _on_common_ground(one, other)
    return _share(int(np.count_nonzero(first & second)), int(np.count_nonzero(first | second)))


def _distances(one: _Window, other: _Window) -> tuple[float, float]:
    """Mean and 95th percentile of the distances between two outlines, in both directions, in px."""
    outlines = [mask & ~_eroded(mask) for mask in _on_common_ground(one, other)]
    away = [
        cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for outline in outlines
    ]
    both = np.concatenate([away[1][outlines[0]], away[0][outlines[1]]])
    return float(both.mean()), float(np.quantile(both, 0.95))


def _eroded(mask: np.ndarray) -> np.ndarray:
    return cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=(0,)) > 0


def _first(pair: tuple[float, _Window]) -> float:
    return pair[0]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
