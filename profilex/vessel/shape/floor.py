"""Where a section in (radius, depth) meets the axis: whether it has a floor there, and whether it is upside down.

Lengths are in the section's unit; `gap` is the distance from the axis within which a section counts as meeting it, and
`wall` the wall thickness.
"""

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, box

from profilex.settings import VesselSettings
from profilex.vessel.shape.frame import extremes_at


def reaches_axis(section: Polygon | MultiPolygon, gap: float, wall: float, settings: VesselSettings) -> bool:
    """Whether the section meets the axis with a possible floor: in its lower half, or on a foot."""
    contact = _axis_contact(section, gap)
    if contact is None:
        return False
    _, top, _, bottom = section.bounds
    middle = sum(contact) / 2
    return middle > (top + bottom) / 2 or _reach_from_axis(section, middle, gap) >= settings.floor.floor_walls * wall


def begins_at_axis(section: Polygon | MultiPolygon, gap: float, wall: float, settings: VesselSettings) -> bool:
    """Whether no part of the section is higher than its floor: the wall above it is broken off."""
    contact = _axis_contact(section, gap)
    return contact is not None and contact[0] - section.bounds[1] < wall / 2


def is_lid(section: Polygon | MultiPolygon, gap: float, wall: float, settings: VesselSettings) -> bool:
    """Whether the section is closed at the axis and open below, its mouth at the bottom: a lid, or an inverted vessel.

    A bowl on a hollow foot is also closed at the axis and open below, but it is widest above its floor. Parts above a
    lid are narrower than the lid.
    """
    contact = _axis_contact(section, gap)
    if contact is None:
        return False
    _, top, _, bottom = section.bounds
    start, end = contact
    if bottom - end < settings.floor.hollow_walls * wall:
        return False
    depths = np.linspace(top, bottom, settings.floor.rows)
    radii = np.nan_to_num(extremes_at(section, depths)[1])
    widest = float(radii.max())
    lowest = float(depths[radii >= settings.floor.widest * widest].max())
    return lowest > (end + bottom) / 2 and bool(radii[depths < start].max(initial=0.0) < settings.floor.above * widest)


def _axis_contact(section: Polygon | MultiPolygon, gap: float) -> tuple[float, float] | None:
    """The range of depths of the section's lowest part at the axis."""
    left, top, _, bottom = section.bounds
    if left > gap:
        return None
    near = section.intersection(box(left - 1, top - 1, max(left, 0.0) + gap, bottom + 1))
    parts = [part for part in shapely.get_parts(near) if isinstance(part, Polygon) and not part.is_empty]
    if not parts:
        return None
    _, start, _, end = max(parts, key=lambda part: part.bounds[3]).bounds
    return start, end


def _reach_from_axis(section: Polygon | MultiPolygon, depth: float, gap: float) -> float:
    """The radius to which a section extends continuously from the axis at one depth."""
    left, _, right, _ = section.bounds
    level = shapely.LineString([(left - 1, depth), (right + 1, depth)])
    runs = shapely.bounds(shapely.get_parts(section.intersection(level)))
    return max((float(stop) for start, _, stop, _ in runs if start <= max(left, 0.0) + gap), default=0.0)
