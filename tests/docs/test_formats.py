"""docs/formats.md names every field, layer, member and reason that profilex writes, and no field that it does not."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

import profilex
from profilex import manifest
from profilex.scale import decision as scale
from profilex.types import Record
from profilex.vessel.measures import measure as measures
from profilex.vessel.trust.review import review_reasons
from tests.helpers.format_tables import FORMATS, with_tables

CODE = Path(profilex.__file__).parent


@pytest.fixture(scope="module")
def text():
    return FORMATS.read_text()


def test_the_declared_tables_are_fresh(text):
    fresh = text == with_tables(text)
    assert fresh, "write them again: python -m tests.helpers.format_tables"


def test_every_member_of_a_manifest_line_is_documented(text):
    line = manifest.to_json(Record("a.tif", 0, "", "", "ok"))
    members = {f"counts.{name}" for name in line.pop("counts")} | set(line)
    assert {name for name in members if f"`{name}`" not in text} == set()
    documented = {name.rpartition(".")[2] for name in members}
    in_records_alone = {"place"}
    assert {name for name in in_records_alone if f"`{name}`" not in text} == set()
    assert {field.name for field in fields(Record)} == documented | in_records_alone


def test_every_version_in_a_record_is_documented(text):
    assert [name for name in manifest.software_versions("", "") if f"`{name}`" not in text] == []


def test_every_reason_for_leaving_something_out_is_documented(text):
    used = {reason for path in CODE.rglob("*.py") for reason in re.findall(r'\bdropped\["(\w+)"\]', path.read_text())}
    assert len(used) > 5
    assert sorted(reason for reason in used if f"`{reason}`" not in text) == []


def test_every_reason_of_a_missing_measure_is_documented(text):
    reasons = [value for name, value in vars(measures).items() if name.isupper() and isinstance(value, str)]
    assert measures.NO_AXIS in reasons
    assert [reason for reason in reasons if f"`{reason}`" not in text] == []


def test_every_reason_for_review_is_documented(text):
    source = ast.parse(Path(review_reasons.__code__.co_filename).read_text())
    [function] = [node for node in source.body if getattr(node, "name", "") == "review_reasons"]
    [reasons] = [node for node in ast.walk(function) if isinstance(node, ast.Dict)]
    words = [key.value for key in reasons.keys if isinstance(key, ast.Constant)]
    words += [scale.DISAGREES, scale.UNREAD_BAR, scale.SCALE_ELSEWHERE, scale.BESIDE]
    assert "no_axis" in words
    assert [word for word in words if f"`{word}`" not in text] == []
