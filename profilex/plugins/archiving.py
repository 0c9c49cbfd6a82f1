"""Packages handed to an archive plugin."""

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from profilex.files import OutputLock
from profilex.plugins.options import settle
from profilex.plugins.packages import altered_files, read_package
from profilex.plugins.protocols import Archive, Options, Problem, Receipt
from profilex.plugins.registry import Plugin, calling, find_plugin


@dataclass(frozen=True, slots=True)
class LoadedArchive:
    """An archive that was imported, with the values of its options."""

    plugin: Plugin
    archive: Archive
    options: Options


def load_archive(name: str, given: Options) -> LoadedArchive:
    """Import an archive and resolve its options.

    Raises:
        RunError: there is no such archive, it cannot be imported, or an option does not fit.
    """
    plugin = find_plugin("archive", name)
    archive = plugin.load()
    return LoadedArchive(plugin, archive, settle(name, archive.options, given))


def package_problems(loaded: LoadedArchive, folder: Path) -> list[Problem]:
    """Why a package should not be pushed: changed files first, then what the archive would refuse.

    Raises:
        RunError: the folder holds no complete package, or the plugin failed.
    """
    if altered := list(altered_files(read_package(folder))):
        return altered
    with calling(loaded.plugin):
        return list(loaded.archive.validate(folder, loaded.options))


def push_package(loaded: LoadedArchive, folder: Path, *, dry_run: bool) -> Receipt:
    """Deliver a package, one process at a time.

    Raises:
        RunError: the archive cannot be reached or refuses it, or another process pushes the package.
    """
    with nullcontext() if dry_run else OutputLock(folder), calling(loaded.plugin):
        return loaded.archive.push(folder, loaded.options, dry_run=dry_run)
