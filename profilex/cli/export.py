"""`profilex export`: finished pages in another format, without segmenting them again."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from profilex.reexport import Described, Exported


RO_CRATE = "ro-crate"
"""The format that describes the folder itself; it is not a file of a page."""


class Format(StrEnum):
    """The formats of a finished page; the keys of `profilex.reexport.FORMATS`."""

    DXF = "dxf"
    SVG = "svg"
    FULL = "full"
    GEOJSON = "geojson"
    GPKG = "gpkg"
    MESH = "mesh"
    PAGE_DXF = "page-dxf"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("export")(export)


def export(
    profiles: Annotated[Path, typer.Argument(metavar="PROFILES", help="The output folder of profilex batch.")],
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="For each vessel (dxf, svg, full, geojson, mesh) or page (gpkg, page-dxf), csv, ro-crate, or an "
            "exporter plugin's name.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the files; PROFILES/export, of plugins /NAME in it.")
    ] = None,
    fill: Annotated[bool, typer.Option("--fill/--no-fill", help="Hatch the sections in DXF and SVG.")] = True,
    plain: Annotated[
        bool,
        typer.Option("--plain", help="Only section, axis and rim in DXF and SVG: no name, dimension or scale bar."),
    ] = False,
    catalog: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What a plugin's format has to know about the publication; TOML."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Another option of a plugin's format; repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A summary for machines on stdout.")] = False,
) -> int:
    """Write finished profiles in another format, from the page.geojson of every page.

    The scans and the model are not needed. A page.geojson that a person has corrected is used. Failed pages have
    nothing to export; they and pages that cannot be read are counted. GeoPackages need the extra profilex[gis], meshes
    profilex[mesh]. The format full draws section and exterior as they are published, one DXF and one SVG for each
    vessel. Vessels without a scale or a known volume have neither mesh nor full drawing and are listed. profilex
    plugins list shows the formats of plugins. The format ro-crate describes PROFILES itself in its
    ro-crate-metadata.json, with the statements of its crate.toml.

    Exit status: 0 all finished pages exported; 3 some could not be; 2, 4, 5, 6 and 9 as for profilex batch.
    """
    from profilex.errors import Exit
    from profilex.run.progress import escaped

    settings = [*([f"catalog={catalog}"] if catalog else []), *(set_ or [])]
    if format_ == RO_CRATE:
        target = profiles
        exported = _describe(profiles, fits=not settings and out is None)
    elif format_ in set(Format) and not settings:
        target = out or profiles / "export"
        exported = _export_own(profiles, target, format_, fill=fill, plain=plain)
    else:
        target = out or profiles / "export" / format_
        exported = _export_with_plugin(profiles, target, format_, settings)
    for message in exported.messages:
        print(escaped(f"left out: {message}"), file=sys.stderr)
    if as_json:
        typer.echo(json.dumps(exported.as_json()))
    else:
        words = f"{exported.files} files of {exported.vessels} vessels on {exported.pages} pages in {target}"
        omitted = {"failed": exported.failed, "torn records": exported.torn, "unreadable": exported.spoilt}
        left = ", ".join(f"{count} {reason}" for reason, count in omitted.items() if count)
        print(escaped(words + (f"; pages left out: {left}" if left else "")), file=sys.stderr)
    return int(Exit.PAGES_FAILED if exported.torn or exported.spoilt else Exit.OK)


def _export_own(profiles: Path, target: Path, format_: str, *, fill: bool, plain: bool) -> "Exported":
    from profilex.reexport import export_profiles, read_profiles
    from profilex.settings import ExportSettings

    return export_profiles(read_profiles(profiles), target, format_, ExportSettings(fill=fill, plain=plain))


def _describe(profiles: Path, *, fits: bool) -> "Exported":
    """Write the RO-Crate metadata, and report what it lacks."""
    from profilex.errors import Code, RunError
    from profilex.reexport import Exported, read_profiles, write_crate

    if not fits:
        raise RunError(
            Code.USAGE,
            "--out, --catalog and --set are not for ro-crate.",
            "Its statements are in PROFILES/crate.toml.",
        )
    folder = read_profiles(profiles)
    described = write_crate(folder)
    exported = Exported(described.pages, described.vessels, 1, len(folder.failed), len(folder.torn))
    exported.messages += [f"{record}: cannot be read; its page is left out." for record in folder.torn]
    exported.messages += crate_messages(described)
    return exported


def crate_messages(described: "Described") -> list[str]:
    """What an RO-Crate lacks, in sentences."""
    messages = [f"{name}: is missing; run profilex batch again." for name in described.missing]
    if described.unsaid:
        messages.append(f"{', '.join(described.unsaid)}: archives ask for it; state it in crate.toml.")
    return messages


def _export_with_plugin(profiles: Path, target: Path, format_: str, settings: list[str]) -> "Exported":
    from profilex.errors import Code, RunError
    from profilex.plugins import export_with, load_exporter, parse_settings
    from profilex.reexport import read_profiles

    if format_ in set(Format):
        raise RunError(Code.USAGE, f"--catalog and --set are for plugins; {format_} is profilex's own format.")
    return export_with(load_exporter(format_, parse_settings(settings)), read_profiles(profiles), target)
