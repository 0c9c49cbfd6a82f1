"""Vessels: which sections belong together, where their axis and rim are, and what they measure.

Everything is found in page pixels; `profilex.vessel.outcome` turns the measures into millimetres, once.
"""

from profilex.vessel.assembling import assemble
from profilex.vessel.bar import BarMeasure, measure_bar
from profilex.vessel.bar_search import find_bar, find_bars
from profilex.vessel.scale import bar_scale, has_centimetres

__all__ = ["BarMeasure", "assemble", "bar_scale", "find_bar", "find_bars", "has_centimetres", "measure_bar"]
