"""A person's decision about a vessel or a page: one line of corrections.jsonl, and its strict reader.

A decision names the scan by its digest and the vessel by the geometry that was on the screen, so that it can be found
again in the result of another model. `docs/formats.md` describes every member.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NoReturn

import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.errors import ShapelyError

VERSION = 1
LONGEST_LINE = 4_000_000
"""Bytes of a line; a longer one is refused."""

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:/-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_TEXT = 10_000
_MOST_RINGS, _MOST_POINTS = 2_000, 200_000
_FARTHEST_PX = 1e7
_SIDES = ("left", "right", "both")
_PORTIONS = ("complete", "rim", "base", "wall")


class Act(StrEnum):
    """What a person did."""

    ACCEPT = "accept"
    REJECT = "reject"
    MEND = "mend"
    ADD = "add"
    SPLIT = "split"
    MERGE = "merge"
    SCALE = "scale"
    LABEL = "label"
    NOTE = "note"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Person:
    """Who decided."""

    name: str = ""
    orcid: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """One section as a person sees or draws it: a valid polygon in page px, and whether it is a handle's."""

    polygon: Polygon
    is_handle: bool = False


@dataclass(frozen=True, slots=True)
class StatedScale:
    """A scale that a person states: millimetres per page px, its standard deviation as a share, and its bar.

    `bar` are the two ends (x, y in page px) between which `length_mm` lies; None where a ratio or a number was typed.
    """

    mm_per_px: float
    uncertainty: float = 0.0
    bar: tuple[tuple[float, float], tuple[float, float]] | None = None
    length_mm: float | None = None
    drawing_scale: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One of a vessel's new drawings: what a split leaves, or what was seen; all in page px."""

    sections: tuple[Outline, ...]
    axis: LineString | None = None
    rim: LineString | None = None
    side: str = ""

    @property
    def anchor(self) -> MultiPolygon:
        """The sections as one geometry, by which the vessel is found again."""
        if len(self.sections) == 1:
            return MultiPolygon([self.sections[0].polygon])
        union = shapely.union_all([outline.polygon for outline in self.sections])
        return MultiPolygon([part for part in shapely.get_parts(union) if isinstance(part, Polygon)])


