"""Tiles of plain pictures: whole cover, mirrored edges, warps that move truth along, and sections drawn anew."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from profilex.data.pages import annotated_page
from profilex.train.augment import NO_AUGMENT
from profilex.train.restyle import restyle_sections
from profilex.train.tiles import TileSampler, TileSettings, covering_tiles
from profilex.train.validate import Scores, validate, validation_batches
from tests.helpers.discs import draw_discs

TILES = TileSettings(tile_px=64, scale=1.0, section_share=0.0, edge_weight=1.0, rival_weight=1.0)


@pytest.fixture
def picture():
    grey, mask = draw_discs(1)
    return annotated_page("p", grey, (mask > 0).astype(np.uint8), annotated=1)


def tiles_of(page, settings=TILES, augment=NO_AUGMENT):
    sampler = TileSampler([page], ("section",), settings, augment, batch_size=8, seed=2)
    return sampler.batch(0)


def test_tiles_lie_within_the_picture_at_its_scale(picture):
    batch = tiles_of(picture)
    found = 255 * (1 - batch.ink[0, ..., 0])
    match = cv2.matchTemplate(picture.grey.astype(np.float32), found.astype(np.float32), cv2.TM_SQDIFF_NORMED)
    assert match.min() < 1e-5


def test_a_tile_larger_than_the_picture_is_mirrored(picture):
    batch = tiles_of(picture, replace(TILES, tile_px=192))
    share = batch.targets.mean()
    assert 0.5 * (picture.marks > 0).mean() < share < 2 * (picture.marks > 0).mean()
    assert batch.ink.min() > 0  # no paper around


def test_a_scale_shrinks(picture):
    batch = tiles_of(picture, replace(TILES, tile_px=48, scale=0.5))
    assert batch.ink.shape == (8, 48, 48, 1)
    assert batch.targets[0].mean() == pytest.approx((picture.marks > 0).mean(), abs=0.01)  # the whole picture


def test_covering_tiles_see_every_pixel(picture):
    grey = np.arange(96 * 96, dtype=np.uint16).astype(np.uint8).reshape(96, 96)
    tiles = covering_tiles([replace(picture, grey=grey)], ("section",), TILES)
    assert len(tiles) == 4
    np.testing.assert_allclose(255 * (1 - tiles[3].ink[..., 0]), grey[32:, 32:], atol=0.01)


def test_full_turns_and_warps_move_the_truth_along(picture):
    augment = replace(
        NO_AUGMENT, tilt=1.0, tilt_degrees=180.0, elastic=1.0, elastic_px=4.0, zoom=0.1, shear_degrees=5.0, mirror=0.5
    )
    batch = tiles_of(picture, augment=augment)
    light, truth = 1 - batch.ink[..., 0], batch.targets[..., 0]
    assert light[truth > 0.9].mean() > light[truth < 0.1].mean() + 0.35
    assert not np.array_equal(batch.ink, tiles_of(picture).ink)
    np.testing.assert_array_equal(batch.ink, tiles_of(picture, augment=augment).ink)


@pytest.fixture
def wall():
    """A solid wall beside a solid blot, and the mask of the wall."""
    grey = np.full((120, 120), 235, np.uint8)
    section = np.zeros((120, 120), np.uint8)
    cv2.line(section, (30, 0), (30, 100), (1,), 21)
    grey[section > 0] = 20
    cv2.circle(grey, (90, 60), 12, (20,), -1)
    return grey, section > 0


def test_a_solid_section_is_redrawn_within_itself(wall):
    grey, section = wall
    drawn = [restyle_sections(grey, section, 235, np.random.default_rng(seed)) for seed in range(12)]
    for picture in drawn:
        np.testing.assert_array_equal(picture[~section], grey[~section])
        outline = section & ~(cv2.erode(section.astype(np.uint8), np.ones((3, 3))) > 0)
        assert picture[outline].max() < 130  # the outline is ink
        assert picture[0, 26:35].max() > 200  # where the picture cuts the wall there is none
    inked = [float((picture[section] < 128).mean()) for picture in drawn]
    assert min(inked) < 0.35
    assert max(inked) < 0.95
    assert np.ptp(inked) > 0.1  # empty, hatched, dashed


def test_an_outlined_section_stays(wall):
    grey, section = wall
    outlined = grey.copy()
    outlined[cv2.erode(section.astype(np.uint8), np.ones((5, 5))) > 0] = 235
    np.testing.assert_array_equal(restyle_sections(outlined, section, 235, np.random.default_rng(1)), outlined)


def test_scores_are_what_they_are_called(picture):
    batches = validation_batches([picture], ("section",), TILES, count=100, batch_size=3, seed=1)
    assert sum(batch.ink.shape[0] for batch in batches) == 4
    right = validate(lambda ink: (ink < 0.5).astype(np.float32), batches, section=0)
    assert right.iou["all"] > 0.97
    assert right.accuracy["all"] > 0.99
    nothing = validate(np.zeros_like, batches, section=0)
    share = np.mean(np.concatenate([batch.targets for batch in batches]) >= 0.5)
    assert nothing.accuracy["all"] == pytest.approx(1 - share)
    assert nothing.mean_iou["all"] == pytest.approx((1 - share) / 2)
    assert Scores({"all": 0.5}).dice["all"] == pytest.approx(2 / 3)
