"""The installed plugins: found by their entry points, imported only when they are used."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from profilex.errors import Code, ProfilexError, RunError

GROUPS = {"source": "profilex.sources", "exporter": "profilex.exporters", "archive": "profilex.archives"}
"""Kinds of plugins, and the groups of their entry points."""

_MEMBERS = {"source": ("fetch",), "exporter": ("scope", "options", "files"), "archive": ("options", "validate", "push")}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")  # it becomes the name of a folder


@dataclass(frozen=True, slots=True)
class Plugin:
    """An installed plugin: its kind, its name, and the name and version of its package."""

    kind: str
    name: str
    version: str
    package: str
    entry: EntryPoint

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.package} {self.version})"

    def load(self) -> Any:
        """Import the plugin and create it.

        Raises:
            RunError: it cannot be imported or created, or lacks a member of its protocol.
        """
        with calling(self, "cannot be imported"):
            made = self.entry.load()()
        if missing := [member for member in _MEMBERS[self.kind] if not hasattr(made, member)]:
            raise RunError(
                Code.PLUGIN,
                f"the {self} lacks {', '.join(missing)}.",
                "Ask its authors for a version for this profilex, or do without it.",
            )
        return made


def installed() -> list[Plugin]:
    """Every plugin of this environment, by kind and name; none is imported."""
    found = [
        Plugin(
            kind, entry.name, entry.dist.version if entry.dist else "?", entry.dist.name if entry.dist else "?", entry
        )
        for kind, group in GROUPS.items()
        for entry in entry_points(group=group)
    ]
    return sorted(set(found), key=lambda plugin: (plugin.kind, plugin.name, plugin.package))


def find_plugin(kind: str, name: str) -> Plugin:
    """The one plugin of this kind and name.

    Raises:
        RunError: usage, if there is none; plugin, if two packages provide one or the name cannot be used.
    """
    of_kind = [plugin for plugin in installed() if plugin.kind == kind]
    found = [plugin for plugin in of_kind if plugin.name == name]
    if not found:
        known = ", ".join(sorted({plugin.name for plugin in of_kind})) or "none"
        raise RunError(Code.USAGE, f"there is no {kind} {name!r}.", f"Installed as plugins: {known}.")
    if len(found) > 1:
        packages = " and ".join(plugin.package for plugin in found)
        raise RunError(Code.PLUGIN, f"{packages} both provide the {kind} {name!r}.", "Uninstall one of them.")
    if not _NAME.fullmatch(name):
        raise RunError(
            Code.PLUGIN,
            f"the {found[0]} has a name that cannot be a folder name.",
            "Use lower-case letters, digits, - and _.",
        )
    return found[0]


@contextmanager
def calling(plugin: Plugin, what: str = "failed") -> Iterator[None]:
    """Report any exception of a plugin as its own failure; an error with a code keeps it.

    Raises:
        RunError: the plugin raised something else.
    """
    try:
        yield
    except ProfilexError:
        raise
    except Exception as error:
        raise RunError(
            Code.PLUGIN, f"the {plugin} {what}: {type(error).__name__}: {error}", "Update it, or do without it."
        ) from error
