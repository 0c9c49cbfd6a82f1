"""Every way of storing a pixel gives the right grey value, and every orientation an upright page."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms, TiffImagePlugin

from profilex.errors import Code, PageError
from profilex.images.drawn import _UPRIGHT
from tests.helpers.scan_files import drawing, encoded, line_art, read

GREY = drawing()


def luma(colour: tuple[int, int, int]) -> int:
    return round(0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2])


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_grey_tiff_is_exact(tmp_path, compression):
    page = read(tmp_path, encoded(Image.fromarray(GREY), "TIFF", compression=compression, dpi=(300, 300)))
    assert np.array_equal(page.grey, GREY)
    assert page.grey.dtype == np.uint8
    assert page.dpi == 300
    assert page.warnings == ()


@pytest.mark.parametrize("options", [{}, {"compression": "group4"}, {"compression": "group3"}])
def test_one_bit_tiff_is_black_on_white(tmp_path, options):
    page = read(tmp_path, encoded(Image.fromarray(line_art()).convert("1"), "TIFF", **options))
    assert np.array_equal(page.grey, line_art())


@pytest.mark.parametrize("bits", [1, 8])
@pytest.mark.parametrize("photometric", [0, 1])
def test_the_photometric_tag_says_what_is_white(tmp_path, bits, photometric):
    ink = line_art()
    samples = (255 - ink if photometric == 0 else ink) // (255 if bits == 1 else 1)
    page = read(tmp_path, hand_made_tiff(samples, photometric=photometric, bits=bits))
    assert np.array_equal(page.grey, ink)


def hand_made_tiff(samples: np.ndarray, order: str = "<", photometric: int = 1, bits: int = 16, **tags: int) -> bytes:
    """A grey TIFF of one strip, written by hand, as Pillow writes none with these tags."""
    height, width = samples.shape
    if bits == 16:
        data = samples.astype(order + "u2").tobytes()
    else:
        data = {1: lambda ink: np.packbits(ink, axis=1), 8: np.copy, 12: packed_12}[bits](samples).tobytes()
    entries = {256: width, 257: height, 258: bits, 259: 1, 262: photometric, 273: 8, 277: 1, 278: height}
    entries |= {279: len(data)} | {int(tag[1:]): value for tag, value in tags.items()}
    table = struct.pack(order + "H", len(entries))
    for tag in sorted(entries):
        table += struct.pack(order + "HHII", tag, 4, 1, entries[tag])
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8 + len(data))
    return head + data + table + struct.pack(order + "I", 0)


def packed_12(samples: np.ndarray) -> np.ndarray:
    first, second = samples[:, ::2].astype(int), samples[:, 1::2].astype(int)
    rows = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], axis=2)
    return rows.astype(np.uint8)


@pytest.mark.parametrize("order", ["<", ">"])
def test_16_bit_grey_is_rescaled_not_clipped(tmp_path, order):
    samples = np.linspace(0, 65535, 5400).round().astype(np.uint16).reshape(60, 90)
    page = read(tmp_path, hand_made_tiff(samples, order))
    assert np.array_equal(page.grey, np.rint(samples / 257).astype(np.uint8))
    assert not any("bits" in warning for warning in page.warnings)


def test_16_bit_grey_with_white_zero_is_turned(tmp_path):
    samples = np.linspace(0, 65535, 5400).round().astype(np.uint16).reshape(60, 90)
    page = read(tmp_path, hand_made_tiff(samples, photometric=0))
    assert np.array_equal(page.grey, 255 - np.rint(samples / 257).astype(np.uint8))


def test_12_bits_in_16_use_the_whole_range(tmp_path):
    samples = np.linspace(0, 4095, 5400).round().astype(np.uint16).reshape(60, 90)
    page = read(tmp_path, hand_made_tiff(samples))
    assert (page.grey.min(), page.grey.max()) == (0, 255)
    assert any("12 bits" in warning for warning in page.warnings)


def test_true_12_bit_samples_need_no_guess(tmp_path):
    samples = np.linspace(0, 2000, 5400).round().astype(np.uint16).reshape(60, 90)
    page = read(tmp_path, hand_made_tiff(samples, bits=12))
    assert np.array_equal(page.grey, np.rint(samples * (255 / 4095)).astype(np.uint8))


def test_a_declared_range_is_used(tmp_path):
    samples = np.full((60, 90), 10_000, np.uint16)
    page = read(tmp_path, hand_made_tiff(samples, t281=20_000))
    assert np.all(page.grey == 128)


def test_16_bit_png_is_rescaled(tmp_path):
    samples = np.linspace(0, 65535, 5400).round().astype(np.uint16).reshape(60, 90)
    page = read(tmp_path, encoded(Image.fromarray(samples), "PNG"))
    assert np.array_equal(page.grey, np.rint(samples / 257).astype(np.uint8))


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0])
def test_float_samples_are_scaled_by_their_range(tmp_path, top):
    samples = np.linspace(0, top, 5400, dtype=np.float32).reshape(60, 90)
    page = read(tmp_path, encoded(Image.fromarray(samples), "TIFF"))
    assert (page.grey[0, 0], page.grey[-1, -1]) == (0, 255)


@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_palettes_are_looked_up(tmp_path, kind):
    image = Image.new("P", (90, 60), 1)
    image.putpalette([255, 255, 255, 200, 100, 0])
    page = read(tmp_path, encoded(image, kind))
    assert np.all(page.grey == luma((200, 100, 0)))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_transparent_parts_show_white_paper(tmp_path, mode, kind):
    image = Image.new(mode, (90, 60), 0)  # black, and wholly transparent
    alpha = Image.new("L", (90, 60), 0)
    alpha.paste(255, (0, 0, 45, 60))
    alpha.paste(128, (0, 0, 10, 60))
    image.putalpha(alpha)
    grey = read(tmp_path, encoded(image, kind)).grey
    assert grey[30, 70] == 255
    assert grey[30, 30] == 0
    assert grey[30, 5] == 127


@pytest.mark.parametrize("mode", ["P", "L", "RGB", "1"])
def test_a_transparent_colour_shows_white_paper(tmp_path, mode):
    image = Image.new(mode, (90, 60), 0)
    key = {"RGB": (0, 0, 0)}.get(mode, 0)
    grey = read(tmp_path, encoded(image, "PNG", transparency=key)).grey
    assert np.all(grey == 255)


@pytest.mark.parametrize("kind", ["TIFF", "JPEG"])
def test_cmyk_ink_is_dark_and_paper_white(tmp_path, kind):
    image = Image.new("CMYK", (90, 60), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 48, 60))
    grey = read(tmp_path, encoded(image, kind)).grey
    assert grey[30, 80] >= 253
    assert grey[30, 20] <= 2


def test_colour_jpeg_gives_its_stored_luma(tmp_path):
    image = Image.new("RGB", (96, 64), (200, 60, 30))
    grey = read(tmp_path, encoded(image, "JPEG", quality=95)).grey
    assert np.all(np.abs(grey.astype(int) - luma((200, 60, 30))) <= 1)


@pytest.mark.parametrize("name", ["scan.jp2", "scan.j2k"])
def test_jpeg_2000_is_exact_when_it_is_reversible(tmp_path, name):
    data = encoded(Image.fromarray(GREY), "JPEG2000", irreversible=False, no_jp2=name.endswith("j2k"))
    assert np.array_equal(read(tmp_path, data).grey, GREY)


def test_broken_icc_profiles_do_no_harm(tmp_path):
    for profile in (b"not a profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()[:200]):
        for kind in ("TIFF", "PNG", "JPEG"):
            options = {"quality": 100} if kind == "JPEG" else {}
            page = read(tmp_path, encoded(Image.fromarray(GREY), kind, icc_profile=profile, **options))
            assert np.abs(page.grey.astype(int) - GREY).mean() < 2


def test_lab_is_refused_as_unsupported(tmp_path):
    with pytest.raises(PageError) as caught:
        read(tmp_path, encoded(Image.new("LAB", (90, 60)), "TIFF"))
    assert caught.value.code == Code.UNSUPPORTED


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_exif_orientation_is_applied(tmp_path, kind, orientation):
    upright = Image.fromarray(line_art(96, 64))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that undoes the turn
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(back[orientation]))
    exif = Image.Exif()
    exif[274] = orientation
    options = {"quality": 100} if kind == "JPEG" else {}
    page = read(tmp_path, encoded(stored, kind, exif=exif.tobytes(), **options))
    assert page.grey.shape == (64, 96)
    assert np.array_equal(page.grey > 128, np.asarray(upright) > 128)
    assert page.grey.flags.c_contiguous
    assert set(_UPRIGHT) == set(range(2, 9))


def test_damaged_exif_is_ignored(tmp_path):
    data = encoded(Image.fromarray(GREY), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff garbage")
    assert read(tmp_path, data).grey.shape == GREY.shape


def test_every_frame_of_a_multi_page_tiff_is_read(tmp_path):
    frames = [Image.fromarray(np.roll(GREY, 7 * n, axis=1)) for n in range(4)]
    frames[2] = Image.fromarray(line_art()).convert("1")
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    for number, frame in enumerate(frames):
        assert np.array_equal(read(tmp_path, data, number).grey, np.asarray(frame.convert("L")))


def test_reduced_copies_are_left_out_and_said(tmp_path):
    reduced = TiffImagePlugin.ImageFileDirectory_v2()
    reduced[254] = 1
    buffer = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(buffer, True) as out:
        for image, tags in (
            (Image.fromarray(GREY), None),
            (Image.fromarray(GREY[::2, ::2]), reduced),
            (Image.fromarray(255 - GREY), None),
        ):
            image.save(out, "TIFF", tiffinfo=tags or TiffImagePlugin.ImageFileDirectory_v2())
            out.newFrame()
    data = buffer.getvalue()
    page = read(tmp_path, data, 1)
    assert np.array_equal(page.grey, 255 - GREY)
    assert any("reduced" in warning for warning in page.warnings)


def test_negatives_are_kept_with_a_warning(tmp_path):
    page = read(tmp_path, encoded(Image.fromarray(255 - line_art()), "PNG"))
    assert np.array_equal(page.grey, 255 - line_art())
    assert any("negative" in warning for warning in page.warnings)
    assert not any("negative" in w for w in read(tmp_path, encoded(Image.fromarray(line_art()), "PNG")).warnings)
