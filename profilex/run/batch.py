"""A batch from start to end: check, lock, plan, do, and write the manifest; the exception boundary is the caller's."""

import json
import logging
import platform
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from profilex import manifest
from profilex.errors import Code, PageError, RunError
from profilex.files import Discovery, OutputLock, check_writable, write_atomic
from profilex.run.options import RunOptions
from profilex.run.plan import Plan, find_scans, plan_pages, settle
from profilex.run.progress import Progress, escaped
from profilex.run.stop import StopRequest
from profilex.run.summary import Summary
from profilex.run.workers.outcome import Outcome, do_page
from profilex.types import ModelCard, PageRef, Record

_log = logging.getLogger(__name__)

_LEAST_PAGES = 20  # before this many pages a share of failures says little


def run_batch(options: RunOptions, progress: Progress) -> Summary:
    """Do all pages of the inputs that are not done yet, and write the manifest and the table.

    Raises:
        RunError: the run cannot start or continue; the manifest then lists the pages done so far.
    """
    discovery = find_scans(options)
    check_writable(options.out)
    card = options.model.card()
    with OutputLock(options.out), _run_log(options.out), StopRequest() as stop:
        return _Batch(options, card, progress, stop).run(discovery)


class _Batch:
    """One run over an output folder that it has locked."""

    def __init__(self, options: RunOptions, card: ModelCard, progress: Progress, stop: StopRequest) -> None:
        self._options = options
        self._card = card
        self._versions = manifest.software_versions(card.name, card.digest, dict(options.settings.plugins))
        self._progress = progress
        self._stop = stop
        self._summary = Summary()
        self._finished: list[Record] = []  # for the deliveries
        self._folders: set[str] = set()  # of the pages that are done
        self._engines: set[str] = set()

    def run(self, discovery: Discovery) -> Summary:
        discovery, self._options, notes = settle(discovery, self._options)
        options = self._options
        self._take_in_hand_edits()
        write_atomic(options.out / "run.json", _run_document(options, self._card))
        for skipped in discovery.skipped:
            self._summary.skipped[skipped.reason] += 1
            self._progress.line(escaped(f"skipped: {skipped.source}: {skipped.reason}"))
        plan = plan_pages(discovery, options, self._versions)
        for note in (*notes, *plan.notes):
            _log.warning("%s", note)
            self._progress.line(escaped(note))
        _log.info("%d pages to do, %d kept, %d cut off by --limit", len(plan.todo), len(plan.done), plan.left)
        again = Counter(plan.again[ref.folder] for ref in plan.todo if ref.folder in plan.again)
        for why, count in sorted(again.items()):
            self._progress.note(f"done again because {why}: {count} page{'' if count == 1 else 's'}")
        try:
            self._do(plan)
            self._deliver()
        finally:
            self._count_vessels(manifest.write_manifest(options.out))
            self._keep_decisions()
            self._summary.stopped_by = self._stop.signal_number
            self._progress.end(self._summary)
            _log.info("ended: %s", json.dumps(self._summary.as_json()))
        return self._summary

    def _take_in_hand_edits(self) -> None:
        """What somebody changed in a page.geojson becomes decisions, before this run may write it again."""
        from profilex.reexport.taking_in import take_in_hand_edits

        if (count := take_in_hand_edits(self._options.out)) > 0:
            self._progress.line(f"{count} edits of page.geojson were taken in as corrections")

    def _keep_decisions(self) -> None:
        """The table as people have corrected it; what no longer fits is named."""
        from profilex.reexport.corrections import refresh_table

        for misfit in refresh_table(self._options.out):
            place = f"{misfit.source}#{misfit.frame} {misfit.vessel}".strip("# ")
            self._progress.line(escaped(f"look again: {place}: {misfit.message}"))

    def _do(self, plan: Plan) -> None:
        self._progress.begin(len(plan.todo))
        for record in plan.done:
            self._summary.add(record, kept=True)
            self._note_finished(record)
        for folder, count in plan.frames.items():
            manifest.retire_frames(self._options.out, folder, count)
        for record in plan.poisoned:
            self._tell(record)
        for ref, failure in plan.unopened:
            self._tell(self._fail(ref, failure))
        self._summary.left = plan.left + len(plan.todo)
        for ended in self._pages(plan.todo):
            self._summary.left -= 1
            self._take(ended)
            self._refuse_too_many_failures()

    def _pages(self, todo: list[PageRef]) -> Iterator[Any]:
        if not todo:
            return iter(())
        return self._pages_here(todo) if self._options.workers == 0 else self._pages_in_pool(todo)

    def _pages_here(self, todo: list[PageRef]) -> Iterator[Outcome]:
        segmenter = self._options.model.load(0)
        self._report_engine(segmenter.engine)
        for ref in todo:
            if self._stop.requested:
                return
            yield do_page(ref, segmenter, self._options.settings, self._options.out)

    def _pages_in_pool(self, todo: list[PageRef]) -> Iterator[Any]:
        from profilex.run.workers.cluster import connected, local_size
        from profilex.run.workers.forking import prepare_workers

        options = self._options
        if not options.scheduler:
            prepare_workers()
        from profilex.run.workers.pool import Pool, PoolLimits
        from profilex.run.workers.worker import Work

        size = None if options.scheduler else local_size(options, len(todo))
        work = Work(options.model, options.settings, options.out.resolve(), size.threads if size else 0)
        limits = PoolLimits(options.page_timeout_s, options.startup_timeout_s, options.recycle_pages)
        with connected(options, size) as client:
            yield from Pool(client, work, self._card.digest, limits, self._stop, self._report_engine).pages(todo)

    def _report_engine(self, engine: str) -> None:
        """Report once what the network runs in, so that users know whether a GPU is used."""
        if engine not in self._engines:
            self._engines.add(engine)
            _log.info("the network runs in %s", engine)
            self._progress.note(f"the network runs in {engine}")

    def _take(self, ended: Outcome | tuple[PageRef, manifest.Failure]) -> None:
        if isinstance(ended, Outcome):
            for line in ended.log:
                _log.warning("%s", line)
            self._tell(ended.record)
        else:
            self._tell(self._fail(*ended))

    def _fail(self, ref: PageRef, failure: manifest.Failure) -> Record:
        _log.warning("%s frame %d: %s: %s", ref.source, ref.frame, failure.code, failure.message)
        settings = self._options.settings.for_page(ref.source, ref.frame)
        return manifest.record_failure(self._options.out, ref, failure, settings, self._versions)

    def _tell(self, record: Record) -> None:
        self._summary.add(record)
        self._note_finished(record)
        self._progress.page(record, self._summary)

    def _count_vessels(self, entries: Iterable[manifest.Entry]) -> None:
        """Count only the pages of this run: the folder may hold those of others."""
        for entry in entries:
            if entry.record.folder in self._folders:
                self._summary.add_vessels(entry.rows)

    def _note_finished(self, record: Record) -> None:
        if record.status == "ok":
            self._folders.add(record.folder)
        if self._options.deliveries and record.status == "ok":
            self._finished.append(record)

    def _deliver(self) -> None:
        """Deliver all finished pages; one that cannot be delivered stays done, and the next run tries again."""
        for delivery in self._options.deliveries:
            for record in self._finished:
                if self._stop.requested:
                    return
                try:
                    self._summary.delivered[delivery.name] += delivery.deliver(record)
                except PageError as error:
                    self._summary.undelivered[delivery.name] += 1
                    place = f"{record.source}#{record.frame}"
                    _log.warning("%s: not delivered to %s", place, delivery.name, exc_info=True)
                    self._progress.line(escaped(f"not delivered: {place}: {delivery.name}: {error.code}: {error}"))

    def _refuse_too_many_failures(self) -> None:
        pages = self._summary.done + self._summary.failures
        share = self._summary.failures / pages
        if pages >= _LEAST_PAGES and share > self._options.max_failures:
            raise RunError(
                Code.TOO_MANY_FAILURES,
                f"{self._summary.failures} of {pages} pages failed, more than --max-failures allows.",
                "Check the failures above, then run again to resume.",
            )


def _run_document(options: RunOptions, card: ModelCard) -> bytes:
    """run.json: settings, model and software; no times and no paths, so that equal runs write equal bytes."""
    versions = manifest.software_versions(card.name, card.digest, dict(options.settings.plugins))
    document = {
        "settings": asdict(options.settings),
        "settings_sha256": options.settings.digest(),
        "model": asdict(card) if is_dataclass(card) and not isinstance(card, type) else {"name": card.name},
        "versions": versions | {"python": platform.python_version()},
    }
    return (json.dumps(document, indent=2, sort_keys=True, default=str) + "\n").encode()


@contextmanager
def _run_log(out: Path) -> Iterator[None]:
    """Append the log of profilex to run.log, the one file with times and tracebacks."""
    logger = logging.getLogger("profilex")
    handler = logging.FileHandler(out / "run.log", encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    level, propagate = logger.level, logger.propagate
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
        logger.setLevel(level)
        logger.propagate = propagate
