"""Discovery: the scans among the files below the inputs, and why other files are skipped."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from profilex.errors import Code, RunError
from profilex.files.names import printable_source, safe_folders
from profilex.types import MissingScan

SUFFIXES = frozenset({".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jp2", ".jpx", ".j2k", ".pdf"})
"""Suffixes of the files that are read, in lower case."""

OPTIONS_FILE = "profilex.toml"
"""Files beside the scans that hold their options; they are not scans."""


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file to read.

    `source` is its printable path relative to the scan root, `folder` the relative output folder under `pages/` that
    belongs to this file alone. `place` says where it lies, as a digest; `given` is its path relative to the scan root
    where an output folder knows it under another `source`.
    """

    path: Path
    source: str
    folder: str
    place: str = ""
    given: str = ""

    def page_folder(self, frame: int, frames: int = 1) -> str:
        """Output folder of one of the file's pages: its own, or a numbered one below it if it has several."""
        return self.folder if frames == 1 else f"{self.folder}/{frame}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A directory entry that is not read.

    `reason` is one of hidden, unsupported_suffix, not_a_regular_file, broken_link, outside_root, symlink_loop,
    symlinked_folder (it is read at its own place), duplicate (the same file is read under another name), unreadable.
    """

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """The entries under the inputs, sorted by source. `root` is the folder to which sources are relative.

    `missing` are scans that should exist, each with the reason why it does not.
    """

    root: Path
    files: tuple[ScanFile, ...]
    skipped: tuple[Skipped, ...]
    missing: tuple[tuple[ScanFile, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A path of the walk; it is a scan if there is no reason to skip it."""

    path: Path
    reason: str = ""


def discover(
    inputs: Sequence[Path],
    out: Path | None = None,
    *,
    writes: Sequence[str] = (),
    allow_empty: bool = False,
    missing: Sequence[MissingScan] = (),
) -> Discovery:
    """Find the scans in files and folders, at any depth.

    The root is the one input folder, or the deepest folder common to all inputs: `x/a.tif` and `y/a.tif` keep their
    folders in `source`. Links are followed to files inside the input folder only; a folder is never read twice. A
    file that is named as an input is read even where its name is hidden. `missing` scans are named as if they were
    there, so that a later run finds them under the same name. `writes` names the folders in `out` that are the run's
    own; no input may lie in them.

    Raises:
        RunError: usage, when `out` is an input folder or lies inside one, or an input is what the run writes; no_input,
            when an input does not exist or cannot be read, or when there is no scan, none is missing and `allow_empty`
            is false.
    """
    starts = sorted({_start(path) for path in inputs})
    if out is not None:
        _keep_apart(starts, out, writes)
    absent = {_place(scan.path): scan.message for scan in missing}
    root = _root([*starts, *absent])
    entries = [entry for start in starts for entry in _walk_input(start)]
    files, skipped = _sort_out(entries)
    if not files and not absent and not allow_empty:
        raise RunError(
            Code.NO_INPUT,
            f"{_listed(inputs)}: no scan was found; {len(skipped)} other entries were skipped.",
            f"Supported are {', '.join(sorted(SUFFIXES))}.",
        )
    folders = safe_folders(path.relative_to(root) for path in (*files, *absent))

    def named(path: Path) -> ScanFile:
        relative = path.relative_to(root)
        return ScanFile(path, printable_source(relative), folders[relative])

    left = (Skipped(printable_source(entry.path.relative_to(root)), entry.reason) for entry in skipped)
    return Discovery(
        root=root,
        files=tuple(sorted((named(path) for path in files), key=lambda scan: scan.source)),
        skipped=tuple(sorted(left, key=lambda entry: (entry.source, entry.reason))),
        missing=tuple(sorted(((named(path), why) for path, why in absent.items()), key=lambda each: each[0].source)),
    )


def _listed(inputs: Sequence[Path]) -> str:
    return ", ".join(printable_source(path) for path in inputs) or "no input"


