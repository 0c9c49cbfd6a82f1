"""What a push had out when it ended, beside the package: the next one goes on from it."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from profilex.plugins import Code, RunError, write_atomic

NAME = ".profilex-push.json"
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Journal:
    """The state of one package's push into one project.

    `sent` are identifiers of an import whose end is not known, `since` is when it went out; `unfinished` are the
    drawings whose files were sent and whose data may not have followed; `delivered` is what Field once had.
    """

    sent: tuple[str, ...] = ()
    since: str = ""
    unfinished: tuple[str, ...] = ()
    delivered: tuple[str, ...] = ()


@dataclass(slots=True)
class PushJournal:
    """The journal in a package's folder; each change is on the disk before the request that it speaks of."""

    folder: Path
    project: str
    state: Journal = field(default_factory=Journal)

    def note(self, **changes: object) -> None:
        """Write a change.

        Raises:
            RunError: the folder cannot be written.
        """
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        projects = _read(self.folder) | {self.project: asdict(self.state)}
        document = {"schema": _SCHEMA, "projects": projects}
        write_atomic(self.folder / NAME, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())


def open_journal(folder: Path, project: str) -> PushJournal:
    """The journal of a package's pushes into a project; an empty one where there was none.

    Raises:
        RunError: there is one that cannot be read.
    """
    known = _read(folder).get(project, {})
    try:
        texts = {name: tuple(map(str, known.get(name, ()))) for name in ("sent", "unfinished", "delivered")}
        return PushJournal(folder, project, Journal(since=str(known.get("since", "")), **texts))
    except (AttributeError, TypeError) as error:
        raise _unreadable(error) from error


def _read(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        document = json.loads((folder / NAME).read_bytes())
        if document["schema"] != _SCHEMA:
            raise ValueError(f"schema {document['schema']!r}")
        return dict(document["projects"])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> RunError:
    return RunError(
        Code.PLUGIN,
        f"{NAME}: cannot be read ({type(error).__name__}: {error}).",
        "It tells what an earlier push left open. See that Field shows no import, remove it, and push again.",
    )
