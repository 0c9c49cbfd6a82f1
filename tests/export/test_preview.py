"""The preview shows the scan with the outlines over it, no larger than a screen."""

import io

import numpy as np
import pytest
from PIL import Image

from profilex.export import preview
from tests.helpers.bowls import make_result


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)), dtype=int)


def near(image: np.ndarray, x: float, y: float, colour: tuple[int, int, int]) -> bool:
    """A pixel of about this colour within 2 px."""
    x, y = round(x), round(y)
    window = image[max(y - 2, 0) : y + 3, max(x - 2, 0) : x + 3]
    return bool((np.abs(window - colour).sum(axis=2) < 150).any())


@pytest.mark.parametrize("paper", [255, 205])
def test_everything_found_is_drawn_in_its_colour(result, paper):
    image = opened(preview.page_preview(np.full((1400, 1000), paper, np.uint8), result))

    assert image.shape == (1400, 1000, 3)
    assert near(image, 100, 201, preview._SECTION)
    assert near(image, 700, 200, preview._RIM)
    assert near(image, 500, 300, preview._AXIS)
    assert near(image, 300, 1306, preview._SCALE_BAR)
    assert np.ptp(image[5, 5]) < 12  # the paper stays grey
    name = image[505:545, 230:380].reshape(-1, 3)
    assert (np.abs(name - preview._SECTION).sum(axis=1) < 150).any()


@pytest.mark.parametrize(
    ("shape", "expected"), [((4200, 3000), (2000, 1429)), ((1, 6000), (1, 2000)), ((9, 7), (9, 7))]
)
def test_the_long_side_is_at_most_2000_px(shape, expected):
    image = opened(preview.page_preview(np.full(shape, 255, np.uint8), make_result()))

    assert image.shape[:2] == expected


def test_outlines_follow_a_smaller_scan(bowl):
    image = opened(preview.page_preview(np.full((4200, 3000), 255, np.uint8), make_result(bowl)))
    scale = 2000 / 4200

    assert near(image, 140 * scale, 201 * scale, preview._SECTION)
    assert near(image, 700 * scale, 200 * scale, preview._RIM)


def test_the_scan_is_left_alone_and_bytes_are_stable(result):
    grey = np.full((1400, 1000), 255, np.uint8)
    first = preview.page_preview(grey, result)

    assert (grey == 255).all()
    assert preview.page_preview(grey, result) == first
