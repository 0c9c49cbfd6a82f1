"""Figures on sheets: packed in rows that share the level of their rims, or in a grid of equal cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from profilex.curves import straight
from profilex.errors import Code, RunError
from profilex.export.frame.print_style import FINE_MM, TEXT_MM
from profilex.export.plates.figures import Figure, Stroke

PAGES_MM = {
    "A5": (148.0, 210.0),
    "A4": (210.0, 297.0),
    "A3": (297.0, 420.0),
    "A2": (420.0, 594.0),
    "letter": (215.9, 279.4),
}
ROWS, GRID = "rows", "grid"
BY_ORDER, PUBLISHED = "order", "published"

_GAP_MM = 8.0  # between drawings
_NUMBER_GAP_MM = 2.0  # from a drawing to its number
_HEADING_MM, _CAPTION_MM = 3.8, 2.6
_BAR_LENGTHS_MM = (500, 200, 100, 50, 20, 10)
_BAR_SHARE = 0.35  # of the sheet's width that the bar takes at most
_BAR_HEIGHT_MM = 1.4
_PRESUMED = "Dashed: presumed."


@dataclass(frozen=True, slots=True)
class PlateSettings:
    """How plates are made: `ratio` n of 1:n, `page` a name in `PAGES_MM`, lengths in mm of paper.

    `numbers` is "order" (1, 2, … over all sheets) or "published" (as printed beside the drawing). `heading` stands
    above every sheet, with its number where `is_numbered`.
    """

    ratio: float = 3.0
    page: str = "A4"
    is_landscape: bool = False
    margin_mm: float = 20.0
    arrangement: str = ROWS
    numbers: str = BY_ORDER
    heading: str = ""
    caption: str = ""
    fill: bool = True
    presumed: bool = False

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the sheet."""
        width, height = PAGES_MM[self.page]
        return (height, width) if self.is_landscape else (width, height)


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text on a sheet, mm of paper, its baseline at (x, y); `anchor` is start, middle or end."""

    text: str
    x: float
    y: float
    height_mm: float
    anchor: str = "middle"
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a plate in mm of paper: x right, y up, (0, 0) its lower left corner."""

    size_mm: tuple[float, float]
    ratio: float
    strokes: list[Stroke] = field(default_factory=list)
    letterings: list[Lettering] = field(default_factory=list)


Groups = Sequence[tuple[str, Sequence[Figure]]]
"""Figures in order, each group with its heading ("" for none)."""


def lay_out(groups: Groups, settings: PlateSettings) -> list[Sheet]:
    """The sheets of a plate.

    Raises:
        RunError: the page is unknown, or a drawing is larger than the page at this scale.
    """
    if settings.page not in PAGES_MM:
        raise RunError(Code.USAGE, f"there is no page {settings.page!r}.", f"Choose one of: {', '.join(PAGES_MM)}.")
    composer = _Composer(settings)
    for heading, figures in groups:
        composer.add_group(heading, figures)
    return composer.finished()


