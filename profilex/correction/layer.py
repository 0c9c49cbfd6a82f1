"""What people change in CVAT, as decisions about the output folder that the task was made of."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import shapely
from shapely import MultiPolygon, Polygon

from profilex import __version__
from profilex.correction.changes import KEPT, PageChanges
from profilex.correction.drawn import DrawnSection
from profilex.correction.task import Picture
from profilex.decisions import Act, Corrected, DecisionLog, Event, Person, Scan, Seen, drawn
from profilex.decisions.event import Outline
from profilex.errors import PageError
from profilex.reexport import read_profiles
from profilex.types import Record, Vessel

HOW = "cvat"


@dataclass(frozen=True, slots=True)
class ReturnedPage:
    """A picture that came back: which page it is, its sections as they are now, and what was changed."""

    picture: Picture
    sections: tuple[DrawnSection, ...]
    changes: PageChanges


def write_decisions(profiles: Path, pages: Sequence[ReturnedPage], person: Person) -> int:
    """Append what was changed on the pages to the folder's corrections.jsonl; how many decisions that are.

    Pages whose scan or result is no longer in the folder are passed over.

    Raises:
        RunError: the folder holds no records, or the file cannot be written.
    """
    folder = read_profiles(profiles)
    records = {(record.sha256, record.frame): record for record in folder.done}
    events: list[Event] = []
    for page in pages:
        record = records.get((page.picture.sha256, page.picture.frame))
        if record is None:
            continue
        try:
            events += _page_decisions(page, folder.corrected_page(record), record, person)
        except PageError:
            continue
    return len(DecisionLog(profiles).append(events))


def _page_decisions(page: ReturnedPage, view: Corrected, record: Record, person: Person) -> Iterator[Event]:
    changed = {change.vessel for change in page.changes.changes if change.kind != KEPT}
    scan = Scan(record.sha256, record.frame, view.result.width_px, view.result.height_px, record.source)
    known = {vessel.identifier: vessel for vessel in view.result.vessels}
    for name in sorted(changed & known.keys()):
        own = [section for section in page.sections if section.vessel == name]
        sections = tuple(outline for section in own for outline in _outlines(section, known[name]))
        yield _event(Act.MEND if sections else Act.REJECT, scan, person, view, known[name], sections)
    for section in page.sections:
        if section.vessel not in known:
            yield _event(Act.ADD, scan, person, view, None, tuple(_outlines(section, None)))


def _event(
    act: Act, scan: Scan, person: Person, view: Corrected, vessel: Vessel | None, sections: tuple[Outline, ...]
) -> Event:
    name = str(uuid.uuid4())
    subject = view.subjects.get(vessel.identifier) if vessel else None
    return Event(
        id=name,
        subject=subject.name if subject else name,
        act=act,
        scan=scan,
        at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        by=person,
        prev=subject.heads if subject else (),
        seen=Seen(vessel=vessel.identifier, part=drawn(vessel)) if vessel and vessel.sections else Seen(),
        parts={"sections": sections} if sections else {},
        how=(HOW,),
        software=f"profilex {__version__}",
    )


def _outlines(section: DrawnSection, vessel: Vessel | None) -> Iterator[Outline]:
    """A section from CVAT as outlines; a piece that was a handle's still is."""
    place = int(section.piece) - 1 if section.piece.isdigit() else -1
    is_handle = vessel is not None and 0 <= place < len(vessel.sections) and vessel.sections[place].is_handle
    parts = section.outline.geoms if isinstance(section.outline, MultiPolygon) else [section.outline]
    for part in parts:
        if isinstance(part, Polygon) and part.area > 0:
            yield Outline(shapely.orient_polygons(part), is_handle)
