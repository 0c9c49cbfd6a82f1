"""Atomic writing: a file is complete or absent. profilex writes only in this way."""

import contextlib
import errno
import hashlib
import os
import re
from pathlib import Path

from profilex.errors import Code, RunError
from profilex.files.names import printable_source

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})  # some network file systems
_NEW_FILE = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_TRUNC
    | sum(
        getattr(os, flag, 0)  # some systems lack a flag, and only Windows needs the last one
        for flag in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY")
    )
)
_NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EINVAL})
_PERMISSIONS = "Check the folder's permissions, or name another."
_REMEDIES = {
    errno.EACCES: _PERMISSIONS,
    errno.EPERM: _PERMISSIONS,
    errno.EROFS: "It is mounted for reading alone: name another folder.",
    errno.EEXIST: "A file has that name: remove it, or name another folder.",
    errno.ENOTDIR: "A file lies where a folder is needed: remove it, or name another folder.",
    errno.EISDIR: "A folder lies where a file is needed: remove it, or name another folder.",
    errno.ENAMETOOLONG: "Its path is too long for the file system: name a folder nearer to the root.",
    errno.EFBIG: "Files of this size are not allowed there: raise the limit (ulimit -f), or name another folder.",
    errno.EMFILE: "Too many files are open: raise the limit (ulimit -n).",
    errno.ELOOP: "A link lies where a file is to be: remove it.",
    errno.EIO: "The disk or its connection fails: check it before you continue.",
    errno.ESTALE: "The network file system has lost the folder: mount it again.",
}
_PROBE = ".profilex-probe"
_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.part")


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that a reader, even after a power cut, sees either the old or all of the new bytes.

    Missing folders are made. The bytes go to a hidden temporary file in the same folder, which is flushed to disk and
    renamed. Its name depends only on `path`: the leftover of a killed run is overwritten by the next run.

    Raises:
        RunError: disk_full or output_unwritable; no partial file is left.
    """
    temporary = temporary_path(path)
    try:
        _make_folder(path.parent)
        try:
            _write_synced(temporary, data)
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error


def temporary_path(path: Path) -> Path:
    """The temporary file of `write_atomic` for `path`; short, because the name itself may have the maximum length."""
    return path.with_name(f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}.part")


def sweep_temporaries(folder: Path) -> int:
    """Remove the unfinished files of killed runs, at any depth, and return their number.

    Only for the holder of the folder's lock, because temporary files of a running process would be removed too.
    """
    swept = 0
    for place, _, names in os.walk(folder):
        for name in names:
            if name == _PROBE or _TEMPORARY.fullmatch(name):
                Path(place, name).unlink(missing_ok=True)
                swept += 1
    return swept


def check_writable(folder: Path) -> None:
    """Create the output folder and write to it once, so that a run fails before the model is loaded.

    Raises:
        RunError: disk_full or output_unwritable.
    """
    probe = folder / _PROBE
    try:
        _make_folder(folder)
        try:
            _write_synced(probe, bytes(4096))
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(path: Path, error: OSError) -> RunError:
    """The error that ends a run whose output cannot be written."""
    name = printable_source(path)
    if error.errno in _FULL:
        return RunError(
            Code.DISK_FULL, f"{name}: no space is left on the disk.", "Free some space and run again: it resumes."
        )
    what = error.strerror or type(error).__name__
    remedy = _REMEDIES.get(error.errno or 0, "Name another folder.")
    return RunError(Code.OUTPUT_UNWRITABLE, f"{name}: cannot be written ({what}).", remedy)


def unlockable(path: Path, error: OSError | NotImplementedError) -> RunError:
    """The error that ends a run in a folder that cannot be locked."""
    if isinstance(error, OSError) and error.errno not in _NO_LOCKS:
        return unwritable(path, error)
    return RunError(
        Code.OUTPUT_UNWRITABLE,
        f"{printable_source(path.parent)}: its file system locks no files, so that two runs could write there at once.",
        "Choose an output folder on another file system, and copy it when the run has ended.",
    )


def _write_synced(path: Path, data: bytes) -> None:
    # O_NOFOLLOW: a link under the temporary name must not redirect the write
    handle = os.open(path, _NEW_FILE, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)  # may also raise: some file systems report a full disk only here


def _make_folder(folder: Path) -> None:
    """Create a folder and its parents, with each entry flushed to disk."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        if folder.parent == folder:
            break
        folder = folder.parent
    for new in reversed(missing):
        new.mkdir(exist_ok=True)
        _sync_folder(new.parent)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows cannot open a folder, and flushes its entries itself
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)
