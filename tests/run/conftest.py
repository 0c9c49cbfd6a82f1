"""The fake model and the plates are importable by the tests, and by the workers that they start."""

import os
import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
sys.path.insert(0, HERE)


@pytest.fixture
def scans(tmp_path):
    """A folder with three plates, two of them with the same name in two folders."""
    from scans import draw_plate

    folder = tmp_path / "scans"
    draw_plate(folder / "one.png", seed=1)
    draw_plate(folder / "site" / "one.png", seed=2)
    draw_plate(folder / "two.tif", seed=3, dpi=None)
    (tmp_path / "looks").touch()
    return folder


@pytest.fixture
def environment():
    """The environment of a started profilex: it finds the fake model."""
    return os.environ | {"PYTHONPATH": os.pathsep.join([HERE, os.environ.get("PYTHONPATH", "")])}
