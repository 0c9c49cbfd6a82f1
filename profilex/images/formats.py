"""The format of a file by its first bytes, because suffixes can be wrong."""

from enum import StrEnum

SIGNATURE_BYTES = 1 << 16
"""Bytes of a file's start for `sniff`: mail programs and old transfers put bytes before a PDF's header."""


class Format(StrEnum):
    """The file formats that are read."""

    TIFF = "TIFF"
    PNG = "PNG"
    JPEG = "JPEG"
    JPEG2000 = "JPEG 2000"
    PDF = "PDF"


_SIGNATURES = (
    (b"II\x2a\x00", Format.TIFF),
    (b"MM\x00\x2a", Format.TIFF),
    (b"II\x2b\x00", Format.TIFF),  # BigTIFF
    (b"MM\x00\x2b", Format.TIFF),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", Format.JPEG2000),
    (b"\xff\x4f\xff\x51", Format.JPEG2000),  # a bare code stream
)

_FOREIGN = (
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (8, b"WEBP", "WebP"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftyphev", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (0, b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"II\xbc\x01", "JPEG XR"),
    (0, b"AT&TFORM", "DjVu"),
    (0, b"8BPS", "Photoshop"),
    (0, b"%!PS", "PostScript"),
    (0, b"\xc5\xd0\xd3\xc6", "EPS"),
    (0, b"P4", "PBM"),
    (0, b"P5", "PGM"),
    (0, b"P6", "PPM"),
    (0, b"\x97JB2\r\n\x1a\n", "JBIG2"),
    (0, b"PK\x03\x04", "zip archive or office document"),
)


def sniff(start: bytes) -> Format | None:
    """The format of a file that begins with `start`, or None for anything else."""
    for signature, found in _SIGNATURES:
        if start.startswith(signature):
            return found
    return Format.PDF if pdf_start(start) >= 0 and foreign_name(start) is None else None


def foreign_name(start: bytes) -> str | None:
    """The name of a common format that is not read, None if the bytes are of no known format."""
    for place, signature, name in _FOREIGN:
        if start[place:].startswith(signature):
            return name
    return None


def pdf_start(start: bytes) -> int:
    """The place of a PDF's header; -1 if there is no header within `SIGNATURE_BYTES`."""
    return start[:SIGNATURE_BYTES].find(b"%PDF-")
