"""Vessels: which sections belong together, where their axis and rim are, and what they measure.

Everything is found in page pixels; `profilex.vessel.measures.quantities` turns the measures into millimetres, once.
"""

from profilex.vessel.assembly import Candidate, assemble, candidate_features, suppose
from profilex.vessel.trust.confidence import Calibration, default_calibration, model_calibration

__all__ = [
    "Calibration",
    "Candidate",
    "assemble",
    "candidate_features",
    "default_calibration",
    "model_calibration",
    "suppose",
]
