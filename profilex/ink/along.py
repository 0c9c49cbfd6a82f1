"""Points along a line, many at a time."""

import numpy as np
import shapely
from shapely import LineString


def points_along(line: LineString, along: np.ndarray) -> np.ndarray:
    """The points (n, 2) of a line or ring at distances (n,) from its start, from 0 to its length.

    The same as `line.interpolate(along)`, which walks the line from its start for each point and is slower.
    """
    corners = shapely.get_coordinates(line)
    reached = np.concatenate([[0.0], np.hypot(*np.diff(corners, axis=0).T).cumsum()])
    return np.column_stack([np.interp(along, reached, column) for column in corners.T])
