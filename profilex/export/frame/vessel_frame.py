"""From page pixels to the vessel frame: the one place where pixels become millimetres and y is flipped."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LinearRing, LineString, MultiPolygon, Polygon
from shapely.affinity import affine_transform

from profilex.curves import OutlineCurve, flatten, straight
from profilex.curves.beziers import moved as curve_moved
from profilex.errors import Code, PageError
from profilex.export.frame.exterior import directions, exterior_contour, unit
from profilex.types import Edge, PageResult, Vessel

AXIS_RIM = "axis_rim"
AXIS_TOP = "axis_top"
SECTION_TOP_RIGHT = "section_top_right"

_ACROSS = np.array([-1.0, 1.0])
_OFF_PX = 0.02  # what the decimals of page.geojson can move an edge off its outline
_HAIR = 1e-8  # of a polygon's size or area
_LEAST_SINE = math.sin(math.radians(45))  # an axis and a rim line closer than this do not make a corner


@dataclass(frozen=True, slots=True)
class PlacedVessel:
    """A vessel in its own frame: x right, y up, section at x < 0, upright.

    `unit` is "mm", or "px" while the scale is unknown. `origin` says where (0, 0) lies: "axis_rim" where the axis meets
    the rim plane; "axis_top" on the axis, level with the section's highest point, where the rim is unknown;
    "section_top_right" at that corner of the section's bounding box where the axis is. `rotation_deg` is the turn,
    counter-clockwise, that brought the drawing upright. `sections` have their shells counter-clockwise; `exterior` is
    the contour seen from outside, at x > 0 (see `exterior_contour`). `curves` are the rings of each section as cubics,
    `outlines` these rings and, beyond the axis, their mirror images.
    """

    vessel: Vessel
    unit: str
    origin: str
    mirrored: bool
    rotation_deg: float
    sections: tuple[Polygon, ...]
    axis: LineString | None
    rim: LineString | None
    edges: tuple[Edge, ...]
    exterior: tuple[LineString, ...]
    curves: tuple[tuple[np.ndarray, ...], ...] = ()
    outlines: tuple[OutlineCurve, ...] = ()

    def ring_curves(self, index: int) -> list[np.ndarray]:
        """The rings of a section as curves (n, 4, 2), shell first; straight pieces where its outline is a polygon."""
        polygon = self.sections[index]
        return list(self.curves[index]) or [straight(ring) for ring in ring_points(polygon)]

    def curve_of(self, line: LineString | LinearRing) -> np.ndarray:
        """A line of the drawing as a curve (n, 4, 2): the outline's, or its mirror image's, where it runs along it."""
        return curve_along(line, self.outlines)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of all that is drawn."""
        drawn = [geometry for geometry in (*self.sections, *self.exterior, self.axis, self.rim) if geometry is not None]
        return shapely.total_bounds(drawn).tolist() if drawn else (0.0, 0.0, 0.0, 0.0)


def place_vessel(vessel: Vessel) -> PlacedVessel:
    """Turn a vessel from page pixels into its own frame, in millimetres where its scale is known.

    The axis becomes vertical; without one the rim line becomes horizontal; without either the page's upright is kept.
    A section on the right of the axis is mirrored to the left.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
    """
    require_finite(vessel)
    right, up = directions(vessel)
    mirrored = vessel.side == "right"
    factor = vessel.scale.mm_per_px if vessel.scale else 1.0
    along = -factor if mirrored else factor
    linear = (along * right[0], along * right[1], factor * up[0], factor * up[1])
    origin, (x, y) = _origin(vessel, linear)
    matrix = (*linear, -x, -y)

    def placed(line: LineString | None) -> LineString | None:
        return None if line is None else affine_transform(line, matrix)

    curves = tuple(tuple(curve_moved(ring, matrix) for ring in section.curves) for section in vessel.sections)
    return PlacedVessel(
        vessel=vessel,
        unit="mm" if vessel.scale else "px",
        origin=origin,
        mirrored=mirrored,
        rotation_deg=math.degrees(math.atan2(right[1], right[0])),
        sections=tuple(moved(section.polygon, matrix) for section in vessel.sections),
        axis=placed(vessel.axis),
        rim=placed(vessel.rim),
        edges=tuple(Edge(edge.kind, affine_transform(edge.line, matrix)) for edge in vessel.edges),
        exterior=tuple(affine_transform(line, matrix) for line in exterior_contour(vessel)),
        curves=curves,
        outlines=tuple(_outlines(vessel, curves, factor)),
    )


def curve_along(line: LineString | LinearRing, outlines: Sequence[OutlineCurve]) -> np.ndarray:
    """A line as a curve (n, 4, 2): that of an outline where it runs along one, else straight pieces."""
    points = shapely.get_coordinates(line)
    beside = max(outlines, key=lambda outline: outline.share_of(points), default=None)
    return straight(points) if beside is None else beside.curve_of(points)


def ring_points(polygon: Polygon) -> list[np.ndarray]:
    """The closed rings of a polygon, (n, 2) each, shell first."""
    return [shapely.get_coordinates(ring) for ring in (polygon.exterior, *polygon.interiors)]


