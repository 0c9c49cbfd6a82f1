"""Vessels: which sections belong together, where their axis and rim are, and what they measure.

Everything is found in page pixels; `profilex.vessel.measures.quantities` turns the measures into millimetres, once.
"""

from profilex.vessel.assembly import make_vessels, propose_candidates, select_candidates
from profilex.vessel.candidates import Candidate, drawing_box
from profilex.vessel.trust.confidence import Calibration, default_calibration, model_calibration

__all__ = [
    "Calibration",
    "Candidate",
    "default_calibration",
    "drawing_box",
    "make_vessels",
    "model_calibration",
    "propose_candidates",
    "select_candidates",
]
