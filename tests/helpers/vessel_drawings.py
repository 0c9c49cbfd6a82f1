"""Small drawings of bowls with known geometry, as pages with the probabilities that a network would give."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.affinity import affine_transform, rotate, scale, translate

from profilex.pipeline import Outlines, measure_outlines
from profilex.scale.evidence import Legend
from profilex.types import Page, PageRef, PrintedScale, Region, Section, Segmentation, StatedBar
from profilex.vessel import default_calibration

CHANNELS = ("section", "vessel", "axis", "scale_bar")
_SHIFT = 5  # fractional bits of cv2's coordinates


def make_page(grey: np.ndarray, dpi: float | None = None) -> Page:
    return Page(PageRef(Path("plate.png"), "plate.png", "plate.png/0"), grey, "0" * 64, dpi)


def make_section(polygon: Polygon, confidence: float = 0.95) -> Section:
    return Section(shapely.orient_polygons(polygon), confidence, 0.5, 0.2)


def bowl_profile(radius: float = 200.0, height: float = 120.0, wall: float = 14.0, base: float = 80.0) -> Polygon:
    """A bowl's whole section in (radius, depth): a straight wall with a rounded lip and a flat floor."""
    inner = [(radius - wall, 0), (base - wall / 2, height - wall), (0, height - wall)]
    return Polygon([*inner, (0, height), (base, height), (radius, 0)])


def sherd_profile(radius: float = 200.0, height: float = 90.0, wall: float = 14.0) -> Polygon:
    """A rim sherd's section in (radius, depth): an everted lip, a curved wall, and a slanting break below."""
    depths = np.linspace(0, height, 30)
    outer = radius - 30 * np.sin(depths / height * 2.2) - 5
    body = Polygon(np.concatenate([np.c_[outer, depths], np.c_[outer - wall, depths][::-1]]))
    return shapely.union_all([body, shapely.Point(outer[0] - wall / 4, wall * 0.4).buffer(wall * 0.75)]).buffer(0)


