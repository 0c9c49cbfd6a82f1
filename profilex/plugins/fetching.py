"""Scans from a source plugin."""

from dataclasses import dataclass
from pathlib import Path

from profilex.errors import Code, RunError
from profilex.files import OutputLock
from profilex.files.writing import unwritable
from profilex.plugins.registry import Plugin, calling, find_plugin
from profilex.types import MissingScan


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source found: `paths` on this machine, and the scans that it could not fetch."""

    plugin: Plugin
    paths: tuple[Path, ...]
    missing: tuple[MissingScan, ...] = ()


def fetch_scans(name: str, locations: list[str], folder: Path) -> Fetched:
    """The scans of all locations.

    Raises:
        RunError: the source fails or finds nothing, or another run fetches into the folder.
    """
    plugin = find_plugin("source", name)
    source = plugin.load()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    paths: list[Path] = []
    missing: list[MissingScan] = []
    for location in locations:
        with OutputLock(folder), calling(plugin):  # two runs must not write the same file
            found = list(source.fetch(location, folder))
        if not found:
            raise _nothing(location, plugin)
        missing += [scan for scan in found if isinstance(scan, MissingScan)]
        paths += [Path(scan) for scan in found if not isinstance(scan, MissingScan)]
    return Fetched(plugin, tuple(paths), tuple(missing))


def preview_scans(name: str, locations: list[str]) -> list[str] | None:
    """What a source would fetch, one line for each scan; None if it has no preview.

    Raises:
        RunError: the source fails or finds nothing.
    """
    plugin = find_plugin("source", name)
    source = plugin.load()
    if not hasattr(source, "preview"):
        return None
    lines: list[str] = []
    for location in locations:
        with calling(plugin):
            found = [str(line) for line in source.preview(location)]
        if not found:
            raise _nothing(location, plugin)
        lines += found
    return lines


def _nothing(location: str, plugin: Plugin) -> RunError:
    return RunError(Code.NO_INPUT, f"{location}: the {plugin} finds no scans there.", "Check the location.")
