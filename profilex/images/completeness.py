"""Whether a file ends where its format says that it ends.

Decoders raise on a cut file, or draw what they have, but do not say that the end is missing; their messages are no
contract. A scan that was not copied to its end is worth its own code, because copying it again mends it.
"""

import struct
from mmap import mmap

from profilex.images import tiff
from profilex.images.formats import Format

_PDF_TAIL_BYTES = 2048
_PDF_PADDED_TAIL_BYTES = 1 << 16  # some file systems and tapes pad with zeros
_JPEG_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_JPEG_SCAN = 0xDA
_J2K_TILE_PART = 0xFF90
_J2K_END = b"\xff\xd9"


def ends_whole(data: bytes, kind: Format) -> bool:
    """False where the end of the file is missing; True says nothing about damage within."""
    return _CHECKS[kind](data)


def _tiff_whole(data: bytes) -> bool:
    try:
        tiff.directories(data)
    except tiff.CutOff:
        return False
    return True


def _png_whole(data: bytes) -> bool:
    """Chunks up to IEND (PNG specification, 5.3)."""
    place = 8
    while place + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        place += 12 + length
        if name == b"IEND":
            return place <= len(data)
    return False


def jpeg_whole(data: bytes) -> bool:
    """An end-of-image marker after the first scan begins (ITU T.81, annex B); thumbnails before it do not count."""
    place = 2
    while place + 4 <= len(data):
        marker = data[place + 1]
        if data[place] != 0xFF or marker == 0xFF:
            place += 1
        elif marker == _JPEG_SCAN:
            return data.find(b"\xff\xd9", place) >= 0
        elif marker in _JPEG_STANDALONE:
            place += 2
        else:
            place += 2 + struct.unpack_from(">H", data, place + 2)[0]
    return False


def _jpeg2000_whole(data: bytes) -> bool:
    """A code stream whose tile parts lead to its end marker (ITU T.800, annexes A and I)."""
    if data[:2] == b"\xff\x4f":
        return _codestream_whole(data, 0, len(data))
    place = 0
    while place + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        header = 8
        if length == 1:
            if place + 16 > len(data):
                return False
            (length,) = struct.unpack_from(">Q", data, place + 8)
            header = 16
        end = len(data) if length == 0 else place + length
        if end > len(data):
            return False
        if name == b"jp2c":
            return _codestream_whole(data, place + header, end)
        place = max(end, place + header)
    return False


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
    return pdf_startxref(data) is not None


def pdf_startxref(data: bytes | mmap) -> int | None:
    """The offset of the last cross-reference, as a PDF's end states it; None where that end is missing."""
    tail = data[-_PDF_PADDED_TAIL_BYTES:].rstrip(b"\0\r\n\t ")[-_PDF_TAIL_BYTES:]
    words = tail[max(0, tail.rfind(b"startxref")) :].split()
    if len(words) < 3 or words[0] != b"startxref" or not words[2].startswith(b"%%EOF"):
        return None
    return int(words[1]) if words[1].isdigit() and len(words[1]) < 20 else 0


_CHECKS = {
    Format.TIFF: _tiff_whole,
    Format.PNG: _png_whole,
    Format.JPEG: jpeg_whole,
    Format.JPEG2000: _jpeg2000_whole,
    Format.PDF: _pdf_whole,
}
