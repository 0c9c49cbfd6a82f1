"""The confidence of a vessel: one probability from the network, the check against the scan, and the geometry.

A vessel is right if its sections are those of one vessel on the page, with an IoU of at least `RIGHT_IOU`. The
probability is a logistic function of named features, each of which can only raise it. Intercept and weights are fitted
on synthetic pages by `profilex models calibrate`, which writes them on the model's card; `confidence.json` beside this
module holds those for models that carry none.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from profilex.errors import Code, RunError
from profilex.types import INK, NETWORK, SECTION, SECTION_EDGE, SYMMETRY, Residual

RIGHT_IOU = 0.75

_NEARLY = 0.002  # probabilities nearer to 0 or 1 are treated alike
_THICK_PX = 24.0  # thicker walls are not easier for the network, which was trained up to this
_LEAST_SHARE = 0.02  # of an outline off its ink: a smaller share counts as none
_MOST_UNEVEN = 30.0
_AXIS_WORTH = {INK: 1.0, NETWORK: 0.7, SYMMETRY: 0.5, SECTION_EDGE: 0.4}
_RIM_WORTH = {INK: 1.0, SECTION: 0.5}


@dataclass(frozen=True, slots=True)
class Traits:
    """The evidence on which the confidence rests; lengths in page px.

    `seen` (0..1) is the mean section probability inside. `mirrored` (0..1) is the share of the outer contour with a
    mirror image in the ink beyond the axis; `unevenness` the 95th percentile of the wall's thickness over the 5th.
    """

    seen: float
    residual: Residual
    mirrored: float
    axis_source: str
    rim_source: str
    unevenness: float
    wall_px: float
    area_px: float


def features(traits: Traits) -> dict[str, float]:
    """Named features of a vessel, all finite; a greater value is always better."""
    seen = min(max(traits.seen, _NEARLY), 1 - _NEARLY)
    wall = max(traits.wall_px, 1.0)
    return {
        "seen": math.log(seen / (1 - seen)),
        "outline_on_ink": -math.log(traits.residual.share + _LEAST_SHARE),
        "even_tone": 1.0 - traits.residual.uneven,
        "mirrored": traits.mirrored,
        "axis": _AXIS_WORTH.get(traits.axis_source, 0.0),
        "rim": _RIM_WORTH.get(traits.rim_source, 0.0),
        "even_wall": -math.log(min(max(traits.unevenness, 1.0), _MOST_UNEVEN)),
        "wall_px": math.log(min(wall, _THICK_PX)),
        "length": math.log(max(traits.area_px, 1.0) / wall**2),
    }


FEATURES = tuple(features(Traits(0.5, Residual(0.0, 0.0), 0.0, "", "", 1.0, 1.0, 1.0)))
"""Names of the features, in their order."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted function: `intercept` and one weight, at least 0, for each feature. `fitted` describes the data."""

    intercept: float
    weights: Mapping[str, float]
    fitted: Mapping[str, Any] = field(default_factory=dict)

    def confidence(self, traits: Traits) -> float:
        """Probability, 0 to 1, that a vessel is right."""
        values = features(traits)
        score = self.intercept + sum(weight * values[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(min(score, 30.0), -30.0)))

    def as_json(self) -> dict[str, Any]:
        """The object that `parse_calibration` reads."""
        return asdict(self)


def parse_calibration(members: Mapping[str, Any]) -> Calibration:
    """Read the object that `Calibration.as_json` returns.

    Raises:
        ValueError: a feature is missing or unknown, or a weight is negative or not finite.
    """
    try:
        found = Calibration(float(members["intercept"]), dict(members["weights"]), dict(members.get("fitted", {})))
    except (KeyError, TypeError) as error:
        raise ValueError(f"no intercept or weights: {error!r}") from error
    numbers = [found.intercept, *found.weights.values()]
    if set(found.weights) != set(FEATURES):
        raise ValueError(f"the weights are not those of {', '.join(FEATURES)}")
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
        raise ValueError("a weight is not a finite number")
    if min(found.weights.values()) < 0:
        raise ValueError("a weight is negative")
    return found


@lru_cache(maxsize=1)
def default_calibration() -> Calibration:
    """The calibration for models whose card carries none."""
    return parse_calibration(json.loads((files(__package__) / "confidence.json").read_text("utf-8")))


def model_calibration(model: str, members: Mapping[str, Any]) -> Calibration:
    """The calibration that a model's card carries as `members`; the default one if these are empty.

    Raises:
        RunError: code `model_mismatch`, if it does not belong to this version.
    """
    if not members:
        return default_calibration()
    try:
        return parse_calibration(members)
    except ValueError as error:
        raise RunError(
            Code.MODEL_MISMATCH,
            f"the calibration on the card of {model} cannot be used: {error}.",
            "Fit it again with profilex models calibrate.",
        ) from error
