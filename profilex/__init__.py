"""profilex: measured, CAD-ready vessel profiles from scanned pottery catalogues.

    import profilex
    model = profilex.load_model()
    for vessel in profilex.extract("plate.tif", model).vessels:
        print(vessel.measures["rim_diameter"].value, vessel.review)

Importing this package imports no library; the names are loaded when they are first used. See docs/python-api.md.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from profilex.api import (
        Folder,
        Quantity,
        Result,
        Vessel,
        extract,
        load_model,
        open_folder,
    )
    from profilex.errors import PageError, ProfilexError, RunError
    from profilex.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Folder",
    "PageError",
    "ProfilexError",
    "Quantity",
    "Result",
    "RunError",
    "Settings",
    "Vessel",
    "__version__",
    "extract",
    "load_model",
    "open_folder",
]

_ERRORS = ("PageError", "ProfilexError", "RunError")


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module 'profilex' has no attribute {name!r}")
    from importlib import import_module

    home = "profilex.errors" if name in _ERRORS else "profilex.settings" if name == "Settings" else "profilex.api"
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
