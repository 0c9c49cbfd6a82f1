"""A page's vessels and sections as an AnnotationPage of the W3C Web Annotation Data Model."""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from shapely import Polygon

from profilex.plugins import section_properties, vessel_properties
from profilex.types import PageResult, Vessel
from profilex_iiif import __version__

Json = dict[str, Any]

ANNOTATION_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
PRESENTATION_CONTEXT = "http://iiif.io/api/presentation/3/context.json"

VESSEL, SECTION = "vessel", "section"
"""What can be annotated."""

TEXT, JSON_TEXT = "text", "json"
"""What a body can be: words for people, and the properties for machines."""

_SPACE = uuid.UUID("6f1c2f0a-5b0e-5d6c-9b5e-3d2f6c1a7e40")  # of this plugin's names
_DIGITS = 2
_MOTIVATIONS = ["describing", "commenting"]  # it describes; viewers list what comments
_TOLD = (  # property, words, unit, property with the reason
    ("rim_diameter_mm", "rim diameter", "mm", "rim_diameter_reason"),
    ("height_mm", "height", "mm", "height_reason"),
    ("base_diameter_mm", "base diameter", "mm", "base_diameter_reason"),
    ("max_diameter_mm", "greatest diameter", "mm", "max_diameter_reason"),
    ("wall_thickness_mm_p50", "wall thickness", "mm", "wall_thickness_p50_reason"),
    ("capacity_ml", "capacity", "ml", "capacity_reason"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """What the annotations of a page lie on: a canvas or an image, and the part of it that the page's pixels fill.

    `source` is the resource as it stands in the annotations; `box` (x, y, width, height) is in its units.
    """

    source: Json
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Form:
    """What is annotated and how: `parts` are VESSEL, SECTION or both, `bodies` TEXT, JSON_TEXT or both.

    `stroke` is the outline's colour, "" for none: the standard advises against one, as clients should have their own,
    but some viewers then draw black.
    """

    parts: tuple[str, ...]
    bodies: tuple[str, ...]
    stroke: str = ""


def annotation_page(result: PageResult, target: Target, address: str, form: Form) -> Json:
    """The page's annotations: one for every vessel, and one for every section of it, as `form` wants them.

    `address` is where the page will be published, "" for names that are no addresses. Numbers are those of
    page.geojson.

    Raises:
        PageError: a coordinate or a measure is not finite.
    """
    name = address or _urn(result, "page")
    contexts = [ANNOTATION_CONTEXT, *([PRESENTATION_CONTEXT] if address else [])]
    items = [item for vessel in result.vessels for item in _vessel_items(vessel, result, target, address, form)]
    return {
        "@context": contexts if len(contexts) > 1 else contexts[0],
        "id": name,
        "type": "AnnotationPage",
        "items": items,
    }


def _vessel_items(vessel: Vessel, result: PageResult, target: Target, address: str, form: Form) -> Iterator[Json]:
    def annotation(part: str, polygons: list[Polygon], properties: Json, words: str) -> Json:
        return {
            "id": f"{address}#{quote(part)}" if address else _urn(result, part),
            "type": "Annotation",
            "motivation": _MOTIVATIONS,
            "creator": _software(result),
            "generator": {"type": "Software", "name": f"profilex-iiif {__version__}"},
            "body": list(_bodies(properties, words, form.bodies)),
            "target": {
                "type": "SpecificResource",
                "source": target.source,
                "selector": {"type": "SvgSelector", "value": _svg(polygons, result, target, form.stroke)},
            },
        }

    properties = vessel_properties(vessel, result)
    sections = [section.polygon for section in vessel.sections]
    if VESSEL in form.parts:
        yield annotation(vessel.identifier, sections, properties, _vessel_words(properties))
    for number, section in enumerate(vessel.sections if SECTION in form.parts else (), 1):
        what = "section of a handle" if section.is_handle else "section"
        words = f"{_called(properties)}, {what} {number} of {len(sections)}"
        facts = section_properties(section, vessel, result)
        yield annotation(f"{vessel.identifier}-section-{number}", [section.polygon], facts, words)


def _bodies(properties: Json, words: str, wanted: Sequence[str]) -> Iterator[Json]:
    if TEXT in wanted:
        yield {"type": "TextualBody", "value": words, "format": "text/plain", "language": "en", "purpose": "describing"}
    if JSON_TEXT in wanted:
        value = json.dumps(properties, ensure_ascii=False, allow_nan=False)
        yield {"type": "TextualBody", "value": value, "format": "application/json", "purpose": "describing"}


def _called(properties: Json) -> str:
    figure = f", fig. {properties['figure']}" if properties["figure"] else ""
    return f"{properties['identifier']}{figure}"


def _vessel_words(properties: Json) -> str:
    """The vessel in a sentence: name, measures with one standard deviation, scale, what to look at."""
    measures = [
        _measure(label, properties[name], properties[f"{name}_unc"], unit, properties[reason])
        for name, label, unit, reason in _TOLD
        if properties[name] is not None
    ]
    if properties["mm_per_px"] is None:
        measures = ["scale unknown, no measures"]
    review = [f"to be looked at: {properties['review']}"] if properties["review"] else []
    return "; ".join([_called(properties), *measures, *review])


def _measure(label: str, value: float, spread: float | None, unit: str, lacks: str | None) -> str:
    return (
        f"{label} {value:.1f}{f' ± {spread:.1f}' if spread is not None else ''} {unit}{f' ({lacks})' if lacks else ''}"
    )


def _software(result: PageResult) -> Json:
    versions = result.versions
    model = f", model {versions['model']} (sha256 {versions.get('model_sha256', '')})" if "model" in versions else ""
    return {"type": "Software", "name": f"profilex {versions.get('profilex', '')}{model}"}


def _svg(polygons: Sequence[Polygon], result: PageResult, target: Target, stroke: str) -> str:
    """One path of all rings in the units of the target; holes by the rule evenodd."""
    x, y, width, height = target.box
    across, down = width / result.width_px, height / result.height_px
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    path = " ".join(
        "M" + " L".join(f"{_number(x + across * px)},{_number(y + down * py)}" for px, py in ring.coords[:-1]) + " Z"
        for ring in rings
    )
    style = f' fill="none" stroke="{stroke}"' if stroke else ""
    return f'<svg xmlns="http://www.w3.org/2000/svg"><path fill-rule="evenodd"{style} d="{path}"/></svg>'


def _number(value: float) -> str:
    return f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")


def _urn(result: PageResult, part: str) -> str:
    """A name that follows from the scan and the part alone."""
    return uuid.uuid5(_SPACE, f"{result.sha256}#{result.ref.frame}#{result.ref.source}#{part}").urn