@dataclass(frozen=True, slots=True)
class Scan:
    """The page that a decision is about."""

    sha256: str
    frame: int
    width_px: int = 0
    height_px: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was on the screen: the result by the digest of its page.geojson, the vessel's name in it, its drawing."""

    result: str = ""
    model_sha256: str = ""
    page_key: str = ""
    vessel: str = ""
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One decision.

    `subject` is the id of the first decision about the vessel, `prev` are the decisions that this one follows,
    `undoes` those that it takes back. `parts` holds what is set, by name (see `SLOTS`); a value of None takes the
    machine's away. `others` are the further vessels of a split, `takes` the geometries that a merge takes in.
    `at` is the time in UTC, `took_ms` how long the person took.
    """

    id: str
    subject: str
    act: Act
    scan: Scan
    at: str = ""
    by: Person = field(default_factory=Person)
    prev: tuple[str, ...] = ()
    undoes: tuple[str, ...] = ()
    seen: Seen = field(default_factory=Seen)
    parts: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Part, ...] = ()
    takes: tuple[MultiPolygon, ...] = ()
    reason: str = ""
    how: tuple[str, ...] = ()
    took_ms: int | None = None
    software: str = ""


SLOTS = ("sections", "axis", "rim", "side", "portion", "breaks", "scale", "figure", "entry", "note")
"""What a decision can set on a vessel; `breaks` are pairs of points on an outline."""

PAGE_SUBJECT = "page"
"""The subject of decisions about a whole page: its scale."""


def to_line(event: Event) -> bytes:
    """An event as its line of corrections.jsonl, with the line's end; equal events give equal bytes."""
    text = json.dumps(to_json(event), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", errors="strict") + b"\n"


def to_json(event: Event) -> dict[str, Any]:
    """An event as the object that `from_json` reads; empty members are left out."""
    scan, seen = event.scan, event.seen
    known: dict[str, Any] = {
        "v": VERSION,
        "id": event.id,
        "subject": event.subject,
        "prev": list(event.prev),
        "at": event.at,
        "by": {"name": event.by.name, **({"orcid": event.by.orcid} if event.by.orcid else {})},
        "software": event.software,
        "scan": {
            "sha256": scan.sha256,
            "frame": scan.frame,
            "width": scan.width_px,
            "height": scan.height_px,
            "source": scan.source,
        },
        "on": _without_blanks(
            {
                "result": seen.result,
                "model_sha256": seen.model_sha256,
                "page_key": seen.page_key,
                "vessel": seen.vessel,
                "anchor": part_json(seen.part) if seen.part else None,
            }
        ),
        "act": str(event.act),
    }
    more = {
        "undoes": list(event.undoes),
        "reason": event.reason,
        "others": [part_json(part) for part in event.others],
        "takes": [[_rings(polygon) for polygon in geometry.geoms] for geometry in event.takes],
        "how": list(event.how),
        "ms": event.took_ms,
    }
    parts = {name: _slot_json(value) for name, value in event.parts.items()}
    return known | ({"parts": parts} if parts else {}) | _without_blanks(more)


def part_json(part: Part) -> dict[str, Any]:
    """A drawing as JSON: polygons as lists of rings, lines as lists of points."""
    lines = {name: _slot_json(line) for name, line in (("axis", part.axis), ("rim", part.rim)) if line is not None}
    return {"sections": _slot_json(part.sections), **lines, **({"side": part.side} if part.side else {})}


def _without_blanks(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", [])}


def _slot_json(value: Any) -> Any:
    if isinstance(value, LineString):
        return [list(point) for point in value.coords]
    if isinstance(value, StatedScale):
        stated = {"mm_per_px": value.mm_per_px, "uncertainty": value.uncertainty}
        more = {"bar": [list(end) for end in value.bar or ()], "length_mm": value.length_mm}
        return stated | _without_blanks(more | {"drawing_scale": value.drawing_scale})
    if isinstance(value, tuple):
        if all(isinstance(each, Outline) for each in value):
            return [{"polygon": _rings(each.polygon), "is_handle": each.is_handle} for each in value]
        return [[list(point) for point in pair] for pair in value]
    return value


def _rings(polygon: Polygon) -> list[list[list[float]]]:
    return [[list(point) for point in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]


def from_line(line: bytes) -> Event:
    """The event of one line.

    Raises:
        ValueError: it is no event of this version; the message says what is wrong.
    """
    if len(line) > LONGEST_LINE:
        raise ValueError("the line is too long")
    try:
        members = json.loads(line, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("the line is nested too deeply") from error
    return from_json(members)


def from_json(members: Any) -> Event:
    """The event that `to_json` wrote.

    Raises:
        ValueError: a member is missing, unknown or of another type, or a geometry is not valid.
    """
    known = _object(members, "event")
    if known.get("v") != VERSION:
        _refuse("v", "is not 1")
    scan, seen, by = (_object(known.get(name, {}), name) for name in ("scan", "on", "by"))
    act = _one_of(known.get("act"), tuple(Act), "act")
    event = Event(
        id=_name(known.get("id"), "id"),
        subject=_name(known.get("subject"), "subject"),
        act=Act(act),
        scan=Scan(
            _digest(scan.get("sha256"), "scan.sha256"),
            _count(scan.get("frame"), "scan.frame"),
            _count(scan.get("width", 0), "scan.width"),
            _count(scan.get("height", 0), "scan.height"),
            _text(scan.get("source", ""), "scan.source"),
        ),
        at=_text(known.get("at", ""), "at"),
        by=Person(_text(by.get("name", ""), "by.name"), _text(by.get("orcid", ""), "by.orcid")),
        prev=_names(known.get("prev", []), "prev"),
        undoes=_names(known.get("undoes", []), "undoes"),
        seen=Seen(
            **{name: _text(seen.get(name, ""), f"on.{name}") for name in ("result", "model_sha256", "page_key")},
            vessel=_text(seen.get("vessel", ""), "on.vessel"),
            part=part_from_json(seen["anchor"], "on.anchor") if "anchor" in seen else None,
        ),
        parts=slots_from_json(known.get("parts", {})),
        others=tuple(part_from_json(each, "others") for each in _list(known.get("others", []), "others")),
        takes=tuple(_multipolygon(each, "takes") for each in _list(known.get("takes", []), "takes")),
        reason=_text(known.get("reason", ""), "reason"),
        how=tuple(_text(each, "how") for each in _list(known.get("how", []), "how")),
        took_ms=_count(known["ms"], "ms") if "ms" in known else None,
        software=_text(known.get("software", ""), "software"),
    )
    _require_whole(event)
    return event


def slots_from_json(members: Any) -> dict[str, Any]:
    """What a decision sets, by name.

    Raises:
        ValueError: a name is unknown, or a value does not fit it.
    """
    known = _object(members, "parts")
    if strangers := sorted(set(known) - set(SLOTS)):
        _refuse(f"parts.{strangers[0]}", "is not known")
    return {name: None if value is None else _READERS[name](value, f"parts.{name}") for name, value in known.items()}


def part_from_json(members: Any, where: str) -> Part:
    """The drawing that `part_json` wrote.

    Raises:
        ValueError: it lacks its sections, or a geometry is not valid.
    """
    known = _object(members, where)
    return Part(
        _outlines(known.get("sections"), f"{where}.sections"),
        _line(known["axis"], f"{where}.axis") if "axis" in known else None,
        _line(known["rim"], f"{where}.rim") if "rim" in known else None,
        _text(known.get("side", ""), f"{where}.side"),
    )


def _require_whole(event: Event) -> None:
    """What each act needs to mean something."""
    sections = event.parts.get("sections")
    needs_sections = event.act in (Act.ADD, Act.SPLIT, Act.MERGE)
    if needs_sections and not sections:
        _refuse("parts.sections", f"is missing, as {event.act} needs it")
    if "sections" in event.parts and not sections:
        _refuse("parts.sections", "is empty")
    if event.act is Act.UNDO and not event.undoes:
        _refuse("undoes", "is missing")
    if event.act is Act.SPLIT and not event.others:
        _refuse("others", "is missing, as a split needs it")
    if event.act is Act.SCALE and "scale" not in event.parts:
        _refuse("parts.scale", "is missing")


def _outlines(value: Any, where: str) -> tuple[Outline, ...]:
    found = []
    for each in _list(value, where):
        members = _object(each, where)
        is_handle = members.get("is_handle", False)
        if not isinstance(is_handle, bool):
            _refuse(f"{where}.is_handle", "is neither true nor false")
        found.append(Outline(_polygon(members.get("polygon"), where), is_handle))
    return tuple(found)


def _polygon(value: Any, where: str) -> Polygon:
    rings = [_points(ring, where, least=4) for ring in _list(value, where)]
    if not rings or len(rings) > _MOST_RINGS:
        _refuse(where, "has no ring, or too many")
    try:
        polygon = Polygon(rings[0], rings[1:])
    except (ShapelyError, ValueError) as error:
        raise ValueError(f"{where} is no polygon ({error})") from error
    if not polygon.is_valid or polygon.area <= 0:
        _refuse(where, "is not valid" if not polygon.is_valid else "has no area")
    return polygon


def _multipolygon(value: Any, where: str) -> MultiPolygon:
    parts = [_polygon(each, where) for each in _list(value, where)]
    if not parts:
        _refuse(where, "is empty")
    return MultiPolygon(parts)


def _line(value: Any, where: str) -> LineString:
    line = LineString(_points(value, where, least=2))
    if line.length <= 0:
        _refuse(where, "has no length")
    return line


def _points(value: Any, where: str, *, least: int) -> list[tuple[float, float]]:
    points = _list(value, where)
    if not least <= len(points) <= _MOST_POINTS:
        _refuse(where, f"has {len(points)} points")
    return [_point(point, where) for point in points]


def _point(value: Any, where: str) -> tuple[float, float]:
    pair = _list(value, where)
    if len(pair) != 2:
        _refuse(where, "has a point without two numbers")
    x, y = (_number(each, where) for each in pair)
    if max(abs(x), abs(y)) > _FARTHEST_PX:
        _refuse(where, "lies too far off")
    return x, y


def _stated_scale(value: Any, where: str) -> StatedScale:
    members = _object(value, where)
    mm_per_px = _number(members.get("mm_per_px"), f"{where}.mm_per_px")
    uncertainty = _number(members.get("uncertainty", 0.0), f"{where}.uncertainty")
    if not 0 < mm_per_px < 1e6 or not 0 <= uncertainty < 1:
        _refuse(where, "is not a scale")
    bar = _list(members.get("bar", []), f"{where}.bar")
    length = members.get("length_mm")
    return StatedScale(
        mm_per_px,
        uncertainty,
        _pair(bar, f"{where}.bar") if bar else None,
        None if length is None else _number(length, f"{where}.length_mm"),
        _text(members.get("drawing_scale", ""), f"{where}.drawing_scale"),
    )


def _pair(value: Any, where: str) -> tuple[tuple[float, float], tuple[float, float]]:
    points = _points(value, where, least=2)
    if len(points) != 2:
        _refuse(where, "is not two points")
    return points[0], points[1]


def _pairs(value: Any, where: str) -> tuple[tuple[tuple[float, float], tuple[float, float]], ...]:
    return tuple(_pair(each, where) for each in _list(value, where))


def _object(value: Any, where: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else _refuse(where, "is not an object")


def _list(value: Any, where: str) -> Sequence[Any]:
    return value if isinstance(value, list) else _refuse(where, "is not a list")


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        _refuse(where, "is not a text, or too long")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{where} holds half a character") from error
    return value


def _name(value: Any, where: str) -> str:
    text = _text(value, where)
    return text if _NAME.fullmatch(text) else _refuse(where, "is not a name")


def _names(value: Any, where: str) -> tuple[str, ...]:
    return tuple(_name(each, where) for each in _list(value, where))


def _digest(value: Any, where: str) -> str:
    text = _text(value, where)
    return text if _SHA256.fullmatch(text) else _refuse(where, "is not a SHA-256")


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(where, "is not a number")
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueError(f"{where} is too large") from error
    return number if math.isfinite(number) else _refuse(where, "is not finite")


def _count(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        _refuse(where, "is not a count")
    return int(value)


def _one_of(value: Any, allowed: Sequence[str], where: str) -> str:
    text = _text(value, where)
    return text if text in allowed else _refuse(where, f"is not one of {', '.join(allowed)}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def _refuse(where: str, what: str) -> NoReturn:
    raise ValueError(f"{where} {what}")


_READERS: Mapping[str, Any] = {
    "sections": _outlines,
    "axis": _line,
    "rim": _line,
    "side": lambda value, where: _one_of(value, _SIDES, where),
    "portion": lambda value, where: _one_of(value, _PORTIONS, where),
    "breaks": _pairs,
    "scale": _stated_scale,
    "figure": _text,
    "entry": _text,
    "note": _text,
}
