"""Vessels and the identifiers that they get in Field."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from profilex.plugins import Problem
from profilex.types import PageResult, Vessel
from profilex_idai_field.catalog import Catalog, plain

FIRST_PAGE = "pages.first"


@dataclass(frozen=True, slots=True)
class Entry:
    """A vessel with the names of its records: its type, its find, and the file of its drawing.

    `page` and `figure` are as printed, "" where they are not known; `type_name` is what a person called it.
    """

    vessel: Vessel
    result: PageResult
    page: str
    figure: str
    type_name: str
    type_id: str
    find_id: str

    @property
    def image(self) -> str:
        return f"{self.type_id}.png"

    @property
    def place(self) -> str:
        return place_of(self.result, self.vessel)


def place_of(result: PageResult, vessel: Vessel) -> str:
    """Where a vessel comes from, for people."""
    return f"{result.ref.source}#{result.ref.frame} {vessel.identifier}"


def name_vessels(pages: Iterable[PageResult], catalog: Catalog) -> tuple[list[Entry], list[Problem]]:
    """Every vessel with its names, and what keeps some from having one.

    A problem is a vessel whose pattern needs what is not known, a line of the table that speaks of no vessel, or a
    first page that several files would share.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    unmet = set(catalog.vessels)
    numbered: dict[str, None] = {}  # files whose pages are counted from pages.first
    for result in pages:
        for vessel in result.vessels:
            key = (result.ref.source, result.ref.frame, vessel.identifier)
            unmet.discard(key)
            noted = dict(catalog.vessels.get(key, {}))
            if catalog.first_page is not None and not noted.get("page"):
                numbered[result.ref.source] = None
            named = _name(vessel, result, catalog, noted)
            (entries if isinstance(named, Entry) else problems).append(named)  # type: ignore[arg-type]
    for source, frame, name in sorted(unmet):
        problems.append(Problem(f"{source}#{frame} {name}", "", "stands in the table of vessels, but was not found"))
    if len(numbered) > 1:
        first, second, *_ = numbered
        message = (
            f"counts the frames of one file, but {len(numbered)} files have vessels ({first}, {second}"
            f"{', …' if len(numbered) > 2 else ''}); give their pages with pages.pattern or in the table of vessels"
        )
        problems.append(Problem("catalog.toml", FIRST_PAGE, message))
    return entries, problems


def _name(vessel: Vessel, result: PageResult, catalog: Catalog, noted: dict[str, str]) -> Entry | Problem:
    ref = result.ref
    page = noted.get("page") or catalog.printed_page(ref.source, ref.frame)
    figure = noted.get("figure") or vessel.figure
    type_name = noted.get("type", "")
    values = {
        "zenon": catalog.zenon,
        "page": page,
        "figure": figure,
        "type": type_name,
        "scan": PurePosixPath(ref.source).stem,
        "frame": str(ref.frame),
        "vessel": vessel.identifier,
    }
    values = {name: plain(value) for name, value in values.items()}
    pattern = catalog.patterns.type if figure else catalog.patterns.type_without_figure
    for template in (pattern, catalog.patterns.find):
        if unknown := [name for name, value in values.items() if not value and re.search(rf"{{{name}\W", template)]:
            how = "give it with [pages] or in the table of vessels" if unknown == ["page"] else "give it in the table"
            return Problem(place_of(result, vessel), "identifier", f"{template} needs the {unknown[0]}; {how}")
    type_id = pattern.format(**values)
    find_id = catalog.patterns.find.format(id=type_id, **values)
    return Entry(vessel, result, page, figure, type_name, type_id, find_id)
