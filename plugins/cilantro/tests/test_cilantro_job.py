"""The job: what its request may hold, and its chain from the staging area to repository and archive."""

import json
import os
from pathlib import Path

import cv2
import pytest

from profilex.synth import draw_page
from tests.helpers.cilantro_objects import mets_schema

pytest.importorskip("flask")
TARGET = {"id": "cat1", "path": "plates", "metadata": {"title": "Plates"}}


@pytest.fixture
def client(cilantro):
    from flask import Flask, jsonify
    from service.errors import ApiError
    from service.job.extract_profiles import extract_profiles_controller

    app = Flask("cilantro")
    app.register_blueprint(extract_profiles_controller, url_prefix="/job")
    app.add_url_rule("/job/<job_id>", "job.job_status", lambda job_id: job_id)
    app.register_error_handler(ApiError, lambda error: (jsonify({"error": error.code}), error.status))
    return app.test_client()


def test_a_request_starts_a_job_with_a_chain_for_each_object(client):
    from service.job.jobs import started

    answer = client.post("/job/extract_profiles", json={"targets": [TARGET, TARGET], "options": {"ratio": "1:3"}})
    assert answer.status_code == 202
    job = started.pop()
    assert answer.json == {"success": True, "job_id": job.id}
    assert answer.headers["Location"].endswith(job.id)
    assert len(job.chains) == 2
    names = [task.name for task in job.chains[0].tasks]
    assert names.index("generate_xml") < names.index("profilex.batch"), "profiles are put into METS"
    assert names.index("publish_to_repository") < names.index("profilex.publish") < names.index("publish_to_archive")
    batch = job.chains[0].tasks[names.index("profilex.batch")]
    assert batch.kwargs["options"] == {"ratio": "1:3"}
    assert batch.kwargs["representation"] == "tif"


def place(name):
    return Path(os.environ[name])


@pytest.fixture
def staged(cilantro):
    """Two plates in the staging area of the user who asks."""
    folder = place("STAGING_DIR") / "tester" / "plates"
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in ((1, 3), (2, 8)):
        cv2.imwrite(str(folder / f"taf_{number}.tif"), draw_page(seed, kind="item", style="solid").grey)
    return folder


def start(client):
    from service.job.jobs import started

    assert (
        client.post("/job/extract_profiles", json={"targets": [TARGET], "options": {"workers": 0}}).status_code == 202
    )
    return started.pop()


@pytest.mark.slow
def test_a_job_goes_through_the_whole_chain(client, staged):
    from utils.job_db import states

    job = start(client)
    result = job.chains[0].apply().get()
    assert result["profilex"]["status"] == "ok"
    name = result["object_id"]
    assert name.startswith("cat1_")

    assert states[job.chain_ids[0]] == "success"
    assert json.loads((staged / ".cilantro_info").read_text())["status"] == "success"
    assert not (place("WORKING_DIR") / job.chain_ids[0]).exists(), "the scans do not stay in the working folder"

    (published,) = place("REPOSITORY_DIR").rglob(name)
    assert published.parent.name == name[-4:]
    assert {path.name for path in (published / "data").iterdir()} == {"dxf", "geojson", "svg", "profilex", "jpg", "pdf"}
    (archived,) = place("ARCHIVE_DIR").rglob(name)
    assert {path.name for path in (archived / "data").iterdir()} >= {"tif", "dxf", "jpg_thumbnails"}
    for home in (published, archived):
        mets_schema().validate(str(home / "mets.xml"))
        assert b'USE="PROFILES"' in (home / "mets.xml").read_bytes()


def test_every_parameter_that_cilantro_demands_is_given(client, staged, monkeypatch, tmp_path):
    """The chain goes on to its end with a profilex that does nothing; without any one of them it does not."""
    from utils.celery_client import celery_app
    from utils.job_db import states

    program = tmp_path / "profilex"
    program.write_text('#!/bin/sh\nmkdir -p "$(dirname "$6")"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PROFILEX_BIN", str(program))
    job = start(client)
    job.chains[0].apply().get()
    assert states[job.chain_ids[0]] == "success"

    demanded = [("list_files", "ocr_lang"), ("cleanup_directories", "mark_done")]
    demanded += [("cleanup_directories", "user_name"), ("cleanup_directories", "staging_current_folder")]
    demanded += [("finish_chain", "user_name"), ("finish_chain", "chain_input_directory")]
    for task_name, parameter in demanded:
        broken = start(client)
        for task in broken.chains[0].tasks:
            if task.name == task_name:
                task.kwargs.pop(parameter, None)
        with pytest.raises(KeyError, match=parameter):
            broken.chains[0].apply().get()
        assert states[broken.chain_ids[0]] == "failure", (task_name, parameter)
    assert "finish_chain" in celery_app.tasks


@pytest.mark.parametrize(
    "wrong",
    [
        {"targets": [], "options": {}},
        {"targets": [{"id": "x"}], "options": {}},
        {"targets": [TARGET], "options": {"ratio": "three"}},
        {"targets": [TARGET], "options": {"colour": 1}},
        {"targets": [TARGET]},
    ],
)
def test_wrong_requests_start_nothing(client, wrong):
    from service.job.jobs import started

    assert client.post("/job/extract_profiles", json=wrong).status_code == 400
    assert not started


def test_a_request_without_json_is_refused(client):
    assert client.post("/job/extract_profiles", data="no").status_code == 400
