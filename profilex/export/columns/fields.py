"""Every property and column that profilex exports, declared once: name, type, unit, meaning and where it occurs.

GeoJSON features, profiles.csv, the DXF's tags and `docs/formats.md` all follow this table; a value whose name is not
in it is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from profilex.errors import Code, PageError

PARTS = ("section", "vessel", "axis", "rim", "edge", "scale_bar")
"""What a feature of page.geojson can be; `TABLE` is the one other place of a field."""

TABLE = "table"

_EVERYWHERE = (*PARTS, TABLE)
_VESSEL = ("vessel", TABLE)
_DRAWN = ("section", "vessel", TABLE)


@dataclass(frozen=True, slots=True)
class Field:
    """A property: `type` is text, integer, number, numbers (a list) or boolean; `unit` is "" for a pure number.

    `places` are the parts, and the table, in which it occurs.
    """

    name: str
    type: str
    unit: str
    meaning: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measure of a vessel: exported as `name`, `<name>_unc` (one standard deviation) and `reason`."""

    name: str
    unit: str
    meaning: str
    reason: str
    places: tuple[str, ...] = _VESSEL


QUANTITIES = (
    Quantity("rim_diameter_mm", "mm", "twice the outermost radius at the rim plane", "rim_diameter_reason", _DRAWN),
    Quantity("height_mm", "mm", "from the rim plane to the lowest point drawn", "height_reason", _DRAWN),
    Quantity("base_diameter_mm", "mm", "twice the outermost radius at the base", "base_diameter_reason"),
    Quantity("max_diameter_mm", "mm", "twice the outermost radius of the vessel", "max_diameter_reason"),
    Quantity("wall_thickness_mm_p5", "mm", "5th percentile of the wall's thickness", "wall_thickness_p5_reason"),
    Quantity("wall_thickness_mm_p50", "mm", "median of the wall's thickness", "wall_thickness_p50_reason"),
    Quantity("wall_thickness_mm_p95", "mm", "95th percentile of the wall's thickness", "wall_thickness_p95_reason"),
    Quantity("capacity_ml", "ml", "volume of the cavity up to the rim plane", "capacity_reason"),
    Quantity("clay_volume_ml", "ml", "volume of the wall turned around the axis", "clay_volume_reason"),
)
"""Every real measure that a vessel can have; without a scale all of them are missing."""


def _on_page(quantity: Quantity) -> Quantity:
    """The same measure in page pixels, which needs no scale; both share one reason."""
    unit = "px3" if quantity.unit == "ml" else "px"
    name = quantity.name.replace(f"_{quantity.unit}", f"_{unit}")
    return Quantity(name, unit, f"{quantity.meaning}, on the page", quantity.reason)


PAGE_QUANTITIES = tuple(_on_page(quantity) for quantity in QUANTITIES)
"""The measures in page pixels."""


STATED = (
    Quantity(
        "rim_percent",
        "%",
        "share of the rim's circumference that is preserved, as printed at the drawing",
        "rim_percent_reason",
    ),
)
"""What is printed beside the drawing and needs no scale."""


def _stated_fields(quantity: Quantity) -> tuple[Field, ...]:
    return (
        Field(quantity.name, "number", quantity.unit, quantity.meaning, quantity.places),
        Field(f"{quantity.name}_unc", "number", quantity.unit, f"standard deviation of {quantity.name}", _VESSEL),
        Field(quantity.reason, "text", "", f"why {quantity.name} is missing", _VESSEL),
    )


def _measure_fields(quantity: Quantity) -> tuple[Field, ...]:
    fields = [
        Field(q.name, "number", q.unit, q.meaning, q.places if q is quantity else _VESSEL)
        for q in (quantity, _on_page(quantity))
    ]
    spreads = [Field(f"{f.name}_unc", "number", f.unit, f"standard deviation of {f.name}", _VESSEL) for f in fields]
    reason = Field(quantity.reason, "text", "", f"why {quantity.name} is missing, or what it lacks", _VESSEL)
    return (fields[0], spreads[0], fields[1], spreads[1], reason)


