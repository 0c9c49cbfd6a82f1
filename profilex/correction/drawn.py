"""Sections as CVAT stores them, and back: polygons without holes, ordered by height.

CVAT's polygons have no holes. A hole is a separate polygon, labelled as background, one step above its section; a
section in a hole is one step above that. CVAT itself draws its masks in this order, so polygons and masks agree, and
every vertex of every ring stays a vertex that can be moved.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.etree import ElementTree

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from profilex.data.labels import BACKGROUND_NAMES
from profilex.data.shapes import CLOSED, PASSED_OVER, height_of, mask_pixels, ring_of, unread
from profilex.types import PageResult

SECTION, BACKGROUND = "section", "background"

Outline: TypeAlias = "Polygon | MultiPolygon"


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon of CVAT: `points` float64 (n, 2), n >= 3, x and y in page pixels, not closed.

    `facts` are its attributes: "vessel", "piece", and "review" of a section.
    """

    label: str
    points: np.ndarray
    z_order: int
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DrawnSection:
    """A section from CVAT, with the names of its vessel and piece, "" if a person drew it.

    `is_exact` says that the outline consists of vertices, not of pixels.
    """

    vessel: str
    piece: str
    outline: Outline
    is_exact: bool = True

    @property
    def name(self) -> tuple[str, str]:
        return self.vessel, self.piece


def page_shapes(result: PageResult) -> Iterator[Shape]:
    """The sections of a page as CVAT's polygons, every ring with all its vertices; outer ones before inner ones."""
    named = [
        (vessel, str(piece), section.polygon)
        for vessel in result.vessels
        for piece, section in enumerate(vessel.sections, start=1)
    ]
    depths = _depths([polygon for _, _, polygon in named])
    for (vessel, piece, polygon), depth in sorted(zip(named, depths, strict=True), key=lambda each: each[1]):
        facts = {"vessel": vessel.identifier, "piece": piece}
        review = facts | {"review": "; ".join(vessel.review)}
        yield Shape(SECTION, _open(polygon.exterior), 2 * depth, review)
        for ring in polygon.interiors:
            yield Shape(BACKGROUND, _open(ring), 2 * depth + 1, facts)


def _open(ring: shapely.LinearRing) -> np.ndarray:
    return shapely.get_coordinates(ring)[:-1]


def _depths(polygons: Sequence[Polygon]) -> list[int]:
    """The number of outer rings around each polygon; sections do not overlap, so it lies in their holes."""
    shells = [Polygon(polygon.exterior) for polygon in polygons]
    tree = shapely.STRtree(shells)
    return [
        sum(1 for other in tree.query(polygon, "covered_by") if other != own) for own, polygon in enumerate(polygons)
    ]


def drawn_sections(image: ElementTree.Element, section_labels: Iterable[str]) -> list[DrawnSection]:
    """The sections of an <image> of CVAT for images 1.1, with their holes.

    A background shape is cut out of the shapes below it. Polygons that cross themselves are repaired.

    Raises:
        RunError: code `dataset`, if a shape cannot be read.
    """
    labels = frozenset(section_labels)
    pieces: list[_Piece] = []
    for drawn in sorted(image, key=height_of):
        label = str(drawn.get("label"))
        if drawn.tag in PASSED_OVER:
            continue
        if label in labels:
            facts = {str(each.get("name")): each.text or "" for each in drawn.iterfind("attribute")}
            outline = _outline(drawn, image)
            if not outline.is_empty:
                is_exact = drawn.tag == "polygon"
                pieces.append(_Piece(facts.get("vessel", ""), facts.get("piece", ""), outline, is_exact))
        elif label.lower() in BACKGROUND_NAMES:
            hole = _outline(drawn, image)
            for piece in pieces:
                piece.cut(hole)
    return [DrawnSection(piece.vessel, piece.piece, piece.finished(), piece.is_exact) for piece in pieces]


@dataclass(slots=True)
class _Piece:
    vessel: str
    piece: str
    outline: Outline
    is_exact: bool
    holes: list[Polygon] = field(default_factory=list)
    cuts: list[Outline] = field(default_factory=list)

    def cut(self, hole: Outline) -> None:
        is_ring = isinstance(hole, Polygon) and not hole.interiors and isinstance(self.outline, Polygon)
        if is_ring and self.outline.covers(hole):
            self.holes.append(hole)
        elif self.outline.intersects(hole):
            self.cuts.append(hole)

    def finished(self) -> Outline:
        """The outline with its holes; their vertices as drawn wherever that gives a valid polygon."""
        if not self.cuts and not self.holes:
            return self.outline
        if not self.cuts and isinstance(self.outline, Polygon) and not self.outline.interiors:
            whole = Polygon(self.outline.exterior, [hole.exterior for hole in self.holes])
            if whole.is_valid:
                return whole
        return _areas(self.outline.difference(shapely.union_all([*self.holes, *self.cuts])))


def _outline(drawn: ElementTree.Element, image: ElementTree.Element) -> Outline:
    name = str(image.get("name"))
    if drawn.tag not in CLOSED:
        raise unread(name, drawn)
    try:
        if drawn.tag == "mask":
            pixels, (left, top) = mask_pixels(drawn)
            return shapely.transform(pixel_outline(pixels), lambda xy: xy + np.array([left, top]))
        return _areas(Polygon(ring_of(drawn)))
    except (KeyError, ValueError) as error:
        raise unread(name, drawn, error) from error


def pixel_outline(pixels: np.ndarray) -> Outline:
    """The outline of the pixels of a mask, bool or uint8 (h, w), along their edges."""
    padded = np.pad(pixels.astype(bool), ((0, 0), (1, 1))).astype(np.int8)
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    return _areas(shapely.union_all(shapely.box(starts, rows, ends, rows + 1)))


def _areas(geometry: shapely.Geometry) -> Outline:
    """The areas of a geometry, repaired where it crosses itself."""
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry)
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    polygons = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon | MultiPolygon)]
    return shapely.union_all(polygons) if polygons else Polygon()
