"""crate.toml: what an archive wants to know about a collection of profiles and profilex cannot know."""

import datetime
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from profilex.errors import Code, RunError

ABOUT_NAME = "crate.toml"

_TEXTS = ("name", "description", "license", "publisher", "publisher_url")
_KNOWN = (*_TEXTS, "date_published", "keywords", "authors", "publication")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Author:
    """A person; `orcid` and `ror` (of the affiliation) are addresses or ""."""

    name: str = ""
    orcid: str = ""
    affiliation: str = ""
    ror: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """A person's statements about a collection; "" where there is none. `date_published` is an ISO 8601 date.

    `publication` is the scanned publication, as (citation, address).
    """

    name: str = ""
    description: str = ""
    license: str = ""
    publisher: str = ""
    publisher_url: str = ""
    date_published: str = ""
    keywords: tuple[str, ...] = ()
    authors: tuple[Author, ...] = ()
    publication: tuple[str, str] = ("", "")

    def unsaid(self) -> tuple[str, ...]:
        """The keys that an RO-Crate must or should have and that are not stated."""
        needed = ("date_published", "license", "authors", "publisher")
        return tuple(name for name in needed if not getattr(self, name))


def read_about(folder: Path) -> About:
    """The statements of an output folder's crate.toml; empty without one.

    Raises:
        RunError: the file cannot be read, or a statement is not understood; the message names the key.
    """
    try:
        document = tomllib.loads((folder / ABOUT_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return About()
    except OSError as error:
        raise RunError(Code.NO_INPUT, f"{ABOUT_NAME}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise RunError(Code.USAGE, f"{ABOUT_NAME}: is not TOML ({error}).") from error
    _only(document, _KNOWN, "")
    texts = {name: _text(document[name], name) for name in _TEXTS if name in document}
    for name in ("license", "publisher_url"):
        _check_address(texts.get(name, ""), name)
    return About(
        **texts,
        date_published=_date(document.get("date_published", "")),
        keywords=tuple(_text(word, "keywords") for word in _list(document, "keywords")),
        authors=tuple(_author(author) for author in _list(document, "authors")),
        publication=_publication(document.get("publication", {})),
    )


def _author(given: Any) -> Author:
    if not isinstance(given, dict):
        _refuse("authors", "is not a list of tables; write [[authors]]")
    _only(given, ("name", "orcid", "affiliation", "ror"), "authors.")
    author = Author(**{name: _text(value, f"authors.{name}") for name, value in given.items()})
    if not author.name:
        _refuse("authors.name", "is missing")
    if author.orcid and not re.fullmatch(r"https://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]", author.orcid):
        _refuse("authors.orcid", f"{author.orcid!r} is not of the form https://orcid.org/0000-0002-1825-0097")
    if author.ror and not (author.affiliation and re.fullmatch(r"https://ror\.org/0[a-z0-9]{8}", author.ror)):
        _refuse("authors.ror", f"{author.ror!r} is not of the form https://ror.org/041qv0h25, beside an affiliation")
    return author


def _publication(given: Any) -> tuple[str, str]:
    if not isinstance(given, dict):
        _refuse("publication", "is not a table")
    _only(given, ("citation", "url"), "publication.")
    citation, url = (_text(given.get(name, ""), f"publication.{name}") for name in ("citation", "url"))
    _check_address(url, "publication.url")
    if url and not citation:
        _refuse("publication.citation", "is missing")
    return citation, url


def _date(given: Any) -> str:
    """A date of TOML, or one in quotes."""
    try:
        return given.isoformat() if isinstance(given, datetime.date) else _iso(_text(given, "date_published"))
    except ValueError as error:
        _refuse("date_published", f"{given!r} is not a date ({error})")


def _iso(text: str) -> str:
    return datetime.date.fromisoformat(text).isoformat() if text else ""


def _check_address(text: str, name: str) -> None:
    if text and not _ADDRESS.fullmatch(text):
        _refuse(name, f"{text!r} is not an address such as https://creativecommons.org/licenses/by/4.0/")


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    given = document.get(name, [])
    if not isinstance(given, list):
        _refuse(name, "is no list")
    return given


def _only(members: Mapping[str, Any], known: tuple[str, ...], prefix: str) -> None:
    if strangers := sorted(set(members) - set(known)):
        _refuse(f"{prefix}{strangers[0]}", f"is not known; known are {', '.join(known)}")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        _refuse(name, f"{value!r} is not text; put it in quotes")
    return value.strip()


def _refuse(key: str, what: str) -> NoReturn:
    raise RunError(Code.USAGE, f"{ABOUT_NAME}: {key}: {what}.", "docs/ro-crate.md describes every key.")
