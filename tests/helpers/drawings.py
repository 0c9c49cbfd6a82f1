"""Drawings read back as a program reads them."""

from ezdxf.path import make_path
from shapely import Polygon

from profilex.export.dxf.document import APPID


def _points(line) -> list[tuple[float, float]]:
    """The vertices of a closed polyline, with points on its arcs, as a program draws them."""
    if not any(bulge for (bulge,) in line.get_points("b")):
        return [tuple(point) for point in line.get_points("xy")]
    return [(x, y) for x, y, _ in make_path(line).flattening(1e-4)]


def outlines(doc) -> list[Polygon]:
    """Shells with their holes, from closed polylines and their extended data."""
    shells: list[list] = []
    for line in doc.modelspace().query('LWPOLYLINE[layer=="PX_SECTION_OUTLINE"]'):
        assert line.closed
        points = _points(line)
        if ("ring=shell") in [tag.value for tag in line.get_xdata(APPID)]:
            shells.append([points])
        else:
            shells[-1].append(points)
    return [Polygon(rings[0], rings[1:]) for rings in shells]
