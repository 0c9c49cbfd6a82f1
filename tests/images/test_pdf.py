"""PDF pages: scans in their own pixels, drawings at the asked resolution, damage told."""

import io
import warnings

import numpy as np
import pytest
from PIL import Image

from profilex.errors import Code, PageError
from profilex.images import count_frames
from profilex.settings import ReadSettings
from tests.helpers.scan_files import (
    Sheet,
    drawing,
    encoded,
    grey_picture,
    jpeg_picture,
    line_art,
    pdf,
    read,
    stream_object,
)

GREY = drawing(300, 200)
WHOLE = (72, 0, 0, 48, 0, 0)  # 300 x 200 px on 72 x 48 points: 300 dpi
BOX = (0, 0, 72, 48)


def scan_page(**changes) -> Sheet:
    return Sheet(**{"box": BOX, "pictures": (grey_picture(GREY, WHOLE),), **changes})


def test_one_embedded_scan_is_read_in_its_own_pixels(tmp_path):
    page = read(tmp_path, pdf(scan_page()), settings=ReadSettings(pdf_dpi=100))
    assert np.array_equal(page.grey, GREY)
    assert page.dpi == pytest.approx(300)
    assert page.warnings == ()


def test_an_invisible_text_layer_does_not_matter(tmp_path):
    page = read(tmp_path, pdf(scan_page(commands=b"BT /F 9 Tf 3 Tr 5 5 Td (Plate 7) Tj ET")))
    assert np.array_equal(page.grey, GREY)


def test_visible_text_over_a_scan_is_drawn_with_it(tmp_path):
    page = read(tmp_path, pdf(scan_page(commands=b"BT /F 20 Tf 5 5 Td (HH) Tj ET")), settings=ReadSettings(pdf_dpi=100))
    assert page.grey.shape == GREY.shape  # at the scan's resolution, not at the coarser one that was asked
    assert page.dpi == pytest.approx(300)
    assert np.array_equal(page.grey[:50], GREY[:50])
    assert not np.array_equal(page.grey, GREY)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize(
    "matrix", [WHOLE, (-72, 0, 0, 48, 72, 0), (72, 0, 0, -48, 0, 48), (0, 72, -48, 0, 48, 0), (0, 72, 48, 0, 0, 0)]
)
def test_rotations_and_flips_agree_with_what_is_drawn(tmp_path, rotate, matrix):
    box = BOX if matrix[0] else (0, 0, 48, 72)
    plain = Sheet(box=box, rotate=rotate, pictures=(grey_picture(GREY, matrix),))
    stored = read(tmp_path, pdf(plain)).grey
    dot = Sheet(box=box, rotate=rotate, pictures=plain.pictures, commands=b"0 0 .01 .01 re f")
    drawn = read(tmp_path, pdf(dot)).grey
    assert stored.shape == drawn.shape
    assert np.abs(stored.astype(int) - drawn)[2:-2, 2:-2].max() <= 1
    assert sorted(stored.ravel()) == sorted(GREY.ravel())


def test_bilevel_and_inverted_scans_have_the_right_greys(tmp_path):
    ink = line_art(300, 200)
    page = read(tmp_path, encoded(Image.fromarray(ink).convert("1"), "PDF", resolution=300))  # CCITT
    assert np.array_equal(page.grey, ink)
    assert page.dpi == pytest.approx(300)
    inverted = grey_picture(255 - GREY, WHOLE, b"/Decode[1 0]")
    assert np.array_equal(read(tmp_path, pdf(scan_page(pictures=(inverted,)))).grey, GREY)


def test_masks_are_drawn_on_white(tmp_path):
    alpha = np.full(GREY.shape, 255, np.uint8)
    alpha[:, :150] = 0
    soft = stream_object(
        b"/Type/XObject/Subtype/Image/Width 300/Height 200/BitsPerComponent 8/ColorSpace/DeviceGray", alpha.tobytes()
    )
    picture = grey_picture(np.zeros_like(GREY), WHOLE, b"/SMask 500 0 R")
    grey = read(tmp_path, pdf(scan_page(pictures=(picture,), others=(soft,)))).grey
    assert np.all(grey[:, 5:145] == 255)
    assert np.all(grey[:, 155:295] == 0)


def test_a_stencil_shows_its_ink(tmp_path):
    ink = np.packbits(line_art(304, 200) > 128, axis=1).tobytes()
    picture = grey_picture(GREY, WHOLE)
    stencil = type(picture)(b"/Width 304/Height 200/BitsPerComponent 1/ImageMask true", ink, (72.96, 0, 0, 48, 0, 0))
    grey = read(tmp_path, pdf(Sheet(box=(0, 0, 72.96, 48), pictures=(stencil,)))).grey
    assert grey[25, 12] == 0
    assert grey[100, 100] == 255


def test_strips_of_one_scan_are_joined_at_their_resolution(tmp_path):
    upper = grey_picture(GREY[:100], (72, 0, 0, 24, 0, 24))
    lower = grey_picture(GREY[100:], (72, 0, 0, 24, 0, 0))
    page = read(tmp_path, pdf(Sheet(box=BOX, pictures=(upper, lower))), settings=ReadSettings(pdf_dpi=100))
    assert page.grey.shape == GREY.shape
    assert page.dpi == pytest.approx(300)
    assert np.abs(page.grey.astype(int) - GREY).max() <= 1


