"""OpenVINO without telemetry: import it from here.

By default OpenVINO reports every import to Google Analytics, unless a file in the user's home forbids it. If its
telemetry module cannot be imported, it works without. The import is blocked only while OpenVINO is imported here:
`sys.modules` is then restored for the other code of this process.
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
