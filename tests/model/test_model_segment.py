"""Pages through a network: two passes, disjoint regions, and no shift between the grids."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilex.errors import Code, RunError
from profilex.model.card import Card
from profilex.model.engines.runtime import Runtime
from profilex.model.inference.regions import wall_thickness
from profilex.model.inference.sampling import drawn_in, lattice, sampled, strip
from profilex.model.inference.segment import Segmenter, coarse_scale, label_map, network_input
from profilex.settings import SegmentSettings
from profilex.types import Region, Segmentation
from tests.helpers.networks import CHANNELS, PLAIN, InkRuntime, draw_wall, page_of

SETTINGS = SegmentSettings()


def disc_page(height: int, width: int, x: float, y: float, radius: float) -> np.ndarray:
    """A black disc on white whose edge pixels are grey by their share of ink."""
    fine = 8
    ys, xs = np.mgrid[0 : height * fine, 0 : width * fine].astype(np.float32)
    inside = ((xs + 0.5) / fine - x) ** 2 + ((ys + 0.5) / fine - y) ** 2 < radius**2
    share = inside.reshape(height, fine, width, fine).mean(axis=(1, 3))
    return (255 * (1 - share)).round().astype(np.uint8)


def centre_and_area(region: Region) -> tuple[float, float, float]:
    """Centre in page px and area in page px² of a region's first channel, weighted by probability."""
    plane = region.probabilities[0].astype(np.float64)
    x0, y0, x1, y1 = region.box
    step_x, step_y = (x1 - x0) / plane.shape[1], (y1 - y0) / plane.shape[0]
    xs = x0 + (np.arange(plane.shape[1]) + 0.5) * step_x
    ys = y0 + (np.arange(plane.shape[0]) + 0.5) * step_y
    total = plane.sum()
    return (plane.sum(axis=0) @ xs) / total, (plane.sum(axis=1) @ ys) / total, total * step_x * step_y


def regions_are_sound(segmentation: Segmentation, width: int, height: int) -> None:
    covered = np.zeros((height, width), int)
    for region in segmentation.regions:
        x0, y0, x1, y1 = region.box
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        covered[y0:y1, x0:x1] += 1
        channels, rows, columns = region.probabilities.shape
        assert channels == len(segmentation.channels)
        assert region.probabilities.dtype == np.float32
        assert abs(columns / (x1 - x0) - rows / (y1 - y0)) < 0.02 * columns / (x1 - x0)
    assert covered.max(initial=0) <= 1


@pytest.mark.parametrize(
    ("x", "y", "radius"), [(150.3, 220.8, 6.0), (20.2, 30.7, 4.0), (383.5, 290.25, 5.0), (200.0, 160.5, 40.0)]
)
def test_regions_lie_where_the_ink_is(ink_segmenter: Segmenter, x: float, y: float, radius: float) -> None:
    grey = disc_page(300, 400, x, y, radius)
    segmentation = ink_segmenter.segment(page_of(grey), replace(SETTINGS, coarse_weight=0.0))
    [region] = segmentation.regions
    found_x, found_y, area = centre_and_area(region)
    assert found_x == pytest.approx(x, abs=0.05)
    assert found_y == pytest.approx(y, abs=0.05)
    assert area == pytest.approx(np.pi * radius**2, rel=0.02)


def test_margins_of_bare_paper_are_skipped() -> None:
    runtime = InkRuntime()
    segmenter = Segmenter(Card("ink", PLAIN, CHANNELS), runtime)
    paper = np.random.default_rng(1).integers(228, 233, (3500, 2480)).astype(np.uint8)
    blank = segmenter.segment(page_of(paper), SETTINGS)
    assert runtime.seen_px == 0
    assert not blank.regions
    assert not blank.page.probabilities.any()
    paper[1500:1520, 1000:1400] = 20
    [region] = segmenter.segment(page_of(paper), SETTINGS).regions
    assert 0 < runtime.seen_px < 0.3 * 1280 * 907
    assert region.box[0] < 1000 < 1400 < region.box[2]


@pytest.mark.slow
@pytest.mark.parametrize(("height", "width"), [(1760, 1248), (3500, 2480), (420, 300), (90, 900), (33, 31)])
def test_regions_are_disjoint_and_hold_every_wall(ink_segmenter: Segmenter, height: int, width: int) -> None:
    grey = np.full((height, width), 255, np.uint8)
    wall = max(2.0, height / 120)
    for k in range(4):
        draw_wall(grey, width * (0.15 + 0.2 * k), height * 0.1, height * 0.5, wall * (1 + k / 2))
    segmentation = ink_segmenter.segment(page_of(grey), SETTINGS)
    regions_are_sound(segmentation, width, height)
    assert segmentation.page.box == (0, 0, width, height)
    outside = grey.copy()
    for x0, y0, x1, y1 in (region.box for region in segmentation.regions):
        outside[y0:y1, x0:x1] = 255
    assert (outside > 127).all()


