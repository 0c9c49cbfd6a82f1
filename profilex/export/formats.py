"""The one list of formats: what a page's run, a later export and the command line offer, in the same words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from profilex.errors import Code, RunError
from profilex.export import dxf, full, geojson, gpkg, mesh, svg
from profilex.export.collection import coco, geopackage, tps
from profilex.export.collection.workbook import workbook
from profilex.export.columns import table
from profilex.export.plates.making import PlateChoice, plate_files
from profilex.export.plates.making import refusal as no_plate
from profilex.settings import ExportSettings
from profilex.types import PageResult, Vessel

Contents = Iterable[tuple[str, bytes]]
"""Files: a POSIX name, relative to the page's folder or to that of the export, and bytes."""


@dataclass(frozen=True, slots=True)
class ExportedPage:
    """A page to export, with the paths of the files that a batch wrote for it."""

    result: PageResult
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person chose for an export: of drawings, and of plates."""

    drawings: ExportSettings = field(default_factory=ExportSettings)
    plates: PlateChoice = field(default_factory=PlateChoice)


def _no_files(result: PageResult, wanted: Wanted) -> Contents:
    return ()


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its `name`: `what` says in a few words what is written.

    Either `page_files` gives the files of one page, or `collection_files` those of all of them. `refusal` says why a
    vessel has nothing in it, "" where it has. `require` raises a RunError where a library is missing.
    """

    name: str
    what: str
    page_files: Callable[[PageResult, Wanted], Contents] = _no_files
    collection_files: Callable[[Iterable[ExportedPage], Wanted], Contents] | None = None
    refusal: Callable[[Vessel], str] | None = None
    require: Callable[[], None] | None = None


def _each(
    suffix: str, draw: Callable[[Vessel, PageResult, ExportSettings], bytes], result: PageResult, wanted: Wanted
) -> Contents:
    for vessel in result.vessels:
        yield f"{vessel.file_stem}.{suffix}", draw(vessel, result, wanted.drawings)


def _full_drawings(result: PageResult, wanted: Wanted) -> Contents:
    for vessel in result.vessels:
        if not full.refusal(vessel):
            yield f"{vessel.file_stem}.{full.SUFFIX}.dxf", dxf.full_drawing(vessel, result, wanted.drawings)
            yield f"{vessel.file_stem}.{full.SUFFIX}.svg", svg.full_drawing(vessel, result, wanted.drawings)


def _meshes(kind: str, result: PageResult, wanted: Wanted) -> Contents:
    for vessel in result.vessels:
        if not mesh.refusal(vessel):
            yield f"{vessel.file_stem}.{kind}", mesh.vessel_mesh(vessel, kind)


def _csv(pages: Iterable[ExportedPage], wanted: Wanted) -> Contents:
    lines = [line for page in pages for line in table.rows(page.result, page.outputs)]
    yield "profiles.csv", table.document(lines)


def _xlsx(pages: Iterable[ExportedPage], wanted: Wanted) -> Contents:
    lines = [
        pair for page in pages for pair in zip(table.rows(page.result, page.outputs), page.result.vessels, strict=True)
    ]
    yield "profiles.xlsx", workbook(lines)


def _tps(pages: Iterable[ExportedPage], wanted: Wanted) -> Contents:
    yield "profiles.tps", tps.document([tps.specimens(page.result) for page in pages])


def _coco(pages: Iterable[ExportedPage], wanted: Wanted) -> Contents:
    yield "coco.json", coco.document(page.result for page in pages)


def _gis(pages: Iterable[ExportedPage], wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    yield from geopackage.collect(page.result for page in pages)


def _plates(pages: Iterable[ExportedPage], wanted: Wanted) -> Contents:
    return plate_files(((page.result, table.rows(page.result)) for page in pages), wanted.plates, wanted.drawings)


_ALL = (
    Format("dxf", "DXF of each vessel", partial(_each, "dxf", dxf.vessel_drawing)),
    Format("svg", "SVG of each vessel", partial(_each, "svg", svg.vessel_drawing)),
    Format("full", "section and exterior of each vessel, DXF and SVG", _full_drawings, refusal=full.refusal),
    Format(
        "geojson",
        "GeoJSON of each vessel",
        partial(_each, "geojson", lambda vessel, result, _: geojson.vessel_document(vessel, result)),
    ),
    *(
        Format(name, what, partial(_meshes, kind), refusal=mesh.refusal, require=mesh.require_library)
        for name, what, kind in (
            ("mesh", "solid of each vessel as binary glTF", "glb"),
            ("stl", "solid of each vessel as STL", "stl"),
            ("obj", "solid of each vessel as OBJ", "obj"),
        )
    ),
    Format(
        "page-dxf", "DXF of each page", lambda page, wanted: [("page.dxf", dxf.page_drawing(page, wanted.drawings))]
    ),
    Format(
        "gpkg",
        "GeoPackage of each page",
        lambda page, _: [("page.gpkg", gpkg.page_package(page))],
        require=gpkg.require_driver,
    ),
    Format(
        "gis",
        "one GeoPackage of all pages, styled, with world files",
        collection_files=_gis,
        require=gpkg.require_driver,
    ),
    Format("plate", "plates for print as PDF, SVG and DXF", collection_files=_plates, refusal=no_plate),
    Format("csv", "table of all vessels", collection_files=_csv),
    Format("xlsx", "Excel workbook of all vessels, with pictures", collection_files=_xlsx),
    Format("tps", "outlines for geometric morphometrics", collection_files=_tps),
    Format("coco", "annotations of all pages for detectors", collection_files=_coco),
)

FORMATS: Mapping[str, Format] = {format_.name: format_ for format_ in _ALL}
"""Every built-in format by its name."""


def find_format(name: str) -> Format:
    """The format of a name, ready to write.

    Raises:
        RunError: there is none, or it needs a library that is missing.
    """
    if name not in FORMATS:
        raise RunError(Code.USAGE, f"there is no format {name!r}.", f"Choose one of: {', '.join(FORMATS)}.")
    found = FORMATS[name]
    if found.require:
        found.require()
    return found
