"""DXF drawings: a vessel in its own frame, and the plate as a whole.

R2010, model space 1:1 in millimetres of the real vessel (pixels and no unit while the scale is unknown); the
publication scale is a viewport's. Entities lie flat in model space, as GIS readers collapse blocks.
"""

from collections.abc import Callable

import shapely
from ezdxf.document import Drawing
from shapely import Polygon
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from profilex.export.columns.properties import section_properties, vessel_properties
from profilex.export.dxf.document import draw, text_height
from profilex.export.dxf.entities import (
    Entities,
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
from profilex.export.frame.vessel_frame import (
    AXIS_RIM,
    PlacedVessel,
    moved,
    outline,
    place_page,
    place_vessel,
    require_finite,
)
from profilex.export.full import FullView, full_view
from profilex.settings import ExportSettings
from profilex.types import BREAK, PageResult, Vessel

__all__ = ["full_drawing", "page_drawing", "vessel_drawing"]


def vessel_drawing(vessel: Vessel, result: PageResult, settings: ExportSettings) -> bytes:
    """One vessel in its own frame, with its rim's diameter, its name, a metric bar and a plate in paper space.

    Without a scale the unit is the pixel and the drawing names no length. A plain drawing has section, axis and rim
    alone.

    Raises:
        PageError: a number is not finite, or the document does not pass ezdxf's audit.
    """
    placed = place_vessel(vessel)
    left, bottom, right, top = placed.bounds
    size = max(right - left, top - bottom, 1e-3)

    def fill(doc: Drawing) -> None:
        drawn = _add_placed(doc, placed, result, filled=settings.fill)
        if settings.plain:
            add_group(doc, vessel.identifier, drawn)
            return
        for edge in placed.edges:
            drawn += add_path(doc, edge.line, "PX_BREAK") if edge.kind == BREAK else []
        for contour in placed.exterior:
            drawn += add_path(doc, contour, "PX_OUTLINE_EXT")
        drawn += _add_words(doc, vessel, result, placed.bounds, has_rim_plane=placed.origin == AXIS_RIM)
        add_group(doc, vessel.identifier, drawn)
        if placed.unit == "mm":
            _lay_out_with_bar(doc, vessel, placed.bounds)

    return draw(placed.unit, size, fill)


def full_drawing(vessel: Vessel, result: PageResult, settings: ExportSettings) -> bytes:
    """The full drawing of a vessel, in millimetres; see `profilex.export.full`.

    The exterior's outline is a polyline, its horizontal lines are lines of the same layer. Broken edges are dashed. A
    plain drawing has no words, dimension, bar and sheet.

    Raises:
        PageError: as for `vessel_drawing`.
        ValueError: the vessel has none; see `profilex.export.full.refusal`.
    """
    view = full_view(vessel)
    left, bottom, right, top = view.bounds

    def fill(doc: Drawing) -> None:
        drawn = _add_full(doc, view, result, filled=settings.fill)
        if not settings.plain:
            drawn += _add_words(doc, vessel, result, view.bounds, has_rim_plane=view.origin == AXIS_RIM)
        add_group(doc, vessel.identifier, drawn)
        if not settings.plain:
            _lay_out_with_bar(doc, vessel, view.bounds)

    return draw("mm", max(right - left, top - bottom, 1e-3), fill)


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

    def on_plate(geometry: BaseGeometry) -> BaseGeometry:
        matrix = (factor, 0.0, 0.0, -factor, 0.0, factor * result.height_px)
        return moved(geometry, matrix) if isinstance(geometry, Polygon) else affine_transform(geometry, matrix)

    def fill(doc: Drawing) -> None:
        height = text_height(size) / 2
        for vessel in result.vessels:
            drawn = _add_on_plate(doc, vessel, result, on_plate, filled=settings.fill)
            if not settings.plain:
                for edge in vessel.edges:
                    drawn += add_path(doc, on_plate(edge.line), "PX_BREAK") if edge.kind == BREAK else []
                for contour in exterior_contour(vessel):
                    drawn += add_path(doc, on_plate(contour), "PX_OUTLINE_EXT")
                left, bottom, right, _ = on_plate(outline(vessel)).bounds
                drawn += add_label(doc, vessel.label, ((left + right) / 2, bottom - height / 2), height)
            add_group(doc, vessel.identifier, drawn)
        if settings.plain:
            return
        for bar in result.scale_bars:
            add_outline(doc, on_plate(bar), "PX_SCALEBAR")
        add_outline(doc, on_plate(shapely.box(0, 0, result.width_px, result.height_px)), "PX_FRAME")

    return draw(unit, size, fill)


def _add_placed(doc: Drawing, placed: PlacedVessel, result: PageResult, *, filled: bool) -> Entities:
    drawn: Entities = []
    for polygon, section in zip(placed.sections, placed.vessel.sections, strict=True):
        drawn += add_section(doc, polygon, section_properties(section, placed.vessel, result), filled=filled)
    return drawn + add_line(doc, placed.axis, "PX_AXIS") + add_line(doc, placed.rim, "PX_RIM")


def _add_full(doc: Drawing, view: FullView, result: PageResult, *, filled: bool) -> Entities:
    drawn: Entities = []
    for section, polygon in view.sections:
        drawn += add_section(doc, polygon, section_properties(section, view.vessel, result), filled=filled)
    drawn += add_line(doc, view.axis, "PX_AXIS")
    for lines, layer in ((view.rims, "PX_RIM"), (view.levels, "PX_OUTLINE_EXT"), (view.torn, "PX_BREAK")):
        for line in lines:
            drawn += add_line(doc, line, layer)
    for paths, layer in ((view.contours, "PX_OUTLINE_EXT"), (view.breaks, "PX_BREAK")):
        for path in paths:
            drawn += add_path(doc, path, layer)
    return drawn


def _add_words(
    doc: Drawing,
    vessel: Vessel,
    result: PageResult,
    bounds: tuple[float, float, float, float],
    *,
    has_rim_plane: bool,
) -> Entities:
    """Name and tag below a vessel's drawing, and its rim diameter above where y = 0 is the rim plane."""
    left, bottom, right, top = bounds
    height = text_height(max(right - left, top - bottom, 1e-3))
    below = ((left + right) / 2, bottom - height)
    drawn = add_label(doc, vessel.label, below, height)
    drawn += add_tag(doc, vessel_properties(vessel, result), below, height)
    if has_rim_plane:
        drawn += add_rim_dimension(doc, vessel.measures.get("rim_diameter_mm"), max(top, 0) + 2.5 * height)
    return drawn


def _lay_out_with_bar(doc: Drawing, vessel: Vessel, bounds: tuple[float, float, float, float]) -> None:
    """A metric bar below a vessel's drawing in millimetres, and the sheet that shows both."""
    left, bottom, right, top = bounds
    height = text_height(max(right - left, top - bottom, 1e-3))
    add_metric_bar(doc, (left, bottom - 4 * height), right - left, height)
    window = (left - 2 * height, bottom - 7 * height, right + 2 * height, max(top, 0) + 5 * height)
    lay_out(doc, window, vessel.scale.drawing_scale if vessel.scale else "")


def _add_on_plate(
    doc: Drawing,
    vessel: Vessel,
    result: PageResult,
    on_plate: Callable[[BaseGeometry], BaseGeometry],
    *,
    filled: bool,
) -> Entities:
    drawn: Entities = []
    for section in vessel.sections:
        properties = section_properties(section, vessel, result)
        drawn += add_section(doc, on_plate(section.polygon), properties, filled=filled)
    for line, layer in ((vessel.axis, "PX_AXIS"), (vessel.rim, "PX_RIM")):
        drawn += add_line(doc, None if line is None else on_plate(line), layer)
    return drawn
