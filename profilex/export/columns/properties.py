"""The values of the exported properties: what a feature, a row or a drawing's tag says of a vessel."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from profilex import __version__
from profilex.curves import path_data
from profilex.export.columns.fields import PAGE_QUANTITIES, QUANTITIES, STATED, TABLE, arrange
from profilex.export.frame.vessel_frame import outline, place_vessel
from profilex.types import BREAK, BY_MODEL, Edge, PageResult, Section, Vessel

Properties = dict[str, Any]

_CURVE_DIGITS = 4

NO_SCALE = "scale_unknown"
"""Why a vessel that was measured on the page has no millimetres."""


def vessel_properties(vessel: Vessel, result: PageResult) -> Properties:
    """Properties of a vessel's feature; the keys are those of `fields.names("vessel")`.

    Raises:
        PageError: a coordinate is not finite, or a measure is not declared in `fields`.
    """
    own = {
        "part": "vessel",
        "bbox_px": _box(outline(vessel)),
        "axis_unc_px": _rounded(vessel.axis_sd_px, 6) if vessel.axis is not None else None,
        "rim_unc_px": _rounded(vessel.rim_sd_px, 6) if vessel.rim is not None else None,
    }
    return arrange("vessel", own | _shared(vessel, result))


def section_properties(
    section: Section, vessel: Vessel, result: PageResult, curves: Sequence[np.ndarray] | None = None
) -> Properties:
    """Properties of a section's feature, with its vessel's scale and main measures.

    `curves` are its rings in the feature's frame where that is not the page.
    """
    rings = section.curves if curves is None else curves
    values: Properties = {
        "bbox_px": _box(section.polygon),
        "is_handle": section.is_handle,
        "confidence": _rounded(section.confidence),
        "px_per_mm": _px_per_mm(vessel),
        "curve": " ".join(path_data(ring, _CURVE_DIGITS, closed=True) for ring in rings) or None,
        **_outline_facts((section,), vessel),
    }
    for name in ("rim_diameter_mm", "height_mm"):
        values[name] = _rounded(vessel.measures[name].value) if name in vessel.measures else None
    return arrange("section", {"part": "section"} | _source(result, vessel) | values)


def line_properties(part: str, vessel: Vessel, result: PageResult) -> Properties:
    """Properties of an "axis" or "rim" feature."""
    known = {"axis_source": vessel.axis_source or None} if part == "axis" else {}
    return arrange(part, {"part": part} | _source(result, vessel) | known)


def edge_properties(edge: Edge, vessel: Vessel, result: PageResult) -> Properties:
    """Properties of an edge's feature."""
    return arrange("edge", {"part": "edge", "edge": edge.kind} | _source(result, vessel))


def scale_bar_properties(bar: BaseGeometry, result: PageResult) -> Properties:
    """Properties of a scale bar's feature; it belongs to no vessel."""
    return arrange("scale_bar", {"part": "scale_bar", "bbox_px": _box(bar)} | _source(result, None))


def table_row(vessel: Vessel, result: PageResult, files: Iterable[str]) -> Properties:
    """A vessel's line of profiles.csv; every value is text, a number, a boolean or None."""
    return arrange(TABLE, _shared(vessel, result) | {"files": "; ".join(files) or None})


