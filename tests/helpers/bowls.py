"""A small page that the exporters draw: a bowl with a handle's hole, a sherd without a scale, and a scale bar."""

from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.affinity import rotate

from profilex.types import Edge, Measure, PageRef, PageResult, Scale, Section, Vessel

MM_PER_PX = 0.25
AXIS_PX = 500.0
RIM_PX = 200.0


def bowl_section() -> Polygon:
    """A wall from the rim (x 100..140 px) down to the base on the axis, with the loop of a handle."""
    t = np.linspace(0, np.pi / 2, 40)
    outer = np.stack([AXIS_PX - 400 * np.cos(t), RIM_PX + 300 * np.sin(t)], axis=1)
    inner = np.stack([AXIS_PX - 360 * np.cos(t), RIM_PX + 260 * np.sin(t)], axis=1)[::-1]
    hole = shapely.Point(145, 330).buffer(6)
    wall = Polygon([*outer, *inner])
    return shapely.orient_polygons(wall.union(shapely.Point(140, 330).buffer(25)).difference(hole))


def make_section(polygon: Polygon) -> Section:
    return Section(polygon, confidence=0.93, tolerance_px=0.5, hausdorff_px=0.31)


def make_bowl(identifier: str = "plate-7_1", tilt_deg: float = 0.0, side: str = "left") -> Vessel:
    """The bowl as drawn, tilted clockwise on the page, or with its section on the right."""
    wall = bowl_section()
    axis = LineString([(AXIS_PX, RIM_PX - 10), (AXIS_PX, RIM_PX + 320)])
    rim = LineString([(100, RIM_PX), (900, RIM_PX)])
    shapes = [wall, axis, rim]
    if side == "right":
        flip = shapely.affinity.affine_transform
        shapes = [flip(shape, (-1, 0, 0, 1, 2 * AXIS_PX, 0)) for shape in shapes]
    shapes = [rotate(shape, tilt_deg, origin=(AXIS_PX, RIM_PX)) for shape in shapes]
    return Vessel(
        identifier=identifier,
        sections=(make_section(shapely.orient_polygons(shapes[0])),),
        axis=shapes[1],
        axis_source="line",
        rim=shapes[2],
        side=side,
        scale=Scale(MM_PER_PX, "bar", 0.01, "1:3"),
        figure="7.1",
        confidence=0.9,
        measures={
            "rim_diameter_mm": Measure(200.0, 2.1),
            "height_mm": Measure(75.0, 0.8),
            "capacity_ml": Measure(None, None, "the base is not drawn"),
        },
        review=("scale from one bar",),
        height_is_complete=True,
    )


def make_sherd(identifier: str = "plate-7_9") -> Vessel:
    """A straight rim sherd of the bowl's rim, broken 100 px below it, with its edges told."""
    a, b, c, d = (100, RIM_PX), (140, RIM_PX), (170, RIM_PX + 100), (130, RIM_PX + 100)
    edges = {"rim": (b, a), "outer": (a, d), "break": (d, c), "inner": (c, b)}
    return Vessel(
        identifier=identifier,
        sections=(make_section(shapely.orient_polygons(Polygon([a, b, c, d]))),),
        axis=LineString([(AXIS_PX, RIM_PX), (AXIS_PX, RIM_PX + 100)]),
        axis_source="line",
        rim=LineString([(100, RIM_PX), (900, RIM_PX)]),
        side="left",
        scale=Scale(MM_PER_PX, "bar", 0.01, "1:3"),
        confidence=0.9,
        measures={"rim_diameter_mm": Measure(200.0, 2.1), "height_mm": Measure(25.0, 0.8, "preserved")},
        height_is_complete=False,
        edges=tuple(Edge(kind, LineString(line)) for kind, line in edges.items()),
        portion="rim",
    )


def make_result(*vessels: Vessel) -> PageResult:
    return PageResult(
        ref=PageRef(Path("plate-7.tif"), "Töpfe/plate-7.tif", "Töpfe/plate-7.tif/0"),
        sha256="ab" * 32,
        width_px=1000,
        height_px=1400,
        dpi=300.0,
        vessels=vessels,
        scale_bars=(shapely.box(300, 1300, 700, 1312),),
        versions={"profilex": "0.1.0", "model": "unet", "model_sha256": "cd" * 32},
    )
