"""Sizes and resolutions from headers are those that decoding gives."""

import io

import pytest
from PIL import Image

from profilex.images import read_page
from profilex.images.headers import read_header
from profilex.settings import ReadSettings
from profilex.types import PageRef

PLATE = Image.new("L", (300, 200), 255)


def pages(kind: str) -> bytes:
    more = {"save_all": True, "append_images": [Image.new("L", (120, 90), 255)]} if kind in ("TIFF", "PDF") else {}
    stored = io.BytesIO()
    PLATE.save(stored, kind, **({"resolution": 400} if kind == "PDF" else {"dpi": (400, 400)}), **more)
    return stored.getvalue()


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "JPEG", "JPEG2000", "PDF"])
def test_a_header_says_what_the_decoded_page_has(tmp_path, kind):
    path = tmp_path / "scan"
    path.write_bytes(pages(kind))
    for frame in range(2 if kind in ("TIFF", "PDF") else 1):
        page, header = read_page(PageRef(path, "s", "s", frame), ReadSettings()), read_header(path, frame)
        assert (header.width_px, header.height_px) == (page.width_px, page.height_px)
        assert header.dpi == (page.dpi if page.dpi is None else pytest.approx(page.dpi, rel=1e-3))


@pytest.mark.parametrize("data", [b"", b"not a scan", pages("TIFF")[:60], pages("PDF")[:200]])
def test_damaged_files_have_no_header(tmp_path, data):
    (tmp_path / "scan").write_bytes(data)
    assert read_header(tmp_path / "scan", 0) is None
    assert read_header(tmp_path / "absent", 0) is None
