"""Straight lines fitted to noisy points: the axis (over y) and, with x and y swapped, the rim line (over x)."""

from dataclasses import dataclass

import numpy as np

_ROUNDS = 12
_TUKEY = 4.7  # residuals beyond this many standard deviations have no weight (95 % efficiency)
_LEAST_SD_PX = 0.1  # rows of one pen stroke share its waver, so more rows do not reduce the error below this
_STEEP_SD = 1.0  # of an unknown direction


@dataclass(frozen=True, slots=True)
class FittedLine:
    """A nearly upright or nearly level line on the page: offset + slope * (along - middle), in page px.

    For an upright line `along` is y and the offset is x; for a level one the other way round. `start` and `end` bound
    the visible part. `sd_offset_px` and `sd_slope` are standard deviations, at `middle`.
    """

    middle: float
    offset: float
    slope: float
    start: float
    end: float
    sd_offset_px: float
    sd_slope: float

    def at(self, along: float) -> float:
        """Offset (px) at a position along the line."""
        return self.offset + self.slope * (along - self.middle)

    def sd_at(self, along: float) -> float:
        """Standard deviation (px) of the offset at a position along the line."""
        return float(np.hypot(self.sd_offset_px, self.sd_slope * (along - self.middle)))

    @property
    def length(self) -> float:
        """Extent (px) of the visible part."""
        return self.end - self.start


def upright_line(offset: float, start: float, end: float, *, sd_px: float) -> FittedLine:
    """A line without tilt, with the standard deviation `sd_px`."""
    length = max(end - start, 1.0)
    return FittedLine((start + end) / 2, offset, 0.0, start, end, sd_px, min(_STEEP_SD, sd_px / length))


def fit_line(
    along: np.ndarray, offsets: np.ndarray, weights: np.ndarray | None = None, *, first: FittedLine | None = None
) -> FittedLine:
    """Line through points (px) by least squares, iteratively reweighted by Tukey's biweight against outliers.

    `along` and `offsets` are float (n,), n >= 2; `weights` (n,) are the points' prior weights. The
    reweighting starts at `first`, or at the median of the offsets.
    """
    prior = np.ones(len(along)) if weights is None else weights
    middle = float(np.average(along, weights=prior))
    t = along - middle
    offset, slope = (float(np.median(offsets)), 0.0) if first is None else (first.at(middle), first.slope)
    spread = 1.0
    inside = prior
    for _ in range(_ROUNDS):
        residuals = offsets - offset - slope * t
        spread = max(1.4826 * float(np.median(np.abs(residuals))), _LEAST_SD_PX)
        share = np.clip(1 - (residuals / (_TUKEY * spread)) ** 2, 0, None) ** 2
        inside = prior * share
        total = inside.sum()
        if total <= 0:
            break
        mean_t, mean_x = (inside * t).sum() / total, (inside * offsets).sum() / total
        variance = (inside * (t - mean_t) ** 2).sum()
        slope = float((inside * (t - mean_t) * (offsets - mean_x)).sum() / variance) if variance > 0 else 0.0
        offset = float(mean_x - slope * mean_t)
    count = max(float((inside > 0).sum()), 1.0)
    length = float(np.ptp(along)) or 1.0
    sd = max(spread / np.sqrt(count), _LEAST_SD_PX)
    return FittedLine(
        middle,
        offset,
        slope,
        float(along.min()),
        float(along.max()),
        float(sd),
        float(min(_STEEP_SD, sd * np.sqrt(12) / length)),
    )
