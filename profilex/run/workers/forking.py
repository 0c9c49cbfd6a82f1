"""The process from which workers are forked, with their libraries; quick to import, because it is started first."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import profilex
from profilex.errors import Code, RunError
from profilex.files.names import printable_source

METHOD = "forkserver" if sys.platform == "linux" and hasattr(os, "fork") else "spawn"
"""How dask starts its workers: forked from that process, or each separately where there is no fork (Windows) or where
the system's libraries do not survive one (macOS)."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""Threads of arithmetic; those of the network and of OpenCV are set when they are loaded."""

_LIBRARIES = "profilex.run.workers.forked"


def prepare_workers() -> None:
    """Start the process from which workers are forked: it imports their libraries once, while this process continues.

    It ends with this process, and so do the workers. Libraries that read the environment when they are loaded see it as
    it was at the first call in a process. If workers are not forked, there is nothing to prepare.
    """
    check_dask_configuration()
    if METHOD != "forkserver":
        return
    from multiprocessing import forkserver

    multiprocessing.get_context(METHOD).set_forkserver_preload([_LIBRARIES])
    here = str(Path(profilex.__file__).parents[1])  # the same as in this process, without the working directory
    paths = {"PYTHONPATH": os.pathsep.join([here, *filter(None, sys.path)]), "PYTHONSAFEPATH": "1"}
    with _environment(ONE_THREAD | paths), _interrupts_ignored():
        forkserver.ensure_running()


def check_dask_configuration() -> None:
    """Check that dask's configuration files are readable: otherwise every new process would crash.

    Raises:
        RunError: usage, naming the file.
    """
    for path in _dask_files():
        import yaml

        try:
            document = yaml.safe_load(path.read_bytes())
        except (OSError, yaml.YAMLError, ValueError):
            document = ""
        if document is not None and not isinstance(document, dict):
            raise RunError(
                Code.USAGE, f"{printable_source(path)}: dask cannot read this configuration.", "Fix or remove it."
            )


def _dask_files() -> Iterator[Path]:
    """The files of dask's configuration, at their documented places."""
    roots = [os.environ.get("DASK_ROOT_CONFIG", "/etc/dask"), f"{sys.prefix}/etc/dask"]
    roots += [str(Path.home() / ".config" / "dask"), os.environ.get("DASK_CONFIG", "")]
    for root in filter(None, roots):
        path = Path(root)
        try:
            found = sorted(path.iterdir()) if path.is_dir() else [path] if path.is_file() else []
        except OSError:  # dask ignores it too
            continue
        yield from (each for each in found if each.suffix.lower() in (".yaml", ".yml", ".json"))


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Let a process that is started here ignore Ctrl-C, which is for this process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
