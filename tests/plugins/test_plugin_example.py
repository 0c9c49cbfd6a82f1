"""The example of docs/plugins.md, installed and run as the document says."""

import csv
import json
import re
from pathlib import Path

import pytest

from profilex import manifest
from profilex.cli.app import run
from tests.helpers.installing import install

pytestmark = pytest.mark.slow


TEXT = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()


@pytest.fixture
def example(site):
    blocks = re.findall(r"^```(toml|python)\n# (\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    files = {name: text for _, name, text in blocks}
    install(site, files.pop("pyproject.toml"), files)


@pytest.fixture
def done(example, scans, tmp_path):
    """An output folder of the documented run."""
    (tmp_path / "plates.txt").write_text("scans/one.png\nscans/two.png\n")
    out = tmp_path / "profiles"
    words = ["batch", str(tmp_path / "plates.txt"), "--source", "listed", "--out", str(out), "--also", "coordinates"]
    assert run([*words, "--workers", "0"], provider="tests.helpers.thresholding") == 0
    return out


def test_it_is_listed_with_its_version(example, capsys):
    assert run(["plugins", "list"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    for kind, name in (("archive", "shelf"), ("exporter", "coordinates"), ("source", "listed")):
        assert [kind, name, "profilex-shelf", "1.2.0"] in rows
    assert run(["plugins", "show", "coordinates", "--json"]) == 0
    (facts,) = json.loads(capsys.readouterr().out)
    assert [option["name"] for option in facts["options"]] == ["digits"]


def test_the_source_finds_the_pages_and_is_in_their_keys(done):
    records = [entry.record for entry in manifest.entries(done)]
    assert [record.source for record in records] == ["one.png", "two.png"]
    assert {record.versions["plugin:listed"] for record in records} == {"1.2.0"}


def test_pages_are_delivered_as_they_are_exported(done):
    delivered = sorted((done / "deliveries/coordinates/pages").rglob("*.csv"))
    assert len(delivered) == 2
    assert run(["export", str(done), "--format", "coordinates"]) == 0
    exported = sorted((done / "export/coordinates").rglob("*.csv"))
    assert [path.read_bytes() for path in delivered] == [path.read_bytes() for path in exported]
    with exported[0].open() as file:
        header, *rows = csv.reader(file)
    assert header == ["section", "x_px", "y_px"]  # the plates have no scale
    assert len(rows) > 4


def test_the_package_is_shelved(done, tmp_path, capsys):
    assert run(["export", str(done), "--format", "coordinates", "--set", "digits=1"]) == 0
    words = ["push", "shelf", str(done / "export/coordinates"), "--set", f"folder={tmp_path / 'shelf'}"]
    assert run([*words, "--dry-run"]) == 0
    assert "shelf (dry run): 2 tables" in capsys.readouterr().err
    assert not (tmp_path / "shelf").exists()
    assert run(words) == 0
    assert len(list((tmp_path / "shelf/coordinates").rglob("*.csv"))) == 2


def test_another_version_of_the_source_does_the_pages_again(done, site, scans, tmp_path):
    (metadata,) = site.glob("*.dist-info")
    renewed = metadata.rename(site / "profilex_shelf-1.3.0.dist-info")
    (renewed / "METADATA").write_text((renewed / "METADATA").read_text().replace("1.2.0", "1.3.0"))
    words = ["batch", str(tmp_path / "plates.txt"), "--source", "listed", "--out", str(done), "--workers", "0"]
    assert run([*words, "--dry-run"], provider="tests.helpers.thresholding") == 0
    assert run(words, provider="tests.helpers.thresholding") == 0
    assert {entry.record.versions["plugin:listed"] for entry in manifest.entries(done)} == {"1.3.0"}
