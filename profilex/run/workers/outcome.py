"""The outcome of a page: its record and its log lines."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from profilex.run.workers.memory import memory_of_a_page
from profilex.settings import Settings
from profilex.types import Network, PageRef, Record


@dataclass(frozen=True, slots=True)
class Outcome:
    """A page's record, and its log lines (with tracebacks), which only the parent writes to run.log."""

    record: Record
    log: tuple[str, ...] = ()


def do_page(ref: PageRef, segmenter: Network, settings: Settings, out: Path) -> Outcome:
    """Take a page through all stages and collect what it logs.

    Raises:
        RunError: the outputs cannot be written.
    """
    from profilex.page import (
        process_page,
    )  # not on import: the parent of a pool does no pages

    with _collected_log() as lines, memory_of_a_page():
        record = process_page(ref, segmenter, settings, out)
    return Outcome(record, tuple(lines))


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def _collected_log() -> Iterator[list[str]]:
    logger = logging.getLogger("profilex")
    collector = _Collector()
    propagate, logger.propagate = logger.propagate, False  # a worker's stderr is not a log
    logger.addHandler(collector)
    try:
        yield collector.lines
    finally:
        logger.removeHandler(collector)
        logger.propagate = propagate
