"""Delivery of finished pages to exporters at the end of a run: each page once, with retries until it succeeds.

A page's own record does not depend on it. Each delivery has a record of its own, written last.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from profilex.decisions import by_page, read_decisions
from profilex.errors import Code, RunError
from profilex.files import write_atomic
from profilex.plugins.exporting import LoadedExporter, load_exporter
from profilex.plugins.protocols import PAGE, Options
from profilex.plugins.registry import find_plugin
from profilex.reexport import standing_page
from profilex.types import PageResult, Record

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class PageDelivery:
    """Writes pages with one exporter to `deliveries/<its name>/pages/<the page's folder>` of an output folder."""

    loaded: LoadedExporter
    out: Path

    @property
    def name(self) -> str:
        return self.loaded.plugin.name

    def deliver(self, record: Record) -> bool:
        """Write a finished page, unless it was delivered before; return whether it was written.

        Raises:
            PageError: the page cannot be read, or the plugin failed on it; nothing was written.
            RunError: a file cannot be written.
        """
        key = self._key(record)
        if self._is_delivered(record, key):
            return False
        contents = self.loaded.page_files(self._page(record))
        home = Path("deliveries", self.name, "pages", record.folder)
        for name, data in contents:
            write_atomic(self.out / home / name, data)
        outputs = [(home / name).as_posix() for name, _ in contents]
        document = {"schema": SCHEMA, "key": key, "version": self.loaded.plugin.version, "outputs": outputs}
        write_atomic(self._record_path(record), (json.dumps(document, ensure_ascii=False) + "\n").encode())
        return True

    def _key(self, record: Record) -> str:
        """All that decides on the files: the page's outputs, what people said of them, the plugin and its options."""
        said = [event.id for event in by_page(read_decisions(self.out).events).get((record.sha256, record.frame), ())]
        parts = [record.key, record.outputs, self.name, self.loaded.plugin.version, dict(self.loaded.options), said]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _record_path(self, record: Record) -> Path:
        return self.out / "deliveries" / self.name / "records" / f"{record.folder}.json"

    def _is_delivered(self, record: Record, key: str) -> bool:
        try:
            document = json.loads(self._record_path(record).read_bytes())
            same = (document["schema"], document["key"]) == (SCHEMA, key)
            return same and all((self.out / path).is_file() for path in document["outputs"])
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _page(self, record: Record) -> PageResult:
        return standing_page(self.out, record)


def load_deliveries(names: list[str], given: Options, out: Path) -> tuple[PageDelivery, ...]:
    """Import the exporters of a run's deliveries; each gets the options that it declares.

    Raises:
        RunError: one cannot be imported, writes collections only, or an option fits none of them.
    """
    taken: set[str] = set()
    deliveries = []
    for name in dict.fromkeys(names):
        declared = {option.name for option in find_plugin("exporter", name).load().options}
        taken |= declared
        loaded = load_exporter(name, {key: value for key, value in given.items() if key in declared})
        if loaded.exporter.scope != PAGE:
            raise RunError(
                Code.USAGE,
                f"{name} writes all pages at once.",
                f"Use it after the run: profilex export PROFILES --format {name}.",
            )
        deliveries.append(PageDelivery(loaded, out))
    if strangers := sorted(set(given) - taken):
        raise RunError(Code.USAGE, f"no plugin of this run has the option {', '.join(strangers)}.")
    return tuple(deliveries)
