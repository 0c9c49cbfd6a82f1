"""A scale bar found by its ink alone, near a text that states a length."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from shapely import Polygon

from profilex.types import Page, Word
from profilex.vessel.bar import measure_bar

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


@dataclass(frozen=True, slots=True)
class _Piece:
    """A connected piece of ink: its box on the page (px) and the share of the box that it fills."""

    left: int
    top: int
    right: int
    bottom: int
    filled: float

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def find_bar(page: Page, text: Word) -> Polygon | None:
    """The level scale bar that a length's text belongs to, as a rectangle in page px; None where there is none.

    A slender piece of ink or a row of equal blocks above, below or in line with the text, the nearest that can be
    measured as a bar.
    """
    letter = text.box[3] - text.box[1]
    pieces = _pieces(page.grey, text, letter)
    candidates = [*_slender(pieces, letter), *_rows_of_blocks(pieces, letter)]
    candidates.sort(key=lambda piece: _distance(piece, text, letter))
    for piece in candidates:
        if _distance(piece, text, letter) > _ACROSS * letter:
            return None
        box = shapely.box(piece.left, piece.top, piece.right, piece.bottom)
        measured = measure_bar(page, box)
        if measured is not None and abs(measured.length_px / piece.width - 1) <= _SAME_LENGTH:
            return box
    return None


def _pieces(grey: np.ndarray, text: Word, letter: float) -> list[_Piece]:
    """Pieces of ink around a text, without those that reach out of the window."""
    x0, y0, x1, y1 = text.box
    along, across = _ALONG * grey.shape[1], _ACROSS * letter
    left, top = max(0, int(x0 - along)), max(0, int(y0 - across))
    window = grey[top : int(y1 + across), left : int(x1 + along)]
    if not window.size:
        return []
    ink = (window < _INK * np.percentile(window, 90)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height, width = window.shape
    pieces = []
    for x, y, wide, high, area in stats[1:].tolist():
        if x > 0 and y > 0 and x + wide < width and y + high < height:
            pieces.append(_Piece(left + x, top + y, left + x + wide, top + y + high, area / (wide * high)))
    return pieces


def _slender(pieces: list[_Piece], letter: float) -> Iterator[_Piece]:
    for piece in pieces:
        long = piece.width >= max(_SLENDER * piece.height, _SHORTEST * letter)
        if long and piece.height <= _TALLEST * letter:
            yield piece


def _rows_of_blocks(pieces: list[_Piece], letter: float) -> Iterator[_Piece]:
    """Solid blocks of one height side by side, as one piece."""
    blocks = sorted((p for p in pieces if p.filled >= _SOLID and p.height <= _TALLEST * letter), key=lambda p: p.left)
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


def _distance(piece: _Piece, text: Word, letter: float) -> float:
    """Distance (px) of a text from the bar it may belong to; far where it stands neither along it nor at its end."""
    x0, y0, x1, y1 = text.box
    across = max(piece.top - y1, y0 - piece.bottom, 0.0)
    along = max(piece.left - x1, x0 - piece.right, 0.0)
    return across + along if along <= _BESIDE * letter else float("inf")
