"""One run at a time, and no lock outlives its run."""

import os
import signal
import subprocess
import sys
import time

import pytest

from profilex.errors import Code, Exit, RunError
from profilex.files import OutputLock
from profilex.files.lock import LOCK_NAME

HOLDER = """
import sys, time
from pathlib import Path
from profilex.files import OutputLock
with OutputLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_refused_at_once(tmp_path):
    with OutputLock(tmp_path):
        began = time.monotonic()
        with pytest.raises(RunError) as caught, OutputLock(tmp_path):
            pass
        assert time.monotonic() - began < 1
    assert caught.value.code == Code.LOCKED
    assert caught.value.exit_code == Exit.LOCKED


def test_the_folder_is_made_and_nothing_is_left(tmp_path):
    with OutputLock(tmp_path / "new"):
        pass
    assert list((tmp_path / "new").iterdir()) == []


def test_a_lock_can_be_taken_again(tmp_path):
    lock = OutputLock(tmp_path)
    for _ in range(2):
        with lock:
            assert (tmp_path / LOCK_NAME).exists()


def test_a_killed_holder_leaves_no_lock(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", HOLDER, tmp_path]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RunError) as caught, OutputLock(tmp_path):
            pass
        assert caught.value.code == Code.LOCKED
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    assert (tmp_path / LOCK_NAME).exists()
    with OutputLock(tmp_path):
        pass
    assert not (tmp_path / LOCK_NAME).exists()


def test_a_lock_file_that_its_holder_has_removed_is_not_trusted(tmp_path, monkeypatch):
    """Between opening and locking, the holder may end and remove the file: the next one must be locked instead."""
    fcntl = pytest.importorskip("fcntl")
    real, removed = fcntl.flock, []

    def late(handle, operation):
        if not removed:
            removed.append((tmp_path / LOCK_NAME).unlink())
        return real(handle, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with OutputLock(tmp_path), pytest.raises(RunError), OutputLock(tmp_path):
        pass
