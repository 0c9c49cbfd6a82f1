"""The header of a page: its size and resolution, without decoding a pixel."""

import io
import mmap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from profilex.images.formats import SIGNATURE_BYTES, Format, sniff
from profilex.images.resolution import trusted_dpi
from profilex.images.tiff_pages import stated_resolution, tiff_pages

_OPENERS: dict[Format, Callable[[io.BufferedReader], Image.Image]] = {
    Format.PNG: PngImageFile,
    Format.JPEG: JpegImageFile,
    Format.JPEG2000: Jpeg2KImageFile,
}
_POINTS_PER_INCH = 72.0
_LAST_UPRIGHT = 4  # EXIF orientation; those above lie on their side


@dataclass(frozen=True, slots=True)
class Header:
    """The declared size of a page in pixels, and its resolution in dots per inch, None if none can be trusted.

    A page of a PDF has the size and resolution of its largest image; (0, 0) and None without any, as it is drawn.
    """

    width_px: int
    height_px: int
    dpi: float | None


def read_header(path: Path, frame: int, most_pixels: int = 1_000_000_000) -> Header | None:
    """The header of one frame of those that `count_frames` counts.

    None where the file is damaged or rare: only decoding tells then.
    """
    try:
        with path.open("rb") as stream:
            kind = sniff(stream.read(SIGNATURE_BYTES))
            stream.seek(0)
            if kind is Format.PDF:
                return _pdf_header(stream, frame)
            if kind is None:
                return None
            if kind is Format.TIFF:
                return _tiff_header(stream, frame, most_pixels)
            image = _OPENERS[kind](stream)
            return Header(image.width, image.height, trusted_dpi(image.info.get("dpi"))[0])
    except Exception:  # decoders raise nearly any type on damaged bytes
        return None


def _tiff_header(stream: io.BufferedReader, frame: int, most_pixels: int) -> Header:
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        page = tiff_pages(data, most_pixels).pages[frame]
        stated, orientation = stated_resolution(stream, page)
    size = (page.width_px, page.height_px)
    return Header(*(size[::-1] if orientation > _LAST_UPRIGHT else size), trusted_dpi(stated)[0])


def _pdf_header(stream: io.BufferedReader, frame: int) -> Header:
    document = pypdfium2.PdfDocument(stream)
    try:
        found = [Header(0, 0, None)]
        for item in document[frame].get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]):
            width_px, height_px = item.get_px_size()
            left, bottom, right, top = item.get_bounds()
            dpi = (width_px / (right - left) * _POINTS_PER_INCH, height_px / (top - bottom) * _POINTS_PER_INCH)
            found.append(Header(width_px, height_px, trusted_dpi(dpi)[0]))
        return max(found, key=lambda header: header.width_px * header.height_px)
    finally:
        document.close()
