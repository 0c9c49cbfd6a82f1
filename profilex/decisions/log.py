"""corrections.jsonl: what people decided about an output folder, line by line, never rewritten.

A line is appended with one write and flushed to the disk before it is reported as saved. A line that a crash
cut off is completed where it is whole but for its end, and otherwise moved aside, so that it cannot swallow the next.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from filelock import FileLock, Timeout

from profilex.decisions.event import Event, from_line, to_line
from profilex.errors import Code, RunError
from profilex.files.names import printable_source
from profilex.files.writing import unlockable, unwritable

NAME = "corrections.jsonl"
TORN = "corrections.jsonl.torn"
LOCK_NAME = ".corrections.lock"

_PATIENCE_S = 20.0  # an append takes milliseconds
_FLAGS = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"))


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of a file, in its order, each once; `problems` are sentences about lines that cannot be used.

    `length` is how many bytes were read; a last line without an end is not among them.
    """

    events: tuple[Event, ...] = ()
    problems: tuple[str, ...] = ()
    length: int = 0

    def __bool__(self) -> bool:
        return bool(self.events)


def read_decisions(folder: Path) -> Decisions:
    """What was decided about an output folder; empty where nobody has decided anything.

    Lines that cannot be used are named in `problems`, and the others count.

    Raises:
        RunError: the file is there and cannot be read.
    """
    return read_file(folder / NAME)


def read_file(path: Path) -> Decisions:
    """The decisions of one file, as `read_decisions`."""
    try:
        state = path.stat()
        return _read(path, state.st_size, state.st_mtime_ns)
    except FileNotFoundError:
        return Decisions()
    except OSError as error:
        raise RunError(
            Code.UNREADABLE, f"{printable_source(path)}: cannot be read ({error.strerror}).", "Check its permissions."
        ) from error


@lru_cache(maxsize=2)
def _read(path: Path, size: int, changed_ns: int) -> Decisions:
    """A file in the state that its size and time say: deliveries ask for it page by page."""
    return parse(path.read_bytes())


def parse(data: bytes) -> Decisions:
    """The decisions of a file's bytes; no bytes make it raise."""
    reader = _Reader()
    reader.take(data)
    return reader.decisions


class _Reader:
    """Takes in the bytes of a file piece by piece, as it grows."""

    def __init__(self) -> None:
        self.length = 0
        self.events: list[Event] = []
        self.problems: list[str] = []
        self._lines: dict[str, bytes] = {}
        self._number = 0

    @property
    def decisions(self) -> Decisions:
        return Decisions(tuple(self.events), tuple(self.problems), self.length)

    def differs(self, event: Event) -> bool | None:
        """Whether a known decision of the same id says something else; None if the id is unknown."""
        line = self._lines.get(event.id)
        return None if line is None else to_line(from_line(line)) != to_line(event)

    def take(self, data: bytes) -> None:
        """Read the whole lines of what comes after the bytes that were read before."""
        whole, end, _ = data.rpartition(b"\n")
        for line in whole.split(b"\n") if end else ():
            self._number += 1
            if line.strip():
                self._take_line(line)
        self.length += len(whole) + len(end)

    def _take_line(self, line: bytes) -> None:
        try:
            event = from_line(line)
        except ValueError as error:
            self.problems.append(f"line {self._number}: {error}")
            return
        known = self._lines.setdefault(event.id, line)
        if known is line:
            self.events.append(event)
        elif known != line and self.differs(event):
            self.problems.append(f"line {self._number}: another decision has the id {event.id}")