def test_walls_come_to_their_working_thickness(ink_segmenter: Segmenter) -> None:
    grey = np.full((1600, 1200), 255, np.uint8)
    draw_wall(grey, 300, 200, 400, 9)
    draw_wall(grey, 900, 900, 400, 60)
    thin, thick = ink_segmenter.segment(page_of(grey), SETTINGS).regions
    scale = thin.probabilities.shape[1] / (thin.box[3] - thin.box[1])
    assert wall_thickness(thin.probabilities[0]) == pytest.approx(18, rel=0.2)
    assert scale == pytest.approx(2.0, rel=0.2)
    assert thick.probabilities.shape[1] / (thick.box[3] - thick.box[1]) < 1.0  # the coarse view is as good


@pytest.mark.slow
def test_the_second_pass_is_bounded(ink_segmenter: Segmenter) -> None:
    grey = np.full((1500, 1500), 255, np.uint8)
    for k in range(20):
        draw_wall(grey, 50 + 70 * k, 50, 1350, 5)
    bounded = replace(SETTINGS, fine_megapixels=4.0)
    regions = ink_segmenter.segment(page_of(grey), bounded).regions
    assert 0 < sum(region.probabilities[0].size for region in regions) < 5.0e6


def test_a_section_that_leaves_its_region_makes_it_larger() -> None:
    """The coarse look misses a faint part of a wall, far from the rest: the region grows until it is in."""

    class FaintToCoarse(InkRuntime):
        def predict(self, batch: np.ndarray) -> np.ndarray:
            answer = super().predict(batch)
            return np.where(answer < 0.6, 0.0, answer) if batch.shape[1] == 1280 else np.where(answer > 0.4, 0.9, 0.0)

    grey = np.full((1280, 900), 255, np.uint8)
    cv2.line(grey, (400, 300), (400, 420), 0, 8)
    cv2.line(grey, (400, 420), (400, 600), 130, 8)
    segmentation = Segmenter(Card("ink", PLAIN, CHANNELS), FaintToCoarse()).segment(
        page_of(grey), replace(SETTINGS, coarse_weight=0.0)
    )
    [region] = segmentation.regions
    assert region.box[3] > 610
    assert not (region.probabilities[0][-1] > 0.5).any()


@pytest.mark.slow
def test_fitted_network_finds_walls_and_not_lines(load: Callable[[str], Runtime]) -> None:
    grey = np.full((700, 500), 250, np.uint8)
    cv2.line(grey, (50, 100), (450, 100), 0, 1)
    draw_wall(grey, 200, 200, 300, 14)
    segmenter = Segmenter(Card("strokes", PLAIN, CHANNELS), load("openvino"))
    segmentation = segmenter.segment(page_of(grey), SETTINGS)
    regions_are_sound(segmentation, 500, 700)
    found = sum(int((region.probabilities[0] > 0.5).any()) for region in segmentation.regions)
    assert found == 1
    again = segmenter.segment(page_of(grey), SETTINGS)
    assert all(
        np.array_equal(a.probabilities, b.probabilities)
        for a, b in zip(segmentation.regions, again.regions, strict=True)
    )


def test_a_model_without_sections() -> None:
    segmenter = Segmenter(Card("m", PLAIN, ("a", "b", "c", "d")), InkRuntime())
    with pytest.raises(RunError) as caught:
        segmenter.segment(page_of(np.full((64, 64), 255, np.uint8)), SETTINGS)
    assert caught.value.code == Code.MODEL_MISMATCH


@given(low=st.floats(-20, 900), extent=st.floats(30, 400), scale=st.floats(0.05, 3.0), context=st.integers(0, 100))
def test_strips_keep_to_both_grids(low: float, extent: float, scale: float, context: int) -> None:
    length = 1000
    grid = lattice(scale)
    assert scale - 1e-9 <= grid.scale <= 1.1 * scale + 1e-9
    found = strip(low, min(low + extent, length), length, grid, context)
    assert 0 <= found.read_start <= found.start < found.stop <= found.read_stop <= length
    assert (found.stop - found.start) * grid.work_px == found.size * grid.page_px
    assert (found.start - found.read_start) * grid.work_px == found.before * grid.page_px
    assert (found.read_stop - found.read_start) * grid.work_px == found.read_size * grid.page_px