def test_what_is_cropped_from_the_page_stays_out(tmp_path):
    page = read(tmp_path, pdf(Sheet(box=(0, 0, 36, 48), pictures=(grey_picture(GREY, WHOLE),))))
    assert page.width_px == 150


def test_vector_pages_are_drawn_at_the_asked_resolution(tmp_path):
    sheet = Sheet(box=(0, 0, 72, 36), commands=b"0 g 18 9 36 18 re f")
    page = read(tmp_path, pdf(sheet), settings=ReadSettings(pdf_dpi=400))
    assert page.grey.shape == (200, 400)
    assert page.dpi == 400
    assert np.all(page.grey[52:148, 102:298] == 0)
    assert np.all(page.grey[:48] == 255)


def test_colours_become_luma(tmp_path):
    page = read(tmp_path, pdf(Sheet(commands=b"1 0 0 rg 0 0 90 60 re f")))
    assert abs(int(page.grey[30, 30]) - 76) <= 1


def test_a_page_sized_by_pixels_has_no_believable_dpi(tmp_path):
    page = read(tmp_path, pdf(Sheet(box=(0, 0, 300, 200), pictures=(grey_picture(GREY, (300, 0, 0, 200, 0, 0)),))))
    assert page.dpi is None
    assert "looks like a default" in page.warnings[0]
    assert np.array_equal(page.grey, GREY)


def test_every_page_is_a_frame(tmp_path):
    sheets = [scan_page(pictures=(grey_picture(np.roll(GREY, 20 * n, axis=1), WHOLE),)) for n in range(3)]
    (tmp_path / "scan.bin").write_bytes(pdf(*sheets))
    assert count_frames(tmp_path / "scan.bin") == 3
    for n in range(3):
        assert np.array_equal(read(tmp_path, pdf(*sheets), n).grey, np.roll(GREY, 20 * n, axis=1))


def test_a_damaged_page_table_is_rebuilt_with_a_warning(tmp_path):
    whole = pdf(scan_page())
    start = whole.rindex(b"startxref")
    broken = whole[:start] + b"startxref\n7\n%%EOF\n"
    (tmp_path / "scan.bin").write_bytes(broken)
    assert count_frames(tmp_path / "scan.bin") == 1
    page = read(tmp_path, broken)
    assert np.array_equal(page.grey, GREY)
    assert any("rebuilt" in warning for warning in page.warnings)


def test_junk_before_and_zeros_behind_do_no_harm(tmp_path):
    whole = pdf(scan_page())
    assert read(tmp_path, b"junk\n" + whole + bytes(5000)).warnings == ()


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95, 0.999])
def test_a_cut_pdf_is_truncated(tmp_path, share):
    whole = pdf(scan_page(), scan_page())
    cut = whole[: int(share * len(whole)) - 7]
    with pytest.raises(PageError) as caught:
        read(tmp_path, cut)
    assert caught.value.code == Code.TRUNCATED
    with pytest.raises(PageError) as caught:
        count_frames(tmp_path / "scan.bin")
    assert caught.value.code == Code.TRUNCATED


def test_a_cut_scan_in_a_whole_pdf_is_truncated(tmp_path):
    jpeg = encoded(Image.fromarray(GREY), "JPEG")
    sheet = scan_page(pictures=(jpeg_picture(jpeg, (300, 200), WHOLE),))
    assert np.array_equal(read(tmp_path, pdf(sheet)).grey, np.asarray(Image.open(io.BytesIO(jpeg))))
    cut = scan_page(pictures=(jpeg_picture(jpeg[: len(jpeg) // 2], (300, 200), WHOLE),))
    with pytest.raises(PageError) as caught:
        read(tmp_path, pdf(cut))
    assert caught.value.code == Code.TRUNCATED


ENCRYPTED = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + b"5A" * 32 + b">/U<" + b"A5" * 32 + b">>>/ID[<00><00>]"


def test_an_encrypted_pdf_is_refused(tmp_path):
    locked = pdf(scan_page()).replace(b"trailer<<", b"trailer<<" + ENCRYPTED)
    with pytest.raises(PageError) as caught:
        read(tmp_path, locked)
    assert caught.value.code == Code.ENCRYPTED
    assert caught.value.remedy
    with pytest.raises(PageError) as caught:
        count_frames(tmp_path / "scan.bin")
    assert caught.value.code == Code.ENCRYPTED


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(box=(0, 0, 14400, 14400), commands=b"0 0 9 9 re f"),
        Sheet(
            pictures=(
                type(grey_picture(GREY, WHOLE))(
                    b"/Width 60000/Height 60000/BitsPerComponent 1/ColorSpace/DeviceGray", b"", WHOLE
                ),
            )
        ),
    ],
    ids=["page", "embedded image"],
)
def test_a_page_declared_too_large_is_refused_before_drawing(tmp_path, sheet):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(PageError) as caught:
            read(tmp_path, pdf(sheet))
    assert caught.value.code == Code.TOO_LARGE


def test_a_missing_page_means_that_the_file_changed(tmp_path):
    with pytest.raises(PageError) as caught:
        read(tmp_path, pdf(scan_page()), 1)
    assert caught.value.code == Code.CHANGED
