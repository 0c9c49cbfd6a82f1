"""What a plugin offers. Nothing is inherited: an object with these members is a plugin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from profilex.types import MissingScan, PageResult

PAGE, COLLECTION = "page", "collection"

Options = Mapping[str, str]
"""The values of a plugin's options by name; every declared option is there."""


@dataclass(frozen=True, slots=True)
class Option:
    """A setting that a plugin takes from `--set name=value`; a required one has no default."""

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
    """What an archive took: `counts` by what they count, and sentences for people."""

    counts: Mapping[str, int]
    notes: tuple[str, ...] = field(default=())


class Source(Protocol):
    """Where pages come from.

    A source that has to download may also have `preview(location) -> Iterable[str]`: one line for each scan that
    `fetch` would bring, so that a dry run need not bring them.
    """

    def fetch(self, location: str, folder: Path) -> Iterable[Path | MissingScan]:
        """Files and folders with the scans of `location`, in which profilex then looks for scans as in any input.

        What is not on this machine yet goes below `folder`, which exists and is kept between runs: the same location
        gives the same paths there, as the names of pages follow from them. A scan that cannot be brought is yielded
        as a `MissingScan`, with the path that it would have: it is recorded as a failed page, and the others go on.
        """
        ...


class Exporter(Protocol):
    """What is written of finished pages.

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
    """Where a package that an exporter wrote is kept for good."""

    @property
    def options(self) -> tuple[Option, ...]: ...

    def validate(self, package: Path, options: Options) -> Iterable[Problem]:
        """What the archive would refuse, as far as that can be told without it; nothing is sent."""
        ...

    def push(self, package: Path, options: Options, *, dry_run: bool) -> Receipt:
        """Hand a valid package over; called again after a failure, it must not make anything twice.

        With `dry_run` the archive may be asked but not changed.

        Raises:
            RunError: the archive cannot be reached or refuses the package.
        """
        ...
