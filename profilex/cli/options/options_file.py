"""`profilex.toml` beside the scans: the options of a batch that belong to a collection rather than to one run.

    ratio = "1:3"
    scale-table = "scales.csv"     # relative to this file
    svg = true

Keys are the long options of `profilex batch` without their dashes; the command line overrides them.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from profilex.errors import Code, RunError

NOT_OF_A_COLLECTION = frozenset({"force", "verify", "retry-failed", "dry-run", "limit", "quiet", "json", "help"})
"""Options of a single run: in a file they would act on every later run too."""

OPTIONS_FROM = "profilex.options_file"
"""The key in a context's `meta` for the path of the file from which options came."""


def apply_options_file(context: typer.Context, scans: Sequence[str]) -> Sequence[str]:
    """Make the values of the options file beside the scans the defaults of the command, and return the scans.

    Raises:
        RunError: code `usage`, naming file and key: several files, invalid TOML, an unknown key or a value that the
            option refuses.
    """
    path = find_options_file(scans)
    if path is not None and not context.resilient_parsing:
        context.default_map = {**(context.default_map or {}), **_values(context, path)}
        context.meta[OPTIONS_FROM] = path
    return scans


def find_options_file(scans: Sequence[str]) -> Path | None:
    """The options file in the named folders, or beside the named files.

    Raises:
        RunError: code `usage`, if the scans have different ones.
    """
    from profilex.files import OPTIONS_FILE, printable_source

    places = {place if place.is_dir() else place.parent for place in map(Path, scans)}
    found = sorted({(place / OPTIONS_FILE).resolve() for place in places if (place / OPTIONS_FILE).is_file()})
    if len(found) > 1:
        names = ", ".join(printable_source(path) for path in found)
        raise RunError(Code.USAGE, f"the scans have several files of options: {names}.", "Run one batch for each.")
    return found[0] if found else None


def _values(context: typer.Context, path: Path) -> dict[str, Any]:
    from profilex.files import printable_source

    place = printable_source(path)
    options = {
        option.removeprefix("--"): parameter
        for parameter in context.command.params
        if parameter.param_type_name == "option"
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and not option.startswith("--no-")
    }
    values = {}
    for key, value in _read(path, place).items():
        if key not in options or key in NOT_OF_A_COLLECTION:
            known = ", ".join(sorted(options.keys() - NOT_OF_A_COLLECTION))
            what = "is for the command line only" if key in options else "is not an option of profilex batch"
            raise RunError(Code.USAGE, f"{place}: {key!r} {what}.", f"Options there: {known}.")
        parameter = options[key]
        values[parameter.name] = _checked(context, parameter, path, value, f"{place}: {key}")
    return values


def _read(path: Path, place: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RunError(Code.USAGE, f"{place}: cannot be read ({error}).") from error


def _checked(context: typer.Context, parameter: Any, path: Path, value: Any, place: str) -> Any:
    """The value for the option, with paths relative to the file; a value that the option refuses is an error."""

    def refuse(why: str) -> RunError:
        return RunError(Code.USAGE, f"{place}: {why}")

    if parameter.is_flag:
        if not isinstance(value, bool):
            raise refuse(f"{value!r} is not true or false.")
        return value
    words = value if parameter.multiple else [value]
    if not isinstance(words, list) or any(isinstance(word, dict | list | bool) for word in words):
        raise refuse(f"{value!r} is not {'a list of texts' if parameter.multiple else 'a number or a text'}.")
    words = [_placed(parameter, path, str(word)) for word in words]
    plain = words if parameter.multiple else words[0]
    try:
        parameter.process_value(context, plain)
    except typer.BadParameter as error:
        raise refuse(error.message.rstrip(".") + ".") from error
    return plain


def _placed(parameter: Any, path: Path, word: str) -> str:
    """The value with its path relative to the file; a model's folder is a path, its name is not."""
    is_path = getattr(getattr(parameter, "type_descriptor", None), "annotation", None) is Path
    is_folder = parameter.name == "model" and Path(word).name != word
    return os.path.normpath(path.parent / word) if is_path or is_folder else word
