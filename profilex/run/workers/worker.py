"""A dask worker's side: one network, loaded once, and one page at a time.

Pages arrive as references and leave as records; no pixel crosses the network.
"""

import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin, get_worker

from profilex.errors import ProfilexError
from profilex.run.options import ModelChoice
from profilex.run.workers.outcome import Outcome, do_page
from profilex.settings import Settings
from profilex.types import Network, PageRef


@dataclass(frozen=True, slots=True)
class Work:
    """What all pages of a run have in common; sent to every worker once.

    `threads` is the number of threads of the network's runtime and of OpenCV, 0 for as many as the worker has.
    """

    model: ModelChoice
    settings: Settings
    out: Path
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a worker that is ready says: the digest of its model, and the engine that runs it."""

    digest: str
    engine: str


class LoadedModel(WorkerPlugin):
    """Keeps a run's network on a worker.

    A failure to load is kept too and raised to whoever asks, as dask only logs what a late worker's plugin raises.
    """

    def __init__(self, name: str, work: Work) -> None:
        self.name = name
        self.work = work
        self._segmenter: Network | None = None
        self._failure: Exception | None = None

    def setup(self, worker: Any) -> None:
        """Load the network; dask calls this before it hands the worker a task."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its workers itself
        import cv2

        import profilex.page  # noqa: F401  a page's libraries before the first page comes

        threads = self.work.threads or worker.state.nthreads
        cv2.setNumThreads(threads)  # left alone, it takes every core of the machine in each worker
        try:
            self._segmenter = self.work.model.load(threads)
        except Exception as error:
            self._failure = error

    @property
    def segmenter(self) -> Network:
        if self._failure is not None:
            raise self._failure
        if self._segmenter is None:
            raise RuntimeError("a task came before the model")
        return self._segmenter


def greet(plugin: str) -> Greeting:
    """The task that says that a worker is ready."""
    segmenter = _loaded(plugin).segmenter
    return Greeting(segmenter.card.digest, segmenter.engine)


def do_page_here(plugin: str, ref: PageRef) -> Outcome | ProfilexError:
    """Do a page with this worker's network.

    An error that ends the run is returned, not raised: what a task raises also stands for what dask itself raises.
    """
    loaded = _loaded(plugin)
    try:
        return do_page(ref, loaded.segmenter, loaded.work.settings, loaded.work.out)
    except ProfilexError as error:
        return error


def _loaded(plugin: str) -> LoadedModel:
    return get_worker().plugins[plugin]
