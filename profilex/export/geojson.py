"""GeoJSON of a page (image pixels) and of a vessel (its own frame).

The coordinates are not geographic, whatever a GIS assumes; a top-level member says what they are.
"""

import json
from collections.abc import Iterator
from typing import Any

import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from profilex.errors import Code, PageError
from profilex.export.columns.properties import (
    Properties,
    edge_properties,
    line_properties,
    scale_bar_properties,
    section_properties,
    vessel_properties,
)
from profilex.export.frame.vessel_frame import PlacedVessel, merged, outline, place_page, place_vessel, require_finite
from profilex.types import PageResult, Vessel

PAGE_FRAME = "image pixels, x right, y down, pixel centres at .5; not geographic"

Feature = dict[str, Any]


def page_document(result: PageResult) -> bytes:
    """page.geojson: every vessel, section, axis, rim and scale bar of a page, in image pixels.

    The top-level member `profilex:page` names the scan and its size, `profilex:coordinates` the frame. A vessel's
    geometry is the MultiPolygon of its sections; those that overlap are merged. Coordinates have three decimals, more
    where three would spoil a geometry.

    Raises:
        PageError: a coordinate or a measure is not finite, or a measure is not declared in `fields`.
    """
    features = [feature for vessel in result.vessels for feature in _vessel_features(vessel, result)]
    features += [_feature(bar, scale_bar_properties(bar, result)) for bar in result.scale_bars]
    page: dict[str, Any] = {
        "source": result.ref.source,
        "frame": result.ref.frame,
        "width_px": result.width_px,
        "height_px": result.height_px,
        "sha256": result.sha256,
        "dpi": result.dpi,
    }
    unit, mm_per_px = place_page(result)
    if unit == "mm":
        page["px_per_mm"] = round(1.0 / mm_per_px, 9)
    return _serialise({"profilex:coordinates": PAGE_FRAME, "profilex:page": page}, features, result.ref.source)


def vessel_document(vessel: Vessel, result: PageResult) -> bytes:
    """One vessel in its own frame: x right, y up, in millimetres, or in pixels while the scale is unknown.

    The top-level member `profilex:vessel` names unit and origin.

    Raises:
        PageError: as for `page_document`.
    """
    placed = place_vessel(vessel)
    features = [_feature(MultiPolygon(list(placed.sections)), vessel_properties(vessel, result))]
    for polygon, section, curves in zip(placed.sections, vessel.sections, placed.curves, strict=True):
        features.append(_feature(polygon, section_properties(section, vessel, result, curves)))
    for part, line in (("axis", placed.axis), ("rim", placed.rim)):
        if line is not None:
            features.append(_feature(line, line_properties(part, vessel, result)))
    features += [_feature(edge.line, edge_properties(edge, vessel, result)) for edge in placed.edges]
    member = {"profilex:coordinates": _vessel_frame(placed), "profilex:vessel": _placement(placed)}
    return _serialise(member, features, vessel.identifier)


def _vessel_features(vessel: Vessel, result: PageResult) -> Iterator[Feature]:
    require_finite(vessel)
    yield _feature(outline(vessel), vessel_properties(vessel, result))
    for section in vessel.sections:
        yield _feature(section.polygon, section_properties(section, vessel, result))
    for part, line in (("axis", vessel.axis), ("rim", vessel.rim)):
        if line is not None:
            yield _feature(line, line_properties(part, vessel, result))
    for edge in vessel.edges:
        yield _feature(edge.line, edge_properties(edge, vessel, result))


def _vessel_frame(placed: PlacedVessel) -> str:
    return f"vessel frame in {placed.unit}, x right, y up, section at x < 0; not geographic"


def _placement(placed: PlacedVessel) -> dict[str, Any]:
    return {
        "identifier": placed.vessel.identifier,
        "unit": placed.unit,
        "origin": placed.origin,
        "mirrored": placed.mirrored,
        "rotation_deg": round(placed.rotation_deg, 4),
    }


def _feature(geometry: BaseGeometry, properties: Properties) -> Feature:
    written = None if geometry.is_empty else shapely.geometry.mapping(round_coordinates(geometry))
    return {"type": "Feature", "geometry": written, "properties": properties}


def round_coordinates(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry with three decimals, or as few more as keep a valid geometry valid.

    Polygons of a MultiPolygon that are nearer to each other than their tolerance can overlap: they are then merged.
    """
    if isinstance(geometry, MultiPolygon):
        # each polygon as in its own feature, so that the two agree
        parts = [round_coordinates(part) for part in geometry.geoms]
        whole = MultiPolygon(parts)
        return whole if whole.is_valid else merged(parts)
    for digits in (3, 6, 9):
        rounded = shapely.transform(geometry, lambda points, digits=digits: points.round(digits))
        if rounded.is_valid:
            return rounded
    return geometry


def _serialise(members: dict[str, Any], features: list[Feature], name: str) -> bytes:
    """The FeatureCollection as UTF-8, one feature a line."""
    try:
        head = json.dumps({"type": "FeatureCollection", **members}, ensure_ascii=False, allow_nan=False)
        lines = [json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features]
    except ValueError as error:
        raise PageError(
            Code.EXPORT, f"{name}: a value is not a finite number.", "Report this as a bug, with the scan."
        ) from error
    return (head[:-1] + ', "features": [\n' + ",\n".join(lines) + "\n]}\n").encode()
