"""The archive: a package handed to the project that is open in a running Field Desktop."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from profilex.plugins import Code, Option, Options, Problem, Receipt, RunError
from profilex_idai_field.configuration import (
    configured_categories,
    unconfigured,
    unlisted_values,
    unprefixed,
)
from profilex_idai_field.connection import FieldConnection, read_password
from profilex_idai_field.holdings import Holdings
from profilex_idai_field.journal import open_journal
from profilex_idai_field.package import IMAGES, FieldPackage, read_field_package
from profilex_idai_field.picture import SMALLEST_BYTES
from profilex_idai_field.push import Push
from profilex_idai_field.rules import broken_rules

_TOLD = 10


class FieldArchive:
    """Pushes packages that the exporter of this plugin wrote."""

    options = (
        Option("project", "identifier of the project that is open in Field", required=True),
        Option("url", "address of Field Desktop", default="http://127.0.0.1:3000"),
        Option("user", "a name for Field's log; it asks for the password only", default="profilex"),
        Option("images", "folder of the package's images as the machine of Field sees it; by default as this one does"),
        Option("ignore_unconfigured", "yes leaves out fields that the project lacks", default="no"),
        Option("resend", "yes sends again what got no answer or was removed since; Field must be idle", default="no"),
        Option("timeout", "seconds to wait for one answer, and then for records to appear", default="600"),
    )

    def validate(self, package: Path, options: Options) -> list[Problem]:
        """Rules of Field's that the package breaks."""
        content = read_field_package(package)
        problems = broken_rules(content.created, content.merged, set(content.images))
        for name in content.images:
            if (package / IMAGES / name).stat().st_size < SMALLEST_BYTES:
                message = f"has less than {SMALLEST_BYTES} bytes, which Field cannot read; export again"
                problems.append(Problem(name, "", message))
        return problems

    def push(self, package: Path, options: Options, *, dry_run: bool) -> Receipt:
        """Import images, records and the drawings' data, in this order; see `profilex.plugins.Archive`.

        Raises:
            RunError: Field cannot be reached, has another project open, lacks fields, refuses something, or may still
                be at work on what was sent.
        """
        content = read_field_package(package)
        field, project = _connect(options), options["project"]
        missing, notes = _ask(field, content, options)
        content = content.without({(problem.record, problem.field) for problem in missing})
        journal = open_journal(package, project)
        wanted = [*content.images, *(record["identifier"] for record in content.created), *journal.state.sent]
        step = Push(content, field, options, Holdings(field, project, wanted), journal)
        return Receipt(step.look(), notes) if dry_run else step.send(notes)


def _connect(options: Options) -> FieldConnection:
    try:
        timeout_s = float(options["timeout"])
    except ValueError:
        timeout_s = 0.0
    if not timeout_s > 0:
        raise RunError(Code.USAGE, f"timeout {options['timeout']!r} is not a number of seconds.")
    return FieldConnection(options["url"], options["user"], read_password(), timeout_s=timeout_s)


def _ask(field: FieldConnection, content: FieldPackage, options: Options) -> tuple[list[Problem], tuple[str, ...]]:
    """See that Field has the project open and takes the records; the fields to leave out, and sentences for people."""
    project = options["project"]
    info = _object(field, "/info")
    if info.get("activeProject") != project:
        raise RunError(
            Code.PLUGIN,
            f"Field has the project {info.get('activeProject')!r} open, not {project!r}.",
            "Open it in Field: imports go to the open project.",
        )
    categories = configured_categories(_object(field, f"/configuration/{quote(project, safe='')}?formatted=false"))
    records = [*content.created, *content.merged]
    missing, unfit = unconfigured(records, categories), unprefixed(records, categories)
    absent = [problem for problem in missing if not problem.field]
    if unfit:
        raise _refusal(project, unfit, "Begin the pattern with it ([identifiers] of catalog.toml), and export again.")
    if absent:
        raise _refusal(project, missing, "Add the categories to the project's configuration; they cannot be left out.")
    if missing and options["ignore_unconfigured"] != "yes":
        remedy = "Add them to the project's configuration, or leave them out with --set ignore_unconfigured=yes."
        raise _refusal(project, missing, remedy)
    return missing, (*(f"left out: {problem}" for problem in missing), *unlisted_values(records, categories))


def _object(field: FieldConnection, path: str) -> dict[str, Any]:
    answer = field.get(path)
    if answer.status != 200 or not isinstance(answer.body, dict):
        raise RunError(
            Code.PLUGIN, f"Field refuses {path}: {answer.error}.", "Is it Field Desktop that answers at url?"
        )
    return answer.body


def _refusal(project: str, problems: Iterable[Problem], remedy: str) -> RunError:
    told = [str(problem) for problem in problems]
    more = [f"and {len(told) - _TOLD} more"] if len(told) > _TOLD else []
    return RunError(
        Code.PLUGIN, f"the project {project!r} does not take the package: {'; '.join(told[:_TOLD] + more)}.", remedy
    )
