"""Names for every file system: the name of a scan in the manifest, and the folder of its outputs."""

import hashlib
import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import PurePath, PurePosixPath
from urllib.parse import quote_from_bytes

_LONGEST_BYTES = 200  # leaves room below the usual 255 for suffixes of later tools
_DIGITS = (8, 16, 64)
_REFUSED = '<>:"/\\|?*'  # by Windows and by many network shares
_LOOKS_MARKED = re.compile(r"~[0-9a-f]{8,64}(\.[^.]*)?$")
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def printable_source(relative: PurePath) -> str:
    """A relative path as written in the manifest: POSIX, printable, and different for different paths.

    `%`, control and other unprintable characters and bytes that are not UTF-8 are percent-encoded, so that
    `urllib.parse.unquote_to_bytes` gives back the exact bytes of the path.
    """
    return "".join(_printable(character) for character in relative.as_posix())


def _printable(character: str) -> str:
    if character.isprintable() and character != "%":
        return character
    return quote_from_bytes(os.fsencode(character), safe="")


def safe_folders(paths: Iterable[PurePath]) -> dict[PurePath, str]:
    """Give every relative path a folder of its own that any file system can hold.

    Well-behaved names are kept. Names that are unsafe (leading dash or dot, control characters, more than 200 bytes,
    not UTF-8, not NFC, device names), and all those of one folder that differ only in case, get `~hash8` of their
    bytes before their suffix. The mapping is injective, also on file systems that fold case or normalise Unicode.
    """
    known = sorted(set(paths))
    children: dict[PurePath, set[str]] = defaultdict(set)
    for path in known:
        for part in (path, *path.parents[:-1]):
            children[part.parent].add(part.name)
    names = {parent / name: safe for parent, group in children.items() for name, safe in _safe_siblings(group).items()}
    return {path: _join(names, path) for path in known}


def _join(names: dict[PurePath, str], path: PurePath) -> str:
    parts = [names[part] for part in (*reversed(path.parents[:-1]), path)]
    return PurePosixPath(*parts).as_posix()


def _safe_siblings(names: Iterable[str]) -> dict[str, str]:
    """Names of one folder to safe names that stay different when case and Unicode form are ignored."""
    plain = {name: _cleaned(name) for name in sorted(names)}
    twins = Counter(_folded(safe) for safe in plain.values())
    kept = {name: safe for name, safe in plain.items() if safe == name and twins[_folded(safe)] == 1}
    for digits in _DIGITS:
        marked = {name: _marked(safe, name, digits) for name, safe in plain.items() if name not in kept}
        taken = Counter(_folded(safe) for safe in (*kept.values(), *marked.values()))
        if max(taken.values(), default=0) <= 1:
            break
    return {**kept, **marked}


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _cleaned(name: str) -> str:
    """The name itself if it is safe; otherwise a safe name that may equal another one and has to be marked."""
    text = os.fsencode(name).decode("utf-8", errors="replace")
    text = unicodedata.normalize("NFC", text)
    text = "".join("_" if c in _REFUSED or not c.isprintable() or c == "\N{REPLACEMENT CHARACTER}" else c for c in text)
    if text[0] in "-. ~" or text.partition(".")[0].lower() in _DEVICES:
        text = f"_{text}"
    if text[-1] in ". ":
        text = f"{text[:-1]}_"
    if _LOOKS_MARKED.search(text):
        text = f"{text[:-1]}_"  # only a marked name may look like a marked one
    stem, suffix = _split(text)
    return _shortened(stem, _LONGEST_BYTES - len(suffix.encode())) + suffix


def _marked(safe: str, name: str, digits: int) -> str:
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:digits]
    stem, suffix = _split(safe)
    return f"{_shortened(stem, _LONGEST_BYTES - digits - 1 - len(suffix.encode()))}~{digest}{suffix}"


def _split(name: str) -> tuple[str, str]:
    """Stem and suffix; an overlong suffix belongs to the stem."""
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > 10:
        return name, ""
    return stem, dot + suffix


def _shortened(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore")