FIELDS: tuple[Field, ...] = (
    Field("identifier", "text", "", "the vessel's stable name, also of its files; none for scale bars", _EVERYWHERE),
    Field("part", "text", "", "section, vessel, axis, rim, edge or scale_bar", PARTS),
    Field("page", "integer", "", "frame of the source file, counted from 0", _EVERYWHERE),
    Field("figure", "text", "", "figure number as printed beside the drawing", _EVERYWHERE),
    Field(
        "file_stem",
        "text",
        "",
        "names of the vessel's files, if not the identifier",
        _EVERYWHERE,
    ),
    Field("source_file", "text", "", "path of the scan below the scan folder", _EVERYWHERE),
    Field("source_sha256", "text", "", "SHA-256 of the scan's bytes", _EVERYWHERE),
    Field("edge", "text", "", "stretch of the outline: rim, outer, base, inner, break or wall", ("edge",)),
    Field("is_handle", "boolean", "", "the section of a handle, drawn apart from the wall", ("section",)),
    Field("bbox_px", "numbers", "px", "left, top, right, bottom on the page", ("section", "vessel", "scale_bar")),
    Field("dpi", "number", "px/inch", "resolution that the file states and that can be trusted", _VESSEL),
    Field("drawing_scale", "text", "", "publication scale as printed, such as 1:3", _VESSEL),
    Field("scale_source", "text", "", "bar, bar_cells, ratio+dpi, option, table or neighbours", _VESSEL),
    Field("mm_per_px", "number", "mm/px", "real millimetres per page pixel", _VESSEL),
    Field("mm_per_px_unc", "number", "mm/px", "standard deviation of mm_per_px", _VESSEL),
    Field("px_per_mm", "number", "px/mm", "page pixels per real millimetre", _DRAWN),
    Field(
        "section_side",
        "text",
        "",
        "side of the axis on which the section is drawn: left, right, both or unknown",
        _VESSEL,
    ),
    Field(
        "mirrored", "boolean", "", "the vessel frame is the page's mirror image, to have the section at left", _VESSEL
    ),
    Field("axis_source", "text", "", "how the axis was found", ("vessel", "axis", TABLE)),
    Field("frame_origin", "text", "", "origin of the vessel frame: axis_rim, axis_top or section_top_right", _VESSEL),
    *(field for quantity in QUANTITIES for field in _measure_fields(quantity)),
    *(field for quantity in STATED for field in _stated_fields(quantity)),
    Field("printed_diameter", "text", "", "diameters as they are printed at the drawing", _VESSEL),
    Field("axis_unc_px", "number", "px", "standard deviation of the axis's place at the rim plane", ("vessel",)),
    Field("rim_unc_px", "number", "px", "standard deviation of the rim plane's place", ("vessel",)),
    Field("portion", "text", "", "what is preserved: complete, rim, base or wall", _VESSEL),
    Field("n_breaks", "integer", "", "break edges of the sections", _VESSEL),
    Field("height_is_complete", "boolean", "", "rim and base are both drawn", _VESSEL),
    Field("tolerance_px", "number", "px", "bound on the distance of the outline from its contour", _DRAWN),
    Field("hausdorff_px", "number", "px", "distance of the outline from its contour", _DRAWN),
    Field("tolerance_mm", "number", "mm", "tolerance_px in real millimetres", _DRAWN),
    Field("hausdorff_mm", "number", "mm", "hausdorff_px in real millimetres", _DRAWN),
    Field("chord_px", "number", "px", "bound on the distance of the polygon from its curve; 0 for a polygon", _DRAWN),
    Field("chord_mm", "number", "mm", "chord_px in real millimetres", _DRAWN),
    Field("n_sections", "integer", "", "separate pieces of the cut wall", _VESSEL),
    Field("n_vertices", "integer", "", "vertices of the outline, without closing points", _DRAWN),
    Field("n_pieces", "integer", "", "curves and straight lines of the outline; 0 for a polygon", _DRAWN),
    Field("n_holes", "integer", "", "holes within the outline", _DRAWN),
    Field("residual_px", "number", "px", "mean distance of the outline to the scan's ink", _VESSEL),
    Field("residual_share", "number", "", "share of the outline that has no ink nearby", _VESSEL),
    Field("residual_tone", "number", "", "share of the section's inside whose tone is not the rest's", _VESSEL),
    Field("confidence", "number", "", "probability of being right; of a section the mean of the network's own", _DRAWN),
    Field("review", "text", "", "reasons why a person should check the vessel, separated by '; '", _VESSEL),
    Field("review_status", "text", "", "what a person decided: accepted, corrected or rejected", _VESSEL),
    Field("reviewed_by", "text", "", "who decided last", _VESSEL),
    Field("reviewed_at", "text", "", "when, in UTC", _VESSEL),
    Field("geometry_source", "text", "", "who drew the sections, axis and rim: model or person", _VESSEL),
    Field("note", "text", "", "what a person noted", _VESSEL),
    Field("catalogue_entry", "text", "", "the catalogue's text about the vessel, as a person confirmed it", _VESSEL),
    Field(
        "curve",
        "text",
        "",
        "the outline as SVG path data (M, L, C, Z) in the feature's coordinates, of which the geometry is a polyline",
        ("section",),
    ),
    Field("model_id", "text", "", "name of the model", _VESSEL),
    Field("model_sha256", "text", "", "digest of the model", _VESSEL),
    Field("software", "text", "", "name and version of the program", _VESSEL),
    Field("files", "text", "", "files of the vessel in the output folder, separated by '; '", (TABLE,)),
)
"""All exported properties, in the order of every file."""


def names(place: str) -> tuple[str, ...]:
    """Names of the properties of a part, or of the columns of the `TABLE`."""
    return tuple(field.name for field in FIELDS if place in field.places)


def arrange(place: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of one place in the table's order; a declared name without a value is None.

    Raises:
        PageError: a name is not declared for this place.
    """
    declared = names(place)
    if strangers := sorted(set(values) - set(declared)):
        raise PageError(
            Code.EXPORT,
            f"{', '.join(strangers)}: not declared for {place} in profilex.export.columns.fields.",
            "Report this as a bug.",
        )
    return {name: values.get(name) for name in declared}
