"""What a project in Field has of the records of a package, read from its change feed; nothing is written there."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import quote

from profilex.plugins import Code, RunError
from profilex_idai_field.connection import FieldConnection

Resource = dict[str, Any]

_A_PAGE = 500  # changes in one answer


class Holdings:
    """The wanted records of one project, by identifier; `refresh` reads what has changed since the last time."""

    def __init__(self, field: FieldConnection, project: str, wanted: Collection[str]) -> None:
        self._field, self._project = field, project
        self._wanted = frozenset(wanted)
        self._since: int | str = 0
        self._records: dict[str, Resource] = {}  # by Field's own id

    def refresh(self) -> bool:
        """Read the changes since the last time; whether a wanted record was among them.

        Raises:
            RunError: Field does not show its records.
        """
        changed = False
        while True:
            path = f"/db/{quote(self._project, safe='')}/_changes?include_docs=true&limit={_A_PAGE}&since="
            answer = self._field.get(path + quote(str(self._since), safe=""))
            try:
                changes, self._since = answer.body["results"], answer.body["last_seq"]
                for change in changes:
                    changed |= self._take(change)
            except (KeyError, TypeError, AttributeError) as error:
                raise RunError(
                    Code.PLUGIN,
                    f"Field does not show the records of {self._project!r}: {answer.error}.",
                    "Use Field Desktop 3.8 or newer: what it has already has to be known before something is sent.",
                ) from error
            if not changes:
                return changed

    def _take(self, change: dict[str, Any]) -> bool:
        resource = {} if change.get("deleted") else ((change.get("doc") or {}).get("resource") or {})
        known = self._records.pop(change["id"], None)
        if resource.get("identifier") in self._wanted:
            self._records[change["id"]] = resource
            return True
        return known is not None

    def present(self) -> dict[str, Resource]:
        """Every wanted record that is there, by identifier."""
        return {resource["identifier"]: resource for resource in self._records.values()}

    def missing(self, identifiers: Iterable[str]) -> list[str]:
        """Those that are not there, in their order."""
        present = self.present()
        return [identifier for identifier in identifiers if identifier not in present]

    def doubled(self) -> list[str]:
        """Identifiers that two records have."""
        names = [resource["identifier"] for resource in self._records.values()]
        return sorted(name for name, count in Counter(names).items() if count > 1)
