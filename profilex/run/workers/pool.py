"""Pages over dask workers: one page at a time on each, with a time limit, and a fair trial for pages that kill.

The parent itself decides which worker does which page. So a worker that dies is one page's doing and no other's;
dask alone would blame every task that was assigned to it.
"""

import itertools
import logging
import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from profilex.errors import Code, ProfilexError, RunError
from profilex.manifest import Failure
from profilex.run.stop import StopRequest
from profilex.run.workers.outcome import Outcome
from profilex.run.workers.worker import Greeting, Work, do_page_here, forget, greet
from profilex.types import PageRef

_log = logging.getLogger(__name__)

_POLL_S = 0.2
_UNHEARD_S = 15.0  # seconds without an answer after which a scheduler is gone
_FAREWELL_S = 5.0  # a worker that is lost just then is not waited for
_GREETINGS = 3  # workers that may die in a row before they are ready

Unfinished = tuple[PageRef, Failure]
"""A page that no worker could finish; the parent writes its record."""


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """`page_s` seconds for a page, `startup_s` for a worker to load the model, `recycle` pages for a worker."""

    page_s: float
    startup_s: float
    recycle: int


@dataclass(slots=True)
class _Seat:
    """A worker process: its address, what it does now, and how many pages it has done.

    Only one that has a nanny can be replaced by a fresh process. One that was `missed` at the last look is gone if the
    next look misses it too.
    """

    address: str
    has_nanny: bool
    future: Any = None
    page: PageRef | None = None
    deadline: float = float("inf")
    pages: int = 0
    ready: bool = False
    retired: bool = False
    retired_at: float = 0.0
    missed: bool = False

    @property
    def works(self) -> bool:
        return self.ready and not self.retired

    @property
    def loads(self) -> bool:
        return not self.ready and not self.retired and self.future is not None

    @property
    def free(self) -> bool:
        return self.works and not self.missed and self.future is None

    def retire(self) -> None:
        self.retired, self.retired_at = True, time.monotonic()


