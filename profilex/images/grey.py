"""A picture that Pillow decoded to grey, 0 ink to 255 paper."""

import numpy as np
from PIL import Image

from profilex.errors import Code, PageError
from profilex.images.samples import Samples, grey_of

_DIRECT = frozenset({"1", "L", "P", "RGB", "RGBX"})
_VIA_RGB = frozenset({"CMYK", "YCbCr", "HSV"})
_TRANSPARENT = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_WIDE = frozenset({"I", "I;16", "I;16L", "I;16B", "I;16N", "F"})


def to_grey(
    image: Image.Image, *, inverted: bool = False, declared_top: int | None = None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """A loaded picture as uint8 (height, width), with warnings.

    Colours become ITU-R 601 luma; transparent parts show white paper. Samples of more than 8 bits are scaled by their
    range, not clipped: `declared_top` is the value of white that the file declares, `inverted` says that 0 is white
    in them.

    Raises:
        PageError: unsupported, for a colour space without a defined grey.
    """
    mode = image.mode
    if mode in _WIDE:
        return grey_of(Samples(np.asarray(image), declared_top, inverted))
    if mode in _TRANSPARENT or "transparency" in image.info:
        return _pixels(_on_white(image)), ()
    if mode in _DIRECT:
        return _pixels(image if mode == "L" else image.convert("L")), ()
    if mode in _VIA_RGB:
        return _pixels(image.convert("RGB").convert("L")), ()
    raise PageError(Code.UNSUPPORTED, f"The colour space {mode} is not supported.", "Convert the scan to grey or RGB.")


def _pixels(image: Image.Image) -> np.ndarray:
    return np.frombuffer(image.tobytes(), np.uint8).reshape(image.height, image.width)


def _on_white(image: Image.Image) -> Image.Image:
    colours = image.convert("RGBA")
    paper = Image.new("L", image.size, 255)
    paper.paste(colours.convert("L"), mask=colours.getchannel("A"))
    return paper
