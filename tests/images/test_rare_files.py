"""Rare ways of storing a scan: each gives the right grey values, or names what is not read."""

import io
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from profilex.errors import Code, PageError
from tests.helpers.scan_files import drawing, encoded, read

GREY = drawing(180, 120)
COLOUR = np.stack([GREY, GREY, GREY], axis=-1)
OPAQUE = np.full(GREY.shape, 255, np.uint8)


def tiff(values: np.ndarray, **options) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, **{"photometric": "minisblack", "metadata": None, **options})
    return buffer.getvalue()


def deep(values: np.ndarray, bits: int) -> np.ndarray:
    """8-bit values stretched to the range of so many bits."""
    return np.rint(values * (((1 << bits) - 1) / 255)).astype(np.uint16)


def jp2(values: np.ndarray, bits: int, **options) -> bytes:
    return imagecodecs.jpeg2k_encode(values, level=0, bitspersample=bits, **options)


def assert_same(page, most: int = 1) -> None:
    assert page.grey.shape == GREY.shape
    assert np.abs(page.grey.astype(int) - GREY).max() <= most


@pytest.mark.parametrize("bits", [9, 10, 12, 14, 16])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", ["jp2", "j2k"])
def test_deep_jpeg_2000_keeps_its_greys(tmp_path, bits, channels, kind):
    planes = {1: GREY, 3: COLOUR, 4: np.dstack([COLOUR, OPAQUE])}[channels]
    data = jp2(deep(planes, bits), bits, codecformat=kind)
    assert_same(read(tmp_path, data))


def test_the_transparent_part_of_a_deep_jpeg_2000_is_paper(tmp_path):
    alpha = OPAQUE.copy()
    alpha[:, :60] = 0
    page = read(tmp_path, jp2(deep(np.dstack([COLOUR, alpha]), 12), 12))
    assert np.all(page.grey[:, :60] == 255)
    assert np.abs(page.grey[:, 60:].astype(int) - GREY[:, 60:]).max() <= 1


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_deep_jpeg_2000_is_truncated(tmp_path, share):
    data = jp2(deep(COLOUR, 16), 16)
    assert failure(tmp_path, data[: int(share * len(data))]).code == Code.TRUNCATED


