"""The job: what its request may hold, and the order of its chain."""

import pytest

pytest.importorskip("flask")
TARGET = {"id": "cat1_42", "path": "plates", "metadata": {"title": "Plates"}}


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
