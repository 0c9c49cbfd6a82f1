"""The quality of a model and its measures: evaluation, calibration, comparison with the truth, promotion."""
