"""Tiles cover an image, each pixel once, and answer as the whole image does."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilex.errors import Code, RunError
from profilex.model.build import Architecture, build_network
from profilex.model.inference.tiles import nearest_side, one_of_few_sides, plan_tiles, predict_images


@given(
    height=st.integers(1, 900),
    width=st.integers(1, 900),
    tile=st.integers(96, 400),
    overlap=st.integers(0, 64),
)
def test_every_pixel_has_one_owner(height: int, width: int, tile: int, overlap: int) -> None:
    owners = np.zeros((height, width), int)
    for piece in plan_tiles(height, width, tile, overlap):
        for span, length in ((piece.down, height), (piece.across, width)):
            assert 0 <= span.start <= span.first < span.last <= span.stop <= length
            assert span.start % 32 == 0
            assert span.stop - span.start <= tile
            assert span.start == 0 or span.first - span.start >= overlap // 2
            assert span.stop == length or span.stop - span.last >= overlap // 2
        owners[piece.down.first : piece.down.last, piece.across.first : piece.across.last] += 1
    assert (owners == 1).all()


def test_tiles_no_larger_than_their_overlap_are_refused() -> None:
    with pytest.raises(RunError) as caught:
        plan_tiles(500, 500, 128, 128)
    assert caught.value.code == Code.USAGE


@pytest.mark.slow
def test_tiled_equals_untiled() -> None:
    # the network reads 22 px around a pixel, less than the 48 px that its tile owns not
    network = build_network(Architecture(kind="plain", filters=4, depth=2, classes=2))
    image = np.random.default_rng(0).random((300, 410, 1), np.float32)

    def predict(batch: np.ndarray) -> np.ndarray:
        return network(batch, training=False).numpy()

    [whole] = predict_images([image], predict, paper=0.0, tile_px=1000, overlap_px=96)
    [tiled] = predict_images([image], predict, paper=0.0, tile_px=192, overlap_px=96)
    assert whole.shape == (300, 410, 2)
    assert np.abs(whole - tiled).max() < 1e-5


def test_images_of_several_sizes_come_back_in_order() -> None:
    images = [np.full((40 + 30 * (k % 3), 50, 1), k, np.float32) for k in range(7)]
    shapes = []

    def predict(batch: np.ndarray) -> np.ndarray:
        shapes.append(batch.shape)
        return batch

    answers = predict_images(images, predict, paper=9.0, tile_px=256, overlap_px=32, most_px=2 * 64 * 64)
    assert all(np.array_equal(image, answer) for image, answer in zip(images, answers, strict=True))
    assert max(shape[0] for shape in shapes) == 2


@pytest.mark.parametrize("side", [nearest_side, one_of_few_sides])
@given(length=st.integers(1, 3000))
def test_sides_suit_the_network_and_hold_what_is_read(side: Callable[[int], int], length: int) -> None:
    assert side(length) >= length
    assert side(length) % 32 == 0
    assert side(side(length)) == side(length)


@pytest.mark.slow
def test_few_shapes_reach_an_engine_that_wants_few() -> None:
    rng = np.random.default_rng(3)
    images = [np.full((*rng.integers(20, 1000, 2), 1), k, np.float32) for k in range(300)]
    shapes = set()

    def predict(batch: np.ndarray) -> np.ndarray:
        shapes.add(batch.shape)
        return batch

    answers = predict_images(
        images, predict, paper=0.0, tile_px=1024, overlap_px=160, most_px=1 << 20, side=one_of_few_sides
    )
    assert all(np.array_equal(image, answer) for image, answer in zip(images, answers, strict=True))
    assert len(shapes) <= 27
    assert all(np.prod(shape) <= 1 << 20 for shape in shapes)
