"""Pages of TIFF, PNG, JPEG and JPEG 2000 files, by Pillow, or by other decoders if Pillow does not read them.

The decoders are called by their classes and not through `Image.open`: the format is already known, and a JPEG with
embedded previews stays one page. This also avoids Pillow's limit on pixels, which belongs to the whole process: every
declared size is compared with `max_megapixels` before decoding.
"""

import io
import logging
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import mmap

from PIL import Image
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from profilex.images.completeness import jpeg_frame, jpeg_segments
from profilex.images.drawn import Drawn, missing_frame, refuse_too_large, upright
from profilex.images.formats import Format
from profilex.images.grey import to_grey
from profilex.images.resolution import trusted_dpi
from profilex.images.samples import grey_of
from profilex.images.tiff_pages import decode_tiff, tiff_pages
from profilex.images.uncommon import jpeg2000_depths, jpeg2000_samples, jpeg_samples

_log = logging.getLogger(__name__)

_ORIENTATION = 274
_PILLOW_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})  # Huffman and arithmetic coding
_APPLICATION = range(0xE0, 0xF0)
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"pHYs", b"eXIf", b"gAMA", b"sBIT"})
"""Chunks that affect the look of a picture; texts and profiles, which can have any size, do not."""


def count_raster_frames(data: bytes | mmap, kind: Format, most_pixels: int) -> int:
    """Number of pages in a file, by its headers.

    Raises:
        tiff.CutOff: the file is shorter than its directories say.
    """
    return len(tiff_pages(data, most_pixels).pages) if kind is Format.TIFF else 1


def decode_raster(data: bytes, kind: Format, frame: int, most_pixels: int) -> Drawn:
    """Decode one page.

    Raises:
        PageError: too_large, before decoding; changed, if there is no such frame; unsupported.
        Exception: what decoders raise on damaged bytes, of almost any type.
    """
    if kind is not Format.TIFF and frame:
        raise missing_frame(frame, 1)
    with _collected_warnings() as complaints:
        match kind:
            case Format.TIFF:
                drawn = decode_tiff(data, frame, most_pixels)
            case Format.JPEG:
                drawn = _jpeg(data, most_pixels)
            case Format.JPEG2000:
                drawn = _jpeg2000(data, most_pixels)
            case _:
                drawn = _loaded(PngImageFile(io.BytesIO(_without_extras(data))), most_pixels)
    return Drawn(drawn.grey, drawn.dpi, (*drawn.warnings, *_warned(complaints)))


def _loaded(image: Image.Image, most_pixels: int) -> Drawn:
    """A picture that Pillow has opened, upright and in grey."""
    refuse_too_large(image.width, image.height, most_pixels)
    dpi, doubts = trusted_dpi(image.info.get("dpi"))
    image.load()
    grey, remarks = to_grey(image)
    return Drawn(upright(grey, _orientation(image)), dpi, (*doubts, *remarks))


def _jpeg(data: bytes, most_pixels: int) -> Drawn:
    frame = jpeg_frame(data)
    if frame is None or (frame.bits == 8 and frame.marker in _PILLOW_FRAMES):
        image = JpegImageFile(io.BytesIO(data))
        if image.mode == "RGB":
            image.draft("L", None)  # the stored luma itself, unscaled
        return _loaded(image, most_pixels)
    refuse_too_large(frame.width_px, frame.height_px, most_pixels)
    grey, remarks = grey_of(jpeg_samples(data))
    header = JpegImageFile(io.BytesIO(_small_with_header_of(data)))
    dpi, doubts = trusted_dpi(header.info.get("dpi"))
    return Drawn(upright(grey, _orientation(header)), dpi, (*doubts, *remarks))


def _jpeg2000(data: bytes, most_pixels: int) -> Drawn:
    image = Jpeg2KImageFile(io.BytesIO(data))
    if all(bits <= 8 for bits, _ in jpeg2000_depths(data)):
        return _loaded(image, most_pixels)
    refuse_too_large(image.width, image.height, most_pixels)
    dpi, doubts = trusted_dpi(image.info.get("dpi"))
    grey, remarks = grey_of(jpeg2000_samples(data, image.mode))
    return Drawn(upright(grey, _orientation(image)), dpi, (*doubts, *remarks))


def _small_with_header_of(data: bytes) -> bytes:
    """A JPEG of one pixel with a file's resolution and orientation, to read them in one place."""
    dot = io.BytesIO()
    Image.new("L", (1, 1)).save(dot, "JPEG")
    rest = dot.getvalue()[2:]
    kept = b"".join(
        data[place : place + 2 + struct.unpack_from(">H", data, place + 2)[0]]
        for marker, place in jpeg_segments(data)
        if marker in _APPLICATION
    )
    length = 2 + struct.unpack_from(">H", rest, 2)[0]
    return b"\xff\xd8" + (kept + rest[length:] if kept else rest)


def _without_extras(data: bytes) -> bytes:
    """A PNG without large texts and profiles, which decoders refuse or unpack without need."""
    parts, place = [data[:8]], 8
    while place + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        end = place + 12 + length
        if end > len(data):
            break
        if name in _PNG_CHUNKS:
            parts.append(data[place:end])
        place = end
        if name == b"IEND":
            return b"".join(parts)
    return b"".join([*parts, data[place:]])


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # damaged EXIF data: Pillow raises many types, and the picture is still good
        return 1


@contextmanager
def _collected_warnings() -> Iterator[list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        yield complaints


def _warned(complaints: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """One sentence for the manifest if the decoder warned; its own words go to the log."""
    for text in sorted({" ".join(str(complaint.message).split()) for complaint in complaints}):
        _log.info("the decoder says: %s", text)
    return ("the file breaks rules of its format; its picture was read",) if complaints else ()
