"""What a file's header says about a page: its size and resolution, without decoding a pixel."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from profilex.images.formats import SIGNATURE_BYTES, Format, sniff
from profilex.images.resolution import trusted_dpi

_OPENERS: dict[Format, Callable[[io.BufferedReader], Image.Image]] = {
    Format.TIFF: TiffImageFile,
    Format.PNG: PngImageFile,
    Format.JPEG: JpegImageFile,
    Format.JPEG2000: Jpeg2KImageFile,
}
_POINTS_PER_INCH = 72.0


@dataclass(frozen=True, slots=True)
class Header:
    """The declared size of a page in pixels, and its resolution in dots per inch, None where none can be believed.

    A page of a PDF has the size and resolution of its largest image; (0, 0) and None without any, as it is drawn.
    """

    width_px: int
    height_px: int
    dpi: float | None


def read_header(path: Path, frame: int) -> Header | None:
    """The header of one frame, None where the file is damaged or rare: only decoding tells then."""
    try:
        with path.open("rb") as stream:
            kind = sniff(stream.read(SIGNATURE_BYTES))
            stream.seek(0)
            if kind is Format.PDF:
                return _pdf_header(stream, frame)
            if kind is None:
                return None
            image = _OPENERS[kind](stream)
            image.seek(frame)
            return Header(image.width, image.height, trusted_dpi(image.info.get("dpi"))[0])
    except Exception:  # decoders raise nearly any type on damaged bytes
        return None


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
