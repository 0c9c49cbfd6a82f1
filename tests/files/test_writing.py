"""A file that is written is whole or absent, whatever step fails."""

import errno
import os
import subprocess
from pathlib import Path

import pytest

from profilex.errors import Code, Exit, RunError
from profilex.files import check_writable, sha256_bytes, sha256_file, sweep_temporaries, write_atomic
from profilex.files.writing import temporary_path

STEPS = ("open", "write", "fsync", "close", "replace", "mkdir")


class FaultAt:
    """Lets the first `n` calls of the file system pass and fails the next one."""

    def __init__(self, monkeypatch, n: int, number: int) -> None:
        self.left = n
        self.fired = False
        for name in STEPS:
            monkeypatch.setattr(os, name, self.wrapped(getattr(os, name), number))

    def wrapped(self, real, number):
        def step(*arguments, **options):
            if self.left == 0 and not self.fired:
                self.fired = True
                if real.__name__ == "close":
                    real(*arguments, **options)
                raise OSError(number, os.strerror(number))
            self.left -= 1
            return real(*arguments, **options)

        return step


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("old", [None, b"old bytes"])
def test_no_fault_leaves_a_partial_file(tmp_path, number, old):
    new = b"new bytes" * 100
    faults = 0
    for n in range(100):
        folder = tmp_path / str(n)
        target = folder / "page.dxf"
        if old is not None:
            folder.mkdir()
            target.write_bytes(old)
        with pytest.MonkeyPatch.context() as patch:
            fault = FaultAt(patch, n, number)
            try:
                write_atomic(target, new)
                error = None
            except RunError as raised:
                error = raised
        if not fault.fired:
            assert error is None
            break
        faults += 1
        assert error is not None
        assert error.code == (Code.DISK_FULL if number == errno.ENOSPC else Code.OUTPUT_UNWRITABLE)
        assert error.exit_code == Exit.OUTPUT
        assert listing(folder) in ([], ["page.dxf"]) if folder.exists() else True
        if target.exists():
            assert target.read_bytes() in (old, new)
        else:
            assert old is None
        write_atomic(target, new)  # resumable
        assert target.read_bytes() == new
    assert faults >= 7  # open, write, fsync, close, rename, and the folder's open, fsync and close
    assert target.read_bytes() == new


def test_short_writes_are_completed(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:3]))
    write_atomic(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_an_interrupt_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "a"
    write_atomic(target, b"old")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(target, b"new")
    assert listing(tmp_path) == ["a"]
    assert target.read_bytes() == b"old"


def test_the_longest_names_can_be_written(tmp_path):
    target = tmp_path / ("n" * 255)
    write_atomic(target, b"x")
    assert target.read_bytes() == b"x"


def test_what_a_killed_run_left_is_overwritten_or_swept(tmp_path):
    target = tmp_path / "sub" / "a.dxf"
    target.parent.mkdir()
    temporary_path(target).write_bytes(b"longer than what comes now")
    write_atomic(target, b"whole")
    assert listing(tmp_path) == ["a.dxf", "sub"]
    temporary_path(target).write_bytes(b"torn")
    (tmp_path / ".profilex-probe").write_bytes(b"")
    (tmp_path / ".kept").write_bytes(b"")
    assert sweep_temporaries(tmp_path) == 2
    assert listing(tmp_path) == [".kept", "a.dxf", "sub"]


def test_a_link_under_the_temporary_name_leads_nowhere(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    target = tmp_path / "out" / "a"
    target.parent.mkdir()
    temporary_path(target).symlink_to(victim)
    with pytest.raises(RunError):
        write_atomic(target, b"x")
    assert victim.read_bytes() == b"precious"


def test_file_modes_follow_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_check_writable_makes_the_folder_and_leaves_nothing(tmp_path):
    check_writable(tmp_path / "new" / "out")
    assert listing(tmp_path / "new" / "out") == []


def test_an_output_that_is_a_file_is_unwritable(tmp_path):
    (tmp_path / "out").write_bytes(b"")
    for attempt in (lambda: check_writable(tmp_path / "out"), lambda: write_atomic(tmp_path / "out" / "a", b"")):
        with pytest.raises(RunError) as caught:
            attempt()
        assert caught.value.code == Code.OUTPUT_UNWRITABLE


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MiB, where this process may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a file system is not allowed here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_leaves_no_partial_file_and_can_be_resumed(small_disk):
    write_atomic(small_disk / "a", b"a" * 600_000)
    with pytest.raises(RunError) as caught:
        write_atomic(small_disk / "b", b"b" * 600_000)
    assert caught.value.code == Code.DISK_FULL
    assert listing(small_disk) == ["a"]
    (small_disk / "a").unlink()
    write_atomic(small_disk / "b", b"b" * 600_000)
    assert sha256_file(small_disk / "b") == sha256_bytes(b"b" * 600_000)


def test_a_read_only_disk_is_noticed(small_disk):
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for attempt in (check_writable, lambda folder: write_atomic(folder / "a", b"")):
        with pytest.raises(RunError) as caught:
            attempt(small_disk)
        assert caught.value.exit_code == Exit.OUTPUT
        assert caught.value.code == Code.OUTPUT_UNWRITABLE
