"""The source of workers: a local pool sized to the machine, or a scheduler that runs already."""

import errno
import json
import logging
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profilex.errors import Code, RunError
from profilex.run.options import RunOptions
from profilex.run.workers.forking import METHOD, ONE_THREAD

MOST_WORKERS = 16
"""With more processes, disk and memory are the limit; the remaining cores serve the networks."""

MEMORY_A_WORKER = 3 * 2**30
"""Bytes that a worker needs for the network and an A2 page at 600 dpi."""

LEAST_MEMORY_A_WORKER = 500 * 10**6
"""Bytes below which a worker ends before its first page: 400 MB with the network and a small page were measured."""

GPU_MEMORY_A_WORKER = 2 * 2**30
"""Bytes of a GPU that a worker needs for its context, the network and a batch (1.1 GB measured)."""

LEAST_GPU_MEMORY = 8 * 2**30
"""Assumed bytes of a GPU if its driver cannot be queried."""

MEMORY_A_GPU_WORKER = 5 * 2**30
"""Bytes of main memory that a worker needs with TensorFlow and its GPU libraries."""

_DASKS_LOGGERS = ("distributed", "tornado")

CONNECT_S = 30
"""Seconds within which a scheduler must answer."""


@dataclass(frozen=True, slots=True)
class PoolSize:
    """`workers` processes, each with `threads` threads of the runtime and at most `memory` bytes."""

    workers: int
    threads: int
    memory: int