def page_outlines(vessel: Vessel) -> list[OutlineCurve]:
    """The outlines of a vessel's sections as curves, in page pixels."""
    return list(_outlines(replace(vessel, axis=None), tuple(section.curves for section in vessel.sections), 1.0))


def _outlines(vessel: Vessel, curves: tuple[tuple[np.ndarray, ...], ...], factor: float) -> Iterator[OutlineCurve]:
    for section, rings in zip(vessel.sections, curves, strict=True):
        for ring in rings:
            points, places = flatten(ring, section.chord_px * factor)
            yield OutlineCurve.of(ring, points, places, _OFF_PX * factor)
            if vessel.axis is not None:
                yield OutlineCurve.of(ring * _ACROSS, points * _ACROSS, places, _OFF_PX * factor)


def moved(polygon: Polygon, matrix: tuple[float, ...]) -> Polygon:
    """A valid polygon in another frame (shapely's six numbers), valid there too, its shell counter-clockwise.

    A ring that touches another, or itself, amid one of its edges would else cross it by the last digit of a coordinate.
    Parts that hang together by such a touch still do, by a neck of a hundred-millionth of the polygon's size.
    """
    there = affine_transform(polygon, matrix)
    if polygon.is_valid and not there.is_valid:
        parts = shapely.get_parts(shapely.make_valid(there, method="structure", keep_collapsed=False))
        largest = max(parts, key=lambda part: part.area)
        if largest.area < (1 - _HAIR) * sum(
            part.area for part in parts
        ):  # more than the width of that digit is cut off
            neck = _HAIR * there.length
            joined = shapely.union_all([part.buffer(neck, join_style="mitre") for part in parts])
            largest = max(shapely.get_parts(joined), key=lambda part: part.area)
        there = largest
    return shapely.orient_polygons(there)


def merged(polygons: Sequence[Polygon]) -> MultiPolygon:
    """Valid polygons, which may overlap or share edges, as one valid geometry."""
    union = shapely.union_all(polygons)
    return MultiPolygon([union]) if isinstance(union, Polygon) else union


def place_page(result: PageResult) -> tuple[str, float]:
    """Unit and factor of the page's own CAD frame (x right, y up from the page's lower edge).

    Millimetres where all vessels of the page share one scale, else pixels with a factor of 1.
    """
    scales = {vessel.scale.mm_per_px if vessel.scale else None for vessel in result.vessels}
    known = scales.pop() if len(scales) == 1 else None
    return ("px", 1.0) if known is None else ("mm", known)


def require_finite(vessel: Vessel) -> None:
    """Refuse NaN and infinity, which would spoil a CAD file without a word.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
    """
    geometries = [*(section.polygon for section in vessel.sections), vessel.axis, vessel.rim]
    geometries += [edge.line for edge in vessel.edges]
    numbers = [value for measure in vessel.measures.values() for value in (measure.value, measure.uncertainty)]
    numbers += [vessel.scale.mm_per_px, vessel.scale.uncertainty] if vessel.scale else []
    finite = all(np.isfinite(shapely.get_coordinates(geometry)).all() for geometry in geometries if geometry)
    finite = finite and all(math.isfinite(number) for number in numbers if number is not None)
    if not finite or (vessel.scale and vessel.scale.mm_per_px <= 0):
        raise PageError(
            Code.EXPORT,
            f"{vessel.identifier}: a coordinate, the scale or a measure is not a finite number.",
            "Report this as a bug, with the scan.",
        )


def outline(vessel: Vessel) -> MultiPolygon:
    """A vessel's sections as one geometry, in page pixels."""
    return MultiPolygon([section.polygon for section in vessel.sections])


def _origin(vessel: Vessel, linear: tuple[float, float, float, float]) -> tuple[str, tuple[float, float]]:
    """Kind of the origin, and where the linear part of the way into the vessel frame takes it."""
    a, b, d, e = linear
    turned = affine_transform(outline(vessel), (a, b, d, e, 0.0, 0.0))
    _, _, right, top = turned.bounds if vessel.sections else (0.0, 0.0, 0.0, 0.0)
    if vessel.axis is None:
        return SECTION_TOP_RIGHT, (right, top)
    corner = _crossing(vessel.axis, vessel.rim) if vessel.rim is not None else None
    if corner is not None:
        return AXIS_RIM, (a * corner[0] + b * corner[1], d * corner[0] + e * corner[1])
    x, y = vessel.axis.coords[0]
    return AXIS_TOP, (a * x + b * y, top if vessel.sections else d * x + e * y)


def _crossing(axis: LineString, rim: LineString) -> tuple[float, float] | None:
    """Where the two lines meet when made longer; None where they run too nearly side by side."""
    if axis.length == 0 or rim.length == 0:
        return None
    start, along, across = np.asarray(axis.coords[0]), unit(axis), unit(rim)
    sine = along[0] * across[1] - along[1] * across[0]
    if abs(sine) < _LEAST_SINE:
        return None
    gap = np.asarray(rim.coords[0]) - start
    x, y = start + along * (gap[0] * across[1] - gap[1] * across[0]) / sine
    return float(x), float(y)
