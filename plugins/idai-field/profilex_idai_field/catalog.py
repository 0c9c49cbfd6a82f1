"""catalog.toml: what has to be known of a publication, and how its records are to be called."""

import csv
import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from string import Formatter
from typing import Any, NoReturn

from profilex.plugins import Code, RunError

PLACEHOLDERS = {
    "catalog": ("zenon",),
    "findspot": ("zenon",),
    "type": ("zenon", "page", "figure", "type", "scan", "frame", "vessel"),
    "type_without_figure": ("zenon", "page", "type", "scan", "frame", "vessel"),
    "find": ("id", "zenon", "page", "figure", "type", "scan", "frame", "vessel"),
}
"""What each identifier's pattern may use; `id` is the identifier of the find's type."""

_TABLE_KEYS = ("source", "frame", "vessel")
_TABLE_VALUES = ("page", "figure", "type")

_IDENTIFIER_NO = ";"
_FILE_NO = '/\\:*?"<>|;'
_FILES = ("catalog", "type", "type_without_figure")  # these identifiers are also names of files

VesselKey = tuple[str, int, str]
"""A vessel of an output folder: source, frame, and its name on the page."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns of the identifiers, with placeholders in braces as `str.format` takes them."""

    catalog: str = "Catalog_ZenonID_{zenon}"
    type: str = "{zenon}_p{page:0>3}_fig{figure}"
    type_without_figure: str = "{zenon}_p{page:0>3}_{vessel}"
    find: str = "Find_{id}"
    findspot: str = "Findspot_ZenonID_{zenon}"


@dataclass(frozen=True, slots=True)
class Catalog:
    """A publication: `zenon` is its id in the bibliography, `title` the catalogue's name, `quotation` the reference.

    `short_quotation` goes into the literature of types and drawings. `page_pattern` finds the printed page in a scan's
    path (its first group); without it `first_page` is the printed page of frame 0 of the one file that there is.
    `vessels` holds what a person has noted of single vessels: "page", "figure", "type". `project` goes into the
    .catalog file.
    """

    zenon: str
    title: str
    quotation: str
    short_quotation: str = ""
    doi: str = ""
    project: str = "profilex"
    drawing_tool: str = "digital erstellt"
    patterns: Patterns = field(default_factory=Patterns)
    page_pattern: re.Pattern[str] | None = None
    first_page: int | None = None
    vessels: Mapping[VesselKey, Mapping[str, str]] = field(default_factory=dict)

    @property
    def catalog_id(self) -> str:
        """Identifier of the type catalogue."""
        return self.patterns.catalog.format(zenon=plain(self.zenon))

    @property
    def findspot_id(self) -> str:
        """Identifier of the findspot to which all finds belong."""
        return self.patterns.findspot.format(zenon=plain(self.zenon))

    def printed_page(self, source: str, frame: int) -> str:
        """The page as printed, "" where nothing says it."""
        if self.page_pattern is not None:
            found = self.page_pattern.search(source)
            return (found.group(1) or "") if found else ""
        return "" if self.first_page is None else str(self.first_page + frame)

    def literature(self, page: str = "", figure: str = "") -> list[dict[str, str]]:
        """The reference to a place in the publication, or to all of it; only what is known."""
        quotation = (self.short_quotation or self.quotation) if page or figure else self.quotation
        known = {"quotation": quotation, "zenonId": self.zenon, "doi": self.doi, "page": page, "figure": figure}
        return [{name: value for name, value in known.items() if value}]


def plain(value: str) -> str:
    """The value with all but letters, digits and hyphens as underscores: identifiers are names of files too."""
    return re.sub(r"[^\w-]+", "_", value).strip("_")


def unfit_identifier(identifier: str, *, is_file: bool) -> str:
    """Why Field does not take an identifier, "" when it does; one that also names a file has to be one everywhere."""
    if not identifier.strip():
        return "it is empty"
    if identifier != identifier.strip():
        return "it begins or ends with a blank"
    for character in identifier:
        if character in (_FILE_NO if is_file else _IDENTIFIER_NO) or not character.isprintable():
            return f"it holds {character!r}"
    if is_file and (".." in identifier or identifier[0] == "." or identifier[-1] == "."):
        return "it begins or ends with a dot, or holds two in a row"
    return ""


