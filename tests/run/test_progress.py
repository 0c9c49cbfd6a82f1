"""What a run says while it goes, and the pool that a machine gets."""

import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import pytest

import profilex
from profilex.errors import Code, RunError
from profilex.run.next_steps import next_steps
from profilex.run.options import ModelChoice
from profilex.run.progress import Progress, escaped
from profilex.run.summary import Summary
from profilex.run.workers.cluster import LEAST_GPU_MEMORY, PoolSize, connected, fit_machine, gpu_memory
from profilex.run.workers.forking import ONE_THREAD
from profilex.run.workers.worker import Work, greet
from profilex.settings import Settings
from profilex.types import Record

GIB = 2**30


def record(status="ok", **more):
    return Record("a.tif", 0, "", "", status, **more)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("cores", "memory", "size"),
    [
        (2, 8, (2, 1)),
        (2, 4, (1, 2)),
        (4, 16, (4, 1)),
        (16, 128, (16, 1)),
        (64, 128, (16, 4)),
        (64, 16, (5, 12)),
        (1, 1, (1, 1)),
    ],
)
def test_the_pool_fits_the_machine(cores, memory, size):
    assert fit_machine(cores, memory * GIB, pages=5000) == PoolSize(*size, int(memory * GIB * 0.9) // size[0])


def test_the_pool_obeys():
    assert fit_machine(16, 64 * GIB, pages=5000, workers=3).workers == 3
    assert fit_machine(16, 128 * GIB, pages=5000, workers=3, gpu_memory=GIB).workers == 3


def test_few_pages_share_the_cores():
    assert fit_machine(16, 64 * GIB, pages=2) == PoolSize(2, 8, int(64 * GIB * 0.9) // 2)
    assert fit_machine(2, 8 * GIB, pages=1, workers=4).threads == 2


@pytest.mark.parametrize(
    ("memory", "gpu_memory", "workers"),
    [(128, 80, 16), (64, 80, 12), (128, 24, 12), (128, 4, 2), (128, 0, 1), (4, 80, 1)],
)
def test_workers_share_a_gpu_as_its_memory_allows(memory, gpu_memory, workers):
    assert fit_machine(16, memory * GIB, pages=5000, gpu_memory=gpu_memory * GIB).workers == workers


@pytest.mark.parametrize(
    ("program", "memory"),
    [
        ("echo 24576; echo 8192", 24 * GIB),  # two GPUs: it is the first that is used
        ("echo 'No devices were found'", LEAST_GPU_MEMORY),
        ("exit 9", LEAST_GPU_MEMORY),
    ],
)
def test_the_driver_is_asked_for_the_memory_of_a_gpu(program, memory, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert gpu_memory() == LEAST_GPU_MEMORY
    script = tmp_path / "nvidia-smi"
    script.write_text(f"#!/bin/sh\n{program}\n")
    script.chmod(0o755)
    assert gpu_memory() == memory


def test_a_pool_that_cannot_start_is_reported_as_such(monkeypatch):
    import distributed

    def fail(**_options):
        raise RuntimeError("Cluster failed to start: Invalid Argument")

    monkeypatch.setattr(distributed, "LocalCluster", fail)
    with (
        pytest.raises(RunError, match=r"cannot be started: .*Invalid Argument") as caught,
        connected(None, PoolSize(1, 1, GIB)),
    ):
        pass
    assert caught.value.code == Code.POOL_LOST


@pytest.mark.slow
def test_workers_have_a_sites_environment_and_one_thread_for_arithmetic():
    """In a process of its own, as a process has one that its workers are forked from."""
    script = """
import os
from profilex.run.workers.cluster import connected, PoolSize
from profilex.run.workers.forking import prepare_workers
prepare_workers()
assert "SITE" not in os.environ and "PYTHONSAFEPATH" not in os.environ
os.environ["LATER"] = "8"

def told():
    import profilex
    return os.environ.get("SITE"), os.environ.get("LATER"), os.environ.get("OMP_NUM_THREADS"), profilex.__file__

with connected(None, PoolSize(1, 1, 2**30)) as client:
    print(*client.run(told).popitem()[1])
"""
    site = {**os.environ, "DASK_DISTRIBUTED__NANNY__PRE_SPAWN_ENVIRON": "{'SITE': 7}"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=site)
    assert done.stdout.split() == ["7", "8", "1", profilex.__file__]


@pytest.mark.slow
def test_workers_are_forked_from_a_process_of_one_thread():
    script = """
import profilex.run.workers.forked
print(open("/proc/self/status").read())
"""
    one = {**os.environ, **ONE_THREAD}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=one)
    assert "Threads:\t1\n" in done.stdout


def test_a_run_imports_no_geometry_before_its_workers_do():
    """Neither does what it calls before: the start of a run is everyone's waiting."""
    script = """
import sys
import profilex.cli.batch, profilex.run.batch, profilex.run.workers.pool, profilex.run.workers.cluster
import profilex.scale.table
print(*{"profilex.vessel", "profilex.page", "ezdxf", "openvino", "scipy", "tensorflow"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(("asked", "slots", "threads"), [(1, 2, 1), (0, 3, 3)])
def test_opencv_takes_no_more_threads_than_its_worker_has(tmp_path, monkeypatch, asked, slots, threads):
    before = cv2.getNumThreads()
    loop = SimpleNamespace(add_callback=lambda *_: None)  # where Ctrl-C would be taken away from this process
    worker = SimpleNamespace(loop=loop, state=SimpleNamespace(nthreads=slots))
    monkeypatch.setattr("profilex.run.workers.worker.get_worker", lambda: worker)
    work = Work(ModelChoice(provider="tests.helpers.thresholding"), Settings(), tmp_path, asked)
    try:
        assert greet("run", work).engine == "a threshold"
        assert cv2.getNumThreads() == threads
    finally:
        cv2.setNumThreads(before)


def test_names_cannot_write_log_lines():
    assert escaped("a\nfailed: b\x1b[2J\udcff é 漢") == r"a\nfailed: b\x1b[2J\udcff é 漢"


def test_plain_lines_elsewhere_than_on_a_terminal():
    stream = io.StringIO()
    progress = Progress(stream=stream, every_s=0)
    summary = Summary()
    progress.begin(2)
    for one in (record(vessels=4), record("failed", stage="read", code="truncated", message="short")):
        summary.add(one)
        progress.page(one, summary)
    progress.end(summary)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "2 pages to do"
    assert lines[1].startswith("1/2 pages, 4 vessels, 0 failures, 0:00:0")
    assert lines[2] == "failed: a.tif#0: read: truncated: short"
    assert "pages failed" in stream.getvalue()
    assert "\r" not in stream.getvalue()


def test_a_bar_on_a_terminal():
    stream = Terminal()
    progress = Progress(stream=stream)
    summary = Summary()
    progress.begin(1)
    summary.add(record(vessels=4))
    progress.page(record(vessels=4), summary)
    progress.end(summary)
    assert "1/1" in stream.getvalue()
    assert "vessels=4" in stream.getvalue()


def test_quiet_leaves_the_failures():
    stream = io.StringIO()
    progress = Progress(stream=stream, quiet=True, every_s=0)
    summary = Summary()
    progress.begin(2)
    progress.page(record(), summary)
    progress.page(record("failed", stage="read", code="truncated", message="short"), summary)
    progress.end(summary)
    assert stream.getvalue() == "failed: a.tif#0: read: truncated: short\n"


def test_the_summary_counts_by_reason():
    summary = Summary()
    summary.add(record(vessels=2, sections=3, dropped={"too small": 2}))
    summary.add(record(vessels=1, text_read=False, dropped={"too small": 1}), kept=True)
    summary.add(record("failed", code="timeout"))
    summary.add_vessels(
        [{"scale_source": "bar", "review": ""}, {"scale_source": "", "review": "odd"}, {"scale_source": "bar"}]
    )
    assert summary.as_json() == {
        "exit": 3,
        "pages": {"done": 1, "kept": 1, "failed": 1, "left": 0},
        "vessels": 3,
        "vessels_without_scale": 1,
        "vessels_to_review": 1,
        "sections": 3,
        "pages_text_not_read": 1,
        "failed": {"timeout": 1},
        "dropped": {"too small": 3},
        "skipped_files": {},
        "delivered": {},
        "undelivered": {},
    }
    assert "without a scale 1" in " ".join(summary.table().split())
    assert "pages whose text could not be read 1" in " ".join(summary.table().split())
    summary.stopped_by = 15
    assert summary.exit_code == 143


@pytest.mark.parametrize(
    ("counts", "steps"),
    [
        ({"vessels": 0}, []),
        ({"vessels": 3}, ["profilex report 'my out'"]),
        ({"vessels": 3, "to_review": 2}, ["profilex report 'my out'", "profilex review 'my out'"]),
        ({"vessels": 3, "unscaled": 1}, ["profilex report 'my out'", "profilex scales 'my out'"]),
        (
            {"vessels": 3, "unscaled": 3},
            ["profilex report 'my out'", "profilex batch scans --out 'my out' --ratio 1:3"],
        ),
        ({"left": 4, "stopped_by": 2}, ["profilex batch scans --out 'my out'"]),
    ],
)
def test_the_next_steps_are_commands_that_fit_what_came_out(counts, steps):
    lines = list(next_steps(Summary(**counts), ["scans"], Path("my out"), {"review"}))
    assert [line.partition(": ")[2] for line in lines] == steps
