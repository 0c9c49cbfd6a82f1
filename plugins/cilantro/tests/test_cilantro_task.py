"""The worker task under celery with an in-memory broker: an object's scans in, profiles and METS out."""

import ast
import json
import os
from pathlib import Path

import pytest
from celery.contrib.testing.worker import start_worker
from celery.exceptions import TimeoutError as StillRunning
from lxml import etree

from profilex.cli.app import run
from tests.helpers.cilantro_objects import BASE, make_object, mets_schema

pytestmark = pytest.mark.slow


PLUGIN = Path(__file__).parents[1]
NS = {"mets": "http://www.loc.gov/METS/"}
HREF = "{http://www.w3.org/1999/xlink}href"
LONGEST_S = 180


def send(cilantro, task, work_path, **params):
    """The result of a task that a worker of the queue profilex did."""
    from utils.celery_client import celery_app

    with start_worker(celery_app, perform_ping_check=False, pool="solo", queues=["profilex"], loglevel="error"):
        words = {"job_id": work_path, "work_path": work_path, "result": {"object_id": "cat1_1373246"}, **params}
        return task.apply_async(kwargs=words).get(timeout=LONGEST_S, disable_sync_subtasks=False)


def working():
    return Path(os.environ["WORKING_DIR"])


@pytest.mark.slow
def test_an_object_gets_its_profiles_its_mets_and_its_repository(cilantro):
    home = make_object(working() / "job-1", {"taf 01": 3, "taf_02": 8, "taf_03": None})
    result = send(cilantro, cilantro.ExtractProfilesTask, "job-1", representation="tif", options={"workers": 0})

    failed = result["profilex"]["failed_pages"]
    assert result["profilex"]["status"] == "warning"
    assert [page["source"] for page in failed] == ["taf_03.tif"], "the other pages are there all the same"
    assert result["object_id"] == "cat1_1373246"

    root = etree.parse(home / "mets.xml")
    mets_schema().validate(str(home / "mets.xml"))
    files = root.findall(".//mets:fileGrp[@USE='PROFILES']/mets:file", NS)
    kinds = {file.get("MIMETYPE") for file in files}
    assert kinds == {"image/vnd.dxf", "application/geo+json", "image/svg+xml"}
    for file in files:
        address = file.find("mets:FLocat", NS).get(HREF)
        assert address.startswith(BASE + "data/")
        assert (home / address.removeprefix(BASE).replace("%20", " ")).is_file()
    pages = {div.get("ID"): div.findall("mets:fptr", NS) for div in root.iterfind(".//mets:div[@TYPE='page']", NS)}
    assert len(pages["struct_phys_1"]) > 2
    assert len(pages["struct_phys_2"]) > 2
    assert len(pages["struct_phys_3"]) == 2, "a failed page has its picture and thumbnail alone"

    assert {path.name for path in (home / "data").iterdir()} == {"tif", "dxf", "geojson", "svg", "profilex"}
    manifest = [json.loads(line) for line in (home / "data/profilex/manifest.jsonl").read_text().splitlines()]
    assert sorted(record["status"] for record in manifest) == ["failed", "ok", "ok"]
    assert not (working() / "profilex-runs" / "cat1_1373246").exists()

    send(cilantro, cilantro.PublishProfilesTask, "job-1")
    from utils.repository import generate_repository_path

    published = Path(os.environ["REPOSITORY_DIR"]) / generate_repository_path("cat1_1373246")
    assert {path.name for path in (published / "data").iterdir()} >= {"dxf", "geojson", "svg", "profilex"}


def test_a_failed_run_keeps_what_it_reached_and_says_why(cilantro, monkeypatch, tmp_path):
    make_object(working() / "job-2", {"a": 3})
    program = tmp_path / "profilex"
    program.write_text('#!/bin/sh\nmkdir -p "$6" && touch "$6/reached" && echo "disk full" >&2 && exit 5\n')
    program.chmod(0o755)
    monkeypatch.setenv("PROFILEX_BIN", str(program))
    with pytest.raises(Exception, match=r"status 5, the output cannot be written.*disk full"):
        send(cilantro, cilantro.ExtractProfilesTask, "job-2", representation="tif", options={})
    assert not (working() / "job-2").exists(), "Cilantro deletes the work folder of a failed job"
    assert (working() / "profilex-runs/cat1_1373246/profiles/reached").is_file(), (
        "a new job of the object goes on from it"
    )


@pytest.mark.parametrize(
    ("path", "options", "says"),
    [
        (None, {}, "PROFILEX_BIN is not set"),
        ("/nowhere/profilex", {}, "cannot be started"),
        ("/bin/true", {"colour": 1}, "unknown options: colour"),
    ],
)
def test_what_an_administrator_got_wrong_is_named(cilantro, monkeypatch, path, options, says):
    make_object(working() / "job-3", {"a": 3})
    monkeypatch.delenv("PROFILEX_BIN")
    if path:
        monkeypatch.setenv("PROFILEX_BIN", path)
    with pytest.raises(Exception, match=says):
        send(cilantro, cilantro.ExtractProfilesTask, "job-3", representation="tif", options=options)


def test_tasks_wait_for_a_worker_of_their_own_queue(cilantro):
    from utils.celery_client import celery_app

    with start_worker(celery_app, perform_ping_check=False, pool="solo", queues=["default"], loglevel="error"):
        waiting = cilantro.PublishProfilesTask.apply_async(kwargs={"job_id": "x", "work_path": "x"})
        with pytest.raises(StillRunning):
            waiting.get(timeout=0.5, disable_sync_subtasks=False)
    waiting.revoke()
    with celery_app.connection_for_read() as connection:
        connection.default_channel.queue_purge("profilex")


def test_what_runs_inside_cilantro_is_python_3_8():
    files = sorted((PLUGIN / "cilantro").rglob("*.py"))
    assert len(files) >= 3
    for file in files:
        ast.parse(file.read_text(), feature_version=(3, 8))


def test_the_flags_of_the_task_are_those_of_the_program(cilantro, capsys):
    assert run(["batch", "--help"]) == 0
    known = capsys.readouterr().out
    assert all(flag in known for flag in cilantro.FLAGS.values())
    schema = json.loads((PLUGIN / "cilantro/resources/job_parameter_schemas/extract_profiles_schema.json").read_text())
    assert set(schema["properties"]["options"]["properties"]) == set(cilantro.FLAGS)
