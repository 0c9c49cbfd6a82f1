"""Scale bars found by their ink alone: rows of cells anywhere on a page, and any bar near a text about the scale."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import shapely
from shapely import Polygon

from profilex.types import Page, Word
from profilex.vessel.bar import BLOCKS, measure_bar

_INK = 0.6  # of the paper's brightness
_ACROSS, _ALONG = 4.5, 0.35  # the search reaches this many letters' heights, and this share of the page's width
_SLENDER = 4.0
_TALLEST = 2.5  # letters' heights
_SHORTEST = 2.0
_SOLID = 0.75
_LEVEL = 0.2  # share of their height by which blocks of one row may differ
_GAP = 1.5  # white cells are at most this many of the longest black one
_BESIDE = 3.0  # letters' heights between a bar's end and text in line with it
_SAME_LENGTH = 0.12
# a bar that no text leads to
_SHORTEST_PX, _LOWEST_PX = 40.0, 3.0
_LONGEST, _HIGHEST = 0.6, 0.03  # shares of the page's width, and of its longer side
_LEAST_FILLED, _MOST_FILLED = 0.3, 0.9
_LEAST_CELLS = 4
_FULL_ROW = 0.3


@dataclass(frozen=True, slots=True)
class _Piece:
    """A connected piece of ink: its box on the page (px) and the share of the box that it fills."""

    left: int
    top: int
    right: int
    bottom: int
    filled: float

    @property
    def box(self) -> Polygon:
        return shapely.box(self.left, self.top, self.right, self.bottom)

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def find_bars(page: Page) -> tuple[Polygon, ...]:
    """Level bars of black and white cells, as rectangles in page px from top to bottom; ornaments may be among them.

    A slender piece of ink, or a row of equal blocks, whose cells follow one unit.
    """
    longest, tallest = _LONGEST * page.width_px, _HIGHEST * max(page.grey.shape)
    pieces = [piece for piece in _pieces(page.grey) if piece.width <= longest and _LOWEST_PX <= piece.height <= tallest]
    candidates = [piece for piece in pieces if piece.width >= max(_SLENDER * piece.height, _SHORTEST_PX)]
    candidates += [row for row in _rows_of_blocks(pieces, tallest) if row.width >= _SHORTEST_PX]
    found: list[Polygon] = []
    for piece in sorted(candidates, key=lambda piece: (piece.top, piece.left)):
        if _MOST_FILLED >= piece.filled >= _LEAST_FILLED and not any(bar.intersects(piece.box) for bar in found):
            measured = measure_bar(page, piece.box)
            if measured is None or measured.style != BLOCKS or measured.cells < _LEAST_CELLS:
                continue
            if abs(measured.length_px / piece.width - 1) <= _SAME_LENGTH:
                found.append(_body(page.grey, piece).box)
    return tuple(found)


def find_bar(page: Page, text: Word) -> Polygon | None:
    """The level scale bar that a length's text belongs to, as a rectangle in page px; None where there is none.

    A slender piece of ink or a row of equal blocks above, below or in line with the text, the nearest that can be
    measured as a bar.
    """
    letter = text.box[3] - text.box[1]
    pieces = _pieces_around(page.grey, text, letter)
    candidates = [*_slender(pieces, letter), *_rows_of_blocks(pieces, _TALLEST * letter)]
    candidates.sort(key=lambda piece: _distance(piece, text, letter))
    for piece in candidates:
        if _distance(piece, text, letter) > _ACROSS * letter:
            return None
        measured = measure_bar(page, piece.box)
        if measured is not None and abs(measured.length_px / piece.width - 1) <= _SAME_LENGTH:
            return piece.box
    return None


def _pieces_around(grey: np.ndarray, text: Word, letter: float) -> list[_Piece]:
    """Pieces of ink around a text, without those that reach out of the window."""
    x0, y0, x1, y1 = text.box
    along, across = _ALONG * grey.shape[1], _ACROSS * letter
    left, top = max(0, int(x0 - along)), max(0, int(y0 - across))
    window = grey[top : int(y1 + across), left : int(x1 + along)]
    return _pieces(window, (left, top)) if window.size else []


def _pieces(grey: np.ndarray, corner: tuple[int, int] = (0, 0)) -> list[_Piece]:
    """Connected pieces of ink that do not touch the picture's edge; `corner` is its place (x, y) on the page."""
    ink = (grey < _INK * np.percentile(grey[:: max(1, len(grey) // 200)], 80)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height, width = grey.shape
    left, top = corner
    return [
        _Piece(left + x, top + y, left + x + wide, top + y + high, area / (wide * high))
        for x, y, wide, high, area in stats[1:].tolist()
        if x > 0 and y > 0 and x + wide < width and y + high < height
    ]


def _slender(pieces: list[_Piece], letter: float) -> Iterator[_Piece]:
    for piece in pieces:
        long = piece.width >= max(_SLENDER * piece.height, _SHORTEST * letter)
        if long and piece.height <= _TALLEST * letter:
            yield piece


def _rows_of_blocks(pieces: list[_Piece], tallest: float) -> Iterator[_Piece]:
    """Solid blocks of one height side by side, as one piece."""
    blocks = sorted((p for p in pieces if p.filled >= _SOLID and p.height <= tallest), key=lambda p: p.left)
    while blocks:
        row = [blocks.pop(0)]
        rest = []
        for block in blocks:
            last = row[-1]
            level = abs(block.top - last.top) + abs(block.bottom - last.bottom) <= max(2, _LEVEL * last.height)
            gap = block.left - last.right
            if level and 0 < gap <= _GAP * max(block.width, last.width):
                row.append(block)
            else:
                rest.append(block)
        blocks = rest
        if len(row) > 1:
            filled = sum(block.width for block in row) / (row[-1].right - row[0].left)
            yield _Piece(row[0].left, row[0].top, row[-1].right, row[0].bottom, filled)


def _body(grey: np.ndarray, piece: _Piece) -> _Piece:
    """A bar without the letters that touch it above or below: its rows with much ink."""
    window = grey[piece.top : piece.bottom, piece.left : piece.right]
    full = np.flatnonzero((window < _INK * 255).mean(axis=1) >= _FULL_ROW)
    if not len(full):
        return piece
    return replace(piece, top=piece.top + int(full[0]), bottom=piece.top + int(full[-1]) + 1)


def _distance(piece: _Piece, text: Word, letter: float) -> float:
    """Distance (px) of a text from the bar it may belong to; far where it stands neither along it nor at its end."""
    x0, y0, x1, y1 = text.box
    across = max(piece.top - y1, y0 - piece.bottom, 0.0)
    along = max(piece.left - x1, x0 - piece.right, 0.0)
    return across + along if along <= _BESIDE * letter else float("inf")
