"""Polygons compared and measured: overlap, mean thickness, mirror images."""

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry


def iou(one: BaseGeometry, other: BaseGeometry) -> float:
    """Intersection over union of two areas, 0..1; 0 for two without area."""
    if not shapely.intersects(one, other):
        return 0.0
    union = one.union(other).area
    return float(one.intersection(other).area / union) if union else 0.0


def mean_thickness(wall: BaseGeometry) -> float:
    """Mean thickness of a band, in its unit: twice its area over its outline's length; 0 for one without outline.

    Exact for a long band with parallel sides. `profilex.vessel.shape.wall` measures the distribution along the wall.
    """
    return float(2 * wall.area / wall.length) if wall.length else 0.0


def mirror_image(shape: Polygon, axis: LineString) -> Polygon:
    """A polygon reflected in the line through the ends of `axis`."""
    start, end = np.array(axis.coords[0]), np.array(axis.coords[-1])
    along = (end - start) / np.hypot(*(end - start))
    turn = 2 * np.outer(along, along) - np.eye(2)
    shift = start - turn @ start
    return affine_transform(shape, [*turn.ravel(), *shift])
