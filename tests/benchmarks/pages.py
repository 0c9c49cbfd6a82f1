"""Pages to measure with: synthetic plates on A4 at 300 dpi, in the formats that archives hold."""

import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from profilex.synth import draw_page

A4_PX = (2480, 3508)
DPI = 300
FORMATS = ("1-bit.tif", "grey.tif", "grey.jpg", "grey.png")


def a4_plate(seed: int) -> np.ndarray:
    """A synthetic page, uint8 (3508, 2480), brought to A4 at 300 dpi: as large as it fits, on its own paper."""
    grey = draw_page(seed).grey
    width, height = A4_PX
    scale = min(width / grey.shape[1], height / grey.shape[0])
    size = (min(width, round(grey.shape[1] * scale)), min(height, round(grey.shape[0] * scale)))
    drawn = cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    page = np.full((height, width), int(np.median(grey)), np.uint8)
    top, left = (height - size[1]) // 2, (width - size[0]) // 2
    page[top : top + size[1], left : left + size[0]] = drawn
    return page


def encoded(grey: np.ndarray, name: str) -> bytes:
    """A page as a file of one of FORMATS, or as "pages.tif" and "page.pdf"."""
    image, stream = Image.fromarray(grey), io.BytesIO()
    match name:
        case "1-bit.tif":
            image.point(lambda value: 255 * (value > 160)).convert("1").save(
                stream, "TIFF", compression="group4", dpi=(DPI, DPI)
            )
        case "grey.tif":
            image.save(stream, "TIFF", compression="tiff_lzw", dpi=(DPI, DPI))
        case "grey.jpg":
            image.save(stream, "JPEG", quality=88, dpi=(DPI, DPI))
        case "grey.png":
            image.save(stream, "PNG", compress_level=3, dpi=(DPI, DPI))
        case "page.pdf":
            image.save(stream, "PDF", resolution=DPI)
        case "pages.tif":
            image.save(stream, "TIFF", compression="tiff_lzw", dpi=(DPI, DPI), save_all=True, append_images=[image])
        case _:
            raise ValueError(name)
    return stream.getvalue()


def write_pages(folder: Path, count: int, *, seed: int = 1) -> list[Path]:
    """`count` different A4 pages, the formats in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"{number:04}_{FORMATS[number % len(FORMATS)]}"
        path.write_bytes(encoded(a4_plate(seed * 100_000 + number), FORMATS[number % len(FORMATS)]))
        paths.append(path)
    return paths
