"""The engines agree, and a network is converted once."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import profilex
from profilex.errors import Code, RunError
from profilex.model.card import Card, Package, encode_weights, open_model, read_model
from profilex.model.engines import compiled
from profilex.model.engines import runtime as engines
from profilex.model.engines.compiled import compiled_network
from profilex.model.engines.runtime import Runtime, load_runtime
from tests.helpers.networks import CHANNELS, PLAIN

pytestmark = pytest.mark.slow


@pytest.fixture
def counted_conversions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """An empty cache and a conversion that writes a few bytes instead of starting a process."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    calls: list[Path] = []

    def convert(package: Path, out: Path) -> None:
        calls.append(package)
        (out / "network.xml").write_bytes(b"<net/>")
        (out / "network.bin").write_bytes(b"weights")

    monkeypatch.setattr(compiled, "_convert_apart", convert)
    return calls


def test_engines_agree(load: Callable[[str], Runtime]) -> None:
    rng = np.random.default_rng(1)
    batch = (rng.random((2, 96, 160, 1)) > 0.8).astype(np.float32)
    by_tensorflow = load("tensorflow").predict(batch)
    by_openvino = load("openvino").predict(batch)
    assert by_openvino.shape == (2, 96, 160, 4)
    assert by_openvino.dtype == np.float32
    assert np.abs(by_openvino - by_tensorflow).mean() < 0.01  # bfloat16, where the processor has it


def test_float32_engines_agree_closely(fitted: Path, load: Callable[[str], Runtime]) -> None:
    batch = np.random.default_rng(2).random((1, 64, 64, 1), np.float32)
    exact = load_runtime(open_model(fitted), device="cpu", engine="openvino", precision="float32")
    assert np.abs(exact.predict(batch) - load("tensorflow").predict(batch)).max() < 1e-4


