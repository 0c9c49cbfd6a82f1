"""`profilex export`: finished pages in another format, without segmenting them again."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """What can be written of a finished page; the keys of `profilex.reexport.FORMATS`."""

    DXF = "dxf"
    SVG = "svg"
    GEOJSON = "geojson"
    GPKG = "gpkg"
    PAGE_DXF = "page-dxf"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("export")(export)


def export(
    profiles: Annotated[Path, typer.Argument(metavar="PROFILES", help="The output folder of profilex batch.")],
    format_: Annotated[
        Format,
        typer.Option(
            "--format", "-f", help="A file a vessel (dxf, svg, geojson) or a page (gpkg, page-dxf), or a table."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the files; PROFILES/export by default.")
    ] = None,
    fill: Annotated[bool, typer.Option("--fill/--no-fill", help="Hatch the sections in DXF and SVG.")] = True,
    plain: Annotated[
        bool,
        typer.Option("--plain", help="Section, axis and rim alone in DXF and SVG: no name, dimension or scale bar."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A summary for machines on stdout.")] = False,
) -> int:
    """Write finished profiles in another format, from the page.geojson of every page.

    The scans and the model are not needed. A page.geojson that a person has corrected is taken as it is. Failed pages
    have nothing to export; they and pages that cannot be read are counted. GeoPackages need the extra profilex[gis].

    Exit status: 0 all finished pages exported; 3 some could not be; 2, 4, 5 and 6 as for profilex batch.
    """
    from profilex.errors import Exit
    from profilex.reexport import export_profiles, read_profiles
    from profilex.run.progress import escaped
    from profilex.settings import ExportSettings

    target = out or profiles / "export"
    settings = ExportSettings(fill=fill, plain=plain)
    exported = export_profiles(read_profiles(profiles), target, format_.value, settings)
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
