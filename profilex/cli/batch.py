"""`profilex batch`: a folder of scans in, a folder of profiles out."""

import json
import re
import sys
import tempfile
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from profilex.cli.options.completion import model_names
from profilex.cli.options.grouping import add_command
from profilex.cli.options.options_file import OPTIONS_FROM, apply_options_file

if TYPE_CHECKING:
    from profilex.run.options import Delivery, ModelChoice, RunOptions
    from profilex.settings import Settings
    from profilex.types import MissingScan


class Device(StrEnum):
    """Where the network runs."""

    AUTO = "auto"
    CPU = "cpu"
    GPU = "gpu"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    add_command(app, "batch", batch)


def _ratio(text: str) -> float:
    """The denominator of a printed scale: "1:3" and "3" are 3.0."""
    match = re.fullmatch(r"\s*(?:1\s*[:/]\s*)?(\d+(?:\.\d+)?)\s*", text)
    if not match or float(match.group(1)) == 0:
        raise typer.BadParameter(f'{text!r} is not a scale such as "1:3"')
    return float(match.group(1))


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """Network"""

    model: Annotated[
        str | None,
        typer.Option(help="Name or folder of the model; the shipped one by default.", autocompletion=model_names),
    ] = None
    device: Annotated[Device, typer.Option(help="Where the network runs.")] = Device.AUTO
    threshold: Annotated[
        float | None, typer.Option(min=0.01, max=0.99, help="Probability from which a pixel belongs to a section.")
    ] = None


@dataclass(frozen=True, slots=True)
class ScaleOptions:
    """Scale"""

    mm_per_px: Annotated[
        float | None, typer.Option(min=1e-6, help="Scale of all pages: millimetres of the vessel for each pixel.")
    ] = None
    ratio: Annotated[
        float | None, typer.Option(parser=_ratio, metavar="1:N", help="Publication scale of all pages, with the dpi.")
    ] = None
    bar_mm: Annotated[
        float | None, typer.Option(min=0.1, help="Length of the scale bar of every page, in millimetres.")
    ] = None
    scale_table: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV of pages' scales: source, frame, and mm_per_px, ratio or bar_mm."),
    ] = None
    dpi: Annotated[float | None, typer.Option(min=1, help="Resolution of all scans, whatever the files say.")] = None


@dataclass(frozen=True, slots=True)
class FileOptions:
    """Files to write"""

    svg: Annotated[bool, typer.Option("--svg", help="Also write an SVG for each vessel.")] = False
    geojson: Annotated[
        bool, typer.Option("--geojson", help="Also write a GeoJSON for each vessel, in its own frame.")
    ] = False
    page_dxf: Annotated[bool, typer.Option("--page-dxf", help="Also write a DXF of every plate as a whole.")] = False
    fill: Annotated[bool, typer.Option("--fill/--no-fill", help="Hatch the sections in DXF and SVG.")] = True
    names: Annotated[
        str,
        typer.Option(
            metavar="PATTERN",
            help="Names of a vessel's files, of {scan}, {page}, {vessel} and {figure}: '{scan}_{figure}'.",
        ),
    ] = "{vessel}"
    preview: Annotated[
        bool, typer.Option("--preview/--no-preview", help="Write the scan with the outlines over it.")
    ] = True
    also: Annotated[
        list[str] | None,
        typer.Option(metavar="PLUGIN", help="Also write finished pages with this exporter plugin; repeatable."),
    ] = None
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="An option of such a plugin; repeatable.")
    ] = None
    ro_crate: Annotated[
        bool, typer.Option("--ro-crate", help="Describe the folder in ro-crate-metadata.json at the end of the run.")
    ] = False


