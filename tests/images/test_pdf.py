"""PDF pages: scans in their own pixels, drawings at the asked resolution, damage told."""

import base64
import io
import warnings
import zlib

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from profilex.errors import Code, PageError
from profilex.images import count_frames
from profilex.settings import ReadSettings
from tests.helpers.scan_files import (
    Picture,
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


def form(entries: bytes, commands: bytes, number: int = 500) -> bytes:
    return stream_object(b"/Type/XObject/Subtype/Form/FormType 1" + entries, commands)


def in_form(grey: np.ndarray, size_pt: tuple[float, float], form_matrix: str = "1 0 0 1 0 0", place: str = "") -> Sheet:
    """A page whose one scan lies in a form; `place` puts the form on the page."""
    width, height = size_pt
    image = grey_picture(grey, WHOLE)
    body = stream_object(b"/Type/XObject/Subtype/Image" + image.entries, image.stream)
    inner = f"q {width:g} 0 0 {height:g} 0 0 cm /S Do Q".encode()
    holder = form(
        f"/BBox[0 0 {width:g} {height:g}]/Matrix[{form_matrix}]/Resources<</XObject<</S 500 0 R>>>>".encode(), inner
    )
    return Sheet(
        box=(0, 0, width, height),
        commands=f"q {place or '1 0 0 1 0 0'} cm /W Do Q".encode(),
        others=(body, holder),
        names=b"/W 501 0 R",
    )


@pytest.mark.parametrize("dpi", [150, 300, 600, 1000])
@pytest.mark.parametrize(
    ("form_matrix", "place"),
    [("1 0 0 1 0 0", ""), ("2 0 0 2 0 0", ".5 0 0 .5 0 0"), (".1 0 0 .1 0 0", "10 0 0 10 0 0")],
)
def test_a_scan_in_a_form_has_its_own_pixels(tmp_path, dpi, form_matrix, place):
    size_pt = (300 * 72 / dpi, 200 * 72 / dpi)
    page = read(tmp_path, pdf(in_form(GREY, size_pt, form_matrix, place)))
    assert page.grey.shape == GREY.shape
    assert page.dpi == pytest.approx(dpi, rel=1e-3)
    assert np.abs(page.grey.astype(int) - GREY).max() <= 1


MADE_UP = {
    "form": lambda dpi: in_form(GREY, (300 * 72 / dpi, 200 * 72 / dpi)),
    "stamp": lambda dpi: fitted(dpi, b"0 g 5 5 9 9 re f"),
    "visible text": lambda dpi: fitted(dpi, b"BT /F 9 Tf 5 5 Td (Library) Tj ET"),
    "hidden text": lambda dpi: fitted(dpi, b"BT /F 9 Tf 3 Tr 5 5 Td (Library) Tj ET"),
    "frame": lambda dpi: fitted(dpi, b"1 G 1 1 50 40 re S"),
    "nothing": lambda dpi: fitted(dpi, b""),
    "footer": lambda dpi: fitted(dpi, b"BT /F 5 Tf 5 5 Td (downloaded) Tj ET", footer_pt=20),
    "two scans": lambda dpi: Sheet(
        box=(0, 0, 300 * 72 / dpi, 200 * 72 / dpi),
        pictures=(
            grey_picture(GREY[:100], (300 * 72 / dpi, 0, 0, 100 * 72 / dpi, 0, 100 * 72 / dpi)),
            grey_picture(GREY[100:], (300 * 72 / dpi, 0, 0, 100 * 72 / dpi, 0, 0)),
        ),
        commands=b"0 g 5 5 9 9 re f",
    ),
}


def fitted(dpi: float, commands: bytes, footer_pt: float = 0.0) -> Sheet:
    """A page as large as its scan at so many dots per inch, with something else on it."""
    width, height = 300 * 72 / dpi, 200 * 72 / dpi
    scan = grey_picture(GREY, (width, 0, 0, height, 0, footer_pt))
    return Sheet(box=(0, 0, width, height + footer_pt), pictures=(scan,), commands=commands)


@pytest.mark.parametrize("name", MADE_UP)
@pytest.mark.parametrize("dpi", [72, 96])
def test_the_size_of_a_page_made_for_its_scan_is_not_believed(tmp_path, name, dpi):
    page = read(tmp_path, pdf(MADE_UP[name](dpi)))
    assert page.dpi is None
    assert page.width_px == 300
    assert any(f"dpi {dpi} looks like a default" in warning for warning in page.warnings)


@pytest.mark.parametrize("name", MADE_UP)
def test_the_size_of_a_page_is_believed_where_its_scan_has_a_resolution(tmp_path, name):
    page = read(tmp_path, pdf(MADE_UP[name](400)))
    assert page.dpi == pytest.approx(400, rel=1e-3)
    assert page.width_px == 300
    assert page.warnings == ()


def test_a_small_picture_does_not_decide_on_a_page_of_lines(tmp_path):
    logo = grey_picture(GREY[:40, :60], (60, 0, 0, 40, 0, 0))  # 72 dpi, on 4 % of the page
    page = read(tmp_path, pdf(Sheet(box=(0, 0, 300, 200), pictures=(logo,), commands=b"0 g 150 90 60 30 re f")))
    assert page.dpi == 300
    assert page.width_px == 1250


def encodings(grey: np.ndarray) -> dict[str, tuple[bytes, bytes]]:
    """Streams of a picture with their filters."""
    jpeg = encoded(Image.fromarray(grey), "JPEG", quality=95)
    jp2 = encoded(Image.fromarray(grey), "JPEG2000", irreversible=False)
    return {
        "raw": (grey.tobytes(), b""),
        "flate": (zlib.compress(grey.tobytes()), b"/Filter/FlateDecode"),
        "hexadecimal": (grey.tobytes().hex().encode() + b">", b"/Filter/ASCIIHexDecode"),
        "jpeg": (jpeg, b"/Filter/DCTDecode"),
        "jpeg in flate": (zlib.compress(jpeg), b"/Filter[/FlateDecode/DCTDecode]"),
        "jpeg in text": (base64.a85encode(jpeg) + b"~>", b"/Filter[/ASCII85Decode/DCTDecode]"),
        "jpeg in flate in text": (
            base64.a85encode(zlib.compress(jpeg)) + b"~>", b"/Filter[/ASCII85Decode/FlateDecode/DCTDecode]",
        ),
        "jpeg 2000": (jp2, b"/Filter/JPXDecode"),
        "jpeg 2000 in flate": (zlib.compress(jp2), b"/Filter[/FlateDecode/JPXDecode]"),
    }  # fmt: skip


def with_stream(stream: bytes, filters: bytes) -> bytes:
    head = b"/Width 300/Height 200/BitsPerComponent 8/ColorSpace/DeviceGray" + filters
    return pdf(scan_page(pictures=(Picture(head, stream, WHOLE),)))


@pytest.mark.parametrize("name", encodings(GREY))
def test_a_whole_scan_is_read_in_any_wrapping(tmp_path, name):
    page = read(tmp_path, with_stream(*encodings(GREY)[name]))
    assert np.abs(page.grey.astype(int) - GREY).mean() < 2


@pytest.mark.parametrize("name", encodings(GREY))
@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_scan_that_was_cut_before_it_was_wrapped_is_truncated(tmp_path, name, share):
    jpeg = name.startswith("jpeg")
    if jpeg:
        stream, filters = encodings(GREY)["jpeg 2000" if "2000" in name else "jpeg"]
        stream = stream[: int(share * len(stream))]
        stream = zlib.compress(stream) if "flate" in name else stream
        stream = base64.a85encode(stream) + b"~>" if "text" in name else stream
        filters = encodings(GREY)[name][1]
    else:
        stream, filters = encodings(GREY[: int(share * 200)])[name]
    assert failure(tmp_path, with_stream(stream, filters)).code == Code.TRUNCATED


AROUND = {
    "a letter before": lambda whole: b"From: library\n" * 150 + whole,
    "a page after": lambda whole: whole + b"<html><body>" + b"thank you " * 600 + b"</body></html>",
    "noise after": lambda whole: whole + np.random.default_rng(1).bytes(9000),
    "no end mark": lambda whole: whole[: whole.rindex(b"%%EOF")],
    "half an end mark": lambda whole: whole[: whole.rindex(b"%%EOF") + 3],
    "zeros after": lambda whole: whole + bytes(80_000),
    "both": lambda whole: b"x" * 3000 + b"\n" + whole + b"\nx" * 3000,
}


@pytest.mark.parametrize("name", AROUND)
def test_what_lies_around_a_whole_pdf_is_passed_over_with_a_warning(tmp_path, name):
    data = AROUND[name](pdf(scan_page(), scan_page()))
    page = read(tmp_path, data, 1)
    assert np.array_equal(page.grey, GREY)
    assert page.dpi == pytest.approx(300)
    assert page.warnings
    assert count_frames(tmp_path / "scan.bin") == 2


def test_a_cut_update_of_a_pdf_is_truncated(tmp_path):
    """The first version is whole, but not what the file was meant to show."""
    update = b"9 0 obj\n<</Type/Page>>\nendobj\n" * 40
    assert failure(tmp_path, pdf(scan_page()) + update).code == Code.TRUNCATED


def test_deep_colour_in_a_pdf_keeps_its_greys(tmp_path):
    deep = np.rint(np.dstack([GREY] * 3) * 257.0).astype(np.uint16)
    stream = imagecodecs.jpeg2k_encode(deep, level=0)
    head = b"/Width 300/Height 200/BitsPerComponent 16/ColorSpace/DeviceRGB/Filter/JPXDecode"
    page = read(tmp_path, pdf(scan_page(pictures=(Picture(head, stream, WHOLE),))))
    assert np.abs(page.grey.astype(int) - GREY).max() <= 2


def failure(tmp_path, data: bytes) -> PageError:
    with pytest.raises(PageError) as caught:
        read(tmp_path, data)
    return caught.value
