"""Places along a line, as shapely finds them one at a time."""

import numpy as np
import pytest
import shapely
from shapely import LinearRing, LineString, Polygon
from shapely.geometry import box

from profilex.ink.along import points_along
from profilex.vessel.shape.frame import extremes_at


@pytest.mark.parametrize(
    "line", [LineString([(0, 0), (3, 4), (3, 10), (-2, 10)]), LinearRing([(0, 0), (4, 0), (1, 3)])]
)
def test_points_lie_where_shapely_has_them(line):
    along = np.linspace(0, line.length, 23)
    assert points_along(line, along) == pytest.approx(shapely.get_coordinates(line.interpolate(along)))


def test_a_line_of_one_place_has_no_other():
    assert points_along(LineString([(2, 5), (2, 5)]), np.array([0.0, 0.0])) == pytest.approx(np.array([[2, 5], [2, 5]]))


def test_extremes_are_those_of_the_cut_at_every_depth():
    shape = Polygon([(0, 0), (10, 0), (10, 4), (6, 4), (6, 8), (2, 10)]).difference(box(3, 2, 5, 3))
    depths = np.array([4.0, -1.0, 0.0, 2.5, 7.0, 10.0, 11.0, 4.0])
    least, greatest = extremes_at(shape, depths)
    cuts = [shape.intersection(LineString([(-1, y), (11, y)])).bounds for y in depths]
    assert least == pytest.approx([cut[0] if cut else np.nan for cut in cuts], nan_ok=True)
    assert greatest == pytest.approx([cut[2] if cut else np.nan for cut in cuts], nan_ok=True)


def test_no_depths_have_no_extremes():
    assert [len(found) for found in extremes_at(box(0, 0, 1, 1), np.empty(0))] == [0, 0]
