"""What kind of file it is, by its first bytes: suffixes lie."""

from enum import StrEnum

SIGNATURE_BYTES = 1024
"""How much of a file's start `sniff` wants to see; a PDF's header may stand that far inside."""


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


def sniff(start: bytes) -> Format | None:
    """The format of a file that begins with `start`, or None for anything else."""
    for signature, found in _SIGNATURES:
        if start.startswith(signature):
            return found
    return Format.PDF if b"%PDF-" in start[:SIGNATURE_BYTES] else None
