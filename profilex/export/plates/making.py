"""Plates of a collection: which vessels, in what order and groups, and the files that show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from profilex.errors import Code, RunError
from profilex.export.columns.fields import TABLE, names
from profilex.export.plates.dxf import plate_dxf
from profilex.export.plates.figures import Figure, figure_of, refusal
from profilex.export.plates.layout import PlateSettings, lay_out
from profilex.export.plates.pdf import plates_pdf
from profilex.export.plates.svg import plate_svg
from profilex.settings import ExportSettings
from profilex.types import PageResult, Vessel

__all__ = ["PlateChoice", "plate_files", "refusal"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlateChoice:
    """Which vessels stand on plates, and how.

    `where` are (column of the table, value) pairs that all must hold. `listed` are vessels in their order, each by its
    figure's number, its identifier or FOLDER/IDENTIFIER; empty means all, in the order of the pages. `group_by` is a
    column whose values head the groups.
    """

    settings: PlateSettings = field(default_factory=PlateSettings)
    where: tuple[tuple[str, str], ...] = ()
    listed: tuple[str, ...] = ()
    group_by: str = ""


def plate_files(
    pages: Iterable[tuple[PageResult, Sequence[Row]]], choice: PlateChoice, drawings: ExportSettings
) -> Iterable[tuple[str, bytes]]:
    """plates.pdf with all sheets, and each sheet as SVG and DXF; vessels without a scale are left out.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
        RunError: a column or a listed vessel is unknown, no vessel is left, or a drawing is larger than the page.
    """
    _check_columns(choice)
    found = _chosen(pages, choice)
    if not found:
        raise RunError(
            Code.USAGE, "no vessel that was chosen can stand on a plate.", "Look at the scales: profilex scales."
        )
    settings = choice.settings
    presumed = settings.ratio if settings.presumed else None
    groups: dict[str, list[Figure]] = {}
    for row, vessel in found:
        heading = str(row.get(choice.group_by) or "") if choice.group_by else ""
        groups.setdefault(heading, []).append(figure_of(vessel, filled=drawings.fill, presumed_ratio=presumed))
    sheets = lay_out(list(groups.items()), settings)
    yield "plates.pdf", plates_pdf(sheets, settings.heading or "Plates")
    digits = max(2, len(str(len(sheets))))
    for number, sheet in enumerate(sheets, start=1):
        yield f"plate-{number:0{digits}}.svg", plate_svg(sheet)
        yield f"plate-{number:0{digits}}.dxf", plate_dxf(sheet)


def _check_columns(choice: PlateChoice) -> None:
    known = names(TABLE)
    asked = [column for column, _ in choice.where] + ([choice.group_by] if choice.group_by else [])
    for column in asked:
        if column not in known:
            raise RunError(Code.USAGE, f"the table has no column {column!r}.", f"Its columns: {', '.join(known)}.")


def _chosen(pages: Iterable[tuple[PageResult, Sequence[Row]]], choice: PlateChoice) -> list[tuple[Row, Vessel]]:
    kept: list[tuple[Row, Vessel, str]] = []
    for result, rows in pages:
        for row, vessel in zip(rows, result.vessels, strict=True):
            fits = all(_text(row.get(column)) == value for column, value in choice.where)
            if fits and not refusal(vessel):
                kept.append((row, vessel, f"{result.ref.folder}/{vessel.identifier}"))
    if not choice.listed:
        return [(row, vessel) for row, vessel, _ in kept]
    ordered = []
    for name in choice.listed:
        members = [(row, vessel) for row, vessel, path in kept if name in (vessel.label, vessel.identifier, path)]
        if not members:
            raise RunError(
                Code.USAGE,
                f"no vessel with a scale is called {name!r}.",
                "Name figures, identifiers or FOLDER/IDENTIFIER as in the table.",
            )
        ordered += members
    return ordered


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
