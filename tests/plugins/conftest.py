"""A place for plugins that only one test sees."""

import sys

import pytest

from tests.helpers.scans import draw_plate


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder on sys.path; modules imported from it are forgotten again."""
    folder = tmp_path / "site"
    folder.mkdir()
    known = set(sys.modules)
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in set(sys.modules) - known:
        if getattr(sys.modules[name], "__file__", None) and str(folder) in str(sys.modules[name].__file__):
            del sys.modules[name]


@pytest.fixture
def scans(tmp_path):
    """A folder with two plates."""
    draw_plate(tmp_path / "scans/one.png", seed=1)
    draw_plate(tmp_path / "scans/two.png", seed=2)
    (tmp_path / "looks").touch()
    return tmp_path / "scans"
