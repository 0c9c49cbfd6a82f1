"""Models: networks built in code, verified weights, runtimes, and pages through them.

Importing this package imports neither TensorFlow nor OpenVINO.
"""

from profilex.model.card import Card, read_model, verify_model, write_model
from profilex.model.inference.segment import Segmenter, label_map, load_segmenter
from profilex.model.registry import DEFAULT_MODEL, find_model, list_models

__all__ = [
    "DEFAULT_MODEL",
    "Card",
    "Segmenter",
    "find_model",
    "label_map",
    "list_models",
    "load_segmenter",
    "read_model",
    "verify_model",
    "write_model",
]
