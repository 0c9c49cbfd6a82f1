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
_COMPILED = ("__pycache__", ".pyc")


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 (hex) of the names and bytes of the package's files in `ROOMS`, data files included.

    A checkout and a wheel of the same state have the same digest. It enters the key of every page, so that after an
    upgrade no page of the old code is kept.
    """
    return digest_of(_PACKAGE, ROOMS)


def digest_of(package: Path, rooms: tuple[str, ...]) -> str:
    """SHA-256 (hex) of the files of some rooms of a package; compiled Python does not count."""
    digest = hashlib.sha256()
    for room in sorted(rooms):
        place = package / room
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for path in files:
            if path.is_file() and not any(part.endswith(_COMPILED) for part in path.parts):
                name, data = path.relative_to(package).as_posix().encode(), path.read_bytes()
                digest.update(b"%d %s %d " % (len(name), name, len(data)))
                digest.update(data)
    return digest.hexdigest()
