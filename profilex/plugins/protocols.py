"""The protocols of plugins. There is no base class: an object with these members is a plugin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from profilex.types import MissingScan, PageResult

PAGE, COLLECTION = "page", "collection"

Options = Mapping[str, str]
"""The values of a plugin's options by name, for every declared option."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a plugin for `--set name=value`; a required one has no default."""

    name: str
    help: str
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an archive would refuse a package: the record or file, its field ("" for the whole), and a sentence."""

    record: str
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.record}, {self.field}" if self.field else self.record
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of an archive: `counts` of what it accepted, by name, and sentences for people."""

    counts: Mapping[str, int]
    notes: tuple[str, ...] = field(default=())


class Source(Protocol):
    """A source of pages.

    A source that has to download may also have `preview(location) -> Iterable[str]`: one line for each scan that
    `fetch` would return, so that a dry run need not download it.
    """

    def fetch(self, location: str, folder: Path) -> Iterable[Path | MissingScan]:
        """Files and folders with the scans of `location`, in which profilex then looks for scans as in any input.

        Downloads go below `folder`, which exists and is kept between runs: the same location must give the same paths
        there, because pages are named after them. A scan that cannot be fetched is yielded as a `MissingScan`, with
        the path that it would have: it is recorded as a failed page, and the others go on.
        """
        ...


class Exporter(Protocol):
    """A writer of finished pages.

    `scope` "page" is called once for every page, with that page alone, and its files go to the page's own folder.
    `scope` "collection" is called once with all pages, which are read one by one.
    """

    @property
    def scope(self) -> str: ...

    @property
    def options(self) -> tuple[Option, ...]: ...

    def files(self, pages: Iterable[PageResult], options: Options) -> Iterable[tuple[str, bytes]]:
        """Relative POSIX names and bytes; equal pages and options give equal files. profilex writes them.

        Raises:
            PageError: with scope "page", the page cannot be written in this format; the others go on.
            RunError: nothing can be written in this format with these options.
        """
        ...


class Archive(Protocol):
    """An archive that keeps the packages of an exporter."""

    @property
    def options(self) -> tuple[Option, ...]: ...

    def validate(self, package: Path, options: Options) -> Iterable[Problem]:
        """Problems for which the archive would refuse a package, as far as known without it; nothing is sent."""
        ...

    def push(self, package: Path, options: Options, *, dry_run: bool) -> Receipt:
        """Deliver a valid package; called again after a failure, it must not create anything twice.

        With `dry_run` the archive may be queried but not changed.

        Raises:
            RunError: the archive cannot be reached or refuses the package.
        """
        ...
