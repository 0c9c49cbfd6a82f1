"""Pen strokes on the page's ink: a thin, straight, dark line near a guess, found to a fraction of a pixel."""

import math

import cv2
import numpy as np

from profilex.ink.lines import FittedLine, fit_line
from profilex.settings import InkSettings


def widest_stroke(page_shape: tuple[int, int], settings: InkSettings) -> int:
    """Width (px) up to which a dark band can be a pen stroke on a page of this size."""
    return max(settings.strokes.widest_px, round(max(page_shape) / 350))


def find_stroke(
    grey: np.ndarray,
    guess: FittedLine,
    reach_px: float,
    settings: InkSettings,
    *,
    widest_px: int,
    least_share: float = 0.3,
) -> FittedLine | None:
    """The nearly upright pen stroke within `reach_px` of a guess, or None.

    `grey` is uint8 (height, width), 0 ink to 255 paper; for a level stroke pass its transpose, and a guess over x. The
    stroke is sought from the start to the end of the guess. At least `least_share` of these rows must show it. The line
    is the least-squares fit through the stroke's centres (grey-weighted, row by row).
    """
    top, bottom = max(0, math.floor(guess.start)), min(grey.shape[0], math.ceil(guess.end))
    if bottom - top < 8:
        return None
    rows = np.arange(top, bottom) + 0.5
    pad = widest_px + 2
    half = math.ceil(reach_px) + pad
    band = _straighten(grey, guess, rows, half)
    if band is None:
        return None
    kernel = np.ones((1, 2 * widest_px + 1), np.uint8)
    darkness = cv2.morphologyEx(band, cv2.MORPH_BLACKHAT, kernel)
    darkness[:, : half - math.ceil(reach_px)] = 0
    darkness[:, half + math.ceil(reach_px) + 1 :] = 0
    voted = _vote(darkness, reach_px, settings)
    if voted is None:
        return None
    offset, slope = voted
    deviations = offset + slope * (rows - rows.mean())
    centres, strengths = _centres(darkness, deviations + half, widest_px)
    seen = strengths > max(settings.strokes.faintest, settings.strokes.seen * float(np.percentile(strengths, 80)))
    if seen.sum() < max(8, least_share * len(rows)) or not _has_run(seen, max(8, 0.1 * len(rows)), settings):
        return None
    expected = guess.offset + guess.slope * (rows - guess.middle)
    # a band's column j is at the page position expected + (j - half)
    found = expected[seen] + centres[seen] - half
    start = FittedLine(float(rows.mean()), float(np.median(found)), guess.slope + slope, rows[0], rows[-1], 1.0, 1.0)
    return fit_line(rows[seen], found, first=start)


def _straighten(grey: np.ndarray, guess: FittedLine, rows: np.ndarray, half: int) -> np.ndarray | None:
    """Float32 (rows, 2 * half + 1): the page straightened along the guess, which becomes column `half`."""
    expected = guess.offset + guess.slope * (rows - guess.middle)
    left = max(0, math.floor(expected.min()) - half - 2)
    right = min(grey.shape[1], math.ceil(expected.max()) + half + 2)
    if right - left < 3:
        return None
    window = grey[int(rows[0]) : int(rows[-1]) + 1, left:right].astype(np.float32)
    columns = expected[:, None] + np.arange(-half, half + 1)[None] - 0.5 - left
    lines = np.repeat(np.arange(len(rows), dtype=np.float32)[:, None], columns.shape[1], axis=1)
    return cv2.remap(
        window, columns.astype(np.float32), lines, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255
    )


def _vote(darkness: np.ndarray, reach_px: float, settings: InkSettings) -> tuple[float, float] | None:
    """Offset and slope, relative to the guess, of the line with ink in the most rows; in doubt the nearer one."""
    reference = float(np.percentile(darkness.max(axis=1), 70))
    if reference < settings.strokes.faintest:
        return None
    presence = np.clip(cv2.blur(darkness, (3, 1)) * 2 / reference, 0, 1)
    height, width = presence.shape
    half = width // 2
    t = np.arange(height) - (height - 1) / 2
    steps = max(1, math.ceil(settings.strokes.steepest * height / 2))
    nearness = 1 - 0.3 * np.minimum(np.abs(np.arange(width) - half) / max(reach_px, 1.0), 1)
    margin = math.ceil(settings.strokes.steepest * height / 2) + 1
    around = np.pad(presence, ((0, 0), (margin, margin)))
    places = np.arange(height)[:, None] * around.shape[1] + margin + np.arange(width)[None]
    best = (0.0, 0.0, 0.0)
    for slope in np.linspace(-settings.strokes.steepest, settings.strokes.steepest, 2 * steps + 1):
        shifts = np.rint(slope * t).astype(int)
        votes = around.take(places + shifts[:, None]).sum(axis=0) * nearness
        column = int(votes.argmax())
        if votes[column] > best[0]:
            best = (float(votes[column]), float(column - half), float(slope))
    return None if best[0] <= 0 else (best[1], best[2])


def _centres(darkness: np.ndarray, expected: np.ndarray, widest_px: int) -> tuple[np.ndarray, np.ndarray]:
    """For each row the stroke's centre (fractional column) near the expected column, and its darkness."""
    width = darkness.shape[1]
    near = np.arange(-2, 3)
    columns = np.clip(np.rint(expected)[:, None].astype(int) + near, 0, width - 1)
    close = np.take_along_axis(darkness, columns, axis=1)
    peaks = np.take_along_axis(columns, close.argmax(axis=1)[:, None], axis=1)
    strengths = close.max(axis=1)
    span = np.arange(-widest_px, widest_px + 1)
    columns = np.clip(peaks + span, 0, width - 1)
    values = np.take_along_axis(darkness, columns, axis=1)
    # only the ink that is connected with the peak, above the noise of the paper
    dark = values > 0.3 * strengths[:, None]
    middle = widest_px
    rightwards = np.logical_and.accumulate(dark[:, middle:], axis=1)
    leftwards = np.logical_and.accumulate(dark[:, middle::-1], axis=1)[:, ::-1]
    joined = np.concatenate([leftwards[:, :-1], rightwards], axis=1)
    # the paler edges belong to the stroke: without them its centre would be pulled towards whole pixels
    joined[:, 1:] |= joined[:, :-1].copy()
    joined[:, :-1] |= joined[:, 1:].copy()
    weights = np.where(joined, values, 0)
    total = np.maximum(weights.sum(axis=1), 1e-6)
    return (weights * (peaks + span)).sum(axis=1) / total, strengths


def _has_run(seen: np.ndarray, least: float, settings: InkSettings) -> bool:
    """Whether the rows that show the stroke include a run of `least` rows without a long gap."""
    places = np.flatnonzero(seen)
    breaks = np.flatnonzero(np.diff(places) > settings.strokes.longest_gap_px)
    starts = np.concatenate([[0], breaks + 1])
    ends = np.concatenate([breaks, [len(places) - 1]])
    return bool((places[ends] - places[starts] + 1).max() >= least)