class _Composer:
    """Fills sheets from top to bottom."""

    def __init__(self, settings: PlateSettings) -> None:
        self._settings = settings
        self._sheets: list[Sheet] = []
        self._number = 0
        self._has_presumed: list[bool] = []
        self._width = settings.size_mm[0] - 2 * settings.margin_mm
        self._new_sheet()

    def _new_sheet(self) -> None:
        settings = self._settings
        self._sheets.append(Sheet(settings.size_mm, settings.ratio))
        self._has_presumed.append(False)
        top = settings.size_mm[1] - settings.margin_mm
        self._y = top - (_HEADING_MM + 6.0 if settings.heading else 0.0)
        self._floor = settings.margin_mm + 3 * _CAPTION_MM + 8.0  # below lie bar and caption

    def add_group(self, heading: str, figures: Sequence[Figure]) -> None:
        if heading:
            if self._y - self._floor < 30.0:
                self._new_sheet()
            self._write(heading, self._settings.margin_mm, self._y - TEXT_MM * 1.2, TEXT_MM * 1.2, "start", bold=True)
            self._y -= TEXT_MM * 1.2 + 4.0
        for row in self._rows(figures):
            self._add_row(row)

    def _rows(self, figures: Sequence[Figure]) -> list[list[Figure]]:
        if self._settings.arrangement == GRID and figures:
            widest = max(self._size(figure)[0] for figure in figures)
            columns = max(1, int((self._width + _GAP_MM) / (widest + _GAP_MM)))
            return [list(figures[start : start + columns]) for start in range(0, len(figures), columns)]
        rows: list[list[Figure]] = []
        used = np.inf
        for figure in figures:
            width = self._size(figure)[0]
            if used + _GAP_MM + width > self._width:
                rows.append([])
                used = -_GAP_MM
            rows[-1].append(figure)
            used += _GAP_MM + width
        return rows

    def _size(self, figure: Figure) -> tuple[float, float, float]:
        """Width, height above and depth below the rim plane, mm of paper."""
        left, bottom, right, top = (value / self._settings.ratio for value in figure.bounds)
        return right - left, max(top, 0.0), max(-bottom, 0.0)

    def _add_row(self, row: list[Figure]) -> None:
        sizes = [self._size(figure) for figure in row]
        above, below = max(size[1] for size in sizes), max(size[2] for size in sizes)
        height = above + below + _NUMBER_GAP_MM + TEXT_MM
        if height > self._y - self._floor and self._sheets[-1].strokes:
            self._new_sheet()
        if height > self._y - self._floor or sizes[0][0] > self._width:
            name = max(row, key=lambda figure: self._size(figure)[0]).vessel.label
            raise RunError(
                Code.USAGE,
                f"{name} is larger than the page {self._settings.page} at 1:{self._settings.ratio:g}.",
                "Choose a larger --page or a smaller --scale.",
            )
        spare = self._width - sum(size[0] for size in sizes)
        gap = spare / len(row)  # half of it at either side: the drawings stand evenly
        x = self._settings.margin_mm + gap / 2
        rim = self._y - above
        for figure, (width, _, depth) in zip(row, sizes, strict=True):
            self._place(figure, x - figure.bounds[0] / self._settings.ratio, rim)
            self._number += 1
            published = self._settings.numbers == PUBLISHED
            text = figure.vessel.label if published else str(self._number)
            axis = x - figure.bounds[0] / self._settings.ratio if figure.vessel.axis is not None else x + width / 2
            self._write(text, axis, rim - depth - _NUMBER_GAP_MM - TEXT_MM, TEXT_MM)
            x += width + gap
        self._y -= height + _GAP_MM

    def _place(self, figure: Figure, x: float, y: float) -> None:
        scale = 1 / self._settings.ratio
        for stroke in figure.strokes:
            curves = tuple(curve * scale + (x, y) for curve in stroke.curves)
            self._sheets[-1].strokes.append(
                Stroke(curves, stroke.layer, stroke.weight_mm, stroke.filled, stroke.dash_mm)
            )
        self._has_presumed[-1] |= figure.has_presumed

    def _write(
        self, text: str, x: float, y: float, height: float, anchor: str = "middle", *, bold: bool = False
    ) -> None:
        self._sheets[-1].letterings.append(Lettering(text, x, y, height, anchor, bold))

    def finished(self) -> list[Sheet]:
        settings = self._settings
        width, height = settings.size_mm
        used = [sheet for sheet in self._sheets if sheet.strokes]
        for index, sheet in enumerate(used):
            if settings.heading:
                number = f" {index + 1}" if len(used) > 1 else ""
                text = f"{settings.heading}{number}"
                y = height - settings.margin_mm - _HEADING_MM
                sheet.letterings.append(Lettering(text, width / 2, y, _HEADING_MM, is_bold=True))
            presumed = _PRESUMED if self._has_presumed[self._sheets.index(sheet)] else ""
            words = f"{settings.caption} Scale 1:{settings.ratio:g}. {presumed}".strip()
            sheet.letterings.append(Lettering(words, width / 2, settings.margin_mm, _CAPTION_MM))
            _add_bar(sheet, settings)
        return used


def _add_bar(sheet: Sheet, settings: PlateSettings) -> None:
    """One scale bar for the sheet, above the caption: cells filled by turns, its length in centimetres."""
    room = _BAR_SHARE * (sheet.size_mm[0] - 2 * settings.margin_mm) * settings.ratio
    length = next((mm for mm in _BAR_LENGTHS_MM if mm <= room), _BAR_LENGTHS_MM[-1])
    cells = 4 if str(length).startswith("2") else 5
    cell = length / cells / settings.ratio
    left = (sheet.size_mm[0] - cells * cell) / 2
    low = settings.margin_mm + 2 * _CAPTION_MM + 2.0
    for index in range(cells):
        x = left + index * cell
        high = low + _BAR_HEIGHT_MM
        pieces = straight(np.array([[x, low], [x + cell, low], [x + cell, high], [x, high], [x, low]]))
        sheet.strokes.append(Stroke((pieces,), "PX_SCALEBAR", FINE_MM, filled=index % 2 == 0))
        if index % 2:
            sheet.strokes.append(Stroke((pieces,), "PX_SCALEBAR", FINE_MM))
    below = low + _BAR_HEIGHT_MM + 1.0
    sheet.letterings.append(Lettering("0", left, below, TEXT_MM))
    words = f"{length // 10} cm" if length >= 10 else f"{length} mm"
    sheet.letterings.append(Lettering(words, left + cells * cell, below, TEXT_MM))
