"""Who answers: connections that know whether their other end lies in the internet or in a local network.

The address is that of the connection itself, not of a look-up before it: a name that resolves differently the second
time gains nothing.
"""

import ipaddress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_NOTE = "profilex_from_private"


class PrivateAddressError(Exception):
    """The other end is in a local network, where it must not be; nothing was asked of it."""


def is_private(address: str) -> bool:
    """Whether an IP address is none of the public internet: this machine, a local network, or reserved."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return not (mapped or ip).is_global or (mapped or ip).is_multicast


def mount(session: requests.Session, *, only_public: bool) -> None:
    """Let a session connect with these connections; with `only_public`, to the internet alone.

    Through a proxy of the environment it is the proxy that connects, and that decides.
    """
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(only_public))


def came_from_private(answer: requests.Response) -> bool:
    """Whether an answer to such a session comes from a local network; False through a proxy."""
    return bool(getattr(answer, _NOTE, False))


class _Watched:
    """A connection that looks at its other end before anything is asked of it."""

    only_public = False
    peer_is_private = False

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        address = self.sock.getpeername()[0]  # type: ignore[attr-defined]
        self.peer_is_private = is_private(address)
        if self.only_public and self.peer_is_private:
            self.close()  # type: ignore[attr-defined]
            raise PrivateAddressError(address)


class _Http(_Watched, HTTPConnection):
    pass


class _Https(_Watched, HTTPSConnection):
    pass


class _PublicHttp(_Http):
    only_public = True


class _PublicHttps(_Https):
    only_public = True


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _PublicHttpPool(HTTPConnectionPool):
    ConnectionCls = _PublicHttp


class _PublicHttpsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHttps


class _Adapter(HTTPAdapter):
    def __init__(self, only_public: bool) -> None:
        self._pools = (
            {"http": _PublicHttpPool, "https": _PublicHttpsPool}
            if only_public
            else {"http": _HttpPool, "https": _HttpsPool}
        )
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        answer = super().send(*args, **kwargs)
        # noted at once: a body that is read gives its connection back
        setattr(answer, _NOTE, getattr(getattr(answer.raw, "connection", None), "peer_is_private", False))
        return answer
