"""The identity of scans: which record belongs to which scan, across runs and input folders.

A scan is identified by its digest and its place. Its name and its output folder are those of its record; a new scan
gets its name below its input folder, unless another scan has that name already. Then the names of all new scans of that
input folder are preceded by the folder's own name.
"""

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from profilex import manifest
from profilex.files import Discovery, ScanFile, sha256_file
from profilex.files.names import printable_source, safe_folders


@dataclass(frozen=True, slots=True)
class _Known:
    """The facts of an output folder about a scan: its name, output folder, place and the digests of its pages."""

    source: str
    folder: str
    place: str
    digests: frozenset[str]


def own_names(discovery: Discovery, out: Path) -> tuple[Discovery, tuple[str, ...]]:
    """Give every scan its own name and output folder in `out`.

    Also returns the messages for scans whose names differ from those below the input folder.
    """
    known = _known_scans(out)
    by_place = {each.place: each for each in known.values() if each.place}
    scans = [*discovery.files, *(scan for scan, _ in discovery.missing)]
    places = {scan.path: place_of(scan.path, out) for scan in scans}
    mine = {scan.path: by_place[places[scan.path]] for scan in scans if places[scan.path] in by_place}
    new = [scan for scan in scans if scan.path not in mine]
    names, prefix = _names_of_new(discovery.root, new, known, mine, {each.folder for each in mine.values()})

    def settled(scan: ScanFile) -> ScanFile:
        found = mine.get(scan.path)
        source, folder = (found.source, found.folder) if found else names[scan.path]
        return replace(scan, source=source, folder=folder, place=places[scan.path], given=scan.source)

    files = sorted((settled(scan) for scan in discovery.files), key=lambda scan: scan.source)
    missing = sorted(((settled(scan), why) for scan, why in discovery.missing), key=lambda each: each[0].source)
    found = replace(discovery, files=tuple(files), missing=tuple(missing))
    if not prefix or not new:
        return found, ()
    example = names[new[0].path][0]
    return found, (f"the output folder holds other scans of these names; {len(new)} are named as {example}",)


def place_of(path: Path, out: Path) -> str:
    """The place of a scan as a digest: its path and the folder itself, because another may be mounted there."""
    try:
        folder = path.parent.stat()
        identity = f"{folder.st_dev}:{folder.st_ino}"
    except OSError:  # a scan that could not be fetched has no place yet
        identity = ""
    real = out.resolve()
    if path.is_relative_to(real):  # the downloads of a source move with the output folder
        path, identity = path.relative_to(real), ""
    return hashlib.sha256(os.fsencode(path) + b"\0" + identity.encode()).hexdigest()[:16]


def _known_scans(out: Path) -> dict[str, _Known]:
    """The scans that have records, by their output folders without case and Unicode form."""
    found: dict[str, _Known] = {}
    for entry in manifest.entries(out):
        record = entry.record
        place = PurePath(record.folder)
        folder = place.parent.as_posix() if place.name == str(record.frame) else record.folder
        before = found.get(_folded(folder))
        digests = (before.digests if before else frozenset()) | {record.sha256}
        found[_folded(folder)] = _Known(record.source, folder, record.place, digests)
    return found


def _names_of_new(
    root: Path, new: list[ScanFile], known: Mapping[str, _Known], mine: Mapping[Path, _Known], claimed: set[str]
) -> tuple[dict[Path, tuple[str, str]], str]:
    """Sources and output folders of scans that have no place in the records yet, and what comes before their names."""
    digest = _digests()
    prefixes = list(_prefixes(root, mine))
    for prefix in prefixes:
        folders = safe_folders(PurePath(prefix, scan.path.relative_to(root)) for scan in new) if prefix else {}
        names = {}
        for scan in new:
            relative = PurePath(prefix, scan.path.relative_to(root))
            names[scan.path] = (printable_source(relative), folders[relative]) if prefix else (scan.source, scan.folder)
        if prefix == prefixes[-1] or not any(
            _is_taken(scan, names[scan.path][1], known, claimed, digest) for scan in new
        ):
            return names, prefix
    return {}, ""


def _prefixes(root: Path, mine: Mapping[Path, _Known]) -> Iterator[str]:
    """What may come before the names of new scans: what came before those of the same folder, nothing, its name."""
    before = set()
    for path, known in mine.items():
        relative = printable_source(path.relative_to(root))
        if known.source.endswith(f"/{relative}"):
            before.add(known.source.removesuffix(f"/{relative}"))
    yield from sorted(before)[:1]
    yield ""
    if root.name:
        yield root.name
    yield f"{root.name or 'root'}~{hashlib.sha256(os.fsencode(root)).hexdigest()[:8]}"


def _is_taken(
    scan: ScanFile, folder: str, known: Mapping[str, _Known], claimed: set[str], digest: Callable[[Path], str]
) -> bool:
    """Whether an output folder is another scan's: one of another place and another content, or one of this run."""
    there = known.get(_folded(folder))
    if there is None:
        return False
    if there.folder != folder or there.folder in claimed:
        return True
    return bool(there.place) and digest(scan.path) not in there.digests


def _digests() -> Callable[[Path], str]:
    cache: dict[Path, str] = {}

    def digest(path: Path) -> str:
        if path not in cache:
            try:
                cache[path] = sha256_file(path)
            except OSError:
                cache[path] = ""
        return cache[path]

    return digest


def _folded(folder: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", folder).casefold())
