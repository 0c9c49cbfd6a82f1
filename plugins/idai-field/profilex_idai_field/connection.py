"""Requests to a running Field Desktop: what only asks is tried again, what changes something is sent once."""

import base64
import getpass
import http.client
import json
import os
import ssl
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from profilex.plugins import Code, RunError

PASSWORD_VARIABLE = "PROFILEX_FIELD_PASSWORD"

PAUSE_S = 1.0
"""The first of the growing pauses between attempts, in seconds."""

_ATTEMPTS = 4
_UNAUTHORISED = (401, 403)
_WORTH_A_RETRY = (429, 500, 502, 503, 504)
_LARGEST_ANSWER = 256 * 2**20  # bytes; a page of records is a few MB


class UnansweredError(Exception):
    """A request went out and its end is not known: Field may have done it, may still be doing it, or never saw it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON body of an answer; None where the body is not JSON."""

    status: int
    body: Any

    @property
    def error(self) -> str:
        """Why Field refused, in its words."""
        if not isinstance(self.body, dict):
            return f"status {self.status}"
        said = [self.body.get("error") or self.body.get("reason"), *(self.body.get("importErrors") or [])]
        return "; ".join(str(each) for each in said if each) or f"status {self.status}"


class FieldConnection:
    """Field's HTTP interface at one address.

    Neither proxies nor redirects are followed: Field runs on this machine or beside it, and the password is for it
    alone.
    """

    def __init__(self, url: str, user: str, password: str, *, timeout_s: float) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in ("http", "https") or not parts.hostname or port == -1:
            raise RunError(Code.USAGE, f"url {url!r} is not an address such as http://127.0.0.1:3000.")
        self._url, self._host, self._port = url.rstrip("/"), parts.hostname, port
        self._secure, self._root = parts.scheme == "https", parts.path.rstrip("/")
        self._credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.timeout_s = timeout_s

    def get(self, path: str) -> Answer:
        """Ask, up to four times.

        Raises:
            RunError: Field cannot be reached, or the password is wrong.
        """
        for attempt in range(_ATTEMPTS):
            self.pause(attempt)
            try:
                answer = self._once("GET", path)
            except UnansweredError as error:
                failure: Answer | UnansweredError = error
                continue
            if answer.status not in _WORTH_A_RETRY:
                return answer
            failure = answer
        if isinstance(failure, Answer):
            return failure
        raise self._silent(str(failure)) from failure

    def post(self, path: str, body: bytes, content_type: str) -> Answer:
        """Send a body once; only a connection that could not be made, so that nothing was sent, is tried again.

        Raises:
            UnansweredError: no answer came, or one from which the end of the request cannot be known.
            RunError: Field cannot be reached, or the password is wrong.
        """
        answer = self._once("POST", path, body, content_type)
        if answer.status in _WORTH_A_RETRY:
            raise UnansweredError(answer.error)
        return answer

    def pause(self, attempt: int) -> None:
        """Wait before an attempt: not at all before the first, then longer each time, up to ten seconds."""
        if attempt:
            time.sleep(min(PAUSE_S * 2 ** (attempt - 1), 10 * PAUSE_S))

    def _once(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Answer:
        headers = {"Authorization": f"Basic {self._credentials}", "Content-Type": kind}
        connection = self._connect()
        try:
            connection.request(method, self._root + path, body=body, headers=headers)
            response = connection.getresponse()
            answer = Answer(response.status, _json(response.read(_LARGEST_ANSWER)))
        except (OSError, http.client.HTTPException) as error:
            raise UnansweredError(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        if answer.status in _UNAUTHORISED:
            raise self._error("refuses the password", f"Check {PASSWORD_VARIABLE}, or what was typed.")
        return answer

    def _connect(self) -> http.client.HTTPConnection:
        for attempt in range(_ATTEMPTS):
            self.pause(attempt)
            connection = (
                http.client.HTTPSConnection(
                    self._host, self._port, timeout=self.timeout_s, context=ssl.create_default_context()
                )
                if self._secure
                else http.client.HTTPConnection(self._host, self._port, timeout=self.timeout_s)
            )
            try:
                connection.connect()
            except OSError as error:
                connection.close()
                failure = error
                continue
            return connection
        raise self._silent(f"{type(failure).__name__}: {failure}") from failure

    def _silent(self, reason: str) -> RunError:
        return self._error(f"does not answer ({reason})", "Is Field Desktop running, and is it url?")

    def _error(self, what: str, remedy: str) -> RunError:
        return RunError(Code.PLUGIN, f"Field at {self._url} {what}.", remedy)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def read_password() -> str:
    """The sync password of Field: from the environment, else asked for.

    Raises:
        RunError: it is not in the environment, and nobody is there to be asked.
    """
    if password := os.environ.get(PASSWORD_VARIABLE):
        return password
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass("Sync password of Field Desktop: ")
    raise RunError(
        Code.USAGE,
        "the sync password of Field Desktop is not known.",
        f"Put it in the environment as {PASSWORD_VARIABLE}.",
    )
