"""The progress of a run: a bar on a terminal, plain lines elsewhere, nothing in a quiet run."""

import sys
import time
from typing import Any, TextIO

from profilex.run.summary import Summary
from profilex.types import Record


def escaped(text: str) -> str:
    """The text with unprintable characters escaped, so that a file name cannot forge a log line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def failure_line(record: Record) -> str:
    """One line for a failed page: page, stage, code, detail."""
    return escaped(f"failed: {record.source}#{record.frame}: {record.stage}: {record.code}: {record.message}")


class Progress:
    """Pages, vessels, failures and the time left, on stderr.

    On a terminal a tqdm bar; elsewhere a plain line at most every `every_s` seconds. Failures and skipped files are
    one line each in both; `quiet` leaves only these.
    """

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None, every_s: float = 30.0) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._every_s = every_s
        self._bar: Any = None
        self._total = self._pages = 0
        self._started = self._said = time.monotonic()

    def begin(self, total: int) -> None:
        """Announce the number of pages to do."""
        self._total = total
        self._started = self._said = time.monotonic()
        if self._quiet or not total:
            return
        if self._stream.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=total, unit="page", file=self._stream, dynamic_ncols=True)
        else:
            self.line(f"{total} pages to do")

    def page(self, record: Record, summary: Summary) -> None:
        """Count a finished page."""
        self._pages += 1
        if record.status == "failed":
            self.line(failure_line(record))
        if self._bar is not None:
            self._bar.set_postfix(vessels=summary.vessels, failures=summary.failures, refresh=False)
            self._bar.update()
        elif not self._quiet and time.monotonic() - self._said >= self._every_s:
            self._said = time.monotonic()
            self.line(self._state(summary))

    def note(self, text: str) -> None:
        """Write a line that a quiet run omits."""
        if not self._quiet:
            self.line(escaped(text))

    def line(self, text: str) -> None:
        """Write a line without breaking the bar."""
        if self._bar is not None:
            self._bar.write(text, file=self._stream)
        else:
            print(text, file=self._stream, flush=True)

    def end(self, summary: Summary) -> None:
        """Close the bar and write the summary."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        if not self._quiet:
            self.line(summary.table())

    def _state(self, summary: Summary) -> str:
        left_s = (time.monotonic() - self._started) / self._pages * (self._total - self._pages)
        left = f"{int(left_s // 3600)}:{int(left_s // 60 % 60):02}:{int(left_s % 60):02}"
        return f"{self._pages}/{self._total} pages, {summary.vessels} vessels, {summary.failures} failures, {left} left"
