"""Finished pages in another format: the exporters of `profilex.export`, over an output folder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from profilex.errors import Code, PageError, RunError
from profilex.export.formats import ExportedPage, Format, Wanted, find_format
from profilex.export.frame.vessel_frame import require_finite
from profilex.files import OutputLock, printable_source, write_atomic
from profilex.reexport.folder import Profiles, Spoilt
from profilex.types import PageResult

_TABLES = ("csv", "xlsx")  # in which rejected vessels stand as well


@dataclass(slots=True)
class Exported:
    """What an export did: pages, vessels and files written; pages left out, and one sentence for each of those.

    `failed` pages have no outputs since batch failed on them, `torn` ones no record that can be read; `spoilt` ones
    have a page.geojson that cannot be used or drawn.
    """

    pages: int = 0
    vessels: int = 0
    files: int = 0
    failed: int = 0
    torn: int = 0
    spoilt: int = 0
    messages: list[str] = field(default_factory=list)

    def leave_out(self, message: str) -> None:
        """Count a page that could not be used."""
        self.spoilt += 1
        self.messages.append(message)

    def as_json(self) -> dict[str, Any]:
        """The counts for `--json`."""
        return {name: getattr(self, name) for name in ("pages", "vessels", "files", "failed", "torn", "spoilt")}


def export_profiles(profiles: Profiles, out: Path, name: str, wanted: Wanted) -> Exported:
    """Write every finished page in the format `name` to `out`/<the page's folder>, formats of a collection to `out`.

    Vessels are as people have corrected them; rejected ones stand in tables alone.
    A page that cannot be read or drawn is counted and the others go on. Every file is written whole or not at all.
    Vessels are as people have corrected them; rejected ones are only in the table.

    Raises:
        RunError: the format is unknown or needs a library that is missing; `out` is where batch keeps its own files,
            is held by another process or cannot be written.
    """
    format_ = find_format(name)
    refuse_own_place(profiles.folder, out)
    exported = Exported(failed=len(profiles.failed), torn=len(profiles.torn))
    exported.messages += [f"{record}: cannot be read; its page is left out." for record in profiles.torn]
    exported.messages += profiles.problems
    with OutputLock(out):
        pages = _readable(profiles, format_, exported)
        if format_.collection_files:
            try:
                for file, data in format_.collection_files(pages, wanted):
                    write_atomic(out / file, data)
                    exported.files += 1
            except PageError as error:
                raise RunError(error.code, error.message, error.remedy) from error
            return exported
        for page in pages:
            _export_page(page.result, format_, wanted, out, exported)
    return exported


def _readable(profiles: Profiles, format_: Format, exported: Exported) -> Iterator[ExportedPage]:
    """The pages that can be read; those of a collection's format are counted as they are taken."""
    outputs = {record.folder: tuple(path for path, _ in record.outputs) for record in profiles.done}
    for page in profiles.pages(with_rejected=format_.name in _TABLES):
        if isinstance(page, Spoilt):
            exported.leave_out(page.message)
            continue
        if format_.collection_files:
            try:
                for vessel in page.vessels:
                    require_finite(vessel)
            except PageError as error:
                exported.leave_out(f"pages/{page.ref.folder}: {error}")
                continue
            _count(page, format_, exported)
        yield ExportedPage(page, outputs[page.ref.folder])


def _export_page(page: PageResult, format_: Format, wanted: Wanted, out: Path, exported: Exported) -> None:
    try:
        contents = list(format_.page_files(page, wanted))
    except PageError as error:
        exported.leave_out(f"pages/{page.ref.folder}: {error}")
        return
    for file, data in contents:
        write_atomic(out / page.ref.folder / file, data)
    _count(page, format_, exported)
    exported.files += len(contents)


def _count(page: PageResult, format_: Format, exported: Exported) -> None:
    exported.pages += 1
    exported.vessels += len(page.vessels)
    exported.messages += _without(page, format_)


def _without(page: PageResult, format_: Format) -> list[str]:
    """One sentence for each reason why vessels of the page have nothing in the format."""
    if format_.refusal is None:
        return []
    reasons: dict[str, list[str]] = {}
    for vessel in page.vessels:
        if reason := format_.refusal(vessel):
            reasons.setdefault(reason, []).append(vessel.identifier)
    return [f"pages/{page.ref.folder}, {', '.join(vessels)}: {reason}." for reason, vessels in reasons.items()]


def refuse_own_place(folder: Path, out: Path) -> None:
    """Keep exports away from batch's own files in `folder`.

    The records vouch for the files below pages/: another hand there would make batch do those pages again.

    Raises:
        RunError: `out` is the folder itself, or lies in its pages/ or records/.
    """
    home, target = folder.resolve(), out.resolve()
    own = (home / "pages", home / "records")
    if target == home or any(target == place or place in target.parents for place in own):
        raise RunError(
            Code.USAGE,
            f"{printable_source(out)}: batch keeps its own files there.",
            "Choose another folder with --out.",
        )
