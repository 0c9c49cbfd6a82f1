"""The summary of a run: what was done, what was not and why, and the exit status."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from profilex.errors import Exit
from profilex.types import Record


@dataclass(slots=True)
class Summary:
    """Counts over the pages of one run.

    `done` were processed now, `kept` before; `failed` counts by code, `dropped` by reason, `skipped` files by reason,
    `delivered` and `undelivered` pages by their receiver. Of the vessels, `unscaled` have no scale and
    `to_review` a reason for a check by a person. `unread` pages are those whose text could not be read.
    """

    done: int = 0
    kept: int = 0
    left: int = 0
    vessels: int = 0
    sections: int = 0
    unscaled: int = 0
    to_review: int = 0
    unread: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)
    undelivered: Counter[str] = field(default_factory=Counter)
    stopped_by: int | None = None

    def add(self, record: Record, *, kept: bool = False) -> None:
        """Count a page's record."""
        if record.status == "failed":
            self.failed[record.code] += 1
            return
        self.kept += kept
        self.done += not kept
        self.vessels += record.vessels
        self.sections += record.sections
        self.unread += not record.text_read
        self.dropped.update(record.dropped)

    def add_vessels(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count the vessels of profiles.csv that have no scale, and those to be reviewed."""
        for row in rows:
            self.unscaled += not row.get("scale_source")
            self.to_review += bool(row.get("review"))

    @property
    def failures(self) -> int:
        return self.failed.total()

    @property
    def exit_code(self) -> int:
        """The run's exit status, as docs/cli.md lists them."""
        if self.stopped_by is not None:
            return 128 + self.stopped_by
        if self.failures:
            return Exit.PAGES_FAILED
        return Exit.PLUGIN if self.undelivered else Exit.OK

    def as_json(self) -> dict[str, Any]:
        """The summary for `--json`."""
        return {
            "exit": int(self.exit_code),
            "pages": {"done": self.done, "kept": self.kept, "failed": self.failures, "left": self.left},
            "vessels": self.vessels,
            "vessels_without_scale": self.unscaled,
            "vessels_to_review": self.to_review,
            "sections": self.sections,
            "pages_text_not_read": self.unread,
            "failed": dict(sorted(self.failed.items())),
            "dropped": dict(sorted(self.dropped.items())),
            "skipped_files": dict(sorted(self.skipped.items())),
            "delivered": dict(sorted(self.delivered.items())),
            "undelivered": dict(sorted(self.undelivered.items())),
        }

    def table(self) -> str:
        """The summary as lines of a table for people."""
        rows: list[tuple[str, int]] = [("pages done", self.done)]
        rows += [("pages kept from before", self.kept)] if self.kept else []
        rows += [("pages not yet done", self.left)] if self.left else []
        rows += [("vessels", self.vessels)]
        rows += [("  with a scale", self.vessels - self.unscaled), ("  without a scale", self.unscaled)]
        rows += [("  to be reviewed", self.to_review), ("sections", self.sections)]
        rows += [("pages whose text could not be read", self.unread)] if self.unread else []
        rows += [(f"dropped: {reason}", count) for reason, count in sorted(self.dropped.items())]
        rows += [(f"files skipped: {reason}", count) for reason, count in sorted(self.skipped.items())]
        rows += [("pages failed", self.failures)]
        rows += [(f"  {code}", count) for code, count in sorted(self.failed.items())]
        rows += [(f"pages delivered: {name}", count) for name, count in sorted(self.delivered.items())]
        rows += [(f"pages not delivered: {name}", count) for name, count in sorted(self.undelivered.items())]
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"  {name:<{width}}  {count:>8}" for name, count in rows)
