"""Pages from pictures in memory: arrays and Pillow images."""

import hashlib
from typing import TypeAlias

import numpy as np
from PIL import Image

from profilex.errors import Code, PageError
from profilex.images.grey import to_grey
from profilex.images.resolution import trusted_dpi
from profilex.types import Page, PageRef, page_in_memory

Picture: TypeAlias = np.ndarray | Image.Image
"""The pictures that `page_from_picture` accepts."""

_CHANNELS = {1: "L", 3: "RGB", 4: "RGBA"}


def page_from_picture(picture: Picture, name: str = "image", dpi: float | None = None) -> Page:
    """A picture as a page: uint8 grey values (height, width), 0 ink to 255 paper.

    An array is grey (height, width), RGB (height, width, 3) or RGBA (height, width, 4), of uint8, uint16, bool (true is
    paper) or floats from 0 (ink) to 1 (paper). Transparent parts show white paper. `dpi` is the resolution if it is
    known; a Pillow image may state its own. The page's digest is that of its grey values.

    Raises:
        PageError: unsupported, for another shape, type or colour space; unreadable, for a picture without pixels.
    """
    image = picture if isinstance(picture, Image.Image) else _image(np.asarray(picture))
    if not image.width or not image.height:
        raise PageError(Code.UNREADABLE, f"{name}: the picture has no pixels.", "Pass a picture that has some.")
    grey, warnings = to_grey(image)
    if dpi is None and "dpi" in image.info:
        dpi, doubts = trusted_dpi(image.info["dpi"])
        warnings += doubts
    digest = hashlib.sha256(np.ascontiguousarray(grey).tobytes()).hexdigest()
    page = page_in_memory(grey, name, dpi)
    return Page(PageRef(page.ref.path, name, name), grey, digest, dpi, warnings)


def _image(array: np.ndarray) -> Image.Image:
    """An array as a Pillow image of the same values, floats and bool as 8 bits."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    channels = 1 if array.ndim == 2 else array.shape[2] if array.ndim == 3 else 0
    if channels not in _CHANNELS:
        raise _unsupported(f"an array of shape {array.shape}")
    if array.dtype == bool:
        array = array.astype(np.uint8) * 255
    elif array.dtype.kind == "f":
        if array.size and not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
            raise _unsupported("an array of floats that are not all from 0 to 1")
        array = np.rint(array * 255).astype(np.uint8)
    elif array.dtype == np.uint16 and channels > 1:
        array = (array // 257).astype(np.uint8)
    if array.dtype == np.uint16:
        return Image.fromarray(np.ascontiguousarray(array))
    if array.dtype != np.uint8:
        raise _unsupported(f"an array of {array.dtype}")
    return Image.fromarray(np.ascontiguousarray(array))


def _unsupported(what: str) -> PageError:
    return PageError(
        Code.UNSUPPORTED,
        f"The picture is {what}, which is not supported.",
        "Pass uint8 or uint16 of shape (height, width), (height, width, 3) or (height, width, 4).",
    )
