"""The Python entrance: pages in, vessels as geometry and measures out, and nothing changed in the host process."""

import subprocess
import sys
import threading

import ezdxf
import numpy as np
import pytest
from PIL import Image

import profilex
from profilex.images.memory import page_from_picture
from tests.helpers.programs import finding_helpers
from tests.helpers.scans import draw_plate
from tests.helpers.thresholding import load_segmenter

QUANTITIES = {
    "rim_diameter", "base_diameter", "max_diameter", "height", "wall_thickness_p5", "wall_thickness_p50",
    "wall_thickness_p95", "capacity", "clay_volume",
}  # fmt: skip


@pytest.fixture
def plate(tmp_path):
    """The path of a drawn plate of 300 dpi, beside the notes of the fake network."""
    (tmp_path / "looks").touch()
    draw_plate(tmp_path / "plate.png", seed=1)
    return tmp_path / "plate.png"


@pytest.fixture
def network(plate, monkeypatch):
    """The fake network; pages without a file note their looks here too."""
    monkeypatch.chdir(plate.parent)
    return load_segmenter(None)


def shapes(result):
    return [vessel.on_page.sections for vessel in result.vessels]


def test_a_path_an_array_and_an_image_give_the_same_vessels(plate, network):
    by_path = profilex.extract(plate, network)
    assert by_path.vessels
    image = Image.open(plate)
    grey = np.asarray(image.convert("L"))
    for picture in (image, grey, np.dstack([grey] * 3), grey.astype(np.uint16) * 257, grey / 255):
        assert shapes(profilex.extract(picture, network)) == shapes(by_path)


def test_a_vessel_has_geometry_and_measures_in_one_unit(plate, network):
    (vessel, *_) = profilex.extract(str(plate), network, mm_per_px=0.5).vessels
    assert vessel.unit == "mm"
    assert vessel.section.is_valid
    assert vessel.section.area == pytest.approx(0.25 * sum(s.polygon.area for s in vessel.on_page.sections), rel=1e-6)
    assert vessel.measures.keys() >= QUANTITIES
    assert {vessel.measures[name].unit for name in QUANTITIES} == {"mm", "ml"}
    (without, *_) = profilex.extract(plate, network).vessels
    assert without.unit == "px"
    assert {without.measures[name].unit for name in QUANTITIES} == {"px", "px³"}
    assert 0 <= vessel.confidence <= 1


def test_settings_are_keywords(plate, network):
    by_ratio = profilex.extract(plate, network, ratio="1:3", dpi=300)
    assert by_ratio.vessels[0].scale.mm_per_px == pytest.approx(3 * 25.4 / 300)
    with pytest.raises(profilex.RunError, match="no setting colour"):
        profilex.extract(plate, network, colour="red")
    with pytest.raises(profilex.RunError, match="ratio 'three'"):
        profilex.extract(plate, network, ratio="three")
    for wrong in (0, -3, float("nan")):
        with pytest.raises(profilex.RunError, match="not a number above 0"):
            profilex.extract(plate, network, mm_per_px=wrong)


def test_a_vessel_is_written_and_shown(plate, network, tmp_path):
    (vessel, *_) = profilex.extract(plate, network, mm_per_px=0.5).vessels
    assert ezdxf.readfile(vessel.to_dxf(tmp_path / "v.dxf")).modelspace()
    assert vessel.to_svg(tmp_path / "v.svg").read_text() == vessel._repr_svg_()
    assert "<svg" in vessel._repr_svg_()
    assert vessel.identifier in repr(vessel)


def test_a_geodataframe_has_a_row_for_each_vessel(plate, network):
    result = profilex.extract(plate, network, mm_per_px=0.5)
    frame = result.to_geodataframe()
    assert list(frame["identifier"]) == [vessel.identifier for vessel in result.vessels]
    assert frame.geometry.is_valid.all()
    assert frame.total_bounds[3] <= 0.5 * result.page.height_px
    assert frame["source_file"].unique().tolist() == ["plate.png"]


@pytest.mark.parametrize("picture", [np.zeros((3, 4, 2), np.uint8), np.zeros((3, 4)) + 7, np.zeros((3, 4), np.int32)])
def test_an_array_of_another_kind_is_refused_by_name(picture):
    with pytest.raises(profilex.PageError, match="not supported"):
        page_from_picture(picture)


def test_an_empty_picture_and_a_missing_file_are_refused(network, tmp_path):
    with pytest.raises(profilex.PageError, match="no pixels"):
        profilex.extract(np.zeros((0, 4), np.uint8), network)
    with pytest.raises(profilex.PageError, match="cannot be read"):
        profilex.extract(tmp_path / "missing.png", network)


def test_a_thread_gets_the_same(plate, network):
    found = []
    thread = threading.Thread(target=lambda: found.append(profilex.extract(plate, network)))
    thread.start()
    thread.join()
    assert shapes(found[0]) == shapes(profilex.extract(plate, network))


def test_a_folder_of_a_batch_holds_what_extract_gives(plate, network, tmp_path):
    batch = [
        sys.executable, "-c", "from profilex.cli import main; main(provider='tests.helpers.thresholding')",
        "batch", str(plate), "--out", str(tmp_path / "out"), "--workers", "0", "--quiet",
    ]  # fmt: skip
    subprocess.run(batch, check=True, env=finding_helpers(), cwd=tmp_path)
    folder = profilex.open_folder(tmp_path / "out")
    alone = profilex.extract(plate, network)
    assert [v.identifier for v in folder.vessels] == [v.identifier for v in alone.vessels]
    for stored, fresh in zip(folder.vessels, alone.vessels, strict=True):
        assert stored.section.symmetric_difference(fresh.section).area < 1e-2 * fresh.section.area
        for name in ("wall_thickness_p50", "height"):
            assert stored.measures[name].value == pytest.approx(fresh.measures[name].value, rel=1e-3)
    assert len(folder.to_geodataframe()) == len(alone.vessels)
    assert "1 pages done" in repr(folder)
    with pytest.raises(profilex.RunError, match="no records"):
        profilex.open_folder(tmp_path)


HOST = """
import os, sys, signal
before = dict(os.environ), set(sys.modules), signal.getsignal(signal.SIGINT)
import profilex
assert not {"numpy", "PIL", "cv2", "shapely", "ezdxf", "openvino"} & set(sys.modules), "on importing"
from PIL import Image
Image.MAX_IMAGE_PIXELS = 12345
from tests.helpers.thresholding import load_segmenter
profilex.extract
import profilex.model.engines.silent
result = profilex.extract("plate.png", load_segmenter(None))
assert result.vessels
assert Image.MAX_IMAGE_PIXELS == 12345, "Pillow's limit"
changed = {name for name in {**os.environ, **before[0]} if os.environ.get(name) != before[0].get(name)}
assert changed <= {"LD_LIBRARY_PATH"}, changed  # OpenCV's own
assert "openvino_telemetry" not in sys.modules
assert signal.getsignal(signal.SIGINT) is before[2]
"""


def test_the_host_process_stays_as_it_is(plate):
    done = subprocess.run(
        [sys.executable, "-c", HOST],
        cwd=plate.parent,
        env=finding_helpers(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_public_names_exist_and_no_others():
    assert all(getattr(profilex, name) is not None for name in profilex.__all__)
    assert set(profilex.__all__) <= set(dir(profilex))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        profilex.nonsense  # noqa: B018
