"""OpenVINO on processors, with the settings for one process among several."""

from typing import Any


def compile_for_processor(core: Any, graph: Any, *, threads: int = 0, precision: str = "auto") -> tuple[Any, str]:
    """An inference request for an OpenVINO graph on the processor, and the name of the arithmetic ("bf16", "f32").

    `core` is the `openvino.Core` that read it. `threads` 0 means OpenVINO's choice. `precision` "auto" uses bfloat16 if
    the processor has it, "float32" never does.

    Input sizes are variable: OpenVINO prepares a new size within tens of milliseconds. Its cache of sizes is turned
    off, because it takes a megabyte for each size and saves no time. Its threads are not bound to cores, because every
    process would use the same cores and leave the others idle.
    """
    is_half = precision == "auto" and "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    arithmetic = "bf16" if is_half else "f32"
    settings: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "CPU_RUNTIME_CACHE_CAPACITY": "0",
        "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": arithmetic,
    }
    if threads:
        settings["INFERENCE_NUM_THREADS"] = threads
    return core.compile_model(graph, "CPU", settings).create_infer_request(), arithmetic
