"""Any decoded picture to grey, 0 ink to 255 paper."""

import numpy as np
from PIL import Image

from profilex.errors import Code, PageError

_DEPTHS = (8, 10, 12, 14, 16)  # bits that scanners and cameras deliver in 16-bit samples
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
        return _narrowed(np.asarray(image), declared_top, inverted=inverted)
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


def _narrowed(samples: np.ndarray, declared_top: int | None, *, inverted: bool) -> tuple[np.ndarray, tuple[str, ...]]:
    """Wide samples to 8 bits, rounded; the range is the declared one, or the fewest bits that hold every sample."""
    if samples.dtype.kind == "f":
        samples = np.nan_to_num(samples, nan=np.inf)  # no measured value is no ink
        finite = samples[np.isfinite(samples)]
        most = float(finite.max()) if finite.size else 1.0
        top: float = 1.0 if most <= 1.0 else float(_top_value(most))
        scaled = np.clip(samples, 0.0, top) * (255.0 / top)
        grey = np.rint(scaled).astype(np.uint8)
        return (255 - grey if inverted else grey), ()
    most = int(samples.max())
    top, warnings = _range(most, declared_top)
    if most <= 0xFFFF:
        table = np.minimum((np.arange(0x10000) * 510 + top) // (2 * top), 255).astype(np.uint8)
        grey = table[np.maximum(samples, 0)]
    else:
        grey = np.rint(np.clip(samples, 0, top) * (255.0 / top)).astype(np.uint8)
    return (255 - grey if inverted else grey), warnings


def _range(most: int, declared_top: int | None) -> tuple[int, tuple[str, ...]]:
    if declared_top is not None and declared_top >= max(most, 1):
        return declared_top, ()
    top = _top_value(most)
    if top == 0xFFFF or most == 0:
        return max(top, 0xFF), ()
    return top, (f"the 16-bit samples use {top.bit_length()} bits only and are scaled by these",)


def _top_value(most: float) -> int:
    for bits in (*_DEPTHS, 32):
        if most < 1 << bits:
            return (1 << bits) - 1
    return int(most)
