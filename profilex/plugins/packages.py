"""The folder that an exporter's files form: complete when its list is there, and checked against it.

The list is removed before the first file changes and written after the last one, as records are: a package that a
killed export left behind is not taken for a whole one.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from profilex.errors import Code, PageError, RunError
from profilex.files import printable_source, sha256_file, write_atomic
from profilex.files.writing import unwritable
from profilex.plugins.protocols import Problem
from profilex.plugins.registry import Plugin

LIST = "profilex-package.json"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Package:
    """A whole package: the exporter that wrote it, and its files as (relative name, SHA-256) pairs by name."""

    folder: Path
    exporter: str
    version: str
    files: tuple[tuple[str, str], ...]


def safe_name(name: str, plugin: Plugin) -> str:
    """A file name of a plugin, when it stays below the folder that it is for.

    Raises:
        PageError: it does not, or could not be written on every system.
    """
    if not _is_safe(name):
        raise PageError(
            Code.PLUGIN, f"the {plugin} names a file {name!r}, which cannot be written.", "Tell its makers."
        )
    return name


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    strange = any(c in '\\:*?"<>|' or not c.isprintable() for c in name)
    return bool(name) and not (
        strange or path.is_absolute() or ".." in path.parts or path.as_posix() != name or name == LIST
    )


def write_package(folder: Path, plugin: Plugin, contents: Iterable[tuple[str, bytes]]) -> Package:
    """Write the files of a package, remove those that an earlier one had besides, and write its list last.

    Raises:
        ProfilexError: a name is unsafe or comes twice, or a file cannot be written.
    """
    before = _known_files(folder)
    written: dict[str, str] = {}
    for name, data in contents:
        if safe_name(name, plugin) in written:
            raise PageError(Code.PLUGIN, f"the {plugin} writes {name!r} twice.", "Tell its makers.")
        if not _is_inside(folder, folder / name):
            raise PageError(Code.PLUGIN, f"{name}: a link in the folder leads out of it.", "Export to an empty folder.")
        if not written:
            _remove(folder / LIST)
        write_atomic(folder / name, data)
        written[name] = hashlib.sha256(data).hexdigest()
    for name in before - written.keys():
        _remove(folder / name)
    package = Package(folder, plugin.name, plugin.version, tuple(sorted(written.items())))
    write_atomic(folder / LIST, _document(package))
    return package


def read_package(folder: Path) -> Package:
    """The package in a folder, by its list; its files are not read.

    Raises:
        RunError: there is no list that can be read.
    """
    name = printable_source(folder)
    try:
        document = json.loads((folder / LIST).read_bytes())
        files = tuple((str(file["path"]), str(file["sha256"])) for file in document["files"])
        if document["schema"] != SCHEMA:
            raise ValueError(f"schema {document['schema']!r}")
        if strangers := [path for path, _ in files if not _is_safe(path)]:
            raise ValueError(f"a file {strangers[0]!r}")
        package = Package(folder, str(document["exporter"]), str(document["version"]), files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            Code.NO_INPUT,
            f"{name}: holds no whole package of profilex ({type(error).__name__}: {error}).",
            "Write it with profilex export, to the end.",
        ) from error
    return package


def altered_files(package: Package) -> Iterator[Problem]:
    """Files of a package that are missing, lie elsewhere, or have other bytes than its list says."""
    for name, digest in package.files:
        if not _is_inside(package.folder, (package.folder / name).resolve()):
            yield Problem(name, "", "is a link that leads out of the package; export again")
            continue
        try:
            if sha256_file(package.folder / name) != digest:
                yield Problem(name, "", "was changed since the export; export again")
        except OSError as error:
            yield Problem(name, "", f"cannot be read ({error.strerror}); export again")


def _document(package: Package) -> bytes:
    document = {
        "schema": SCHEMA,
        "exporter": package.exporter,
        "version": package.version,
        "files": [{"path": name, "sha256": digest} for name, digest in package.files],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _known_files(folder: Path) -> set[str]:
    """Files of the package that was here before; of a list that leads out of the folder, none."""
    try:
        names = {name for name, _ in read_package(folder).files}
    except RunError:
        return set()
    return {name for name in names if _is_inside(folder, folder / name)}


def _is_inside(folder: Path, path: Path) -> bool:
    """Whether the folder of a file lies in another one, whatever links there are."""
    return path.parent.resolve().is_relative_to(folder.resolve())


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