def _shared(vessel: Vessel, result: PageResult) -> Properties:
    """What a vessel's feature and its row both say."""
    scale = vessel.scale
    return {
        **_source(result, vessel),
        "dpi": _rounded(result.dpi),
        "drawing_scale": scale.drawing_scale or None if scale else None,
        "scale_source": scale.source if scale else None,
        "mm_per_px": _rounded(scale.mm_per_px, 9) if scale else None,
        "mm_per_px_unc": _rounded(scale.mm_per_px * scale.uncertainty, 9) if scale else None,
        "px_per_mm": _px_per_mm(vessel),
        "section_side": vessel.side,
        "axis_source": vessel.axis_source or None,
        **_frame_facts(vessel),
        **_measures(vessel),
        "portion": vessel.portion or None,
        "n_breaks": sum(edge.kind == BREAK for edge in vessel.edges) if vessel.edges else None,
        "height_is_complete": vessel.height_is_complete,
        **_outline_facts(vessel.sections, vessel),
        "n_sections": len(vessel.sections),
        **_residual_facts(vessel),
        "confidence": _rounded(vessel.confidence),
        "printed_diameter": vessel.printed_diameter or None,
        "review": "; ".join(vessel.review),
        "review_status": vessel.reviewed.status or None,
        "reviewed_by": vessel.reviewed.by or None,
        "reviewed_at": vessel.reviewed.at or None,
        "geometry_source": vessel.reviewed.geometry or BY_MODEL,
        "note": vessel.reviewed.note or None,
        "catalogue_entry": vessel.reviewed.entry or None,
        "model_id": result.versions.get("model"),
        "model_sha256": result.versions.get("model_sha256"),
        "software": f"profilex {result.versions.get('profilex', __version__)}",
    }


def _source(result: PageResult, vessel: Vessel | None) -> Properties:
    return {
        "identifier": vessel.identifier if vessel else None,
        "page": result.ref.frame,
        "figure": (vessel.figure or None) if vessel else None,
        "file_stem": (vessel.stem or None) if vessel else None,
        "source_file": result.ref.source,
        "source_sha256": result.sha256,
    }


def _frame_facts(vessel: Vessel) -> Properties:
    placed = place_vessel(vessel)
    return {"mirrored": placed.mirrored, "frame_origin": placed.origin}


def _measures(vessel: Vessel) -> Properties:
    """Every measure with its uncertainty and reason; one that is not declared is passed on, to be refused."""
    reasons = {quantity.name: quantity.reason for quantity in (*QUANTITIES, *PAGE_QUANTITIES, *STATED)}
    without_scale = {quantity.name for quantity in STATED}
    values: Properties = {}
    for name, measure in vessel.measures.items():
        values[name] = _rounded(measure.value)
        values[f"{name}_unc"] = _rounded(measure.uncertainty)
        needs_scale = vessel.scale is None and measure.value is not None and name not in without_scale
        unscaled = NO_SCALE if needs_scale else None
        values[reasons.get(name, f"{name}_reason")] = measure.reason or unscaled
    return values


def _outline_facts(sections: tuple[Section, ...], vessel: Vessel) -> Properties:
    """Size and error of an outline; of several, the largest error."""
    tolerance = max((section.tolerance_px for section in sections), default=None)
    distance = max((section.hausdorff_px for section in sections), default=None)
    chord = max((section.chord_px for section in sections), default=None)
    mm_per_px = vessel.scale.mm_per_px if vessel.scale else None
    rings = [ring for section in sections for ring in (section.polygon.exterior, *section.polygon.interiors)]
    facts: Properties = {
        "tolerance_mm": _product(tolerance, mm_per_px),
        "hausdorff_mm": _product(distance, mm_per_px),
        "tolerance_px": _rounded(tolerance),
        "hausdorff_px": _rounded(distance),
        "chord_px": _rounded(chord),
        "chord_mm": _product(chord, mm_per_px),
        "n_pieces": sum(len(ring) for section in sections for ring in section.curves),
        "n_vertices": sum(len(ring.coords) - 1 for ring in rings),
        "n_holes": len(rings) - len(sections),
    }
    return facts


def _residual_facts(vessel: Vessel) -> Properties:
    residual = vessel.residual
    return {
        "residual_px": _rounded(residual.distance_px) if residual else None,
        "residual_share": _rounded(residual.share) if residual else None,
        "residual_tone": _rounded(residual.uneven) if residual else None,
    }


def _product(value: float | None, factor: float | None) -> float | None:
    return None if value is None or factor is None else _rounded(value * factor, 6)


def _px_per_mm(vessel: Vessel) -> float | None:
    return _rounded(1.0 / vessel.scale.mm_per_px, 9) if vessel.scale else None


def _box(geometry: BaseGeometry) -> list[float] | None:
    return None if geometry.is_empty else [round(value, 3) for value in geometry.bounds]


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(float(value), digits)
