"""The plugin installed for the tests as its pyproject.toml declares it, and an output folder to export."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[1]

CATALOG = """
zenon = "000052354"
title = "Late Roman Pottery"
quotation = "Hayes, J. W. (1972). Late Roman Pottery. London."
short_quotation = "Hayes 1972"
[pages]
pattern = 'p(\\d+)'
"""


@pytest.fixture(scope="session", autouse=True)
def installed(tmp_path_factory):
    """Both entry points of the plugin, found by profilex."""
    import profilex_idai_field

    from tests.helpers.installing import install

    site = tmp_path_factory.mktemp("site")
    install(site, (PLUGIN / "pyproject.toml").read_text(), version=profilex_idai_field.__version__)
    sys.path.insert(0, str(site))
    yield
    sys.path.remove(str(site))


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """Two pages with four vessels, one without scale and figure, and the package of them; not to be changed."""
    from profilex.cli.app import run
    from profilex.types import Measure
    from tests.helpers.bowls import make_bowl, make_result
    from tests.helpers.pots import plate, write_folder

    thickness = {"wall_thickness_mm_p5": Measure(5.21, 0.4), "wall_thickness_mm_p95": Measure(8.93, 0.4)}
    bowl = make_bowl("v001")
    bowl = replace(bowl, figure="14.7", measures={**bowl.measures, **thickness})
    unscaled = {"rim_diameter_px": Measure(800.0, 3.0)}
    sherd = replace(make_bowl("v002"), figure="", scale=None, measures=unscaled, height_is_complete=None)
    first = make_result(bowl, sherd)
    first = replace(first, ref=replace(first.ref, source="hayes/p93.tif", folder="hayes/p93.tif/0"))
    folder = tmp_path_factory.mktemp("exported")
    profiles = write_folder(folder / "profiles", first, plate("hayes/p094.png", 2, 4))
    (folder / "catalog.toml").write_text(CATALOG)
    words = ["--format", "idai-field", "--catalog", str(folder / "catalog.toml"), "--out", str(folder / "package")]
    assert run(["export", str(profiles), *words]) == 0
    return folder


@pytest.fixture
def profiles(exported, tmp_path):
    """An output folder of its own."""
    return shutil.copytree(exported / "profiles", tmp_path / "profiles")


@pytest.fixture
def package(exported, tmp_path):
    """A package of its own, as `profilex export` writes it."""
    return shutil.copytree(exported / "package", tmp_path / "package")


@pytest.fixture
def catalog(tmp_path):
    """A function that writes catalog.toml, with more keys on request, and gives its path."""

    def write(more: str = "", text: str = CATALOG) -> Path:
        (tmp_path / "catalog.toml").write_text(text + more)
        return tmp_path / "catalog.toml"

    return write
