"""The vector truth of a synthetic page as a GeoJSON document, in the layout of page.geojson."""

from typing import Any

import numpy as np
from shapely import LineString, box, get_coordinates
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from profilex.synth.pages.page import Placed, SynthPage
from profilex.synth.writing.lettering import Text


def truth_document(page: SynthPage, name: str) -> dict[str, Any]:
    """The page's vector truth; see docs/synthetic.md for its parts."""
    h, w = page.grey.shape
    frame = box(0, 0, w, h)
    features: list[dict[str, Any]] = []

    def add(part: str, geometry: BaseGeometry, **facts: Any) -> None:
        if not geometry.is_empty and np.isfinite(get_coordinates(geometry)).all():
            features.append({"type": "Feature", "properties": {"part": part, **facts}, "geometry": mapping(geometry)})

    for i, vessel in enumerate(page.vessels):
        identifier = f"v{i + 1:03d}"
        facts = vessel_facts(vessel, identifier)
        handles = vessel.drawing.handles or (False,) * len(vessel.sections)
        for section, is_handle in zip(vessel.sections, handles, strict=True):
            add("section", section.buffer(0).intersection(frame), **facts, handle=is_handle)
        if vessel.axis is not None:
            add("axis", LineString(vessel.axis), identifier=identifier)
        if vessel.rim is not None:
            add("rim", LineString(vessel.rim), identifier=identifier)
        if vessel.label_box is not None:
            add("label", box(*vessel.label_box), identifier=identifier, text=vessel.label)
        for text in vessel.texts:
            add("text", box(*text.box), identifier=identifier, **text_facts(text))
        for mark in vessel.marks:
            add("mark", LineString(mark.line).intersection(frame), identifier=identifier, kind=mark.kind)
    for bar in page.bars:
        add("scale_bar", LineString(bar.ends), length_mm=bar.length_mm, text=bar.text)
    for text in page.texts:
        add("text", box(*text.box), **text_facts(text))
    return {
        "type": "FeatureCollection",
        "profilex:page": {
            "source": f"{name}.png",
            "width_px": w,
            "height_px": h,
            "dpi": page.dpi,
            "px_per_mm": page.px_per_mm,
            "style": page.style,
            "kind": page.kind,
            "school": page.school,
            "features": sorted(page.features),
        },
        "features": features,
    }


def vessel_facts(vessel: Placed, identifier: str) -> dict[str, Any]:
    """What is true of a vessel, in mm where it is a length; None where the drawing does not tell it."""
    d = vessel.drawing
    return {
        "identifier": identifier,
        "figure": vessel.label,
        "kind": d.kind,
        "side": d.side,
        "style": d.style,
        "rim_diameter_mm": _double(d.rim_radius_mm),
        "greatest_diameter_mm": _double(d.greatest_radius_mm) if d.rim_radius_mm is not None else None,
        "base_diameter_mm": _double(d.base_radius_mm) if d.axis is not None else None,
        "height_mm": None if d.height_mm is None else round(d.height_mm, 3),
        "wall_mm": round(d.wall_mm, 3),
        "volume_l": None if d.volume_l is None else round(d.volume_l, 4),
        "whole": d.whole,
        "n_symbol": d.n_symbol,
        "wall_px": round(d.wall_px, 3),
        "px_per_mm": round(d.px_per_mm, 5),
        "features": sorted(d.features),
    }


def text_facts(text: Text) -> dict[str, Any]:
    """A text's kind and words, for a dimension also what it states, of what, and what it spans."""
    facts: dict[str, Any] = {"kind": text.kind, "text": text.text}
    if text.value_mm is not None:
        facts |= {"value_mm": round(text.value_mm, 3), "quantity": text.quantity}
    if text.spans is not None:
        facts["spans"] = [[round(x, 2), round(y, 2)] for x, y in text.spans]
    return facts


def _double(radius: float | None) -> float | None:
    return None if radius is None else round(2 * radius, 3)
