"""The server of the review page: on the loopback address, behind a token, for one output folder.

Nothing that a request names is a path: pages are numbers, tiles are numbers, and the page's own files are a fixed list.
"""

import asyncio
import json
import logging
import secrets
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import tornado.httpserver
import tornado.netutil
import tornado.web

from profilex.errors import Code, PageError, ProfilexError
from profilex.reexport import refresh_table
from profilex.review.collection import Collection, StaleError
from profilex.review.growing import Grower
from profilex.review.requests import PageRequests
from profilex.review.scans import Scans

_log = logging.getLogger(__name__)

MOST_BODY_BYTES = 4_000_000
_TABLE_AFTER_S = 15.0  # without a decision: writing a large table takes seconds
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HTTP = {Code.DISK_FULL: 507, Code.OUTPUT_UNWRITABLE: 507, Code.USAGE: 409}


@dataclass(slots=True)
class Serving:
    """What the handlers share. `hosts` are the values of the header Host that are answered."""

    collection: Collection
    scans: Scans
    grower: Grower
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    hosts: frozenset[str] = frozenset()
    io: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "review"))
    network: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "network"))
    requests: PageRequests = field(init=False)
    table: "_Table" = field(init=False)

    def __post_init__(self) -> None:
        self.requests = PageRequests(self.collection, self.scans, self.grower)
        self.table = _Table(self.collection.folder, self.io)


class _Table:
    """Writes profiles.csv again shortly after the last decision, and when the server ends."""

    def __init__(self, folder: Path, io: ThreadPoolExecutor) -> None:
        self._folder, self._io = folder, io
        self._timer: asyncio.TimerHandle | None = None

    def touch(self) -> None:
        """Something was decided."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(_TABLE_AFTER_S, lambda: self._io.submit(self.write))

    def write(self) -> None:
        """Write it now; a failure is logged, as the decisions themselves are safe."""
        try:
            refresh_table(self._folder)
        except ProfilexError:
            _log.warning("profiles.csv could not be written", exc_info=True)


class _Handler(tornado.web.RequestHandler):
    """Refuses what does not come from the page itself, and says what browsers may do with the answer."""

    def initialize(self, serving: Serving) -> None:
        self.serving = serving

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        if self.request.host not in self.serving.hosts:
            raise tornado.web.HTTPError(403, "the host is another")
        token = self.path_kwargs.pop("token", "")
        if not secrets.compare_digest(token.encode(), self.serving.token.encode()):
            raise tornado.web.HTTPError(404)
        if self.request.method == "POST":
            origin = self.request.headers.get("Origin", "")
            if origin not in {f"http://{host}" for host in self.serving.hosts}:
                raise tornado.web.HTTPError(403, "the request is of another page")
            if self.request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
                raise tornado.web.HTTPError(415)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"error": self._reason}))

    def log_exception(self, *details: Any) -> None:
        if not isinstance(details[1], tornado.web.HTTPError):
            super().log_exception(*details)

    async def answer(self, work: Callable[..., Any], *arguments: Any, pool: ThreadPoolExecutor | None = None) -> None:
        """Do the work in a thread, and send what it returns as JSON, or why there is nothing to send."""
        try:
            value = await asyncio.get_running_loop().run_in_executor(pool or self.serving.io, work, *arguments)
        except StaleError as error:
            self._refuse(409, str(error), "stale")
        except ProfilexError as error:
            self._refuse(_HTTP.get(error.code, 422), str(error), str(error.code))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            self._refuse(422, str(error), "invalid")
        else:
            self.set_header("Content-Type", "application/json")
            self.finish(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def _refuse(self, status: int, message: str, code: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"error": message, "code": code}))

    def body(self) -> dict[str, Any]:
        """The request's JSON object."""
        try:
            value = json.loads(self.request.body)
        except (ValueError, RecursionError) as error:
            raise tornado.web.HTTPError(400) from error
        if not isinstance(value, dict):
            raise tornado.web.HTTPError(400)
        return value


class _File(_Handler):
    """The page's own files, by a fixed list of names."""

    def get(self, name: str) -> None:
        found = page_files().get(name or "index.html")
        if found is None:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", f"{_TYPES['.' + (name or 'index.html').rpartition('.')[2]]}; charset=utf-8")
        self.finish(found)


class _CollectionHandler(_Handler):
    async def get(self) -> None:
        await self.answer(self.serving.requests.collection_state)


class _PageHandler(_Handler):
    async def get(self, place: str) -> None:
        await self.answer(self.serving.requests.page_state, int(place))
        self.serving.network.submit(self.serving.requests.look_ahead, int(place))


class _Changes(_Handler):
    async def get(self, since: str) -> None:
        await self.answer(self.serving.requests.changes, int(since), self.get_query_argument("at", ""))


