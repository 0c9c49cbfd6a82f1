"""Numbers that decide an outcome: each with its unit, its meaning, and where it comes from.

They are fields of frozen dataclasses, passed to the functions that use them and hashed into every page's key.
`python -m tests.benchmarks.sensitivity` measures how much each of them matters; docs/numbers.md holds its results.
"""

from dataclasses import field, fields, is_dataclass
from typing import Any, NamedTuple

BY_HAND = "by hand, on synthetic plates"
FITTED = "fitted"
COUNTED = "counted"
PHYSICAL = "follows from its definition"


class Number(NamedTuple):
    """A number's name with its groups ("rim.reach_walls"), value, unit, meaning and source."""

    name: str
    value: Any
    unit: str
    meaning: str
    source: str


def number(value: Any, unit: str, meaning: str, source: str = BY_HAND) -> Any:
    """A field of a settings dataclass with this default.

    `unit` is "px", "walls" (thicknesses of the vessel's wall), "share" (0..1), "slope", "count" and so on.
    """
    return field(default=value, metadata={"unit": unit, "meaning": meaning, "source": source})


def numbers_of(settings: Any, prefix: str = "") -> list[Number]:
    """Every field of a settings dataclass, and of those within it, that `number` declared, in their order."""
    found: list[Number] = []
    for each in fields(settings):
        value, name = getattr(settings, each.name), f"{prefix}{each.name}"
        if is_dataclass(value):
            found += numbers_of(value, f"{name}.")
        elif each.metadata:
            found.append(Number(name, value, *(each.metadata[key] for key in ("unit", "meaning", "source"))))
    return found