def _start(path: Path) -> Path:
    """The absolute path of an input: a folder resolved, a file under its own name in its resolved folder."""
    try:
        mode = path.stat().st_mode
        return path.resolve(strict=True) if stat.S_ISDIR(mode) else path.parent.resolve(strict=True) / path.name
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, in Python before 3.13
        what = getattr(error, "strerror", None) or "a loop of links"
        raise RunError(
            Code.NO_INPUT, f"{printable_source(path)}: cannot be opened ({what}).", "Check the path."
        ) from error


def _place(path: Path) -> Path:
    """The place of a missing file; it counts as a file in the search for the root."""
    return path.parent.resolve() / path.name


def _keep_apart(starts: Sequence[Path], out: Path, writes: Sequence[str]) -> None:
    try:
        real = out.resolve()
    except (OSError, RuntimeError) as error:
        raise RunError(
            Code.OUTPUT_UNWRITABLE, f"{printable_source(out)}: is a loop of links.", "Name another."
        ) from error
    for start in starts:
        if start.is_dir() and (real == start or start in real.parents):
            raise RunError(
                Code.USAGE,
                f"{printable_source(out)}: the output folder lies inside the input {printable_source(start)}.",
                "Choose a folder outside, or the next run would read its own outputs as scans.",
            )
        for own in (real / name for name in writes):
            if start == own or own in start.parents:
                raise RunError(
                    Code.USAGE,
                    f"{printable_source(start)}: the input lies where the run writes its own files.",
                    f"Choose another output folder than {printable_source(out)}.",
                )


def _root(starts: Sequence[Path]) -> Path:
    folders = [start if start.is_dir() else start.parent for start in starts]
    return Path(os.path.commonpath(folders)) if folders else Path.cwd()


def _walk_input(start: Path) -> Iterator[_Entry]:
    if not start.is_dir():
        yield _Entry(start, _reason_against(start))
        return
    try:
        os.scandir(start).close()
    except OSError as error:
        raise RunError(
            Code.NO_INPUT, f"{printable_source(start)}: cannot be read ({error.strerror}).", "Check its permissions."
        ) from error
    yield from _walk(start)


def _walk(top: Path) -> Iterator[_Entry]:
    """Every entry below `top`; with an explicit stack, because a tree may exceed Python's recursion limit."""
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError:
            yield _Entry(folder, "unreadable")
            continue
        for entry in entries:
            path = Path(entry.path)
            if entry.name == OPTIONS_FILE:
                continue
            if entry.name.startswith("."):
                yield _Entry(path, "hidden")
            elif entry.is_symlink():
                yield _Entry(path, _reason_against_link(path, top))
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path)
            else:
                yield _Entry(path, _reason_against(path))


def _reason_against_link(path: Path, top: Path) -> str:
    try:
        target = path.resolve(strict=True)
    except FileNotFoundError:
        return "broken_link"
    except (OSError, RuntimeError):
        return "symlink_loop"
    if top not in target.parents and target != top:
        return "outside_root"
    if target.is_dir():
        return "symlink_loop" if target in path.parents else "symlinked_folder"
    return _reason_against(path)


def _reason_against(path: Path) -> str:
    """Why a file is not read, or "" for a scan."""
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return "unreadable"
    if not regular:
        return "not_a_regular_file"
    return "" if path.suffix.lower() in SUFFIXES else "unsupported_suffix"


def _sort_out(entries: Sequence[_Entry]) -> tuple[list[Path], list[_Entry]]:
    """Scans, each real file once, and the rest. A file's own name wins over links to it."""
    scans = {entry.path for entry in entries if not entry.reason}
    skipped = {entry.path: entry for entry in entries if entry.path not in scans}
    by_target: dict[Path, Path] = {}
    for path in sorted(scans, key=lambda path: (path.is_symlink(), path)):
        if by_target.setdefault(path.resolve(), path) != path:
            skipped[path] = _Entry(path, "duplicate")
    return sorted(by_target.values()), list(skipped.values())
