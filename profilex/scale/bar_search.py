"""Scale bars found by their ink alone: rows of cells anywhere on a page, and any bar near a text about the scale."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from shapely import Polygon, affinity

from profilex.ink.grey_levels import grey_percentiles
from profilex.scale.bar_measure import BLOCKS, PLAIN, TICKS, longest_run, measure_bar
from profilex.settings import EvidenceSettings
from profilex.types import BarMeasure, Page, Word

_LEVEL_TILT, _MOST_TILT = math.radians(0.3), math.radians(8.0)
# a plain bar's edges are straight
# no ink of a frame continues beyond a bar's ends, outside the blur ...
# a bar without a text that leads to it
_MOST_BODY_TILT = math.radians(0.6)  # letters that touch a bar make it seem tilted


@dataclass(frozen=True, slots=True)
class _Piece:
    """A connected piece of ink: its upright box on the page (px) and the share of the box that it fills.

    `tilt` is the angle (radians, clockwise on the page) of its longer side from the horizontal, and `high` its height
    across that side.
    """

    left: int
    top: int
    right: int
    bottom: int
    filled: float
    tilt: float = 0.0
    high: float = 0.0

    @property
    def box(self) -> Polygon:
        """Its rectangle, tilted like the piece."""
        if abs(self.tilt) < _LEVEL_TILT:
            return shapely.box(self.left, self.top, self.right, self.bottom)
        x, y = self.middle
        long = (self.width - self.high * abs(math.sin(self.tilt))) / math.cos(self.tilt)
        level = shapely.box(x - long / 2, y - self.high / 2, x + long / 2, y + self.high / 2)
        return affinity.rotate(level, self.tilt, origin=(x, y), use_radians=True)

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def solid(self) -> float:
        """The share of its tilted rectangle that it fills."""
        return self.filled * self.width * self.height / max(self.box.area, 1e-9)

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


class BarSearch:
    """Search for bars on a page (rectangles in page px, top to bottom); the page's pieces of ink are found once."""

    def __init__(self, page: Page, numbers: EvidenceSettings) -> None:
        self._page = page
        self._numbers = numbers
        self._paper = _paper(page.grey)
        self._bodies: dict[_Piece, _Piece] = {}
        self._slender: dict[float, list[_Piece]] = {}
        self._measured: dict[_Piece, BarMeasure | None] = {}

    def bars(self) -> tuple[Polygon, ...]:
        """Bars of black and white cells; ornaments may be among them.

        A slender piece of ink, or a row of equal blocks, nearly level, whose cells follow one unit.
        """
        candidates = self._from_end_to_end(
            self._numbers.bar_search.ink,
            lambda piece: (
                self._numbers.bar_search.least_filled
                <= self._body(piece).filled
                <= self._numbers.bar_search.most_filled
            ),
        )
        return tuple(
            self._body(piece).box
            for piece, measured in candidates
            if measured.style == BLOCKS and measured.cells >= self._numbers.bar_search.least_cells
        )

    def likely_bars(self, has_text: Callable[[Polygon], bool]) -> tuple[Polygon, ...]:
        """Possible bars that need a text to confirm them: with few cells or none, or a line with ticks.

        `has_text` says whether there is a text at such a rectangle that may be a length. A bar with cells does not need
        it, because letters may touch it.
        """
        found: list[Polygon] = []
        for ink in (self._numbers.bar_search.ink, self._numbers.bar_search.faint_ink):
            for piece, measured in self._from_end_to_end(ink, lambda _: True):
                bar = self._body(piece).box if measured.style == BLOCKS else piece.box
                if self._may_be_bar(piece, measured, has_text) and not any(bar.intersects(other) for other in found):
                    found.append(bar)
        return tuple(found)

    def _may_be_bar(self, piece: _Piece, measured: BarMeasure, has_text: Callable[[Polygon], bool]) -> bool:
        if measured.style == BLOCKS:
            return True
        has_ends = measured.style == TICKS or measured.is_ended
        return has_text(piece.box) and (has_ends or self._is_plain_bar(piece))

    def _body(self, piece: _Piece) -> _Piece:
        if piece not in self._bodies:
            self._bodies[piece] = _body(
                self._page.grey, piece, self._numbers.bar_search.ink * self._paper, self._numbers
            )
        return self._bodies[piece]

    def _is_plain_bar(self, piece: _Piece) -> bool:
        """Whether a piece without cells and ticks can still be a bar, judged by its ink."""
        level = _level(self._page.grey, piece, self._numbers)
        return _has_straight_edges(*level, numbers=self._numbers) and not _has_another_cell(
            *level, numbers=self._numbers
        )

    def _from_end_to_end(self, ink: float, may_be: Callable[[_Piece], bool]) -> Iterator[tuple[_Piece, BarMeasure]]:
        """Slender pieces from top to bottom, without overlaps, that can be measured from end to end."""
        taken: list[Polygon] = []
        for piece in self._slender_pieces(ink):
            if not may_be(piece) or any(bar.intersects(piece.box) for bar in taken):
                continue
            measured = self._measure(piece)
            if measured is not None:
                taken.append(piece.box)
                yield piece, measured

    def _slender_pieces(self, ink: float) -> list[_Piece]:
        """Pieces of ink, and rows of blocks, that are as slender and as long as bars."""
        if ink not in self._slender:
            page = self._page
            longest, tallest = (
                self._numbers.bar_search.longest * page.width_px,
                self._numbers.bar_search.highest * max(page.grey.shape),
            )
            pieces = [
                piece
                for piece in _pieces(page.grey, share=ink, numbers=self._numbers)
                if self._numbers.bar_search.lowest_px <= piece.high <= tallest
            ]
            slender = [piece for piece in pieces if piece.width >= self._numbers.bar_search.slender * piece.high]
            slender += _rows_of_blocks(pieces, tallest, self._numbers)
            slender = [piece for piece in slender if self._numbers.bar_search.shortest_px <= piece.width <= longest]
            self._slender[ink] = sorted(slender, key=lambda piece: (piece.top, piece.left))
        return self._slender[ink]

    def _measure(self, piece: _Piece) -> BarMeasure | None:
        if piece not in self._measured:
            measured = measure_bar(self._page, piece.box, self._numbers)
            is_whole = measured is not None and _fills(piece, measured, self._numbers)
            self._measured[piece] = (
                measured
                if is_whole and not _goes_on(*_level(self._page.grey, piece, self._numbers), numbers=self._numbers)
                else None
            )
        return self._measured[piece]


