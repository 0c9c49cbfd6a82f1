"""DXF drawings: a vessel in its own frame, and the plate as a whole.

R2010, model space 1:1 in millimetres of the real vessel (pixels and no unit while the scale is unknown); the
publication scale is a viewport's. Entities lie flat in model space, as GIS readers collapse blocks.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from ezdxf.document import Drawing
from shapely import Polygon
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from profilex.curves import OutlineCurve, straight
from profilex.curves.beziers import moved as curve_moved
from profilex.export.columns.properties import section_properties, vessel_properties
from profilex.export.dxf.document import draw, text_height
from profilex.export.dxf.entities import (
    Entities,
    Pen,
    add_group,
    add_label,
    add_line,
    add_metric_bar,
    add_outline,
    add_path,
    add_rim_dimension,
    add_section,
    add_tag,
)
from profilex.export.dxf.plate import lay_out
from profilex.export.frame.exterior import exterior_contour
from profilex.export.frame.print_style import print_ratio
from profilex.export.frame.vessel_frame import (
    AXIS_RIM,
    PlacedVessel,
    curve_along,
    moved,
    outline,
    page_outlines,
    place_page,
    place_vessel,
    require_finite,
    ring_points,
)
from profilex.export.full import FullView, full_view
from profilex.settings import ExportSettings
from profilex.types import BREAK, PageResult, Vessel

__all__ = ["full_drawing", "page_drawing", "vessel_drawing"]

_LEAST_CHORD_PX = 0.05  # where an outline is a polygon


def vessel_drawing(vessel: Vessel, result: PageResult, settings: ExportSettings) -> bytes:
    """One vessel in its own frame, with its rim's diameter, its name, a metric bar and a plate in paper space.

    Without a scale the unit is the pixel and the drawing names no length. A plain drawing has section, axis and rim
    alone.

    Raises:
        PageError: a number is not finite, or the document does not pass ezdxf's audit.
    """
    placed = place_vessel(vessel)
    left, bottom, right, top = placed.bounds
    ratio = print_ratio(vessel, settings)
    height = text_height(placed.unit, max(right - left, top - bottom, 1e-3), ratio)
    pen = _pen(vessel, settings)

    def fill(doc: Drawing) -> None:
        drawn = _add_placed(doc, placed, result, pen)
        if settings.plain:
            add_group(doc, vessel.identifier, drawn)
            return
        for edge in placed.edges:
            drawn += add_path(doc, placed.curve_of(edge.line), "PX_BREAK", pen) if edge.kind == BREAK else []
        for contour in placed.exterior:
            drawn += add_path(doc, placed.curve_of(contour), "PX_OUTLINE_EXT", pen)
        drawn += _add_words(doc, vessel, result, placed.bounds, height, has_rim_plane=placed.origin == AXIS_RIM)
        add_group(doc, vessel.identifier, drawn)
        if placed.unit == "mm":
            _lay_out_with_bar(doc, vessel, placed.bounds, height, ratio)

    return draw(placed.unit, height, fill)


def full_drawing(vessel: Vessel, result: PageResult, settings: ExportSettings) -> bytes:
    """The full drawing of a vessel, in millimetres; see `profilex.export.full`.

    The exterior's outline is a polyline, its horizontal lines are lines of the same layer. Broken edges are dashed. A
    plain drawing has no words, dimension, bar and sheet.

    Raises:
        PageError: as for `vessel_drawing`.
        ValueError: the vessel has none; see `profilex.export.full.refusal`.
    """
    view = full_view(vessel)
    ratio = print_ratio(vessel, settings)
    height = text_height("mm", 0.0, ratio)

    def fill(doc: Drawing) -> None:
        drawn = _add_full(doc, view, result, _pen(vessel, settings))
        if not settings.plain:
            drawn += _add_words(doc, vessel, result, view.bounds, height, has_rim_plane=view.origin == AXIS_RIM)
        add_group(doc, vessel.identifier, drawn)
        if not settings.plain:
            _lay_out_with_bar(doc, vessel, view.bounds, height, ratio)

    return draw("mm", height, fill)


def page_drawing(result: PageResult, settings: ExportSettings) -> bytes:
    """The plate as a whole: every vessel where it stands on the page, origin at the page's lower left corner.

    Millimetres of the real vessels where all share one scale, else pixels; nothing is mirrored or turned.

    Raises:
        PageError: as for `vessel_drawing`.
    """
    unit, factor = place_page(result)
    size = max(result.width_px, result.height_px) * factor
    for vessel in result.vessels:
        require_finite(vessel)

    matrix = (factor, 0.0, 0.0, -factor, 0.0, factor * result.height_px)

    def on_plate(geometry: BaseGeometry) -> BaseGeometry:
        return moved(geometry, matrix) if isinstance(geometry, Polygon) else affine_transform(geometry, matrix)

    ratio = max((print_ratio(vessel, settings) for vessel in result.vessels), default=1.0)
    height = text_height(unit, size / 2, ratio)

    def placed_curve(line: BaseGeometry, outlines: list[OutlineCurve]) -> np.ndarray:
        return curve_moved(curve_along(line, outlines), matrix)

    def fill(doc: Drawing) -> None:
        for vessel in result.vessels:
            pen = _pen(vessel, settings, factor)
            outlines = page_outlines(vessel)
            drawn = _add_on_plate(doc, vessel, result, on_plate, matrix, pen)
            if not settings.plain:
                for edge in vessel.edges:
                    if edge.kind == BREAK:
                        drawn += add_path(doc, placed_curve(edge.line, outlines), "PX_BREAK", pen)
                for contour in exterior_contour(vessel):
                    drawn += add_path(doc, placed_curve(contour, outlines), "PX_OUTLINE_EXT", pen)
                left, bottom, right, _ = on_plate(outline(vessel)).bounds
                drawn += add_label(doc, vessel.label, ((left + right) / 2, bottom - height / 2), height)
            add_group(doc, vessel.identifier, drawn)
        if settings.plain:
            return
        for bar in result.scale_bars:
            add_outline(doc, on_plate(bar), "PX_SCALEBAR")
        add_outline(doc, on_plate(shapely.box(0, 0, result.width_px, result.height_px)), "PX_FRAME")

    return draw(unit, height, fill)


def _pen(vessel: Vessel, settings: ExportSettings, factor: float | None = None) -> Pen:
    """Arcs as near to the curve as its own polygon is: within the chord error of the outline."""
    chord = max((section.chord_px for section in vessel.sections), default=0.0) or _LEAST_CHORD_PX
    scale = factor if factor is not None else (vessel.scale.mm_per_px if vessel.scale else 1.0)
    return Pen(chord * scale, settings.fill, settings.splines)


def _add_placed(doc: Drawing, placed: PlacedVessel, result: PageResult, pen: Pen) -> Entities:
    drawn: Entities = []
    for index, section in enumerate(placed.vessel.sections):
        properties = _without_curve(section_properties(section, placed.vessel, result))
        drawn += add_section(doc, placed.ring_curves(index), properties, pen)
    return drawn + add_line(doc, placed.axis, "PX_AXIS") + add_line(doc, placed.rim, "PX_RIM")


def _without_curve(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties of an entity that is the curve itself."""
    return {name: value for name, value in properties.items() if name != "curve"}