@given(st.integers(100, 400), st.integers(4, 200), st.floats(0.3, 3.0), st.integers(0, 900), st.integers(0, 300))
def test_no_more_bare_paper_is_read_than_need_be(low: int, extent: int, scale: float, ink: int, inked: int) -> None:
    grid = lattice(scale)
    wide = strip(low, low + extent, 1000, grid, 64)
    drawn = np.zeros(1000, bool)
    drawn[ink : ink + inked] = True
    drawn[low + extent // 2] = True
    narrow = drawn_in(wide, grid, drawn[wide.read_start : wide.read_stop], 16)
    cell = grid.page_px
    assert (narrow.start, narrow.stop, narrow.size) == (wide.start, wide.stop, wide.size)
    assert wide.read_start <= narrow.read_start <= narrow.start < narrow.stop <= narrow.read_stop <= wide.read_stop
    assert narrow.before * cell == (narrow.start - narrow.read_start) * grid.work_px
    assert narrow.read_size * cell == (narrow.read_stop - narrow.read_start) * grid.work_px
    left_out = drawn.copy()
    left_out[narrow.read_start : narrow.read_stop] = False
    assert not left_out[wide.read_start : wide.read_stop].any()
    before, after = drawn[narrow.read_start : narrow.start], drawn[narrow.stop : narrow.read_stop]
    context = 16 / grid.scale + 2 * cell
    assert narrow.read_start == wide.read_start or before.any() or narrow.start - narrow.read_start <= context
    assert narrow.read_stop == wide.read_stop or after.any() or narrow.read_stop - narrow.stop <= context


@pytest.mark.parametrize("shape", [(4, 1), (1, 4), (1, 1), (64, 1)])
def test_the_smallest_pages_are_segmented(ink_segmenter: Segmenter, shape: tuple[int, int]) -> None:
    page = np.full(shape, 255, np.uint8)
    page[0] = 0
    ink_segmenter.segment(page_of(page), SETTINGS)


def test_sampling_keeps_positions() -> None:
    xs = (np.arange(50, dtype=np.float32) + 0.5) * 4  # a plane of 50 px over a page of 200 px, valued by its x
    plane = np.tile(xs, (30, 1))[None]
    found = sampled(plane, (120, 200), (40, 20, 100, 80), 90, 90)
    expected = 40 + (np.arange(90) + 0.5) * (60 / 90)
    assert np.allclose(found[0], expected[None], atol=0.1)


@pytest.mark.parametrize("wall", [2.0, 3.0, 5.5, 9.0])
def test_wall_thickness(wall: float) -> None:
    grey = np.full((160, 120), 255, np.uint8)
    draw_wall(grey, 40, 20, 120, wall)
    assert wall_thickness((255 - grey).astype(np.float32) / 255) == pytest.approx(wall, abs=0.6)


@pytest.mark.parametrize(
    ("size", "scale"), [((2560, 100), 0.5), ((1000, 900), 1.0), ((320, 100), 2.0), ((50, 50), 3.0)]
)
def test_coarse_scale(size: tuple[int, int], scale: float) -> None:
    assert coarse_scale(size, SETTINGS) == pytest.approx(scale)


def test_network_input_by_card() -> None:
    grey = np.array([[0, 255]], np.uint8)
    expected = {"ink": [1, 0], "unit": [0, 1], "byte": [0, 255], "signed": [-1, 1]}
    for way, values in expected.items():
        assert network_input(grey, Card("m", PLAIN, CHANNELS, input=way))[0, :, 0].tolist() == values
    colour = Card("m", replace(PLAIN, input_channels=3), CHANNELS)
    assert network_input(grey, colour).shape == (1, 2, 3)
    assert network_input(np.zeros((4, 5, 3), np.uint8), Card("m", PLAIN, CHANNELS)).shape == (4, 5, 1)


def test_plain_images_and_label_maps(ink_segmenter: Segmenter) -> None:
    image = np.full((300, 200), 255, np.uint8)
    image[100:150, 50:150] = 0
    found = ink_segmenter.probabilities(image, scale=0.5, tile_px=96, tile_overlap_px=32)
    assert found.shape == (4, 150, 100)
    labels = label_map(found, "sigmoid")
    assert labels.sum() == 25 * 50
    assert label_map(np.stack([1 - found[0], found[0]]), "softmax").sum() == 25 * 50


def test_a_walls_thickness_does_not_depend_on_where_it_lies_in_memory():
    """Runs would differ in their last digits, and sometimes in what is looked at closely."""
    rng = np.random.default_rng(3)
    blots = [cv2.GaussianBlur((rng.random((10, 7)) > 0.4).astype(np.float32), (0, 0), 1.0) for _ in range(30)]
    before = [wall_thickness(blot) for blot in blots]
    kept = []
    for _ in range(8):
        kept.append([bytearray(int(size)) for size in rng.integers(1, 5000, 50)])  # other memory is free now
        assert [wall_thickness(blot) for blot in blots] == before