class _Tile(_Handler):
    async def get(self, place: str, level: str, column: str, row: str) -> None:
        await self._picture(self.serving.requests.tile, int(place), int(level), int(column), int(row))

    async def _picture(self, work: Callable[..., bytes], *arguments: int) -> None:
        try:
            data = await asyncio.get_running_loop().run_in_executor(self.serving.io, work, *arguments)
        except (PageError, OSError, IndexError) as error:
            raise tornado.web.HTTPError(404) from error
        self.set_header("Content-Type", "image/jpeg")
        self.set_header("Cache-Control", "private, max-age=3600")  # the token, and so the address, is new each time
        self.finish(data)


class _Preview(_Tile):
    async def get(self, place: str) -> None:  # type: ignore[override]
        await self._picture(self.serving.requests.preview, int(place))


class _Decide(_Handler):
    async def post(self, place: str) -> None:
        await self.answer(self.serving.requests.decide, int(place), self.body())
        if self.get_status() == 200:
            self.serving.table.touch()


class _Step(_Handler):
    async def post(self, way: str) -> None:
        await self.answer(self.serving.requests.step, way == "redo", self.body())
        if self.get_status() == 200:
            self.serving.table.touch()


class _Measure(_Handler):
    async def post(self, place: str) -> None:
        await self.answer(self.serving.requests.measure, int(place), self.body())


class _Grow(_Handler):
    async def post(self, place: str) -> None:
        work = self.serving.requests.grow
        self.serving.requests.expect_click()
        await self.answer(work, int(place), self.body(), pool=self.serving.network)


class _Shape(_Handler):
    async def post(self, place: str) -> None:
        await self.answer(self.serving.requests.shape, self.body())


class _ScansHandler(_Handler):
    async def post(self) -> None:
        await self.answer(self.serving.requests.look_for_scans, self.body())


@lru_cache(maxsize=1)
def page_files() -> dict[str, bytes]:
    """The page's files by their names, as they lie in the package."""
    folder = files("profilex.review") / "page"
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name.endswith(tuple(_TYPES))}


def application(serving: Serving) -> tornado.web.Application:
    """All that the server answers; everything lies below the token."""
    shared = {"serving": serving}
    token = r"/(?P<token>[A-Za-z0-9_-]{20,100})"
    number = r"([0-9]{1,9})"
    return tornado.web.Application(
        [
            (rf"{token}/api/collection", _CollectionHandler, shared),
            (rf"{token}/api/page/(?P<place>[0-9]{{1,9}})", _PageHandler, shared),
            (rf"{token}/api/changes/(?P<since>[0-9]{{1,9}})", _Changes, shared),
            (rf"{token}/api/decide/(?P<place>[0-9]{{1,9}})", _Decide, shared),
            (rf"{token}/api/step/(?P<way>undo|redo)", _Step, shared),
            (rf"{token}/api/measure/(?P<place>[0-9]{{1,9}})", _Measure, shared),
            (rf"{token}/api/grow/(?P<place>[0-9]{{1,9}})", _Grow, shared),
            (rf"{token}/api/shape/(?P<place>[0-9]{{1,9}})", _Shape, shared),
            (rf"{token}/api/scans", _ScansHandler, shared),
            (rf"{token}/preview/(?P<place>[0-9]{{1,9}})", _Preview, shared),
            (
                rf"{token}/tile/(?P<place>{number[1:-1]})/(?P<level>[0-9]{{1,2}})/"
                r"(?P<column>[0-9]{1,4})/(?P<row>[0-9]{1,4})",
                _Tile,
                shared,
            ),
            (rf"{token}/(?P<name>[a-z_]*\.?[a-z]*)", _File, shared),
        ],
        compress_response=True,
        log_function=_log_request,
    )


def _log_request(handler: tornado.web.RequestHandler) -> None:
    """Nothing but failures, and these without the token."""
    if handler.get_status() >= 500:
        _log.warning("%s answered %d", type(handler).__name__, handler.get_status())


def serve(
    serving: Serving,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    started: Callable[[str], None] = print,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; what was begun is finished.

    `started` receives the address, with the token. Port 0 is any free port.

    Raises:
        OSError: the address cannot be had.
    """
    asyncio.run(_serve(serving, host, port, started))


async def _serve(serving: Serving, host: str, port: int, started: Callable[[str], None]) -> None:
    sockets = tornado.netutil.bind_sockets(port, host)
    port = sockets[0].getsockname()[1]
    names: Sequence[str] = ("127.0.0.1", "localhost") if host in ("127.0.0.1", "localhost") else (host,)
    serving.hosts = frozenset(f"{name}:{port}" for name in names)
    server = tornado.httpserver.HTTPServer(application(serving), max_body_size=MOST_BODY_BYTES)
    server.add_sockets(sockets)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, ended.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))
    started(f"http://{names[0]}:{port}/{serving.token}/")
    await ended.wait()
    server.stop()
    serving.network.shutdown(wait=False, cancel_futures=True)
    serving.io.shutdown(wait=True)
    serving.table.write()
