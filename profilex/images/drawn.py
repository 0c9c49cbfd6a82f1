"""A decoded page before it has a name, and the checks of every reader of pages."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from profilex.errors import Code, PageError

_UPRIGHT: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda grey: grey[:, ::-1],
    3: lambda grey: grey[::-1, ::-1],
    4: lambda grey: grey[::-1],
    5: lambda grey: grey.T,
    6: lambda grey: grey[::-1].T,
    7: lambda grey: grey[::-1, ::-1].T,
    8: lambda grey: grey[:, ::-1].T,
}
"""EXIF orientation to the turn that sets the picture upright (TIFF 6.0, tag 274)."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A decoded page: grey uint8 (height, width), dpi or None, warnings."""

    grey: np.ndarray
    dpi: float | None
    warnings: tuple[str, ...] = ()


class Damaged(Exception):
    """The bytes of a picture do not match their header."""


def upright(grey: np.ndarray, orientation: int) -> np.ndarray:
    """A picture set upright; `orientation` is that of EXIF, 1 to 8."""
    return np.ascontiguousarray(_UPRIGHT[orientation](grey)) if orientation in _UPRIGHT else grey


def unsupported(what: str) -> PageError:
    """The error for a complete file in an unsupported form; `what` begins the sentence."""
    return PageError(Code.UNSUPPORTED, f"{what} are not read.", "Convert it to TIFF or PNG.")


def refuse_too_large(width_px: float, height_px: float, most_pixels: int) -> None:
    """Raise PageError too_large for a declared size above the limit."""
    if width_px * height_px > most_pixels:
        raise PageError(
            Code.TOO_LARGE,
            f"The page has {width_px:.0f} x {height_px:.0f} px, more than {most_pixels / 1e6:g} megapixels.",
            "Raise --max-megapixels if it really is that large; decoding needs a byte for each pixel and more.",
        )


def missing_frame(frame: int, count: int) -> PageError:
    """The error for a frame that was counted but no longer exists."""
    return PageError(
        Code.CHANGED, f"Frame {frame} is gone: the file has {count} now.", "Do not change scans while a run reads them."
    )
