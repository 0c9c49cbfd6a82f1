"""Plates, and an environment in which started programs find the fake model."""

import pytest

from tests.helpers.programs import finding_helpers
from tests.helpers.scans import draw_plate


@pytest.fixture
def scans(tmp_path):
    """A folder with three plates, two of them with the same name in two folders."""
    folder = tmp_path / "scans"
    draw_plate(folder / "one.png", seed=1)
    draw_plate(folder / "site" / "one.png", seed=2)
    draw_plate(folder / "two.tif", seed=3, dpi=None)
    (tmp_path / "looks").touch()
    return folder


@pytest.fixture
def environment():
    """The environment of a started profilex: it finds the fake model."""
    return finding_helpers()
