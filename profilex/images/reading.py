"""From a page reference to a page: read the bytes once, decode, and give every failure its code."""

import io
import mmap
from pathlib import Path

import numpy as np

from profilex.errors import Code, PageError
from profilex.files import sha256_bytes
from profilex.images.completeness import ends_whole, pdf_extent
from profilex.images.drawn import Drawn
from profilex.images.formats import SIGNATURE_BYTES, Format, foreign_name, sniff
from profilex.images.pdf import count_pdf_pages, draw_pdf_page
from profilex.images.raster import count_raster_frames, decode_raster
from profilex.images.tiff import CutOff
from profilex.settings import ReadSettings
from profilex.types import Page, PageRef

_BORDER_SHARE = 0.02  # of the shorter side: width of the border that is examined for a negative
_DARK = 64


def count_frames(path: Path, settings: ReadSettings | None = None) -> int:
    """The number of pages of a file, by its headers.

    Reduced copies and masks in a TIFF file do not count; images of one shape and different sizes are decoded to decide.
    A file that turns out damaged only when it is decoded counts here as what its header says.

    Raises:
        PageError: unreadable, unsupported, truncated or encrypted.
    """
    try:
        with path.open("rb") as stream:
            kind = _known_format(stream.read(SIGNATURE_BYTES))
            stream.seek(0)
            return _count(stream, kind, settings or ReadSettings())
    except PageError:
        raise
    except Exception as error:
        raise _diagnosed(path, error) from error


def read_page(ref: PageRef, settings: ReadSettings) -> Page:
    """Decode one page to upright grey values; `sha256` is of the very bytes that were decoded.

    Raises:
        PageError: unreadable, truncated, encrypted, unsupported, too_large (before decoding), changed (the file has
            fewer frames than it had), memory.
    """
    try:
        data = ref.path.read_bytes()
    except OSError as error:
        raise _unopened(error) from error
    drawn = _decoded(data, ref.frame, settings)
    return Page(
        ref=ref,
        grey=drawn.grey,
        sha256=sha256_bytes(data),
        dpi=drawn.dpi,
        warnings=drawn.warnings + _border_warnings(drawn.grey),
    )


def _count(stream: io.BufferedReader, kind: Format, settings: ReadSettings) -> int:
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if kind is not Format.PDF:
            count = count_raster_frames(data, kind, settings.max_megapixels * 1_000_000)
        else:
            extent = pdf_extent(data)
            if not extent.whole:
                raise _truncated(kind)
            apart = extent.start > 0 or extent.end < len(data)
            count = count_pdf_pages(data[extent.start : extent.end] if apart else stream)
    if count == 0:
        raise PageError(Code.UNREADABLE, f"The {kind} file has no page.", "Export or scan it again.")
    return count


def _decoded(data: bytes, frame: int, settings: ReadSettings) -> Drawn:
    kind = _known_format(data)
    try:
        if kind in (Format.PDF, Format.JPEG2000) and not ends_whole(data, kind):
            # the decoders of these two draw what there is, or drop pages, without a word
            raise _truncated(kind)
        if kind is Format.PDF:
            return draw_pdf_page(data, frame, settings)
        return decode_raster(data, kind, frame, settings.max_megapixels * 1_000_000)
    except PageError:
        raise
    except CutOff as error:
        raise _truncated(kind) from error
    except MemoryError as error:
        raise PageError(Code.MEMORY, "Decoding needs more memory than there is.", "Run with fewer workers.") from error
    except Exception as error:  # decoders raise nearly any type on damaged bytes
        raise _damaged(data, kind, error) from error


def whole_scan(data: bytes) -> str:
    """The format of a file that profilex reads, by its bytes, when their end is there; nothing is decoded.

    Raises:
        PageError: unreadable, when it is of no such format; truncated.
    """
    kind = _known_format(data)
    if not _ends_whole(data, kind):
        raise _truncated(kind)
    return str(kind)


def _known_format(start: bytes) -> Format:
    if not start:
        raise PageError(Code.UNREADABLE, "The file is empty.", "Copy or scan it again.")
    kind = sniff(start)
    if kind is None and (name := foreign_name(start)):
        raise PageError(
            Code.UNSUPPORTED, f"The file is a {name}, whatever its name says.", "Convert it to TIFF or PNG."
        )
    if kind is None:
        raise PageError(
            Code.UNREADABLE,
            "The file is not a TIFF, PNG, JPEG, JPEG 2000 or PDF, whatever its name says.",
            "Convert it, or leave it out.",
        )
    return kind


def _diagnosed(path: Path, error: Exception) -> PageError:
    """The error of a file whose frames cannot be counted; only now is it read as a whole."""
    if isinstance(error, CutOff):
        return _truncated(Format.TIFF)
    if isinstance(error, OSError):
        return _unopened(error)
    try:
        data = path.read_bytes()
        return _damaged(data, _known_format(data), error)
    except OSError as again:
        return _unopened(again)
    except PageError as found:
        return found


def _damaged(data: bytes, kind: Format, error: Exception) -> PageError:
    if not _ends_whole(data, kind):
        return _truncated(kind)
    return PageError(Code.UNREADABLE, f"The {kind} file is damaged.", "Copy, export or scan it again.")


def _ends_whole(data: bytes, kind: Format) -> bool:
    try:
        return ends_whole(data, kind)
    except Exception:  # damaged structures: then it is not the end that is missing
        return True


def _truncated(kind: Format) -> PageError:
    return PageError(Code.TRUNCATED, f"The end of the {kind} file is missing.", "Copy or scan it again.")


def _unopened(error: OSError) -> PageError:
    return PageError(
        Code.UNREADABLE,
        f"The file cannot be read: {error.strerror or type(error).__name__}.",
        "Check that it exists and is readable.",
    )


def _border_warnings(grey: np.ndarray) -> tuple[str, ...]:
    height, width = grey.shape
    band = max(1, round(_BORDER_SHARE * min(height, width)))
    sides = (grey[:band], grey[-band:], grey[:, :band], grey[:, -band:])
    dark = sum(int(np.count_nonzero(side < _DARK)) for side in sides)
    if 2 * dark <= sum(side.size for side in sides):
        return ()
    return ("the border of the page is mostly black: a negative, or a scan with a black frame",)