@dataclass
class Sheet:
    """A page in the making: ink, and what is where on it."""

    width: int = 700
    height: int = 420
    grey: np.ndarray = field(init=False)
    sections: list[Polygon] = field(default_factory=list)
    silhouettes: list[Polygon] = field(default_factory=list)
    axes: list[LineString] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.grey = np.full((self.height, self.width), 255, np.uint8)

    def stroke(self, points: list[tuple[float, float]], pen: int = 2, tone: int = 30) -> None:
        # cv2 has pixel centres at whole numbers
        ends = np.rint((np.asarray(points) - 0.5) * 2**_SHIFT).astype(np.int32)
        cv2.polylines(self.grey, [ends], False, tone, pen, cv2.LINE_AA, _SHIFT)

    def fill(self, polygon: Polygon, tone: int = 20) -> None:
        rings = [shapely.get_coordinates(ring) for ring in (polygon.exterior, *polygon.interiors)]
        cv2.fillPoly(
            self.grey, [np.rint((ring - 0.5) * 2**_SHIFT).astype(np.int32) for ring in rings], tone, cv2.LINE_AA, _SHIFT
        )

    def draw(
        self,
        profile: Polygon,
        axis_x: float = 350.0,
        rim_y: float = 80.0,
        *,
        side: int = -1,
        both: bool = False,
        axis: bool = True,
        rim: bool = True,
        exterior: bool = True,
        tilt_deg: float = 0.0,
        upside_down: bool = False,
    ) -> Polygon:
        """Draw one vessel from its section in (radius, depth); its section on the page is returned and noted."""
        up = -1 if upside_down else 1

        def place(shape: shapely.Geometry, sign: int) -> shapely.Geometry:
            upright = affine_transform(shape, [sign, 0, 0, up, axis_x, rim_y])
            return rotate(upright, tilt_deg, origin=(axis_x, rim_y))

        _, top, _, bottom = profile.bounds
        section = place(profile, side)
        self.sections.append(section)
        self.fill(section)
        outline = LineString(outer_contour(profile))
        if both:
            self.sections.append(place(profile, -side))
            self.fill(self.sections[-1])
        elif exterior:
            self.stroke(place(outline, -side).coords)
        if axis:
            self.stroke(place(LineString([(0, top), (0, bottom)]), side).coords)
        if rim:
            lip = outline.coords[0][0]
            self.stroke(place(LineString([(lip - 6, 0), (-lip, 0)]), side).coords)
        whole = shapely.union_all([place(Polygon([(0, top), *outline.coords, (0, bottom)]), s) for s in (-1, 1)])
        self.silhouettes.append(whole.buffer(1.0))
        self.axes.append(place(LineString([(0, top), (0, bottom)]), side))
        return section

    def page(self) -> Page:
        return make_page(self.grey)

    def found_sections(self) -> tuple[Section, ...]:
        return tuple(make_section(polygon) for polygon in self.sections)

    def segmentation(self, *channels: str, cell: float = 2.0) -> Segmentation:
        """What a network would see in the named channels, on a grid of `cell` page px; the others stay empty."""
        shape = (round(self.height / cell), round(self.width / cell))
        planes = np.zeros((len(CHANNELS), *shape), np.float32)
        drawn = {
            "section": self.sections,
            "vessel": self.silhouettes,
            "axis": [line.buffer(3.0, cap_style="flat") for line in self.axes],
        }
        for name in channels:
            mask = np.zeros((self.height, self.width), np.uint8)
            for polygon in drawn[name]:
                cv2.fillPoly(mask, [np.rint(shapely.get_coordinates(polygon.exterior)).astype(np.int32)], 255)
            small = cv2.resize(mask, shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255
            planes[CHANNELS.index(name)] = cv2.GaussianBlur(small, (0, 0), 0.7)
        return Segmentation(CHANNELS, Region((0, 0, self.width, self.height), planes), ())


def outer_contour(profile: Polygon) -> list[tuple[float, float]]:
    """The outermost radius at every depth, from top to bottom."""
    _, top, reach, bottom = profile.bounds
    levels = np.linspace(top + 0.01, bottom - 0.01, 80)
    cuts = [profile.intersection(LineString([(-1, y), (reach + 1, y)])) for y in levels]
    return [(cut.bounds[2], y) for cut, y in zip(cuts, levels, strict=True) if not cut.is_empty]


def bar_page(
    cells: list[tuple[int, int]], *, start: float = 60.0, unit: float = 13.4, rows: int = 1, tilt_deg: float = 0.0
) -> tuple[np.ndarray, Polygon, float]:
    """A framed bar: `cells` are (units, black) in the upper row, the lower one of two is its negative."""
    high, top = 12.0, 90.0
    total = sum(units for units, _ in cells) * unit
    shapes, x = [], start
    for units, black in cells:
        for row in range(rows):
            if black != row:
                y = top + row * high / rows
                shapes.append(shapely.box(x, y, x + units * unit, y + high / rows))
        x += units * unit
    frame = shapely.box(start, top, start + total, top + high)
    turn = lambda shape: rotate(shape, tilt_deg, origin=(250, 100))  # noqa: E731
    rim = frame.buffer(0.5, join_style="mitre").difference(frame.buffer(-0.5, join_style="mitre"))
    # drawn large and made small: every edge falls where it should, in between pixels too
    fine = 4
    large = np.full((200 * fine, 500 * fine), 255, np.uint8)
    for shape in [*shapes, rim]:
        big = scale(turn(shape), fine, fine, origin=(0, 0))
        rings = [shapely.get_coordinates(ring) - 0.5 for ring in (big.exterior, *big.interiors)]
        cv2.fillPoly(large, [np.rint(ring * 2**_SHIFT).astype(np.int32) for ring in rings], 0, cv2.LINE_AA, _SHIFT)
    grey = cv2.resize(large, (500, 200), interpolation=cv2.INTER_AREA)
    return grey, translate(turn(frame.buffer(2.0, join_style="mitre")), 1.0, -1.0), total


def assemble(page, segmentation, sections, bars, settings):
    """Vessels, counts of what was left out, and warnings, of a page on which no text is read."""
    legend = Legend(PrintedScale(tuple(StatedBar(bar, reason="not_read") for bar in bars)))
    outlines = Outlines(segmentation, sections, Counter())
    result = measure_outlines(page, outlines, settings, default_calibration(), legend=legend)
    return result.vessels, result.dropped, result.warnings
