"""The shapes of CVAT's own format: what each encloses, in page pixels with centres at .5."""

import math
from xml.etree.ElementTree import Element

import numpy as np

from profilex.errors import Code, RunError

CLOSED = ("polygon", "box", "ellipse", "mask")
"""Shapes that enclose an area."""

READ = (*CLOSED, "polyline")
PASSED_OVER = ("tag", "attribute")
"""Elements of an image that are no shapes."""

_NOT_READ = {
    "points": "points enclose nothing",
    "cuboid": "a cuboid is no outline on a page",
    "skeleton": "a skeleton is no outline on a page",
}
_ELLIPSE_STEP_PX = 0.5  # length of an edge of an ellipse that becomes a polygon, about


class WrongShape(ValueError):
    """The numbers of a shape do not describe one."""


def ring_of(drawn: Element) -> np.ndarray:
    """The ring of a polygon, box or ellipse, float (n, 2): x, y in pixels, turned as it is drawn, not closed.

    Raises:
        KeyError, ValueError: an attribute is missing or wrong.
    """
    if drawn.tag == "box":
        left, top, right, bottom = _numbers(drawn, "xtl", "ytl", "xbr", "ybr")
        corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        return _turned(corners, np.array([(left + right) / 2, (top + bottom) / 2]), drawn)
    if drawn.tag == "ellipse":
        x, y, across, down = _numbers(drawn, "cx", "cy", "rx", "ry")
        steps = max(16, math.ceil(2 * math.pi * max(across, down) / _ELLIPSE_STEP_PX))
        angles = np.arange(steps) * (2 * math.pi / steps)
        edge = np.stack([x + across * np.cos(angles), y + down * np.sin(angles)], axis=1)
        return _turned(edge, np.array([x, y]), drawn)
    return points_of(drawn)


def points_of(drawn: Element) -> np.ndarray:
    """Points of a polygon or polyline, float (n, 2): x, y in pixels, centres at .5 as in the page frame.

    Raises:
        ValueError: they are no numbers.
    """
    points = np.array([[float(value) for value in pair.split(",")] for pair in str(drawn.get("points")).split(";")])
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise WrongShape("its points are no pairs of numbers")
    return points


def mask_pixels(drawn: Element) -> tuple[np.ndarray, tuple[int, int]]:
    """The pixels of a <mask>, uint8 (h, w) of 0 and 1, and where on the page their left upper one lies (x, y).

    CVAT's run lengths count along rows, alternating from background, within a box.

    Raises:
        KeyError, ValueError: an attribute is missing or wrong.
    """
    left, top, width, height = (int(value) for value in _numbers(drawn, "left", "top", "width", "height"))
    runs = [int(run) for run in drawn.attrib["rle"].split(",")]
    if min(runs) < 0 or sum(runs) != width * height or left < 0 or top < 0:
        raise WrongShape(f"its runs cover {sum(runs)} of {width * height} pixels")
    inside = np.repeat(np.arange(len(runs)) % 2, runs).astype(np.uint8)
    return inside.reshape(height, width), (left, top)


def unread(image: str, drawn: Element, error: Exception | None = None) -> RunError:
    """The error of a shape that is not read: of its kind, or because its numbers are wrong."""
    if drawn.tag in READ:
        why = str(error) if isinstance(error, WrongShape) else "a number in it cannot be read"
    else:
        why = _NOT_READ.get(drawn.tag, "such shapes are not known")
    return RunError(
        Code.DATASET,
        f"{image}: a <{drawn.tag}> of the label {drawn.get('label')} is not read: {why}.",
        f"Draw it as one of {', '.join(READ)}.",
    )


def height_of(drawn: Element) -> int:
    """Its z-order; shapes of one height lie in the order of the document."""
    try:
        return int(float(drawn.get("z_order", "0")))
    except ValueError:
        return 0


def _turned(points: np.ndarray, centre: np.ndarray, drawn: Element) -> np.ndarray:
    """Points turned about a centre by the shape's rotation, clockwise in degrees as y points down."""
    angle = math.radians(float(drawn.get("rotation") or 0.0))
    if not math.isfinite(angle):
        raise WrongShape("its rotation is no number")
    if not angle:
        return points
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    return (points - centre) @ turn + centre


def _numbers(drawn: Element, *names: str) -> list[float]:
    values = [float(drawn.attrib[name]) for name in names]
    if not all(math.isfinite(value) for value in values):
        raise WrongShape("a number is not finite")
    return values
