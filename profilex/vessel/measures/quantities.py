"""Quantities in page pixels with their uncertainty, and the one conversion into millimetres and millilitres."""

from dataclasses import dataclass

import numpy as np

from profilex.types import Measure, Scale

_ML_PER_MM3 = 1e-3


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measure before it has a unit: `value` in px to the power of `dimension`, or None with the reason why.

    `uncertainty` is one standard deviation in the same unit, of the drawing alone: the conversion adds that of the
    scale. A value can have a reason too, which says what it lacks (a preserved height, for instance).
    """

    value: float | None
    uncertainty: float | None = None
    reason: str = ""
    dimension: int = 1


def in_pixels(quantity: Quantity) -> Measure:
    """A quantity as a measure in px (or px³)."""
    return Measure(quantity.value, quantity.uncertainty, quantity.reason)


def in_millimetres(quantity: Quantity, scale: Scale) -> Measure:
    """A quantity as a measure in mm, a volume in ml, with the uncertainty of the scale added."""
    if quantity.value is None or quantity.uncertainty is None:
        return Measure(None, None, quantity.reason)
    factor = scale.mm_per_px**quantity.dimension * (_ML_PER_MM3 if quantity.dimension == 3 else 1.0)
    from_scale = quantity.dimension * scale.uncertainty * abs(quantity.value)
    sd = float(np.hypot(quantity.uncertainty, from_scale))
    return Measure(quantity.value * factor, sd * factor, quantity.reason)


def named_measures(quantities: dict[str, Quantity], scale: Scale | None) -> dict[str, Measure]:
    """Measures by their exported names, always in px, and in mm where the scale is known.

    `quantities` are named without a unit, a percentile after a "/": "rim_diameter", "wall_thickness/p50", "capacity".
    """
    measures = {}
    for name, quantity in quantities.items():
        stem, _, percentile = name.partition("/")
        ending = f"_{percentile}" if percentile else ""
        volume = quantity.dimension == 3
        if scale is not None:
            measures[f"{stem}_{'ml' if volume else 'mm'}{ending}"] = in_millimetres(quantity, scale)
        measures[f"{stem}_{'px3' if volume else 'px'}{ending}"] = in_pixels(quantity)
    return measures
