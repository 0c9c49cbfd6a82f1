"""The scale of single pages, as a table that a person wrote: one row a page or a file."""

import csv
import difflib
import io
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from profilex.errors import Code, RunError
from profilex.scale import neighbours
from profilex.settings import ScaleSettings, key_parts, table_key

_VALUES = ("mm_per_px", "ratio", "bar_mm")
_REMEDY = "A row needs `source` and one of `mm_per_px`, `ratio` (1:3) and `bar_mm`; `frame` is for files of many pages."


def read_scale_table(path: Path) -> dict[str, ScaleSettings]:
    """The rows of a CSV table by page, for `Settings.scale_table`.

    Columns are separated by commas or semicolons. `source` is the scan's path as in manifest.jsonl, `frame` the page
    within the file, counted from 0, empty for all of them; `mm_per_px` are millimetres for a pixel, `ratio` a
    publication scale ("1:3" or 3), `bar_mm` the length that the page's scale bar represents. Rows that `profilex
    scales` proposed say so in `evidence` and have an `uncertainty`, a share of `mm_per_px`; those that it left without
    a scale count as absent.

    Raises:
        RunError: the table cannot be read, lacks a column, or a row is not understood.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(
            Code.USAGE, f"The scale table {path} cannot be read: {error}.", "Write it as CSV in UTF-8."
        ) from error
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ",")
    columns = {name.strip() for name in reader.fieldnames or ()}
    if "source" not in columns or not columns & set(_VALUES):
        raise RunError(Code.USAGE, f"The scale table {path} has no column `source`, or none with a scale.", _REMEDY)
    rows: dict[str, ScaleSettings] = {}
    for row in reader:
        cells = {str(name).strip(): value.strip() for name, value in row.items() if isinstance(value, str)}
        if not any(cells.values()) or _is_left_open(cells):
            continue
        try:
            key, scale = _row(cells)
        except ValueError as error:
            message = f"Line {reader.line_num} of the scale table {path} is not understood: {error}."
            raise RunError(Code.USAGE, message, _REMEDY) from error
        if key in rows:
            raise RunError(
                Code.USAGE, f"Line {reader.line_num} of the scale table {path} names its page again.", _REMEDY
            )
        rows[key] = scale
    return rows


def rows_of_scans(
    table: Mapping[str, ScaleSettings], names: Mapping[str, str]
) -> tuple[dict[str, ScaleSettings], tuple[str, ...]]:
    """The rows that name scans of a run, by the scans' sources, and a sentence for each row that names none.

    `names` maps what a row may call a scan to its source. Unicode forms count as equal where the very name is not
    there.
    """
    forms: dict[str, list[str]] = {}
    for name, source in names.items():
        forms.setdefault(unicodedata.normalize("NFC", name), []).append(source)
    found: dict[str, ScaleSettings] = {}
    strangers = []
    for key, scale in table.items():
        name, frame = key_parts(key)
        sources = [names[name]] if name in names else forms.get(unicodedata.normalize("NFC", name), [])
        for source in dict.fromkeys(sources):
            found[table_key(source, frame)] = scale
        if not sources:
            strangers.append(f"{name} is no scan of this run{_nearest(name, names)}")
    return found, tuple(strangers)


def rows_beyond(table: Mapping[str, ScaleSettings], frames: Mapping[str, int]) -> tuple[str, ...]:
    """A sentence for each row that names a frame that its file does not have; `frames` are counts by source."""
    parts = (key_parts(key) for key in table)
    return tuple(
        f"{source} has no frame {frame}; it has {frames[source]}, counted from 0"
        for source, frame in parts
        if frame is not None and source in frames and not 0 <= frame < frames[source]
    )


def _nearest(name: str, names: Mapping[str, str]) -> str:
    """What a row may have meant: case, backslashes and folders are often other than on the disk."""

    def plain(text: str) -> str:
        return unicodedata.normalize("NFC", text.replace("\\", "/")).casefold().removeprefix("./")

    def stem(text: str) -> str:
        return PurePosixPath(plain(text)).stem

    alike = [each for each in names if plain(each) == plain(name)]
    alike = alike or [each for each in names if stem(each) == stem(name)]
    alike = alike or difflib.get_close_matches(name, names, 1)
    return f"; did you mean {min(alike)}?" if alike else ""


def _row(cells: dict[str, str]) -> tuple[str, ScaleSettings]:
    """A row's page and scale; ValueError says what is wrong."""
    source = cells.get("source", "")
    if not source:
        raise ValueError("it names no source")
    stated = {name: cells[name] for name in _VALUES if cells.get(name)}
    if len(stated) != 1:
        raise ValueError(f"it states {len(stated)} scales, not one")
    (name, text), *_ = stated.items()
    value = float(
        text.removeprefix("1:").removeprefix("1/").replace(",", ".") if name == "ratio" else text.replace(",", ".")
    )
    if not 0 < value < float("inf"):
        raise ValueError(f"{name} must be above 0")
    frame = int(cells["frame"]) if cells.get("frame") else None
    evidence = cells.get("evidence", "")
    if evidence and (evidence != neighbours.SOURCE or name != "mm_per_px"):
        raise ValueError(f"its evidence is {evidence!r}; it can only be {neighbours.SOURCE!r}, of mm_per_px")
    uncertainty = float(cells.get("uncertainty") or 0.0)
    if not 0 <= uncertainty < 1:
        raise ValueError("the uncertainty is a share, from 0 to 1")
    scale = ScaleSettings(**{name: value}, source=evidence or "table", uncertainty=uncertainty)
    return table_key(source, frame), scale


def _is_left_open(cells: dict[str, str]) -> bool:
    """Whether `profilex scales` wrote a row for a page whose neighbours do not agree."""
    return bool(cells.get("source") and cells.get("note")) and not any(cells.get(name) for name in _VALUES)
