"""Images of any size through a network: tiles that read more than they write, and one owner for every pixel."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from profilex.errors import Code, RunError
from profilex.model.build import SIZE_MULTIPLE

Predict = Callable[[np.ndarray], np.ndarray]
Side = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Span:
    """One tile along one axis, in working pixels: it reads `start` to `stop` and owns `first` to `last` (exclusive)."""

    start: int
    stop: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of an image: what it reads and what it owns, down and across."""

    down: Span
    across: Span

    @property
    def read_shape(self) -> tuple[int, int]:
        """Height and width of what it reads."""
        return self.down.stop - self.down.start, self.across.stop - self.across.start


def nearest_side(length: int) -> int:
    """The next multiple of 32, which the network's halvings need."""
    return -(-length // SIZE_MULTIPLE) * SIZE_MULTIPLE


def one_of_few_sides(length: int) -> int:
    """The next of few sides: 256, 512, 1024, then multiples of 512.

    For engines that take as long to prepare a new shape as to process a page, like TensorFlow on GPUs.
    """
    return next((side for side in (256, 512, 1024) if length <= side), -(-length // 512) * 512)


def plan_tiles(height: int, width: int, tile_px: int, overlap_px: int) -> list[Tile]:
    """Cover an image of `height` by `width` with tiles of at most `tile_px` a side that overlap by `overlap_px`.

    Every pixel is owned by exactly one tile. Tiles begin at multiples of 32, where the network's halvings fall on the
    same pixels as in the whole image. A tile's answer then equals that of the whole image, except for the missing
    context.

    Raises:
        RunError: code `usage`, if the tiles are not larger than their overlap.
    """
    down, across = (_spans(length, tile_px, overlap_px) for length in (height, width))
    return [Tile(row, column) for row in down for column in across]


def predict_images(
    images: Sequence[np.ndarray],
    predict: Predict,
    *,
    paper: float,
    tile_px: int,
    overlap_px: int,
    most_px: int = 1 << 18,
    side: Side = nearest_side,
) -> list[np.ndarray]:
    """Probabilities float32 (h, w, classes) of images float32 (h, w, channels), which may differ in size.

    Tiles of one size go through `predict` in batches of 1, 2, 4, 8 … tiles and at most `most_px` pixels. `paper` is the
    input value that pads them to the next `side`.

    Raises:
        RunError: as `plan_tiles`.
    """
    outputs: list[np.ndarray | None] = [None] * len(images)
    for (height, width), batch in _batches(images, tile_px, overlap_px, most_px, side):
        inputs = np.full((len(batch), height, width, images[0].shape[-1]), paper, np.float32)
        for filled, (i, tile) in zip(inputs, batch, strict=True):
            read = images[i][tile.down.start : tile.down.stop, tile.across.start : tile.across.stop]
            filled[: read.shape[0], : read.shape[1]] = read
        for answer, (i, tile) in zip(predict(inputs), batch, strict=True):
            output = outputs[i]
            if output is None:
                output = outputs[i] = np.empty((*images[i].shape[:2], answer.shape[-1]), np.float32)
            _write(output, answer, tile)
    return [output for output in outputs if output is not None]


def _batches(
    images: Sequence[np.ndarray], tile_px: int, overlap_px: int, most_px: int, side: Side
) -> Iterator[tuple[tuple[int, int], list[tuple[int, Tile]]]]:
    by_shape: dict[tuple[int, int], list[tuple[int, Tile]]] = {}
    for i, image in enumerate(images):
        for tile in plan_tiles(image.shape[0], image.shape[1], tile_px, overlap_px):
            height, width = tile.read_shape
            by_shape.setdefault((side(height), side(width)), []).append((i, tile))
    for (height, width), jobs in sorted(by_shape.items()):
        most = max(1, most_px // (height * width))
        done = 0
        while done < len(jobs):
            count = 1 << (min(most, len(jobs) - done).bit_length() - 1)
            yield (height, width), jobs[done : done + count]
            done += count


def _write(output: np.ndarray, answer: np.ndarray, tile: Tile) -> None:
    down, across = tile.down, tile.across
    output[down.first : down.last, across.first : across.last] = answer[
        down.first - down.start : down.last - down.start, across.first - across.start : across.last - across.start
    ]


def _spans(length: int, tile_px: int, overlap_px: int) -> list[Span]:
    if length <= tile_px:
        return [Span(0, length, 0, length)]
    size = tile_px // SIZE_MULTIPLE * SIZE_MULTIPLE
    stride = (size - overlap_px) // SIZE_MULTIPLE * SIZE_MULTIPLE
    if stride < SIZE_MULTIPLE or overlap_px < 0:
        raise RunError(
            Code.USAGE,
            f"tiles of {tile_px} px cannot overlap by {overlap_px} px.",
            f"Make them at least {SIZE_MULTIPLE} px larger than their overlap.",
        )
    count = -(-(length - size) // stride) + 1
    starts = [k * stride for k in range(count)]
    stops = [min(start + size, length) for start in starts]
    borders = [0, *((start + stop) // 2 for start, stop in zip(starts[1:], stops, strict=False)), length]
    return [Span(*span) for span in zip(starts, stops, borders, borders[1:], strict=False)]
