"""A vessel's heat map: where its outline is off the scan's ink, for vessels with a large residual."""

import io

import cv2
import numpy as np
import shapely
from PIL import Image

from profilex.types import Vessel

SUFFIX = "residual.jpg"
"""The end of the picture's file name, after the vessel's name and a dot."""

REASON = "residual_large"
"""The review reason with which the picture is written."""

_LONG_SIDE_PX, _LEAST_PX = 1600, 700
_MARGIN = 0.06  # of the drawing's long side
_PALE = 0.55  # share of its darkness that the scan keeps
_COLOURS = np.array([(0, 96, 190), (240, 180, 0), (213, 0, 0)], np.float64)  # on the ink, at some distance, far off
_OTHER_TONE = (213, 0, 110)
_QUALITY = 88


def is_wanted(vessel: Vessel) -> bool:
    """Whether a vessel has a heat map: its residual is large, and known point by point."""
    return REASON in vessel.review and vessel.residual is not None and len(vessel.residual.points) > 0


def residual_picture(grey: np.ndarray, vessel: Vessel) -> bytes:
    """JPEG of the scan around a vessel: its lines from blue (on ink) over yellow to red, different tones in magenta.

    `grey` is the page, uint8 (height, width), 0 ink to 255 paper; the vessel's residual must have points. Red is the
    greatest distance at which ink was sought. Equal pages give equal bytes on one machine.
    """
    residual = vessel.residual
    points = residual.points if residual is not None else np.empty((0, 3))
    left, top, right, bottom = _frame(points, grey.shape)
    crop = grey[top:bottom, left:right]
    longest = max(crop.shape)
    scale = min(_LONG_SIDE_PX / longest, max(1.0, _LEAST_PX / longest))
    size = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
    pale = 255 - _PALE * (255 - cv2.resize(crop, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC))
    canvas = np.repeat(np.rint(pale).astype(np.uint8)[..., None], 3, axis=2)
    if residual is not None:
        canvas = _tinted(canvas, (residual.spots - (left, top)) * scale, scale)
    reach = max(float(points[:, 2].max(initial=0.0)), 1.0)
    radius = max(1, round(scale * 0.8))
    order = np.argsort(points[:, 2], kind="stable")  # the worst are on top
    for (x, y, _), colour in zip(points[order], _heat(points[order, 2] / reach), strict=True):
        place = (round((x - left) * scale - 0.5), round((y - top) * scale - 0.5))
        cv2.circle(canvas, place, radius, [int(value) for value in colour], -1, cv2.LINE_AA)
    stream = io.BytesIO()
    Image.fromarray(canvas).save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()


def _frame(points: np.ndarray, page: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the picture on the page, in whole pixels."""
    height, width = page
    left, top, right, bottom = shapely.total_bounds(shapely.points(points[:, :2])) if len(points) else (0, 0, 1, 1)
    margin = 4 + _MARGIN * max(right - left, bottom - top)
    x0, y0 = max(0, int(left - margin)), max(0, int(top - margin))
    return x0, y0, max(min(width, int(right + margin) + 1), x0 + 1), max(min(height, int(bottom + margin) + 1), y0 + 1)


def _tinted(canvas: np.ndarray, places: np.ndarray, scale: float) -> np.ndarray:
    """The canvas with pixels of another tone in colour."""
    mask = np.zeros(canvas.shape[:2], np.uint8)
    half = max(scale / 2, 0.5)
    for x, y in places:
        mask[max(0, int(y - half)) : int(y + half) + 1, max(0, int(x - half)) : int(x + half) + 1] = 1
    inside = mask > 0
    canvas[inside] = np.rint(0.5 * canvas[inside] + 0.5 * np.array(_OTHER_TONE)).astype(np.uint8)
    return canvas


def _heat(shares: np.ndarray) -> np.ndarray:
    """Colours (n, 3) of shares 0 to 1."""
    stops = np.linspace(0, 1, len(_COLOURS))
    return np.rint(np.stack([np.interp(shares, stops, channel) for channel in _COLOURS.T], axis=1))