def fit_machine(
    cores: int, memory: int, *, pages: int, workers: int | None = None, gpu_memory: int | None = None
) -> PoolSize:
    """The pool for a machine with `cores` cores, `memory` bytes and a GPU of `gpu_memory` bytes, if it has one.

    Everything except the network uses one core of a process, so there is a process for every core, as memory allows,
    but at most one for each of the `pages`: with few pages each gets more threads. The processes share a GPU, which
    would otherwise idle while a process assembles vessels.
    """
    if workers is None:
        each = MEMORY_A_WORKER if gpu_memory is None else MEMORY_A_GPU_WORKER
        workers = min(cores, MOST_WORKERS, memory // each)
        if gpu_memory is not None:
            workers = min(workers, gpu_memory // GPU_MEMORY_A_WORKER)
    workers = max(1, min(workers, pages))
    return PoolSize(workers, max(1, cores // workers), int(memory * 0.9) // workers)


def local_size(options: RunOptions, pages: int) -> PoolSize:
    """The pool for this many pages, within the limits of this process (cgroups and affinity are respected)."""
    from dask.system import CPU_COUNT
    from dask.utils import parse_bytes
    from distributed.system import MEMORY_LIMIT

    device = options.model.device
    has_gpu = device == "gpu" or (device == "auto" and Path("/dev/nvidiactl").exists())
    of_gpu = gpu_memory() if has_gpu else None
    size = fit_machine(CPU_COUNT, MEMORY_LIMIT, pages=pages, workers=options.workers, gpu_memory=of_gpu)
    if options.memory_limit is None:
        return size
    try:
        memory = parse_bytes(options.memory_limit)
    except ValueError as error:
        raise RunError(
            Code.USAGE, f"--memory-limit {options.memory_limit}: not a size.", 'Write it as in "4GB".'
        ) from error
    if memory < LEAST_MEMORY_A_WORKER:
        raise RunError(
            Code.USAGE,
            f"--memory-limit {options.memory_limit}: a worker needs at least {LEAST_MEMORY_A_WORKER // 10**6} MB.",
            'Write it as in "4GB".',
        )
    return PoolSize(size.workers, size.threads, memory)


def gpu_memory() -> int:
    """Bytes of the first GPU by its driver's own program, or `LEAST_GPU_MEMORY`."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return LEAST_GPU_MEMORY
    try:
        asked = [program, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True).stdout
        return int(answer.split()[0]) * 2**20
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return LEAST_GPU_MEMORY


@contextmanager
def connected(options: RunOptions, size: PoolSize | None) -> Iterator[object]:
    """A dask client: of the scheduler that the options name, or of a pool of `size` that ends with the context.

    Raises:
        RunError: the scheduler does not answer, or the pool does not start.
    """
    import dask
    from distributed import Client, LocalCluster

    with dask.config.set(_CONFIG):
        if size is None:
            address = scheduler_address(str(options.scheduler))
            with _logged_with_the_run(), _client(Client, address) as client:
                yield client
            return
        with (
            _local(LocalCluster, size) as cluster,
            _client(Client, cluster) as client,
        ):
            yield client


class _ToRunLog(logging.Handler):
    """Passes dask's warnings to profilex's own log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        logging.getLogger("profilex").handle(record)


@contextmanager
def _logged_with_the_run() -> Iterator[None]:
    """Send dask's log to run.log, where tracebacks belong, and not to the terminal."""
    loggers = [logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    dasks = [logger for logger in loggers if logger.name.split(".")[0] in _DASKS_LOGGERS and logger.handlers]
    before = [logger.handlers[:] for logger in dasks]
    for logger in dasks:
        logger.handlers[:] = [_ToRunLog()]
    loop = logging.getLogger("asyncio")
    loop.handlers[:], loop.propagate = [_ToRunLog()], False
    try:
        yield
    finally:
        loop.handlers[:] = [logging.NullHandler()]  # tasks of a lost worker may complain when the process ends
        for logger, handlers in zip(dasks, before, strict=True):
            logger.handlers[:] = handlers


def _local(cluster_class: type, size: PoolSize) -> Any:
    try:
        return cluster_class(
            n_workers=size.workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=size.memory,
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": _ANY_PORT},
            silence_logs="CRITICAL",
            env=dict(os.environ) | ONE_THREAD,
        )
    except (OSError, RuntimeError, TimeoutError) as error:
        reason, remedy = _why_not_started(error)
        raise RunError(Code.POOL_LOST, f"the workers cannot be started: {reason}.", remedy) from error


def _why_not_started(error: BaseException) -> tuple[str, str]:
    """Why processes do not start, and what to do: the system's own error below those of dask."""
    here: BaseException | None = error
    while here is not None:
        if isinstance(here, OSError) and here.errno in _SHORTAGES:
            return _SHORTAGES[here.errno]
        here = here.__cause__ or here.__context__
    shared = Path("/dev/shm")
    if shared.is_dir() and shutil.disk_usage(shared).free < _LEAST_SHARED:
        return _SHORTAGES[errno.ENOSPC]
    said = " ".join(str(error).split()) or type(error).__name__
    return f"a process did not start ({said})", "Try --workers 0, which starts no process."


def scheduler_address(stated: str) -> str:
    """The address of a scheduler: as given, or from a scheduler file.

    Raises:
        RunError: usage, if it is neither.
    """
    if re.match(r"[a-z]+://", stated):
        return stated
    try:
        return str(json.loads(Path(stated).read_bytes())["address"])
    except OSError as error:
        reason = "is neither an address nor a readable scheduler file"
        raise RunError(Code.USAGE, f"--scheduler {stated}: {reason}.", "Write tcp://host:8786.") from error
    except (ValueError, KeyError, TypeError) as error:
        reason = "is not a scheduler file"
        raise RunError(Code.USAGE, f"--scheduler {stated}: {reason}.", "Write tcp://host:8786.") from error


@contextmanager
def _client(client_class: type, address: object) -> Iterator[object]:
    try:
        client = client_class(address, set_as_default=False, timeout=CONNECT_S)
    except (OSError, TimeoutError, ValueError) as error:
        raise RunError(
            Code.POOL_LOST,
            f"{address}: no dask scheduler answers.",
            "Check the address given to --scheduler.",
        ) from error
    with client:
        yield client


_LEAST_SHARED = 1 << 20
_SHORTAGES = {
    errno.ENOSPC: ("shared memory or the temporary folder is full", "Enlarge /dev/shm, or use --workers 0."),
    errno.EMFILE: ("too many files are open", "Raise the limit (ulimit -n), or use fewer --workers."),
    errno.ENFILE: ("too many files are open on this machine", "Use fewer --workers."),
    errno.EAGAIN: ("no more processes are allowed", "Raise the limit (ulimit -u), or use --workers 0."),
    errno.ENOMEM: ("there is too little memory", "Use fewer --workers, or --workers 0."),
    errno.EACCES: ("the system forbids it", "Use --workers 0."),
}

_ANY_PORT = "127.0.0.1:0"  # of the scheduler's own pages, which are off: several runs on one machine do not collide

# A worker that exceeds its memory is ended and its page blamed. Spilling or pausing would only make it slow, because
# dask cannot move a page's memory. No page may end a second worker without a trace.
_CONFIG = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    "distributed.worker.multiprocessing-method": METHOD,
    # a worker that dies twice within this time would not be replaced: the timer of the first death finds it absent
    "distributed.deploy.lost-worker-timeout": "1000h",
    "distributed.worker.profile.enabled": False,  # it samples the stack a hundred times a second
    "distributed.admin.tick.limit": "60s",
    "distributed.diagnostics.nvml": False,  # it fails where CUDA_VISIBLE_DEVICES hides every GPU
}
