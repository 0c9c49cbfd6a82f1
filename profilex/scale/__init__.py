"""The scale: bars found, measured and read, printed ratios, neighbouring pages, tables, and the decision."""

from profilex.scale.bar_measure import measure_bar
from profilex.scale.bar_search import BarSearch, find_bar
from profilex.scale.decision import bar_scale, has_centimetres

__all__ = [
    "BarSearch",
    "bar_scale",
    "find_bar",
    "has_centimetres",
    "measure_bar",
]
