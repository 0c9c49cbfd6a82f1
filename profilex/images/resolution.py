"""Which stated resolutions can be trusted: millimetres depend on them, and many files state a default."""

import math
from collections.abc import Sequence

_LEAST_DPI, _MOST_DPI = 50.0, 4800.0
_SCREEN_DEFAULTS = (72.0, 96.0)
_SAME = 0.01  # share by which the two axes may differ


def trusted_dpi(stated: object) -> tuple[float | None, tuple[str, ...]]:
    """The dots per inch of both axes, or None with a warning that says why not.

    `stated` is a pair (x, y) as Pillow gives it, or None.
    """
    pair = _numbers(stated)
    if pair is None:
        return None, ("no dpi is stated",)
    x, y = pair
    if abs(x - y) > _SAME * max(x, y):
        return None, (f"dpi {x:g} x {y:g} differs between the axes and is ignored; the drawings may be stretched",)
    for default in _SCREEN_DEFAULTS:
        if abs(x - default) < 0.5:
            return None, (f"dpi {default:g} looks like a default and is ignored",)
    if not _LEAST_DPI <= x <= _MOST_DPI:
        return None, (f"dpi {x:g} is not plausible and is ignored",)
    return x, ()


def _numbers(stated: object) -> tuple[float, float] | None:
    """Two finite positive numbers, or None; 1 x 1 is written if the resolution is unknown."""
    if not isinstance(stated, Sequence) or len(stated) != 2:
        return None
    try:
        x, y = (float(value) for value in stated)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not (math.isfinite(x) and math.isfinite(y) and x > 1 and y > 1):
        return None
    return x, y
