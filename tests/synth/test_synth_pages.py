"""Synthetic pages: reproducible, complete, and true to the pixel."""

import json

import cv2
import numpy as np
import pytest
from shapely.geometry import shape

from profilex.errors import RunError
from profilex.synth import KINDS, SECTION_STYLES, draw_page, write_dataset
from profilex.synth.dataset import LABELS
from profilex.synth.drawing.canvas import Canvas
from profilex.synth.forms.breaks import break_off
from profilex.synth.forms.grammar import draw_shape
from profilex.synth.pages.page import SECTION, VESSEL


@pytest.mark.parametrize("seed", range(12))
def test_a_shape_is_one_clean_wall_with_its_contours(seed: int) -> None:
    vessel = draw_shape(np.random.default_rng(seed))
    assert vessel.section.is_valid
    assert vessel.section.bounds[0] >= -1e-6
    assert vessel.section.bounds[1] == pytest.approx(0, abs=0.02 * vessel.wall)
    assert vessel.section.area > vessel.wall**2
    assert np.isfinite(vessel.outer).all()
    assert bool(vessel.breaks) == (not vessel.whole)


def test_a_fragment_keeps_its_rim_and_loses_its_base() -> None:
    rng = np.random.default_rng(5)
    whole = next(s for s in (draw_shape(rng) for _ in range(50)) if s.whole)
    fragment = next(f for f in (break_off(rng, whole, "top") for _ in range(20)) if f)
    assert (fragment.top, fragment.bottom) == ("rim", "break")
    assert fragment.rim_radius == pytest.approx(whole.rim_radius, rel=0.02)
    assert fragment.section.area < whole.section.area


def test_coverage_is_unbiased() -> None:
    from shapely import Point

    canvas = Canvas(120, 120, 3)
    disc = Point(60.3, 59.6).buffer(40, 128)
    covered = canvas.coverage(disc).astype(float).sum() / 255 / 9
    assert covered == pytest.approx(disc.area, rel=2e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_page(kind: str) -> None:
    first, second = draw_page(31, kind=kind), draw_page(31, kind=kind)
    assert np.array_equal(first.grey, second.grey)
    assert np.array_equal(first.bits, second.bits)
    assert not np.array_equal(first.grey, draw_page(32, kind=kind).grey[: first.grey.shape[0], : first.grey.shape[1]])


@pytest.mark.parametrize("style", SECTION_STYLES)
def test_vector_truth_and_mask_agree_within_half_a_pixel(style: str) -> None:
    page = draw_page(77, style=style, kind="item")
    canvas = Canvas(page.grey.shape[1], page.grey.shape[0], 2)
    drawn = np.zeros(page.grey.shape, bool)
    for vessel in page.vessels:
        for section in vessel.sections:
            drawn |= canvas.mask(section)
    mask = page.bits & SECTION > 0
    assert mask.any()
    outside = mask & ~cv2.dilate(drawn.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    missing = drawn & ~cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    assert outside.sum() + missing.sum() <= 0.003 * mask.sum() + 2
    assert (page.bits[mask] & VESSEL > 0).all()


def test_solid_sections_are_dark_to_the_edge_of_their_truth() -> None:
    page = draw_page(3, style="solid", kind="item")
    inside = cv2.erode((page.bits & SECTION > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert np.median(page.grey[inside]) < np.median(page.grey) - 60


def test_a_negative_page_has_no_truth() -> None:
    page = draw_page(8, kind="negative")
    assert not page.bits.any()
    assert page.vessels == ()
    assert page.wall_px is None


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="baroque"):
        draw_page(1, style="baroque")


def test_a_dataset_has_every_part_and_goes_on_where_it_stopped(tmp_path) -> None:
    entries = list(write_dataset(tmp_path, 3, 4, kind="item", workers=1))
    assert [json.loads(line) for line in (tmp_path / "index.jsonl").read_text().splitlines()] == entries
    colours = {
        tuple(int(v) for v in line.split(":")[1].split(","))
        for line in (tmp_path / "labelmap.txt").read_text().splitlines()[1:]
    }
    assert colours == set(LABELS.values())
    for entry in entries:
        grey = cv2.imread(str(tmp_path / "JPEGImages" / f"{entry['name']}.png"), cv2.IMREAD_GRAYSCALE)
        classes = cv2.imread(str(tmp_path / "SegmentationClass" / f"{entry['name']}.png"))[..., ::-1]
        assert grey.shape == classes.shape[:2] == (entry["height"], entry["width"])
        assert {tuple(c) for c in np.unique(classes.reshape(-1, 3), axis=0).tolist()} <= colours
        truth = json.loads((tmp_path / "truth" / f"{entry['name']}.geojson").read_text())
        sections = [shape(f["geometry"]) for f in truth["features"] if f["properties"]["part"] == "section"]
        assert sections
        assert all(s.is_valid for s in sections)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    (tmp_path / "index.jsonl").unlink()
    (tmp_path / "truth" / f"{entries[1]['name']}.geojson").unlink()
    assert list(write_dataset(tmp_path, 3, 4, kind="item", workers=1)) == entries
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_two_sets_are_never_mixed_in_one_folder(tmp_path) -> None:
    list(write_dataset(tmp_path, 1, 4, kind="item", workers=1))
    with pytest.raises(RunError, match="another seed"):
        list(write_dataset(tmp_path, 1, 5, kind="item", workers=1))
