"""Engines that run a network: OpenVINO on processors, TensorFlow on graphics cards (or where it is asked for).

Neither is imported before it is needed, and never both in one process.
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from profilex.errors import Code, RunError
from profilex.model.build import rebuild_network
from profilex.model.card import Package
from profilex.model.engines.compiled import compiled_network
from profilex.model.engines.processor import compile_for_processor
from profilex.model.inference.tiles import nearest_side, one_of_few_sides

_log = logging.getLogger(__name__)

DEVICES = ("auto", "cpu", "gpu")
ENGINES = ("auto", "openvino", "tensorflow")
PRECISIONS = ("auto", "float32")

_GPU_FILES = ("/dev/nvidia0", "/dev/nvidiactl", "/proc/driver/nvidia/version")


class Runtime(Protocol):
    """A loaded network.

    `name` states engine, arithmetic and device, for people. `most_px` is the number of pixels that a batch should have
    at most; `side` gives the height or width, a multiple of 32, to which a shorter one should be padded.
    """

    name: str
    most_px: int

    def side(self, length: int) -> int: ...

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """Probabilities float32 (n, h, w, classes) of float32 (n, h, w, channels); h and w multiples of 32."""
        ...


def load_runtime(
    model: Package,
    *,
    device: str = "auto",
    threads: int = 0,
    engine: str = "auto",
    precision: str = "auto",
) -> Runtime:
    """Load a network into the engine for the device.

    `device` "auto" takes a GPU when TensorFlow can use one. `threads` is the number of processor threads, 0 for the
    engine's choice. `precision` "auto" calculates in bfloat16 on processors and float16 on GPUs that
    support it; "float32" never does.

    Raises:
        RunError: code `usage` for an unknown name, or a GPU that is requested but missing; code `model_mismatch` if
            the weights do not fit the card's architecture or are not valid weights.
    """
    for name, value, allowed in (("device", device, DEVICES), ("engine", engine, ENGINES)):
        if value not in allowed:
            raise RunError(Code.USAGE, f"{name} is {value!r}.", f"It may be one of: {', '.join(allowed)}.")
    if precision not in PRECISIONS:
        raise RunError(Code.USAGE, f"precision is {precision!r}.", f"It may be one of: {', '.join(PRECISIONS)}.")
    if device == "gpu" or (device == "auto" and engine != "openvino" and _shows_gpu()):
        gpus = _tensorflow_gpus()
        if gpus:
            return TensorFlowRuntime(model, gpus=gpus, threads=threads, precision=precision)
        if device == "gpu":
            raise RunError(
                Code.USAGE,
                "TensorFlow finds no GPU on this machine.",
                "Install NVIDIA's driver, and pip install '.[gpu]' in a checkout, or choose --device cpu.",
            )
    is_gpu_idle = device == "auto" and engine != "openvino" and _shows_gpu()
    note = " (TensorFlow cannot use the GPU here: it needs the extra gpu)" if is_gpu_idle else ""
    if engine == "tensorflow":
        return TensorFlowRuntime(model, gpus=[], threads=threads, precision=precision, note=note)
    return OpenVinoRuntime(model, threads=threads, precision=precision, note=note)


class OpenVinoRuntime:
    """A network on the processor; TensorFlow is not imported, because the cache holds the converted network."""

    most_px = 1 << 18  # larger batches gain nothing on processors
    side = staticmethod(nearest_side)

    def __init__(
        self,
        model: Package,
        *,
        threads: int = 0,
        precision: str = "auto",
        note: str = "",
    ) -> None:
        from profilex.model.engines.silent import openvino

        compiled = compiled_network(model)
        core = openvino.Core()
        graph = core.read_model(model=compiled.xml, weights=compiled.weights)
        self._request, arithmetic = compile_for_processor(core, graph, threads=threads, precision=precision)
        self.name = f"OpenVINO {arithmetic} on the processor{note}"

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """See `Runtime`."""
        outputs = self._request.infer({0: np.ascontiguousarray(batch, np.float32)}, share_inputs=True)
        return np.array(outputs[0], np.float32)  # a copy, because the request reuses its output memory


class TensorFlowRuntime:
    """A network in TensorFlow, on the first GPU that it sees (memory as needed, float16), or on the processor.

    On a GPU every new size of input takes about a second, so only few sizes are used. The algorithms are
    deterministic.
    """

    def __init__(
        self,
        model: Package,
        *,
        gpus: Sequence[Any],
        threads: int,
        precision: str,
        note: str = "",
    ) -> None:
        tf = _import_tensorflow()
        import keras

        _prepare_tensorflow(tf, gpus, threads)
        policy = "mixed_float16" if gpus and precision == "auto" else "float32"
        before = keras.mixed_precision.dtype_policy()
        keras.mixed_precision.set_dtype_policy(policy)
        try:
            network = rebuild_network(model.card.architecture, model.weights())
        finally:
            keras.mixed_precision.set_dtype_policy(before)
        shape = tf.TensorSpec((None, None, None, model.card.architecture.input_channels), tf.float32)
        self._tf = tf
        self._run = tf.function(
            lambda batch: tf.cast(network(batch, training=False), tf.float32), input_signature=[shape]
        )
        self.most_px = 1 << 20 if gpus else 1 << 18
        self.side = one_of_few_sides if gpus else nearest_side
        self.name = f"TensorFlow {policy} on {'a GPU' if gpus else 'the processor'}{note}"

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """See `Runtime`.

        Raises:
            MemoryError: the GPU has too little memory.
        """
        try:
            return self._run(self._tf.constant(batch, self._tf.float32)).numpy()
        except self._tf.errors.ResourceExhaustedError as error:
            raise MemoryError(f"TensorFlow: {error.message}") from error


def _shows_gpu() -> bool:
    """Whether the system shows a GPU: a quick check, so that machines without one need not import TensorFlow."""
    return any(Path(name).exists() for name in _GPU_FILES) and os.environ.get("CUDA_VISIBLE_DEVICES") not in ("", "-1")


def _tensorflow_gpus() -> list[Any]:
    return list(_import_tensorflow().config.list_physical_devices("GPU"))


def _import_tensorflow() -> Any:
    os.environ.setdefault("SM_FRAMEWORK", "tf.keras")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow

    return tensorflow


def _prepare_tensorflow(tf: Any, gpus: Sequence[Any], threads: int) -> None:
    try:
        if not gpus:
            tf.config.set_visible_devices([], "GPU")
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)
        if gpus:
            tf.config.experimental.enable_op_determinism()
        if threads:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
    except RuntimeError as error:  # TensorFlow is already initialised in this process, with other settings
        _log.warning("TensorFlow keeps its present threads and memory: %s", error)
