"""Networks converted for OpenVINO, kept in the user's cache: converted once, however many workers start at once.

An entry is a folder named by a key of everything that it depends on. It is created by a rename, under a lock, and holds
the SHA-256 of its own files, which is checked on the bytes that are loaded; a damaged entry is made again.
"""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from filelock import BaseFileLock, FileLock
from platformdirs import user_cache_path

from profilex import __version__
from profilex.errors import Code, Exit, RunError
from profilex.model.card import CARD_FILE, WEIGHTS_FILE, Card, Package, card_json
from profilex.model.engines.convert import IR_FILE, IR_WEIGHTS_FILE

_log = logging.getLogger(__name__)

_DIGESTS_FILE = "digests.json"
_WAY = 3  # version of `profilex.model.engines.convert`: entries of other versions are not used
_CONVERT_S = 900  # a conversion takes 10 s; one that takes longer than this hangs


@dataclass(frozen=True, slots=True)
class CompiledNetwork:
    """A network for OpenVINO: the graph as XML, and its weights."""

    xml: bytes
    weights: bytes


def compiled_network(model: Package) -> CompiledNetwork:
    """The network of a model for OpenVINO: from the cache, or converted now and kept there.

    If the cache is not writable, the network is converted for this process alone.

    Raises:
        RunError: the network cannot be converted.
    """
    entry = cache_folder() / _key(model.card)
    if (kept := _read(entry)) is not None:
        return kept
    try:
        with _lock(entry.with_suffix(".lock")):
            if (kept := _read(entry)) is None:  # nobody made it while this process waited
                kept = _make(entry, model)
        return kept
    except (OSError, RunError) as error:
        if isinstance(error, RunError) and error.code not in (Code.OUTPUT_UNWRITABLE, Code.DISK_FULL):
            raise
        _log.warning("the cache %s cannot be used (%s): converting the network for this process alone", entry, error)
    with tempfile.TemporaryDirectory(prefix="profilex-network-") as folder:
        return _make(Path(folder) / "network", model)


def cache_folder() -> Path:
    """`profilex` in the user's cache folder, where the system has it: XDG_CACHE_HOME or ~/.cache on Linux."""
    return user_cache_path("profilex", appauthor=False)


def _key(card: Card) -> str:
    made_by = [__version__, version("openvino"), version("tensorflow"), version("segmentation-models")]
    text = json.dumps([card.digest, _WAY, *made_by])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read(entry: Path) -> CompiledNetwork | None:
    """An entry whose bytes match their digests, or None."""
    try:
        digests = json.loads((entry / _DIGESTS_FILE).read_bytes())
        xml, weights = ((entry / name).read_bytes() for name in (IR_FILE, IR_WEIGHTS_FILE))
    except (OSError, ValueError):
        return None
    return CompiledNetwork(xml, weights) if digests == _digests(xml, weights) else None


def _digests(xml: bytes, weights: bytes) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in ((IR_FILE, xml), (IR_WEIGHTS_FILE, weights))}


def _make(entry: Path, model: Package) -> CompiledNetwork:
    """Convert, check that the entry can be read back, and move it into place in one step."""
    entry.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=entry.parent) as folder:
        made = Path(folder) / "entry"
        package = Path(folder) / "model"
        made.mkdir()
        package.mkdir()
        (package / WEIGHTS_FILE).write_bytes(model.content)
        (package / CARD_FILE).write_text(card_json(model.card), encoding="utf-8")
        _convert_apart(package, made)
        xml, ir_weights = ((made / name).read_bytes() for name in (IR_FILE, IR_WEIGHTS_FILE))
        (made / _DIGESTS_FILE).write_text(json.dumps(_digests(xml, ir_weights)), encoding="utf-8")
        shutil.rmtree(entry, ignore_errors=True)
        made.rename(entry)
    return CompiledNetwork(xml, ir_weights)


def _convert_apart(package: Path, out: Path) -> None:
    # the same import path as here, and nothing from the working directory (-P)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-P", "-m", "profilex.model.engines.convert", str(package), str(out)]
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=_CONVERT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RunError(Code.INTERNAL, f"converting the network took more than {_CONVERT_S} s.") from error
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"status {done.returncode}"]
        code = Code.MODEL_MISMATCH if done.returncode == Exit.MODEL else Code.INTERNAL
        raise RunError(code, f"the network cannot be converted for OpenVINO: {words[0]}")


def _lock(path: Path) -> BaseFileLock:
    """An exclusive lock that whoever enters it waits for; it ends with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path)
