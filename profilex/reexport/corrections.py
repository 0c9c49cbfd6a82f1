"""What people's decisions mean for a finished folder: its table, and which of them no longer fit."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from profilex import manifest
from profilex.decisions import read_decisions
from profilex.decisions.applying import DISPUTED, LOOK_AGAIN, Corrected
from profilex.decisions.log import NAME
from profilex.errors import PageError
from profilex.export.columns import table
from profilex.files import write_atomic
from profilex.reexport.folder import Profiles, read_profiles
from profilex.types import Record

TABLE_NAME = "profiles.csv"


@dataclass(frozen=True, slots=True)
class Misfit:
    """A decision that a person should check again: the page, the vessel ("" where it is gone) and one sentence."""

    source: str
    frame: int
    vessel: str
    message: str


def corrected_records(profiles: Profiles) -> Iterator[Record]:
    """The finished pages that people decided about."""
    for record in profiles.done:
        if (record.sha256, record.frame) in profiles.decisions:
            yield record


def refresh_table(folder: Path) -> tuple[Misfit, ...]:
    """Write profiles.csv as people have corrected it, and return which decisions no longer fit.

    Without any decisions the table stays as the batch has written it. Pages that cannot be read keep their rows.

    Raises:
        RunError: the table cannot be written, or corrections.jsonl not be read.
    """
    if not read_decisions(folder).events:
        return ()
    profiles = read_profiles(folder)
    rows = {entry.record.folder: list(entry.rows) for entry in manifest.entries(folder)}
    found: list[Misfit] = []
    for record in corrected_records(profiles):
        try:
            page = profiles.corrected_page(record)
            rows[record.folder] = table.rows(page.result, [path for path, _ in record.outputs])
        except PageError:
            continue
        found += misfits(page, record)
    found += _of_other_scans(profiles)
    write_atomic(folder / TABLE_NAME, table.document(row for each in rows.values() for row in each))
    return tuple(found)


def misfits(page: Corrected, record: Record) -> Iterator[Misfit]:
    """The decisions about a page that fit its result no longer, or that people disagree about."""
    place = (record.source, record.frame)
    for vessel in page.result.vessels:
        if LOOK_AGAIN in vessel.review:
            yield Misfit(*place, vessel.identifier, "the drawing has changed since it was decided about")
        if any(reason.startswith(DISPUTED) for reason in vessel.review):
            yield Misfit(*place, vessel.identifier, "two people disagree")
    for subject, reason in page.orphans:
        yield Misfit(*place, "", f"{reason} (was {subject.vessel or subject.name})")


def _of_other_scans(profiles: Profiles) -> Iterator[Misfit]:
    """Decisions about scans that the folder does not hold: changed since, or of another batch."""
    known = {(record.sha256, record.frame) for record in profiles.done}
    for (sha256, frame), decisions in sorted(profiles.decisions.items()):
        if (sha256, frame) not in known and (decisions.subjects or decisions.page):
            yield Misfit("", frame, "", f"{NAME} speaks of a scan that is not here (sha256 {sha256[:12]}…)")