def test_memory_that_a_gpu_lacks_is_reported_as_such(
    load: Callable[[str], Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    import tensorflow as tf

    def run(batch: object) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating a tensor")

    runtime = load("tensorflow")
    monkeypatch.setattr(runtime, "_run", run)
    with pytest.raises(MemoryError, match="OOM when"):
        runtime.predict(np.zeros((1, 64, 64, 1), np.float32))


def test_new_sizes_of_input_do_not_fill_the_memory(load: Callable[[str], Runtime]) -> None:
    runtime = load("openvino")
    for side in (512, *range(32, 512, 32)):
        runtime.predict(np.zeros((1, 512, side, 1), np.float32))
    before = _memory_mib()
    for number in range(220):
        runtime.predict(np.zeros((1, 32 + 32 * (number % 15), 32 + 32 * (number // 15), 1), np.float32))
    assert _memory_mib() - before < 60  # 100 and more when it remembers each


def _memory_mib() -> int:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("Pss:"))


def test_no_thread_is_bound_to_a_core(fitted: Path) -> None:
    """Else the workers of a run would all bind theirs to the same cores, and leave the others idle."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("there is but one core")
    one_thread = load_runtime(open_model(fitted), device="cpu", engine="openvino", threads=1)
    threads = Path("/proc/self/task")
    before = {
        thread.name for thread in threads.iterdir() if os.sched_getaffinity(int(thread.name)) != os.sched_getaffinity(0)
    }
    seen: set[frozenset[int]] = set()
    is_done = threading.Event()

    def look() -> None:
        while not is_done.is_set():
            for thread in threads.iterdir():
                if thread.name in before:  # another test of this process has bound it
                    continue
                with suppress(ProcessLookupError):  # it has ended meanwhile
                    seen.add(frozenset(os.sched_getaffinity(int(thread.name))))
            time.sleep(0.001)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(3):
            one_thread.predict(np.zeros((1, 512, 512, 1), np.float32))
    finally:
        is_done.set()
        looking.join()
    assert seen == {frozenset(os.sched_getaffinity(0))}


def test_answers_are_not_overwritten_by_the_next(load: Callable[[str], Runtime]) -> None:
    runtime = load("openvino")
    first = runtime.predict(np.zeros((1, 64, 64, 1), np.float32))
    kept = first.copy()
    runtime.predict(np.ones((1, 64, 64, 1), np.float32))
    assert np.array_equal(first, kept)


def test_openvino_leaves_tensorflow_alone(fitted: Path, load: Callable[[str], Runtime]) -> None:
    load("openvino")  # the conversion, which is allowed to
    script = (
        "import sys; from profilex.model.inference.segment import load_segmenter\n"
        "assert not {'tensorflow', 'openvino', 'keras'} & set(sys.modules), 'on import'\n"
        f"load_segmenter({str(fitted)!r}, device='cpu')\n"
        "assert 'openvino' in sys.modules and not {'tensorflow', 'keras'} & set(sys.modules), 'on loading'\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_openvino_reports_to_nobody() -> None:
    """It would tell its makers of every import, in a thread of its own."""
    script = "import sys, threading; import profilex.model.engines.silent"
    script += "; print('openvino_telemetry' in sys.modules, threading.active_count())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "1"]
    package = Path(profilex.__file__).parent
    importing = [
        path for path in package.rglob("*.py") if re.search(r"^\s*(import|from) openvino\b", path.read_text(), re.M)
    ]
    assert [path.name for path in importing] == ["silent.py"]


def _model() -> Package:
    """A model whose weights are no network's."""
    content = encode_weights([np.ones(3, np.float32)])
    return Package(Card("m", PLAIN, CHANNELS, weights_sha256=hashlib.sha256(content).hexdigest()), content)


def test_network_is_converted_once(counted_conversions: list[Path]) -> None:
    model = _model()
    threads = [threading.Thread(target=compiled_network, args=(model,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert compiled_network(model).xml == b"<net/>"
    assert len(counted_conversions) == 1


def test_other_weights_are_converted_again(counted_conversions: list[Path]) -> None:
    for digest in ("a", "b"):
        compiled_network(Package(Card("m", PLAIN, CHANNELS, weights_sha256=digest), b""))
    assert len(counted_conversions) == 2


def test_damaged_entry_is_made_again(counted_conversions: list[Path], tmp_path: Path) -> None:
    model = _model()
    compiled_network(model)
    [stored] = (tmp_path / "cache").glob("profilex/*/network.bin")
    stored.write_bytes(b"weighty")
    assert compiled_network(model).weights == b"weights"
    assert len(counted_conversions) == 2


def test_cache_that_cannot_be_written(
    counted_conversions: list[Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    model = _model()
    assert compiled_network(model).weights == b"weights"
    assert "for this process alone" in caplog.text


def test_conversion_of_weights_that_do_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(RunError, match="do not fit the architecture") as caught:
        compiled_network(_model())
    assert caught.value.code == Code.MODEL_MISMATCH
    assert not list(tmp_path.glob("profilex/*/")), "a failed conversion leaves nothing"
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("wrong", [{"device": "tpu"}, {"engine": "onnx"}, {"precision": "int4"}])
def test_unknown_names_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(RunError) as caught:
        load_runtime(_model(), **wrong)
    assert caught.value.code == Code.USAGE


def test_gpu_that_is_not_there(fitted: Path) -> None:
    with pytest.raises(RunError, match="no GPU") as caught:
        load_runtime(open_model(fitted), device="gpu")
    assert caught.value.code == Code.USAGE


def test_a_gpu_that_lies_idle_is_reported(fitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(engines, "_GPU_FILES", ("/dev/null",))
    model = open_model(fitted)
    idle = load_runtime(model, device="auto").name
    assert re.fullmatch(r"OpenVINO (f32|bf16) on the processor \(TensorFlow cannot use the GPU here: .*\)", idle)
    assert load_runtime(model, device="cpu").name == idle.partition(" (")[0]


def test_weights_are_small(fitted: Path) -> None:
    _, weights = read_model(fitted)
    assert len(encode_weights(weights)) < 2 * sum(weight.size for weight in weights) + 300 * len(weights)
