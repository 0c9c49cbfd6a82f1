"""Learning rates over the course of a training, as functions of its progress 0..1."""

import math
from dataclasses import dataclass

from profilex.errors import Code, RunError


@dataclass(frozen=True, slots=True)
class Schedule:
    """A learning-rate schedule: a warm-up, then `name`, one of "constant", "cosine", "cyclic".

    Progress is the completed share of the training, by steps or by time, so that one schedule serves both.
    """

    name: str = "cosine"
    peak: float = 1e-3
    floor: float = 1e-5
    warm_up: float = 0.02  # share of the training
    cycles: int = 8

    def __post_init__(self) -> None:
        if self.name not in ("constant", "cosine", "cyclic"):
            raise RunError(
                Code.USAGE, f"there is no schedule {self.name!r}.", "Choose one of: constant, cosine, cyclic."
            )

    def rate(self, progress: float) -> float:
        """The learning rate at a progress of 0..1."""
        progress = min(max(progress, 0.0), 1.0)
        if progress < self.warm_up:
            return self.peak * max(progress / self.warm_up, 0.02)
        rest = (progress - self.warm_up) / (1.0 - self.warm_up)
        if self.name == "cosine":
            return self.floor + (self.peak - self.floor) * (1.0 + math.cos(math.pi * rest)) / 2.0
        if self.name == "cyclic":  # triangular cycles (Smith 2017)
            position = (rest * self.cycles) % 1.0
            return self.floor + (self.peak - self.floor) * abs(1.0 - 2.0 * position)
        return self.peak
