"""Corners of a contour: where two smooth arms, made longer, meet within the bound of the contour.

The turn between the directions before and behind a point is measured over arms of three lengths, as a short wall's end
needs short arms and a carination long ones. The steps of a raster turn by less than the least turn of each length.
Source of the measure: A. Rosenfeld and E. Johnston, "Angle detection on digital curves", IEEE Trans. Computers C-22
(1973); that a corner is where its arms meet: P. Selinger, "Potrace" (2003), section 2.3.1.
"""

from dataclasses import dataclass

import numpy as np

from profilex.settings import CurveSettings


@dataclass(frozen=True, slots=True)
class Corner:
    """A corner of a contour: its place along it (px) and where it is."""

    place: float
    point: np.ndarray


class EvenRing:
    """A closed contour sampled at even steps, with the original's length."""

    def __init__(self, ring: np.ndarray, step: float) -> None:
        closed = np.concatenate([ring, ring[:1]])
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
        self.length = float(lengths[-1])
        self.count = max(8, round(self.length / step))
        self.step = self.length / self.count
        at = np.arange(self.count) * self.step
        self.points = np.stack([np.interp(at, lengths, closed[:, axis]) for axis in (0, 1)], axis=1)

    def window(self, start: float, end: float) -> np.ndarray:
        """The samples between two places (px along the ring), in that order; start < end, around the ring's seam."""
        first, last = int(np.ceil(start / self.step)), int(np.floor(end / self.step))
        return self.points[np.arange(first, last + 1) % self.count]


def find_corners(ring: EvenRing, tolerance: float, numbers: CurveSettings) -> list[Corner]:
    """The corners of a contour, in its order; each lies within `tolerance` (px) of it."""
    candidates: list[tuple[float, float]] = []
    for arm, least in numbers.corners.arms:
        if 2 * arm < ring.length / 2:
            candidates += _sharp_turns(ring, arm, np.radians(least), numbers)
    kept: list[tuple[float, float]] = []
    for place, arm in sorted(candidates, key=lambda each: each[1]):  # a place found with short arms is the surer one
        if all(_apart(place, other, ring.length) > max(numbers.corners.arms[0][0] / 2, arm / 2) for other, _ in kept):
            kept.append((place, arm))
    kept.sort()
    found = [_corner(ring, kept, index, tolerance, numbers) for index in range(len(kept))]
    corners = sorted((corner for corner in found if corner is not None), key=lambda corner: corner.place)
    # two turns that were one corner's have found the same place
    return [
        corner
        for index, corner in enumerate(corners)
        if all(_apart(corner.place, other.place, ring.length) > numbers.corners.gap_px for other in corners[:index])
    ]


def _sharp_turns(ring: EvenRing, arm: float, least: float, numbers: CurveSettings) -> list[tuple[float, float]]:
    """Places of the greatest turns over arms of one length, with that length."""
    half = max(1, round(arm / 2 / ring.step))
    gap = max(1, round(numbers.corners.gap_px / ring.step))
    count = ring.count
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(np.tile(ring.points, (3, 1)), axis=0)])
    here = np.arange(count) + count

    def mean(start: np.ndarray) -> np.ndarray:
        return (sums[start + half] - sums[start]) / half

    forward = mean(here + gap + half) - mean(here + gap)
    backward = mean(here - gap - half + 1) - mean(here - gap - 2 * half + 1)
    cross = backward[:, 0] * forward[:, 1] - backward[:, 1] * forward[:, 0]
    turns = np.abs(np.arctan2(cross, (backward * forward).sum(axis=1)))
    peaks = []
    for index in np.flatnonzero(turns >= least):
        around = turns[np.arange(index - 2 * half, index + 2 * half + 1) % count]
        if turns[index] >= around.max():
            peaks.append((float(index * ring.step), arm))
    return peaks


def _corner(
    ring: EvenRing, kept: list[tuple[float, float]], index: int, tolerance: float, numbers: CurveSettings
) -> Corner | None:
    """The corner at a candidate, where its arms meet; None where the contour turns over a way longer than a corner's.

    The tip of a sharp corner falls between the pixels: it is brought as near to the contour as the bound asks.
    """
    place, arm = kept[index]
    others = [other for at, (other, _) in enumerate(kept) if at != index]
    behind = min(((place - other) % ring.length for other in others), default=np.inf)
    ahead = min(((other - place) % ring.length for other in others), default=np.inf)
    best: tuple[float, float, np.ndarray, np.ndarray] | None = None
    near = ring.window(place - numbers.corners.near_px, place + numbers.corners.near_px)
    for length, degree in ((1.0, 1), (1.0, 2), (2.0, 2), (4.0, 2)):
        reach = [
            max(min(length * arm, numbers.corners.arm_share * way), numbers.corners.least_arm_px)
            for way in (behind, ahead)
        ]
        if degree == 1 and min(reach) >= numbers.corners.curved_arm_px:
            continue
        here = place
        for _ in range(2):  # the turn is greatest beside the corner, not always at it
            before = ring.window(here - numbers.corners.gap_px - reach[0], here - numbers.corners.gap_px)[::-1]
            after = ring.window(here + numbers.corners.gap_px, here + numbers.corners.gap_px + reach[1])
            meeting, angle = _meeting(before, after, degree)
            gaps = np.hypot(*(near - meeting).T)
            at = int(gaps.argmin())
            here = float((np.ceil((place - numbers.corners.near_px) / ring.step) + at) * ring.step)
            over = (
                float(gaps[at])
                - numbers.corners.raster_px
                - numbers.corners.corner_radius_px * (1 / np.sin(angle / 2) - 1)
            )
            if angle < np.pi - numbers.corners.least_turn and (best is None or over < best[0]):
                best = (over, here, meeting, near[at])
    if best is None or best[0] > 0:
        return None
    _, here, meeting, beside = best
    gap = float(np.hypot(*(meeting - beside)))
    if gap > numbers.corners.inside * tolerance:
        meeting = beside + (meeting - beside) * (numbers.corners.inside * tolerance / gap)
    return Corner(here % ring.length, meeting)


def _meeting(before: np.ndarray, after: np.ndarray, degree: int) -> tuple[np.ndarray, float]:
    """Where two arms (each from its near end outwards) meet when led on towards each other, and the angle there (rad).

    Arms that are too short or nearly in line have an angle of half a turn.
    """
    if min(len(before), len(after)) <= 2 * degree:
        return before[0], np.pi
    (p, u), (q, v) = _led_on(before, degree), _led_on(after, degree)
    cross = u[0] * v[1] - u[1] * v[0]
    angle = float(np.arctan2(abs(cross), u @ v))
    if abs(cross) < 1e-3:
        return (p + q) / 2, np.pi
    gap = q - p
    along = (gap[0] * v[1] - gap[1] * v[0]) / cross
    return p + along * u, max(angle, 1e-3)


def _led_on(arm: np.ndarray, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """An arm's near end and its direction there, from the line or parabola through its points."""
    design = np.vander(np.arange(len(arm), dtype=float), degree + 1, increasing=True)
    coefficients = np.linalg.lstsq(design, arm, rcond=None)[0]
    return coefficients[0], -coefficients[1] / max(np.hypot(*coefficients[1]), 1e-12)


def _apart(one: float, other: float, length: float) -> float:
    gap = abs(one - other) % length
    return min(gap, length - gap)
