"""The server refuses what does not come from its own page; nothing but its own files and pages leaves the folder."""

import http.client
import json
import re
from urllib.parse import urlsplit

import pytest

from tests.helpers.reviewing import collection, served


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    profiles, scans = collection(tmp_path_factory.mktemp("served"), 1)
    with served(profiles, scans) as found:
        found.profiles = profiles
        yield found


def ask(server, path, method="GET", body=None, **headers):
    """One request; the answer's status, headers and body. `path` comes after the token, unless it begins with /."""
    parts = urlsplit(server.address)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=20)
    sent = {"Host": parts.netloc, **headers}
    if method == "POST":
        sent = {"Origin": f"http://{parts.netloc}", "Content-Type": "application/json"} | sent
    try:
        connection.request(method, path if path.startswith("/") else parts.path + path, body, sent)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def accept(server, **headers):
    body = json.dumps({"id": "a1", "act": "accept", "vessel": "v001", "prev": []})
    return ask(server, "api/decide/0", "POST", body, **headers)[0]


REFUSED = {
    "rebinding": ({"Host": "evil.test:{port}"}, 403),
    "host without port": ({"Host": "127.0.0.1"}, 403),
    "foreign origin": ({"Origin": "https://evil.test"}, 403),
    "page on another port": ({"Origin": "http://127.0.0.1:1"}, 403),
    "no origin": ({"Origin": ""}, 403),
    "form": ({"Content-Type": "text/plain"}, 415),
}


@pytest.mark.parametrize("case", REFUSED)
def test_decisions_of_other_pages_are_refused_and_nothing_is_written(server, case):
    headers, status = REFUSED[case]
    port = str(urlsplit(server.address).port)
    before = (server.profiles / "corrections.jsonl").read_bytes()
    assert accept(server, **{name: value.format(port=port) for name, value in headers.items()}) == status
    assert (server.profiles / "corrections.jsonl").read_bytes() == before


@pytest.mark.parametrize("token", ["", "wrong", "A" * 43, "%2e%2e"])
def test_nothing_answers_without_the_token(server, token):
    for path in ("", "api/collection", "main.js", "tile/0/0/0/0"):
        assert ask(server, f"/{token}/{path}")[0] == 404


OUTSIDE = (
    "../corrections.jsonl",
    "..%2f..%2fetc%2fpasswd",
    "page/../../server.py",
    "server.py",
    "run.json",
    "tile/0/0/..%2f0/0",
    "tile/9/0/0/0",
    "tile/0/99/0/0",
    "preview/0",
    "preview/7",
    "api/page/99",
    "review.css%00.js",
)


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out_of_the_page_s_own_files(server, path):
    status, _, body = ask(server, path)
    assert status in (404, 422)
    assert len(body) < 300


def test_every_answer_forbids_foreign_scripts_frames_and_caches(server):
    for path in ("", "main.js", "review.css", "api/collection", "nothing"):
        _, headers, _ = ask(server, path)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in headers


def test_the_page_holds_no_script_and_no_style_of_its_own(server):
    page = ask(server, "")[2].decode()
    assert re.findall(r"<script(?![^>]*src=)", page) == []
    assert not re.search(r"<style|style=|onclick|javascript:", page)


CROSSED = {"polygon": [[[0, 0], [9, 9], [9, 0], [0, 9], [0, 0]]]}
MEND = {"id": "x", "act": "mend", "vessel": "v001", "prev": []}
NO_DECISIONS = (
    {},
    {"act": "accept"},
    {"act": "fly", "id": "x", "vessel": "v001"},
    {"id": "x" * 500, "act": "accept", "vessel": "v001"},
    MEND | {"parts": {"sections": []}},
    MEND | {"parts": {"sections": [CROSSED]}},
    MEND | {"parts": {"axis": [[0, 0], [1e300, 1]]}},
    {"id": "x", "act": "scale", "scope": "page", "parts": {"scale": {"mm_per_px": -1}}},
    {"id": "x", "act": "add", "parts": {"sections": "all"}},
)


@pytest.mark.parametrize("request_", NO_DECISIONS)
def test_what_is_no_decision_is_refused_with_a_reason(server, request_):
    before = (server.profiles / "corrections.jsonl").read_bytes()
    status, _, body = ask(server, "api/decide/0", "POST", json.dumps(request_))
    assert status in (409, 422)
    assert json.loads(body)["error"]
    assert (server.profiles / "corrections.jsonl").read_bytes() == before


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b"[" * 50_000, b"\xff"])
def test_bodies_that_are_no_objects_are_refused(server, body):
    assert ask(server, "api/decide/0", "POST", body)[0] == 400


def test_a_body_that_is_too_large_is_refused(server):
    try:
        status = ask(server, "api/decide/0", "POST", b" " * 5_000_000)[0]
    except (BrokenPipeError, ConnectionResetError):
        return
    assert status in (400, 413)


def test_a_stale_decision_is_refused_and_one_that_is_sent_twice_counts_once(tmp_path):
    profiles, scans = collection(tmp_path, 1)
    with served(profiles, scans) as server:
        assert accept(server) == 200
        assert accept(server) == 200
        other = json.dumps({"id": "b1", "act": "reject", "vessel": "v001", "prev": []})
        status, _, body = ask(server, "api/decide/0", "POST", other)
        assert status == 409
        assert json.loads(body)["code"] == "stale"
        assert server.stop() == 0
    assert (profiles / "corrections.jsonl").read_text().count("\n") == 1
    assert "accepted" in (profiles / "profiles.csv").read_text()


def test_the_token_is_new_each_time_and_stands_in_no_log(tmp_path):
    profiles, scans = collection(tmp_path, 1)
    addresses = set()
    for _ in range(2):
        with served(profiles, scans) as server:
            ask(server, "api/page/99")
            addresses.add(urlsplit(server.address).path)
            server.process.kill()
            rest = server.process.stdout.read()
            assert urlsplit(server.address).path.strip("/") not in rest
    assert len(addresses) == 2
