"""The records of a package: what Field is told of a publication and its vessels."""

import math
from collections.abc import Sequence
from typing import Any

from profilex.types import Measure, Vessel
from profilex_idai_field.catalog import Catalog
from profilex_idai_field.naming import Entry

Resource = dict[str, Any]

_DIAMETERS = {
    "rim_diameter_mm": "rim diameter",
    "base_diameter_mm": "base diameter",
    "max_diameter_mm": "greatest diameter",
}
_THICKNESS = ("wall_thickness_mm_p5", "wall_thickness_mm_p95")


def new_records(entries: Sequence[Entry], catalog: Catalog) -> list[Resource]:
    """Records that Field does not have yet: the catalogue, its types, a findspot, and a find a type."""
    catalog_id, findspot_id = catalog.catalog_id, catalog.findspot_id
    return [
        {
            "category": "TypeCatalog",
            "identifier": catalog_id,
            "shortDescription": catalog.title,
            "literature": catalog.literature(),
        },
        *(_type(entry, catalog, catalog_id) for entry in entries),
        {"category": "Trench", "identifier": findspot_id, "shortDescription": f"Findspots in {catalog.title}"},
        *(_find(entry, findspot_id) for entry in entries),
    ]


def drawing_updates(entries: Sequence[Entry], catalog: Catalog) -> list[Resource]:
    """What the drawings are told once their files are imported."""
    return [_drawing(entry, catalog) for entry in entries]


def _type(entry: Entry, catalog: Catalog, catalog_id: str) -> Resource:
    """A type has no geometry and no dimensions: these are of the find that stands for it."""
    return {
        "category": "Type",
        "identifier": entry.type_id,
        "shortDescription": short_description(entry, catalog),
        "description": provenance(entry),
        "literature": catalog.literature(entry.page, entry.figure),
        "relations": {"isChildOf": catalog_id, "isDepictedIn": [entry.image]},
    }


def _find(entry: Entry, findspot_id: str) -> Resource:
    return {
        "category": "Pottery",
        "identifier": entry.find_id,
        "shortDescription": _kind(entry.vessel),
        **dimensions(entry.vessel),
        "relations": {"isChildOf": findspot_id, "isInstanceOf": [entry.type_id], "isDepictedIn": [entry.image]},
    }


def _drawing(entry: Entry, catalog: Catalog) -> Resource:
    return {
        "category": "Drawing",
        "identifier": entry.image,
        "shortDescription": "profile",
        "literature": catalog.literature(entry.page, entry.figure),
        **({"drawingTool": catalog.drawing_tool} if catalog.drawing_tool else {}),
        "relations": {"depicts": [entry.type_id, entry.find_id]},
    }


def short_description(entry: Entry, catalog: Catalog) -> str:
    """How a type is called: by a person, else after its figure, else after its place in the scans."""
    short = catalog.short_quotation or catalog.title
    return entry.type_name or (
        f"{short}, fig. {entry.figure}" if entry.figure else f"{short}, {entry.vessel.identifier}"
    )


def provenance(entry: Entry) -> str:
    """What a record comes from: software, model, scan and scale. The list of scales in Field lacks most of them."""
    versions, scale = entry.result.versions, entry.vessel.scale
    parts = [f"profilex {versions.get('profilex', '?')}"]
    if model := versions.get("model"):
        parts.append(f"model {model} ({versions.get('model_sha256', '')[:12]})")
    parts.append(f"scan {entry.place}")
    if scale is None:
        parts.append("scale unknown, no measures")
    else:
        printed = f" {scale.drawing_scale}" if scale.drawing_scale else ""
        parts.append(f"scale{printed} from {scale.source}")
    if entry.vessel.review:
        parts.append(f"to be looked at: {', '.join(entry.vessel.review)}")
    return "; ".join(parts)


def _kind(vessel: Vessel) -> str:
    if vessel.height_is_complete:
        return "complete profile"
    return "sherd" if vessel.rim is None else "rim sherd"


def dimensions(vessel: Vessel) -> Resource:
    """The measures in millimetres that a vessel has; none without a scale."""
    if vessel.scale is None:
        return {}
    printed = vessel.scale.drawing_scale
    derived = (
        f"derived from drawing at {printed}" if printed else f"derived from drawing, scale from {vessel.scale.source}"
    )
    found: Resource = {}
    for name, words in _DIAMETERS.items():
        if (measure := _known(vessel, name)) is not None:
            found.setdefault("dimensionDiameter", []).append(_dimension(measure, f"{words}, {derived}"))
    if (height := _known(vessel, "height_mm")) is not None:
        words = "preserved height" if height.reason else "height"
        found["dimensionHeight"] = [_dimension(height, f"{words}, {derived}")]
    thin, thick = (_known(vessel, name) for name in _THICKNESS)
    if thin is not None:
        dimension = _dimension(thin, f"wall thickness, {derived}")
        if thick is not None and (end := _millimetres(thick)) > dimension["inputValue"]:
            dimension["inputRangeEndValue"] = end  # Field refuses a range whose end is its start
        found["dimensionThickness"] = [dimension]
    return found


def _known(vessel: Vessel, name: str) -> Measure | None:
    """A measure that Field takes: finite, and above 0 once it is rounded."""
    measure = vessel.measures.get(name)
    if measure is None or measure.value is None or not math.isfinite(measure.value):
        return None
    return measure if _millimetres(measure) > 0 else None


def _dimension(measure: Measure, comment: str) -> Resource:
    if measure.uncertainty:
        comment += f", standard deviation {measure.uncertainty:.1f} mm"
    return {
        "inputValue": _millimetres(measure),
        "inputUnit": "mm",
        "isImprecise": True,
        "measurementComment": {"en": comment},
    }


def _millimetres(measure: Measure) -> float:
    return round(float(measure.value or 0.0), 1)
