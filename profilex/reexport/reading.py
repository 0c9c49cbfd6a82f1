"""page.geojson back into the values that it was written from.

What is read is what was written, to the decimals of the file; files that a person has corrected in a GIS or an editor
are read as well, so everything is checked and named.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.errors import ShapelyError

from profilex.curves import flatten, read_path_data
from profilex.errors import Code, PageError
from profilex.export.columns.fields import PAGE_QUANTITIES, PARTS, QUANTITIES, STATED
from profilex.export.columns.properties import NO_SCALE
from profilex.export.file_names import is_file_name
from profilex.types import (
    BY_MODEL,
    EDGE_KINDS,
    Edge,
    Measure,
    PageRef,
    PageResult,
    Record,
    Residual,
    Reviewed,
    Scale,
    Section,
    Vessel,
)

_REMEDY = "Run profilex batch again with --verify: it writes damaged files again."

_Geometry = TypeVar("_Geometry", Polygon, LineString)
Properties = Mapping[str, Any]


def page_result(document: bytes, record: Record, name: str) -> PageResult:
    """The page that `profilex.export.geojson.page_document` wrote, with what only its record knows.

    `name` is how messages call the file. The path of the result's `ref` is the source's name, not that of a file that
    can be opened. Coordinates and numbers have the decimals of the file.

    Raises:
        PageError: the document is not JSON, not of that form, of another scan than the record, or holds a geometry
            that is invalid; the message names the file and the feature.
    """
    return _Reader(name).page(document, record)


@dataclass(slots=True)
class _Pieces:
    """The features of one vessel, as they are met."""

    properties: Properties
    sections: list[Section] = field(default_factory=list)
    lines: dict[str, LineString] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)


class _Reader:
    """Reads one document; knows its name for the messages."""

    def __init__(self, name: str) -> None:
        self._name = name

    def page(self, document: bytes, record: Record) -> PageResult:
        try:
            members = json.loads(document, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            self._refuse(f"is not JSON ({error})")
        page = self._member(members, "profilex:page", dict)
        features = self._member(members, "features", list)
        if (page.get("sha256"), page.get("frame")) != (record.sha256, record.frame):
            self._refuse("is of another scan than its record")
        vessels, bars = self._features(features)
        return PageResult(
            ref=PageRef(Path(record.source), record.source, record.folder, record.frame),
            sha256=record.sha256,
            width_px=self._member(page, "width_px", int),
            height_px=self._member(page, "height_px", int),
            dpi=self._number(page, "dpi", "profilex:page"),
            vessels=vessels,
            scale_bars=bars,
            dropped=dict(record.dropped),
            warnings=record.warnings,
            versions=dict(record.versions),
        )

    def _features(self, features: list[Any]) -> tuple[tuple[Vessel, ...], tuple[Polygon, ...]]:
        pieces: dict[str, _Pieces] = {}
        bars: list[Polygon] = []
        rest: list[tuple[str, str, Properties, Any]] = []
        for index, feature in enumerate(features):
            properties = self._member(feature, "properties", dict)
            part, where = properties.get("part"), f"feature {index}"
            geometry = feature.get("geometry")
            if part not in PARTS:
                self._refuse(f"{where} has the part {part!r}, not one of {', '.join(PARTS)}")
            if part == "scale_bar":
                bars.append(self._geometry(geometry, Polygon, f"{where} (scale_bar)"))
            elif part == "vessel":
                pieces[self._identifier(properties, where, pieces)] = _Pieces(properties)
            else:
                rest.append((part, where, properties, geometry))
        for part, where, properties, geometry in rest:
            self._add_piece(pieces, part, where, properties, geometry)
        return tuple(self._vessel(name, each) for name, each in pieces.items()), tuple(bars)

    def _add_piece(
        self, pieces: dict[str, _Pieces], part: str, where: str, properties: Properties, geometry: Any
    ) -> None:
        identifier = properties.get("identifier")
        where = f"{where} ({part} of {identifier!r})"
        vessel = pieces.get(identifier) if isinstance(identifier, str) else None
        if vessel is None:
            self._refuse(f"{where} belongs to no vessel of the page")
        if part == "edge":
            kind = self._text(properties, "edge", where)
            if kind not in EDGE_KINDS:
                self._refuse(f"{where} has the edge {kind!r}, not one of {', '.join(EDGE_KINDS)}")
            vessel.edges.append(Edge(kind, self._geometry(geometry, LineString, where)))
            return
        if part != "section":
            vessel.lines[part] = self._geometry(geometry, LineString, where)
            return
        polygon = self._geometry(geometry, Polygon, where)
        confidence, tolerance, distance = (self._number(properties, key, where) or 0.0 for key in _SECTION_NUMBERS)
        is_handle = properties.get("is_handle") is True
        curves, chord = self._curves(properties, polygon, where)
        vessel.sections.append(Section(polygon, confidence, tolerance, distance, is_handle, curves, chord))

    def _curves(self, properties: Properties, polygon: Polygon, where: str) -> tuple[tuple[np.ndarray, ...], float]:
        """The outline's curves and their chord error; none where the polygon was changed and is no longer theirs."""
        text = self._text(properties, "curve", where)
        chord = self._number(properties, "chord_px", where) or 0.0
        if not text or chord <= 0:
            return (), 0.0
        try:
            rings = tuple(read_path_data(text))
        except ValueError as error:
            self._refuse(f"{where} has a curve that cannot be read ({error})")
        drawn = [shapely.LinearRing(flatten(ring, chord)[0]) for ring in rings]
        outlines = [polygon.exterior, *polygon.interiors]
        same = len(drawn) == len(outlines) and all(
            shapely.hausdorff_distance(one, other) <= chord + _OFF_PX
            for one, other in zip(drawn, outlines, strict=True)
        )
        return (rings, chord) if same else ((), 0.0)

    def _vessel(self, identifier: str, pieces: _Pieces) -> Vessel:
        known, where = pieces.properties, f"vessel {identifier!r}"
        complete = known.get("height_is_complete")
        review = self._text(known, "review", where)
        return Vessel(
            identifier=identifier,
            sections=tuple(pieces.sections),
            axis=pieces.lines.get("axis"),
            axis_source=self._text(known, "axis_source", where),
            rim=pieces.lines.get("rim"),
            side=self._text(known, "section_side", where) or "unknown",
            scale=self._scale(known, where),
            figure=self._text(known, "figure", where),
            stem=self._stem(known, where),
            printed_diameter=self._text(known, "printed_diameter", where),
            confidence=self._number(known, "confidence", where) or 0.0,
            measures=self._measures(known, where),
            review=tuple(review.split("; ")) if review else (),
            height_is_complete=complete if isinstance(complete, bool) else None,
            residual=self._residual(known, where),
            edges=tuple(edge for edge in pieces.edges if _lies_on(edge.line, pieces.sections)),
            portion=self._text(known, "portion", where),
            axis_sd_px=self._number(known, "axis_unc_px", where) or 0.0,
            rim_sd_px=self._number(known, "rim_unc_px", where) or 0.0,
            reviewed=self._reviewed(known, where),
        )

    def _reviewed(self, known: Properties, where: str) -> Reviewed:
        """What people said: part of documents that were exported after it, never of those of a batch."""
        status, by, at, geometry, note, entry = (self._text(known, name, where) for name in _REVIEWED)
        return Reviewed(status, by, at, "" if geometry == BY_MODEL else geometry, note, entry)

    def _residual(self, known: Properties, where: str) -> Residual | None:
        distance, share, tone = (self._number(known, f"residual_{name}", where) for name in ("px", "share", "tone"))
        return None if distance is None or share is None else Residual(distance, share, tone or 0.0)

    def _scale(self, known: Properties, where: str) -> Scale | None:
        mm_per_px = self._number(known, "mm_per_px", where)
        if mm_per_px is None:
            return None
        if mm_per_px <= 0:
            self._refuse(f"{where} has the scale {mm_per_px}, which is not above 0")
        deviation = self._number(known, "mm_per_px_unc", where) or 0.0
        source = self._text(known, "scale_source", where)
        return Scale(mm_per_px, source, deviation / mm_per_px, self._text(known, "drawing_scale", where))

    def _measures(self, known: Properties, where: str) -> dict[str, Measure]:
        measures = {}
        scaled = known.get("mm_per_px") is not None
        for quantity in (*(QUANTITIES if scaled else ()), *PAGE_QUANTITIES, *STATED):
            reason = self._text(known, quantity.reason, where)
            measure = Measure(
                self._number(known, quantity.name, where),
                self._number(known, f"{quantity.name}_unc", where),
                "" if reason == NO_SCALE else reason,
            )
            # a reason is given once for a missing measure: with a scale, for that in millimetres
            repeated = scaled and quantity in PAGE_QUANTITIES and measure.value is None
            if measure != _NOTHING and not repeated:
                measures[quantity.name] = measure
        return measures

    def _identifier(self, properties: Properties, where: str, taken: Mapping[str, Any]) -> str:
        """A vessel's name, which becomes the name of its files: an edited file must not lead them elsewhere."""
        identifier = self._text(properties, "identifier", where)
        if identifier in ("", ".", "..") or any(c in "/\\" or not c.isprintable() for c in identifier):
            self._refuse(f"{where} has the identifier {identifier!r}, which cannot name a file")
        if identifier in taken:
            self._refuse(f"{where} has the identifier {identifier!r} of another vessel")
        return identifier

    def _stem(self, properties: Properties, where: str) -> str:
        """The names of a vessel's files, if they are not its identifier."""
        stem = self._text(properties, "file_stem", where)
        if stem and not is_file_name(stem):
            self._refuse(f"{where} has the file_stem {stem!r}, which cannot name a file")
        return stem

    def _geometry(self, written: Any, kind: type[_Geometry], where: str) -> _Geometry:
        try:
            geometry = shapely.geometry.shape(written)
        except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            self._refuse(f"{where} has no geometry that can be read ({error})")
        if not isinstance(geometry, kind) or geometry.is_empty:
            self._refuse(f"{where} is not a {kind.__name__}")
        if not geometry.is_valid:
            self._refuse(f"{where} is not valid ({shapely.is_valid_reason(geometry)})")
        return geometry

    def _member(self, members: Any, key: str, kind: type) -> Any:
        value = members.get(key) if isinstance(members, dict) else None
        if type(value) is not kind:
            self._refuse(f"lacks {key!r}")
        return value

    def _number(self, known: Properties, key: str, where: str) -> float | None:
        value = known.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._refuse(f"{where} has {value!r} for {key}, which is not a number")
        return float(value)

    def _text(self, known: Properties, key: str, where: str) -> str:
        value = known.get(key)
        if not isinstance(value, str | None):
            self._refuse(f"{where} has {value!r} for {key}, which is not text")
        return value or ""

    def _refuse(self, what: str) -> NoReturn:
        raise PageError(Code.UNREADABLE, f"{self._name}: {what}.", _REMEDY)


_REVIEWED = ("review_status", "reviewed_by", "reviewed_at", "geometry_source", "note", "catalogue_entry")
_SECTION_NUMBERS = ("confidence", "tolerance_px", "hausdorff_px")
_NOTHING = Measure(None)
_OFF_PX = 0.05  # what the decimals of the file can move an edge off its outline


def _lies_on(line: LineString, sections: list[Section]) -> bool:
    """Whether an edge still is one: whoever corrects a section by hand may leave its edges where they were."""
    outlines = shapely.union_all([section.polygon.boundary for section in sections])
    return bool(outlines.buffer(_OFF_PX).covers(line))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")
