"""One run at a time in an output folder."""

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from profilex.errors import Code, RunError
from profilex.files.names import printable_source
from profilex.files.writing import check_writable, unwritable

LOCK_NAME = ".profilex.lock"
_PATIENCE_S = 0.2  # for a run that is just ending and has removed the file that this one has opened


class OutputLock:
    """Holds an output folder for one process, as a context manager.

    The system holds the lock and drops it with the process, so that a killed run leaves none behind. The lock's file
    is removed at the end; one that a killed run left is taken over.

    Raises (on entering):
        RunError: locked, when another run holds the folder; disk_full or output_unwritable.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / LOCK_NAME
        self._lock = FileLock(self._path, timeout=_PATIENCE_S)

    def __enter__(self) -> Self:
        check_writable(self._folder)
        try:
            self._lock.acquire()
        except Timeout as error:
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
        # while it is still held: whoever waits for this file sees that it is gone; Windows removes no open file
        with contextlib.suppress(PermissionError):
            self._path.unlink(missing_ok=True)
        self._lock.release()
