"""RO-Crate metadata of an output folder: its files, their origin, and the statements of a person.

The document follows RO-Crate 1.1 and the profile Process Run Crate 0.5, which is made for that version. Its only
time is a date that crate.toml states, so that equal folders give equal bytes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from profilex.files import OutputLock, sha256_file, write_atomic
from profilex.reexport.crate.about import About, read_about
from profilex.reexport.crate.actions import RUN_FILE, Entity, reference, run_entities, scan_id, scans
from profilex.reexport.folder import Profiles
from profilex.types import Record

CRATE_NAME = "ro-crate-metadata.json"

_CRATE = "https://w3id.org/ro/crate/1.1"
_TERMS = "https://w3id.org/ro/terms/workflow-run/context"  # defines sha256, which 1.1 lacks
_PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
_TABLES = {
    "profiles.csv": "All vessels, one row each",
    "manifest.jsonl": "All pages, one line each: status, counts, digests",
    RUN_FILE: "Settings, model card and software of the last run",
}
_FORMATS = {
    ".csv": "text/csv",
    ".dxf": "image/vnd.dxf",
    ".geojson": "application/geo+json",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".svg": "image/svg+xml",
}


_CONTENTS = {
    ".dxf": "drawing, 1:1 in millimetres, or in pixels while the scale is unknown",
    ".geojson": "sections, vessels, axes, rim lines and scale bars",
    ".jpg": "the scan with the results drawn over it",
    ".svg": "drawing, in millimetres, or in pixels while the scale is unknown",
}


@dataclass(frozen=True, slots=True)
class Described:
    """The contents of a crate: finished pages, their vessels and files. `missing` files do not exist.

    `unsaid` are the missing keys of crate.toml that an archive will ask for.
    """

    pages: int
    vessels: int
    files: int
    missing: tuple[str, ...]
    unsaid: tuple[str, ...]


def write_crate(profiles: Profiles) -> Described:
    """Write ro-crate-metadata.json into an output folder, from its records; the pages are not read.

    Raises:
        RunError: crate.toml is not understood, or the folder is held by another process or cannot be written.
    """
    about = read_about(profiles.folder)
    with OutputLock(profiles.folder):
        pages = [_page(profiles.folder, record) for record in profiles.done]
        tables = list(_tables(profiles.folder))
        graph = [*_head(profiles, about, pages, tables), *_about_entities(about)]
        for page in pages:
            graph += [page.dataset, *page.files]
        graph += tables
        once = {entity["@id"]: entity for entity in reversed(graph)}  # a person may state an address twice
        document = {
            "@context": [f"{_CRATE}/context", _TERMS],
            "@graph": [_compact(each) for each in reversed(once.values())],
        }
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        write_atomic(profiles.folder / CRATE_NAME, text.encode())
    return Described(
        pages=len(pages),
        vessels=sum(record.vessels for record in profiles.done),
        files=sum(len(page.files) for page in pages) + len(tables),
        missing=tuple(name for page in pages for name in page.missing),
        unsaid=about.unsaid(),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """The entities of a finished page: its folder, and its existing files."""

    dataset: Entity
    files: tuple[Entity, ...]
    missing: tuple[str, ...]


def _page(folder: Path, record: Record) -> _Page:
    files, missing = [], []
    for path, digest in record.outputs:
        entity = _file(folder, path, digest)
        if entity is None:
            missing.append(path)
        else:
            what = _CONTENTS.get(PurePosixPath(path).suffix, "file of the page")
            about = {"description": f"{record.source}, page {record.frame}: {what}"}
            files.append(entity | about | {"isBasedOn": reference(scan_id(record))})
    dataset: Entity = {
        "@id": f"{quote(f'pages/{record.folder}')}/",
        "@type": "Dataset",
        "name": record.source + (f", page {record.frame}" if record.frame else ""),
        "description": f"{record.vessels} vessels from {record.sections} sections",
        "hasPart": [reference(file) for file in files],
    }
    return _Page(dataset, tuple(files), tuple(missing))


def _tables(folder: Path) -> Iterator[Entity]:
    for name, description in _TABLES.items():
        path = folder / name
        if path.is_file() and (entity := _file(folder, name, sha256_file(path))):
            yield entity | {"description": description}


def _file(folder: Path, path: str, digest: str) -> Entity | None:
    """A file of the crate, None if it is missing."""
    try:
        size = (folder / path).stat().st_size
    except OSError:
        return None
    entity: Entity = {"@id": quote(path), "@type": "File", "name": PurePosixPath(path).name}
    kind = _FORMATS.get(PurePosixPath(path).suffix)
    entity |= {"encodingFormat": kind} if kind else {}
    return entity | {"contentSize": str(size), "sha256": digest}


def _compact(entity: Entity) -> Entity:
    """The entity as compacted JSON-LD: a single value is not in a list, and empty ones are left out."""
    values = {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in entity.items()
    }
    return {name: value for name, value in values.items() if value != []}


def _head(profiles: Profiles, about: About, pages: Sequence[_Page], tables: Sequence[Entity]) -> Iterator[Entity]:
    """The document, the folder, the profile that it follows, and the actions."""
    records = sorted((*profiles.done, *profiles.failed), key=lambda record: (record.source, record.frame))
    there = {file["@id"] for page in pages for file in page.files}
    provenance = list(run_entities(records, [table["@id"] for table in tables], profiles.run)) if records else []
    actions = [_only_there(each, there, tables) for each in provenance if each["@type"] == "CreateAction"]
    others = [each for each in provenance if each["@type"] != "CreateAction"]
    yield {
        "@id": CRATE_NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _CRATE},
        "about": {"@id": "./"},
    }
    vessels = sum(record.vessels for record in profiles.done)
    yield {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": _PROCESS},
        "name": about.name or f"{vessels} vessel profiles from {len(pages)} scanned pages",
        "description": about.description or "Measured vessel profiles, extracted from scanned plates with profilex.",
        **_stated(about),
        "hasPart": [reference(each) for each in (*(page.dataset for page in pages), *tables)],
        "mentions": [reference(action) for action in actions],
    }
    yield {"@id": _PROCESS, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    yield from (*actions, *others, *scans(records))


def _only_there(action: Entity, there: set[str], tables: Sequence[Entity]) -> Entity:
    """An action without results that no longer exist, so that every link leads to an entity."""
    kept = there | {table["@id"] for table in tables}
    results = [link for link in action.get("result", []) if link["@id"] in kept]
    return action | ({"result": results} if "result" in action else {})


def _stated(about: About) -> dict[str, Any]:
    """The statements of crate.toml about the folder."""
    stated: dict[str, Any] = {}
    if about.date_published:
        stated["datePublished"] = about.date_published
    if about.license:
        stated["license"] = {"@id": about.license}
    if about.authors:
        stated["author"] = [{"@id": _author_id(number, about)} for number in range(len(about.authors))]
    if about.publisher:
        stated["publisher"] = {"@id": about.publisher_url or "#publisher"}
    if about.keywords:
        stated["keywords"] = ", ".join(about.keywords)
    if about.publication[0]:
        stated["isBasedOn"] = {"@id": about.publication[1] or "#publication"}
    return stated


def _author_id(number: int, about: About) -> str:
    return about.authors[number].orcid or f"#author-{number + 1}"


def _about_entities(about: About) -> Iterator[Entity]:
    if about.license:
        words = "Licence of the profiles; the rights in the scanned drawings stay with their authors and publishers."
        yield {"@id": about.license, "@type": "CreativeWork", "name": about.license, "description": words}
    for number, author in enumerate(about.authors):
        entity: Entity = {"@id": _author_id(number, about), "@type": "Person", "name": author.name}
        if author.affiliation:
            place = author.ror or f"#affiliation-{number + 1}"
            entity["affiliation"] = {"@id": place}
            organization = {"@id": place, "@type": "Organization", "name": author.affiliation}
            yield organization | ({"url": author.ror} if author.ror else {})
        yield entity
    if about.publisher:
        entity = {"@id": about.publisher_url or "#publisher", "@type": "Organization", "name": about.publisher}
        yield entity | ({"url": about.publisher_url} if about.publisher_url else {})
    citation, url = about.publication
    if citation:
        yield {"@id": url or "#publication", "@type": "CreativeWork", "name": citation}
