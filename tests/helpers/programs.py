"""profilex as users meet it: started as a program of its own, with the fake model, and watched from outside."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.helpers.scans import session_members

ROOT = Path(__file__).parents[2]
PROGRAM = "from profilex.cli import main; main(provider='tests.helpers.thresholding')"
PATIENCE_S = 180  # for a machine that does other things as well


def finding_helpers() -> dict[str, str]:
    """The environment of a program that finds what tests share, also where it is started in another folder."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}


def command(scans, out, *options):
    return [sys.executable, "-c", PROGRAM, "batch", str(scans), "--out", str(out), *options]


def finish(scans, out, environment, *options):
    """Run to the end and return the finished process."""
    return subprocess.run(
        command(scans, out, *options), env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


def start(scans, out, environment, *options):
    """Start a run in a session of its own."""
    return subprocess.Popen(
        command(scans, out, "--workers", "1", *options),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def assert_no_orphans(session):
    wait_until(lambda: not session_members(session))


def status_of(out):
    lines = [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]
    return {line["source"]: line["code"] or line["status"] for line in lines}
