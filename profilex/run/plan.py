"""The plan of a run: pages to do, pages to keep, and files that cannot be opened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from profilex import manifest
from profilex.errors import Code, PageError
from profilex.files import Discovery, ScanFile, discover, sha256_file
from profilex.images import count_frames
from profilex.run.identity import own_names
from profilex.run.options import RunOptions
from profilex.scale.table import rows_beyond, rows_of_scans
from profilex.types import PageRef, Record

_WRITTEN = ("pages", "records")  # folders of an output folder whose files are a run's own

Unopened = tuple[PageRef, manifest.Failure]


@dataclass(slots=True)
class Plan:
    """The pages of a run, each in one list.

    `todo` are to be done, `done` need not be, `poisoned` killed two workers before and wait for --retry-failed,
    `unopened` are files whose frames cannot be counted or that could not be fetched, `left` were cut off by --limit.
    `frames` maps the output folder of every file that could be opened to its number of frames, `again` the output
    folder of every page that was done before and is among `todo` to the reason why. `notes` are for the user.
    """

    todo: list[PageRef] = field(default_factory=list)
    done: list[Record] = field(default_factory=list)
    poisoned: list[Record] = field(default_factory=list)
    unopened: list[Unopened] = field(default_factory=list)
    left: int = 0
    frames: dict[str, int] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.todo) + len(self.done) + len(self.poisoned) + len(self.unopened) + self.left


def find_scans(options: RunOptions) -> Discovery:
    """The files under the inputs.

    Raises:
        RunError: the output folder lies inside an input, or an input in what a run writes (usage), an input does not
            exist, or there is no scan.
    """
    return discover(
        options.inputs, options.out, writes=_WRITTEN, allow_empty=options.allow_empty, missing=options.missing
    )


def settle(discovery: Discovery, options: RunOptions) -> tuple[Discovery, RunOptions, tuple[str, ...]]:
    """The scans under the names that they have in the output folder, the options with a scale table by these names,
    and what is to be said of both.
    """
    scans, notes = own_names(discovery, options.out)
    table, strangers = rows_of_scans(
        options.settings.scale_table, {name: scan.source for scan in scans.files for name in (scan.given, scan.source)}
    )
    settings = replace(options.settings, scale_table=table)
    return scans, replace(options, settings=settings), (*notes, *(f"scale table: {each}" for each in strangers))


def plan_pages(discovery: Discovery, options: RunOptions, versions: Mapping[str, str]) -> Plan:
    """Sort the pages of all files; reads headers, records and, where a record may still hold, the file's digest."""
    plan = Plan()
    for scan in discovery.files:
        try:
            plan.frames[scan.folder] = count_frames(scan.path, options.settings.read)
        except PageError as error:
            plan.unopened.append((_page(scan, 0), manifest.Failure("read", error.code, str(error))))
            continue
        _sort_frames(plan, scan, options, versions)
    for scan, why in discovery.missing:
        plan.unopened.append((_page(scan, 0), manifest.Failure("fetch", Code.FETCH, why)))
    frames = {scan.source: plan.frames[scan.folder] for scan in discovery.files if scan.folder in plan.frames}
    plan.notes += [f"scale table: {each}" for each in rows_beyond(options.settings.scale_table, frames)]
    if options.limit is not None:
        plan.left = max(0, len(plan.todo) - options.limit)
        del plan.todo[options.limit :]
    return plan


def _page(scan: ScanFile, frame: int, frames: int = 1) -> PageRef:
    return PageRef(scan.path, scan.source, scan.page_folder(frame, frames), frame, scan.place)


def _sort_frames(plan: Plan, scan: ScanFile, options: RunOptions, versions: Mapping[str, str]) -> None:
    digest = _DigestOnce(scan.path)
    for ref in _pages(scan, plan.frames[scan.folder]):
        entry = None if options.force else manifest.read_entry(options.out, ref.folder)
        if entry is None:
            plan.todo.append(ref)
            continue
        key = manifest.page_key(digest(), ref.frame, options.settings.for_page(ref.source, ref.frame), versions)
        if manifest.is_done(options.out, entry.record, key, verify=options.verify):
            plan.done.append(entry.record)
        elif entry.record.code == Code.POISON and entry.record.key == key and not options.retry_failed:
            plan.poisoned.append(entry.record)
        else:
            plan.todo.append(ref)
            plan.again[ref.folder] = manifest.why_again(entry.record, digest(), key, versions)


def _pages(scan: ScanFile, count: int) -> Iterator[PageRef]:
    return (_page(scan, frame, count) for frame in range(count))


class _DigestOnce:
    """The digest of a file, computed at the first request, so that a file without records is not read twice."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest: str | None = None

    def __call__(self) -> str:
        if self._digest is None:
            try:
                self._digest = sha256_file(self._path)
            except OSError:  # the page will fail with its own record
                self._digest = ""
        return self._digest
