"""`profilex export`: finished pages in another format, without segmenting them again."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from profilex.export.formats import Wanted
    from profilex.reexport import Described, Exported


RO_CRATE = "ro-crate"
"""The format that describes the folder itself; it is not a file of a page."""


class Format(StrEnum):
    """What can be written of finished pages; the keys of `profilex.export.formats.FORMATS`."""

    DXF = "dxf"
    SVG = "svg"
    FULL = "full"
    GEOJSON = "geojson"
    MESH = "mesh"
    STL = "stl"
    OBJ = "obj"
    PAGE_DXF = "page-dxf"
    GPKG = "gpkg"
    GIS = "gis"
    PLATE = "plate"
    CSV = "csv"
    XLSX = "xlsx"
    TPS = "tps"
    COCO = "coco"


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
            help="A file for each vessel (dxf, svg, full, geojson, mesh, stl, obj) or page (gpkg, page-dxf), one for "
            "all (plate, csv, xlsx, tps, coco, gis), ro-crate, or an exporter plugin's name.",
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
    splines: Annotated[
        bool, typer.Option("--splines", help="Curves in DXF as SPLINE instead of polylines with arcs.")
    ] = False,
    scale: Annotated[
        str | None,
        typer.Option("--scale", metavar="1:N", help="Scale in print: of plates 1:3, of drawings that of their page."),
    ] = None,
    page: Annotated[str, typer.Option("--page", help="Sheet of a plate: A5, A4, A3, A2 or letter.")] = "A4",
    landscape: Annotated[bool, typer.Option("--landscape", help="The sheet of a plate turned.")] = False,
    margin: Annotated[float, typer.Option("--margin", min=0, max=100, help="Margin of a plate, mm.")] = 20.0,
    heading: Annotated[str, typer.Option("--heading", help="Heading of each sheet of a plate.")] = "",
    caption: Annotated[str, typer.Option("--caption", help="Caption of each sheet; the scale follows it.")] = "",
    grid: Annotated[bool, typer.Option("--grid", help="Plates in equal cells instead of packed rows.")] = False,
    numbers: Annotated[
        str, typer.Option("--numbers", help="Numbers on plates: order (1, 2, …) or published, as beside the drawing.")
    ] = "order",
    presumed: Annotated[
        bool, typer.Option("--presumed", help="Lead walls on beyond their breaks on plates, dashed.")
    ] = False,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="COLUMN=VALUE", help="Only such vessels on plates; repeatable."),
    ] = None,
    vessels: Annotated[
        Path | None,
        typer.Option(
            "--vessels",
            metavar="FILE",
            help="Vessels of plates in order: a figure or identifier on each line.",
        ),
    ] = None,
    group_by: Annotated[str, typer.Option("--group-by", metavar="COLUMN", help="Group plates by a column.")] = "",
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
    nothing to export; they and pages that cannot be read are counted. GeoPackages need the extra gis, meshes the
    extra mesh (pip install '.[gis,mesh]' in a checkout). The format full draws section and exterior as they are
    published, one DXF and one SVG for each vessel. Vessels without a scale or a known volume have neither mesh nor
    full drawing and are listed. profilex plugins list shows the formats of plugins. The format ro-crate describes
    PROFILES itself in its ro-crate-metadata.json, with the statements of its crate.toml.

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
        from profilex.export.formats import Wanted
        from profilex.export.plates.layout import PlateSettings
        from profilex.export.plates.making import PlateChoice
        from profilex.settings import ExportSettings

        ratio = _ratio(scale)
        sheet = PlateSettings(
            ratio=ratio or 3.0,
            page=page,
            is_landscape=landscape,
            margin_mm=margin,
            arrangement="grid" if grid else "rows",
            numbers=_one_of(numbers, "--numbers", ("order", "published")),
            heading=heading,
            caption=caption,
            presumed=presumed,
        )
        pairs = tuple(_pair(text) for text in where or [])
        choice = PlateChoice(sheet, pairs, _lines(vessels), group_by)
        drawings = ExportSettings(fill=fill, plain=plain, splines=splines, print_ratio=ratio)
        exported = _export_own(profiles, target, format_, Wanted(drawings, choice))
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


def _export_own(profiles: Path, target: Path, format_: str, wanted: "Wanted") -> "Exported":
    from profilex.reexport import export_profiles, read_profiles

    return export_profiles(read_profiles(profiles), target, format_, wanted)


def _ratio(scale: str | None) -> float | None:
    """The n of "1:n" or "n"."""
    from profilex.errors import Code, RunError

    if scale is None:
        return None
    try:
        ratio = float(scale.removeprefix("1:").replace(",", "."))
    except ValueError:
        ratio = 0.0
    if not 0 < ratio < 1e4:
        raise RunError(Code.USAGE, f"--scale {scale}: is no scale.", "Write it as 1:3.")
    return ratio


def _one_of(value: str, option: str, known: tuple[str, ...]) -> str:
    from profilex.errors import Code, RunError

    if value not in known:
        raise RunError(Code.USAGE, f"{option} {value}: is unknown.", f"Choose one of: {', '.join(known)}.")
    return value


def _pair(text: str) -> tuple[str, str]:
    from profilex.errors import Code, RunError

    column, equals, value = text.partition("=")
    if not equals:
        raise RunError(Code.USAGE, f"--where {text}: has no '='.", "Write it as COLUMN=VALUE.")
    return column, value


def _lines(path: Path | None) -> tuple[str, ...]:
    """The lines of a text file that are not empty."""
    from profilex.errors import Code, RunError

    if path is None:
        return ()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(Code.USAGE, f"{path}: cannot be read ({error}).", "Name a text file in UTF-8.") from error
    return tuple(line.strip() for line in text.splitlines() if line.strip())


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
    from profilex.plugins import export_with, installed, load_exporter, parse_settings
    from profilex.reexport import read_profiles

    if format_ not in set(Format) and format_ not in {each.name for each in installed() if each.kind == "exporter"}:
        plugins = ", ".join(sorted(each.name for each in installed() if each.kind == "exporter")) or "none"
        built_in = ", ".join((*Format, RO_CRATE))
        raise RunError(
            Code.USAGE, f"there is no format {format_!r}.", f"Built in: {built_in}. Installed as plugins: {plugins}."
        )
    if format_ in set(Format):
        raise RunError(Code.USAGE, f"--catalog and --set are for plugins; {format_} is profilex's own format.")
    return export_with(load_exporter(format_, parse_settings(settings)), read_profiles(profiles), target)
