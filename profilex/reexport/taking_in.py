"""Edits by hand in page.geojson become decisions, so that no later batch can overwrite them."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from profilex import __version__, manifest
from profilex.decisions import Act, DecisionLog, Event, Person, Scan, Seen, drawn, read_decisions
from profilex.errors import PageError
from profilex.files import sha256_bytes
from profilex.reexport.hand_edits import is_untouched
from profilex.reexport.reading import page_result
from profilex.types import Record
from profilex.vessel.remeasure import agrees

HOW = "hand"


def take_in_hand_edits(folder: Path) -> int:
    """Append what was changed in the page.geojson of any page to corrections.jsonl; how many decisions that are.

    Files that are older than their record are those of the batch, and are not looked into.

    Raises:
        RunError: corrections.jsonl cannot be written.
    """
    found: list[Event] = []
    for path in _changed_since(folder):
        entry = manifest.read_entry(folder, path.parent.relative_to(folder / "pages").as_posix())
        if entry is not None and entry.record.status == "ok":
            found += _edits(path, entry.record)
    known = {event.id for event in read_decisions(folder).events} if found else set()
    fresh = [event for event in found if event.id not in known]
    return len(DecisionLog(folder).append(fresh)) if fresh else 0


def _changed_since(folder: Path) -> Iterator[Path]:
    for record in sorted((folder / "records").rglob("*.json")):
        place = record.relative_to(folder / "records").with_suffix("")
        path = folder / "pages" / place.parent / record.name.removesuffix(".json") / "page.geojson"
        try:
            if path.stat().st_mtime_ns > record.stat().st_mtime_ns:
                yield path
        except OSError:
            continue


def _edits(path: Path, record: Record) -> Iterator[Event]:
    """A decision for each vessel whose geometry is no longer that of its measures."""
    name = f"pages/{record.folder}/page.geojson"
    try:
        document = path.read_bytes()
        digest = sha256_bytes(document)
        if is_untouched(record, name, digest):
            return
        result = page_result(document, record, name)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, PageError):
        return
    for vessel in result.vessels:
        if not vessel.sections or agrees(vessel, result.height_px):
            continue
        part = drawn(vessel)
        parts = {"sections": part.sections, "axis": part.axis, "rim": part.rim}
        event_id = hashlib.sha256(f"{digest}/{vessel.identifier}".encode()).hexdigest()[:32]
        yield Event(
            id=event_id,
            subject=event_id,
            act=Act.MEND,
            scan=Scan(record.sha256, record.frame, result.width_px, result.height_px, record.source),
            at=changed.isoformat(timespec="seconds").replace("+00:00", "Z"),
            by=Person(),
            seen=Seen(digest, record.versions.get("model_sha256", ""), record.key, vessel.identifier, part),
            parts={slot: value for slot, value in parts.items() if value is not None},
            how=(HOW,),
            software=f"profilex {__version__}",
        )
