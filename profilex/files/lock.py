"""One run at a time in an output folder."""

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from profilex.errors import Code, RunError
from profilex.files.names import printable_source
from profilex.files.writing import check_writable, unlockable

LOCK_NAME = ".profilex.lock"
_PATIENCE_S = 0.2  # in case another run is ending and has removed the file that this one opened


class OutputLock:
    """Holds an output folder for one process, as a context manager.

    The system releases the lock with the process, so that a killed run leaves no lock. The lock's file is removed at
    the end; a file that a killed run left is reused.

    Raises (on entering):
        RunError: locked, if another run holds the folder; disk_full or output_unwritable.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / LOCK_NAME
        self._lock = FileLock(self._path, timeout=_PATIENCE_S, fallback_to_soft=False)

    def __enter__(self) -> Self:
        check_writable(self._folder)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise RunError(
                Code.LOCKED,
                f"{printable_source(self._folder)}: another run is writing there.",
                "Wait until it ends, or choose another output folder.",
            ) from error
        except (OSError, NotImplementedError) as error:
            raise unlockable(self._path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # while it is still held: a process that waits for it sees that it is gone; Windows removes no open file
        with contextlib.suppress(PermissionError):
            self._path.unlink(missing_ok=True)
        self._lock.release()
