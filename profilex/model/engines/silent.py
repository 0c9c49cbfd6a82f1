"""OpenVINO without its telemetry: import it from here.

By itself OpenVINO reports every import to its makers' Google Analytics, unless a file in the user's home forbids it.
Where its module for that cannot be imported, it goes without. That holds while it is imported here, and no longer: what
else runs in this process finds `sys.modules` as it was.
"""

import sys

_TELEMETRY = "openvino_telemetry"

_before = sys.modules.get(_TELEMETRY)
sys.modules[_TELEMETRY] = None  # type: ignore[assignment]  # the way to forbid an import
try:
    import openvino
    from openvino import opset13 as operations
finally:
    if _before is None:
        del sys.modules[_TELEMETRY]
    else:
        sys.modules[_TELEMETRY] = _before

__all__ = ["openvino", "operations"]
