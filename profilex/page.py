"""One page to disk: read, extract, export, write, and its record last.

This is the one exception boundary of a page: whatever it raises becomes a failed record with a stage and a code.
Only a full or unwritable disk ends the run, as no later page could be written either.
"""

import errno
import hashlib
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from profilex import manifest
from profilex.errors import Code, PageError, RunError
from profilex.export import geojson, preview
from profilex.export import heat_map as residual
from profilex.export.columns import table
from profilex.export.file_names import with_file_names
from profilex.export.formats import FORMATS, Wanted
from profilex.files import write_atomic
from profilex.files.writing import unwritable
from profilex.images import read_page
from profilex.pipeline import extract
from profilex.settings import Settings
from profilex.types import Network, Page, PageRef, PageResult, Record

_log = logging.getLogger(__name__)

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)

Contents = list[tuple[str, bytes]]
"""A page's outputs before they are written: file name in the page's folder, and bytes."""


@dataclass(slots=True)
class _StageTracker:
    """How far a page has come, for the record of a failure."""

    stage: str = "read"
    sha256: str = ""

    def enter(self, stage: str) -> None:
        """Note that a stage begins."""
        self.stage = stage


def process_page(ref: PageRef, network: Network, settings: Settings, out: Path) -> Record:
    """Take one page through all stages, write its outputs, then its record.

    Returns the record that was written; its status is "failed" if the page could not be done.

    Raises:
        RunError: the outputs cannot be written (disk full, folder unwritable).
    """
    versions = manifest.software_versions(network.card.name, network.card.digest, dict(settings.plugins))
    tracker = _StageTracker()
    settings = settings.for_page(ref.source, ref.frame)
    try:
        result, contents = _draw(ref, network, settings, versions, tracker)
        tracker.stage = "write"
        return _commit(result, contents, settings, out)
    except RunError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK_FULL:
            raise unwritable(out, error) from error
        code, message = _classify(error, tracker.stage)
        _log.error("%s frame %d: %s failed: %s", ref.source, ref.frame, tracker.stage, code, exc_info=True)
        failure = manifest.Failure(tracker.stage, code, message, tracker.sha256)
        return manifest.record_failure(out, ref, failure, settings, versions)


def _draw(
    ref: PageRef, network: Network, settings: Settings, versions: dict[str, str], tracker: _StageTracker
) -> tuple[PageResult, Contents]:
    """The page's vessels, and its files as bytes; nothing is written."""
    page = read_page(ref, settings.read)
    tracker.sha256 = page.sha256
    result = replace(extract(page, network, settings, at_stage=tracker.enter), versions=versions)
    result = with_file_names(result, settings.export.names)
    tracker.stage = "export"
    return result, _export(page, result, settings)


def _export(page: Page, result: PageResult, settings: Settings) -> Contents:
    """The bytes of every requested file, in memory: if one format fails, no file of the page is written."""
    wanted = settings.export
    contents: Contents = [("page.geojson", geojson.page_document(result))]
    asked = {"dxf": wanted.dxf, "svg": wanted.svg, "geojson": wanted.geojson, "page-dxf": wanted.page_dxf}
    for name, is_asked in asked.items():
        if is_asked:
            contents += FORMATS[name].page_files(result, Wanted(wanted))
    for vessel in result.vessels:
        if wanted.preview and residual.is_wanted(vessel):
            picture = residual.residual_picture(page.grey, vessel)
            contents.append((f"{vessel.file_stem}.{residual.SUFFIX}", picture))
    if wanted.preview:
        contents.append(("preview.jpg", preview.page_preview(page.grey, result)))
    return contents


def _commit(result: PageResult, contents: Contents, settings: Settings, out: Path) -> Record:
    """Write a page's outputs, then its record; an earlier record is removed first."""
    ref = result.ref
    manifest.forget(out, ref.folder)
    outputs = []
    for name, data in contents:
        path = f"pages/{ref.folder}/{name}"
        write_atomic(out / path, data)
        outputs.append((path, hashlib.sha256(data).hexdigest()))
    manifest.discard_outputs(out, ref.folder, keep=[path for path, _ in outputs])
    record = Record(
        source=ref.source,
        frame=ref.frame,
        sha256=result.sha256,
        key=manifest.page_key(result.sha256, ref.frame, settings, result.versions),
        status="ok",
        folder=ref.folder,
        vessels=len(result.vessels),
        sections=sum(len(vessel.sections) for vessel in result.vessels),
        text_read=result.is_text_read,
        dropped=result.dropped,
        warnings=result.warnings,
        outputs=tuple(outputs),
        versions=result.versions,
        place=ref.place,
    )
    manifest.write_record(out, record, table.rows(result, [path for path, _ in outputs]))
    return record


def _classify(error: Exception, stage: str) -> tuple[Code, str]:
    """The code and message of a page's failure."""
    if isinstance(error, PageError):
        return error.code, str(error)
    if isinstance(error, MemoryError):
        return Code.MEMORY, "The page needs more memory than there is."
    if stage == "read" and isinstance(error, OSError):
        return Code.UNREADABLE, f"The file cannot be read: {error.strerror or type(error).__name__}."
    code = Code.EXPORT if stage == "export" else Code.INTERNAL
    return code, f"{type(error).__name__}: {error}"
