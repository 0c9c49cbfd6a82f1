"""Outlines as curves: true to what was rasterised, not to its pixels; corners kept; the stated distance is one."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from profilex.curves import arcs, evaluate, flatten, path_data, read_path_data, tangents
from profilex.curves.beziers import is_straight
from profilex.settings import VectorizeSettings
from profilex.trace.distance import piece_distance
from profilex.trace.outlines import sections
from profilex.types import Region, Segmentation

DPIS = (100, 150, 200, 300, 400, 600)


def traced(shape: shapely.Polygon, options: VectorizeSettings | None = None):
    """The one section of a shape on a bilevel raster, each pixel ink whose centre lies inside."""
    width, height = (int(value) + 12 for value in shape.bounds[2:])
    y, x = np.mgrid[0:height, 0:width] + 0.5
    region = Region((0, 0, width, height), shapely.contains_xy(shape, x, y)[None].astype(np.float32))
    segmentation = Segmentation(("section",), region, (region,))
    (section,), _ = sections(segmentation, options or VectorizeSettings(), frame=(width, height))
    return section


def lip(dpi: int) -> tuple[shapely.Polygon, np.ndarray]:
    """A wall in print size: a flat lip, a carinated outside, a smooth inside and a straight break; and its corners."""
    t = np.linspace(0, 1, 400)
    outside = np.concatenate(
        [np.stack([5 + 3 * t**2, 3 + 15 * t], 1), np.stack([8 + 4 * t, 18 + 12 * t - t * (1 - t)], 1)]
    )
    inside = np.stack([14.8 - 6.8 * t**1.2, 29.15 - 26.15 * t + 2 * t * (1 - t)], 1)
    corners = np.array([[5, 3], [12, 30], [14.8, 29.15], [8, 3]])
    scale = dpi / 25.4
    return shapely.Polygon(np.concatenate([outside, inside]) * scale), corners * scale


def turns_deg(pieces: np.ndarray) -> np.ndarray:
    """By how much the direction turns where each piece ends."""
    count = len(pieces)
    ends = np.stack([tangents(piece[None], np.array([1 - 1e-9]))[0] for piece in pieces])
    starts = np.stack([tangents(piece[None], np.array([0.0]))[0] for piece in pieces])[(np.arange(count) + 1) % count]
    return np.degrees(np.arccos(np.clip((ends * starts).sum(axis=1), -1, 1)))


def off(pieces: np.ndarray, line: shapely.LineString) -> np.ndarray:
    return shapely.distance(shapely.points(evaluate(pieces, np.linspace(0, len(pieces), 3000))), line)


@pytest.mark.parametrize("dpi", DPIS)
def test_a_circle_of_pixels_comes_out_round(dpi):
    circle = shapely.Point(16 * dpi / 25.4, 16.1 * dpi / 25.4).buffer(12.3 * dpi / 25.4, quad_segs=200)
    section = traced(circle)
    (pieces,) = section.curves

    distances = off(pieces, circle.exterior)
    assert distances.mean() < 0.35
    assert distances.max() < 1.2
    assert len(pieces) <= 8
    assert turns_deg(pieces).max() < 1


@pytest.mark.parametrize("dpi", DPIS)
def test_a_lip_of_pixels_keeps_its_corners_and_no_steps(dpi):
    shape, corners = lip(dpi)
    section = traced(shape)
    (pieces,) = section.curves

    distances = off(pieces, shape.exterior)
    assert distances.mean() < 0.35
    assert distances.max() < 1.2
    turns = turns_deg(pieces)
    sharp = pieces[turns >= 1][:, 3]
    for corner in corners:
        assert np.hypot(*(sharp - corner).T).min() < 1
    assert len(pieces) <= 14
    assert (turns >= 1).sum() <= len(corners) + 3


def test_the_stated_distance_is_that_of_curve_and_polygon():
    shape, _ = lip(200)
    section = traced(shape)
    contour = traced(shape, VectorizeSettings(tolerance_px=1e-9))
    curve = shapely.LinearRing(evaluate(section.curves[0], np.linspace(0, len(section.curves[0]), 4000)[:-1]))
    for line in (curve, section.polygon.exterior):
        assert apart(contour.polygon.exterior, line) <= section.hausdorff_px + 1e-3
    assert section.hausdorff_px <= section.tolerance_px


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_bound_exceeds_every_sample(seed):
    rng = np.random.default_rng(seed)
    piece = np.cumsum(rng.normal(4, 3, (4, 2)), axis=0)
    contour = evaluate(piece[None], np.linspace(0, 1, 30)) + rng.normal(0, 0.3, (30, 2))

    bound = piece_distance(piece, contour)
    curve = shapely.LineString(evaluate(piece[None], np.linspace(0, 1, 1500)))
    assert apart(curve, shapely.LineString(contour)) <= bound + 1e-3


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.2, 0.02]))
def test_arcs_and_polylines_keep_to_their_bounds(seed, bound):
    rng = np.random.default_rng(seed)
    pieces = np.cumsum(rng.normal(6, 4, (1, 4, 2)), axis=1)
    curve = shapely.LineString(evaluate(pieces, np.linspace(0, 1, 1500)))

    flat = shapely.LineString(flatten(pieces, bound)[0])
    assert apart(curve, flat) <= bound + 1e-3
    bulged = arcs(pieces, bound)
    round_line = shapely.LineString(np.concatenate([*_drawn(bulged), bulged[-1:, :2]]))
    assert apart(curve, round_line) <= 2 * bound


def apart(one: shapely.LineString, other: shapely.LineString) -> float:
    """The greatest distance between two lines, both ways, at 600 places on each."""
    shares = np.linspace(0, 1, 600)
    return max(
        shapely.distance(a.interpolate(shares, normalized=True), b).max() for a, b in ((one, other), (other, one))
    )


def _drawn(vertices: np.ndarray):
    """Points along a polyline with bulges, without its last one."""
    for (x0, y0, bulge), (x1, y1, _) in pairwise(vertices):
        start, end = np.array([x0, y0]), np.array([x1, y1])
        if bulge == 0:
            yield start[None]
            continue
        angle = 4 * np.arctan(bulge)
        chord = end - start
        centre = (start + end) / 2 + np.array([-chord[1], chord[0]]) * (1 - bulge**2) / (4 * bulge)
        turn = np.linspace(0, angle, 60)[:-1, None]
        arm = start - centre
        yield centre + np.cos(turn) * arm + np.sin(turn) * np.array([-arm[1], arm[0]])


def test_path_data_reads_back():
    pieces = traced(lip(150)[0]).curves[0]
    (again,) = read_path_data(path_data(pieces, 6, closed=True))
    assert again == pytest.approx(pieces, abs=1e-5)
    with pytest.raises(ValueError, match="open"):
        read_path_data("M0,0 L1,1")
    with pytest.raises(ValueError, match="more than"):
        read_path_data("M0,0 A1,1 Z")


def test_a_loop_of_one_cubic_is_not_straight():
    """Its ends are one point: it was drawn as that point."""
    loop = np.array([[[0.0, 0.0], [8.0, -1.0], [7.0, 4.0], [0.0, 0.0]]])
    point = np.zeros((1, 4, 2))
    assert not is_straight(loop).any()
    assert is_straight(point).all()
    assert len(arcs(loop, 0.05)) > 3
