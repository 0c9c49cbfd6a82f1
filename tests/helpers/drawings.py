"""Drawings read back as a program reads them."""

from shapely import Polygon

from profilex.export.dxf.document import APPID


def outlines(doc) -> list[Polygon]:
    """Shells with their holes, from closed polylines and their extended data."""
    shells: list[list] = []
    for line in doc.modelspace().query('LWPOLYLINE[layer=="PX_SECTION_OUTLINE"]'):
        assert line.closed
        points = [tuple(point) for point in line.get_points("xy")]
        if ("ring=shell") in [tag.value for tag in line.get_xdata(APPID)]:
            shells.append([points])
        else:
            shells[-1].append(points)
    return [Polygon(rings[0], rings[1:]) for rings in shells]
