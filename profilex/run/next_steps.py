"""The next steps after a batch: where to look, what is missing, and the command for each."""

import shlex
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from profilex.run.summary import Summary


def next_steps(summary: Summary, scans: Sequence[str], out: Path, commands: Collection[str] = ()) -> Iterator[str]:
    """Lines to print below the summary of a run, the most useful first.

    `scans` are the inputs as the user wrote them, so that the commands can be copied; `commands` are the names of those
    that the program has.
    """
    here = shlex.quote(str(out))
    again = f"profilex batch {shlex.join(scans)} --out {here}"
    if summary.stopped_by is not None or summary.left:
        yield f"{_pages(summary.left)} left to do: {again}"
    if summary.failures:
        yield f"{_pages(summary.failures)} failed, see {out / 'manifest.jsonl'}; when the reason is gone: {again}"
    if not summary.vessels:
        return
    yield f"browse the profiles: profilex report {here}"
    if summary.to_review:
        how = f"profilex review {here}" if "review" in commands else f"their reasons are in {out / 'profiles.csv'}"
        yield f"{summary.to_review} of {summary.vessels} vessels are to be reviewed: {how}"
    if summary.unscaled == summary.vessels:
        yield f"no vessel has a scale, all lengths are in pixels; where you know it: {again} --ratio 1:3"
    elif summary.unscaled:
        yield (
            f"{summary.unscaled} of {summary.vessels} vessels have no scale; proposals from neighbouring pages: "
            f"profilex scales {here}"
        )


def _pages(count: int) -> str:
    return f"{count} page{'' if count == 1 else 's'}"
