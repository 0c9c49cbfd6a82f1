"""The rules by which Field accepts records, checked before it is asked: its import takes all records or none."""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from profilex.plugins import Problem
from profilex_idai_field.catalog import unfit_identifier
from profilex_idai_field.records import Resource

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
"""Files that Field imports."""

_COMMON = {"category", "identifier", "shortDescription", "relations"}
FIELDS = {
    "TypeCatalog": _COMMON | {"description", "literature"},
    "Type": _COMMON | {"description", "literature"},
    "Trench": _COMMON | {"description"},
    "Pottery": _COMMON
    | {"description", "literature", "dimensionDiameter", "dimensionHeight", "dimensionThickness", "dimensionWidth"},
    "Drawing": _COMMON | {"description", "literature", "drawingTool"},
}
"""Fields that every project has configured, of the categories of a package."""

CREATED = ("TypeCatalog", "Type", "Trench", "Pottery")
MERGED = ("Drawing",)

_LITERATURE = ("quotation", "zenonId", "doi", "page", "figure")
_DIMENSION = (
    "inputValue",
    "inputRangeEndValue",
    "inputUnit",
    "isImprecise",
    "measurementComment",
    "measurementPosition",
)
_UNITS = ("mm", "cm", "m")


def broken_rules(created: Sequence[Resource], merged: Sequence[Resource], images: Collection[str]) -> list[Problem]:
    """Everything for which Field would refuse a package, by record and field.

    `created` are the records of create.jsonl, `merged` those of drawings.merge.jsonl, `images` the file names.
    """
    problems = [
        *_catalogue(created),
        *_images(images),
        *_identifiers(created, "create"),
        *_identifiers(merged, "merge"),
    ]
    targets = {record.get("identifier"): record.get("category") for record in created if isinstance(record, dict)}
    targets |= dict.fromkeys(images, "Drawing")
    for record in created:
        problems += _record(record, CREATED, targets)
    for record in merged:
        problems += _record(record, MERGED, targets)
        if record.get("identifier") not in images:
            problems.append(Problem(_name(record), "identifier", "there is no image of this name to merge into"))
    return problems


def _catalogue(created: Sequence[Resource]) -> Iterator[Problem]:
    count = sum(record.get("category") == "TypeCatalog" for record in created)
    if count != 1:
        yield Problem("create.jsonl", "category", f"has {count} records of TypeCatalog instead of one")


def _images(images: Collection[str]) -> Iterator[Problem]:
    for name in images:
        if PurePosixPath(name).suffix.lower() not in IMAGE_SUFFIXES:
            yield Problem(name, "", f"Field imports {', '.join(IMAGE_SUFFIXES)} only")
        if ";" in name:
            yield Problem(name, "identifier", "holds a semicolon")


def _identifiers(records: Sequence[Resource], where: str) -> Iterator[Problem]:
    counts = Counter(str(record.get("identifier")) for record in records)
    for identifier, count in counts.items():
        if count > 1:
            yield Problem(identifier, "identifier", f"{count} records to {where} have it")


def _record(record: Resource, categories: Sequence[str], targets: dict[Any, Any]) -> Iterator[Problem]:
    name, category = _name(record), str(record.get("category"))
    identifier = record.get("identifier")
    if not isinstance(identifier, str):
        yield Problem(name, "identifier", "is missing")
    elif unfit := unfit_identifier(identifier, is_file=False):
        yield Problem(name, "identifier", f"is none that Field takes: {unfit}")
    if category not in categories:
        yield Problem(name, "category", f"{category!r} is not one of {', '.join(categories)}")
        return
    for field in sorted(set(record) - FIELDS[category]):
        reason = "Field gives it" if field == "id" else f"a {category} has no such field"
        yield Problem(name, field, reason)
    for field in ("shortDescription", "description", "drawingTool"):
        if field in record and not (isinstance(record[field], str) and record[field]):
            yield Problem(name, field, "is not text")
    yield from _literature(name, record.get("literature", []))
    for field in sorted(FIELDS[category] & record.keys()):
        if field.startswith("dimension"):
            yield from _dimensions(name, field, record[field])
    yield from _relations(name, category, record.get("relations", {}), targets)


def _literature(name: str, literature: Any) -> Iterator[Problem]:
    for reference in _items(literature):
        if not isinstance(reference, dict):
            yield Problem(name, "literature", "is not a list of references")
            continue
        for key, value in reference.items():
            if key not in _LITERATURE:
                yield Problem(name, f"literature.{key}", f"is not one of {', '.join(_LITERATURE)}")
            elif not isinstance(value, str):
                yield Problem(name, f"literature.{key}", "is not text")
        if not str(reference.get("quotation") or "").strip():
            yield Problem(name, "literature.quotation", "is empty")


def _dimensions(name: str, field: str, dimensions: Any) -> Iterator[Problem]:
    for dimension in _items(dimensions):
        if not isinstance(dimension, dict):
            yield Problem(name, field, "is not a list of dimensions")
            continue
        for key in sorted(set(dimension) - set(_DIMENSION)):
            yield Problem(name, f"{field}.{key}", "Field computes it, or does not know it")
        value, end = dimension.get("inputValue"), dimension.get("inputRangeEndValue")
        if not _positive(value):
            yield Problem(name, f"{field}.inputValue", f"{value!r} is not a number above 0")
        if end is not None and (not _positive(end) or end == value):
            yield Problem(name, f"{field}.inputRangeEndValue", f"{end!r} does not end a range from {value!r}")
        if dimension.get("inputUnit") not in _UNITS:
            yield Problem(name, f"{field}.inputUnit", f"is not one of {', '.join(_UNITS)}")


def _relations(name: str, category: str, relations: Any, targets: dict[Any, Any]) -> Iterator[Problem]:
    if not isinstance(relations, dict):
        yield Problem(name, "relations", "is not an object")
        return
    for relation, value in relations.items():
        field = f"relations.{relation}"
        if relation == "isChildOf":
            named = [value]
            if not isinstance(value, str):
                yield Problem(name, field, "is not one identifier")
                continue
        elif isinstance(value, list):
            named = value
        else:
            yield Problem(name, field, "is not a list of identifiers")
            continue
        for target in named:
            if target not in targets:
                yield Problem(name, field, f"{target!r} is in no record of the package")
    parent = relations.get("isChildOf")
    needed = {"Pottery": "Trench", "Type": "TypeCatalog"}.get(category)
    if needed and (not isinstance(parent, str) or targets.get(parent) != needed):
        yield Problem(name, "relations.isChildOf", f"a {category} needs a {needed} as its parent")


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name(record: Resource) -> str:
    return str(record.get("identifier") or "record without identifier")
