"""A scheduler and two workers as separate processes, as on a cluster; one of them is killed in the middle.

Workers are tried with dask's nanny, which puts a fresh process in a dead one's place, and without.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.helpers.programs import PROGRAM, finish, status_of, wait_until
from tests.helpers.scans import draw_plate, looks, tree

pytestmark = pytest.mark.slow

PAGES = 8


@contextmanager
def processes(environment):
    """A function that starts dask's own commands; all that it started are ended, each by its process group."""
    started = []

    def start(*words):
        command = [sys.executable, "-m", "dask", *words]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in reversed(started):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def start_worker(start, schedule, folder, nanny):
    return start(
        "worker", "--scheduler-file", str(schedule), "--nthreads", "1", "--memory-limit", "2GB", "--no-dashboard",
        "--host", "127.0.0.1", "--local-directory", str(folder), nanny,
    )  # fmt: skip


@pytest.mark.parametrize("nanny", ["--nanny", "--no-nanny"])
def test_a_cluster_that_loses_a_worker_writes_what_one_process_writes(scans, tmp_path, environment, nanny):
    for n in range(PAGES):
        draw_plate(scans / f"slow_{n:02}.png", seed=n)
    schedule = tmp_path / "scheduler.json"
    out = tmp_path / "cluster"
    with processes(environment) as start:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(schedule))
        wait_until(schedule.exists)
        address = json.loads(schedule.read_text())["address"]
        workers = [start_worker(start, schedule, tmp_path / name, nanny) for name in ("first", "second")]
        run = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "batch", str(scans), "--out", str(out), "--scheduler", address],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        wait_until(lambda: len(looks(scans)) >= 3 or run.poll() is not None)
        os.killpg(workers[0].pid, signal.SIGKILL)  # the nanny too: the machine is gone
        _, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    assert len(status_of(out)) == PAGES + 3
    assert workers[0].returncode == -signal.SIGKILL
    alone = finish(scans, tmp_path / "alone", environment, "--workers", "0")
    assert alone.returncode == 0, alone.stderr
    assert tree(out) == tree(tmp_path / "alone")


def test_a_run_whose_scheduler_is_gone_ends_and_goes_on_elsewhere(scans, tmp_path, environment):
    for n in range(PAGES):
        draw_plate(scans / f"slow_{n:02}.png", seed=n)
    schedule = tmp_path / "scheduler.json"
    out = tmp_path / "cluster"
    with processes(environment) as start:
        scheduler = start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(schedule)
        )
        wait_until(schedule.exists)
        address = json.loads(schedule.read_text())["address"]
        start_worker(start, schedule, tmp_path / "worker", "--nanny")
        impatient = f"from profilex.run.workers import pool; pool._UNHEARD_S = 2.0; {PROGRAM}"
        run = subprocess.Popen(
            [sys.executable, "-c", impatient, "batch", str(scans), "--out", str(out), "--scheduler", address],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        wait_until(lambda: len(looks(scans)) >= 3 or run.poll() is not None)
        os.killpg(scheduler.pid, signal.SIGKILL)
        _, errors = run.communicate(timeout=120)
    assert run.returncode == 8, errors
    assert "The dask scheduler is gone" in errors
    assert 0 < len(status_of(out)) < PAGES + 3
    assert finish(scans, out, environment, "--workers", "0").returncode == 0
    assert finish(scans, tmp_path / "alone", environment, "--workers", "0").returncode == 0
    assert tree(out) == tree(tmp_path / "alone")
