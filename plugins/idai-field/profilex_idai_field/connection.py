"""Requests to a running Field Desktop, tried again where that can help."""

import base64
import getpass
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
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

    Proxies of the environment are not used: Field runs on this machine or beside it, and the password is for it alone.
    """

    def __init__(self, url: str, user: str, password: str, *, timeout_s: float) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise RunError(Code.USAGE, f"url {url!r} is not an address such as http://127.0.0.1:3000.")
        self._url = url.rstrip("/")
        self._credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._timeout_s = timeout_s
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())

    def get(self, path: str) -> Answer:
        """Raises: RunError when Field cannot be reached or the password is wrong."""
        return self._send("GET", path)

    def post(self, path: str, body: bytes, content_type: str, *, again_if_refused: bool = False) -> Answer:
        """Send a body; only what Field can be sent twice may be posted, as an answer can be lost on its way.

        `again_if_refused` also repeats what was refused with 400: an import of files that lost its connection may
        still run, and Field refuses a second one meanwhile.

        Raises:
            RunError: Field cannot be reached, or the password is wrong.
        """
        return self._send("POST", path, body, content_type, again_if_refused=again_if_refused)

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content_type: str = "application/json",
        *,
        again_if_refused: bool = False,
    ) -> Answer:
        repeated = (*_WORTH_A_RETRY, 400) if again_if_refused else _WORTH_A_RETRY
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(PAUSE_S * 2 ** (attempt - 1))
            try:
                answer = self._once(method, path, body, content_type)
            except (OSError, http.client.HTTPException) as error:
                failure: Answer | Exception = error
                continue
            if answer.status in _UNAUTHORISED:
                raise self._error("refuses the password", f"Check {PASSWORD_VARIABLE}, or what was typed.")
            if answer.status not in repeated:
                return answer
            failure = answer
        if isinstance(failure, Answer):
            return failure
        reason = getattr(failure, "reason", None) or failure
        raise self._error(
            f"does not answer ({type(failure).__name__}: {reason})", "Is Field Desktop running, and is it url?"
        )

    def _once(self, method: str, path: str, body: bytes | None, content_type: str) -> Answer:
        headers = {"Authorization": f"Basic {self._credentials}", "Content-Type": content_type}
        request = urllib.request.Request(self._url + path, data=body, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                return Answer(response.status, _json(response.read()))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _json(error.read()))

    def _error(self, what: str, remedy: str) -> RunError:
        return RunError(Code.PLUGIN, f"Field at {self._url} {what}.", remedy)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Field redirects nowhere; the password must not follow whoever answers in its place."""

    def redirect_request(self, *_: Any) -> None:
        return None


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
