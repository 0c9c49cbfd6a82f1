"""The names of a vessel's files, from what a user asks for: the scan, the page, the vessel's number or its label."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from string import Formatter

from profilex.errors import Code, RunError
from profilex.types import PageResult, Vessel

DEFAULT = "{vessel}"
FIELDS = ("scan", "page", "vessel", "figure")

_UNSAFE = re.compile(r"[^\w-]+")
_TAKEN = ("page", "preview")  # by the files of the whole page
_LONGEST = 120


def check_names(pattern: str) -> None:
    """Refuse a pattern that cannot name the files of different vessels.

    Raises:
        RunError: code `usage`, where a field is unknown, or neither {vessel} nor {figure} is in it.
    """
    hint = f"Write, for example, '{{scan}}_{{figure}}'; fields: {', '.join(f'{{{name}}}' for name in FIELDS)}."
    try:
        fields = [(name, spec, how) for _, name, spec, how in Formatter().parse(pattern) if name is not None]
    except ValueError as error:
        raise RunError(Code.USAGE, f"--names {pattern!r} is not a pattern: {error}.", hint) from error
    unknown = [name for name, spec, how in fields if name not in FIELDS or spec or how]
    if unknown:
        raise RunError(Code.USAGE, f"--names has the unknown field {{{unknown[0]}}}.", hint)
    if not {"vessel", "figure"} & {name for name, _, _ in fields}:
        raise RunError(Code.USAGE, "--names gives all vessels of a page one name.", hint)


def with_file_names(result: PageResult, pattern: str) -> PageResult:
    """A page whose vessels' files are named by a pattern such as "{scan}_{figure}".

    A vessel without a label has its identifier in place of {figure}. Only letters, digits, `_` and `-` are kept. Where
    two vessels of the page would get one name, each has its identifier after it; if that does not help, the page keeps
    the identifiers.
    """
    if pattern == DEFAULT:
        return result
    stems = [_stem(pattern, result, vessel) for vessel in result.vessels]
    times = Counter(stem.casefold() for stem in stems)
    named = [
        replace(vessel, stem=stem if _is_free(stem, times) else f"{stem}_{vessel.identifier}")
        for vessel, stem in zip(result.vessels, stems, strict=True)
    ]
    return replace(result, vessels=tuple(named) if _differ(named) else result.vessels)


def is_file_name(stem: str) -> bool:
    """Whether a name read back from a file is one that `with_file_names` gives."""
    return bool(stem) and not _UNSAFE.search(stem)


def _is_free(stem: str, times: Counter[str]) -> bool:
    return times[stem.casefold()] == 1 and stem.casefold() not in _TAKEN


def _differ(vessels: Sequence[Vessel]) -> bool:
    """Whether no two names are equal: a label may end like another vessel's identifier."""
    return len({vessel.file_stem.casefold() for vessel in vessels}) == len(vessels)


def _stem(pattern: str, result: PageResult, vessel: Vessel) -> str:
    text = pattern.format(
        scan=PurePosixPath(result.ref.source).stem,
        page=result.ref.frame + 1,
        vessel=vessel.identifier,
        figure=vessel.label,
    )
    return _UNSAFE.sub("-", text).strip("-")[:_LONGEST] or vessel.identifier
