"""Regions of a page for the fine pass: where sections may be, how thick their walls are, and at which scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from profilex.model.inference.sampling import LARGEST_SCALE, Box
from profilex.settings import SegmentSettings

_THIN_QUANTILE = 0.25  # share of a region's area whose walls may be thinner than the region is read for
_ENLARGEMENT = 3  # factor by which the coarse view is enlarged to measure a wall


@dataclass(frozen=True, slots=True)
class Piece:
    """A connected area that may be a section: its box in page pixels (not rounded), wall thickness and area."""

    box: tuple[float, float, float, float]
    wall_px: float
    area_px: float


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of the page for the fine pass: pieces that are close together, with a margin.

    `box` is in page pixels, within the page. Patches do not overlap.
    """

    box: Box
    pieces: tuple[Piece, ...]

    @property
    def wall_px(self) -> float:
        """Wall thickness in page px of the thinner pieces: the quantile at a quarter of the area."""
        ordered = sorted(self.pieces, key=lambda piece: piece.wall_px)
        areas = np.cumsum([piece.area_px for piece in ordered])
        return ordered[int(np.searchsorted(areas, _THIN_QUANTILE * areas[-1]))].wall_px


def find_pieces(section: np.ndarray, page_shape: tuple[int, int], settings: SegmentSettings) -> list[Piece]:
    """Connected areas of the coarse view of a page that may be sections.

    `section` is the section probability float32 (h, w) over the whole page, `page_shape` the page's (height, width).
    Specks of a few coarse pixels that nowhere reach 0.5 are ignored.
    """
    down, across = page_shape[0] / section.shape[0], page_shape[1] / section.shape[1]
    suspected = (section > settings.suspected).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(suspected, connectivity=8)
    pieces = []
    for label in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[label])
        window = np.s_[y : y + height, x : x + width]
        alone = np.where(labels[window] == label, section[window], np.float32(0.0))
        if area < settings.speck_px and alone.max() < 0.5:
            continue
        wall = max(wall_thickness(alone), settings.thinnest_wall_px) * (down + across) / 2
        box = (x * across, y * down, (x + width) * across, (y + height) * down)
        pieces.append(Piece(box, wall, area * down * across))
    return pieces


def wall_thickness(section: np.ndarray) -> float:
    """Typical thickness in pixels of the sections in a probability map float32 (h, w).

    Twice the median distance between the middle line and the outline, along the middle line; the outline is located
    between the pixels. 0 if there is no section.
    """
    height, width = section.shape
    framed = cv2.copyMakeBorder(section, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0.0)
    size = ((width + 2) * _ENLARGEMENT, (height + 2) * _ENLARGEMENT)
    level = min(0.5, float(section.max()) * 0.8)
    inside = (cv2.resize(framed, size, interpolation=cv2.INTER_LINEAR) > level).astype(np.uint8)
    if not inside.any():
        return 0.0
    # squared distances are integers; OpenCV's square roots depend in the last bit on the array's place in memory
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    distance = np.sqrt(np.rint(distance**2))
    on_ridge = distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8))
    on_ridge &= distance >= 0.3 * distance.max()  # not the small bumps of the outline
    # a distance reaches to the centre of an outer pixel, and a ridge between two pixels is missed by half of one: on
    # average, twice the distance is half a pixel too much
    return float(2.0 * np.median(distance[on_ridge]) - 0.5) / _ENLARGEMENT


def patches_around(pieces: Sequence[Piece], page_shape: tuple[int, int], settings: SegmentSettings) -> list[Patch]:
    """Patches around pieces, with a margin of three walls; overlapping patches are merged."""
    return merged([Patch(_with_margin(piece, page_shape, settings), (piece,)) for piece in pieces])


def merged(patches: Sequence[Patch]) -> list[Patch]:
    """Join overlapping patches until none overlap; sorted from top to bottom, then left to right."""
    waiting = list(patches)
    kept: list[Patch] = []
    while waiting:
        patch = waiting.pop()
        touching = [other for other in kept if _overlap(other.box, patch.box)]
        if not touching:
            kept.append(patch)
            continue
        kept = [other for other in kept if other not in touching]
        waiting.append(_joined([patch, *touching]))
    return sorted(kept, key=lambda patch: (patch.box[1], patch.box[0], patch.box))


def grown(
    patch: Patch, sides: tuple[bool, bool, bool, bool], page_shape: tuple[int, int], settings: SegmentSettings
) -> Patch:
    """A patch extended beyond the given sides (left, top, right, bottom) by half its size, within the page."""
    x0, y0, x1, y1 = patch.box
    across, down = (max(math.ceil(2 * settings.margin_walls * patch.wall_px), size // 2) for size in (x1 - x0, y1 - y0))
    left, top, right, bottom = sides
    box = (
        max(0, x0 - across * left),
        max(0, y0 - down * top),
        min(page_shape[1], x1 + across * right),
        min(page_shape[0], y1 + down * bottom),
    )
    return Patch(box, patch.pieces)


def fine_scales(patches: Sequence[Patch], coarse_scale: float, settings: SegmentSettings) -> list[float | None]:
    """The working scale of each patch in the fine pass, or None where the coarse view is as good.

    Walls become `settings.fine_wall_px` working pixels thick, so thick walls get a lower scale. If all patches together
    would exceed `settings.fine_megapixels`, the scale of all is reduced.
    """
    wanted = [min(settings.fine_wall_px / patch.wall_px, LARGEST_SCALE) for patch in patches]
    scales = [None if 1 / settings.worth_it < scale / coarse_scale < settings.worth_it else scale for scale in wanted]
    total = sum(_area(patch.box) * scale**2 for patch, scale in zip(patches, scales, strict=True) if scale)
    shrink = min(1.0, math.sqrt(settings.fine_megapixels * 1e6 / total)) if total else 1.0
    return [scale * shrink if scale else None for scale in scales]


def _with_margin(piece: Piece, page_shape: tuple[int, int], settings: SegmentSettings) -> Box:
    margin = settings.margin_walls * piece.wall_px + settings.margin_px
    x0, y0, x1, y1 = piece.box
    return (
        max(0, math.floor(x0 - margin)),
        max(0, math.floor(y0 - margin)),
        min(page_shape[1], math.ceil(x1 + margin)),
        min(page_shape[0], math.ceil(y1 + margin)),
    )


def _joined(patches: Sequence[Patch]) -> Patch:
    corners = np.array([patch.box for patch in patches])
    x0, y0 = corners[:, :2].min(axis=0)
    x1, y1 = corners[:, 2:].max(axis=0)
    return Patch((int(x0), int(y0), int(x1), int(y1)), tuple(piece for patch in patches for piece in patch.pieces))


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
