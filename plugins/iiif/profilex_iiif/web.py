"""Downloads over HTTP: tried again where that can help, limited in size and time, never half taken for whole."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urljoin, urlsplit

import requests

from profilex.plugins import Code, PageError, RunError
from profilex_iiif import __version__
from profilex_iiif.peers import PrivateAddressError, came_from_private, mount

CONTACT_VARIABLE = "PROFILEX_IIIF_CONTACT"
SIZE_VARIABLE = "PROFILEX_IIIF_MAX_MB"

PAUSE_S = 1.0
"""The first of the growing pauses between attempts, in seconds."""

_ATTEMPTS = 4
_LONGEST_PAUSE_S = 60.0  # whatever a server asks for
_CONNECT_S, _READ_S, _WHOLE_S = 10.0, 60.0, 900.0
_REDIRECTS = 5
_BLOCK = 1 << 16
_MOST_MB = 256
_WORTH_A_RETRY = (408, 429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Download:
    """The bytes of an answer with status 200, the type that the server gives them, and whether it is a local one."""

    data: bytes
    content_type: str
    from_private: bool = False


@dataclass(frozen=True, slots=True)
class _Redirect:
    """Where an answer sends, and whether it came from the local network."""

    location: str
    from_private: bool


class _Passing(Exception):
    """A failure that may not be there the next time; `wait_s` is what the server asked for."""

    def __init__(self, message: str, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Web:
    """A session with servers: one request at a time, under one name."""

    def __init__(self) -> None:
        self._session, self._public = requests.Session(), requests.Session()
        mount(self._session, only_public=False)
        mount(self._public, only_public=True)
        contact = os.environ.get(CONTACT_VARIABLE, "").strip()
        name = f"profilex-iiif/{__version__}" + (f" ({contact})" if contact else "")
        if not name.isascii() or not name.isprintable():
            raise RunError(Code.USAGE, f"{CONTACT_VARIABLE} {contact!r} is not plain text.", "Give a mail address.")
        self._session.headers["User-Agent"] = self._public.headers["User-Agent"] = name
        self.most_bytes = _most_bytes()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()
        self._public.close()

    def get(
        self,
        url: str,
        most_bytes: int | None = None,
        is_whole: Callable[[bytes], bool] | None = None,
        *,
        only_public: bool = False,
    ) -> Download:
        """What lies at an address; redirects are followed, but to HTTP alone.

        `is_whole` knows bodies that ended early though nothing said so; they are asked for again. `only_public` is for
        addresses that a server of the internet names: it can neither name nor redirect to one of this machine or of
        the local network.

        Raises:
            PageError: fetch, with the address and what the server answered; too_large.
        """
        session = self._public if only_public else self._session
        for attempt in range(_ATTEMPTS):
            try:
                return self._follow(session, url, most_bytes or self.most_bytes, is_whole or bool)
            except _Passing as error:
                failure = error
            if attempt + 1 < _ATTEMPTS:
                time.sleep(max(PAUSE_S * 2**attempt, min(failure.wait_s, _LONGEST_PAUSE_S)))
        raise PageError(Code.FETCH, f"{url}: {failure}, {_ATTEMPTS} times.", "Run again later: what came is kept.")

    def _follow(
        self, session: requests.Session, url: str, most_bytes: int, is_whole: Callable[[bytes], bool]
    ) -> Download:
        place = url
        for _ in range(_REDIRECTS + 1):
            if urlsplit(place).scheme not in ("http", "https"):
                raise PageError(Code.FETCH, f"{place}: is no address of the web.", "Look at the manifest.")
            came = self._once(session, url, place, most_bytes, is_whole)
            if isinstance(came, Download):
                return came
            if not came.from_private:
                session = self._public
            place = came.location
        raise PageError(Code.FETCH, f"{url}: is redirected more than {_REDIRECTS} times.")

    def _once(
        self, session: requests.Session, url: str, place: str, most_bytes: int, is_whole: Callable[[bytes], bool]
    ) -> "Download | _Redirect":
        try:
            with session.get(place, stream=True, timeout=(_CONNECT_S, _READ_S), allow_redirects=False) as answer:
                private = came_from_private(answer)
                if answer.is_redirect:
                    return _Redirect(urljoin(place, answer.headers["Location"]), private)
                if answer.status_code in _WORTH_A_RETRY:
                    raise _Passing(f"the server answers {answer.status_code}", _seconds(answer.headers))
                if answer.status_code != 200:
                    raise PageError(Code.FETCH, f"{url}: the server answers {answer.status_code}.")
                data = _body(answer, url, most_bytes)
                if not is_whole(data):
                    raise _Passing("the answer is empty or ends early")
                return Download(data, answer.headers.get("Content-Type", ""), private)
        except PrivateAddressError as error:
            raise PageError(
                Code.FETCH,
                f"{url}: leads to {place}, an address of a local network ({error}), which a server of the internet "
                "must not name.",
                "Fetch the image yourself if you trust it.",
            ) from error
        except ValueError as error:  # an address that is none
            raise PageError(Code.FETCH, f"{url}: {type(error).__name__}: {error}.") from error
        except requests.RequestException as error:
            raise _Passing(f"the answer is lost ({type(error).__name__})") from error


def _body(answer: requests.Response, url: str, most_bytes: int) -> bytes:
    """The whole body; one that ends before its stated length is an error of the connection."""
    if int(answer.headers.get("Content-Length") or 0) > most_bytes:
        raise _too_large(url, most_bytes)
    data = bytearray()
    ends = time.monotonic() + _WHOLE_S
    for block in answer.iter_content(_BLOCK):
        data += block
        if len(data) > most_bytes:
            raise _too_large(url, most_bytes)
        if time.monotonic() > ends:
            raise _Passing(f"the answer takes more than {_WHOLE_S:.0f} s")
    return bytes(data)


def _too_large(url: str, most_bytes: int) -> PageError:
    return PageError(
        Code.TOO_LARGE,
        f"{url}: is larger than {most_bytes >> 20} MB.",
        f"{SIZE_VARIABLE} in the environment allows more.",
    )


def _seconds(headers: "requests.structures.CaseInsensitiveDict[str]") -> float:
    """What Retry-After asks for in seconds; a date counts as nothing."""
    text = headers.get("Retry-After", "").strip()
    return float(text) if text.isdigit() else 0.0


def _most_bytes() -> int:
    text = os.environ.get(SIZE_VARIABLE, str(_MOST_MB))
    if not text.isdigit() or int(text) == 0:
        raise RunError(Code.USAGE, f"{SIZE_VARIABLE} {text!r} is not a number of megabytes.")
    return int(text) << 20
