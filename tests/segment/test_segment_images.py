"""Masks are of the image's own size whatever the tiles and scales, and polygons say what masks say."""

import json
from itertools import pairwise

import cv2
import numpy as np
import pytest
from shapely.geometry import shape

from profilex.cli.app import run
from profilex.errors import Code, RunError
from profilex.files import OutputLock
from profilex.model import label_map
from profilex.run.masks import ImageSettings, class_names, find_images, margins, segment_images


def segmented(images, out, segmenter, **settings):
    return list(segment_images(find_images([images], out), out, segmenter, ImageSettings(**settings)))


def mask_of(out, name="blobs.png", file="mask.png"):
    return cv2.imread(str(out / "images" / name / file), cv2.IMREAD_UNCHANGED)


def dark(images, name="blobs.png", below=128):
    return cv2.imread(str(images / name), cv2.IMREAD_GRAYSCALE) < below


def test_a_mask_has_the_class_of_every_pixel(images, tmp_path, make_segmenter):
    out = tmp_path / "out"
    records = segmented(images, out, make_segmenter())
    assert [record.source for record in records] == ["blobs.png", "sub/more.tif"]
    mask = mask_of(out)
    np.testing.assert_array_equal(mask, dark(images))
    assert records[0].shares["section"] == pytest.approx(mask.mean(), abs=1e-5)
    assert records[0].shares["background"] == pytest.approx(1 - mask.mean(), abs=1e-5)
    coloured = mask_of(out, file="coloured.png")
    assert coloured[30, 30].tolist() == [83, 50, 250]
    assert coloured[0, 0].tolist() == [0, 0, 0]
    assert (out / "labelmap.txt").read_text().splitlines()[2] == "section:250,50,83::"


