"""Resampling between the page's pixels and working pixels, without a shift by a fraction of a pixel."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in page pixels."""

LARGEST_SCALE = 3.0
_ROUNDING = 1.1  # greatest factor by which a lattice is finer than requested


@dataclass(frozen=True, slots=True)
class Lattice:
    """A working grid aligned with the page's grid: `page_px` page pixels are exactly `work_px` working pixels."""

    page_px: int
    work_px: int

    @property
    def scale(self) -> float:
        return self.work_px / self.page_px


@dataclass(frozen=True, slots=True)
class Strip:
    """An interval of a page along one axis, and the interval that is read around it.

    `start`, `stop`, `read_start` and `read_stop` are page pixels; `size` and `read_size` are the lengths of both
    intervals in working pixels, `before` the working pixels that are read before `start`.
    """

    start: int
    stop: int
    read_start: int
    read_stop: int
    size: int
    read_size: int
    before: int


def lattice(scale: float) -> Lattice:
    """The lattice of the smallest cells at `scale` (working px per page px, at most 3), or up to a tenth above it.

    With small cells, a box shrunk to whole cells stays close to the requested box.
    """
    scale = min(scale, LARGEST_SCALE)
    page_px = 1
    while (work_px := math.ceil(scale * page_px - 1e-9)) > _ROUNDING * scale * page_px:
        page_px += 1
    return Lattice(page_px, work_px)


def strip(low: float, high: float, length: int, grid: Lattice, context_px: int) -> Strip:
    """The interval from `low` to `high` of an axis of `length` page pixels, shrunk to the lattice.

    `context_px` working pixels are read on either side, where the page has them. The lattice starts at the end of the
    page that the interval reaches; an interval that reaches both ends is scaled to whole working pixels instead.
    """
    cell = grid.page_px
    if (low <= 0 and high >= length) or length < 2 * cell:
        return exact_strip(0, length, grid.scale)
    if high >= length:
        cells = max(1, int((length - low) // cell))
        start, stop = length - cells * cell, length
    else:
        start = min(math.ceil(max(low, 0) / cell), length // cell - 1) * cell
        stop = max(start + cell, int(high // cell) * cell)
    wanted = -(-context_px // grid.work_px)
    before, after = min(wanted, start // cell), min(wanted, (length - stop) // cell)
    cells = (stop - start) // cell
    return Strip(
        start=start,
        stop=stop,
        read_start=start - before * cell,
        read_stop=stop + after * cell,
        size=cells * grid.work_px,
        read_size=(before + cells + after) * grid.work_px,
        before=before * grid.work_px,
    )


def drawn_in(strip: Strip, grid: Lattice, drawn: np.ndarray, context_px: int) -> Strip:
    """A strip that reads no more bare paper than necessary: `context_px` working pixels beyond what is drawn.

    `drawn` (bool) says for every page pixel from `read_start` to `read_stop` whether anything is drawn there.
    """
    cell, places = grid.page_px, np.flatnonzero(drawn)
    first, last = (int(places[0]), int(places[-1]) + 1) if len(places) else (len(drawn), 0)
    context = -(-context_px // grid.work_px) * cell
    before, after = strip.start - strip.read_start, strip.read_stop - strip.stop
    spare_before = min(before, max(0, first - context)) // cell
    spare_after = min(after, max(0, len(drawn) - last - context)) // cell
    return replace(
        strip,
        read_start=strip.read_start + spare_before * cell,
        read_stop=strip.read_stop - spare_after * cell,
        read_size=strip.read_size - (spare_before + spare_after) * grid.work_px,
        before=strip.before - spare_before * grid.work_px,
    )


def exact_strip(start: int, stop: int, scale: float) -> Strip:
    """The interval from `start` to `stop`, without context, at about `scale`: scaled to whole working pixels."""
    size = max(1, round((stop - start) * scale))
    return Strip(start, stop, start, stop, size, size, 0)


def resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """An image (h, w) or (h, w, channels), uint8, at another size: area-averaged if smaller, cubic if larger."""
    if image.shape[:2] == (height, width):
        return image
    shrinks = height * width < image.shape[0] * image.shape[1]
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def sampled(planes: np.ndarray, page_shape: tuple[int, int], box: Box, height: int, width: int) -> np.ndarray:
    """Planes float32 (c, h, w) that cover a whole page, linearly sampled over a box of it at (height, width).

    `page_shape` is (height, width) of the page in page pixels.
    """
    x0, y0, x1, y1 = box
    across, down = planes.shape[2] / page_shape[1], planes.shape[1] / page_shape[0]
    step_x, step_y = (x1 - x0) / width * across, (y1 - y0) / height * down
    # pixel centres: working pixel j lies at (j + 1/2) steps into the box, plane pixel k at k + 1/2
    to_plane = np.array(
        [[step_x, 0.0, x0 * across + step_x / 2 - 0.5], [0.0, step_y, y0 * down + step_y / 2 - 0.5]], np.float64
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.stack(
        [
            cv2.warpAffine(plane, to_plane, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
            for plane in planes
        ]
    )
