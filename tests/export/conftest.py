"""The vessels of `bowls` as fixtures."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon

from profilex.types import PageResult, Vessel
from tests.helpers.bowls import make_bowl, make_result, make_section


@pytest.fixture
def bowl() -> Vessel:
    return make_bowl()


@pytest.fixture
def sherd() -> Vessel:
    """A sherd of two pieces without axis, rim and scale."""
    pieces = (shapely.box(200, 700, 240, 900), Polygon([(200, 920), (240, 915), (250, 1000), (205, 1010)]))
    return Vessel("plate-7_2", tuple(make_section(shapely.orient_polygons(piece)) for piece in pieces))


@pytest.fixture
def result(bowl: Vessel, sherd: Vessel) -> PageResult:
    return make_result(bowl, sherd)


@pytest.fixture
def spoil():
    """A vessel with one coordinate that is not a number."""

    def spoilt(vessel: Vessel, bad: float) -> Vessel:
        with np.errstate(invalid="ignore"):
            return replace(vessel, axis=LineString([(0, 0), (bad, 10)]))

    return spoilt
