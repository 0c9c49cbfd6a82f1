"""The results of a run: one record for each page under records/, and the manifest and table derived from them.

A record is written after all outputs of its page and is the page's commit point: without a complete record the page
counts as not done. `manifest.jsonl` and `profiles.csv` are derived from the records alone; they are written again, in
the order of the sources, at the end of every run. No record holds a time, so that equal runs give equal bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profilex import __version__
from profilex.code import code_digest
from profilex.errors import Code
from profilex.files import sha256_file, write_atomic
from profilex.files.writing import unwritable
from profilex.settings import Settings
from profilex.text import installed_version
from profilex.types import PageRef, Record

SCHEMA = 1
"""Version of the record's schema; a record of another version counts as absent."""

Row = dict[str, Any]
"""A vessel's row of profiles.csv: column name to a JSON value."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page's record with the rows that its vessels contribute to profiles.csv."""

    record: Record
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a page could not be done: the stage it had reached, a stable code and a sentence.

    `sha256` is the digest of the bytes that were decoded, "" if there were none.
    """

    stage: str
    code: Code
    message: str
    sha256: str = ""


def software_versions(model_name: str, model_digest: str, plugins: Mapping[str, str] | None = None) -> dict[str, str]:
    """The software that decides on the outputs besides page and settings; part of every record and of its key."""
    versions = {"profilex": __version__, "code_sha256": code_digest(), "schema": str(SCHEMA)}
    versions |= {"model": model_name, "model_sha256": model_digest}
    versions["text_reader"] = installed_version()
    return versions | {f"plugin:{name}": version for name, version in (plugins or {}).items()}


def page_key(sha256: str, frame: int, settings: Settings, versions: Mapping[str, str]) -> str:
    """SHA-256 (hex) of everything that decides on a page's outputs: content, frame, settings and software."""
    parts = [sha256, frame, settings.digest(), dict(versions)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def record_path(out: Path, folder: str) -> Path:
    """The path of the record of the page with the output folder `pages/<folder>`."""
    return out / "records" / f"{folder}.json"


def to_json(record: Record) -> dict[str, Any]:
    """A record as its object in manifest.jsonl."""
    return {
        "source": record.source,
        "frame": record.frame,
        "sha256": record.sha256,
        "key": record.key,
        "status": record.status,
        "stage": record.stage,
        "code": record.code,
        "message": record.message,
        "folder": record.folder,
        "counts": {
            "vessels": record.vessels,
            "sections": record.sections,
            "dropped": dict(record.dropped),
        },
        "text_read": record.text_read,
        "warnings": list(record.warnings),
        "outputs": [{"path": path, "sha256": digest} for path, digest in record.outputs],
        "versions": dict(record.versions),
        "place": record.place,
    }


def from_json(line: Mapping[str, Any]) -> Record:
    """The record that `to_json` wrote.

    Raises:
        ValueError: a member is missing or of another type.
    """
    try:
        counts = line["counts"]
        record = Record(
            **{name: _typed(line[name], str) for name in _TEXTS},
            frame=_typed(line["frame"], int),
            vessels=_typed(counts["vessels"], int),
            sections=_typed(counts["sections"], int),
            text_read=_typed(line.get("text_read", True), bool),
            dropped={_typed(k, str): _typed(v, int) for k, v in counts["dropped"].items()},
            warnings=tuple(_typed(text, str) for text in _typed(line["warnings"], list)),
            outputs=tuple((_typed(o["path"], str), _typed(o["sha256"], str)) for o in _typed(line["outputs"], list)),
            versions={_typed(k, str): _typed(v, str) for k, v in line["versions"].items()},
            place=_typed(line.get("place", ""), str),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a record of profilex: {error!r}") from error
    if record.status not in ("ok", "failed"):
        raise ValueError(f"not a record of profilex: status {record.status!r}")
    return record


_TEXTS = ("source", "sha256", "key", "status", "stage", "code", "message", "folder")


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value


def write_record(out: Path, record: Record, rows: Sequence[Row] = ()) -> None:
    """Commit a page: its outputs must already be on the disk.

    Raises:
        RunError: the record cannot be written.
    """
    text = _compact({"schema": SCHEMA, **to_json(record), "rows": list(rows)})
    write_atomic(record_path(out, record.folder), text.encode())


def record_failure(
    out: Path, ref: PageRef, failure: Failure, settings: Settings, versions: Mapping[str, str]
) -> Record:
    """Commit a page as failed: the outputs of an earlier success are removed, and the record says why.

    Raises:
        RunError: the record cannot be written.
    """
    sha256 = failure.sha256 or _digest_or_blank(ref.path)
    record = Record(
        source=ref.source,
        frame=ref.frame,
        sha256=sha256,
        key=page_key(sha256, ref.frame, settings, versions),
        status="failed",
        stage=failure.stage,
        code=str(failure.code),
        message=failure.message,
        folder=ref.folder,
        versions=dict(versions),
        place=ref.place,
    )
    forget(out, ref.folder)
    discard_outputs(out, ref.folder)
    write_record(out, record)
    return record


def _digest_or_blank(path: Path) -> str:
    try:
        return sha256_file(path)
    except OSError:
        return ""


def read_entry(out: Path, folder: str) -> Entry | None:
    """The entry of the page with the output folder `pages/<folder>`, or None.

    A record that is incomplete, of another schema, or of another folder counts as absent.
    """
    try:
        line = json.loads(record_path(out, folder).read_bytes())
        if not isinstance(line, dict) or line.get("schema") != SCHEMA:
            return None
        rows = tuple(dict(row) for row in line["rows"])
        record = from_json(line)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Entry(record, rows) if record.folder == folder else None


def forget(out: Path, folder: str) -> None:
    """Remove a page's record before its outputs change, so that no crash leaves a record of other outputs.

    Raises:
        RunError: the record cannot be removed.
    """
    _remove(record_path(out, folder))


def is_done(out: Path, record: Record, key: str, *, verify: bool = False) -> bool:
    """Whether a page need not be done again: its record is ok, of the same key, and its outputs are there.

    With `verify` the outputs' bytes must also match the digests in the record.
    """
    if record.status != "ok" or record.key != key:
        return False
    if not verify:
        return all((out / path).is_file() for path, _ in record.outputs)
    try:
        return all(sha256_file(out / path) == digest for path, digest in record.outputs)
    except OSError:
        return False


def why_again(record: Record, sha256: str, key: str, versions: Mapping[str, str]) -> str:
    """Why a page with a record has to be done again, for people.

    `sha256` is the digest of the scan's bytes now, `key` the page's key and `versions` the software now.
    """
    if record.status != "ok":
        return "it failed before"
    if record.sha256 != sha256:
        return "the scan has changed"
    changed = {
        name for name in record.versions.keys() | versions.keys() if record.versions.get(name) != versions.get(name)
    }
    for names, what in _CHANGES:
        if changed & names:
            return f"{what} has changed"
    if changed:
        return f"{', '.join(sorted(name.removeprefix('plugin:') for name in changed))} has changed"
    return "the settings have changed" if record.key != key else "outputs are missing or changed"


_CHANGES = (
    ({"profilex", "code_sha256", "schema"}, "profilex"),
    ({"model", "model_sha256"}, "the model"),
    ({"tesseract", "text_reader"}, "the text reader"),
)
"""Members of a record's versions, and what people call them."""


def entries(out: Path) -> list[Entry]:
    """Every complete record of an output folder, sorted by source and frame."""
    root = out / "records"
    folders = (path.relative_to(root).as_posix().removesuffix(".json") for path in root.rglob("*.json"))
    found = (read_entry(out, folder) for folder in folders)
    return sorted((entry for entry in found if entry), key=lambda e: (e.record.source, e.record.frame))


def write_manifest(out: Path) -> list[Entry]:
    """Write manifest.jsonl and profiles.csv from the records, and return these.

    Raises:
        RunError: the files cannot be written.
    """
    from profilex.export.columns import table  # at the end of a run, not at its start: it brings libraries

    found = entries(out)
    lines = "".join(_compact(to_json(entry.record)) for entry in found)
    write_atomic(out / "manifest.jsonl", lines.encode())
    write_atomic(out / "profiles.csv", table.document(row for entry in found for row in entry.rows))
    return found


def discard_outputs(out: Path, folder: str, keep: Sequence[str] = ()) -> None:
    """Remove a page's files except those in `keep` (paths relative to `out`): left by an earlier run or a crash.

    Empty folders are removed too, so that the tree does not depend on earlier attempts.

    Raises:
        RunError: a file cannot be removed.
    """
    place = out / "pages" / folder
    if not place.is_dir():
        return
    kept = {out / path for path in keep}
    for path in place.iterdir():
        if path not in kept and not path.is_dir():
            _remove(path)
    while place != out / "pages":
        try:
            place.rmdir()
        except OSError:  # not empty
            return
        place = place.parent


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def retire_frames(out: Path, scan: str, count: int) -> int:
    """Remove records and outputs of frames that a file no longer has, and return their number.

    `scan` is the file's output folder (without the frame), `count` the number of frames it has now.
    """
    numbered = [f"{scan}/{path.stem}" for path in (out / "records" / scan).glob("*.json")]
    known = [entry.record for folder in (scan, *numbered) if (entry := read_entry(out, folder))]
    gone = [record for record in known if record.frame >= count or (record.folder == scan) != (count == 1)]
    for record in gone:
        forget(out, record.folder)
        discard_outputs(out, record.folder)
    return len(gone)


def _compact(line: Mapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, sort_keys=False, separators=(",", ":"), allow_nan=False) + "\n"