def test_the_manifest_has_a_line_an_image(images, tmp_path, make_segmenter):
    out = tmp_path / "out"
    (images / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (images / "empty.jpg").touch()
    segmented(images, out, make_segmenter())
    lines = [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]
    assert [(line["source"], line["status"]) for line in lines] == [
        ("blobs.png", "ok"), ("broken.png", "failed"), ("empty.jpg", "failed"), ("sub/more.tif", "ok")
    ]  # fmt: skip
    assert lines[2]["code"] == "unreadable"
    assert lines[0]["width_px"] == 130
    assert all((out / output["path"]).is_file() for line in lines for output in line["outputs"])


@pytest.mark.parametrize("settings", [{"tile_px": 64, "tile_overlap_px": 32}, {"tile_px": 32, "tile_overlap_px": 0}])
def test_tiles_leave_no_seam(images, tmp_path, make_segmenter, settings):
    segmented(images, tmp_path / "out", make_segmenter(), **settings)
    np.testing.assert_array_equal(mask_of(tmp_path / "out"), dark(images))


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_a_mask_has_the_size_of_its_image_at_any_scale(images, tmp_path, make_segmenter, scale):
    segmented(images, tmp_path / "out", make_segmenter(), scale=scale)
    mask = mask_of(tmp_path / "out")
    assert mask.shape == (90, 130)
    assert np.count_nonzero(mask != dark(images)) < 0.02 * mask.size


def test_the_card_of_a_model_of_plain_images_says_the_scale(images, tmp_path, make_segmenter):
    segmenter = make_segmenter(scale=0.5, tile_px=64)
    assert segmenter.probabilities(np.zeros((90, 130), np.uint8)).shape == (1, 45, 65)
    segmented(images, tmp_path / "out", segmenter)
    assert mask_of(tmp_path / "out").shape == (90, 130)


def test_a_threshold_moves_the_border(images, tmp_path, make_segmenter):
    segmented(images, tmp_path / "out", make_segmenter(input="unit"), threshold=0.85)
    np.testing.assert_array_equal(mask_of(tmp_path / "out"), ~dark(images, below=0.85 * 255))


def test_a_softmax_model_has_no_threshold(images, tmp_path, make_segmenter):
    segmenter = make_segmenter("background", "section", activation="softmax", input="unit")
    with pytest.raises(RunError) as caught:
        segmented(images, tmp_path / "out", segmenter, threshold=0.4)
    assert caught.value.code is Code.USAGE
    segmented(images, tmp_path / "out", segmenter)
    np.testing.assert_array_equal(mask_of(tmp_path / "out"), dark(images))


def test_polygons_cover_what_the_mask_shows(images, tmp_path, make_segmenter):
    out = tmp_path / "out"
    record = segmented(images, out, make_segmenter(labels={"section": "blob"}), polygons=True)[0]
    document = json.loads((out / "images/blobs.png/polygons.geojson").read_text())
    polygons = [shape(feature["geometry"]) for feature in document["features"]]
    assert record.polygons == {"blob": 2}
    assert {feature["properties"]["class"] for feature in document["features"]} == {"blob"}
    assert all(polygon.is_valid for polygon in polygons)
    assert sum(polygon.area for polygon in polygons) == pytest.approx(np.count_nonzero(mask_of(out)), rel=0.03)
    assert document["profilex:image"]["source"] == "blobs.png"


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_margins_agree_with_the_mask(activation):
    planes = np.random.default_rng(4).random((3, 40, 50)).astype(np.float32)
    if activation == "softmax":
        planes /= planes.sum(axis=0)
    classes = label_map(planes, activation, 0.7)
    for channel in range(3):
        index = channel if activation == "softmax" else channel + 1
        np.testing.assert_array_equal(margins(planes, channel, activation, 0.7) > 0.5, classes == index)


def test_colours_of_a_label_map_go_first(images, tmp_path, make_segmenter):
    segmenter = make_segmenter(labels={"section": "nucleus"})
    segmented(images, tmp_path / "out", segmenter, colours={"nucleus": (1, 2, 3)})
    assert mask_of(tmp_path / "out", file="coloured.png")[30, 30].tolist() == [3, 2, 1]
    assert "nucleus:1,2,3::" in (tmp_path / "out/labelmap.txt").read_text()


def test_classes_without_colours_have_no_coloured_mask(images, tmp_path, make_segmenter):
    segmenter = make_segmenter("cat", "dog")
    assert class_names(segmenter.card) == ("background", "cat", "dog")
    segmented(images, tmp_path / "out", segmenter)
    assert not (tmp_path / "out/labelmap.txt").exists()
    assert mask_of(tmp_path / "out", file="coloured.png") is None
    assert mask_of(tmp_path / "out")[0, 0] == 2


def test_a_stop_keeps_what_is_done(images, tmp_path, make_segmenter):
    out, asked = tmp_path / "out", iter([False, True])
    found = find_images([images], out)
    done = list(segment_images(found, out, make_segmenter(), ImageSettings(), is_stopped=lambda: next(asked)))
    assert len(done) == len((out / "manifest.jsonl").read_text().splitlines()) == 1


@pytest.fixture
def no_network(monkeypatch, make_segmenter):
    monkeypatch.setattr("profilex.model.load_segmenter", lambda *_, **__: make_segmenter())


@pytest.mark.usefixtures("no_network")
def test_the_command_counts_and_tells_failures(images, tmp_path, capsys):
    command = ["segment", str(images), "--out", str(tmp_path / "out"), "--polygons"]
    assert run(command) == 0
    assert "2 images segmented, 0 failed" in capsys.readouterr().err
    (images / "bad\nname.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert run([*command, "--quiet"]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("failed: bad%0Aname.png#0: ")


@pytest.mark.usefixtures("no_network")
def test_exit_statuses_are_those_of_the_program(images, tmp_path):
    out = tmp_path / "out"
    (tmp_path / "empty").mkdir()
    assert run(["segment", str(tmp_path / "empty"), "--out", str(out)]) == 4
    assert run(["segment", str(images), "--out", str(images / "out")]) == 2
    assert run(["segment", str(images), "--out", str(out), "--tile-px", "64", "--tile-overlap-px", "64"]) == 2
    with OutputLock(out):
        assert run(["segment", str(images), "--out", str(out)]) == 6


def test_a_missing_model_is_7(images, tmp_path):
    assert run(["segment", str(images), "--out", str(tmp_path / "out"), "--model", "nowhere"]) == 7


def test_records_are_sorted_and_equal_runs_write_equal_bytes(images, tmp_path, make_segmenter):
    written = []
    for name in ("one", "two"):
        segmented(images, tmp_path / name, make_segmenter(), polygons=True)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        written.append({path.relative_to(tmp_path / name): path.read_bytes() for path in files})
    assert all(one == other for one, other in pairwise(written))
