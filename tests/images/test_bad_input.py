"""Every bad file gets its code, and nothing but a PageError ever comes out."""

import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from profilex.errors import Code, PageError
from profilex.files import sha256_bytes
from profilex.images import count_frames, read_page
from profilex.settings import ReadSettings
from profilex.types import PageRef
from tests.helpers import damaged_scans
from tests.helpers.damaged_scans import GREY, NOISE, SEEDS
from tests.helpers.programs import finding_helpers
from tests.helpers.scan_files import drawing, encoded, read


def code_of(attempt) -> Code:
    with pytest.raises(PageError) as caught:
        attempt()
    assert caught.value.message
    assert caught.value.remedy
    return caught.value.code


@pytest.mark.parametrize("data", [b"", b"Plate 12, figures 1 to 9\n", b"<html></html>", b"\0" * 5000])
def test_empty_files_and_text_are_unreadable(tmp_path, data):
    assert code_of(lambda: read(tmp_path, data)) == Code.UNREADABLE
    assert code_of(lambda: count_frames(tmp_path / "scan.bin")) == Code.UNREADABLE


def test_a_file_that_is_gone_or_closed_to_us_is_unreadable(tmp_path):
    for path in (tmp_path / "gone.tif", tmp_path):
        assert code_of(lambda path=path: count_frames(path)) == Code.UNREADABLE
        ref = PageRef(path, "gone.tif", "gone.tif/0")
        assert code_of(lambda ref=ref: read_page(ref, ReadSettings())) == Code.UNREADABLE


@pytest.mark.parametrize("name", SEEDS)
@pytest.mark.parametrize("share", [0.4, 0.7, 0.9])
def test_a_cut_file_is_truncated(tmp_path, name, share):
    data = SEEDS[name]
    assert code_of(lambda: read(tmp_path, data[: int(share * len(data))])) == Code.TRUNCATED


@pytest.mark.parametrize("name", ["tiff raw", "tiff lzw pages", "tiff g4", "png", "jpeg", "jp2", "pdf"])
def test_a_file_cut_in_its_header_is_truncated(tmp_path, name):
    assert code_of(lambda: read(tmp_path, SEEDS[name][:20])) == Code.TRUNCATED


def test_no_cut_jpeg_passes_as_whole(tmp_path):
    """Every length is tried: a decoder that fills the rest with grey would show here."""
    data = SEEDS["jpeg"]
    whole = read(tmp_path, data).grey
    for length in range(3, len(data) - 2, 7):
        code = None
        try:
            page = read(tmp_path, data[:length])
        except PageError as error:
            code = error.code
        assert code == Code.TRUNCATED or np.array_equal(page.grey, whole)


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def tiff_header(width: int, height: int) -> bytes:
    buffer = bytearray(SEEDS["tiff raw"])
    order = "<" if buffer[:2] == b"II" else ">"
    (start,) = struct.unpack_from(order + "I", buffer, 4)
    (count,) = struct.unpack_from(order + "H", buffer, start)
    for place in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(order + "HH", buffer, place)
        if tag in (256, 257):
            struct.pack_into(order + ("H" if kind == 3 else "I"), buffer, place + 8, width if tag == 256 else height)
    return bytes(buffer)


def jpeg_header(width: int, height: int) -> bytes:
    data = bytearray(SEEDS["jpeg"])
    struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, height, width)
    return bytes(data)


def jp2_header(width: int, height: int) -> bytes:
    data = bytearray(SEEDS["jp2"])
    struct.pack_into(">II", data, data.index(b"ihdr") + 4, height, width)
    struct.pack_into(">II", data, data.index(b"\xff\x51") + 6, width, height)
    return bytes(data)


@pytest.mark.parametrize("declared", [png_header, tiff_header, jpeg_header, jp2_header])
def test_a_declared_giant_is_refused_before_decoding(tmp_path, declared, monkeypatch):
    data = declared(60000, 60000)
    monkeypatch.setattr(Image.core, "new", lambda *_: pytest.fail("memory was asked for"))
    monkeypatch.setattr(Image.core, "fill", lambda *_: pytest.fail("memory was asked for"))
    assert code_of(lambda: read(tmp_path, data)) == Code.TOO_LARGE


