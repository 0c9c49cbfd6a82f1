"""Probabilities become outlines: the 0.5 contour of the network's answer, as curves within a stated bound.

The contour is drawn through the probabilities themselves, not through a binary mask: between two samples it lies
where the probability crosses 0.5, which is an order of magnitude closer to the wall than the edge of a pixel.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
import shapely
from contourpy import FillType, contour_generator
from shapely import LinearRing, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from profilex.errors import Code, RunError
from profilex.geometry import mean_thickness
from profilex.settings import VectorizeSettings
from profilex.trace.curves import curved
from profilex.types import Region, Section, Segmentation

LEVEL = 0.5
"""Probability at which a pixel belongs to a class, and at which the contour runs."""

_HALVINGS = 6  # after these the contour itself is kept: it is within any bound


def sections(
    segmentation: Segmentation, settings: VectorizeSettings, *, frame: tuple[int, int]
) -> tuple[tuple[Section, ...], Counter[str]]:
    """Cut walls of a page as valid polygons within `settings.tolerance_px` of their probability contours.

    `frame` is (width, height) of the page in pixels; what lies beyond is cut off. The sections come in page pixels,
    from top to bottom and left to right, shells counter-clockwise in (x, y) and holes clockwise. The counter holds what
    was left out: "not_finite" (a region whose probabilities hold NaN or infinity), "degenerate" (a part without area),
    "outside" (beyond the page), "too_small", "too_thin" and "low_confidence" (below the settings), and "small_hole" (a
    hole that was filled).

    Raises:
        RunError: the model has no section channel.
    """
    if "section" not in segmentation.channels:
        raise RunError(
            Code.MODEL_MISMATCH,
            f"The model's channels are {', '.join(segmentation.channels) or 'none'}; none is named section.",
            "Name the channel of the cut wall 'section' in the model's card.",
        )
    channel = segmentation.channels.index("section")
    dropped: Counter[str] = Counter()
    found = [
        section
        for region in segmentation.regions
        for section in _region_sections(region, channel, settings, shapely.box(0, 0, *frame), dropped)
    ]
    kept = _walls(found, settings, dropped)
    return tuple(sorted(kept, key=lambda section: _reading_order(section.polygon))), dropped


def _walls(found: list[Section], settings: VectorizeSettings, dropped: Counter[str]) -> list[Section]:
    """Sections as thick as walls are: neither mere lines, nor far thinner than the page's typical wall."""
    walls = np.array([mean_thickness(section.polygon) for section in found])
    if not len(walls):
        return found
    order = np.argsort(walls)
    areas = np.cumsum(np.array([section.polygon.area for section in found])[order])
    typical = walls[order][int(np.searchsorted(areas, areas[-1] / 2))]
    least = max(settings.least_wall_px, settings.least_wall_share * float(typical))
    kept = [section for section, wall in zip(found, walls, strict=True) if wall >= least]
    if len(kept) < len(found):
        dropped["too_thin"] += len(found) - len(kept)
    return kept


def _without_small_holes(part: Polygon, least_px: float, dropped: Counter[str]) -> Polygon:
    holes = [ring for ring in part.interiors if Polygon(ring).area >= least_px]
    if len(holes) == len(part.interiors):
        return part
    dropped["small_hole"] += len(part.interiors) - len(holes)
    return Polygon(part.exterior, holes)


def _region_sections(
    region: Region, channel: int, settings: VectorizeSettings, page: Polygon, dropped: Counter[str]
) -> Iterator[Section]:
    plane = region.probabilities[channel]
    if not np.isfinite(plane).all():
        dropped["not_finite"] += 1
        return
    for contour in _contours(plane, region.box):
        for part in _parts_on_page(contour, page, dropped):
            if part.area < settings.least_area_px:
                dropped["too_small"] += 1
                continue
            confidence = _confidence(part, plane, region.box)
            if confidence < settings.least_confidence:
                dropped["low_confidence"] += 1
                continue
            part = _without_small_holes(part, settings.least_hole_px, dropped)
            yield _section(part, confidence, page, settings)


def _section(contour: Polygon, confidence: float, page: Polygon, settings: VectorizeSettings) -> Section:
    """A contour as curves with their polygon; at the page's edge, or without curves, a polygon of its own vertices."""
    tight, loose = settings.tolerance_px, settings.tolerance_px + settings.raster_px
    found = curved(contour, tight, loose, settings.chord_px, settings.curves)
    if found is not None and page.covers(found.polygon):
        bound = tight if found.distance <= tight else loose
        return Section(found.polygon, confidence, bound, found.distance, curves=found.rings, chord_px=settings.chord_px)
    outline, distance = _simplify(contour, settings.tolerance_px)
    return Section(shapely.orient_polygons(outline), confidence, settings.tolerance_px, distance)


def _contours(plane: np.ndarray, box: tuple[int, int, int, int]) -> Iterator[Polygon]:
    """Areas of one class, each a shell with its holes in page pixels; not yet checked for validity.

    Zeros around the plane close the areas at its border; as a sample sits at its pixel's centre, a probability of 1
    at the border puts the contour exactly onto the box.
    """
    x0, y0, x1, y1 = box
    height, width = plane.shape
    padded = np.pad(np.clip(plane, 0.0, 1.0).astype(np.float64), 1)
    xs = x0 + (np.arange(-1, width + 1) + 0.5) * ((x1 - x0) / width)
    ys = y0 + (np.arange(-1, height + 1) + 0.5) * ((y1 - y0) / height)
    generator = contour_generator(x=xs, y=ys, z=padded, fill_type=FillType.OuterOffset)
    # samples of exactly 0.5 count as inside; the upper level is above any probability
    for points, offsets in zip(*generator.filled(LEVEL, 2.0), strict=True):
        rings = [points[start:end] for start, end in pairwise(offsets)]
        yield Polygon(rings[0], rings[1:])


