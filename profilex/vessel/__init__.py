"""Vessels: which sections belong together, where their axis and rim are, and what they measure.

Everything is found in page pixels; `profilex.vessel.outcome` turns the measures into millimetres, once.
"""

from profilex.vessel.assembling import Candidate, assemble, candidate_features, suppose
from profilex.vessel.bar import BarMeasure, measure_bar
from profilex.vessel.bar_owner import drawing_box
from profilex.vessel.bar_search import BarSearch, find_bar
from profilex.vessel.confidence import Calibration, default_calibration, model_calibration
from profilex.vessel.scale import bar_scale, has_centimetres

__all__ = [
    "BarMeasure",
    "BarSearch",
    "Calibration",
    "Candidate",
    "assemble",
    "bar_scale",
    "candidate_features",
    "default_calibration",
    "drawing_box",
    "find_bar",
    "has_centimetres",
    "measure_bar",
    "model_calibration",
    "suppose",
]