def test_the_limit_is_the_users(tmp_path):
    image = encoded(Image.new("1", (1001, 1000), 1), "TIFF", compression="group4")
    assert code_of(lambda: read(tmp_path, image, settings=ReadSettings(max_megapixels=1))) == Code.TOO_LARGE
    assert read(tmp_path, image, settings=ReadSettings(max_megapixels=2)).width_px == 1001


@pytest.mark.slow
def test_a_large_plate_within_the_limit_raises_no_warning(tmp_path):
    """600 dpi A2 and more: beyond the size at which Pillow warns of bombs, and twice that, at which it refuses."""
    image = encoded(Image.new("1", (14100, 13000), 1), "TIFF", compression="group4", dpi=(600, 600))
    page = read(tmp_path, image)
    assert page.grey.shape == (13000, 14100)
    assert page.warnings == ()
    assert page.grey.min() == 255


def test_the_digest_is_of_the_bytes_that_were_decoded(tmp_path, monkeypatch):
    first, second = SEEDS["png"], encoded(NOISE, "PNG")
    path = tmp_path / "scan.bin"
    path.write_bytes(first)
    real = type(path).read_bytes

    def swapped_behind_our_back(self):
        data = real(self)
        self.write_bytes(second)
        return data

    monkeypatch.setattr(type(path), "read_bytes", swapped_behind_our_back)
    page = read_page(PageRef(path, "scan.bin", "scan.bin/0"), ReadSettings())
    assert page.sha256 == sha256_bytes(first)
    assert np.array_equal(page.grey, drawing())


def test_frames_that_went_away_are_a_change(tmp_path):
    assert code_of(lambda: read(tmp_path, SEEDS["tiff g4"], frame=1)) == Code.CHANGED
    assert code_of(lambda: read(tmp_path, SEEDS["png"], frame=1)) == Code.CHANGED


@pytest.mark.parametrize(
    ("name", "count"), [("tiff raw", 1), ("tiff lzw pages", 2), ("png", 1), ("jpeg", 1), ("jp2", 1), ("pdf", 2)]
)
def test_frames_are_counted_from_headers(tmp_path, name, count):
    (tmp_path / "scan.bin").write_bytes(SEEDS[name])
    assert count_frames(tmp_path / "scan.bin") == count


def test_a_name_that_is_not_utf_8_can_be_read(tmp_path):
    for name, data in (("a", SEEDS["pdf"]), ("b", SEEDS["tiff g4"])):
        path = tmp_path / os.fsdecode(b"\xff\n" + name.encode())
        path.write_bytes(data)
        assert count_frames(path) >= 1
        assert read_page(PageRef(path, "x", "x/0"), ReadSettings()).grey.size


def test_previews_inside_a_jpeg_are_no_pages(tmp_path):
    data = encoded(NOISE, "MPO", save_all=True, append_images=[GREY.convert("L")])
    path = tmp_path / "scan.bin"
    path.write_bytes(data)
    assert count_frames(path) == 1
    assert read(tmp_path, data).grey.shape == (64, 64)


def test_directories_in_a_loop_are_counted_once(tmp_path):
    data = bytearray(SEEDS["tiff raw"])
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    struct.pack_into("<I", data, start + 2 + 12 * count, start)
    path = tmp_path / "scan.bin"
    path.write_bytes(bytes(data))
    assert count_frames(path) == 1
    assert np.array_equal(read(tmp_path, bytes(data)).grey, drawing())


@pytest.mark.slow
def test_damaged_bytes_raise_nothing_but_page_errors():
    """In a process of its own, as a decoder could also crash or hang."""
    command = [sys.executable, "-W", "error", "-m", damaged_scans.__name__, "50"]
    done = subprocess.run(command, env=finding_helpers(), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
