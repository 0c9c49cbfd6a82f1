"""Mask pictures of any depth as colours: the drawn pixels differ from black, or are shown by the alpha."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from profilex.errors import Code, RunError
from profilex.images.drawn import refuse_too_large
from profilex.images.tiff_pages import rare_tiff
from profilex.settings import ReadSettings

_FORMATS = ("PNG", "TIFF", "JPEG", "BMP", "JPEG2000")
_WIDE = ("I", "I;16", "I;16L", "I;16B", "I;16N", "F")
_TRANSPARENT = ("LA", "La", "PA", "RGBA", "RGBa")
_OPAQUE = 128


def read_mask(path: Path) -> np.ndarray:
    """Read a mask picture as RGB uint8 (h, w, 3).

    Values of more than 8 bits keep their meaning: class indices stay, a range of 16 bits becomes one of 8, and of two
    values the higher one is white. Transparent pixels are black; black drawn on them is white.

    Raises:
        RunError: code `dataset`, if it is missing or damaged, or its values cannot be distinguished in 8 bits.
    """
    try:
        if (samples := rare_tiff(path)) is not None and samples.values.ndim == 2:
            return np.repeat(_narrowed(samples.values, path.name)[..., None], 3, axis=2)
        with Image.open(path, formats=_FORMATS) as opened:
            refuse_too_large(opened.width, opened.height, ReadSettings().max_megapixels * 1_000_000)
            opened.load()
            image = ImageOps.exif_transpose(opened)
    except RunError:
        raise
    except Exception as error:  # decoders raise nearly any type on damaged bytes
        raise RunError(Code.DATASET, f"{path} cannot be read as a picture.", "Export the masks again.") from error
    if image.mode in _WIDE:
        plane = _narrowed(np.asarray(image), path.name)
        return np.repeat(plane[..., None], 3, axis=2)
    if image.mode in _TRANSPARENT or "transparency" in image.info:
        return _shown(np.asarray(image.convert("RGBA")))
    return np.asarray(image.convert("RGB"))


def _narrowed(values: np.ndarray, name: str) -> np.ndarray:
    """One channel of whole or floating-point numbers as uint8."""
    levels = np.unique(values)
    if not np.isfinite(levels).all():
        raise RunError(Code.DATASET, f"{name} holds values that are not numbers.", "Export the masks as PNG.")
    if len(levels) <= 2 and levels[0] == 0:
        return np.where(values > 0, 255, 0).astype(np.uint8)
    whole = (levels == np.rint(levels)).all()
    if whole and levels[0] >= 0 and levels[-1] <= 0xFF:
        return values.astype(np.uint8)
    if whole and (levels % 257 == 0).all() and levels[-1] <= 0xFFFF:
        return (values // 257).astype(np.uint8)
    if levels[0] >= 0 and levels[-1] <= 1.0:
        return np.rint(values * 255.0).astype(np.uint8)
    if levels[0] >= 0 and levels[-1] <= 0xFFFF and levels[-1] >= 0x8000:  # grey edges at 16 bits
        return np.rint(values / 257.0).astype(np.uint8)
    raise RunError(
        Code.DATASET,
        f"{name} holds values from {levels[0]:g} to {levels[-1]:g}, which have no meaning here.",
        "Export masks of 8 bits: black for nothing, white or colours for what is drawn.",
    )


def _shown(picture: np.ndarray) -> np.ndarray:
    """RGBA on black; if all opaque pixels are black, the alpha shows the drawing."""
    colours, alpha = picture[..., :3], picture[..., 3]
    if not alpha.any():  # the alpha shows nothing: some programs leave it empty
        return np.ascontiguousarray(colours)
    opaque = alpha >= _OPAQUE
    if not opaque.all() and not colours[opaque].any():
        colours = np.full_like(colours, 255)
    return np.where(opaque[..., None], colours, 0).astype(np.uint8)
