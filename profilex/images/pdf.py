"""Pages of PDF files, by PDFium: an embedded scan as it is stored, everything else drawn.

PDFium may be entered by one thread at a time; a lock in this module holds that.
"""

import io
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from profilex.errors import Code, PageError
from profilex.images.completeness import jpeg2000_whole, jpeg_whole, pdf_extent
from profilex.images.drawn import Drawn, missing_frame, refuse_too_large
from profilex.images.resolution import trusted_dpi
from profilex.settings import ReadSettings

_POINTS_PER_INCH = 72.0
_MOST_DRAWN_DPI = 1200.0
_LARGE_SHARE = 0.25  # of the page's area, from which an image counts as a scan on the page
_OVERHANG_PT = 1.0
_ROUNDING_PX = 0.25
_FITTED_SHARE = 0.5  # of the page's area under scans, from which its writer made the page's size from theirs
_SIMPLE_FILTERS = frozenset({"none", "FlateDecode", "LZWDecode", "RunLengthDecode", "ASCII85Decode", "ASCIIHexDecode"})
_PASSWORD_ERRORS = frozenset({pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY})

_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Placed:
    """An image on a page: its size in pixels, and its matrix from the unit square to the page's points.

    One that is `nested` lies in a form, which may crop it.
    """

    image: pypdfium2.PdfImage
    width_px: int
    height_px: int
    matrix: tuple[float, float, float, float, float, float]
    nested: bool = False

    @property
    def dpi(self) -> tuple[float, float]:
        a, b, c, d, _, _ = self.matrix
        across, down = math.hypot(a, b), math.hypot(c, d)
        if min(across, down) <= 0:
            return 0.0, 0.0
        return self.width_px / across * _POINTS_PER_INCH, self.height_px / down * _POINTS_PER_INCH

    @property
    def area_pt(self) -> float:
        a, b, c, d, _, _ = self.matrix
        return abs(a * d - b * c)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a page shows: its images, and whether there is anything else to see."""

    images: tuple[_Placed, ...]
    only_images: bool


def count_pdf_pages(source: bytes | io.BufferedReader) -> int:
    """Number of pages.

    Raises:
        PageError: encrypted.
        pypdfium2.PdfiumError: no PDF.
    """
    with _one_at_a_time, _opened(source) as document:
        return len(document)


def draw_pdf_page(data: bytes, frame: int, settings: ReadSettings) -> Drawn:
    """One page as grey values.

    A page that is one scan, with or without an invisible text layer, is given in the scan's own pixels. Pages of
    several images are drawn at the resolution of the finest; others at `settings.pdf_dpi`, or finer where a large
    image on them is.

    Raises:
        PageError: encrypted, too_large, truncated (an embedded scan ends early), changed.
        pypdfium2.PdfiumError: damaged beyond repair.
    """
    extent = pdf_extent(data)
    if extent.start or extent.end < len(data):
        data = data[extent.start : extent.end]
    with _one_at_a_time, _opened(data) as document:
        if frame >= len(document):
            raise missing_frame(frame, len(document))
        page = document[frame]
        content = _content(page)
        most_pixels = settings.max_megapixels * 1_000_000
        for placed in content.images:
            refuse_too_large(placed.width_px, placed.height_px, most_pixels)
            _refuse_cut(placed.image, placed.width_px * placed.height_px)
        scan = _the_scan(page, content, data)
        drawn = _extracted(page, scan) if scan else _rendered(page, content, settings.pdf_dpi, most_pixels)
    return Drawn(drawn.grey, drawn.dpi, extent.doubts + drawn.warnings)


@contextmanager
def _opened(source: bytes | io.BufferedReader) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if error.err_code in _PASSWORD_ERRORS:
            raise PageError(Code.ENCRYPTED, "The PDF needs a password.", "Save a copy without one.") from error
        raise
    try:
        yield document
    finally:
        document.close()


def _content(page: pypdfium2.PdfPage) -> _Content:
    images: list[_Placed] = []
    forms: dict[int, pypdfium2.PdfMatrix] = {}
    kept: list[pypdfium2.PdfObject] = []  # as long as they are there, no other object has their `id`
    only_images = True
    for item in page.get_objects():
        around = forms.get(id(item.container)) if item.level else None
        if item.type == pdfium.FPDF_PAGEOBJ_FORM:  # its own content is listed after it
            forms[id(item)] = _on_page(item.get_matrix(), around)
            kept.append(item)
        elif item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            width_px, height_px = item.get_px_size()
            matrix = _on_page(item.get_matrix(), around).get()
            images.append(_Placed(item, width_px, height_px, matrix, nested=item.level > 0))
        elif item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            mode = pdfium.FPDFTextObj_GetTextRenderMode(item.raw)
            only_images &= mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        else:
            only_images = False
    return _Content(tuple(images), only_images and bool(images))


def _on_page(matrix: pypdfium2.PdfMatrix, around: pypdfium2.PdfMatrix | None) -> pypdfium2.PdfMatrix:
    """A matrix that leads to a form's space, as one that leads to the page."""
    return matrix if around is None else matrix.multiply(around)


