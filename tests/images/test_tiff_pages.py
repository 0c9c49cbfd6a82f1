"""Which images of a TIFF file are pages, and which files that break the rules are whole all the same."""

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from profilex.errors import Code, PageError
from profilex.images import count_frames
from tests.helpers.scan_files import drawing, encoded, line_art, read

WIDTH, HEIGHT = 402, 300


def plate(seed: int = 0, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """A page with ink that is like no other seed's."""
    grey = np.full((height, width), 250, np.uint8)
    for x, y, w, h in np.random.default_rng(seed).integers(8, min(width, height) - 60, (12, 4)):
        grey[y : y + h // 4, x : x + w // 6] = 20
    return grey


def reduced(grey: np.ndarray, factor: int) -> np.ndarray:
    size = grey.shape[1] // factor, grey.shape[0] // factor
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX))


def written(*images: tuple[np.ndarray, dict]) -> bytes:
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        for image, options in images:
            writer.write(image, **{"photometric": "minisblack", "metadata": None, **options})
    return buffer.getvalue()


def pages_of(folder, data: bytes) -> list[np.ndarray]:
    page = read(folder, data)
    count = count_frames(folder / "scan.bin")
    return [page.grey, *(read(folder, data, frame).grey for frame in range(1, count))]


@pytest.mark.parametrize("options", [{}, {"subfiletype": 2}, {"subfiletype": 1}, {"compression": "lzw"}])
@pytest.mark.parametrize("first", ["page", "copy"])
def test_reduced_copies_are_no_pages_however_they_are_marked(tmp_path, options, first):
    page = (plate(), {"compression": options.get("compression")})
    copies = [(reduced(plate(), factor), options) for factor in (2, 4, 8)]
    data = written(page, *copies) if first == "page" else written(*copies, page)
    found = pages_of(tmp_path, data)
    assert len(found) == 1
    assert np.array_equal(found[0], plate())
    assert any("3 reduced copies" in warning for warning in read(tmp_path, data).warnings)


def test_the_old_tag_says_that_a_copy_is_one(tmp_path):
    data = written((plate(), {}), (reduced(plate(7), 3), {"subfiletype": 0, "extratags": [(255, "H", 1, 2, True)]}))
    changed = bytearray(data)
    while (place := changed.find(struct.pack("<HH", 254, 4))) >= 0:  # only the old tag is there
        struct.pack_into("<H", changed, place, 253)
    assert len(pages_of(tmp_path, bytes(changed))) == 1


def test_a_colour_thumbnail_beside_a_bilevel_page_is_a_copy(tmp_path):
    ink = np.where(plate() > 128, 255, 0).astype(np.uint8)
    small = np.dstack([reduced(ink, 5)] * 3)
    data = written((ink, {}), (small, {"photometric": "rgb"}))
    assert len(pages_of(tmp_path, data)) == 1


def test_copies_of_several_pages_are_all_left_out(tmp_path):
    images = [(plate(seed), {}) for seed in range(3)]
    copies = [(reduced(plate(seed), 4), {}) for seed in range(3)]
    data = written(*(each for pair in zip(images, copies, strict=True) for each in pair))
    found = pages_of(tmp_path, data)
    assert [np.array_equal(grey, plate(seed)) for seed, grey in enumerate(found)] == [True] * 3


def test_smaller_pages_of_one_shape_stay_pages(tmp_path):
    """A supplement at half the resolution has the shape of a copy, and another drawing on it."""
    data = written((plate(1), {}), (reduced(plate(2), 2), {}), (plate(3, 300, 402), {}))
    assert len(pages_of(tmp_path, data)) == 3


def test_pages_in_sub_directories_are_copies(tmp_path):
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(plate(), subifds=2, photometric="minisblack", metadata=None)
        for factor in (2, 4):
            writer.write(reduced(plate(), factor), subfiletype=1, photometric="minisblack", metadata=None)
    found = pages_of(tmp_path, buffer.getvalue())
    assert [grey.shape for grey in found] == [(HEIGHT, WIDTH)]


def test_a_page_below_its_thumbnail_is_the_page(tmp_path):
    """As cameras write it: the first directory is the thumbnail, the picture lies below it."""
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(reduced(plate(), 4), subifds=1, subfiletype=1, photometric="minisblack", metadata=None)
        writer.write(plate(), subfiletype=0, photometric="minisblack", metadata=None)
    found = pages_of(tmp_path, buffer.getvalue())
    assert len(found) == 1
    assert np.array_equal(found[0], plate())


