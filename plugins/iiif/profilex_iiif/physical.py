"""How long a pixel is: the physical dimensions service of IIIF, and the resolution that a file states."""

import io
import struct
import warnings
import zlib
from typing import Any

from PIL import Image

_PROFILE = "http://iiif.io/api/annex/services/physdim"
_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4}
_LEAST_DPI, _MOST_DPI = 50.0, 4800.0


def physical_mm(services: list[Any]) -> float | None:
    """Millimetres for a unit of what the services belong to, by the first physical dimensions service."""
    for service in services:
        if not isinstance(service, dict):
            continue
        named = f"{service.get('profile')} {service.get('@context')}"
        scale, unit = service.get("physicalScale"), _MM.get(str(service.get("physicalUnits")))
        if _PROFILE in named and unit and isinstance(scale, int | float) and scale > 0:
            return float(scale) * unit
    return None


def dots_per_inch(mm_per_px: float | None) -> float | None:
    """The resolution of an image whose pixels have this size on the paper, None where no scan has it."""
    dpi = 25.4 / mm_per_px if mm_per_px else 0.0
    return dpi if _LEAST_DPI <= dpi <= _MOST_DPI else None


def image_width(data: bytes) -> int | None:
    """The width of a picture in pixels, None where its header cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # nothing is decoded
            with Image.open(io.BytesIO(data)) as picture:
                return picture.width
    except Exception:  # Pillow raises many types
        return None


def with_resolution(data: bytes, dpi: float) -> bytes | None:
    """A JPEG or PNG file that states a resolution, its picture as it was; None for other formats."""
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data, round(dpi))
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data, round(dpi / 0.0254))
    return None


def _jpeg(data: bytes, dpi: int) -> bytes:
    """The density of the JFIF header, which is written where there is none (ITU T.871, 10.1)."""
    density = struct.pack(">BHH", 1, dpi, dpi)
    if data[2:4] == b"\xff\xe0" and data[6:11] == b"JFIF\0" and len(data) >= 18:
        return data[:13] + density + data[18:]
    return data[:2] + b"\xff\xe0\x00\x10JFIF\0\x01\x02" + density + b"\0\0" + data[2:]


def _png(data: bytes, per_metre: int) -> bytes:
    """The chunk pHYs after the header, instead of one that is there (PNG specification, 11.3.4.3)."""
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    parts, place = [data[:8]], 8
    while place + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        if name != b"pHYs":
            parts.append(data[place : place + 12 + length])
        if name == b"IHDR":
            parts.append(chunk)
        place += 12 + length
    return b"".join(parts)
