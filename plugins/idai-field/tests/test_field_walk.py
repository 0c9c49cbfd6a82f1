"""The commands of docs/archive-walk.md, run in their order: from a plate that is drawn to records in Field."""

import csv
import json
import re
import shlex
from pathlib import Path

import pytest
from profilex_idai_field.connection import PASSWORD_VARIABLE

from profilex.cli.app import run
from tests.helpers.field_stub import Field, running

pytestmark = pytest.mark.slow


TEXT = (Path(__file__).parents[3] / "docs" / "archive-walk.md").read_text()


def steps():
    """Commands and files of the document in order: ("sh", words) of profilex, or ("toml", name, text)."""
    for kind, block in re.findall(r"^```(sh|toml)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        if kind == "toml":
            name, _, text = block.partition("\n")
            yield "toml", name.removeprefix("# "), text
        else:
            words = (shlex.split(line, comments=True) for line in block.splitlines())
            yield from (("sh", line[1:]) for line in words if line[:1] == ["profilex"])


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """The folder after the walk, the Field that has the records, and the exit status of every command."""
    folder = tmp_path_factory.mktemp("walk")
    statuses = []
    with pytest.MonkeyPatch.context() as patch, running(Field()) as field:
        patch.chdir(folder)
        patch.setenv(PASSWORD_VARIABLE, "secret")
        for kind, *rest in steps():
            if kind == "toml":
                Path(rest[0]).write_text(rest[1])
                continue
            (words,) = rest
            here = ["--set", f"url={field.url}"] if words[0] == "push" else []  # the one that the document leaves out
            statuses.append((words[0], run([*words, *here])))
        before = json.dumps(field.resources)
        again = run([*words, *here])
        yield folder, field, statuses, (again, before == json.dumps(field.resources))


def test_every_command_succeeds(walk):
    _, _, statuses, _ = walk
    assert statuses == [(name, 0) for name in ("synth", "batch", "report", "export", "push", "push")]


def test_the_scale_is_that_of_the_plate(walk):
    folder, *_ = walk
    (truth,) = (folder / "plates/truth").glob("*.geojson")
    (mm_per_px,) = re.findall(r"= (0\.\d+)\s+mm\s+of\s+the\s+vessel", TEXT)
    assert 1 / json.loads(truth.read_text())["profilex:page"]["px_per_mm"] == pytest.approx(float(mm_per_px), rel=2e-3)


def test_every_vessel_is_a_type_a_find_and_a_drawing_in_field(walk):
    folder, field, _, _ = walk
    with (folder / "profiles/profiles.csv").open(encoding="utf-8-sig") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) >= 3
    of = {kind: [each for each in field.resources.values() if each["category"] == kind] for kind in field.fields}
    assert [len(of[kind]) for kind in ("Type", "Pottery", "Drawing")] == [len(rows)] * 3
    assert [len(of[kind]) for kind in ("TypeCatalog", "Trench")] == [1, 1]
    names = {each["identifier"] for each in of["Type"]}
    assert all(name.startswith("000052354_p001_") for name in names)
    assert {name.rpartition("_")[2] for name in names} == {row["identifier"] for row in rows}


def test_measures_arrive_in_millimetres(walk):
    folder, field, _, _ = walk
    with (folder / "profiles/profiles.csv").open(encoding="utf-8-sig") as table:
        rows = {row["identifier"]: row["height_mm"] for row in csv.DictReader(table) if row["height_mm"]}
    assert rows
    for find in (each for each in field.resources.values() if each["category"] == "Pottery"):
        name = find["identifier"].rpartition("_")[2]
        values = [dimension["inputValue"] for dimension in find.get("dimensionHeight", [])]
        assert values == ([pytest.approx(float(rows[name]), abs=0.06)] if name in rows else [])


def test_the_walk_can_be_repeated(walk):
    *_, again = walk
    assert again == (0, True)


def test_the_dry_run_changed_nothing_and_came_first(walk):
    _, field, _, _ = walk
    methods = [request.partition(" ")[0] for request in field.requests]
    assert methods[:4] == ["GET", "GET", "GET", "GET"]


def test_the_folder_is_described_for_archives(walk):
    folder, *_ = walk
    graph = json.loads((folder / "profiles/ro-crate-metadata.json").read_text())["@graph"]
    assert [entity["name"] for entity in graph if entity["@id"].startswith("#model-")] == ["model default"]