def find_bar(page: Page, text: Word, numbers: EvidenceSettings) -> Polygon | None:
    """The nearly level scale bar to which a length's text belongs, as a rectangle in page px, or None.

    The bar is a slender piece of ink or a row of equal blocks above, below or in line with the text: the nearest that
    can be measured as a bar, and the longest of those at about that distance, because a bar's cells may be separate
    pieces. A piece without cells and ticks must have straight edges, unlike the outline of a shallow vessel.
    """
    letter = text.box[3] - text.box[1]
    candidates: list[_Piece] = []
    for ink in (
        numbers.bar_search.ink,
        numbers.bar_search.faint_ink,
    ):  # frames are fainter than the black cells that they join
        pieces = _pieces_around(page.grey, text, letter, ink, numbers)
        candidates += [
            *_slender(pieces, letter, numbers),
            *_rows_of_blocks(pieces, numbers.bar_search.tallest * letter, numbers),
        ]
    near = [
        piece for piece in candidates if _distance(piece, text, letter, numbers) <= numbers.bar_search.across * letter
    ]
    for piece in sorted(
        near, key=lambda piece: (_distance(piece, text, letter, numbers) // max(1.0, letter), -piece.width)
    ):
        measured = measure_bar(page, piece.box, numbers)
        if measured is not None and _is_measured(page.grey, piece, measured, numbers):
            has_cells = measured.style == BLOCKS
            return (
                _body(page.grey, piece, numbers.bar_search.ink * _paper(page.grey), numbers).box
                if has_cells
                else piece.box
            )
    return None


def _is_measured(grey: np.ndarray, piece: _Piece, measured: BarMeasure, numbers: EvidenceSettings) -> bool:
    """Whether the measured bar spans the piece from end to end, and the piece is a bar."""
    level = _level(grey, piece, numbers)
    if not _fills(piece, measured, numbers) or _goes_on(*level, numbers=numbers):
        return False
    if measured.style == BLOCKS and piece.high < numbers.bar_search.lowest_px:  # a line that the scan broke into dashes
        return False
    return measured.style != PLAIN or (
        _has_straight_edges(*level, numbers=numbers) and not _has_another_cell(*level, numbers=numbers)
    )


def _fills(piece: _Piece, measured: BarMeasure, numbers: EvidenceSettings) -> bool:
    """Whether the measured bar is about as long as the piece; if it is longer, its last tick is a letter."""
    is_longer = (
        measured.style == TICKS
        and measured.length_px > piece.width / math.cos(piece.tilt) + numbers.bar_search.tick_off_px
    )
    return not is_longer and abs(measured.length_px / piece.width - 1) <= numbers.bar_search.same_length


def _level(grey: np.ndarray, piece: _Piece, numbers: EvidenceSettings) -> tuple[np.ndarray, _Piece]:
    """A picture in which a piece is level, and the piece in it: the page itself if the piece is level there."""
    if abs(piece.tilt) < _LEVEL_TILT:
        return grey, piece
    x, y = piece.middle
    margin = round(numbers.bar_search.around * piece.width)
    size = (piece.width + 2 * margin, round(piece.high) + 2 * margin)
    turn = cv2.getRotationMatrix2D((x, y), math.degrees(piece.tilt), 1.0)
    turn[:, 2] += (size[0] / 2 - x, size[1] / 2 - y)
    turned = cv2.warpAffine(grey, turn, size, flags=cv2.INTER_LINEAR, borderValue=255)
    long = shapely.get_coordinates(piece.box)
    half = round(float(np.hypot(*np.diff(long, axis=0).T).max()) / 2)
    top = round(size[1] / 2 - piece.high / 2)
    middle = size[0] // 2
    return turned, _Piece(middle - half, top, middle + half, top + round(piece.high), piece.filled, 0.0, piece.high)


def _goes_on(grey: np.ndarray, piece: _Piece, numbers: EvidenceSettings) -> bool:
    """Whether a faint frame continues beyond an end of a piece, which is then only the black cells of a bar."""
    reach = max(numbers.bar_search.beyond_px, round(numbers.bar_search.beyond * piece.width))
    around = grey[max(0, piece.top - piece.height) : piece.bottom + piece.height, piece.left : piece.right]
    paper = min(_paper(grey), float(np.percentile(around, 80)))  # the paper is darker in a shadow
    black = np.percentile(grey[piece.top : piece.bottom, piece.left : piece.right], 10)
    rows = slice(max(0, piece.top - 1), piece.bottom + 1)
    for start in (piece.left - numbers.bar_search.blur_px - reach, piece.right + numbers.bar_search.blur_px):
        beyond = grey[rows, max(0, start) : max(0, start + reach)]
        if (
            beyond.size
            and (paper - beyond.min(axis=0) > numbers.bar_search.frame * (paper - black)).mean()
            >= numbers.bar_search.nearly_all
        ):
            return True
    return False


def _has_another_cell(grey: np.ndarray, piece: _Piece, numbers: EvidenceSettings) -> bool:
    """Whether another black cell lies in line with a piece, beyond a possible white cell."""
    top = piece.top + piece.height // 4
    inner = grey[top : max(top + 1, piece.bottom - piece.height // 4)]
    before = inner[:, max(0, piece.left - piece.width) : piece.left]
    after = inner[:, piece.right : piece.right + piece.width]
    ink, least = (
        numbers.bar_search.ink * _paper(grey),
        max(numbers.bar_search.cell * piece.height, numbers.bar_search.shortest_px / 5),
    )
    return any(longest_run(beside.max(axis=0) < ink) >= least for beside in (before, after) if beside.size)


def _has_straight_edges(grey: np.ndarray, piece: _Piece, numbers: EvidenceSettings) -> bool:
    """Whether a piece's upper and lower edges are straight and parallel from end to end."""
    window = grey[piece.top : piece.bottom, piece.left : piece.right]
    ink = window < numbers.bar_search.ink * _paper(grey)
    columns = np.flatnonzero(ink.any(axis=0))
    if len(columns) < numbers.bar_search.nearly_all * piece.width:
        return False
    edges = np.stack([ink.argmax(axis=0), piece.height - ink[::-1].argmax(axis=0)])[:, columns]
    slopes, offsets = np.polyfit(columns, edges.T, 1)
    allowed = max(numbers.bar_search.off_px, numbers.bar_search.off * piece.height)
    off = np.abs(edges - slopes[:, None] * columns - offsets[:, None])
    is_straight = (off <= allowed).mean(axis=1) >= numbers.bar_search.nearly_all
    return bool(is_straight.all() and abs(slopes[1] - slopes[0]) * piece.width <= 2 * allowed)


def _pieces_around(grey: np.ndarray, text: Word, letter: float, ink: float, numbers: EvidenceSettings) -> list[_Piece]:
    """Pieces of ink around a text, without those that extend beyond the window."""
    x0, y0, x1, y1 = text.box
    along, across = numbers.bar_search.along * grey.shape[1], numbers.bar_search.across * letter
    left, top = max(0, int(x0 - along)), max(0, int(y0 - across))
    window = grey[top : int(y1 + across), left : int(x1 + along)]
    return _pieces(window, (left, top), share=ink, numbers=numbers) if window.size else []


def _pieces(
    grey: np.ndarray, corner: tuple[int, int] = (0, 0), *, share: float, numbers: EvidenceSettings
) -> list[_Piece]:
    """Connected pieces of ink that do not touch the picture's edge; `corner` is its place (x, y) on the page.

    Ink is darker than `share` of the paper.
    """
    ink = (grey < share * _paper(grey)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height, width = grey.shape
    left, top = corner
    found = []
    for label, (x, y, wide, high, area) in enumerate(stats[1:].tolist(), 1):
        if x > 0 and y > 0 and x + wide < width and y + high < height:
            tilt, across = 0.0, float(high)
            if (
                numbers.bar_search.lowest_px < high < wide / numbers.bar_search.least_slender
                and wide >= numbers.bar_search.shortest_px
            ):
                tilt, across = _tilt(labels[y : y + high, x : x + wide] == label)
            found.append(_Piece(left + x, top + y, left + x + wide, top + y + high, area / (wide * high), tilt, across))
    return found


def _tilt(piece: np.ndarray) -> tuple[float, float]:
    """The tilt (radians) of a piece of ink, bool (h, w), from the horizontal, and its height across its longer side.

    A piece that fits its upright box, or is tilted more than scans and hand drawings are, counts as level.
    """
    (_, _), (first, second), degrees = cv2.minAreaRect(np.argwhere(piece)[:, ::-1].astype(np.float32))
    if first < second:
        degrees -= 90.0
        first, second = second, first
    tilt = math.radians((degrees + 90.0) % 180.0 - 90.0)
    if not _LEVEL_TILT <= abs(tilt) <= _MOST_TILT:
        return 0.0, float(len(piece))
    return tilt, second + 1.0


def _paper(grey: np.ndarray) -> float:
    """The paper's brightness, from 200 rows."""
    return grey_percentiles(grey[:: max(1, len(grey) // 200)], 80)[0]


def _slender(pieces: list[_Piece], letter: float, numbers: EvidenceSettings) -> Iterator[_Piece]:
    for piece in pieces:
        long = piece.width >= max(
            numbers.bar_search.slender * piece.high,
            numbers.bar_search.shortest * letter,
            numbers.bar_search.shortest_px / 2,
        )
        if long and piece.high <= numbers.bar_search.tallest * letter:
            yield piece


def _rows_of_blocks(pieces: list[_Piece], tallest: float, numbers: EvidenceSettings) -> Iterator[_Piece]:
    """Solid blocks of equal height, side by side on a nearly level line, as one piece."""
    blocks = sorted(
        (p for p in pieces if p.solid >= numbers.bar_search.solid and p.high <= tallest), key=lambda p: p.left
    )
    widest = max((block.width for block in blocks), default=0)
    in_row: set[int] = set()
    for start, first in enumerate(blocks):
        if start in in_row:
            continue
        row = [first]
        for index in range(start + 1, len(blocks)):
            block, last = blocks[index], row[-1]
            gap = block.left - last.right
            if gap > numbers.bar_search.gap * widest:
                break
            if (
                index not in in_row
                and 0 < gap <= numbers.bar_search.gap * max(block.width, last.width)
                and _goes_on_with(row, block, numbers)
            ):
                row.append(block)
                in_row.add(index)
        if len(row) > 1:
            yield _row(row)


def _goes_on_with(row: list[_Piece], block: _Piece, numbers: EvidenceSettings) -> bool:
    """Whether a block has the height of a row and lies on its line; any nearly level line if the row is one block."""
    first, last = row[0], row[-1]
    off = max(1.0, numbers.bar_search.level / 2 * last.high)
    if abs(block.high - last.high) > 2 * off:
        return False
    (x, y), (x0, y0), (x1, y1) = block.middle, first.middle, last.middle
    if len(row) == 1:
        return abs(y - y0) <= off + math.tan(_MOST_TILT) * (x - x0)
    return abs(y - y1 - (y1 - y0) / (x1 - x0) * (x - x1)) <= off


def _row(blocks: list[_Piece]) -> _Piece:
    """Blocks side by side as one piece, which may be tilted."""
    first, last = blocks[0], blocks[-1]
    filled = sum(block.width for block in blocks) / (last.right - first.left)
    (x0, y0), (x1, y1) = first.middle, last.middle
    tilt = math.atan2(y1 - y0, x1 - x0)
    if abs(tilt) < _LEVEL_TILT:
        return _Piece(first.left, first.top, last.right, first.bottom, filled, 0.0, float(first.height))
    top, bottom = min(first.top, last.top), max(first.bottom, last.bottom)
    return _Piece(first.left, top, last.right, bottom, filled, tilt, min(block.high for block in blocks))


def _body(grey: np.ndarray, piece: _Piece, ink: float, numbers: EvidenceSettings) -> _Piece:
    """A bar without the letters that touch it above or below: its rows with much ink (darker than `ink`)."""
    if abs(piece.tilt) > _MOST_BODY_TILT:
        return piece
    window = grey[piece.top : piece.bottom, piece.left : piece.right]
    inked = (window < ink).mean(axis=1)
    if inked.max() < numbers.bar_search.full_row:
        return piece
    first, last = np.flatnonzero(inked >= max(numbers.bar_search.full_row, inked.max() / 2))[[0, -1]].tolist()
    filled, high = float(inked[first : last + 1].mean()), last + 1 - first
    return _Piece(piece.left, piece.top + first, piece.right, piece.top + last + 1, filled, 0.0, high)


def _distance(piece: _Piece, text: Word, letter: float, numbers: EvidenceSettings) -> float:
    """Distance (px) of a text from its possible bar; far if it is neither along the bar nor at its end."""
    x0, y0, x1, y1 = text.box
    across = max(piece.top - y1, y0 - piece.bottom, 0.0)
    along = max(piece.left - x1, x0 - piece.right, 0.0)
    return across + along if along <= numbers.bar_search.beside * letter else float("inf")
