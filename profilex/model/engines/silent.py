"""OpenVINO, which tells nobody that it is used: import it from here.

By itself it reports every import to its makers' Google Analytics, unless a file in the user's home forbids it. Where
its module for that cannot be imported, it goes without.
"""

import sys

sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # the way to forbid an import

import openvino  # noqa: E402
from openvino import opset13 as operations  # noqa: E402

__all__ = ["openvino", "operations"]
