"""Every failure profilex reports: a stable code, the exit status it leads to, and what to do.

A page's failure is recorded and the run goes on; a run's failure ends it. Callers decide by `code` alone, never by
the text of a message. `docs/errors.md` lists every member of `Code`.
"""

from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """Process exit statuses (public)."""

    OK = 0
    BUG = 1
    USAGE = 2
    PAGES_FAILED = 3
    NO_INPUT = 4
    OUTPUT = 5
    LOCKED = 6
    MODEL = 7
    POOL_LOST = 8
    PLUGIN = 9
    SIGINT = 130
    SIGTERM = 143


class Code(StrEnum):
    """Stable failure codes, as in the manifest and in messages."""

    # a page
    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    CHANGED = "changed"
    UNSUPPORTED = "unsupported"
    TIMEOUT = "timeout"
    POISON = "poison"
    MEMORY = "memory"
    INTERNAL = "internal"
    EXPORT = "export"
    FETCH = "fetch"
    # a run
    USAGE = "usage"
    NO_INPUT = "no_input"
    OUTPUT_UNWRITABLE = "output_unwritable"
    DISK_FULL = "disk_full"
    LOCKED = "locked"
    MODEL_MISSING = "model_missing"
    MODEL_MISMATCH = "model_mismatch"
    POOL_LOST = "pool_lost"
    TOO_MANY_FAILURES = "too_many_failures"
    DATASET = "dataset"
    PLUGIN = "plugin"


_EXITS = {
    Code.USAGE: Exit.USAGE,
    Code.NO_INPUT: Exit.NO_INPUT,
    Code.OUTPUT_UNWRITABLE: Exit.OUTPUT,
    Code.DISK_FULL: Exit.OUTPUT,
    Code.LOCKED: Exit.LOCKED,
    Code.MODEL_MISSING: Exit.MODEL,
    Code.MODEL_MISMATCH: Exit.MODEL,
    Code.POOL_LOST: Exit.POOL_LOST,
    Code.DATASET: Exit.NO_INPUT,
    Code.PLUGIN: Exit.PLUGIN,
    Code.INTERNAL: Exit.BUG,
}


class ProfilexError(Exception):
    """A failure with a stable code.

    `message` says what is wrong and names the file; `remedy` says what to do, in one sentence.
    Both survive pickling, because workers send errors to the parent.
    """

    def __init__(self, code: Code, message: str, remedy: str = "") -> None:
        super().__init__(code, message, remedy)
        self.code = code
        self.message = message
        self.remedy = remedy

    @property
    def exit_code(self) -> Exit:
        """Exit status of a run that this error ends."""
        return _EXITS.get(self.code, Exit.PAGES_FAILED)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class PageError(ProfilexError):
    """One page cannot be done; the run goes on and records it."""


class RunError(ProfilexError):
    """The run cannot start or continue."""
