"""Records: their round trip, what counts as absent, and what is derived from them."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilex import manifest
from profilex.errors import Code
from profilex.settings import SegmentSettings, Settings
from profilex.types import PageRef, Record

RECORD = Record(
    source="a/plate.tif",
    frame=0,
    sha256="1" * 64,
    key="2" * 64,
    status="ok",
    folder="a/plate.tif/0",
    vessels=1,
    sections=2,
    dropped={"too small": 3},
    warnings=("no resolution",),
    outputs=(("pages/a/plate.tif/0/page.geojson", "3" * 64),),
    versions={"profilex": "0"},
)

text = st.text(st.characters(codec="utf-8"))
counts = st.integers(0, 2**40)
records = st.builds(
    Record,
    source=text,
    frame=counts,
    sha256=text,
    key=text,
    status=st.sampled_from(["ok", "failed"]),
    stage=text,
    code=text,
    message=text,
    folder=text,
    vessels=counts,
    sections=counts,
    text_read=st.booleans(),
    dropped=st.dictionaries(text, counts),
    warnings=st.lists(text).map(tuple),
    outputs=st.lists(st.tuples(text, text)).map(tuple),
    versions=st.dictionaries(text, text),
)


@given(records)
def test_a_record_survives_json(record):
    assert manifest.from_json(json.loads(json.dumps(manifest.to_json(record)))) == record


@pytest.mark.parametrize("member", sorted(manifest.to_json(RECORD)))
@pytest.mark.parametrize("value", [None, 1.5, True, [1], {"x": 1}])
def test_a_record_with_a_wrong_member_is_refused(member, value):
    if (member, value) == ("text_read", True):
        return  # is right
    line = manifest.to_json(RECORD) | {member: value}
    with pytest.raises(ValueError, match="not a record"):
        manifest.from_json(line)


def test_a_torn_record_counts_as_absent_at_every_length(tmp_path):
    manifest.write_record(tmp_path, RECORD)
    path = manifest.record_path(tmp_path, RECORD.folder)
    whole = path.read_bytes()
    for length in range(len(whole) - 1):  # without the last newline it is whole
        path.write_bytes(whole[:length])
        assert manifest.read_entry(tmp_path, RECORD.folder) is None
    path.write_bytes(whole)
    assert manifest.read_entry(tmp_path, RECORD.folder) == manifest.Entry(RECORD)


@pytest.mark.parametrize("content", ["", "[]", "null", "{}", '{"schema": 99}', '{"schema": 1, "rows": 3}', "\udcff"])
def test_a_foreign_record_counts_as_absent(tmp_path, content):
    path = manifest.record_path(tmp_path, RECORD.folder)
    path.parent.mkdir(parents=True)
    path.write_bytes(content.encode(errors="surrogateescape"))
    assert manifest.read_entry(tmp_path, RECORD.folder) is None


def test_a_record_in_the_wrong_place_counts_as_absent(tmp_path):
    manifest.write_record(tmp_path, RECORD)
    other = manifest.record_path(tmp_path, "b.tif/0")
    other.parent.mkdir(parents=True)
    manifest.record_path(tmp_path, RECORD.folder).rename(other)
    assert manifest.read_entry(tmp_path, "b.tif/0") is None
    assert manifest.entries(tmp_path) == []


def test_the_key_depends_on_all_that_decides_on_the_outputs(monkeypatch):
    versions = manifest.software_versions("model", "5" * 64)
    keys = {
        manifest.page_key("1", 0, Settings(), versions),
        manifest.page_key("2", 0, Settings(), versions),
        manifest.page_key("1", 1, Settings(), versions),
        manifest.page_key("1", 0, Settings(segment=SegmentSettings(threshold=0.4)), versions),
        manifest.page_key("1", 0, Settings(), manifest.software_versions("model", "6" * 64)),
        manifest.page_key("1", 0, Settings(), manifest.software_versions("model", "5" * 64, {"field": "1.0"})),
    }
    monkeypatch.setattr(manifest, "installed_version", lambda: "99.0")
    keys.add(manifest.page_key("1", 0, Settings(), manifest.software_versions("model", "5" * 64)))
    assert len(keys) == 7


def output(out: Path, data: bytes = b"{}") -> Record:
    """A record whose one output is on the disk."""
    import hashlib

    path, _ = RECORD.outputs[0]
    (out / path).parent.mkdir(parents=True)
    (out / path).write_bytes(data)
    return replace(RECORD, outputs=((path, hashlib.sha256(data).hexdigest()),))


def test_a_page_is_done_when_record_key_and_outputs_agree(tmp_path):
    record = output(tmp_path)
    assert manifest.is_done(tmp_path, record, RECORD.key, verify=True)
    assert not manifest.is_done(tmp_path, record, "other")
    assert not manifest.is_done(tmp_path, replace(record, status="failed"), RECORD.key)
    (tmp_path / RECORD.outputs[0][0]).write_bytes(b"[]")
    assert manifest.is_done(tmp_path, record, RECORD.key)
    assert not manifest.is_done(tmp_path, record, RECORD.key, verify=True)
    (tmp_path / RECORD.outputs[0][0]).unlink()
    assert not manifest.is_done(tmp_path, record, RECORD.key)


def test_manifest_and_table_are_sorted_and_rebuilt_from_the_records(tmp_path):
    for source, frame in [("b.tif", 0), ("a.tif", 10), ("a.tif", 9)]:
        folder = f"{source}/{frame}"
        rows = [{"identifier": f"{source}-{frame}", "source": source}]
        manifest.write_record(tmp_path, replace(RECORD, source=source, frame=frame, folder=folder), rows)
    manifest.write_manifest(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    assert [(line["source"], line["frame"]) for line in lines] == [("a.tif", 9), ("a.tif", 10), ("b.tif", 0)]
    assert "rows" not in lines[0]
    before = (tmp_path / "profiles.csv").read_bytes()
    assert len(list(csv.DictReader(io.StringIO(before.decode("utf-8-sig"))))) == 3
    (tmp_path / "profiles.csv").unlink()
    manifest.write_manifest(tmp_path)
    assert (tmp_path / "profiles.csv").read_bytes() == before


def test_a_failure_takes_back_the_outputs_of_an_earlier_success(tmp_path):
    record = output(tmp_path)
    manifest.write_record(tmp_path, record)
    scan = tmp_path / "scan"
    scan.write_bytes(b"x")
    ref = PageRef(scan, RECORD.source, RECORD.folder, 0)
    failed = manifest.record_failure(
        tmp_path, ref, manifest.Failure("read", Code.TRUNCATED, "short"), Settings(), {"profilex": "0"}
    )
    assert (failed.status, failed.code, failed.stage, len(failed.sha256)) == ("failed", "truncated", "read", 64)
    assert manifest.read_entry(tmp_path, RECORD.folder) == manifest.Entry(failed)
    assert not (tmp_path / "pages" / "a").exists()


def test_frames_that_a_file_no_longer_has_are_removed(tmp_path):
    output(tmp_path)
    manifest.write_record(tmp_path, RECORD)
    later = replace(RECORD, frame=1, folder="a/plate.tif/1", outputs=())
    manifest.write_record(tmp_path, later)
    last = replace(RECORD, frame=2, folder="a/plate.tif/2", outputs=())
    manifest.write_record(tmp_path, last)
    assert manifest.retire_frames(tmp_path, "a/plate.tif", 2) == 1
    assert [entry.record.frame for entry in manifest.entries(tmp_path)] == [0, 1]


def test_a_file_that_comes_to_have_one_page_leaves_no_numbered_folders(tmp_path):
    output(tmp_path)
    manifest.write_record(tmp_path, RECORD)
    alone = replace(RECORD, folder="a/plate.tif", outputs=())
    manifest.write_record(tmp_path, alone)
    assert manifest.retire_frames(tmp_path, "a/plate.tif", 1) == 1
    assert [entry.record.folder for entry in manifest.entries(tmp_path)] == ["a/plate.tif"]
    manifest.write_record(tmp_path, RECORD)
    assert manifest.retire_frames(tmp_path, "a/plate.tif", 3) == 1
    assert [entry.record.folder for entry in manifest.entries(tmp_path)] == ["a/plate.tif/0"]


def test_what_is_not_in_the_page_s_record_goes(tmp_path):
    record = output(tmp_path)
    stray = tmp_path / "pages" / record.folder / "old.dxf"
    stray.write_bytes(b"")
    manifest.discard_outputs(tmp_path, record.folder, keep=[record.outputs[0][0]])
    assert not stray.exists()
    assert (tmp_path / record.outputs[0][0]).exists()
