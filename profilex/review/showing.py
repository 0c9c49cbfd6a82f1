"""What the page in the browser is sent about vessels: geometry in page px with three decimals, measures, decisions."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
from shapely import LineString, Polygon

from profilex.decisions import Corrected, Subject
from profilex.decisions.applying import LOOK_AGAIN
from profilex.decisions.event import StatedScale
from profilex.export.columns.fields import PAGE_QUANTITIES, QUANTITIES, STATED
from profilex.review.scans import TILE_PX, level_count
from profilex.types import Measure, PageResult, Vessel


def page_state(view: Corrected, place: int, *, page: Subject | None) -> dict[str, Any]:
    """A page with its vessels."""
    result = view.result
    return {
        "page": place,
        "source": result.ref.source,
        "frame": result.ref.frame,
        "width": result.width_px,
        "height": result.height_px,
        "dpi": result.dpi,
        "tile": TILE_PX,
        "levels": level_count(result.width_px, result.height_px),
        "bars": [_ring(bar.exterior) for bar in result.scale_bars],
        "scale": {"heads": list(page.heads) if page else [], "stated": _stated(page)},
        "vessels": [vessel_state(vessel, view.subjects.get(vessel.identifier)) for vessel in result.vessels],
        "orphans": [{"name": subject.name, "vessel": subject.vessel, "why": why} for subject, why in view.orphans],
    }


def vessel_state(vessel: Vessel, subject: Subject | None) -> dict[str, Any]:
    """A vessel in its present state, with the decisions that the next one has to follow."""
    reviewed = vessel.reviewed
    decided = subject is not None and subject.is_decided
    return {
        "id": vessel.identifier,
        "subject": subject.name if subject else "",
        "heads": list(subject.heads) if subject else [],
        "verdict": subject.verdict if subject else "",
        "reason": subject.reason if subject else "",
        "disputed": list(subject.disputed) if subject else [],
        "set": sorted(subject.values) if subject else [],
        "done": decided and LOOK_AGAIN not in vessel.review,
        "status": reviewed.status,
        "by": reviewed.by,
        "at": reviewed.at,
        "note": reviewed.note,
        "entry": reviewed.entry,
        "figure": vessel.figure,
        "confidence": round(vessel.confidence, 3),
        "review": list(vessel.review),
        "side": vessel.side,
        "portion": vessel.portion,
        "sections": [{"rings": _rings(each.polygon), "handle": each.is_handle} for each in vessel.sections],
        "axis": _line(vessel.axis),
        "axis_source": vessel.axis_source,
        "rim": _line(vessel.rim),
        "edges": [{"kind": edge.kind, "line": _line(edge.line)} for edge in vessel.edges],
        "scale": scale_state(vessel),
        "measures": measures_state(vessel),
    }


def measures_state(vessel: Vessel) -> dict[str, Any]:
    """Measures by name: [value, uncertainty, reason]; in mm where the scale is known, else in px."""
    real, on_page = (QUANTITIES if vessel.scale else PAGE_QUANTITIES), STATED
    names = [quantity.name for quantity in (*real, *on_page)]
    return {name: _measure(vessel.measures[name]) for name in names if name in vessel.measures}


def scale_state(vessel: Vessel) -> dict[str, Any] | None:
    """A vessel's scale."""
    scale = vessel.scale
    if scale is None:
        return None
    return {
        "mm_per_px": float(f"{scale.mm_per_px:.6g}"),
        "source": scale.source,
        "share": round(scale.uncertainty, 5),
        "printed": scale.drawing_scale,
    }


def quantities_state() -> list[dict[str, str]]:
    """The names of all measures with unit and meaning, in their order."""
    both = zip(QUANTITIES, PAGE_QUANTITIES, strict=True)
    pairs = [(real, on_page) for real, on_page in both] + [(quantity, quantity) for quantity in STATED]
    return [
        {"name": real.name, "page_name": page.name, "unit": real.unit, "page_unit": page.unit, "meaning": real.meaning}
        for real, page in pairs
    ]


def _measure(measure: Measure) -> list[Any]:
    short = [None if value is None else float(f"{value:.6g}") for value in (measure.value, measure.uncertainty)]
    return [*short, measure.reason]


def _stated(page: Subject | None) -> dict[str, Any] | None:
    value = page.values.get("scale") if page else None
    if not isinstance(value, StatedScale):
        return None
    return {"mm_per_px": value.mm_per_px, "bar": value.bar, "length_mm": value.length_mm}


def _line(line: LineString | None) -> list[list[float]] | None:
    return None if line is None else _points(line)


def _rings(polygon: Polygon) -> list[list[list[float]]]:
    return [_ring(ring) for ring in (polygon.exterior, *polygon.interiors)]


def _ring(ring: shapely.LinearRing) -> list[list[float]]:
    """An open ring: the last point is not the first again."""
    return _points(ring)[:-1]


def _points(line: shapely.Geometry) -> list[list[float]]:
    points: list[list[float]] = shapely.get_coordinates(line).round(3).tolist()
    return points


@lru_cache(maxsize=1)
def entries_of(folder: Path) -> dict[tuple[str, int], list[dict[str, str]]]:
    """The printed entries of catalogue.csv, where the folder has one, by source and frame."""
    import csv

    path = folder / "catalogue.csv"
    found: dict[tuple[str, int], list[dict[str, str]]] = {}
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                key = (row.get("source_file") or "", int(row.get("page") or 0))
                found.setdefault(key, []).append({name: text or "" for name, text in row.items() if name})
    return found


def entry_lines(folder: Path, result: PageResult) -> Iterable[dict[str, str]]:
    """The catalogue's entries about a page's vessels."""
    return entries_of(folder).get((result.ref.source, result.ref.frame), [])
