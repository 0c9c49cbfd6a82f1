"""The archive: a package delivered into the folder of a Cilantro object.

Drawings come first, then METS, and the list of what was delivered last. Repeated, everything is replaced by itself.
"""

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from profilex.plugins import Code, Option, Options, Problem, Receipt, RunError, read_package
from profilex_cilantro.exporter import FILES, REPRESENTATIONS
from profilex_cilantro.mets import Linked, with_profiles

_FOLDERS = (*REPRESENTATIONS, "profilex")


class ObjectArchive:
    """Puts profiles into data/dxf, data/geojson, data/svg and data/profilex, and into mets.xml."""

    options = (Option("object", "folder of the object", required=True),)

    def validate(self, package: Path, options: Options) -> Iterable[Problem]:
        """Files that have no place in an object."""
        names = [name for name, _ in read_package(package).files]
        if FILES not in names:
            yield Problem(FILES, "", "is missing; export with --format cilantro")
        for name in names:
            parts = PurePosixPath(name).parts
            if len(parts) != 3 or parts[0] != "data" or parts[1] not in _FOLDERS:
                yield Problem(name, "", "has no place in an object of Cilantro")

    def push(self, package: Path, options: Options, *, dry_run: bool) -> Receipt:
        """See `profilex.plugins.Archive`.

        Raises:
            RunError: the object has no METS that the pages are in, or cannot be written.
        """
        home = Path(options["object"])
        digests = dict(read_package(package).files)
        try:
            linked = _linked(json.loads((package / FILES).read_bytes()), digests)
            mets = with_profiles((home / "mets.xml").read_bytes(), linked)
            gone = sorted(_delivered_before(home) - digests.keys())
            _stay_inside(home, [*digests, *gone, "mets.xml"])
            if not dry_run:
                _deliver(home, package, digests, mets, gone)
        except OSError as error:
            raise RunError(
                Code.PLUGIN,
                f"{options['object']}: {PurePosixPath(str(error.filename)).name}: {error.strerror}.",
                "An object needs its mets.xml (generate_xml), and room to write.",
            ) from error
        return Receipt({"files": len(digests), "files in METS": len(linked), "files removed": len(gone)})


def _stay_inside(home: Path, names: Iterable[str]) -> None:
    """See that no link of the object's folder leads what is written or removed to another place."""
    inside = home.resolve()
    for folder in {(home / name).parent for name in names}:
        if not folder.resolve().is_relative_to(inside):
            raise RunError(
                Code.PLUGIN,
                f"{home}: {folder.relative_to(home)} is a link that leads out of the object.",
                "Nothing was written. Put a folder in its place.",
            )


def _linked(listed: list[dict[str, object]], digests: dict[str, str]) -> list[Linked]:
    return [Linked(str(e["path"]), digests[str(e["path"])], str(e["source"]), int(str(e["frame"]))) for e in listed]


def _delivered_before(home: Path) -> set[str]:
    """Drawings of the last delivery; only names that can be a delivery's own, as they may be removed."""
    try:
        names = {str(entry["path"]) for entry in json.loads((home / FILES).read_bytes())}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return set()
    whole = {name for name in names if PurePosixPath(name).parts[:1] == ("data",) and len(name.split("/")) == 3}
    return {name for name in whole if name.split("/")[1] in REPRESENTATIONS and ".." not in name.split("/")}


def _deliver(home: Path, package: Path, digests: dict[str, str], mets: bytes, gone: list[str]) -> None:
    for name in sorted(digests, key=lambda name: (name == FILES, name)):
        if name != FILES:
            _write(home / name, (package / name).read_bytes())
    _write(home / "mets.xml", mets)
    for name in gone:  # METS does not name them any more
        (home / name).unlink(missing_ok=True)
    _write(home / FILES, (package / FILES).read_bytes())


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all; equal bytes are left as they are."""
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".profilex-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
