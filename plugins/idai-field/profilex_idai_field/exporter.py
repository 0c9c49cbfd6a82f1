"""The exporter: finished pages as a package for Field's import."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from profilex.plugins import (
    COLLECTION,
    Code,
    Option,
    Options,
    PageError,
    PlacedVessel,
    Problem,
    RunError,
    place_vessel,
)
from profilex.types import PageResult
from profilex_idai_field.catalog import read_catalog
from profilex_idai_field.catalog_file import CatalogFile
from profilex_idai_field.naming import FIRST_PAGE, Entry, name_vessels
from profilex_idai_field.package import CREATE, DRAWINGS, IMAGES
from profilex_idai_field.picture import profile_png
from profilex_idai_field.records import Resource, drawing_updates, new_records
from profilex_idai_field.rules import broken_rules

_TOLD = 20  # problems in one message


class FieldExporter:
    """Writes images, create.jsonl, drawings.merge.jsonl and a .catalog file; all of them, or none."""

    scope = COLLECTION
    options = (Option("catalog", "the publication's catalog.toml", required=True),)

    def files(self, pages: Iterable[PageResult], options: Options) -> Iterator[tuple[str, bytes]]:
        """The package of all pages; nothing is drawn before every record was checked.

        Raises:
            RunError: catalog.toml is not understood, there is no vessel, or a record breaks a rule of Field's.
        """
        catalog = read_catalog(Path(options["catalog"]))
        entries, problems = name_vessels(pages, catalog)
        placed, unplaced = _place(entries)
        distinct, clashes = _distinct(entries)
        if any(problem.field == FIRST_PAGE for problem in problems):
            clashes = []  # they have this one reason
        created, merged = new_records(distinct, catalog), drawing_updates(distinct, catalog)
        problems += [*unplaced, *clashes, *broken_rules(created, merged, {entry.image for entry in distinct})]
        if problems:
            raise _refusal(problems)
        if not entries:
            raise RunError(Code.NO_INPUT, "no page has a vessel.", "Look at the previews of profilex batch.")
        archive = CatalogFile(catalog)
        for entry, vessel in zip(entries, placed, strict=True):
            png = profile_png(vessel)
            archive.add_picture(entry, png)
            yield f"{IMAGES}/{entry.image}", png
        yield CREATE, _lines(created)
        yield DRAWINGS, _lines(merged)
        yield archive.name, archive.finish(entries)


def _place(entries: Sequence[Entry]) -> tuple[list[PlacedVessel], list[Problem]]:
    placed, problems = [], []
    for entry in entries:
        try:
            placed.append(place_vessel(entry.vessel))
        except PageError as error:
            problems.append(Problem(entry.type_id, "", error.message))
    return placed, problems


def _distinct(entries: Sequence[Entry]) -> tuple[list[Entry], list[Problem]]:
    """Each entry that is the first of its name, and the others as problems with the places that they come from."""
    first: dict[str, Entry] = {}
    problems = []
    for entry in entries:
        # images are files: names that differ only in case would be one on some machines
        other = first.setdefault(entry.type_id.casefold(), entry)
        if other is not entry:
            message = f"is that of {other.place} and of {entry.place}; tell them apart in the table of vessels"
            problems.append(Problem(entry.type_id, "identifier", message))
    return list(first.values()), problems


def _refusal(problems: Sequence[Problem]) -> RunError:
    told = "; ".join(str(problem) for problem in problems[:_TOLD])
    more = f"; and {len(problems) - _TOLD} more" if len(problems) > _TOLD else ""
    return RunError(Code.PLUGIN, f"{len(problems)} problems, nothing was written: {told}{more}.")


def _lines(records: Iterable[Resource]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n" for record in records).encode()
