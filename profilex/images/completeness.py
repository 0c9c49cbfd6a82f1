"""Completeness: whether a file ends where its format says that it ends.

Decoders raise an exception for a truncated file, or draw the part that they have, but do not report that the end is
missing, and their messages are not a contract. A scan that was not copied completely has its own code, because copying
it again fixes it.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

from profilex.images import tiff
from profilex.images.formats import SIGNATURE_BYTES, Format, pdf_start

_PDF_PADDING_BYTES = 1 << 16  # some file systems and tapes pad with zeros
_PDF_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b")
_JPEG_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_JPEG_SCAN = 0xDA
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_J2K_TILE_PART = 0xFF90
_J2K_END = b"\xff\xd9"


def ends_whole(data: bytes, kind: Format) -> bool:
    """False if the end of the file is missing; True says nothing about damage inside."""
    return _CHECKS[kind](data)


def _tiff_whole(data: bytes) -> bool:
    try:
        return all(image.reach <= len(data) for image in tiff.read_chain(data).images)
    except tiff.CutOff:
        return False


def _png_whole(data: bytes) -> bool:
    """Chunks up to IEND (PNG specification, 5.3)."""
    place = 8
    while place + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        place += 12 + length
        if name == b"IEND":
            return place <= len(data)
    return False


@dataclass(frozen=True, slots=True)
class JpegFrame:
    """The frame header of a JPEG: its marker, bits of a sample, size in pixels and channels."""

    marker: int
    bits: int
    height_px: int
    width_px: int
    channels: int


def jpeg_whole(data: bytes) -> bool:
    """An end-of-image marker after the first scan begins (ITU T.81, annex B); thumbnails before it do not count."""
    for marker, place in jpeg_segments(data):
        if marker == _JPEG_SCAN:
            return data.find(b"\xff\xd9", place) >= 0
    return False


def jpeg_frame(data: bytes) -> JpegFrame | None:
    """The frame header of a JPEG or JPEG-LS, None if it is missing."""
    for marker, place in jpeg_segments(data):
        if marker in _JPEG_FRAMES and place + 10 <= len(data):
            return JpegFrame(marker, *struct.unpack_from(">BHHB", data, place + 4))
    return None


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Markers of a JPEG with their places, up to that of the first scan."""
    place = 2
    while place + 4 <= len(data):
        marker = data[place + 1]
        if data[place] != 0xFF or marker == 0xFF:
            place += 1
            continue
        yield marker, place
        if marker == _JPEG_SCAN:
            return
        place += 2 if marker in _JPEG_STANDALONE else 2 + struct.unpack_from(">H", data, place + 2)[0]


def jpeg2000_whole(data: bytes) -> bool:
    """A code stream whose tile parts lead to its end marker (ITU T.800, annexes A and I)."""
    found = _jpeg2000_stream(data)
    return found is not None and _codestream_whole(data, *found)


def jpeg2000_codestream(data: bytes) -> int | None:
    """The start of the code stream of a JPEG 2000 file, None if it is missing."""
    found = _jpeg2000_stream(data)
    return found[0] if found else None


def _jpeg2000_stream(data: bytes) -> tuple[int, int] | None:
    """Start and end of the code stream."""
    if data[:2] == b"\xff\x4f":
        return 0, len(data)
    place = 0
    while place + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        header = 8
        if length == 1:
            if place + 16 > len(data):
                return None
            (length,) = struct.unpack_from(">Q", data, place + 8)
            header = 16
        end = len(data) if length == 0 else place + length
        if end > len(data):
            return None
        if name == b"jp2c":
            return place + header, end
        place = max(end, place + header)
    return None


def _codestream_whole(data: bytes, place: int, end: int) -> bool:
    place += 2
    while place + 12 <= end:
        marker, length = struct.unpack_from(">HH", data, place)
        if marker != _J2K_TILE_PART:
            place += 2 + length
            continue
        (part_bytes,) = struct.unpack_from(">I", data, place + 6)
        if part_bytes < 14:  # 0: up to the end marker
            break
        place += part_bytes
    return data.find(_J2K_END, place, end) >= 0 if place + 2 <= end else False


def _pdf_whole(data: bytes) -> bool:
    return pdf_extent(data).whole


@dataclass(frozen=True, slots=True)
class PdfExtent:
    """The extent of a PDF in its file: from `start` to `end`, with doubts about it.

    It is not `whole` if its end is missing; `doubts` are for the user.
    """

    start: int
    end: int
    whole: bool
    doubts: tuple[str, ...] = ()


def pdf_extent(data: bytes | mmap) -> PdfExtent:
    """Find a PDF's header and its end, which need not be those of the file: viewers ignore bytes around them.

    A PDF is whole if its last reference to a page table is followed by the end mark, or leads to that table. After the
    end mark there may be anything except objects, which belong to a truncated update.
    """
    start = max(0, pdf_start(data[:SIGNATURE_BYTES]))
    last = data.rfind(b"startxref")
    if last < 0:
        return PdfExtent(start, len(data), whole=False)
    match = re.compile(rb"startxref\s+(\d{1,19})\s*(%%EOF)?").match(data, last)
    if match is None:
        return PdfExtent(start, len(data), whole=False)
    found = _is_page_table(data, start + int(match[1]))
    doubts = [] if found else ["the PDF is damaged; its page table was rebuilt"]
    rest = data[match.end() :]
    junk = rest.strip(b"\0\r\n\t ")
    if match[2] is None:
        doubts.append("the PDF has no end mark")
    elif junk or len(rest) > _PDF_PADDING_BYTES:
        doubts.append(f"{len(rest)} bytes after the end of the PDF are ignored")
    whole = (match[2] is not None and not junk) or (found and not _PDF_OBJECT.search(junk))
    if start > 1 << 10:
        doubts.append(f"{start} bytes before the PDF are ignored")
    return PdfExtent(start, match.end(), whole, tuple(doubts))


def _is_page_table(data: bytes | mmap, place: int) -> bool:
    """Whether there is a cross-reference table or stream; otherwise PDFium rebuilds the table silently."""
    words = data[place : place + 64].lstrip().split(None, 3)
    if not words:
        return False
    return words[0].startswith(b"xref") or (len(words) > 2 and words[0].isdigit() and words[2].startswith(b"obj"))


_CHECKS = {
    Format.TIFF: _tiff_whole,
    Format.PNG: _png_whole,
    Format.JPEG: jpeg_whole,
    Format.JPEG2000: jpeg2000_whole,
    Format.PDF: _pdf_whole,
}