def read_catalog(path: Path) -> Catalog:
    """The publication that a catalog.toml describes.

    Raises:
        RunError: the file cannot be read, or says something that is not understood; the message names the key.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(Code.NO_INPUT, f"{path.name}: cannot be read ({error.strerror}).", "Check --catalog.") from error
    except ValueError as error:
        raise RunError(Code.USAGE, f"{path.name}: is not TOML ({error}).") from error
    return _Reader(path).catalog(document)


_TEXTS = ("zenon", "title", "quotation", "short_quotation", "doi", "project", "drawing_tool")


class _Reader:
    """Reads one catalog.toml; knows its name for the messages."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def catalog(self, document: dict[str, Any]) -> Catalog:
        self._only(document, (*_TEXTS, "identifiers", "pages", "vessels"), "")
        known = {name: self._text(document[name], name) for name in _TEXTS if name in document}
        for name in ("zenon", "title", "quotation"):
            if not known.get(name, "").strip():
                self._refuse(name, "is missing")
        pages = self._table(document, "pages", ("pattern", "first"))
        first = pages.get("first")
        if first is not None and type(first) is not int:
            self._refuse("pages.first", f"{first!r} is not a whole number")
        if first is not None and "pattern" in pages:
            self._refuse("pages", "has both pattern and first; only one of them can give the page")
        table = self._table(document, "vessels", ("table",)).get("table")
        return Catalog(
            **known,
            patterns=self._patterns(self._table(document, "identifiers", tuple(PLACEHOLDERS))),
            page_pattern=self._expression(pages["pattern"]) if "pattern" in pages else None,
            first_page=first,
            vessels=self._vessels(self._text(table, "vessels.table")) if table is not None else {},
        )

    def _patterns(self, given: dict[str, Any]) -> Patterns:
        for name, pattern in given.items():
            self._check_pattern(name, self._text(pattern, f"identifiers.{name}"))
        return Patterns(**{each.name: given[each.name] for each in fields(Patterns) if each.name in given})

    def _check_pattern(self, name: str, pattern: str) -> None:
        try:
            used = [placeholder for _, placeholder, _, _ in Formatter().parse(pattern) if placeholder is not None]
            strangers = [placeholder for placeholder in used if placeholder not in PLACEHOLDERS[name]]
            made = "" if strangers else pattern.format(**dict.fromkeys(used, "1"))
        except ValueError as error:
            self._refuse(f"identifiers.{name}", f"{pattern!r} is not a pattern ({error})")
        if strangers:
            known = ", ".join(f"{{{placeholder}}}" for placeholder in PLACEHOLDERS[name])
            self._refuse(f"identifiers.{name}", f"has {{{strangers[0]}}}; it may have {known}")
        if unfit := unfit_identifier(made, is_file=name in _FILES):
            self._refuse(f"identifiers.{name}", f"{pattern!r} makes identifiers that Field does not take: {unfit}")

    def _expression(self, pattern: Any) -> re.Pattern[str]:
        try:
            expression = re.compile(self._text(pattern, "pages.pattern"))
        except re.error as error:
            self._refuse("pages.pattern", f"{pattern!r} is no regular expression ({error})")
        if expression.groups < 1:
            self._refuse("pages.pattern", "needs a group in parentheses: the page")
        return expression

    def _vessels(self, name: str) -> dict[VesselKey, dict[str, str]]:
        """The table of single vessels; its path is relative to the catalog.toml."""
        try:
            text = (self._path.parent / name).read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            self._refuse("vessels.table", f"{name} cannot be read ({error})")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        columns = rows.fieldnames or []
        if missing := [column for column in _TABLE_KEYS if column not in columns]:
            self._refuse("vessels.table", f"{name} lacks the columns {', '.join(missing)}")
        self._only(dict.fromkeys(columns), (*_TABLE_KEYS, *_TABLE_VALUES), f"{name}: ")
        noted: dict[VesselKey, dict[str, str]] = {}
        for row in rows:
            place = f"{name}, line {rows.line_num}"
            if not (row["frame"] or "").isdigit():
                self._refuse(place, f"{row['frame']!r} is no frame")
            key = (row["source"], int(row["frame"]), row["vessel"] or "")
            if key in noted:
                self._refuse(place, "is of a vessel that an earlier line speaks of")
            noted[key] = {column: value for column in _TABLE_VALUES if (value := (row.get(column) or "").strip())}
        return noted

    def _table(self, document: dict[str, Any], name: str, known: tuple[str, ...]) -> dict[str, Any]:
        table = document.get(name, {})
        if not isinstance(table, dict):
            self._refuse(name, "is not a table")
        self._only(table, known, f"{name}.")
        return table

    def _only(self, members: Mapping[str, Any], known: tuple[str, ...], prefix: str) -> None:
        if strangers := sorted(set(members) - set(known)):
            self._refuse(f"{prefix}{strangers[0]}", f"is not known; known are {', '.join(known)}")

    def _text(self, value: Any, name: str) -> str:
        if not isinstance(value, str):
            self._refuse(name, f"{value!r} is not text; put it in quotes")
        return value

    def _refuse(self, key: str, what: str) -> NoReturn:
        raise RunError(Code.USAGE, f"{self._path.name}: {key}: {what}.", "docs/idai-field.md describes every key.")