def directory_of(data: bytes) -> tuple[int, int]:
    """Offset of the first directory and of its pointer to the next."""
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    return start, start + 2 + 12 * count


def directory_last(grey: np.ndarray) -> bytes:
    """A TIFF whose directory follows the picture, as most programs write it."""
    body = grey.tobytes()
    entries = {256: grey.shape[1], 257: grey.shape[0], 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: grey.shape[0]}
    entries[279] = len(body)
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(entries.items()))
    return struct.pack("<2sHI", b"II", 42, 8 + len(body)) + body + struct.pack("<H", len(entries)) + table + bytes(4)


GREY = drawing(180, 120)


@pytest.mark.parametrize("pointer", [0x7FFFFFFF, 0xFFFFFFFF, 9, 4000])
def test_a_pointer_to_no_further_page_is_passed_over(tmp_path, pointer):
    data = bytearray(directory_last(GREY))
    struct.pack_into("<I", data, directory_of(data)[1], pointer)
    page = read(tmp_path, bytes(data))
    assert np.array_equal(page.grey, GREY)
    assert any("list of the TIFF's pages" in warning for warning in page.warnings)
    assert count_frames(tmp_path / "scan.bin") == 1


@pytest.mark.parametrize("missing", [1, 2, 4])
def test_the_end_of_the_list_may_be_missing(tmp_path, missing):
    page = read(tmp_path, directory_last(GREY)[:-missing])
    assert np.array_equal(page.grey, GREY)
    assert page.warnings


def directory_first(body: bytes, compression: int, bits: int, stated: int) -> bytes:
    """A TIFF of one strip at its end, with a byte count that may be wrong."""
    entries = {256: 180, 257: 120, 258: bits, 259: compression, 262: 1, 277: 1, 278: 120, 279: stated}
    start = 8 + 2 + 12 * (len(entries) + 1) + 4
    entries[273] = start
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(entries.items()))
    return b"II" + struct.pack("<HIH", 42, 8, len(entries)) + table + bytes(4) + body


def strip(name: str) -> tuple[bytes, int, int]:
    """A picture's one strip, its compression and bits."""
    picture = Image.fromarray(line_art(180, 120))
    if name == "jpeg":
        return encoded(picture, "JPEG", quality=100), 7, 8
    picture = picture.convert("1") if name == "group4" else picture
    with tifffile.TiffFile(io.BytesIO(encoded(picture, "TIFF", compression=name))) as file:
        page = file.pages[0]
        (start,), (count,) = page.dataoffsets, page.databytecounts
        file.filehandle.seek(start)
        return file.filehandle.read(count), int(page.compression), page.bitspersample


@pytest.mark.parametrize("name", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group4"])
@pytest.mark.parametrize("more", [1, 5000, 1 << 20])
def test_byte_counts_beyond_the_end_are_no_loss(tmp_path, name, more):
    body, compression, bits = strip(name)
    page = read(tmp_path, directory_first(body, compression, bits, len(body) + more))
    assert np.abs(page.grey.astype(int) - line_art(180, 120)).max() <= 2
    assert any("byte counts" in warning for warning in page.warnings)
    cut = directory_first(body[: len(body) // 2], compression, bits, len(body) + more)
    assert failure(tmp_path, cut).code == Code.TRUNCATED


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "group4"])
def test_a_file_of_pages_that_is_cut_anywhere_is_truncated(tmp_path, compression):
    """Neither the last pages nor a part of one may go missing in silence."""
    pictures = [Image.fromarray(plate(seed)).convert("1") for seed in range(3)]
    whole = encoded(pictures[0], "TIFF", compression=compression, save_all=True, append_images=pictures[1:])
    for length in range(9, len(whole) - 1, max(1, len(whole) // 150)):
        assert outcome_of(tmp_path, whole[:length]) in (Code.TRUNCATED, 3)


def outcome_of(tmp_path, data: bytes) -> Code | int:
    """The code of a failure, or the number of pages."""
    try:
        return len(pages_of(tmp_path, data))
    except PageError as error:
        return error.code


def failure(tmp_path, data: bytes) -> PageError:
    with pytest.raises(PageError) as caught:
        read(tmp_path, data)
    return caught.value
