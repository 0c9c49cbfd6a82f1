"""An output folder of `profilex batch`, read back: its pages one by one, and those that cannot be had."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from profilex import manifest
from profilex.decisions import (
    NAME,
    NOTHING,
    Corrected,
    PageDecisions,
    by_page,
    corrected,
    read_decisions,
    replay,
)
from profilex.decisions.replay import PageKey
from profilex.errors import Code, PageError, RunError
from profilex.files import printable_source, sha256_bytes
from profilex.reexport.hand_edits import is_untouched, with_hand_edits
from profilex.reexport.reading import page_result
from profilex.types import REJECTED, PageResult, Record


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A page that batch has done but whose page.geojson cannot be used: its record, and one sentence why."""

    record: Record
    message: str


@dataclass(frozen=True, slots=True)
class Profiles:
    """What an output folder holds, by its records, and what people said of it.

    `done` and `failed` are the records of those pages, by source and frame; `torn` are the names of records that cannot
    be read, relative to the folder. `run` is run.json, empty where it is missing or damaged. `decisions` are what
    people said of the vessels: pages come as they have corrected them.
    """

    folder: Path
    done: tuple[Record, ...]
    failed: tuple[Record, ...]
    torn: tuple[str, ...]
    run: dict[str, Any]
    decisions: Mapping[PageKey, PageDecisions] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def pages(self, *, with_rejected: bool = False) -> Iterator[PageResult | Spoilt]:
        """The pages that are done, read one at a time: thousands of them need not fit into memory.

        Vessels that a person rejected are not among theirs, unless they are asked for.
        """
        for page in self.corrected_pages():
            if isinstance(page, Spoilt):
                yield page
            else:
                yield page.result if with_rejected else without_rejected(page.result)

    def corrected_pages(self) -> Iterator[Corrected | Spoilt]:
        """The pages with the decisions that shaped them."""
        for record in self.done:
            try:
                yield self.corrected_page(record)
            except PageError as error:
                yield Spoilt(record, str(error))

    def corrected_page(self, record: Record) -> Corrected:
        """One page with the decisions that shaped it.

        Raises:
            PageError: its page.geojson cannot be used.
        """
        result, digest = self.read_page(record)
        decisions = self.decisions.get((record.sha256, record.frame), NOTHING)
        return corrected(result, decisions, digest=digest)

    def read_page(self, record: Record) -> tuple[PageResult, str]:
        """A page as the model, or a hand in its page.geojson, has drawn it, and that file's digest.

        Raises:
            PageError: its page.geojson cannot be used.
        """
        document = self._document(record)
        name, digest = f"pages/{record.folder}/page.geojson", sha256_bytes(document)
        result = page_result(document, record, name)
        return (result if is_untouched(record, name, digest) else with_hand_edits(result)), digest

    def _document(self, record: Record) -> bytes:
        name = f"pages/{record.folder}/page.geojson"
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise PageError(
                Code.UNREADABLE,
                f"{name}: cannot be read ({error.strerror}).",
                "Run profilex batch again: it writes missing files again.",
            ) from error


def without_rejected(result: PageResult) -> PageResult:
    """A page without the vessels that a person rejected."""
    return replace(result, vessels=tuple(each for each in result.vessels if each.reviewed.status != REJECTED))


def standing_page(folder: Path, record: Record) -> PageResult:
    """One page of an output folder as people have corrected it, without what they rejected.

    Raises:
        PageError: its page.geojson cannot be used.
        RunError: corrections.jsonl cannot be read.
    """
    said = by_page(read_decisions(folder).events).get((record.sha256, record.frame), [])
    profiles = Profiles(folder, (record,), (), (), {}, {(record.sha256, record.frame): replay(said)})
    return without_rejected(profiles.corrected_page(record).result)


def read_profiles(folder: Path) -> Profiles:
    """Read the records of an output folder; pages are read when they are asked for.

    Raises:
        RunError: the folder holds no record of profilex batch.
    """
    root = folder / "records"
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.json"))
    if not names:
        raise RunError(
            Code.NO_INPUT,
            f"{printable_source(folder)}: holds no records of profilex batch.",
            "Name the folder that was its --out.",
        )
    entries = {name: manifest.read_entry(folder, name.removesuffix(".json")) for name in names}
    records = [entry.record for entry in entries.values() if entry]
    records.sort(key=lambda record: (record.source, record.frame))
    said = read_decisions(folder)
    return Profiles(
        folder=folder,
        done=tuple(record for record in records if record.status == "ok"),
        failed=tuple(record for record in records if record.status != "ok"),
        torn=tuple(f"records/{name}" for name, entry in entries.items() if entry is None),
        run=_run_document(folder / "run.json"),
        decisions={page: replay(events) for page, events in by_page(said.events).items()},
        problems=tuple(f"{NAME}, {problem}" for problem in said.problems),
    )


def _run_document(path: Path) -> dict[str, Any]:
    """run.json, which only informs: without it a report still shows the records."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
