"""Small scans in every format, made in memory, and PDFs written by hand so that every structure can be chosen."""

import io
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from profilex.images import read_page
from profilex.settings import ReadSettings
from profilex.types import Page, PageRef


def drawing(width: int = 90, height: int = 60) -> np.ndarray:
    """A grey picture without any symmetry: a ramp with an ink L in its upper left corner, on a light border."""
    grey = (np.add.outer(np.arange(height) * 2, np.arange(width)) % 156 + 100).astype(np.uint8)
    grey[10:40, 10:16] = 0
    grey[34:40, 10:40] = 20
    return grey


def line_art(width: int = 90, height: int = 60) -> np.ndarray:
    """The same in pure black and white, as 0 and 255."""
    return np.where(drawing(width, height) < 60, 0, 255).astype(np.uint8)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def read(folder: Path, data: bytes, frame: int = 0, settings: ReadSettings | None = None) -> Page:
    """Write the bytes as a file and read a page of it."""
    path = folder / "scan.bin"
    path.write_bytes(data)
    return read_page(PageRef(path, "scan.bin", f"scan.bin/{frame}", frame), settings or ReadSettings())


@dataclass(frozen=True)
class Picture:
    """An image on a PDF page: entries of its dictionary, its stream, and its matrix."""

    entries: bytes
    stream: bytes
    matrix: tuple[float, ...]


@dataclass(frozen=True)
class Sheet:
    """A PDF page: box in points, rotation, images, further drawing commands, and names of what these draw."""

    box: tuple[float, ...] = (0, 0, 90, 60)
    rotate: int = 0
    pictures: tuple[Picture, ...] = ()
    commands: bytes = b""
    entries: bytes = b""
    others: tuple[bytes, ...] = field(default=())
    names: bytes = b""


def grey_picture(grey: np.ndarray, matrix: tuple[float, ...], entries: bytes = b"") -> Picture:
    head = b"/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/FlateDecode"
    return Picture(head % grey.shape[::-1] + entries, zlib.compress(grey.tobytes()), matrix)


def jpeg_picture(data: bytes, size: tuple[int, int], matrix: tuple[float, ...]) -> Picture:
    head = b"/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode"
    return Picture(head % size, data, matrix)


def pdf(*sheets: Sheet) -> bytes:
    """A whole PDF file. `others` of a sheet are numbered from 500 on, for references in its pictures' entries."""
    bodies: dict[int, bytes] = {1: b"<</Type/Catalog/Pages 2 0 R>>"}
    kids = []
    for sheet in sheets:
        page, content = len(bodies) + 2, len(bodies) + 3
        kids.append(page)
        names = sheet.names
        commands = b""
        bodies[content] = bodies[page] = b""
        for place, picture in enumerate(sheet.pictures):
            number = len(bodies) + 2
            bodies[number] = _stream(b"/Type/XObject/Subtype/Image" + picture.entries, picture.stream)
            names += b"/I%d %d 0 R" % (place, number)
            commands += b"q %s cm /I%d Do Q\n" % (_numbers(picture.matrix), place)
        bodies[content] = _stream(b"", commands + sheet.commands)
        bodies[page] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Rotate %d/Contents %d 0 R%s/Resources<</XObject<<%s>>"
            b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
        ) % (_numbers(sheet.box), sheet.rotate, content, sheet.entries, names)
        bodies.update({500 + place: body for place, body in enumerate(sheet.others)})
    bodies[2] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    return _with_table(bodies)


def stream_object(entries: bytes, data: bytes) -> bytes:
    return _stream(entries, data)


def _stream(entries: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def _numbers(values: tuple[float, ...]) -> bytes:
    return " ".join(f"{value:g}" for value in values).encode()


def _with_table(bodies: dict[int, bytes]) -> bytes:
    file = bytearray(b"%PDF-1.6\n")
    table = b""
    for number in sorted(bodies):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, bodies[number])
    start = len(file)
    file += b"xref\n0 1\n0000000000 65535 f \n" + table
    file += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (max(bodies) + 1, start)
    return bytes(file)