def _add_full(doc: Drawing, view: FullView, result: PageResult, pen: Pen) -> Entities:
    drawn: Entities = []
    for section, polygon in view.sections:
        properties = _without_curve(section_properties(section, view.vessel, result))
        drawn += add_section(doc, [view.curve_of(ring) for ring in ring_points(polygon)], properties, pen)
    drawn += add_line(doc, view.axis, "PX_AXIS")
    for lines, layer in ((view.rims, "PX_RIM"), (view.levels, "PX_OUTLINE_EXT"), (view.torn, "PX_BREAK")):
        for line in lines:
            drawn += add_line(doc, line, layer)
    for paths, layer in ((view.contours, "PX_OUTLINE_EXT"), (view.breaks, "PX_BREAK")):
        for path in paths:
            drawn += add_path(doc, view.curve_of(path), layer, pen)
    return drawn


def _add_words(
    doc: Drawing,
    vessel: Vessel,
    result: PageResult,
    bounds: tuple[float, float, float, float],
    height: float,
    *,
    has_rim_plane: bool,
) -> Entities:
    """Name and tag below a vessel's drawing, and its rim diameter above where y = 0 is the rim plane."""
    left, bottom, right, top = bounds
    below = ((left + right) / 2, bottom - height)
    drawn = add_label(doc, vessel.label, below, height)
    drawn += add_tag(doc, vessel_properties(vessel, result), below, height)
    if has_rim_plane:
        drawn += add_rim_dimension(doc, vessel.measures.get("rim_diameter_mm"), max(top, 0) + 2.5 * height)
    return drawn


def _lay_out_with_bar(
    doc: Drawing, vessel: Vessel, bounds: tuple[float, float, float, float], height: float, ratio: float
) -> None:
    """A metric bar below a vessel's drawing in millimetres, and the sheet that shows both."""
    left, bottom, right, top = bounds
    add_metric_bar(doc, (left, bottom - 4 * height), right - left, height)
    window = (left - 2 * height, bottom - 7 * height, right + 2 * height, max(top, 0) + 5 * height)
    lay_out(doc, window, ratio)


def _add_on_plate(
    doc: Drawing,
    vessel: Vessel,
    result: PageResult,
    on_plate: Callable[[BaseGeometry], BaseGeometry],
    matrix: tuple[float, ...],
    pen: Pen,
) -> Entities:
    drawn: Entities = []
    for section in vessel.sections:
        properties = _without_curve(section_properties(section, vessel, result))
        rings = section.curves or [straight(ring) for ring in ring_points(section.polygon)]
        drawn += add_section(doc, [curve_moved(ring, matrix) for ring in rings], properties, pen)
    for line, layer in ((vessel.axis, "PX_AXIS"), (vessel.rim, "PX_RIM")):
        drawn += add_line(doc, None if line is None else on_plate(line), layer)
    return drawn