class DecisionLog:
    """The file of one output folder, open for appending; for one process at a time at each append.

    Other processes may append between two calls: `refresh` and `append` take in what they wrote.
    """

    def __init__(self, folder: Path) -> None:
        """Open the log and mend its end.

        Raises:
            RunError: the file cannot be opened, or holds a line that is no decision: nothing is appended after that.
        """
        self._path = folder / NAME
        self._reader = _Reader()
        self.notices: list[str] = []
        with self._held() as handle:
            self._catch_up(handle)

    @property
    def events(self) -> Sequence[Event]:
        """All decisions of the file, in its order; the list grows."""
        return self._reader.events

    def refresh(self) -> tuple[Event, ...]:
        """Take in what other processes appended, and return it.

        Raises:
            RunError: as for opening.
        """
        with contextlib.suppress(FileNotFoundError):
            if self._path.stat().st_size == self._reader.length:
                return ()
        before = len(self._reader.events)
        with self._held() as handle:
            self._catch_up(handle)
        return tuple(self._reader.events[before:])

    def append(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """Write decisions that are not there yet, all of them or none, and return those that were new.

        When this returns they are on the disk.

        Raises:
            RunError: disk_full or output_unwritable, with the file as it was; usage, when another decision has the id
                of one of them.
        """
        with self._held() as handle:
            self._catch_up(handle)
            fresh: dict[str, Event] = {}
            for event in events:
                twin = fresh.get(event.id)
                differs = self._reader.differs(event) if twin is None else to_line(twin) != to_line(event)
                if differs:
                    raise RunError(Code.USAGE, f"{NAME}: another decision has the id {event.id}.", "Nothing was added.")
                if differs is None:
                    fresh[event.id] = event
            if fresh:
                self._write(handle, b"".join(map(to_line, fresh.values())))
                self._catch_up(handle)
        return tuple(fresh.values())

    def _catch_up(self, handle: int) -> None:
        """Read what is new, after the end of the file is repaired."""
        self._mend_end(handle)
        size = os.fstat(handle).st_size
        if size < self._reader.length:  # another file has taken its place
            self._reader = _Reader()
        start = self._reader.length
        self._reader.take(_bytes_of(handle, start, size))
        if problems := self._reader.problems:
            raise RunError(
                Code.UNREADABLE,
                f"{NAME}: {problems[0]}, and {len(problems) - 1} others.",
                "Nothing is written to a damaged file. Mend or remove these lines; the others are kept.",
            )

    def _write(self, handle: int, data: bytes) -> None:
        size = os.fstat(handle).st_size
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, size)
                os.fsync(handle)
            raise unwritable(self._path, error) from error

    def _mend_end(self, handle: int) -> None:
        """Complete or move aside a last line that has no end: a kill or a full disk cut it off."""
        size = os.fstat(handle).st_size
        if size == 0 or _bytes_of(handle, size - 1, size) == b"\n":
            return
        data = _bytes_of(handle, 0, size)
        start = data.rfind(b"\n") + 1
        try:
            from_line(data[start:])
        except ValueError:
            with (self._path.with_name(TORN)).open("ab") as torn:
                torn.write(data[start:] + b"\n")
                torn.flush()
                os.fsync(torn.fileno())
            os.ftruncate(handle, start)
            os.fsync(handle)
            self.notices.append(f"{NAME}: the last line was cut off ({size - start} bytes); it is kept in {TORN}.")
        else:
            self._write(handle, b"\n")
            self.notices.append(f"{NAME}: the last line lacked its end; it is whole.")

    @contextlib.contextmanager
    def _held(self) -> Iterator[int]:
        """The file's handle while no other process of profilex writes to it."""
        try:
            with FileLock(self._path.with_name(LOCK_NAME), timeout=_PATIENCE_S):
                is_new = not self._path.exists()
                handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _FLAGS, 0o666)
                try:
                    if is_new:
                        _sync(self._path.parent)
                    yield handle
                finally:
                    os.close(handle)
        except Timeout as error:
            raise RunError(
                Code.LOCKED, f"{NAME}: another process is writing to it.", "Try again when that has ended."
            ) from error
        except NotImplementedError as error:
            raise unlockable(self._path, error) from error
        except OSError as error:
            raise unwritable(self._path, error) from error


def _bytes_of(handle: int, start: int, end: int) -> bytes:
    os.lseek(handle, start, os.SEEK_SET)
    pieces = []
    while start < end and (piece := os.read(handle, end - start)):
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)


def _sync(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows cannot open a folder, and flushes its entries itself
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # some network file systems cannot
            os.fsync(handle)
    finally:
        os.close(handle)
