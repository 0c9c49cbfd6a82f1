"""One package on its way into one project of Field.

Field's import looks first and writes later, so a request that is sent again while the first still runs makes every
record twice. So nothing that changes Field is sent a second time before it is known how the first ended: what Field
has is read, only what is missing is sent, and only what nobody has filled in is written into drawings.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from profilex.plugins import Code, Options, Receipt, RunError
from profilex_idai_field.connection import Answer, FieldConnection, UnansweredError
from profilex_idai_field.holdings import Holdings
from profilex_idai_field.journal import PushJournal
from profilex_idai_field.package import IMAGES, FieldPackage
from profilex_idai_field.records import Resource

_FILES_A_REQUEST = 100  # an answer then comes within minutes, also for large images
_REFUSALS = 4  # of an import of files, while nothing arrives
_TOLD = 10
_LINES = "text/plain; charset=utf-8"


@dataclass(slots=True)
class Push:
    """The steps of a push; `holdings` are as they were at the last look."""

    content: FieldPackage
    field: FieldConnection
    options: Options
    holdings: Holdings
    journal: PushJournal

    def look(self) -> dict[str, int]:
        """What would be sent, by what it counts.

        Raises:
            RunError: Field has an identifier of the package twice.
        """
        self._refresh()
        return {
            "images to send": len(self.holdings.missing(self.content.images)),
            "records to send": len(self.holdings.missing(_names(self.content.created))),
            "drawings to complete": len(self.holdings.missing(self.content.images))
            + len(list(self._completions(set(self.journal.state.unfinished)))),
        }

    def send(self, notes: Sequence[str]) -> Receipt:
        """Send what is missing, in the order that Field needs.

        Raises:
            RunError: Field refuses something, or may still be at work.
        """
        self._refresh()
        self._settle()
        removed = self._removed()
        imported, said = self._send_images(removed)
        created, known = self._send_records(removed, said)
        completed = self._complete()
        self.journal.note(sent=(), since="", unfinished=(), delivered=tuple(self.holdings.present()))
        counts = {
            "images imported": imported,
            "records created": created,
            "records already there": known,
            "drawings completed": completed,
        }
        gone = [f"{name}: was in Field after an earlier push; left out, as somebody removed it" for name in removed]
        return Receipt(counts, (*notes, *said, *gone))

    def _refresh(self) -> None:
        self.holdings.refresh()
        if doubled := self.holdings.doubled():
            raise RunError(
                Code.PLUGIN,
                f"Field has {len(doubled)} identifiers of this package twice: {_listed(doubled)}.",
                "Remove one of each two there: Field takes a name that is there twice for one that is not there.",
            )

    @property
    def _resend(self) -> bool:
        return self.options["resend"] == "yes"

    def _settle(self) -> None:
        """See how the last import of an earlier push ended, where that push did not learn it."""
        state = self.journal.state
        missing = self.holdings.missing(state.sent)
        if missing and not self._resend:
            raise RunError(
                Code.PLUGIN,
                f"an import of {state.since} got no answer; {len(state.sent) - len(missing)} of its "
                f"{len(state.sent)} records are in Field.",
                "Field may still be at work: push again later, which looks first. When Field's window shows no import "
                "any more, or Field was started again, send the rest with --set resend=yes.",
            )
        self.journal.note(sent=(), since="")

    def _removed(self) -> list[str]:
        """What an earlier push had brought and somebody removed; nothing when all of it is gone: a new project."""
        wanted = {*self.content.images, *_names(self.content.created)}
        delivered = [name for name in self.journal.state.delivered if name in wanted]
        removed = self.holdings.missing(delivered)
        return [] if self._resend or len(removed) == len(delivered) else removed

    def _send_images(self, removed: Sequence[str]) -> tuple[int, list[str]]:
        """Number of new images, and what Field says of the others."""
        missing = [name for name in self.holdings.missing(self.content.images) if name not in removed]
        said: list[str] = []
        if missing:
            self.journal.note(unfinished=tuple(dict.fromkeys((*self.journal.state.unfinished, *missing))))
        for names in _batches(missing):
            said += self._send_files(names)
        self._refresh()
        if absent := self.holdings.missing(missing):
            of_images = f" Of the images it says: {'; '.join(said[:_TOLD])}." if said else ""
            raise RunError(
                Code.PLUGIN,
                f"Field did not take {len(absent)} of {len(missing)} images: {_listed(absent)}.{of_images}",
                "See that Field's machine finds them in the folder that --set images names, then push again.",
            )
        return len(missing), said

    def _send_files(self, names: Sequence[str]) -> list[str]:
        folder = _folder(self.options["images"], self.content)
        paths = [str(folder / name) for name in names]
        request = json.dumps({"filePaths": paths, "category": "Drawing", "checkOriginalFilename": True}).encode()
        refusals = 0
        while True:
            try:
                answer = self.field.post("/fileImport", request, "application/json")
            except UnansweredError as error:
                self._await(names, f"{len(names)} images", error)
                return []
            if answer.status == 200:
                return [str(message) for message in _object(answer, "/fileImport").get("messages") or []]
            # it refuses while an import of files runs, perhaps that of an earlier push
            refusals = 0 if self.holdings.refresh() else refusals + 1
            if refusals == _REFUSALS:
                _object(answer, "/fileImport")
            self.field.pause(refusals + 1)

    def _send_records(self, removed: Sequence[str], said: Sequence[str]) -> tuple[int, int]:
        """Numbers of records that are new, and of those that were there."""
        missing = [name for name in self.holdings.missing(_names(self.content.created)) if name not in removed]
        known = len(self.content.created) - len(missing) - len(set(removed) - set(self.content.images))
        if not missing:
            return 0, known
        chosen = set(missing)
        records = [record for record in self.content.created if record["identifier"] in chosen]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.journal.note(sent=tuple(missing), since=now)
        try:
            self._import(records, "")
        except UnansweredError as error:
            self._await(missing, f"{len(missing)} records", error)
        except RunError:
            self.journal.note(sent=(), since="")  # it was answered: nothing runs any more
            raise
        self._refresh()
        if absent := self.holdings.missing(missing):
            self.journal.note(sent=(), since="")
            raise RunError(
                Code.PLUGIN,
                f"Field answered, but has not {len(absent)} of {len(missing)} records: {_listed(absent)}.",
                "Look at the project, then push again: what is there is not sent again.",
            )
        self.journal.note(sent=(), since="")
        return len(missing), known

    def _complete(self) -> int:
        """Fill in what drawings lack; the number of those that lacked something."""
        records = list(self._completions(set(self.journal.state.unfinished)))
        if not records:
            return 0
        try:
            self._import(records, "?merge=true")
        except UnansweredError as error:
            own = set(_names(records))
            self._wait(lambda: not any(r["identifier"] in own for r in self._completions(own)), error)
        return len(records)

    def _completions(self, own: set[str]) -> Iterator[Resource]:
        """What is to be merged into drawings of this push, and into those that depict nothing: only what they lack."""
        present = self.holdings.present()
        for record in self.content.merged:
            drawing = present.get(record["identifier"])
            if drawing is None or drawing.get("category") != record["category"]:
                continue  # a drawing that will come, or that a person has made something else
            relations = {} if (drawing.get("relations") or {}).get("depicts") else record.get("relations", {})
            if record["identifier"] not in own and not relations:
                continue
            lacking = {name: value for name, value in record.items() if name != "relations" and not drawing.get(name)}
            if lacking or relations:
                head = {"category": record["category"], "identifier": record["identifier"]}
                yield head | lacking | ({"relations": relations} if relations else {})

    def _import(self, records: Iterable[Resource], query: str) -> None:
        """Import lines once; not before everything that they need is known to be there.

        Raises:
            UnansweredError: how it ended is not known.
            RunError: Field refuses them.
        """
        path = f"/import/jsonl{query}"
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        body = _object(self.field.post(path, lines.encode(), _LINES), path)
        if query and (ignored := body.get("ignoredIdentifiers")):
            raise RunError(
                Code.PLUGIN, f"Field no longer has the drawings {_listed(ignored)}.", "Push again: it looks first."
            )

    def _await(self, names: Sequence[str], what: str, error: UnansweredError) -> None:
        """Wait until all of them are there."""

        def arrived() -> bool:
            return not self.holdings.missing(names)

        try:
            self._wait(arrived, error)
        except RunError as failure:
            there = len(names) - len(self.holdings.missing(names))
            raise RunError(failure.code, f"{failure.message} Of {what} {there} are there.", failure.remedy) from error

    def _wait(self, done: Callable[[], bool], error: UnansweredError) -> None:
        deadline = time.monotonic() + self.field.timeout_s
        attempt = 0
        while True:
            self._refresh()
            if done():
                return
            if time.monotonic() >= deadline:
                raise RunError(
                    Code.PLUGIN,
                    f"Field gave no answer ({error}) and may still be at work.",
                    "Nothing was sent a second time. Push again later: it looks first at what Field has.",
                ) from error
            attempt += 1
            self.field.pause(attempt)


def _object(answer: Answer, path: str) -> dict[str, Any]:
    if answer.status != 200 or not isinstance(answer.body, dict):
        raise RunError(
            Code.PLUGIN,
            f"Field refuses {path}: {answer.error}.",
            "Mend what it names, then push again: what Field has already is not sent again.",
        )
    return answer.body


def _names(records: Iterable[Resource]) -> list[str]:
    return [record["identifier"] for record in records]


def _folder(given: str, content: FieldPackage) -> PurePath:
    """Where Field finds the images: it reads them itself, and may run on another machine and another system."""
    if not given:
        return content.folder.resolve() / IMAGES
    windows = PureWindowsPath(given)
    return windows if windows.drive else PurePosixPath(given)


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + _FILES_A_REQUEST] for start in range(0, len(names), _FILES_A_REQUEST))


def _listed(names: Sequence[object]) -> str:
    more = [f"and {len(names) - _TOLD} more"] if len(names) > _TOLD else []
    return ", ".join([*map(str, names[:_TOLD]), *more])