@dataclass(frozen=True, slots=True)
class PageOptions:
    """Which pages"""

    source: Annotated[
        str | None, typer.Option(metavar="PLUGIN", help="A source plugin; SCANS are then locations as it reads them.")
    ] = None
    max_megapixels: Annotated[
        int | None, typer.Option(min=1, help="Size of a page above which it is refused; 800 unless set.")
    ] = None
    limit: Annotated[int | None, typer.Option(min=0, help="Do at most this many pages in this run.")] = None
    force: Annotated[bool, typer.Option("--force", help="Do every page again.")] = False
    verify: Annotated[bool, typer.Option("--verify", help="Rehash the outputs of pages done before.")] = False
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Also retry pages that killed two workers (poison).")
    ] = False
    max_failures: Annotated[
        float,
        typer.Option(min=0, max=1, metavar="SHARE", help="Stop above this share of failed pages, from 20 pages on."),
    ] = 1.0
    allow_empty: Annotated[bool, typer.Option("--allow-empty", help="Accept an input without scans.")] = False


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """Workers"""

    workers: Annotated[
        int | None, typer.Option(min=0, help="Local worker processes; 0 works in this process. Sized to the machine.")
    ] = None
    memory_limit: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help='Memory of one worker, e.g. "4GB"; above it the worker ends.'),
    ] = None
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A running dask scheduler, tcp://host:8786, instead of local workers."),
    ] = None
    page_timeout: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="Time limit of a page.")] = 600.0


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """What is shown"""

    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be read, with its size, dpi and scale; write nothing."),
    ] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only failures and skipped files on stderr.")] = False
    as_json: Annotated[bool, typer.Option("--json", help="A summary for machines on stdout.")] = False


