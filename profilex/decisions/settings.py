"""The numbers that decide what becomes of a decision; none of them enters a page's key, as no batch depends on them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """When a decision still fits the vessel that a model finds; overlaps are IoU (0..1) of the sections.

    `fits_iou` is what docs/confidence.md calls right; the others were set on reruns with other models.
    """

    fits_iou: float = 0.75  # from here on a vessel is the same
    doubtful_iou: float = 0.3  # from here on it may be the same: a person should look again
    unchanged_iou: float = 0.95  # from here on an accepted outline may give way to the new one ...
    unchanged_tolerances: float = 2.0  # ... that is nowhere farther from it than so many tolerances
    agree_iou: float = 0.98  # two people who drew this alike agree
    pointing_sd_px: float = 0.5  # standard deviation of an axis, a rim or a bar's end that a person sets
