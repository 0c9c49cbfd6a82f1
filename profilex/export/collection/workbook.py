"""profiles.xlsx: the table as typed cells with pictures, and a sheet that explains every column."""

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import shapely

from profilex.export.columns.fields import FIELDS, TABLE, Field
from profilex.types import Vessel

Row = tuple[Mapping[str, Any], Vessel]
"""A vessel's line of the table, and the vessel."""

_FIRST = (
    "figure",
    "identifier",
    "source_file",
    "portion",
    "rim_diameter_mm",
    "rim_diameter_mm_unc",
    "height_mm",
    "height_mm_unc",
    "base_diameter_mm",
    "max_diameter_mm",
    "wall_thickness_mm_p50",
    "capacity_ml",
    "rim_percent",
    "drawing_scale",
    "confidence",
    "review",
)
_PICTURE_PX = (150, 90)
_ROW_POINTS = 72.0
_EXPLAINED = ("column", "unit", "type", "meaning")


def workbook(rows: Sequence[Row]) -> bytes:
    """All vessels as an Excel workbook: equal rows give equal bytes.

    The sheet Vessels has one row for each vessel, short columns first, a frozen header with units and a picture of the
    profile; what fits on a printed page is its print area. The sheet Columns explains them all.
    """
    import xlsxwriter

    stream = io.BytesIO()
    # a text stays a text, whatever it looks like
    as_is = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(stream, as_is)
    book.set_properties({"created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC), "title": "profilex"})
    fields = _ordered()
    formats = _Formats(book)
    _write_vessels(book.add_worksheet("Vessels"), formats, fields, rows)
    _write_columns(book.add_worksheet("Columns"), formats, fields)
    book.close()
    return stream.getvalue()


def _ordered() -> list[Field]:
    known = {field.name: field for field in FIELDS if TABLE in field.places}
    first = [known[name] for name in _FIRST]
    return first + [field for name, field in known.items() if name not in _FIRST]


class _Formats:
    def __init__(self, book: Any) -> None:
        middle = {"valign": "vcenter"}
        self.header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.text = book.add_format(middle | {"num_format": "@"})
        self.number = book.add_format(middle | {"num_format": "0.00"})
        self.integer = book.add_format(middle | {"num_format": "0"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})


def _write_vessels(sheet: Any, formats: _Formats, fields: Sequence[Field], rows: Sequence[Row]) -> None:
    sheet.set_column(0, 0, _PICTURE_PX[0] / 7)
    sheet.write_string(0, 0, "profile", formats.header)
    for column, field in enumerate(fields, start=1):
        title = f"{field.name} ({field.unit})" if field.unit else field.name
        sheet.write_string(0, column, title, formats.header)
        sheet.set_column(column, column, 22 if field.name in ("source_file", "review", "files") else 12)
    for line, (values, vessel) in enumerate(rows, start=1):
        sheet.set_row(line, _ROW_POINTS)
        picture = io.BytesIO(_picture(vessel))
        sheet.insert_image(line, 0, f"{line}.png", {"image_data": picture, "x_offset": 2, "y_offset": 2})
        for column, field in enumerate(fields, start=1):
            _write_cell(sheet, formats, line, column, values.get(field.name))
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(len(rows), 1), len(fields))
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, max(len(rows), 1), len(_FIRST))
    sheet.fit_to_pages(1, 0)


def _write_cell(sheet: Any, formats: _Formats, line: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value, formats.text)
    elif isinstance(value, int):
        sheet.write_number(line, column, value, formats.integer)
    elif isinstance(value, float):
        sheet.write_number(line, column, value, formats.number)
    else:
        sheet.write_string(line, column, str(value)[:32_767], formats.text)


def _write_columns(sheet: Any, formats: _Formats, fields: Sequence[Field]) -> None:
    for column, (title, width) in enumerate(zip(_EXPLAINED, (30, 10, 10, 90), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, formats.header)
    for line, field in enumerate(fields, start=1):
        for column, text in enumerate((field.name, field.unit, field.type, field.meaning)):
            sheet.write_string(line, column, text, formats.wrapped)
    sheet.freeze_panes(1, 1)


def _picture(vessel: Vessel) -> bytes:
    """PNG of a vessel's sections, black on white, upright as on the page."""
    width, height = _PICTURE_PX
    canvas = np.full((height, width), 255, np.uint8)
    polygons = [section.polygon for section in vessel.sections]
    if polygons:
        left, top, right, bottom = shapely.total_bounds(polygons)
        scale = min((width - 4) / max(right - left, 1e-6), (height - 4) / max(bottom - top, 1e-6))
        shift = (np.array([width, height]) - scale * np.array([right + left, bottom + top])) / 2
        rings = [
            np.rint((shapely.get_coordinates(ring) * scale + shift) * 16).astype(np.int32)
            for polygon in polygons
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        cv2.fillPoly(canvas, rings, 0, cv2.LINE_AA, 4)
    return bytes(cv2.imencode(".png", canvas)[1])
