"""One run at a time in an output folder."""

import errno
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from profilex.errors import Code, RunError
from profilex.files.names import printable_source
from profilex.files.writing import check_writable, unwritable

LOCK_NAME = ".profilex.lock"


class OutputLock:
    """Holds an output folder for one process, as a context manager.

    The kernel holds the lock and drops it with the process, so that a killed run leaves none behind. The lock's file
    is removed at the end; one that a killed run left is taken over.

    Raises (on entering):
        RunError: locked, when another run holds the folder; disk_full or output_unwritable.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / LOCK_NAME
        self._handle: int | None = None

    def __enter__(self) -> Self:
        check_writable(self._folder)
        try:
            while self._handle is None:
                self._handle = self._try()
        except BlockingIOError as error:
            raise RunError(
                Code.LOCKED,
                f"{printable_source(self._folder)}: another run is writing there.",
                "Wait for it to end, or choose another output folder.",
            ) from error
        except OSError as error:
            raise unwritable(self._path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is None:
            return
        self._path.unlink(missing_ok=True)  # while it is still held: who waits for this file sees that it is gone
        os.close(self._handle)
        self._handle = None

    def _try(self) -> int | None:
        """Lock the file and return its handle; None when its holder removed the file in the meantime."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._is_current(handle):
                return handle
        except OSError as error:
            os.close(handle)
            if error.errno == errno.EAGAIN:
                raise BlockingIOError(error.errno, error.strerror) from error
            raise
        os.close(handle)
        return None

    def _is_current(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self._path.stat())
        except FileNotFoundError:
            return False
