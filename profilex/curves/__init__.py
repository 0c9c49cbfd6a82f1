"""Outlines as curves: cubic Béziers, their polylines and arcs, and their text."""

from profilex.curves.beziers import evaluate, flatten, straight, tangents
from profilex.curves.biarcs import arcs
from profilex.curves.pathdata import path_data, read_path_data
from profilex.curves.stretches import OutlineCurve

__all__ = ["OutlineCurve", "arcs", "evaluate", "flatten", "path_data", "read_path_data", "straight", "tangents"]