def _refuse_cut(image: pypdfium2.PdfImage, pixels: int) -> None:
    """PDFium fills what is missing of an embedded scan with grey or white and says nothing."""
    *_, last = image.get_filters() or ["none"]
    data = bytes(image.get_data(decode_simple=True))  # up to the picture's own coding, however often it is wrapped
    if last in ("DCTDecode", "DCT"):
        whole = jpeg_whole(data)
    elif last == "JPXDecode":
        whole = jpeg2000_whole(data)
    elif last in _SIMPLE_FILTERS:
        whole = 8 * len(data) >= pixels * image.get_metadata().bits_per_pixel
    else:
        whole = bool(data)
    if not whole:
        raise PageError(Code.TRUNCATED, "An embedded scan ends early.", "Copy or scan the file again.")


def _the_scan(page: pypdfium2.PdfPage, content: _Content, data: bytes) -> _Placed | None:
    """The image that is all there is on the page, if its stored pixels are what the page shows."""
    if not content.only_images or len(content.images) != 1:
        return None
    if any(name in data for name in (b"/SMask", b"/Mask", b"/ImageMask")):  # drawn only: masks decide what is seen
        return None
    scan = content.images[0]
    if scan.nested:
        return None
    a, b, c, d, _, _ = scan.matrix
    tilted = min(abs(a) + abs(d), abs(b) + abs(c)) > 1e-3 * max(abs(a) + abs(d), abs(b) + abs(c))
    across, down = scan.dpi
    if tilted or abs(across - down) > 0.01 * max(across, down):
        return None
    left, bottom, right, top = scan.image.get_bounds()
    page_left, page_bottom, page_right, page_top = page.get_bbox()
    overhang = max(page_left - left, page_bottom - bottom, right - page_right, top - page_top)
    return scan if overhang <= _OVERHANG_PT else None  # what hangs over is cropped from the page


def _extracted(page: pypdfium2.PdfPage, scan: _Placed) -> Drawn:
    grey = _grey_of(scan.image.get_bitmap())
    dpi, warnings = trusted_dpi(scan.dpi)
    return Drawn(_turned(grey, scan.matrix, page.get_rotation()), dpi, warnings)


def _grey_of(bitmap: pypdfium2.PdfBitmap) -> np.ndarray:
    if bitmap.mode == "L":
        return bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
    return np.asarray(bitmap.to_pil().convert("RGB").convert("L"))


def _turned(grey: np.ndarray, matrix: tuple[float, ...], rotation: int) -> np.ndarray:
    """Set stored rows as the page shows them; `rotation` is the page's, clockwise in degrees.

    (x, y) of the image's right and of its down are followed through the matrix and the rotation to the screen.
    """
    a, b, c, d = matrix[:4]
    right, down = (a, -b), (-c, d)  # on the screen, y down
    for _ in range(rotation // 90 % 4):
        right, down = (-right[1], right[0]), (-down[1], down[0])
    if abs(right[0]) < abs(right[1]):
        grey, right, down = grey.T, down, right
    columns = slice(None, None, -1 if right[0] < 0 else 1)
    rows = slice(None, None, -1 if down[1] < 0 else 1)
    return np.ascontiguousarray(grey[rows, columns])


def _rendered(page: pypdfium2.PdfPage, content: _Content, pdf_dpi: int, most_pixels: int) -> Drawn:
    width_pt, height_pt = page.get_size()
    stated, warnings = _page_resolution(content, width_pt * height_pt)
    dpi = stated or _drawing_dpi(content, width_pt * height_pt, float(pdf_dpi))
    scale = _whole_scale(width_pt, dpi / _POINTS_PER_INCH)
    refuse_too_large(math.ceil(width_pt * scale), math.ceil(height_pt * scale), most_pixels)
    grey = _grey_of(page.render(scale=scale, grayscale=True, may_draw_forms=False, draw_annots=False))
    return Drawn(grey, None if warnings else dpi, warnings)


def _whole_scale(width_pt: float, scale: float) -> float:
    """A scale at which a page that is nearly a whole number of pixels wide is so, and its scan is not resampled.

    Writers round the sides of pages, and PDFium takes a begun pixel for a whole one.
    """
    pixels = round(width_pt * scale)
    return (pixels - 1e-3) / width_pt if 0 < abs(width_pt * scale - pixels) < _ROUNDING_PX else scale


def _page_resolution(content: _Content, page_area_pt: float) -> tuple[float | None, tuple[str, ...]]:
    """The resolution at which a page of scans is drawn, with what speaks against believing its size.

    A page that scans cover was made to fit them: its size is as good as what was known of their resolution, whatever
    else lies on it. None for other pages.
    """
    covered = [placed for placed in content.images if placed.area_pt > 0]
    if not content.only_images and sum(placed.area_pt for placed in covered) < _FITTED_SHARE * page_area_pt:
        return None, ()
    finest = max((placed.dpi for placed in covered), default=(0.0, 0.0), key=max)
    drawn = min(max(*finest, _POINTS_PER_INCH), _MOST_DRAWN_DPI)
    _, warnings = trusted_dpi(finest)
    return (drawn, warnings) if warnings or content.only_images else (None, ())


def _drawing_dpi(content: _Content, page_area_pt: float, pdf_dpi: float) -> float:
    large = [max(placed.dpi) for placed in content.images if placed.area_pt >= _LARGE_SHARE * page_area_pt]
    return max(pdf_dpi, min(max(large, default=0.0), _MOST_DRAWN_DPI))
