"""Scans from a source plugin."""

from pathlib import Path

from profilex.errors import Code, RunError
from profilex.files.writing import unwritable
from profilex.plugins.registry import Plugin, calling, find_plugin


def fetch_scans(name: str, locations: list[str], folder: Path) -> tuple[Plugin, tuple[Path, ...]]:
    """The scans of all locations, as paths on this machine, and the plugin that found them.

    Raises:
        RunError: the source fails or finds nothing.
    """
    plugin = find_plugin("source", name)
    source = plugin.load()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    paths: list[Path] = []
    for location in locations:
        with calling(plugin):
            found = [Path(path) for path in source.fetch(location, folder)]
        if not found:
            raise RunError(Code.NO_INPUT, f"{location}: the {plugin} finds no scans there.", "Check the location.")
        paths += found
    return plugin, tuple(paths)
