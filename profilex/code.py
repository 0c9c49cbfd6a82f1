"""The identity of the installed code: one digest of every file that decides on a page's outputs."""

import hashlib
from functools import lru_cache
from pathlib import Path

ROOMS = (
    "code.py",
    "curves",
    "errors.py",
    "export",
    "files",
    "geometry.py",
    "images",
    "ink",
    "manifest.py",
    "model",
    "page.py",
    "pipeline.py",
    "scale",
    "settings",
    "text",
    "trace",
    "types.py",
    "vessel",
)
"""The modules and rooms that `profilex.page` and `profilex.model` import, directly or through others."""

_PACKAGE = Path(__file__).resolve().parent
_COMPILED = (".pyc", ".pyo")
_HIDDEN = (".", "__pycache__")


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 (hex) of the names and bytes of the package's files in `ROOMS`, data files included.

    A checkout and a wheel of the same state have the same digest. It enters the key of every page, so that after an
    upgrade no page of the old code is kept.
    """
    return digest_of(_PACKAGE, ROOMS)


def digest_of(package: Path, rooms: tuple[str, ...]) -> str:
    """SHA-256 (hex) of the files of some rooms of a package; compiled Python and hidden files do not count.

    Raises:
        OSError: a room is missing, or a file cannot be read.
    """
    digest = hashlib.sha256()
    for room in sorted(rooms):
        place = package / room
        files = [path for path in place.rglob("*") if path.is_file()] if place.is_dir() else [place]
        for name, path in sorted((path.relative_to(package).as_posix(), path) for path in files):
            if not name.endswith(_COMPILED) and not any(
                part.startswith((".", "__pycache__")) for part in path.parts[-3:]
            ):
                data = path.read_bytes()
                digest.update(f"{len(name)} {name} {len(data)} ".encode())
                digest.update(data)
    return digest.hexdigest()
