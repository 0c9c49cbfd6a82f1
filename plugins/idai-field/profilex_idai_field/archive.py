"""The archive: a package handed to the project that is open in a running Field Desktop.

Every step can be repeated: Field takes an image of a name once, answers with the identifiers that it has already, and
merging the same values again changes nothing.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote

from profilex.plugins import Code, Option, Options, Problem, Receipt, RunError
from profilex_idai_field.configuration import configured_fields, unconfigured, unlisted_values
from profilex_idai_field.connection import Answer, FieldConnection, read_password
from profilex_idai_field.package import IMAGES, FieldPackage, read_field_package
from profilex_idai_field.rules import broken_rules

_FILES_A_REQUEST = 100  # an answer then comes within minutes, also for large images
_TOLD = 10


class FieldArchive:
    """Pushes packages that the exporter of this plugin wrote."""

    options = (
        Option("project", "identifier of the project that is open in Field", required=True),
        Option("url", "address of Field Desktop", default="http://127.0.0.1:3000"),
        Option("user", "a name for Field's log; it asks for the password only", default="profilex"),
        Option("images", "folder of the package's images as the machine of Field sees it; by default as this one does"),
        Option("ignore_unconfigured", "yes leaves out fields that the project lacks", default="no"),
        Option("timeout", "seconds that Field has for one answer", default="600"),
    )

    def validate(self, package: Path, options: Options) -> list[Problem]:
        """Rules of Field's that the package breaks."""
        content = read_field_package(package)
        return broken_rules(content.created, content.merged, set(content.images))

    def push(self, package: Path, options: Options, *, dry_run: bool) -> Receipt:
        """Import images, records and the drawings' data, in this order; see `profilex.plugins.Archive`.

        Raises:
            RunError: Field cannot be reached, has another project open, lacks fields, or refuses something.
        """
        content = read_field_package(package)
        push = _Push(content, _connect(options), options)
        notes = push.ask()
        if dry_run:
            counts = {"images to send": len(content.images), "records to send": len(content.created)}
            return Receipt(counts | {"drawings to complete": len(content.merged)}, notes)
        return push.send(notes)


def _connect(options: Options) -> FieldConnection:
    try:
        timeout_s = float(options["timeout"])
    except ValueError:
        timeout_s = 0.0
    if not timeout_s > 0:
        raise RunError(Code.USAGE, f"timeout {options['timeout']!r} is not a number of seconds.")
    return FieldConnection(options["url"], options["user"], read_password(), timeout_s=timeout_s)


@dataclass(slots=True)
class _Push:
    """One package on its way to one project."""

    content: FieldPackage
    field: FieldConnection
    options: Options

    def ask(self) -> tuple[str, ...]:
        """See that Field has the project open, and that the project has the fields; sentences worth telling.

        Raises:
            RunError: it has not.
        """
        project = self.options["project"]
        info = _object(self.field.get("/info"), "/info")
        if info.get("activeProject") != project:
            raise RunError(
                Code.PLUGIN,
                f"Field has the project {info.get('activeProject')!r} open, not {project!r}.",
                "Open it in Field: imports go to the open project.",
            )
        document = _object(
            self.field.get(f"/configuration/{quote(project, safe='')}?formatted=false"), "/configuration"
        )
        configured = configured_fields(document)
        records = [*self.content.created, *self.content.merged]
        missing = unconfigured(records, configured)
        if any(not problem.field for problem in missing) or (missing and not self._ignores):
            raise RunError(
                Code.PLUGIN,
                f"the project {project!r} lacks what the package has: {_listed(missing)}.",
                "Add it to the project's configuration, or leave fields out with --set ignore_unconfigured=yes.",
            )
        return (*(f"left out: {problem}" for problem in missing), *unlisted_values(records, configured))

    @property
    def _ignores(self) -> bool:
        return self.options["ignore_unconfigured"] == "yes"

    def send(self, notes: Sequence[str]) -> Receipt:
        """Import everything; what Field has already is not made again."""
        imported, said = self._send_images()
        try:
            new, known = self._send_records("/import/jsonl", self.content.create, len(self.content.created))
        except RunError as error:  # an image that Field could not take shows here
            of_images = f" Of the images it says: {'; '.join(said[:_TOLD])}." if said else ""
            raise RunError(error.code, error.message + of_images, error.remedy) from error
        merged, unchanged = self._send_records(
            "/import/jsonl?merge=true", self.content.drawings, len(self.content.merged)
        )
        counts = {
            "images imported": imported,
            "records created": new,
            "records already there": len(known),
            "drawings completed": merged + len(unchanged),
        }
        return Receipt(counts, (*notes, *said))

    def _send_images(self) -> tuple[int, list[str]]:
        """Number of new images, and what Field says of the others: that it has them, or why it cannot take them."""
        folder = _folder(self.options["images"], self.content)
        imported, said = 0, []
        for names in _batches(self.content.images):
            request = {
                "filePaths": [str(folder / name) for name in names],
                "category": "Drawing",
                "checkOriginalFilename": True,
            }
            answer = self.field.post(
                "/fileImport", json.dumps(request).encode(), "application/json", again_if_refused=True
            )
            body = _object(answer, "/fileImport")
            imported += int(body.get("importedImages") or 0)
            said += [str(message) for message in body.get("messages") or []]
        return imported, said

    def _send_records(self, path: str, lines: bytes, count: int) -> tuple[int, list[str]]:
        """Numbers of records that are new, and identifiers of those that were there; together all of them."""
        if self._ignores:
            path += ("&" if "?" in path else "?") + "ignoreUnconfiguredFields=true"
        body = _object(self.field.post(path, lines, "text/plain; charset=utf-8"), path)
        new, known = int(body.get("successfulImports") or 0), list(body.get("ignoredIdentifiers") or [])
        if new + len(known) < count:
            raise RunError(
                Code.PLUGIN,
                f"{path}: Field imported {new} and knew {len(known)} of {count} records.",
                "Look at the project, then push again: nothing is made twice.",
            )
        return new, known


def _object(answer: Answer, path: str) -> dict[str, Any]:
    if answer.status != 200 or not isinstance(answer.body, dict):
        raise RunError(Code.PLUGIN, f"Field refuses {path}: {answer.error}.", "Nothing is made twice: push again.")
    return answer.body


def _folder(given: str, content: FieldPackage) -> PurePath:
    """Where Field finds the images: it reads them itself, and may run on another machine and another system."""
    if not given:
        return content.folder.resolve() / IMAGES
    windows = PureWindowsPath(given)
    return windows if windows.drive else PurePosixPath(given)


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + _FILES_A_REQUEST] for start in range(0, len(names), _FILES_A_REQUEST))


def _listed(problems: Iterable[Problem]) -> str:
    told = [str(problem) for problem in problems]
    more = [f"and {len(told) - _TOLD} more"] if len(told) > _TOLD else []
    return "; ".join(told[:_TOLD] + more)
