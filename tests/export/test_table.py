"""profiles.csv: read back, a row a vessel, empty where unknown."""

import csv
import io
import json

import pytest

from profilex.export.columns import fields, table


def read(document: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(document.decode("utf-8-sig"))))


def test_the_table_reads_back(result):
    known, unknown = read(table.document(table.rows(result)))

    assert tuple(known) == fields.names(fields.TABLE)
    assert (known["identifier"], known["source_file"], known["page"]) == ("plate-7_1", "Töpfe/plate-7.tif", "0")
    assert float(known["rim_diameter_mm"]) == 200
    assert known["mirrored"] == "false"
    assert unknown["identifier"] == "plate-7_2"
    lengths = [value for name, value in unknown.items() if "mm" in name.split("_")]
    assert set(lengths) == {""}


def test_rows_survive_json_and_name_their_files(result):
    outputs = ["pages/a/0/page.geojson", "pages/a/0/plate-7_1.dxf", "pages/a/0/plate-7_1.svg"]
    rows = table.rows(result, outputs)

    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert rows[0]["files"] == "pages/a/0/plate-7_1.dxf; pages/a/0/plate-7_1.svg"
    assert rows[1]["files"] is None


def test_no_rows_leave_a_header():
    assert table.document([]).decode("utf-8-sig").strip().split(",") == list(fields.names(fields.TABLE))


@pytest.mark.parametrize("name", ["=1+1", "+1", "@SUM(A1)", "-cmd|' /C calc'!A0", "\t=1", "-rf.tif"])
def test_no_cell_is_a_formula(result, name):
    rows = [row | {"source_file": name, "figure": name} for row in table.rows(result)]
    for row in read(table.document(rows)):
        assert (row["source_file"], row["figure"]) == (f"'{name}", f"'{name}")


@pytest.mark.parametrize("value", ["a=1", "-3", "-.5", "Töpfe/plate-7.tif", "12.4"])
def test_other_texts_stay_as_they_are(result, value):
    (row, *_) = read(table.document([row | {"figure": value} for row in table.rows(result)]))
    assert row["figure"] == value


def test_spreadsheets_know_the_encoding(result):
    assert table.document(table.rows(result)).startswith(b"\xef\xbb\xbf")
