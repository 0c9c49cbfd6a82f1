"""Finished pages in another format: the exporters of `profilex.export`, over an output folder."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from profilex.errors import Code, PageError, RunError
from profilex.export import dxf, full, geojson, gpkg, mesh, svg
from profilex.export.columns import table
from profilex.files import OutputLock, printable_source, write_atomic
from profilex.reexport.folder import Profiles, Spoilt
from profilex.settings import ExportSettings
from profilex.types import PageResult, Vessel

TABLE_NAME = "profiles.csv"

Contents = Iterator[tuple[str, bytes]]
"""Files of a page: name in the page's folder, and bytes."""

Exporter = Callable[[PageResult, ExportSettings], Contents]


def _vessel_files(
    suffix: str, draw: Callable[[Vessel, PageResult, ExportSettings], bytes], result: PageResult, wanted: ExportSettings
) -> Contents:
    for vessel in result.vessels:
        yield f"{vessel.file_stem}.{suffix}", draw(vessel, result, wanted)


def _page_file(
    name: str, draw: Callable[[PageResult, ExportSettings], bytes], result: PageResult, wanted: ExportSettings
) -> Contents:
    yield name, draw(result, wanted)


def _no_files(result: PageResult, wanted: ExportSettings) -> Contents:
    return iter(())


def _meshes(result: PageResult, wanted: ExportSettings) -> Contents:
    for vessel in result.vessels:
        if not mesh.refusal(vessel):
            yield f"{vessel.file_stem}.{mesh.SUFFIX}", mesh.vessel_mesh(vessel)


def _full_drawings(result: PageResult, wanted: ExportSettings) -> Contents:
    for vessel in result.vessels:
        if not full.refusal(vessel):
            yield f"{vessel.file_stem}.{full.SUFFIX}.dxf", dxf.full_drawing(vessel, result, wanted)
            yield f"{vessel.file_stem}.{full.SUFFIX}.svg", svg.full_drawing(vessel, result, wanted)


FORMATS: Mapping[str, Exporter] = {
    "dxf": partial(_vessel_files, "dxf", dxf.vessel_drawing),
    "svg": partial(_vessel_files, "svg", svg.vessel_drawing),
    "geojson": partial(_vessel_files, "geojson", lambda vessel, result, _: geojson.vessel_document(vessel, result)),
    "gpkg": partial(_page_file, "page.gpkg", lambda result, _: gpkg.page_package(result)),
    "page-dxf": partial(_page_file, "page.dxf", dxf.page_drawing),
    "full": _full_drawings,
    "mesh": _meshes,
    "csv": _no_files,  # one table of all pages, written at the end
}
"""Every format of `profilex export`, by name."""

_REFUSALS: Mapping[str, Callable[[Vessel], str]] = {"full": full.refusal, "mesh": mesh.refusal}
"""Of formats that not every vessel has: why one has none, or ""."""


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


def export_profiles(profiles: Profiles, out: Path, name: str, settings: ExportSettings) -> Exported:
    """Write every finished page in the format `name` to `out`/<the page's folder>, "csv" to `out`/profiles.csv.

    A page that cannot be read or drawn is counted and the others go on. Every file is written whole or not at all.
    Vessels are as people have corrected them; rejected ones are only in the table.

    Raises:
        RunError: the format is unknown or needs a library that is missing; `out` is where batch keeps its own files,
            is held by another process or cannot be written.
    """
    exporter = _exporter(name)
    refuse_own_place(profiles.folder, out)
    exported = Exported(failed=len(profiles.failed), torn=len(profiles.torn))
    exported.messages += [f"{record}: cannot be read; its page is left out." for record in profiles.torn]
    exported.messages += profiles.problems
    outputs = {record.folder: [path for path, _ in record.outputs] for record in profiles.done}
    rows: list[dict[str, Any]] = []
    with OutputLock(out):
        for page in profiles.pages(with_rejected=name == "csv"):
            if isinstance(page, Spoilt):
                exported.leave_out(page.message)
                continue
            try:
                contents = list(exporter(page, settings))
                rows += table.rows(page, outputs[page.ref.folder]) if name == "csv" else []
            except PageError as error:
                exported.leave_out(f"pages/{page.ref.folder}: {error}")
                continue
            for file, data in contents:
                write_atomic(out / page.ref.folder / file, data)
            exported.pages += 1
            exported.vessels += len(page.vessels)
            exported.messages += _without(page, name)
            exported.files += len(contents)
        if name == "csv":
            write_atomic(out / TABLE_NAME, table.document(rows))
            exported.files += 1
    return exported


def _exporter(name: str) -> Exporter:
    if name not in FORMATS:
        raise RunError(Code.USAGE, f"there is no format {name!r}.", f"Choose one of: {', '.join(FORMATS)}.")
    if name == "gpkg":
        gpkg.require_driver()
    if name == "mesh":
        mesh.require_library()
    return FORMATS[name]


def _without(page: PageResult, name: str) -> list[str]:
    """A sentence for every vessel of the page that has nothing in the format `name`."""
    if name not in _REFUSALS:
        return []
    refusals = [(vessel.identifier, _REFUSALS[name](vessel)) for vessel in page.vessels]
    return [f"pages/{page.ref.folder}, {vessel}: {reason}." for vessel, reason in refusals if reason]


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
