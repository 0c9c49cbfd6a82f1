"""Millimetres hang on the dpi: it is believed only where it can be."""

import struct

import numpy as np
import pytest
from PIL import Image

from profilex.images.resolution import trusted_dpi
from tests.helpers.scan_files import drawing, encoded, read

GREY = Image.fromarray(drawing())


@pytest.mark.parametrize(("kind", "tolerance"), [("TIFF", 0), ("PNG", 0.01), ("JPEG", 0)])
def test_stated_dpi_is_read(tmp_path, kind, tolerance):
    page = read(tmp_path, encoded(GREY, kind, dpi=(300, 300)))
    assert page.dpi == pytest.approx(300, abs=tolerance)
    assert page.warnings == ()


def test_centimetres_are_turned_into_inches(tmp_path):
    page = read(tmp_path, encoded(GREY, "TIFF", resolution_unit="cm", resolution=118.11))
    assert page.dpi == pytest.approx(300, abs=0.01)
    jpeg = bytearray(encoded(GREY, "JPEG", dpi=(118, 118)))
    assert jpeg[6:11] == b"JFIF\0"
    jpeg[13] = 2  # dots per centimetre
    assert read(tmp_path, bytes(jpeg)).dpi == pytest.approx(118 * 2.54)


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "JPEG", "JPEG2000"])
def test_absent_dpi_is_none_with_a_warning(tmp_path, kind):
    page = read(tmp_path, encoded(GREY, kind))
    assert page.dpi is None
    assert page.warnings == ("no dpi is stated",)


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "JPEG"])
@pytest.mark.parametrize("default", [72, 96])
def test_screen_defaults_are_ignored(tmp_path, kind, default):
    page = read(tmp_path, encoded(GREY, kind, dpi=(default, default)))
    assert page.dpi is None
    assert page.warnings == (f"dpi {default} looks like a default and is ignored",)


@pytest.mark.parametrize("stated", [(49, 49), (4801, 4801), (2, 2)])
def test_implausible_values_are_ignored(stated):
    dpi, warnings = trusted_dpi(stated)
    assert dpi is None
    assert "not plausible" in warnings[0]


@pytest.mark.parametrize("stated", [None, (), (300,), (0, 0), (1, 1), (-300, -300), (float("nan"),) * 2, ("x", "y")])
def test_no_numbers_are_no_dpi(stated):
    assert trusted_dpi(stated) == (None, ("no dpi is stated",))


def test_unequal_axes_are_ignored_as_the_drawing_would_be_stretched(tmp_path):
    page = read(tmp_path, encoded(GREY, "TIFF", dpi=(204, 98)))
    assert page.dpi is None
    assert "differs" in page.warnings[0]
    assert trusted_dpi((300.0, 300.4)) == (300.0, ())


def test_jpeg_2000_states_its_resolution_in_a_box(tmp_path):
    data = encoded(GREY, "JPEG2000", irreversible=False)
    capture = struct.pack(">I4sHHHHBB", 18, b"resc", 11811, 1, 11811, 1, 0, 0)
    boxed = struct.pack(">I4s", 8 + len(capture), b"res ") + capture
    place = data.index(b"jp2h") - 4
    (length,) = struct.unpack_from(">I", data, place)
    data = (
        data[:place]
        + struct.pack(">I", length + len(boxed))
        + data[place + 4 : place + length]
        + boxed
        + data[place + length :]
    )
    page = read(tmp_path, data)
    assert page.dpi == pytest.approx(300, abs=0.01)
    assert np.array_equal(page.grey, drawing())
