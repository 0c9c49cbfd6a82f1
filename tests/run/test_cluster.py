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
        wait_until(lambda: schedule.exists() and schedule.read_text().endswith("}"))
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


@contextmanager
def cluster(environment, tmp_path, *nannies):
    """A scheduler with workers, as (address, scheduler's process, workers' processes)."""
    schedule = tmp_path / "scheduler.json"
    with processes(environment) as start:
        scheduler = start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(schedule)
        )
        wait_until(lambda: schedule.exists() and schedule.read_text().endswith("}"))
        address = json.loads(schedule.read_text())["address"]
        workers = [start_worker(start, schedule, tmp_path / f"w{n}", nanny) for n, nanny in enumerate(nannies)]
        yield address, scheduler, workers


def start_run(scans, out, environment, address, before="", *, startup_s=60, unheard_s=15):
    """A run that waits `unheard_s` for a silent scheduler, and `startup_s` for a worker that loads the model."""
    program = (
        f"from profilex.run.workers import pool; pool._UNHEARD_S = {unheard_s}\n"
        "limits = pool.PoolLimits\n"
        f"pool.PoolLimits = lambda page, startup, recycle: limits(page, {startup_s}, recycle)\n"
        f"{before}\n{PROGRAM}"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, "batch", str(scans), "--out", str(out), "--scheduler", address],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture
def loading(tmp_path, environment):
    """A function that lets the first so many loads of the model hang, and the notes of the processes that load it."""
    folder = tmp_path / "loading"
    folder.mkdir()
    environment["LOADING"] = str(folder)

    def hang(count):
        (folder / "hang").write_text(str(count))

    hang(0)
    hang.pids = lambda: [int(path.stem) for path in folder.glob("*.pid")]
    return hang


@pytest.mark.parametrize("nanny", ["--nanny", "--no-nanny"])
def test_a_worker_that_is_lost_while_it_loads_the_model_is_not_missed(scans, tmp_path, environment, loading, nanny):
    loading(1)
    with cluster(environment, tmp_path, nanny, nanny) as (address, _, _):
        run = start_run(scans, tmp_path / "out", environment, address)
        wait_until(lambda: loading.pids() or run.poll() is not None)
        os.kill(loading.pids()[0], signal.SIGKILL)
        _, errors = run.communicate(timeout=60)
    assert run.returncode == 0, errors
    assert set(status_of(tmp_path / "out").values()) == {"ok"}


def test_a_worker_that_hangs_while_it_loads_the_model_is_replaced(scans, tmp_path, environment, loading):
    loading(1)
    with cluster(environment, tmp_path, "--nanny") as (address, _, _):
        run = start_run(scans, tmp_path / "out", environment, address, startup_s=30)
        _, errors = run.communicate(timeout=150)
    assert run.returncode == 0, errors
    assert len(loading.pids()) == 2


def test_all_workers_lost_while_they_load_the_model_end_the_run_with_its_code(scans, tmp_path, environment, loading):
    loading(2)
    with cluster(environment, tmp_path, "--no-nanny", "--no-nanny") as (address, _, _):
        run = start_run(scans, tmp_path / "out", environment, address, startup_s=6)
        wait_until(lambda: len(loading.pids()) == 2 or run.poll() is not None)
        for pid in loading.pids():
            os.kill(pid, signal.SIGKILL)
        _, errors = run.communicate(timeout=60)
    assert run.returncode == 8, errors
    assert "No worker is left" in errors
    assert "Traceback" not in errors, errors


def test_a_scheduler_lost_while_the_model_is_loaded_ends_the_run_with_its_code(scans, tmp_path, environment, loading):
    loading(1)
    with cluster(environment, tmp_path, "--no-nanny") as (address, scheduler, _):
        run = start_run(scans, tmp_path / "out", environment, address, unheard_s=2)
        wait_until(lambda: loading.pids() or run.poll() is not None)
        os.killpg(scheduler.pid, signal.SIGKILL)
        _, errors = run.communicate(timeout=60)
        for pid in loading.pids():
            os.kill(pid, signal.SIGKILL)
    assert run.returncode == 8, errors
    assert "The dask scheduler is gone" in errors
    assert "Traceback" not in errors, errors


AT = """
import os, signal
from profilex.run.workers.{module} import {owner}
whole = {owner}.{step}
def struck(*arguments, **options):
    for pid in os.environ["VICTIMS"].split():
        os.killpg(int(pid), signal.SIGKILL)
    os.environ["VICTIMS"] = ""
    return whole(*arguments, **options)
{owner}.{step} = struck
"""


@pytest.mark.parametrize(
    ("step", "victim", "status"),
    [
        ("__init__", "scheduler", 8),  # connected, and nothing asked of it
        ("__init__", "worker", 0),
        ("_start_page", "scheduler", 8),  # the first page is handed out
        ("_start_page", "worker", 0),
        ("_let_go", "scheduler", 0),  # all pages are done
        ("_let_go", "worker", 0),
    ],
)
def test_whoever_is_lost_at_whatever_step_there_is_no_traceback(scans, tmp_path, environment, step, victim, status):
    out = tmp_path / "out"
    with cluster(environment, tmp_path, "--no-nanny", "--no-nanny") as (address, scheduler, workers):
        environment["VICTIMS"] = str(scheduler.pid if victim == "scheduler" else workers[0].pid)
        before = AT.format(module="pool", owner="Pool", step=step)
        run = start_run(scans, out, environment, address, before, unheard_s=2 if victim == "scheduler" else 15)
        _, errors = run.communicate(timeout=90)
    assert run.returncode == status, errors
    assert "Traceback" not in errors, errors
    if status:
        del environment["VICTIMS"]
        assert finish(scans, out, environment, "--workers", "0").returncode == 0
    assert set(status_of(out).values()) == {"ok"}, "no page is blamed"


def test_a_run_whose_scheduler_is_gone_ends_and_goes_on_elsewhere(scans, tmp_path, environment):
    for n in range(PAGES):
        draw_plate(scans / f"slow_{n:02}.png", seed=n)
    schedule = tmp_path / "scheduler.json"
    out = tmp_path / "cluster"
    with processes(environment) as start:
        scheduler = start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(schedule)
        )
        wait_until(lambda: schedule.exists() and schedule.read_text().endswith("}"))
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
