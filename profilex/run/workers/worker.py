"""The worker's side: one network, loaded once, and one page at a time.

Pages arrive as references and return as records; no pixels cross the network.
"""

import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import get_worker

from profilex.errors import ProfilexError
from profilex.run.options import ModelChoice
from profilex.run.workers.outcome import Outcome, do_page
from profilex.settings import Settings
from profilex.types import Network, PageRef

_NETWORKS = "profilex_networks"


@dataclass(frozen=True, slots=True)
class Work:
    """What all pages of a run have in common; sent to every new worker.

    `threads` is the number of threads of the network's runtime and of OpenCV, 0 for as many as the worker has.
    """

    model: ModelChoice
    settings: Settings
    out: Path
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Greeting:
    """The answer of a worker that is ready: the digest of its model, and its engine."""

    digest: str
    engine: str


@dataclass(slots=True)
class LoadedModel:
    """A run's network on a worker, with the run's work."""

    work: Work
    segmenter: Network


def greet(run: str, work: Work) -> Greeting:
    """The task that loads the network of a run and reports that the worker is ready.

    It is a separate task for each worker, so that a crash or hang during loading costs only that worker.
    """
    worker = get_worker()
    loaded = _runs(worker).get(run)
    if loaded is None:
        loaded = _runs(worker)[run] = _load(worker, work)
    return Greeting(loaded.segmenter.card.digest, loaded.segmenter.engine)


def _load(worker: Any, work: Work) -> LoadedModel:
    if work.threads:  # a worker of this run's pool: Ctrl-C is for the parent, which ends its workers itself
        worker.loop.add_callback(signal.signal, signal.SIGINT, signal.SIG_IGN)
    import cv2

    import profilex.page  # noqa: F401  loads the libraries before the first page arrives
    from profilex.text import TextError, load_networks

    threads = work.threads or worker.state.nthreads
    cv2.setNumThreads(threads)  # by default OpenCV uses every core of the machine in each worker
    loaded = LoadedModel(work, work.model.load(threads))
    with suppress(TextError):  # each page says that its text was not read
        load_networks()  # here, because a page's time limit is for the page alone
    return loaded


def do_page_here(run: str, ref: PageRef) -> Outcome | ProfilexError:
    """Do a page with this worker's network.

    An error that ends the run is returned, not raised, to distinguish it from errors that dask raises itself.
    """
    loaded = _runs(get_worker())[run]
    try:
        return do_page(ref, loaded.segmenter, loaded.work.settings, loaded.work.out)
    except ProfilexError as error:
        return error


def forget(run: str, dask_worker: Any = None) -> None:
    """Release the memory of a run's network; called in the worker's own loop."""
    _runs(dask_worker).pop(run, None)


def _runs(worker: Any) -> dict[str, LoadedModel]:
    """The networks that a worker holds, by the names of the runs; a cluster's worker may serve several."""
    if not hasattr(worker, _NETWORKS):
        setattr(worker, _NETWORKS, {})
    return getattr(worker, _NETWORKS)
