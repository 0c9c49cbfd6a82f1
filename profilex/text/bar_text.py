"""Text that touches a scale bar: it is read after the bar's ink is removed, because no network finds it before."""

from dataclasses import replace

import cv2
import numpy as np
import shapely
from shapely import Polygon

from profilex.settings import TextSettings
from profilex.text.detection import TextBox
from profilex.text.lines import find_lines
from profilex.text.networks import load_networks
from profilex.text.recognition import read_lines
from profilex.types import Word

_MOST_TILT, _TILT_STEP = (
    np.radians(4.0),
    np.radians(0.25),
)  # error of a tilt measured with touching letters


def read_touching(grey: np.ndarray, bar: Polygon, settings: TextSettings) -> tuple[Word, ...]:
    """Words above and below a possible bar, a nearly level rectangle on a page (uint8, px), without the bar's ink.

    Raises:
        TextError: the networks are missing.
    """
    window, back = _levelled(grey, bar, settings)
    lines = [
        line
        for line in find_lines(window).lines
        if settings.bar_text.least_letters <= line.letters <= settings.bar_text.most_letters
    ]
    boxes = []
    for line in lines:
        x0, y0, x1, y1 = line.box
        margin = 2 * settings.bar_text.margin * line.letter_px
        boxes.append(TextBox(((x0 + x1) / 2, (y0 + y1) / 2), x1 - x0 + margin, y1 - y0 + margin))
    words = [word for read in read_lines(window, boxes, load_networks()) for word in read]
    return tuple(_moved(word, back) for word in words)


def _levelled(grey: np.ndarray, bar: Polygon, settings: TextSettings) -> tuple[np.ndarray, np.ndarray]:
    """The surroundings of a bar, rotated level and without the bar, and the matrix (2, 3) back to the page."""
    corners = shapely.get_coordinates(bar.minimum_rotated_rectangle)[:4]
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*sides.T)
    along = sides[int(lengths.argmax())]
    angle = float((np.arctan2(along[1], along[0]) + np.pi / 2) % np.pi - np.pi / 2)
    long, high = float(lengths.max()), float(lengths.min())
    before = settings.bar_text.along * long
    size = (
        int(long + 2 * before),
        int(high + 2 * max(settings.bar_text.across * high, settings.bar_text.least_across_px)),
    )
    paper = float(np.percentile(grey, 90))
    best: tuple[float, np.ndarray, np.ndarray] | None = None
    for tilt in angle + np.arange(-_MOST_TILT, _MOST_TILT + _TILT_STEP, _TILT_STEP):
        turn = _turn(bar.centroid, float(tilt), size)
        level = cv2.warpAffine(grey, turn, size, flags=cv2.INTER_LINEAR, borderValue=int(paper))
        rows = _rows(level, before, long, paper, settings)
        if best is None or np.sort(rows)[-3:].sum() > best[0]:
            best = float(np.sort(rows)[-3:].sum()), level, turn
    assert best is not None
    _, level, turn = best
    level = cv2.warpAffine(grey, turn, size, flags=cv2.INTER_CUBIC, borderValue=int(paper))
    rows = _rows(level, before, long, paper, settings)
    own = np.flatnonzero(rows >= max(settings.bar_text.full_row, rows.max() / 2))
    if len(own):
        columns = slice(max(0, int(before) - settings.bar_text.end_px), int(before + long) + settings.bar_text.end_px)
        level[max(0, own[0] - settings.bar_text.edge_px) : own[-1] + 1 + settings.bar_text.edge_px, columns] = int(
            paper
        )
    return level, cv2.invertAffineTransform(turn)


def _turn(middle: shapely.Point, angle: float, size: tuple[int, int]) -> np.ndarray:
    turn = cv2.getRotationMatrix2D((middle.x, middle.y), float(np.degrees(angle)), 1.0)
    turn[:, 2] += (size[0] / 2 - middle.x, size[1] / 2 - middle.y)
    return turn


def _rows(level: np.ndarray, before: float, long: float, paper: float, settings: TextSettings) -> np.ndarray:
    """The share of ink in each row of a window, in the columns of the bar."""
    return (level[:, int(before) : int(before + long)] < settings.bar_text.ink * paper).mean(axis=1)


def _moved(word: Word, back: np.ndarray) -> Word:
    x0, y0, x1, y1 = word.box
    x, y = back @ ((x0 + x1) / 2, (y0 + y1) / 2, 1.0)
    half, high = (x1 - x0) / 2, (y1 - y0) / 2
    angle = float(np.arctan2(back[1, 0], back[0, 0]))
    return replace(word, box=(float(x - half), float(y - high), float(x + half), float(y + high)), angle=angle)
