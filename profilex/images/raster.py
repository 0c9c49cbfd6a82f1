"""Pages of TIFF, PNG, JPEG and JPEG 2000 files, by Pillow.

The decoders are called by their classes and not through `Image.open`: the format is known by then, and a JPEG with
embedded previews stays one page. That also passes by Pillow's limit on pixels, which belongs to the whole process:
every declared size is compared with `max_megapixels` before it is decoded.
"""

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import mmap

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from profilex.errors import Code, PageError
from profilex.images import tiff
from profilex.images.formats import Format
from profilex.images.grey import to_grey
from profilex.images.resolution import trusted_dpi


class _Tiff(TiffImageFile):
    """A TIFF file whose strips are decoded without Pillow's limit on pixels, which belongs to the whole process."""

    def load_prepare(self) -> None:
        if self._im is None:  # as Pillow does it, less the check
            self.im = Image.core.new(self.mode, self._tile_size)
        ImageFile.load_prepare(self)


_OPENERS: dict[Format, Callable[[io.BytesIO], Image.Image]] = {
    Format.TIFF: _Tiff,
    Format.PNG: PngImageFile,
    Format.JPEG: JpegImageFile,
    Format.JPEG2000: Jpeg2KImageFile,
}

_BITS_PER_SAMPLE, _PHOTOMETRIC, _ORIENTATION, _MAX_SAMPLE_VALUE = 258, 262, 274, 281
_WHITE_IS_ZERO = 0

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
    """A decoded page before it has a name: grey uint8 (height, width), dpi or None, warnings."""

    grey: np.ndarray
    dpi: float | None
    warnings: tuple[str, ...] = ()


def count_raster_frames(data: bytes | mmap, kind: Format) -> int:
    """Number of pages in a file; only its headers are looked at.

    Raises:
        tiff.CutOff: the file is shorter than its directories say.
    """
    if kind is not Format.TIFF:
        return 1
    return len(tiff.page_indices(tiff.directories(data)))


def decode_raster(data: bytes, kind: Format, frame: int, most_pixels: int) -> Drawn:
    """Decode one page.

    Raises:
        PageError: too_large, before decoding; changed, when there is no such frame; unsupported.
        Exception: what Pillow raises on damaged bytes, of almost any type.
    """
    with _collected_warnings() as complaints:
        image = _OPENERS[kind](io.BytesIO(data))
        notes = _seek(image, data, frame) if kind is Format.TIFF else _only_frame(frame)
        refuse_too_large(image.width, image.height, most_pixels)
        dpi, doubts = trusted_dpi(image.info.get("dpi"))
        if kind is Format.JPEG and image.mode == "RGB":
            image.draft("L", None)  # the stored luma itself, unscaled
        inverted, top = _wide_range(image) if kind is Format.TIFF else (False, None)
        image.load()
        turn = _orientation(image) if kind is not Format.TIFF else 1  # Pillow turns TIFF by itself
        grey, remarks = to_grey(image, inverted=inverted, declared_top=top)
    if turn in _UPRIGHT:
        grey = np.ascontiguousarray(_UPRIGHT[turn](grey))
    return Drawn(grey, dpi, (*notes, *doubts, *remarks, *_told(complaints)))


def refuse_too_large(width_px: float, height_px: float, most_pixels: int) -> None:
    """Raise PageError too_large for a declared size above the limit."""
    if width_px * height_px > most_pixels:
        raise PageError(
            Code.TOO_LARGE,
            f"The page has {width_px:.0f} x {height_px:.0f} px, more than {most_pixels / 1e6:g} megapixels.",
            "Raise the limit (max_megapixels) if the scan really is that large.",
        )


def _seek(image: Image.Image, data: bytes, frame: int) -> tuple[str, ...]:
    found = tiff.directories(data)
    pages = tiff.page_indices(found)
    _refuse_missing(frame, len(pages))
    image.seek(pages[frame])
    left = len(found) - len(pages)
    return (f"{left} reduced copies or masks in the file are left out",) if left else ()


def _only_frame(frame: int) -> tuple[str, ...]:
    _refuse_missing(frame, 1)
    return ()


def _refuse_missing(frame: int, count: int) -> None:
    if frame >= count:
        raise missing_frame(frame, count)


def missing_frame(frame: int, count: int) -> PageError:
    """The error for a frame that was counted but is not there any more."""
    return PageError(
        Code.CHANGED, f"Frame {frame} is gone: the file has {count} now.", "Do not change scans while a run reads them."
    )


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # damaged EXIF data: Pillow raises many types, and the picture is still good
        return 1


def _wide_range(image: Image.Image) -> tuple[bool, int | None]:
    """For samples of more than 8 bits: whether 0 is white, and the declared value of the other end."""
    tags = image.tag_v2  # type: ignore[attr-defined]
    bits = tags.get(_BITS_PER_SAMPLE, (1,))[0]
    inverted = bits > 8 and tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
    if 8 < bits < 16:
        return inverted, (1 << bits) - 1
    declared = tags.get(_MAX_SAMPLE_VALUE)
    top = declared[0] if isinstance(declared, tuple) and declared else declared
    return inverted, top if isinstance(top, int) else None


@contextmanager
def _collected_warnings() -> Iterator[list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        yield complaints


def _told(complaints: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """One sentence for the manifest about what the decoder complained of."""
    texts = sorted({" ".join(str(complaint.message).split()) for complaint in complaints})
    return (f"the decoder complains: {'; '.join(texts)}",) if texts else ()
