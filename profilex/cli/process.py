"""The process that a command runs in: streams that may be closed, a home that may be missing, a folder that is gone."""

import os
import sys
from pathlib import Path
from typing import Any, TextIO

from profilex.errors import Code, RunError

NO_HOME = "/nonexistent"
"""The home of users without one, as Debian calls it; libraries look for their settings there and find none."""


def keep_streams() -> None:
    """Give the process three open streams, and let writing to one that nobody reads any more do no harm.

    A file that is opened while a stream is closed would get its number, and what is written to the stream.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stdout = _lasting(sys.stdout, 1)
    sys.stderr = _lasting(sys.stderr, 2)


def use_utf8() -> None:
    """Start the program again where names of files are of another encoding, in which not every name can be written."""
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def check_process() -> None:
    """See to what every command needs of its process.

    Raises:
        RunError: usage, when the working folder is gone.
    """
    if not _has_home():
        os.environ["HOME"] = NO_HOME
    try:
        Path.cwd()
    except OSError as error:
        raise RunError(Code.USAGE, "the working folder is gone.", "Change to another with cd, and repeat.") from error


def _has_home() -> bool:
    try:
        return Path.home().is_absolute()
    except RuntimeError:
        return False


def _lasting(stream: TextIO | None, number: int) -> Any:
    return _Lasting(stream or open(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False))


class _Lasting:
    """A stream whose text goes nowhere once it cannot be written any more; all else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            self._give_up()
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        """Lead the stream's number to nowhere, where what its buffer holds can go too."""
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, self._stream.fileno())
        os.close(sink)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