def _parts_on_page(contour: Polygon, page: Polygon, dropped: Counter[str]) -> list[Polygon]:
    """Valid polygons of a contour within the page; everything else is counted."""
    whole = contour if contour.is_valid else shapely.make_valid(contour, method="structure", keep_collapsed=True)
    parts = _polygons(whole, dropped)
    kept = []
    for part in parts:
        if page.contains(part):
            kept.append(part)
        elif page.intersects(part) and (inside := part.intersection(page)).area > 0:
            kept.extend(_polygons(inside, dropped))
        else:
            dropped["outside"] += 1
    # a sample of exactly 0.5 can give the same point twice
    return [shapely.remove_repeated_points(part) for part in kept]


def _polygons(geometry: BaseGeometry, dropped: Counter[str]) -> list[Polygon]:
    parts = shapely.get_parts(geometry, return_index=False)
    flat = [piece for part in parts for piece in (part.geoms if isinstance(part, MultiPolygon) else [part])]
    kept = [part for part in flat if isinstance(part, Polygon) and part.area > 0]
    if len(kept) < len(flat):
        dropped["degenerate"] += len(flat) - len(kept)
    return kept


def _confidence(polygon: Polygon, plane: np.ndarray, box: tuple[int, int, int, int]) -> float:
    """Mean probability of the samples inside a contour, 0..1."""
    height, width = plane.shape
    x0, y0, x1, y1 = box
    scale = np.array([width / (x1 - x0), height / (y1 - y0)])
    rings = [(shapely.get_coordinates(ring) - (x0, y0)) * scale - 0.5 for ring in _rings(polygon)]
    first = np.maximum(np.floor(rings[0].min(axis=0)).astype(int), 0)
    last = np.minimum(np.ceil(rings[0].max(axis=0)).astype(int) + 1, (width, height))
    window = plane[first[1] : last[1], first[0] : last[0]]
    mask = np.zeros(window.shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(ring - first).astype(np.int32) for ring in rings], 1)
    # fillPoly takes its border along, on either side; by the contour's meaning a sample inside is at least LEVEL
    inside = window[(mask > 0) & (window >= LEVEL)]
    return float(min(inside.mean(dtype=np.float64), 1.0)) if inside.size else LEVEL


def _simplify(contour: Polygon, tolerance: float) -> tuple[Polygon, float]:
    """The contour with fewer vertices, and its Hausdorff distance from it, which is at most `tolerance` (px)."""
    step = tolerance
    for _ in range(_HALVINGS):
        outline = contour.simplify(step, preserve_topology=True)
        if outline.is_valid and len(outline.interiors) == len(contour.interiors):
            distance = _distance_bound(contour, outline)
            if distance <= tolerance:
                return outline, distance
        step /= 2
    return contour, 0.0


def _distance_bound(contour: Polygon, outline: Polygon) -> float:
    """Upper bound of the Hausdorff distance between two polygons' rings, the outline's vertices being contour vertices.

    Every stretch of the contour between two kept vertices starts and ends on its chord. Its vertices' greatest
    distance from the chord bounds both directions: the distance from a chord is convex, and the stretch passes every
    point of the chord on its way. Infinity where the outline is not such a selection of vertices.
    """
    pairs = zip(_rings(contour), _rings(outline), strict=True)
    return max(_ring_bound(shapely.get_coordinates(a)[:-1], shapely.get_coordinates(b)[:-1]) for a, b in pairs)


def _ring_bound(ring: np.ndarray, kept: np.ndarray) -> float:
    """Greatest distance of the vertices of `ring` (n, 2) from their chord in `kept` (m, 2), both open rings."""
    place = {tuple(vertex): index for index, vertex in enumerate(ring.tolist())}
    if len(place) < len(ring) or any(tuple(vertex) not in place for vertex in kept.tolist()):
        return float("inf")
    chosen = np.array([place[tuple(vertex)] for vertex in kept.tolist()])
    start = int(chosen.argmin())
    chosen, corners = np.roll(chosen, -start), np.roll(kept, -start, axis=0)
    if (np.diff(chosen) <= 0).any():
        return float("inf")
    ring = np.roll(ring, -chosen[0], axis=0)
    chord = np.searchsorted(chosen - chosen[0], np.arange(len(ring)), side="right") - 1
    origin = corners[chord]
    along = np.roll(corners, -1, axis=0)[chord] - origin
    offset = ring - origin
    share = np.clip((offset * along).sum(axis=1) / (along**2).sum(axis=1), 0.0, 1.0)
    return float(np.hypot(*(offset - share[:, None] * along).T).max())


def _rings(polygon: Polygon) -> tuple[LinearRing, ...]:
    return polygon.exterior, *polygon.interiors


def _reading_order(polygon: Polygon) -> tuple[float, float, float]:
    left, top, _, _ = polygon.bounds
    return round(top), left, polygon.area  # a row is no less one where a curve is a hair higher
