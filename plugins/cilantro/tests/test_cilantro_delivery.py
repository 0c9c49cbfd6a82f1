"""`--source cilantro`, `export --format cilantro` and `push cilantro`, without Cilantro."""

import json

import pytest
from profilex_cilantro.source import ObjectScans

from profilex.cli.app import run
from profilex.plugins import RunError
from tests.helpers.cilantro_objects import make_object, mets
from tests.helpers.scans import draw_plate, tree


@pytest.fixture
def home(tmp_path):
    """An object with two plates, of which one is called as people call files."""
    place = tmp_path / "cat1_1373246"
    for number, name in enumerate(("plate_1", "Tafel ä 2")):
        draw_plate(place / f"data/tif/{name}.tif", seed=7 * number)
    (place / "meta.json").write_text("{}")
    (place / "mets.xml").write_bytes(mets(["plate_1", "Tafel ä 2"]))
    return place


@pytest.fixture
def profiles(home, tmp_path):
    (tmp_path / "looks").touch()
    out = tmp_path / "profiles"
    words = ["batch", str(home), "--source", "cilantro", "--out", str(out), "--workers", "0", "--svg", "--geojson"]
    assert run(words, provider="tests.helpers.thresholding") == 0
    return out


def deliver(profiles, home, *, package):
    words = ["export", str(profiles), "--format", "cilantro", "--set", f"profiles={profiles}", "--out", str(package)]
    assert run(words) == 0
    return run(["push", "cilantro", str(package), "--set", f"object={home}"])


def test_a_delivery_repeated_changes_nothing_and_what_is_gone_is_removed(profiles, home, tmp_path):
    assert deliver(profiles, home, package=tmp_path / "one") == 0
    first = tree(home)
    assert {name.split("/")[1] for name in first if "/" in name} == {"tif", "dxf", "geojson", "svg", "profilex"}
    assert deliver(profiles, home, package=tmp_path / "two") == 0
    assert tree(home) == first

    listed = json.loads((home / "data/profilex/files.json").read_text())
    listed.append({"path": "data/dxf/old.dxf", "source": "gone.tif", "frame": 0})
    listed.append({"path": "data/dxf/../../meta.json", "source": "gone.tif", "frame": 0})
    (home / "data/profilex/files.json").write_text(json.dumps(listed))
    (home / "data/dxf/old.dxf").write_text("old")
    (home / "data/dxf/by hand.dxf").write_text("mine")
    assert deliver(profiles, home, package=tmp_path / "three") == 0
    assert tree(home) == first | {"data/dxf/by hand.dxf": b"mine"}, "only what was delivered is removed"


def test_an_object_without_mets_gets_nothing(profiles, home, tmp_path, capsys):
    (home / "mets.xml").unlink()
    before = tree(home)
    assert deliver(profiles, home, package=tmp_path / "one") == 9
    assert "mets.xml" in capsys.readouterr().err
    assert tree(home) == before


@pytest.mark.parametrize("name", ["data", "data/dxf"])
def test_a_link_out_of_the_object_is_not_followed(profiles, home, tmp_path, name, capsys):
    outside = tmp_path / "outside"
    if (home / name).exists():
        (home / name).rename(outside)
    else:
        outside.mkdir()
    (home / name).symlink_to(outside)
    before = tree(outside)
    assert deliver(profiles, home, package=tmp_path / "one") == 9
    assert "is a link that leads out of the object" in capsys.readouterr().err
    assert tree(outside) == before


def test_a_drawing_that_was_changed_is_not_delivered(profiles, tmp_path, capsys):
    next(profiles.rglob("*.dxf")).write_text("changed")
    words = ["export", str(profiles), "--format", "cilantro", "--set", f"profiles={profiles}"]
    assert run([*words, "--out", str(tmp_path / "package")]) != 0
    assert "was changed since the run" in capsys.readouterr().err


def test_the_source_is_the_scans_of_an_object(tmp_path):
    home = make_object(tmp_path / "cat1_1373246", {"a": None})
    assert list(ObjectScans().fetch(str(home), tmp_path)) == [home / "data/tif"]
    assert list(ObjectScans().fetch(str(home / "data/tif"), tmp_path)) == [home / "data/tif"]
    with pytest.raises(RunError, match="no representation 'jpg'"):
        ObjectScans().fetch(str(home / "data/jpg"), tmp_path)
    with pytest.raises(RunError, match="no object of Cilantro"):
        ObjectScans().fetch(str(tmp_path), tmp_path)
