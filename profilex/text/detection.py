"""Text on a page as a network finds it: boxes of lines, in any direction."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from profilex.text.networks import Networks

_MOST_LONG_SIDE_PX = 2000  # larger pages are reduced first: the text of a plate is legible at this size
_LEAST_SHORT_SIDE_PX = 736  # the size for which the network was trained
_MULTIPLE = 32
_TEXT, _SURE_TEXT = 0.3, 0.5  # probability of a pixel, and mean probability of a box, from which it is text
_GROWTH = 1.6  # the network marks the middle of lines: a box grows by this times its area over its perimeter
_LEAST_SIDE_PX = 3.0
_MOST_BOXES = 1000
_STANDING = 1.5  # a box this many times as high as wide is written along its height


@dataclass(frozen=True, slots=True)
class TextBox:
    """A line of text on a page: its middle (x, y), its length along the writing and its height, px.

    `angle` is the direction of the writing in radians, clockwise from the x axis, from -45 to below 135 degrees. From
    45 degrees on the text is vertical and may also be written in the opposite direction.
    """

    middle: tuple[float, float]
    length: float
    height: float
    angle: float = 0.0

    @property
    def is_standing(self) -> bool:
        return self.angle >= np.pi / 4

    @property
    def corners(self) -> np.ndarray:
        """Float64 (4, 2), px, from the start of the writing along it."""
        along = np.array([np.cos(self.angle), np.sin(self.angle)]) * self.length / 2
        down = np.array([-np.sin(self.angle), np.cos(self.angle)]) * self.height / 2
        return np.array(self.middle) + np.array([-along - down, along - down, along + down, down - along])

    def part(self, start: float, end: float) -> tuple[float, float, float, float]:
        """Left, top, right, bottom (px) of the part between two places along the writing (0..1), rotated level."""
        along = np.array([np.cos(self.angle), np.sin(self.angle)])
        x, y = np.array(self.middle) + ((start + end) / 2 - 0.5) * self.length * along
        half, high = (end - start) / 2 * self.length, self.height / 2
        return float(x - half), float(y - high), float(x + half), float(y + high)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom, px."""
        corners = self.corners
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)


def detect_text(grey: np.ndarray, networks: Networks) -> tuple[TextBox, ...]:
    """The lines of text on a page, uint8 (height, width), 0 ink to 255 paper; in no order."""
    height, width = grey.shape
    scale = max(_LEAST_SHORT_SIDE_PX / min(height, width), 1.0)
    scale = min(scale, _MOST_LONG_SIDE_PX / max(height, width))
    size = tuple(max(1, round(scale * side / _MULTIPLE)) * _MULTIPLE for side in (width, height))
    seen = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    batch = np.repeat((seen.astype(np.float32) / 127.5 - 1)[None, None], 3, axis=1)
    probability = np.array(networks.detection.infer({0: batch}, share_inputs=True)[0][0, 0], np.float32)
    stretch = np.array([width / size[0], height / size[1]])
    return tuple(_boxes(probability, stretch))


def _boxes(probability: np.ndarray, stretch: np.ndarray) -> Iterator[TextBox]:
    """Boxes around probable text; `stretch` is the page px for each px of `probability`, along x and y."""
    mask = cv2.dilate((probability > _TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours[:_MOST_BOXES]:
        middle, sides, degrees = cv2.minAreaRect(contour)
        if min(sides) < _LEAST_SIDE_PX or _mean(probability, cv2.boxPoints((middle, sides, degrees))) < _SURE_TEXT:
            continue
        growth = _GROWTH * sides[0] * sides[1] / (sides[0] + sides[1])
        yield _as_written(middle, (sides[0] + growth, sides[1] + growth), degrees, stretch)


def _as_written(
    middle: tuple[float, float], sides: tuple[float, float], degrees: float, stretch: np.ndarray
) -> TextBox:
    """A rectangle as a line of text: along its level sides, or along the other sides if these are much longer."""
    along, across = sides
    angle = np.radians(degrees)
    quarters = round(angle / (np.pi / 2))  # OpenCV's versions measure from different sides
    angle -= quarters * np.pi / 2
    if quarters % 2:
        along, across = across, along
    if across >= _STANDING * along:
        angle, along, across = angle + np.pi / 2, across, along
    size = float(stretch.mean())
    x, y = np.array(middle) * stretch
    return TextBox((float(x), float(y)), along * size, across * size, float(angle))


def _mean(probability: np.ndarray, corners: np.ndarray) -> float:
    """The mean within a rectangle."""
    height, width = probability.shape
    x0, y0 = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, (width - 1, height - 1))
    x1, y1 = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, (width - 1, height - 1))
    inside = np.zeros((y1 - y0 + 1, x1 - x0 + 1), np.uint8)
    cv2.fillPoly(inside, [np.round(corners - (x0, y0)).astype(np.int32)], 1)
    return float(cv2.mean(probability[y0 : y1 + 1, x0 : x1 + 1], inside)[0])
