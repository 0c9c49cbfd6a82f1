"""profiles.tps: outlines for geometric morphometrics, as tpsDig, Momocs and geomorph read them."""

from collections.abc import Iterable

import numpy as np
import shapely

from profilex.export.frame.vessel_frame import place_vessel
from profilex.types import PageResult, Vessel

_POINTS = 200  # along the shell of a section, at even steps


def specimens(result: PageResult) -> str:
    """A page's vessels as specimens: no landmarks, one curve of 200 points for each section, in the vessel frame.

    Coordinates are millimetres where the scale is known, else pixels. IMAGE is the scan and ID the page's folder with
    the vessel's identifier.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
    """
    return "".join(_specimen(vessel, result) for vessel in result.vessels)


def document(pages: Iterable[str]) -> bytes:
    """The specimens of all pages as one file."""
    return "".join(pages).encode()


def _specimen(vessel: Vessel, result: PageResult) -> str:
    placed = place_vessel(vessel)
    lines = ["LM=0", f"CURVES={len(placed.sections)}"]
    for polygon in placed.sections:
        ring = polygon.exterior
        # from the highest point on, so that curves of like vessels start alike
        points = shapely.get_coordinates(ring)[:-1]
        start = ring.project(shapely.Point(points[points[:, 1].argmax()]))
        places = (start + np.arange(_POINTS) / _POINTS * ring.length) % ring.length
        lines.append(f"POINTS={_POINTS}")
        even = shapely.get_coordinates(shapely.line_interpolate_point(ring, places))
        lines += [f"{x:.4f} {y:.4f}" for x, y in even.tolist()]
    source = result.ref.source.replace("\n", " ")
    lines += [f"IMAGE={source}", f"ID={result.ref.folder}/{vessel.identifier}", "SCALE=1.000000"]
    if placed.unit == "mm":
        lines.append("COMMENT=millimetres")
    return "\n".join(lines) + "\n"
