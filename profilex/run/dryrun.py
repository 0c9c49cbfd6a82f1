"""What a run would do, without doing or writing anything."""

from dataclasses import dataclass
from typing import Any

from profilex import manifest
from profilex.run.options import RunOptions
from profilex.run.plan import Plan, find_scans, plan_pages
from profilex.run.progress import escaped
from profilex.types import PageRef


@dataclass(frozen=True, slots=True)
class Intention:
    """What would happen to a page or file: `action` is "read", "keep", "skip" or "fail", `reason` says why."""

    action: str
    source: str
    frame: int | None = None
    reason: str = ""

    def line(self) -> str:
        """One printable line."""
        place = self.source if self.frame is None else f"{self.source}#{self.frame}"
        return escaped(f"{self.action:<5} {place}{': ' if self.reason else ''}{self.reason}")

    def as_json(self) -> dict[str, Any]:
        """The line's parts for `--json`."""
        return {"action": self.action, "source": self.source, "frame": self.frame, "reason": self.reason}


def describe(options: RunOptions) -> list[Intention]:
    """What `run_batch` would do with every page and file.

    Raises:
        RunError: the run could not start.
    """
    discovery = find_scans(options)
    card = options.model.card()
    versions = manifest.software_versions(card.name, card.digest, dict(options.settings.plugins))
    plan = plan_pages(discovery, options, versions)
    intentions = [Intention("read", ref.source, ref.frame, _again(plan, ref)) for ref in plan.todo]
    intentions += [Intention("keep", r.source, r.frame, "done before, nothing has changed") for r in plan.done]
    intentions += [Intention("skip", r.source, r.frame, "poison; see --retry-failed") for r in plan.poisoned]
    intentions += [Intention("fail", ref.source, ref.frame, f"{why.code}: {why.message}") for ref, why in plan.unopened]
    intentions += [Intention("skip", skipped.source, None, skipped.reason) for skipped in discovery.skipped]
    return sorted(intentions, key=lambda i: (i.source, i.frame or 0))


def _again(plan: Plan, ref: PageRef) -> str:
    why = plan.again.get(ref.folder)
    return f"again: {why}" if why else ""
