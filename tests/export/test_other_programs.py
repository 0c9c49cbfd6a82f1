"""LibreCAD and Inkscape draw the files where profilex put the outlines: their PDFs are measured in millimetres.

Skipped where a program is not installed; `.ci/run` installs them all. GDAL reads DXF, GeoJSON and GeoPackage in the
tests of those formats.
"""

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from scipy.spatial import KDTree

from profilex.export import dxf, svg
from profilex.export.frame.vessel_frame import place_vessel
from profilex.settings import ExportSettings
from tests.helpers.bowls import MM_PER_PX

pytestmark = pytest.mark.slow


_MM_PER_POINT = 25.4 / 72
_NEAR_MM = 0.05  # LibreCAD prints whole dots of 1200 an inch
_SETTINGS = ExportSettings()


def needed(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)}: not installed")


def run(folder: Path, *command: str) -> None:
    environment = {
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "LANG": "C.UTF-8",
    }
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=folder, env=environment | path)


def drawn_lines(pdf: Path) -> shapely.MultiLineString:
    """All strokes and edges of a PDF, in mm from its page's upper left corner."""
    traced = pdf.with_suffix(".traced.svg")
    run(pdf.parent, "pdftocairo", "-svg", "-noshrink", "-nocenter", pdf.name, traced.name)
    lines = []
    for path in ElementTree.parse(traced).iter("{http://www.w3.org/2000/svg}path"):
        matrix = re.fullmatch(r"matrix\((.*)\)", path.attrib.get("transform", "matrix(1,0,0,1,0,0)"))
        a, b, c, d, e, f = (float(number) for number in matrix[1].split(","))
        for part in path.attrib["d"].split("M")[1:]:
            ends = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+) *(?=[A-Z]|$)", part), dtype=float).reshape(-1, 2)
            ends = np.concatenate([ends, ends[:1]]) if "Z" in part else ends
            if len(ends) > 1:
                lines.append((ends @ np.array([[a, b], [c, d]]) + (e, f)) * _MM_PER_POINT)
    return shapely.MultiLineString(lines)


def farthest_from(drawn: shapely.MultiLineString, corners: np.ndarray) -> float:
    """Distance (mm) of the corner that lies farthest from anything drawn, with the drawing moved as fits best."""
    ends = np.unique(shapely.get_coordinates(drawn), axis=0)
    outer = corners[[*corners.argmin(axis=0), *corners.argmax(axis=0)]]
    fits = KDTree(ends).query(ends[:, None] + (outer - outer[0]))[0].max(axis=1)
    shapely.prepare(drawn)
    nearest = ends[np.argsort(fits, kind="stable")[:5]]
    return min(float(shapely.distance(shapely.points(corners + (end - outer[0])), drawn).max()) for end in nearest)


def corners_mm(vessel) -> np.ndarray:
    """The corners of the section in mm, y downwards, as it stands in the vessel's frame."""
    (polygon,) = place_vessel(vessel).sections
    rings = [polygon.exterior, *polygon.interiors]
    return np.concatenate([np.asarray(ring.coords)[:-1] for ring in rings]) * (1, -1)


@needed("librecad", "pdftocairo")
def test_librecad_prints_the_section_in_true_millimetres(bowl, result, tmp_path):
    (tmp_path / "bowl.dxf").write_bytes(dxf.vessel_drawing(bowl, result, _SETTINGS))
    run(tmp_path, "librecad", "dxf2pdf", "-c", "-s", "1", "-o", "bowl.pdf", "bowl.dxf")
    corners = corners_mm(bowl)
    assert np.ptp(corners[:, 0]) == pytest.approx(400 * MM_PER_PX)
    assert farthest_from(drawn_lines(tmp_path / "bowl.pdf"), corners) < _NEAR_MM


@needed("inkscape", "pdftocairo")
def test_inkscape_draws_the_section_in_true_millimetres(bowl, result, tmp_path):
    (tmp_path / "bowl.svg").write_bytes(svg.vessel_drawing(bowl, result, _SETTINGS))
    run(tmp_path, "inkscape", "--export-type=pdf", "--export-filename=bowl.pdf", "bowl.svg")
    assert farthest_from(drawn_lines(tmp_path / "bowl.pdf"), corners_mm(bowl)) < _NEAR_MM


@needed("librecad", "pdftocairo")
def test_what_is_drawn_elsewhere_would_be_seen(bowl, result, tmp_path):
    (tmp_path / "bowl.dxf").write_bytes(dxf.vessel_drawing(bowl, result, _SETTINGS))
    run(tmp_path, "librecad", "dxf2pdf", "-c", "-s", "1", "-o", "bowl.pdf", "bowl.dxf")
    assert farthest_from(drawn_lines(tmp_path / "bowl.pdf"), corners_mm(bowl) * 1.01) > _NEAR_MM
