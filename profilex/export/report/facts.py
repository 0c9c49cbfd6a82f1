"""The head of a report as HTML: the results of the run, what it left out and why, and its settings."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from profilex.types import REJECTED, Record

if TYPE_CHECKING:
    from profilex.export.report import Overview


def facts(overview: "Overview") -> str:
    """Counts, failures, dropped parts, warnings and settings; every text of the run is escaped."""
    vessels = [vessel for page in overview.pages for vessel in page.vessels]
    reviewed = Counter(vessel.reviewed.status for vessel in vessels)
    counts = [
        ("vessels", overview.vessels, ""),
        ("pages", len(overview.records), ""),
        ("with scale", sum(vessel.scale is not None for vessel in vessels), ""),
        ("for review", sum(bool(v.review) and v.reviewed.status != REJECTED for v in vessels), ""),
        *((status, count, "") for status, count in sorted(reviewed.items()) if status),
        ("pages failed", len(overview.failed), "bad" if overview.failed else ""),
    ]
    figures = "".join(
        f'<div class="{kind}"><dt>{escape(name)}</dt><dd>{number:,}</dd></div>' for name, number, kind in counts
    )
    sections = [
        _failures(overview.failed),
        _sentences("Pages that cannot be read back", "page", [*overview.torn, *overview.spoilt]),
        _dropped(overview.dropped),
        _warnings(overview.records),
        _run(overview.run),
    ]
    head = f'<p class="model">{_model(overview)}</p>\n<dl class="counts">{figures}</dl>'
    return f'{head}\n<div class="facts">{"".join(sections)}</div>'


def _model(overview: "Overview") -> str:
    """The line below the title: programs and models, as the records name them."""
    records = (*overview.records, *overview.failed)
    known = {f"{name} {record.versions[key]}" for record in records for key, name in _MAKERS if key in record.versions}
    return escape(", ".join(sorted(known, reverse=True)))


_MAKERS = (("profilex", "profilex"), ("model", "model"))


def _details(title: str, count: str, body: str, kind: str = "") -> str:
    summary = f"<summary>{escape(title)} <span>{escape(count)}</span></summary>"
    return f'<details class="{kind}">{summary}<div class="body">{body}</div></details>'


def _failures(failed: Iterable[Record]) -> str:
    """Failed pages by code, each with its stage and message."""
    by_code: defaultdict[str, list[Record]] = defaultdict(list)
    for record in failed:
        by_code[record.code].append(record)
    if not by_code:
        return ""
    body = "".join(
        f"<h3>{escape(code)} <span>{len(records):,}</span></h3><ul>{''.join(map(_failure, records))}</ul>"
        for code, records in sorted(by_code.items(), key=lambda item: (-len(item[1]), item[0]))
    )
    return _details("Failed pages", _counted(sum(map(len, by_code.values())), "page"), body, "bad")


def _failure(record: Record) -> str:
    return f"<li><b>{_page_name(record)}</b> {escape(record.stage)}: {escape(record.message)}</li>"


def _page_name(record: Record) -> str:
    return escape(record.source) + (f" <i>frame {record.frame}</i>" if record.frame else "")


def _sentences(title: str, noun: str, sentences: list[str]) -> str:
    if not sentences:
        return ""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return _details(title, _counted(len(sentences), noun), f"<ul>{items}</ul>", "bad")


def _dropped(dropped: Counter[str]) -> str:
    """Dropped parts by reason, with bars."""
    if not dropped:
        return ""
    most = max(dropped.values())
    rows = "".join(
        f"<tr><th>{escape(reason.replace('_', ' '))}</th><td>{count:,}</td>"
        f'<td><meter min="0" max="{most}" value="{count}"></meter></td></tr>'
        for reason, count in dropped.most_common()
    )
    return _details("Dropped parts", _counted(dropped.total(), "part"), f'<table class="bars">{rows}</table>')


def _warnings(records: Iterable[Record]) -> str:
    """Warnings, each with the pages that have it."""
    pages: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        for warning in record.warnings:
            pages[warning].append(_page_name(record))
    if not pages:
        return ""
    body = "".join(
        f"<h3>{escape(warning)} <span>{len(names):,}</span></h3><ul><li>{'</li><li>'.join(names)}</li></ul>"
        for warning, names in sorted(pages.items(), key=lambda item: (-len(item[1]), item[0]))
    )
    return _details("Warnings", _counted(sum(map(len, pages.values())), "warning"), body)


def _run(run: Mapping[str, Any]) -> str:
    """Settings, model and software as run.json names them."""
    groups = ((title, list(_leaves(run.get(key)))) for title, key in _RUN)
    body = "".join(
        f"<section><h3>{title}</h3><table>{''.join(map(_setting, leaves))}</table></section>"
        for title, leaves in groups
        if leaves
    )
    return _details("Settings and model", "", f'<div class="columns">{body}</div>') if body else ""


_RUN = (("Settings", "settings"), ("Model", "model"), ("Software", "versions"))


def _setting(leaf: tuple[str, Any]) -> str:
    name, value = leaf
    return f"<tr><th>{escape(name)}</th><td>{escape('–' if value is None else str(value))}</td></tr>"


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The values of nested objects, with names such as "vectorize.tolerance_px"."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        yield name, ", ".join(map(str, value))
    elif value is not None or name:
        yield name, value


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
