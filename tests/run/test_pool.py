"""The pool, tried as users meet it: a started program, its workers, and signals from outside."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.helpers.programs import PATIENCE_S, PROGRAM, assert_no_orphans, finish, start, status_of, wait_until
from tests.helpers.scans import draw_plate, looks, tree

pytestmark = pytest.mark.slow


def test_pages_that_hang_or_kill_harm_no_other(scans, tmp_path, environment):
    environment["DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT"] = "1s"  # dask would give up who is not back by then
    draw_plate(scans / "hang_1.png")
    draw_plate(scans / "kill_1.png")
    draw_plate(scans / "kill-once_1.png")
    pool = finish(scans, tmp_path / "pool", environment, "--workers", "2", "--page-timeout", "8", "--json")
    assert pool.returncode == 3, pool.stderr
    assert status_of(tmp_path / "pool") == {
        "hang_1.png": "timeout",
        "kill_1.png": "poison",
        "kill-once_1.png": "ok",
        "one.png": "ok",
        "site/one.png": "ok",
        "two.tif": "ok",
    }
    assert looks(scans).count("kill_1.png") == 2
    assert json.loads(pool.stdout)["failed"] == {"poison": 1, "timeout": 1}
    assert pool.stderr.count("the network runs in a threshold") == 1
    assert (tmp_path / "pool/run.log").read_text().count("the network runs in a threshold") == 1
    failures = [line for line in pool.stderr.splitlines() if line.startswith("failed: ")]
    assert sorted(line.split(": ")[1:4:2] for line in failures) == [
        ["hang_1.png#0", "timeout"],
        ["kill_1.png#0", "poison"],
    ]

    for name in ("hang_1.png", "kill_1.png"):
        (scans / name).unlink()
        (tmp_path / "pool/records" / f"{name}.json").unlink()
    assert finish(scans, tmp_path / "pool", environment, "--workers", "0").returncode == 0
    assert finish(scans, tmp_path / "here", environment, "--workers", "0").returncode == 0
    assert tree(tmp_path / "pool") == tree(tmp_path / "here")


FORGETFUL = """
import distributed
calls, sync = [], distributed.Client.sync
def forgetful(client, function, *arguments, **options):
    told = sync(client, function, *arguments, **options)
    if "n_workers" in options:
        calls.append(function)
    return {**told, "workers": {}} if "n_workers" in options and len(calls) % 5 == 0 else told
distributed.Client.sync = forgetful
"""


def test_workers_that_are_missed_at_one_look_are_not_gone(scans, tmp_path, environment):
    """Their pages would be done twice, and the second time be blamed."""
    for n in range(8):
        draw_plate(scans / f"slow_{n}.png", seed=n)
    program = [sys.executable, "-c", FORGETFUL + PROGRAM, "batch", str(scans), "--out", str(tmp_path / "out")]
    done = subprocess.run(
        [*program, "--workers", "2"], env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(looks(scans)) == 11  # every page once
    assert "its worker died" not in (tmp_path / "out" / "run.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_orphans_and_goes_on(scans, tmp_path, environment, number):
    for n in range(4):
        draw_plate(scans / f"slow_{n}.png", seed=n)
    draw_plate(scans / "zone/held_1.png")  # the last one: the run does not end before it is made to
    out = tmp_path / "out"
    run = start(scans, out, environment)
    wait_until(lambda: len(looks(scans)) >= 5)
    second = finish(scans, out, environment, "--workers", "0")
    assert second.returncode == 6, second.stderr
    if number == signal.SIGINT:
        os.killpg(run.pid, number)  # as a terminal does: the workers get it too
    else:
        run.kill()
    _, errors = run.communicate(timeout=PATIENCE_S)
    assert_no_orphans(run.pid)
    assert "Traceback" not in errors
    if number == signal.SIGINT:
        assert run.returncode == 130, errors
        assert 0 < len(status_of(out)) < 8
    (tmp_path / "go").touch()
    again = finish(scans, out, environment, "--workers", "0")
    assert again.returncode == 0, again.stderr
    assert finish(scans, tmp_path / "whole", environment, "--workers", "0").returncode == 0
    assert tree(out) == tree(tmp_path / "whole")


SCHEDULER = """
import dask
from distributed import LocalCluster
dask.config.set({"distributed.deploy.lost-worker-timeout": "1000h"})  # else it gives up a worker that dies twice
if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""


def test_a_running_scheduler_is_used_and_left_running(scans, tmp_path, environment):
    script = tmp_path / "scheduler.py"
    script.write_text(SCHEDULER)
    environment["DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"] = f"{PATIENCE_S}s"  # of its nanny with a new worker
    draw_plate(scans / "kill_1.png")
    with subprocess.Popen(
        [sys.executable, str(script)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as cluster:
        address = cluster.stdout.readline().strip()
        first = finish(scans, tmp_path / "out", environment, "--scheduler", address)
        second = finish(scans, tmp_path / "again", environment, "--scheduler", address, "--limit", "1")
        cluster.communicate("\n", timeout=PATIENCE_S)
    assert first.returncode == 3, first.stderr
    assert status_of(tmp_path / "out") == {
        "kill_1.png": "poison", "one.png": "ok", "site/one.png": "ok", "two.tif": "ok",
    }  # fmt: skip
    assert second.returncode in (0, 3), second.stderr


def test_a_scheduler_that_is_not_there_ends_the_run(scans, tmp_path, environment, monkeypatch):
    from profilex.errors import Code, RunError
    from profilex.run.options import RunOptions
    from profilex.run.workers import cluster

    monkeypatch.setattr(cluster, "CONNECT_S", 1)
    options = RunOptions((scans,), tmp_path / "out", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(RunError) as caught, cluster.connected(options, None):
        pass
    assert caught.value.code == Code.POOL_LOST
