"""What is drawn of a vessel in model space: flat entities, each on its layer, and the group that holds them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from ezdxf.document import Drawing
from ezdxf.entities import DXFEntity, LWPolyline
from ezdxf.enums import TextEntityAlignment
from ezdxf.path import make_path
from shapely import LineString, Polygon

from profilex.curves import arcs, flatten
from profilex.export.dxf.document import APPID, DIMENSION_STYLE, ascii_name, plain
from profilex.export.frame.metric_bar import metric_bar
from profilex.types import Measure

TAG_BLOCK = "PX_TAG"

_FINER = 10  # times as near to its arcs as these to the curve is what is checked
_SHELL, _HOLE = 1, 16  # boundary path flags: external, outermost
_TAG_FIELDS = (
    "identifier",
    "figure",
    "source_file",
    "page",
    "source_sha256",
    "drawing_scale",
    "rim_diameter_mm",
    "height_mm",
    "review",
    "review_status",
    "software",
)

Entities = list[DXFEntity]


@dataclass(frozen=True, slots=True)
class Pen:
    """How curves are drawn: with arcs within `bound` of them, or `as_splines`; and whether walls are `filled`."""

    bound: float
    filled: bool
    as_splines: bool = False


def add_section(doc: Drawing, curves: Sequence[np.ndarray], properties: Mapping[str, Any], pen: Pen) -> Entities:
    """A section from its rings (n, 4, 2): a closed polyline with arcs each, or a spline, and its fill as a hatch.

    The properties are extended data of the outlines.
    """
    space = doc.modelspace()
    rings = _valid_rings(curves, pen.bound)
    drawn: Entities = []
    if pen.filled:
        hatch = space.add_hatch(dxfattribs={"layer": "PX_SECTION_FILL", "color": 256})
        for index, ring in enumerate(rings):
            hatch.paths.add_polyline_path(ring, is_closed=True, flags=_HOLE if index else _SHELL)
        drawn.append(hatch)
    for index, ring in enumerate(rings):
        if pen.as_splines:
            line: DXFEntity = _spline(doc, curves[index], "PX_SECTION_OUTLINE")
        else:
            line = space.add_lwpolyline(ring, "xyb", close=True, dxfattribs={"layer": "PX_SECTION_OUTLINE"})
        known = dict(properties) | {"ring": "hole" if index else "shell"}
        line.set_xdata(
            APPID, [(1000, plain(f"{name}={_text(value)}")) for name, value in known.items() if value is not None]
        )
        drawn.append(line)
    return drawn


def _valid_rings(curves: Sequence[np.ndarray], bound: float) -> list[list[tuple[float, ...]]]:
    """The rings of a section as vertices with bulges: arcs, or chords where arcs would cross or touch each other."""
    rings = [[tuple(vertex) for vertex in arcs(pieces, bound)[:-1].tolist()] for pieces in curves]
    shell, *holes = (_on_arcs(ring, bound / _FINER) for ring in rings)
    if len(shell) > 3 and Polygon(shell, [hole for hole in holes if len(hole) > 3]).is_valid:
        return rings
    return [[(x, y, 0.0) for x, y in flatten(pieces, bound)[0][:-1].tolist()] for pieces in curves]


def _on_arcs(ring: Sequence[tuple[float, ...]], distance: float) -> list[tuple[float, float]]:
    """Points on a closed polyline with bulges, whose chords are within a distance of its arcs."""
    line = LWPolyline()
    line.set_points(ring, format="xyb")
    line.closed = True
    return [(x, y) for x, y, _ in make_path(line).flattening(distance)]


def add_line(doc: Drawing, line: LineString | None, layer: str) -> Entities:
    """A straight line, such as an axis or a rim; nothing for None."""
    if line is None or line.length == 0:
        return []
    start, end = line.coords[0], line.coords[-1]
    return [doc.modelspace().add_line(start[:2], end[:2], dxfattribs={"layer": layer})]


def add_path(doc: Drawing, pieces: np.ndarray, layer: str, pen: Pen) -> Entities:
    """An open curve (n, 4, 2) as a polyline with arcs, or a spline; nothing for one without length."""
    if np.all(pieces == pieces[:1, :1]):
        return []
    if pen.as_splines:
        return [_spline(doc, pieces, layer)]
    return [doc.modelspace().add_lwpolyline(arcs(pieces, pen.bound).tolist(), "xyb", dxfattribs={"layer": layer})]


def _spline(doc: Drawing, pieces: np.ndarray, layer: str) -> DXFEntity:
    """A curve as one cubic B-spline whose knots are threefold: its control points are those of the pieces."""
    points = np.concatenate([pieces[:, :3].reshape(-1, 2), pieces[-1:, 3]])
    knots = np.repeat(np.arange(len(pieces) + 1), 3)
    return doc.modelspace().add_open_spline(
        [(x, y, 0.0) for x, y in points.tolist()],
        degree=3,
        knots=[0.0, *knots.tolist(), float(len(pieces))],
        dxfattribs={"layer": layer},
    )


def add_label(doc: Drawing, text: str, at: tuple[float, float], height: float, layer: str = "PX_TEXT") -> Entities:
    """A text whose upper edge is centred on `at`."""
    entity = doc.modelspace().add_text(plain(text), height=height, dxfattribs={"layer": layer})
    entity.set_placement(at, align=TextEntityAlignment.TOP_CENTER)
    return [entity]


def add_tag(doc: Drawing, properties: Mapping[str, Any], at: tuple[float, float], height: float) -> Entities:
    """A block reference with hidden attributes, for programs that list them; unknown values have none."""
    known = {name: _text(properties[name]) for name in _TAG_FIELDS if properties.get(name) not in (None, "")}
    if TAG_BLOCK not in doc.blocks:
        block = doc.blocks.new(TAG_BLOCK)
        for name in known:
            definition = block.add_attdef(name.upper(), (0, 0), dxfattribs={"layer": "PX_TEXT", "height": height})
            definition.is_invisible = True
    tag = doc.modelspace().add_blockref(TAG_BLOCK, at, dxfattribs={"layer": "PX_TEXT"})
    for name, value in known.items():
        attribute = tag.add_attrib(name.upper(), plain(value), at, dxfattribs={"layer": "PX_TEXT", "height": height})
        attribute.is_invisible = True
    return [tag]


def add_rim_dimension(doc: Drawing, diameter: Measure | None, above: float) -> Entities:
    """The rim's diameter as a dimension from -r to r, at the height `above`; nothing where it is unknown."""
    if diameter is None or not diameter.value:
        return []
    radius = diameter.value / 2
    text = "%%c <> mm"
    if diameter.uncertainty:
        text = f"%%c <> %%p {diameter.uncertainty:.2g} mm"
    dimension = doc.modelspace().add_linear_dim(
        base=(0, above),
        p1=(-radius, 0),
        p2=(radius, 0),
        text=text,
        dimstyle=DIMENSION_STYLE,
        dxfattribs={"layer": "PX_DIMENSION"},
    )
    dimension.render()
    return [dimension.dimension]


