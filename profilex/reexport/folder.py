"""An output folder of `profilex batch`, read back: its pages one by one, and those that cannot be had."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profilex import manifest
from profilex.errors import Code, PageError, RunError
from profilex.files import printable_source
from profilex.reexport.reading import page_result
from profilex.types import PageResult, Record


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A page that batch has done but whose page.geojson cannot be used: its record, and one sentence why."""

    record: Record
    message: str


@dataclass(frozen=True, slots=True)
class Profiles:
    """What an output folder holds, by its records.

    `done` and `failed` are the records of those pages, by source and frame; `torn` are the names of records that cannot
    be read, relative to the folder. `run` is run.json, empty where it is missing or damaged.
    """

    folder: Path
    done: tuple[Record, ...]
    failed: tuple[Record, ...]
    torn: tuple[str, ...]
    run: dict[str, Any]

    def pages(self) -> Iterator[PageResult | Spoilt]:
        """The pages that are done, read one at a time: thousands of them need not fit into memory."""
        for record in self.done:
            try:
                yield self._page(record)
            except PageError as error:
                yield Spoilt(record, str(error))

    def _page(self, record: Record) -> PageResult:
        name = f"pages/{record.folder}/page.geojson"
        try:
            document = (self.folder / name).read_bytes()
        except OSError as error:
            raise PageError(
                Code.UNREADABLE,
                f"{name}: cannot be read ({error.strerror}).",
                "Run profilex batch again: it writes missing files anew.",
            ) from error
        return page_result(document, record, name)


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
    return Profiles(
        folder=folder,
        done=tuple(record for record in records if record.status == "ok"),
        failed=tuple(record for record in records if record.status != "ok"),
        torn=tuple(f"records/{name}" for name, entry in entries.items() if entry is None),
        run=_run_document(folder / "run.json"),
    )


def _run_document(path: Path) -> dict[str, Any]:
    """run.json, which only informs: without it a report still tells what the records do."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