RARE_TIFFS = {
    "float64": tiff(GREY / 255.0),
    "float32": tiff((GREY / 255.0).astype(np.float32), compression="zlib"),
    "float16": tiff((GREY / 255.0).astype(np.float16)),
    "uint32": tiff(GREY.astype(np.uint32) << 24 | 0xFFFFFF),
    "grey and alpha, 16 bits": tiff(np.dstack([deep(GREY, 16), deep(OPAQUE, 16)]), extrasamples=["unassalpha"]),
    "colour, 16 bits, in planes": tiff(np.stack([deep(GREY, 16)] * 3), photometric="rgb", planarconfig="separate"),
    "colour and 2 more channels": tiff(
        np.dstack([deep(COLOUR, 16), deep(OPAQUE, 16), deep(GREY, 16)]), photometric="rgb",
        extrasamples=["unspecified", "unspecified"],
    ),
    "inverted float": tiff((1 - GREY / 255.0).astype(np.float64), photometric="miniswhite"),
    "JPEG 2000": tiff(GREY, compression="jpeg2000"),
    "JPEG 2000 in tiles": tiff(GREY, compression="jpeg2000", tile=(64, 64)),
    "WebP": tiff(COLOUR, photometric="rgb", compression="webp", compressionargs={"lossless": True}),
    "LERC": tiff(GREY, compression="lerc"),
    "JPEG XL": tiff(GREY, compression="jpegxl", compressionargs={"lossless": True}),
    "Zstandard": tiff(GREY, compression="zstd"),
    "CMYK, 16 bits": tiff(
        np.dstack([deep(255 - GREY, 16) * 0, deep(GREY, 16) * 0, deep(GREY, 16) * 0, deep(255 - GREY, 16)]),
        photometric="separated",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RARE_TIFFS)
def test_rare_tiffs_keep_their_greys(tmp_path, name):
    assert_same(read(tmp_path, RARE_TIFFS[name]))


def stored(kind: str, planar: bool) -> tuple[np.ndarray, dict]:
    """The drawing as samples of a kind, such as "rgba 16", and how to call them."""
    name, _, text = kind.partition(" ")
    if text.startswith("f"):
        light, full = (GREY / 255.0).astype(f"f{int(text[1:]) // 8}"), 1.0
    else:
        full = (1 << int(text)) - 1
        light = np.rint(GREY * (full / 255)).astype(f"u{int(text) // 8}")
    ones, none = np.full_like(light, full), np.zeros_like(light)
    planes, photometric, extra = {
        "grey": ([light], "minisblack", None),
        "white": ([(full - light).astype(light.dtype)], "miniswhite", None),
        "greya": ([light, ones], "minisblack", ["unassalpha"]),
        "rgb": ([light] * 3, "rgb", None),
        "rgba": ([*[light] * 3, ones], "rgb", ["unassalpha"]),
        "rgbx": ([*[light] * 3, none], "rgb", ["unspecified"]),
        "cmyk": ([none, none, none, (full - light).astype(light.dtype)], "separated", None),
    }[name]
    values = planes[0] if len(planes) == 1 else np.stack(planes, axis=0 if planar else -1)
    options = {"photometric": photometric, "extrasamples": extra}
    return values, options | ({"planarconfig": "separate" if planar else "contig"} if len(planes) > 1 else {})


KINDS = [
    *(f"{name} {bits}" for name in ("grey", "white", "greya", "rgb", "rgba", "cmyk") for bits in (8, 16)),
    "rgbx 8", "grey 32", "grey f16", "grey f32", "grey f64", "white f32", "rgb f32",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planar", [False, True])
def test_samples_keep_their_meaning_however_they_are_laid_out(tmp_path, kind, order, planar):
    """Decoders are held to the same greys over orders of bytes, planes, tiles, predictors and compressions."""
    values, options = stored(kind, planar)
    for compression, tile, predictor in (
        (None, None, False), (None, (64, 64), False), ("lzw", None, True), ("zlib", (64, 64), True),
        ("packbits", None, False), ("zstd", None, True),
    ):  # fmt: skip
        data = tiff(values, byteorder=order, compression=compression, tile=tile, predictor=predictor or None, **options)
        assert_same(read(tmp_path, data))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_rare_tiff_has_its_resolution_and_is_turned(tmp_path, orientation):
    data = tiff(
        GREY / 255.0, resolution=(236.2, 236.2), resolutionunit="centimeter",
        extratags=[(274, "H", 1, orientation, True)],
    )  # fmt: skip
    page = read(tmp_path, data)
    turned = {1: GREY, 3: GREY[::-1, ::-1], 6: GREY[::-1].T, 8: GREY[:, ::-1].T}[orientation]
    assert page.dpi == pytest.approx(600, rel=1e-3)
    assert np.abs(page.grey.astype(int) - turned).max() <= 1


@pytest.mark.parametrize("name", ["float64", "grey and alpha, 16 bits", "JPEG 2000", "WebP", "JPEG XL"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_cut_rare_tiff_is_no_page(tmp_path, name, share):
    data = RARE_TIFFS[name]
    assert failure(tmp_path, data[: int(share * len(data))]).code == Code.TRUNCATED


def test_a_strip_with_too_few_rows_is_damage(tmp_path):
    """A decoder that fills what is missing would show here."""
    short = zlib.compress((GREY[:60] / 255.0).tobytes())
    data = bytearray(tiff(GREY / 255.0, compression="zlib", rowsperstrip=120))
    directory = tifffile.TiffFile(io.BytesIO(data)).pages[0]
    start = directory.dataoffsets[0]
    data[start : start + len(short)] = short
    assert failure(tmp_path, bytes(data)).code == Code.UNREADABLE


def with_tag(data: bytes, tag: int, value: int) -> bytes:
    changed = bytearray(data)
    (start,) = struct.unpack_from("<I", changed, 4)
    (count,) = struct.unpack_from("<H", changed, start)
    for place in range(start + 2, start + 2 + 12 * count, 12):
        if struct.unpack_from("<H", changed, place)[0] == tag:
            struct.pack_into("<H", changed, place + 8, value)
    return bytes(changed)


@pytest.mark.parametrize(
    ("tag", "value", "named"),
    [(259, 34676, "34676"), (259, 65000, "65000"), (259, 32809, "THUNDERSCAN"), (262, 32803, "CFA"), (262, 8, "LAB")],
)
def test_what_no_decoder_reads_is_unsupported_by_name(tmp_path, tag, value, named):
    error = failure(tmp_path, with_tag(tiff(GREY, compression="zlib"), tag, value))
    assert error.code == Code.UNSUPPORTED
    assert named in error.message or named == "LAB"
    assert "Convert" in error.remedy


def test_jpegs_of_12_bits_and_jpeg_ls_are_read(tmp_path):
    assert_same(read(tmp_path, imagecodecs.jpeg8_encode(deep(GREY, 12), level=100, bitspersample=12)), 2)
    assert_same(read(tmp_path, imagecodecs.jpegls_encode(GREY)))
    assert_same(read(tmp_path, imagecodecs.jpegls_encode(deep(GREY, 16))))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_cut_jpegs_of_rare_kinds_are_truncated(tmp_path, share):
    """A decoder that waits for the rest would show here."""
    for data in (imagecodecs.jpegls_encode(GREY), imagecodecs.jpeg8_encode(deep(GREY, 12), bitspersample=12)):
        assert failure(tmp_path, data[: int(share * len(data))]).code == Code.TRUNCATED


def test_a_deep_jpeg_has_its_resolution(tmp_path):
    plain = encoded(Image.fromarray(GREY), "JPEG", dpi=(400, 400))
    end = 4 + struct.unpack_from(">H", plain, 4)[0]
    body = imagecodecs.jpeg8_encode(deep(GREY, 12), level=100, bitspersample=12)
    bare = 4 + struct.unpack_from(">H", body, 4)[0] if body[2:4] == b"\xff\xe0" else 2
    assert read(tmp_path, plain[:end] + body[bare:]).dpi == 400


FOREIGN = {
    "GIF": encoded(Image.fromarray(GREY), "GIF"),
    "BMP": encoded(Image.fromarray(GREY), "BMP"),
    "WebP": encoded(Image.fromarray(GREY), "WEBP"),
    "AVIF": imagecodecs.avif_encode(GREY),
    "JPEG XL": imagecodecs.jpegxl_encode(GREY),
    "DjVu": b"AT&TFORM\0\0\0\x40DJVUINFO",
    "Photoshop": b"8BPS\0\1" + bytes(40),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_pictures_in_other_formats_are_named(tmp_path, name):
    error = failure(tmp_path, FOREIGN[name])
    assert error.code == Code.UNSUPPORTED
    assert name in error.message


@pytest.mark.parametrize("extra", ["icc", "text", "compressed text"])
def test_large_metadata_in_a_png_do_no_harm(tmp_path, extra):
    large = np.random.default_rng(3).bytes(5 << 19)
    chunk = {
        "icc": (b"iCCP", b"icc\0\0" + zlib.compress(large)),
        "text": (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + large.hex().encode()),
        "compressed text": (b"zTXt", b"note\0\0" + zlib.compress(bytes(1 << 26))),
    }[extra]
    plain = encoded(Image.fromarray(GREY), "PNG", dpi=(300, 300))
    name, body = chunk
    made = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    page = read(tmp_path, plain[:33] + made + plain[33:])
    assert np.array_equal(page.grey, GREY)
    assert page.dpi == pytest.approx(300, abs=0.1)


@pytest.mark.parametrize("compression", ["lzw", "packbits", "zlib", None])
def test_no_message_repeats_a_decoders_words(tmp_path, capfd, compression):
    data = bytearray(tiff(GREY, compression=compression) if compression else encoded(Image.fromarray(GREY), "PNG"))
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    path = tmp_path / "scan.bin"
    path.write_bytes(data)
    outcome = outcome_of(path)
    assert outcome in ("ok", "The PNG file is damaged.", "The TIFF file is damaged.")
    assert capfd.readouterr().err == ""


def outcome_of(path) -> str:
    try:
        read(path.parent, path.read_bytes())
    except PageError as error:
        return error.message
    return "ok"


def failure(tmp_path, data: bytes) -> PageError:
    with pytest.raises(PageError) as caught:
        read(tmp_path, data)
    return caught.value