def add_metric_bar(doc: Drawing, top_left: tuple[float, float], width: float, height: float) -> Entities:
    """A metric bar for a drawing of that width, its cells filled by turns, with 0 and its length below."""
    bar = metric_bar(width)
    left, top = top_left
    space = doc.modelspace()
    drawn: Entities = []
    for index in range(bar.cells):
        start = left + index * bar.cell_mm
        cell = _vertices(shapely.box(start, top - height / 2, start + bar.cell_mm, top).exterior)
        drawn.append(space.add_lwpolyline(cell, close=True, dxfattribs={"layer": "PX_SCALEBAR"}))
        if index % 2 == 0:
            hatch = space.add_hatch(dxfattribs={"layer": "PX_SCALEBAR", "color": 256})
            hatch.paths.add_polyline_path(cell, is_closed=True, flags=_SHELL)
            drawn.append(hatch)
    below = top - height
    drawn += add_label(doc, "0", (left, below), height * 0.8, "PX_SCALEBAR")
    drawn += add_label(doc, bar.label, (left + bar.length_mm, below), height * 0.8, "PX_SCALEBAR")
    return drawn


def add_outline(doc: Drawing, polygon: Polygon, layer: str) -> Entities:
    """A polygon's shell as a closed polyline, such as the plate's frame."""
    return [doc.modelspace().add_lwpolyline(_vertices(polygon.exterior), close=True, dxfattribs={"layer": layer})]


def add_group(doc: Drawing, identifier: str, entities: Iterable[DXFEntity]) -> None:
    """The entities of one vessel as a named group; a name that is taken gets a number."""
    name = base = ascii_name(identifier)
    number = 1
    while name in doc.groups:
        number += 1
        name = f"{base}_{number}"
    with doc.groups.new(name, description=plain(identifier)).edit_data() as members:
        members.extend(entities)


def _vertices(ring: shapely.LinearRing) -> list[tuple[float, float]]:
    """A ring's vertices without the closing one."""
    return [(x, y) for x, y in shapely.get_coordinates(ring)[:-1].tolist()]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
