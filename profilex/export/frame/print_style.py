"""What drawings look like in print, so that all vessels of a plate match: lines and letters in millimetres of paper."""

import re

from profilex.settings import ExportSettings
from profilex.types import Vessel

OUTLINE_MM, CONTOUR_MM, FINE_MM, HAIR_MM = 0.25, 0.18, 0.13, 0.02
"""Line weights: of a hollow section, of exterior and rim, of axis and breaks, and of an outline beside a fill."""

TEXT_MM = 2.2
"""Height of letters and digits."""

_USUAL_RATIO = 3.0  # most plates of pottery are at 1:3
_PRINTED = re.compile(r"1\s*[:/]\s*(\d+(?:[.,]\d+)?)")


def printed_ratio(drawing_scale: str) -> float | None:
    """The 3 of "1:3"; None where the text holds no such scale."""
    found = _PRINTED.search(drawing_scale)
    ratio = float(found.group(1).replace(",", ".")) if found else 0.0
    return ratio or None


def print_ratio(vessel: Vessel, settings: ExportSettings) -> float:
    """The n of 1:n at which a vessel is meant to be printed: as set, as on its page, or 3."""
    if settings.print_ratio:
        return settings.print_ratio
    return (printed_ratio(vessel.scale.drawing_scale) if vessel.scale else None) or _USUAL_RATIO
