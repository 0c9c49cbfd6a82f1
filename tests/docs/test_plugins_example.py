"""The plugin that docs/plugins.md shows is one, and writes what it says."""

import re
from pathlib import Path

import pytest

from profilex import plugins
from profilex.plugins.registry import GROUPS
from profilex.types import Measure, PageRef, PageResult, Vessel
from tests.helpers.documents import ROOT

TEXT = (ROOT / "docs" / "plugins.md").read_text()


@pytest.fixture
def exporter():
    [code] = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    names: dict = {}
    exec(code, names)  # our own document
    return names["RimList"]()


def test_the_example_writes_rim_diameters(exporter):
    known = Vessel("v001", (), measures={"rim_diameter_mm": Measure(284.04)})
    unknown = Vessel("v002", (), measures={"rim_diameter_mm": Measure(None, reason="no_rim")})
    page = PageResult(PageRef(Path("a.tif"), "a.tif", "a.tif/0"), "", 10, 10, None, (known, unknown))
    assert list(exporter.files([page], {"unit": "cm"})) == [("rims.tsv", b"a.tif\tv001\t28.4\n")]
    assert [option.name for option in exporter.options] == ["unit"]
    assert exporter.scope in (plugins.PAGE, plugins.COLLECTION)


def test_every_kind_of_plugin_is_documented():
    assert [group for group in GROUPS.values() if f"`{group}`" not in TEXT] == []
