"""Pages over dask workers: one page at a time on each, with a time limit and a retry for pages that end a worker.

The parent decides which worker does which page, so the death of a worker is attributed to one page. dask itself would
blame every task assigned to the worker.
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
_SILENCE_S = 15.0  # seconds without an answer after which a scheduler is gone
_RELEASE_S = 5.0  # at most this long at the end, in case a worker is lost just then
_MOST_FAILED_STARTS = 3  # workers that may fail to start in a row

Unfinished = tuple[PageRef, Failure]
"""A page that no worker could finish; the parent writes its record."""


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """`page_s` seconds for a page, `startup_s` for a worker to load the model, `recycle` pages for a worker."""

    page_s: float
    startup_s: float
    recycle: int


@dataclass(slots=True)
class _WorkerSlot:
    """A worker process: its address, its present task, and the number of pages it has done.

    Only a worker with a nanny can be replaced by a fresh process. A worker that was `missed` at the last poll counts as
    gone if the next poll misses it too.
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

    `on_engine` is called with the engine of each worker that is ready.
    """

    def __init__(
        self,
        client: Any,
        work: Work,
        digest: str,
        limits: PoolLimits,
        stop: StopRequest,
        on_engine: Callable[[str], None],
    ) -> None:
        self._client = client
        self._work = work
        self._digest = digest
        self._limits = limits
        self._stop = stop
        self._on_engine = on_engine
        self._run = f"profilex-{uuid.uuid4().hex}"  # runs that share a scheduler must not share names
        self._numbers = itertools.count()
        self._slots: dict[str, _WorkerSlot] = {}
        self._finished: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._suspects: deque[PageRef] = deque()
        self._on_trial: PageRef | None = None
        self._failed_starts = 0
        self._polled = 0.0
        self._known: dict[str, Any] = {}
        self._answered = time.monotonic()
        self._last_ready = time.monotonic()

    def pages(self, todo: Sequence[PageRef]) -> Iterator[Outcome | Unfinished]:
        """Do the pages and yield their outcomes, in the order in which they end.

        Ends early if a stop is requested; pages in progress are then given up.

        Raises:
            RunError: no worker is left, the workers have another model, or the outputs cannot be written.
        """
        waiting = deque(todo)
        try:
            while not self._stop.requested:
                self._poll_workers()
                self._assign(waiting)
                if not (waiting or self._suspects or self._busy() or self._has_unprocessed()):
                    return
                yield from self._ended()
                yield from self._overdue()
        finally:
            self._let_go()

    # -- present workers ------------------------------------------------------------------------------------------

    def _poll_workers(self) -> None:
        """Start new workers; the page of a worker that is gone returns by its cancelled or failed future."""
        now = time.monotonic()
        if now - self._polled < _POLL_S:
            return
        self._polled = now
        workers = self._workers()
        # a restarted worker may have the address of its predecessor, but never its scratch folder
        there = {
            f"{address} {worker['local_directory']}": (address, bool(worker["nanny"]))
            for address, worker in workers.items()
        }
        for identity, slot in list(self._slots.items()):
            gone, slot.missed = slot.missed and identity not in there, identity not in there
            if gone:
                self._gone(self._slots.pop(identity))
        for identity in there.keys() - self._slots.keys():
            slot = self._slots[identity] = _WorkerSlot(*there[identity])
            self._send(slot, greet, self._limits.startup_s, self._work)
        if any(slot.works or slot.loads for slot in self._slots.values()):
            self._last_ready = now
        elif now - self._last_ready > self._limits.startup_s:
            raise RunError(
                Code.POOL_LOST, "No worker is left to do pages.", "Read the workers' logs, then run again to resume."
            )

    def _workers(self) -> dict[str, Any]:
        """The scheduler's workers by address; during a short outage, those of its last answer.

        The scheduler is queried directly, because the client's `scheduler_info` may be overwritten in between by the
        client's own poll of the cluster, which contains no workers.
        """
        now = time.monotonic()
        try:
            if self._client.status != "running":
                raise OSError("the connection is lost")
            answer = self._client.sync(self._client.scheduler.identity, n_workers=-1, callback_timeout=_SILENCE_S)
        except (OSError, TimeoutError, RuntimeError) as error:
            if now - self._answered < _SILENCE_S:
                return self._known
            raise RunError(Code.POOL_LOST, f"The dask scheduler is gone ({error}).", "Run again to resume.") from error
        self._known, self._answered = dict(answer["workers"]), now
        return self._known

    def _gone(self, slot: _WorkerSlot) -> None:
        """A worker is gone: its task ends, unless dask reports that itself."""
        if slot.future is not None and not slot.retired:
            self._finished.put((slot, slot.future))

    # -- assigning work -------------------------------------------------------------------------------------------

    def _assign(self, waiting: deque[PageRef]) -> None:
        """Assign a page to every free worker; suspects last, one at a time, on a fresh worker.

        A worker that cannot be replaced counts as fresh, and so do all workers if a replacement does not arrive in
        time.
        """
        for slot in self._slots.values():
            if waiting and slot.free:
                self._start_page(slot, waiting.popleft())
        if waiting or self._busy() or self._has_unprocessed() or not self._suspects:
            return
        free = [slot for slot in self._slots.values() if slot.free]
        retired = [slot for slot in self._slots.values() if slot.retired]
        overdue = any(time.monotonic() - slot.retired_at > self._limits.startup_s for slot in retired)
        fresh = free if overdue else [slot for slot in free if not (slot.pages and slot.has_nanny)]
        if fresh:
            self._on_trial = self._suspects.popleft()
            self._start_page(fresh[0], self._on_trial)
        elif free and not retired:
            self._retire(free[0])

    def _start_page(self, slot: _WorkerSlot, page: PageRef) -> None:
        slot.page = page
        slot.pages += 1
        self._send(slot, do_page_here, self._limits.page_s, page)

    def _send(self, slot: _WorkerSlot, task: Any, limit_s: float, *arguments: Any) -> None:
        key = f"{self._run}-{next(self._numbers)}"
        slot.deadline = time.monotonic() + limit_s
        slot.future = self._client.submit(task, self._run, *arguments, key=key, workers=[slot.address], pure=False)
        slot.future.add_done_callback(lambda future, slot=slot: self._finished.put((slot, future)))

    def _busy(self) -> bool:
        return any(slot.page is not None for slot in self._slots.values())

    def _has_unprocessed(self) -> bool:
        """Whether a task has ended that is not processed yet; its worker may be gone already."""
        return not self._finished.empty()

    # -- collecting work --------------------------------------------------------------------------------------

    def _ended(self) -> Iterator[Outcome | Unfinished]:
        """The outcomes of tasks that have ended; waits a moment for one."""
        try:
            slot, future = self._finished.get(timeout=_POLL_S)
        except queue.Empty:
            return
        if slot.future is not future:  # given up before, or reported twice
            return
        page, slot.page, slot.future = slot.page, None, None
        status, result = _result(future)
        if page is None:
            self._started(slot, status, result)
        elif status == "lost" and self._client.status != "running":
            slot.retire()
            self._suspects.append(page)  # the scheduler is gone and took all tasks with it: no page is to blame
        elif status == "lost":
            future.cancel()  # otherwise dask would wait for a worker of the same address
            slot.retire()  # its process ends or has ended; the nanny's next process is another slot
            yield from self._suspect(page)
        elif isinstance(result, ProfilexError):
            raise result
        elif status == "error":
            yield page, Failure("worker", Code.INTERNAL, f"{type(result).__name__}: {result}")
        else:
            yield result
            if slot.pages >= self._limits.recycle and slot.has_nanny:
                self._retire(slot)

    def _started(self, slot: _WorkerSlot, status: str, result: Any) -> None:
        """A new worker is ready, has another model than the parent, could not load it, or died while loading."""
        if isinstance(result, Greeting) and result.digest == self._digest:
            self._on_engine(result.engine)
            slot.ready, self._failed_starts, self._last_ready = True, 0, time.monotonic()
        elif status == "ok":
            raise RunError(
                Code.MODEL_MISMATCH,
                f"The worker {slot.address} has another model than this machine.",
                "Install the same profilex and model on all machines.",
            )
        elif isinstance(result, ProfilexError):
            raise result
        elif status == "error":
            raise RunError(
                Code.POOL_LOST, f"The worker {slot.address} cannot load the model: {type(result).__name__}: {result}"
            )
        else:
            slot.retire()
            if self._client.status == "running":  # otherwise the scheduler is gone, and no worker is to blame
                self._count_failed_start()

    def _count_failed_start(self) -> None:
        """Count a worker that ended while it loaded the model, or takes too long."""
        self._failed_starts += 1
        if self._failed_starts >= _MOST_FAILED_STARTS and not any(other.works for other in self._slots.values()):
            raise RunError(
                Code.POOL_LOST,
                "Workers crash or hang while they load the model.",
                "Read their logs. Give them more memory: --memory-limit.",
            )

    def _suspect(self, page: PageRef) -> Iterator[Unfinished]:
        """A page whose worker died is tried once more, alone; a second death is attributed to the page."""
        if page is self._on_trial:
            yield page, Failure("worker", Code.POISON, "Two workers died on the page, the second one working alone.")
            return
        _log.warning("%s frame %d: its worker died; it is tried again alone", page.source, page.frame)
        self._suspects.append(page)

    def _overdue(self) -> Iterator[Unfinished]:
        """Give up pages that exceed their time and replace their workers; other pages go on."""
        now = time.monotonic()
        for slot in [slot for slot in self._slots.values() if slot.deadline < now and slot.future is not None]:
            page, slot.page = slot.page, None
            self._retire(slot)
            if page is None:
                self._count_failed_start()
            else:
                seconds = f"{self._limits.page_s:g}"
                yield page, Failure("worker", Code.TIMEOUT, f"The page took longer than {seconds} s (--page-timeout).")

    def _retire(self, slot: _WorkerSlot) -> None:
        """Replace a worker by a fresh process; in a thread, because that takes seconds."""
        slot.retire()
        if slot.future is not None:
            slot.future.cancel()
            slot.future = None
        threading.Thread(target=self._restart, args=(slot.address,), daemon=True).start()

    def _restart(self, address: str) -> None:
        try:
            self._client.restart_workers([address], raise_for_error=False)
        except Exception:  # the slot stays retired; without any other the run ends with pool_lost
            _log.warning("the worker %s could not be restarted", address, exc_info=True)

    def _let_go(self) -> None:
        for slot in self._slots.values():
            if slot.future is not None:
                slot.future.cancel()
                slot.future = None
        if self._client.status == "running":
            releasing = threading.Thread(target=self._release, daemon=True)
            releasing.start()
            releasing.join(_RELEASE_S)

    def _release(self) -> None:
        try:
            self._client.run(forget, self._run, on_error="ignore")
        except Exception:  # the cluster ends, and the networks with it
            _log.debug("the workers could not be asked to release the network", exc_info=True)


def _result(future: Any) -> tuple[str, Any]:
    """("ok", value), ("error", exception of the task) or ("lost", None) if the worker is gone."""
    from distributed import KilledWorker

    if future.status == "finished":
        try:
            return "ok", future.result(timeout=30)
        except Exception:  # the value was on a worker that has died
            return "lost", None
    if future.status == "error":
        error = future.exception(timeout=30)
        return ("lost", None) if isinstance(error, KilledWorker) else ("error", error)
    return "lost", None