class Pool:
    """Takes pages through the workers of a dask client.

    `tell_engine` is called with the engine of each worker that is ready.
    """

    def __init__(
        self,
        client: Any,
        work: Work,
        digest: str,
        limits: PoolLimits,
        stop: StopRequest,
        tell_engine: Callable[[str], None],
    ) -> None:
        self._client = client
        self._work = work
        self._digest = digest
        self._limits = limits
        self._stop = stop
        self._tell_engine = tell_engine
        self._run = f"profilex-{uuid.uuid4().hex}"  # runs that share a scheduler must not share names
        self._numbers = itertools.count()
        self._seats: dict[str, _Seat] = {}
        self._finished: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._suspects: deque[PageRef] = deque()
        self._on_trial: PageRef | None = None
        self._dead_greeters = 0
        self._looked = 0.0
        self._told: dict[str, Any] = {}
        self._heard = time.monotonic()
        self._last_ready = time.monotonic()

    def pages(self, todo: Sequence[PageRef]) -> Iterator[Outcome | Unfinished]:
        """Do the pages and yield what becomes of them, in the order in which they end.

        Ends early when a stop is requested; pages under way are then given up.

        Raises:
            RunError: no worker is left, the workers have another model, or the outputs cannot be written.
        """
        waiting = deque(todo)
        try:
            while not self._stop.requested:
                self._look_at_workers()
                self._hand_out(waiting)
                if not (waiting or self._suspects or self._busy() or self._unheard()):
                    return
                yield from self._ended()
                yield from self._overdue()
        finally:
            self._let_go()

    # -- who is there ------------------------------------------------------------------------------------------

    def _look_at_workers(self) -> None:
        """Greet new workers; a worker that is gone gives its page back by its cancelled or failed future."""
        now = time.monotonic()
        if now - self._looked < _POLL_S:
            return
        self._looked = now
        workers = self._workers()
        # a restarted worker may have the address of the one before, but never its scratch folder
        there = {
            f"{address} {worker['local_directory']}": (address, bool(worker["nanny"]))
            for address, worker in workers.items()
        }
        for identity, seat in list(self._seats.items()):
            gone, seat.missed = seat.missed and identity not in there, identity not in there
            if gone:
                self._gone(self._seats.pop(identity))
        for identity in there.keys() - self._seats.keys():
            seat = self._seats[identity] = _Seat(*there[identity])
            self._send(seat, greet, self._limits.startup_s, self._work)
        if any(seat.works or seat.loads for seat in self._seats.values()):
            self._last_ready = now
        elif now - self._last_ready > self._limits.startup_s:
            raise RunError(
                Code.POOL_LOST, "No worker is left to do pages.", "Look at the workers' logs, then run again to go on."
            )

    def _workers(self) -> dict[str, Any]:
        """What the scheduler says of its workers, by their addresses; for a while without an answer, what it said last.

        It is asked itself: what the client's `scheduler_info` returns may be overwritten in between by the client's own
        look at the cluster, which has no workers in it.
        """
        now = time.monotonic()
        try:
            if self._client.status != "running":
                raise OSError("the connection is lost")
            told = self._client.sync(self._client.scheduler.identity, n_workers=-1, callback_timeout=_UNHEARD_S)
        except (OSError, TimeoutError, RuntimeError) as error:
            if now - self._heard < _UNHEARD_S:
                return self._told
            raise RunError(Code.POOL_LOST, f"The dask scheduler is gone ({error}).", "Run again to go on.") from error
        self._told, self._heard = dict(told["workers"]), now
        return self._told

    def _gone(self, seat: _Seat) -> None:
        """A worker has left: what it did is finished, as far as dask does not say so itself."""
        if seat.future is not None and not seat.retired:
            self._finished.put((seat, seat.future))

    # -- giving work -------------------------------------------------------------------------------------------

    def _hand_out(self, waiting: deque[PageRef]) -> None:
        """A page to every free worker; suspects only when all else is done, one at a time, on a fresh worker.

        A worker that cannot be replaced is as fresh as it will ever be, and so are all where the replacement of one
        does not come in time.
        """
        for seat in self._seats.values():
            if waiting and seat.free:
                self._give(seat, waiting.popleft())
        if waiting or self._busy() or self._unheard() or not self._suspects:
            return
        free = [seat for seat in self._seats.values() if seat.free]
        retired = [seat for seat in self._seats.values() if seat.retired]
        overdue = any(time.monotonic() - seat.retired_at > self._limits.startup_s for seat in retired)
        fresh = free if overdue else [seat for seat in free if not (seat.pages and seat.has_nanny)]
        if fresh:
            self._on_trial = self._suspects.popleft()
            self._give(fresh[0], self._on_trial)
        elif free and not retired:
            self._retire(free[0])

    def _give(self, seat: _Seat, page: PageRef) -> None:
        seat.page = page
        seat.pages += 1
        self._send(seat, do_page_here, self._limits.page_s, page)

    def _send(self, seat: _Seat, task: Any, limit_s: float, *arguments: Any) -> None:
        key = f"{self._run}-{next(self._numbers)}"
        seat.deadline = time.monotonic() + limit_s
        seat.future = self._client.submit(task, self._run, *arguments, key=key, workers=[seat.address], pure=False)
        seat.future.add_done_callback(lambda future, seat=seat: self._finished.put((seat, future)))

    def _busy(self) -> bool:
        return any(seat.page is not None for seat in self._seats.values())

    def _unheard(self) -> bool:
        """Whether something has ended that was not looked at yet; its worker may have left already."""
        return not self._finished.empty()

    # -- taking work back --------------------------------------------------------------------------------------

    def _ended(self) -> Iterator[Outcome | Unfinished]:
        """What has ended since the last look; waits for it a moment."""
        try:
            seat, future = self._finished.get(timeout=_POLL_S)
        except queue.Empty:
            return
        if seat.future is not future:  # given up before, or heard of twice
            return
        page, seat.page, seat.future = seat.page, None, None
        status, result = _result(future)
        if page is None:
            self._greeted(seat, status, result)
        elif status == "lost" and self._client.status != "running":
            seat.retire()
            self._suspects.append(page)  # the scheduler is gone and took all tasks with it: no page is to blame
        elif status == "lost":
            future.cancel()  # else dask would wait for a worker of the same address
            seat.retire()  # its process ends or has ended; the nanny's next one is another seat
            yield from self._suspect(page)
        elif isinstance(result, ProfilexError):
            raise result
        elif status == "error":
            yield page, Failure("worker", Code.INTERNAL, f"{type(result).__name__}: {result}")
        else:
            yield result
            if seat.pages >= self._limits.recycle and seat.has_nanny:
                self._retire(seat)

    def _greeted(self, seat: _Seat, status: str, result: Any) -> None:
        """A new worker is ready, has another model than the parent, could not load it, or died of it."""
        if isinstance(result, Greeting) and result.digest == self._digest:
            self._tell_engine(result.engine)
            seat.ready, self._dead_greeters, self._last_ready = True, 0, time.monotonic()
        elif status == "ok":
            raise RunError(
                Code.MODEL_MISMATCH,
                f"The worker {seat.address} has another model than this machine.",
                "Install the same profilex and model on all machines.",
            )
        elif isinstance(result, ProfilexError):
            raise result
        elif status == "error":
            raise RunError(
                Code.POOL_LOST, f"The worker {seat.address} cannot load the model: {type(result).__name__}: {result}"
            )
        else:
            seat.retire()
            if self._client.status == "running":  # else the scheduler is gone, and no worker is to blame
                self._lost_greeter()

    def _lost_greeter(self) -> None:
        """A worker has ended while it loaded the model, or takes too long."""
        self._dead_greeters += 1
        if self._dead_greeters >= _GREETINGS and not any(other.works for other in self._seats.values()):
            raise RunError(
                Code.POOL_LOST,
                "Workers end or hang while they load the model.",
                "Look at their logs. Give them more memory: --memory-limit.",
            )

    def _suspect(self, page: PageRef) -> Iterator[Unfinished]:
        """A page whose worker died is tried once more, alone; the second death is its own."""
        if page is self._on_trial:
            yield page, Failure("worker", Code.POISON, "The page ended two workers, the second one working alone.")
            return
        _log.warning("%s frame %d: its worker died; it is tried again alone", page.source, page.frame)
        self._suspects.append(page)

    def _overdue(self) -> Iterator[Unfinished]:
        """Give up pages past their time and replace their workers; other pages go on meanwhile."""
        now = time.monotonic()
        for seat in [seat for seat in self._seats.values() if seat.deadline < now and seat.future is not None]:
            page, seat.page = seat.page, None
            self._retire(seat)
            if page is None:
                self._lost_greeter()
            else:
                seconds = f"{self._limits.page_s:g}"
                yield page, Failure("worker", Code.TIMEOUT, f"The page took longer than {seconds} s (--page-timeout).")

    def _retire(self, seat: _Seat) -> None:
        """Have a worker replaced by a fresh process; in a thread, as that takes seconds."""
        seat.retire()
        if seat.future is not None:
            seat.future.cancel()
            seat.future = None
        threading.Thread(target=self._restart, args=(seat.address,), daemon=True).start()

    def _restart(self, address: str) -> None:
        try:
            self._client.restart_workers([address], raise_for_error=False)
        except Exception:  # the seat stays retired; without any other the run ends with pool_lost
            _log.warning("the worker %s could not be restarted", address, exc_info=True)

    def _let_go(self) -> None:
        for seat in self._seats.values():
            if seat.future is not None:
                seat.future.cancel()
                seat.future = None
        if self._client.status == "running":
            farewell = threading.Thread(target=self._say_farewell, daemon=True)
            farewell.start()
            farewell.join(_FAREWELL_S)

    def _say_farewell(self) -> None:
        try:
            self._client.run(forget, self._run, on_error="ignore")
        except Exception:  # the cluster ends, and the networks with it
            _log.debug("the workers could not be told to forget the network", exc_info=True)


def _result(future: Any) -> tuple[str, Any]:
    """("ok", value), ("error", exception of the task) or ("lost", None) where the worker is gone."""
    from distributed import KilledWorker

    if future.status == "finished":
        try:
            return "ok", future.result(timeout=30)
        except Exception:  # the value was on a worker that has died since
            return "lost", None
    if future.status == "error":
        error = future.exception(timeout=30)
        return ("lost", None) if isinstance(error, KilledWorker) else ("error", error)
    return "lost", None
