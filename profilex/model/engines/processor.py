"""How a graph is run on processors: OpenVINO with the settings that suit one process among several."""

from typing import Any


def compile_for_processor(core: Any, graph: Any, *, threads: int = 0, precision: str = "auto") -> tuple[Any, str]:
    """An inference request for an OpenVINO graph on the processor, and the name of the arithmetic ("bf16", "f32").

    `core` is the `openvino.Core` that read it. `threads` 0 means as many as OpenVINO thinks right. `precision` "auto"
    takes bfloat16 where the processor has it, "float32" never.

    Input sizes are free: OpenVINO prepares itself for a new size within tens of milliseconds. It is kept from
    remembering them, which takes a megabyte for every size and saves no time, and from binding its threads to cores:
    every process would take the same ones, and leave the others idle.
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
