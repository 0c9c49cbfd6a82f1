"""Requests to stop: the first signal ends the run in order, the second one at once."""

import os
import signal
import sys
from types import FrameType
from typing import Any, Self


class StopRequest:
    """Handles SIGINT and SIGTERM while it is entered; it may be entered only in the main thread.

    After the first signal `signal_number` is set: the run starts no further page, writes its manifest and exits with
    130 or 143. The second signal exits at once; the files on the disk stay valid, because each is written atomically.
    """

    def __init__(self) -> None:
        self.signal_number: int | None = None
        self._before: dict[int, Any] = {}

    @property
    def requested(self) -> bool:
        return self.signal_number is not None

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if self.signal_number is not None:
            os._exit(128 + number)
        self.signal_number = number
        os.write(
            sys.__stderr__.fileno() if sys.__stderr__ else 2, b"\nprofilex: stopping; a second signal stops at once\n"
        )