def batch(
    context: typer.Context,
    scans: Annotated[
        list[str],
        typer.Argument(
            metavar="SCANS",
            help="Folders and files to read: TIFF, PNG, JPEG, JPEG 2000, PDF.",
            is_eager=True,
            callback=apply_options_file,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the profiles; not inside an input folder.")],
    network: NetworkOptions,
    scale: ScaleOptions,
    files: FileOptions,
    pages: PageOptions,
    workers: WorkerOptions,
    output: OutputOptions,
) -> int:
    """Turn scanned plates into measured, CAD-ready vessel profiles.

    A run can be stopped, killed and repeated at any time: finished pages are kept, and all others are done. A page
    that fails is recorded in manifest.jsonl and does not end the run. Options that belong to a collection may be kept
    in a file profilex.toml beside its scans: ratio = "1:3".

    Exit status: 0 all pages ok; 1 a bug; 2 usage; 3 some pages failed; 4 no or unreadable input; 5 output unwritable
    or disk full; 6 another run holds the output folder; 7 model missing or changed; 8 workers lost; 9 a plugin
    refused or failed; 130 and 143 stopped by SIGINT or SIGTERM.
    """
    if not output.dry_run and workers.scheduler is None and workers.workers != 0:
        from profilex.run.workers.forking import prepare_workers

        prepare_workers()  # before anything else, because their imports run in parallel with the rest
    from profilex.run.options import RunOptions

    if output.dry_run and pages.source and (lines := _preview(pages.source, scans)) is not None:
        return _show_preview(lines, output.as_json)
    fetched = Path(context.with_resource(tempfile.TemporaryDirectory())) if output.dry_run else out / "sources"
    inputs, missing, plugins = _inputs(scans, pages.source, fetched)
    options = RunOptions(
        inputs=inputs,
        missing=missing,
        out=out,
        settings=_settings(network, scale, files, pages, plugins),
        model=_model(context, network),
        workers=workers.workers, memory_limit=workers.memory_limit,
        scheduler=workers.scheduler, page_timeout_s=workers.page_timeout,
        limit=pages.limit, force=pages.force, verify=pages.verify, retry_failed=pages.retry_failed,
        max_failures=pages.max_failures, allow_empty=pages.allow_empty,
        deliveries=_deliveries(files.also, files.set_, out),
    )  # fmt: skip
    _report_options_file(context, output)
    if output.dry_run:
        return _show_plan(options, output.as_json)
    return _run(context, options, scans, files.ro_crate, output)


def _settings(
    network: NetworkOptions,
    scale: ScaleOptions,
    files: FileOptions,
    pages: PageOptions,
    plugins: tuple[tuple[str, str], ...],
) -> "Settings":
    from profilex.export.file_names import check_names
    from profilex.scale.table import read_scale_table
    from profilex.settings import ExportSettings, ReadSettings, ScaleSettings, SegmentSettings, Settings

    check_names(files.names)
    return Settings(
        read=ReadSettings() if pages.max_megapixels is None else ReadSettings(max_megapixels=pages.max_megapixels),
        segment=SegmentSettings() if network.threshold is None else SegmentSettings(threshold=network.threshold),
        scale=ScaleSettings(mm_per_px=scale.mm_per_px, ratio=scale.ratio, dpi=scale.dpi, bar_mm=scale.bar_mm),
        scale_table={} if scale.scale_table is None else read_scale_table(scale.scale_table),
        export=ExportSettings(
            svg=files.svg,
            geojson=files.geojson,
            page_dxf=files.page_dxf,
            fill=files.fill,
            names=files.names,
            preview=files.preview,
        ),
        plugins=plugins,
    )


def _report_options_file(context: typer.Context, output: OutputOptions) -> None:
    """Report that options come from a file, because they decide on the run."""
    path = context.meta.get(OPTIONS_FROM)
    if path is not None and not output.quiet:
        from profilex.run.progress import escaped

        print(escaped(f"options from {path}"), file=sys.stderr)


def _inputs(
    scans: list[str], source: str | None, folder: Path
) -> "tuple[tuple[Path, ...], tuple[MissingScan, ...], tuple[tuple[str, str], ...]]":
    """Paths of the scans; those that a source could not fetch, and that source with its version."""
    if source is None:
        return tuple(Path(scan) for scan in scans), (), ()
    from profilex.plugins import fetch_scans

    fetched = fetch_scans(source, scans, folder / source)
    return fetched.paths, fetched.missing, ((fetched.plugin.name, fetched.plugin.version),)


def _preview(source: str, locations: list[str]) -> list[str] | None:
    from profilex.plugins import preview_scans

    return preview_scans(source, locations)


def _show_preview(lines: list[str], as_json: bool) -> int:
    """What a source would fetch, on stderr like the plan."""
    from profilex.run.progress import escaped

    if as_json:
        typer.echo(json.dumps([{"action": "fetch", "source": line} for line in lines]))
        return 0
    for line in lines:
        print(escaped(f"fetch {line}"), file=sys.stderr)
    return 0


def _deliveries(names: list[str] | None, words: list[str] | None, out: Path) -> "tuple[Delivery, ...]":
    if not names and not words:
        return ()
    from profilex.plugins import load_deliveries, parse_settings

    return load_deliveries(names or [], parse_settings(words or []), out)


def _model(context: typer.Context, network: NetworkOptions) -> "ModelChoice":
    """The chosen model; a caller of `profilex.cli.main` may name another provider of models in its context."""
    from profilex.run.options import ModelChoice

    model = network.model
    if model is not None and Path(model).name != model:
        model = str(Path(model).resolve())  # workers may have another working directory
    choice = ModelChoice(model=model, device=network.device.value)
    return choice if context.obj is None else replace(choice, provider=context.obj)


def _run(context: typer.Context, options: "RunOptions", scans: list[str], ro_crate: bool, output: OutputOptions) -> int:
    from profilex.run.batch import run_batch
    from profilex.run.next_steps import next_steps
    from profilex.run.progress import Progress, escaped

    if ro_crate:
        from profilex.reexport.crate import read_about

        read_about(options.out)  # an error in it should not appear only after hours
    summary = run_batch(options, Progress(quiet=output.quiet))
    if ro_crate and summary.stopped_by is None and (options.out / "records").is_dir():
        _describe(options.out, output.quiet)
    if not output.quiet:
        commands = getattr(context.find_root().command, "commands", {})
        for line in next_steps(summary, scans, options.out, commands):
            print(escaped(line), file=sys.stderr)
    if output.as_json:
        typer.echo(json.dumps(summary.as_json()))
    return int(summary.exit_code)


def _describe(out: Path, quiet: bool) -> None:
    from profilex.cli.export import crate_messages
    from profilex.reexport import read_profiles, write_crate
    from profilex.run.progress import escaped

    for message in crate_messages(write_crate(read_profiles(out))):
        if not quiet:
            print(escaped(f"ro-crate: {message}"), file=sys.stderr)


def _show_plan(options: "RunOptions", as_json: bool) -> int:
    """The plan on stderr, because stdout is for machines."""
    from profilex.run.dryrun import describe, totals

    intentions = describe(options)
    if as_json:
        typer.echo(json.dumps([intention.as_json() for intention in intentions]))
        return 0
    for line in (*(intention.line() for intention in intentions), *totals(intentions)):
        print(line, file=sys.stderr)
    return 0
