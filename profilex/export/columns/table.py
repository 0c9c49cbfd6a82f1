"""profiles.csv: one row for each vessel, with the columns that `fields` declares."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from profilex.export.columns.fields import TABLE, names
from profilex.export.columns.properties import table_row
from profilex.types import PageResult

_FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.])")  # file names and printed words are external


def rows(result: PageResult, outputs: Sequence[str] = ()) -> list[dict[str, Any]]:
    """A page's vessels as rows, in the page's order; values are text, numbers, booleans or None.

    `outputs` are the page's files, relative to the output folder; a row names those of its vessel.

    Raises:
        PageError: a coordinate is not finite, or a measure is not declared in `fields`.
    """
    found = []
    for vessel in result.vessels:
        files = [path for path in outputs if PurePosixPath(path).name.startswith(f"{vessel.file_stem}.")]
        found.append(table_row(vessel, result, files))
    return found


def document(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """profiles.csv as UTF-8 with a byte order mark and a header; an unknown value is empty, a boolean true or false.

    The mark makes spreadsheets read umlauts right. A text that they would take for a formula starts with an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    columns = names(TABLE)
    writer.writerow(columns)
    for line in lines:
        writer.writerow([_cell(line.get(column)) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return str(value).lower() if isinstance(value, bool) else value
