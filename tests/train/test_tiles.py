from dataclasses import replace

import numpy as np
import pytest

from profilex.data.pages import annotated_page, hold_out, wall_thickness_px
from profilex.errors import Code, RunError
from profilex.train.augment import NO_AUGMENT, AugmentSettings
from profilex.train.tiles import TileSampler, TileSettings
from profilex.train.validate import REPLAY, Scores, validate, validation_batches

CHANNELS = ("section", "vessel", "axis", "scale_bar")
TILES = TileSettings(tile_px=64, thinnest_wall_px=8, thickest_wall_px=12)


def sampler(pages, channels=CHANNELS, tiles=TILES, augment=None, **options):
    options = {"batch_size": 4, "seed": 3, **options}
    return TileSampler(pages, channels, tiles, augment or AugmentSettings(), **options)


def test_a_batch_is_the_same_whenever_it_is_asked_for(make_page):
    pages = [make_page(1), make_page(2, "outline"), make_page(3, "negative")]
    stream = sampler(pages).stream(5, threads=2)
    streamed = [next(stream) for _ in range(3)]
    stream.close()
    again = sampler(pages).batch(7)
    np.testing.assert_array_equal(streamed[2].ink, again.ink)
    np.testing.assert_array_equal(streamed[2].targets, again.targets)
    assert not np.array_equal(streamed[1].ink, again.ink)


def test_tiles_have_the_promised_shapes_and_ranges(make_page):
    batch = sampler([make_page(1), make_page(3, "negative")]).batch(0)
    assert batch.ink.shape == (4, 64, 64, 1)
    assert batch.targets.shape == (4, 64, 64, 4)
    assert batch.weights.shape == (4, 64, 64, 1)
    assert batch.annotated.tolist() == [[1.0] * 4] * 4
    for plane in (batch.ink, batch.targets):
        assert plane.dtype == np.float32
        assert plane.min() >= 0
        assert plane.max() <= 1


def test_truth_follows_the_ink_through_every_turn(make_page):
    turns = AugmentSettings(tone=0, blur=0, noise=0, jpeg=0, threshold=0, mirror=0.5, upside_down=0.5, quarter_turn=0.5)
    everywhere = TileSettings(tile_px=96, thinnest_wall_px=10, thickest_wall_px=14, section_share=1.0)
    batches = [sampler([make_page(1)], tiles=everywhere, augment=turns).batch(step) for step in range(4)]
    ink = np.concatenate([batch.ink[..., 0] for batch in batches])
    section = np.concatenate([batch.targets[..., 0] for batch in batches])
    assert section.max() == 1.0
    assert ink[section > 0.95].mean() > 0.85  # a solid section is ink
    assert ink[(section == 0)].mean() < 0.2


def test_walls_are_drawn_within_the_range(make_page):
    tiles = TileSettings(tile_px=160, thinnest_wall_px=9, thickest_wall_px=11, section_share=1.0)
    batch = sampler([make_page(1)], tiles=tiles, augment=NO_AUGMENT).batch(0)
    walls = [wall_thickness_px((plane > 0.5).astype(np.uint8)) for plane in batch.targets[..., 0]]
    assert 8 < np.median(walls) < 12.5


def test_pages_without_sections_have_their_share(make_page):
    pages = [make_page(1), make_page(9, "negative")]
    tiles = TileSettings(tile_px=32, section_share=1.0, negative_share=0.25)
    styles = [style for step in range(40) for style in sampler(pages, tiles=tiles).batch(step).styles]
    assert 0.15 < styles.count("negative") / len(styles) < 0.35


def test_replay_is_mixed_in(make_page):
    drawn = sampler([make_page(1)], replay=[make_page(2, "outline")], replay_share=0.5)
    styles = [style for step in range(30) for style in drawn.batch(step).styles]
    assert 0.3 < styles.count("outline") / len(styles) < 0.7


def test_background_is_what_no_other_channel_is(make_page):
    batch = sampler([make_page(1)], channels=("background", "section")).batch(0)
    np.testing.assert_allclose(batch.targets.sum(axis=-1), 1.0)


def test_a_channel_that_was_not_annotated_is_known_to_be_unknown(make_page):
    page = make_page(1)
    only_section = annotated_page("p", page.grey, page.marks & 1, annotated=1)
    assert sampler([only_section]).batch(0).annotated.tolist() == [[1.0, 0.0, 0.0, 0.0]] * 4


def test_a_bilevel_scan_keeps_light_ink():
    grey = np.full((200, 200), 240, np.uint8)
    marks = np.zeros_like(grey)
    grey[50:150, 50:70] = 190  # a pale section
    marks[50:150, 50:70] = 1
    only_threshold = AugmentSettings(*[0.0] * 10, threshold=1.0)
    tiles = TileSettings(tile_px=64, section_share=1.0, negative_share=0.0)
    batch = sampler([annotated_page("pale", grey, marks)], tiles=tiles, augment=only_threshold).batch(0)
    assert (batch.ink[..., 0][batch.targets[..., 0] > 0.9] == 1.0).all()


@pytest.mark.parametrize(("width", "length"), [(4, 100), (12, 90), (20, 60)])
def test_wall_thickness_of_a_bar(width, length):
    plane = np.zeros((length + 8, length + 8), np.uint8)
    plane[4 : 4 + width, 4 : 4 + length] = 1
    assert wall_thickness_px(plane) == pytest.approx(width, rel=0.15)


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(RunError, match="10x20") as caught:
        annotated_page("p", np.zeros((20, 10), np.uint8), np.zeros((20, 11), np.uint8))
    assert caught.value.code is Code.DATASET


def test_held_out_pages_are_of_every_style(make_page):
    pages = [make_page(seed, style) for seed in range(5) for style in ("solid", "outline", "negative")]
    training, validation = hold_out(pages, 0.2, seed=1)
    assert {page.style for page in validation} == {"solid", "outline", "negative"}
    assert len(training) + len(validation) == 15
    assert not {page.group for page in training} & {page.group for page in validation}


def test_what_is_remembered_counts_as_much_as_what_is_new():
    assert Scores({"all": 0.6, "solid": 0.8}).score == pytest.approx(0.7)
    assert Scores({"all": 0.6, "solid": 0.8, "replay": 0.5}).score == pytest.approx(0.6)


def test_validation_is_by_style_and_counts_false_sections_among_all(make_page):
    pages = [make_page(1), make_page(3, "negative"), replace(make_page(2, "outline"), style=REPLAY)]
    tiles = TileSettings(tile_px=64, thinnest_wall_px=8, thickest_wall_px=12, negative_share=0.4)
    batches = validation_batches(pages, CHANNELS, tiles, count=40, batch_size=4, seed=1)
    scores = validate(lambda ink: np.ones((*ink.shape[:3], 4), np.float32), batches, section=0)
    assert set(scores.iou) == {"all", "solid", "replay"}
    assert scores.iou["all"] < scores.iou["solid"]
