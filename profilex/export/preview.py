"""The preview of a page: the scan with the results drawn over it, for a quick check by a person."""

import io
from collections.abc import Iterable

import cv2
import numpy as np
import shapely
from PIL import Image, ImageDraw, ImageFont
from shapely import LineString, Polygon

from profilex.types import PageResult, Vessel

LONG_SIDE_PX = 2000

_SECTION = (213, 0, 110)  # magenta, blue, green, orange: distinct on white, on cream and for the colour-blind
_AXIS = (0, 96, 190)
_RIM = (0, 140, 90)
_SCALE_BAR = (225, 110, 0)
_HALO = (255, 255, 255)
_TINT = 0.35
_SHIFT = 4  # fractional bits of OpenCV's coordinates
_QUALITY = 85


def page_preview(grey: np.ndarray, result: PageResult) -> bytes:
    """JPEG of a page with section outlines, axes, rims, names and scale bars, at most 2000 px on its long side.

    `grey` is the scan, uint8 (height, width), 0 ink to 255 paper. Equal pages give equal bytes on one machine.
    """
    height, width = grey.shape
    scale = min(1.0, LONG_SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    scan = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    canvas = cv2.cvtColor(scan, cv2.COLOR_GRAY2RGB)
    stroke = max(1, round(max(size) / 900))
    rings = [
        ring for vessel in result.vessels for section in vessel.sections for ring in _rings(section.polygon, scale)
    ]
    canvas = _tinted(canvas, rings)
    for ring in rings:
        _stroke(canvas, ring, _SECTION, stroke, closed=True)
    for vessel in result.vessels:
        for line, colour in ((vessel.axis, _AXIS), (vessel.rim, _RIM)):
            if line is not None:
                _stroke(canvas, _pixels(line, scale), colour, stroke)
    for bar in result.scale_bars:
        _stroke(canvas, _pixels(bar.exterior, scale), _SCALE_BAR, 2 * stroke, closed=True)
    image = Image.fromarray(canvas)
    _write_names(image, result.vessels, scale)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()


def _tinted(canvas: np.ndarray, rings: list[np.ndarray]) -> np.ndarray:
    """The canvas with a light tint inside the sections: black walls become dark magenta, white ones pink."""
    if not rings:
        return canvas
    mask = np.zeros(canvas.shape[:2], np.uint8)
    cv2.fillPoly(mask, rings, 1, shift=_SHIFT)
    inside = mask.astype(bool)
    canvas[inside] = np.rint((1 - _TINT) * canvas[inside] + _TINT * np.array(_SECTION)).astype(np.uint8)
    return canvas


def _stroke(
    canvas: np.ndarray, points: np.ndarray, colour: tuple[int, int, int], width: int, *, closed: bool = False
) -> None:
    """A line with a white border, so that it is visible on ink and on paper."""
    cv2.polylines(canvas, [points], closed, _HALO, width + 2, cv2.LINE_AA, _SHIFT)
    cv2.polylines(canvas, [points], closed, colour, width, cv2.LINE_AA, _SHIFT)


def _write_names(image: Image.Image, vessels: Iterable[Vessel], scale: float) -> None:
    """Each vessel's label below its section, within the page."""
    pen = ImageDraw.Draw(image)
    height = max(10, round(max(image.size) / 70))
    font = ImageFont.load_default(height)
    for vessel in vessels:
        if not vessel.sections:
            continue
        polygons = [section.polygon for section in vessel.sections]
        left, _, right, bottom = shapely.total_bounds(polygons) * scale
        width = pen.textlength(vessel.label, font)
        x = min(max((left + right) / 2 - width / 2, 2), max(image.width - width - 2, 2))
        y = min(bottom + height * 0.4, image.height - height * 1.3)
        pen.text((x, y), vessel.label, _SECTION, font, stroke_width=max(2, height // 8), stroke_fill=_HALO)


def _rings(polygon: Polygon, scale: float) -> list[np.ndarray]:
    return [_pixels(ring, scale) for ring in (polygon.exterior, *polygon.interiors)]


def _pixels(line: LineString, scale: float) -> np.ndarray:
    """Page coordinates as OpenCV's fixed-point coordinates, whose integers are pixel centres."""
    points = shapely.get_coordinates(line) * scale - 0.5
    return np.rint(points * 2**_SHIFT).astype(np.int32)
