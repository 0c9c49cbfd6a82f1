"""How good a model and its measures are: evaluation, calibration, comparison with the truth, promotion."""
