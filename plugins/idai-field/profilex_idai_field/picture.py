"""A vessel's profile as a picture: Field imports neither DXF nor SVG."""

import io
from collections.abc import Iterable
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from profilex.plugins import MetricBar, PlacedVessel, metric_bar

LONG_SIDE_PX = 1200
"""Size of a picture's longer side, without its margin."""

SMALLEST_BYTES = 4096
"""Field Desktop 3.8 reads a smaller file into a buffer that it shares with others, and then takes that for the file."""

_MARGIN_PX = 40
_FINE = 3  # drawn so many times larger and reduced, for smooth edges
_LINE_PX = 2
_BAR_PX = 10
_TEXT_PX = 26
_MM_PER_INCH = 25.4


def profile_png(placed: PlacedVessel) -> bytes:
    """A vessel in its own frame as a grey PNG: sections black, axis and rim as lines, a metric bar below.

    The bar is there only where the scale is known; the PNG then also states the resolution at which it is of
    natural size. Equal vessels give equal bytes.
    """
    left, bottom, right, top = placed.bounds
    width, height = max(right - left, 1e-6), max(top - bottom, 1e-6)
    px_per_unit = LONG_SIDE_PX / max(width, height)
    bar = metric_bar(width) if placed.unit == "mm" else None
    foot_px = _MARGIN_PX + _BAR_PX + _TEXT_PX if bar else 0
    bar_px = bar.length_mm * px_per_unit if bar else 0
    size = (
        round(max(width * px_per_unit, bar_px) + 2 * _MARGIN_PX),
        round(height * px_per_unit + 2 * _MARGIN_PX) + foot_px,
    )
    sheet = _Sheet(size, left, top, px_per_unit)
    sheet.draw(placed)
    if bar:
        sheet.draw_bar(bar, height * px_per_unit + 2 * _MARGIN_PX)
    return sheet.png(px_per_unit * _MM_PER_INCH if bar else None)


class _Sheet:
    """A white picture onto which the vessel frame is laid: x right, y up, (left, top) inside the margin."""

    def __init__(self, size: tuple[int, int], left: float, top: float, px_per_unit: float) -> None:
        self._image = Image.new("L", (size[0] * _FINE, size[1] * _FINE), 255)
        self._pen = ImageDraw.Draw(self._image)
        self._left, self._top, self._factor = left, top, px_per_unit * _FINE

    def draw(self, placed: PlacedVessel) -> None:
        for section in placed.sections:
            self._pen.polygon(self._points(section.exterior.coords), fill=0)
            for hole in section.interiors:
                self._pen.polygon(self._points(hole.coords), fill=255)
        for line in (placed.axis, placed.rim):
            if line is not None:
                self._pen.line(self._points(line.coords), fill=0, width=_LINE_PX * _FINE)

    def draw_bar(self, bar: MetricBar, y_px: float) -> None:
        x, y, cell = _MARGIN_PX * _FINE, y_px * _FINE, bar.cell_mm * self._factor
        for index in range(bar.cells):
            box = (x + index * cell, y, x + (index + 1) * cell, y + _BAR_PX * _FINE)
            self._pen.rectangle(box, fill=255 if index % 2 else 0, outline=0, width=_LINE_PX * _FINE)
        font = ImageFont.load_default(_TEXT_PX * _FINE)
        self._pen.text((x, y + _BAR_PX * _FINE), bar.label, fill=0, font=font)

    def png(self, dpi: float | None) -> bytes:
        picture = self._image.reduce(_FINE)
        resolution = {"dpi": (dpi, dpi)} if dpi else {}
        data = _encoded(picture, **resolution)
        if len(data) >= SMALLEST_BYTES:
            return data
        padding = PngInfo()
        padding.add_text("Comment", " " * (SMALLEST_BYTES - len(data)))
        return _encoded(picture, pnginfo=padding, **resolution)

    def _points(self, coordinates: Iterable[tuple[float, ...]]) -> list[tuple[float, float]]:
        margin = _MARGIN_PX * _FINE
        return [
            (margin + (x - self._left) * self._factor, margin + (self._top - y) * self._factor)
            for x, y, *_ in coordinates
        ]


def _encoded(picture: Image.Image, **settings: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True, **settings)
    return buffer.getvalue()
