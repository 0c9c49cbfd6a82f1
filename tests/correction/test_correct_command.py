"""`profilex correct send` and `take`: there and back, and what may go wrong."""

import csv
import json
import re
import zipfile

import cv2
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from profilex.cli.app import run
from profilex.data.datasets import read_pages
from profilex.data.pages import CHANNEL_BITS


def take(export, task, out, *words):
    return run(["correct", "take", str(export), "--task", str(task), "--out", str(out), *words])


def changes(out):
    return list(csv.DictReader((out / "changes.csv").read_text().splitlines()))


def true_sections(profiles):
    """The section polygons of every page, by the page's folder."""
    found = {}
    for page in sorted(profiles.rglob("page.geojson")):
        features = json.loads(page.read_text())["features"]
        found[page.parent.name] = [shape(f["geometry"]) for f in features if f["properties"]["part"] == "section"]
    return found


def test_a_task_has_the_pages_as_profilex_saw_them(task, scans):
    names = ["book/plate 1.png", "book/plate 2.png"]
    with zipfile.ZipFile(task / "images.zip") as images:
        assert images.namelist() == names
        seen = cv2.imdecode(np.frombuffer(images.read(names[0]), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(seen, cv2.imread(str(scans / names[0]), cv2.IMREAD_GRAYSCALE))
    labels = json.loads((task / "labels.json").read_text())
    assert [label["name"] for label in labels] == ["section", "background"]
    assert all(re.fullmatch("#[0-9a-f]{6}", label["color"]) for label in labels)


def test_nothing_changed_comes_back_as_it_went_and_is_a_data_set(task, profiles, cvat, tmp_path, capsys):
    out = tmp_path / "data"
    assert take(cvat(task, tmp_path / "annotations.xml"), task, out, "--json") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told == {"pages": 2, "sections": {"kept": 2, "moved": 0, "added": 0, "deleted": 0}, "missing": []}
    pages = read_pages(out)
    assert [page.name for page in pages] == ["book/plate 1", "book/plate 2"]
    for page, sections in zip(pages, true_sections(profiles).values(), strict=True):
        area = int((page.marks & CHANNEL_BITS["section"] > 0).sum())
        assert area == pytest.approx(sum(section.area for section in sections), rel=0.01)
        assert page.annotated == CHANNEL_BITS["section"], (
            "axis and vessel were not asked for: they are unknown, not none"
        )


@pytest.mark.slow
def test_what_a_person_changed_is_listed(task, cvat, tmp_path):
    def edit(text):
        first, second = re.findall(r"<polygon.*?</polygon>", text, re.S)
        moved = re.sub(r'points="([\d.]+),', lambda m: f'points="{float(m[1]) + 6:.2f},', first)
        drawn = '<polygon label="section" source="manual" points="1,1;9,1;9,9" z_order="0" />'
        return text.replace(first, moved + drawn).replace(second, "")

    out = tmp_path / "data"
    assert take(cvat(task, tmp_path / "annotations.xml", edit), task, out) == 0
    rows = changes(out)
    assert [(row["picture"], row["change"]) for row in rows] == [
        ("book/plate 1.png", "moved"),
        ("book/plate 1.png", "added"),
        ("book/plate 2.png", "deleted"),
    ]
    assert 0.8 < float(rows[0]["iou"]) < 1
    assert 0 < float(rows[0]["distance_px"]) <= 6
    assert not read_pages(out)[1].marks.any(), "a page without sections is one to learn from as well"


@pytest.mark.slow
def test_a_section_painted_with_the_brush_counts(task, cvat, tmp_path):
    def edit(text):
        polygon = re.search(r"<polygon.*?</polygon>", text, re.S)[0]
        mask = '<mask label="section" source="manual" occluded="0" rle="0, 400" left="50" top="60" width="20" '
        return text.replace(polygon, mask + 'height="20" z_order="0" />', 1)

    out = tmp_path / "data"
    assert take(cvat(task, tmp_path / "annotations.xml", edit), task, out) == 0
    assert (read_pages(out)[0].marks & CHANNEL_BITS["section"] > 0).sum() == 400


def test_masks_show_the_same_as_the_polygons(task, profiles):
    with zipfile.ZipFile(task / "masks.zip") as masks:
        assert {"labelmap.txt", "ImageSets/Segmentation/default.txt"} <= set(masks.namelist())
        data = masks.read("SegmentationClass/book/plate 1.png")
    painted = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).any(axis=2).sum()
    assert painted == pytest.approx(sum(s.area for s in true_sections(profiles)["plate 1.png"]), rel=0.01)


def test_only_doubtful_pages_go_unless_all_are_asked_for(profiles, scans, tmp_path, capsys):
    for page in profiles.rglob("page.geojson"):
        if "plate 1" in str(page):
            document = json.loads(page.read_text())
            for feature in document["features"]:
                feature["properties"].pop("review", None)
            page.write_text(json.dumps(document))
    words = ["correct", "send", str(profiles), "--scans", str(scans), "--out"]
    assert run([*words, str(tmp_path / "one")]) == 0
    assert [p["source"] for p in json.loads((tmp_path / "one/task.json").read_text())["pictures"]] == [
        "book/plate 2.png"
    ]
    named = tmp_path / "pages.txt"
    named.write_text("book/plate 1.png\n")
    assert run([*words, str(tmp_path / "two"), "--pages", str(named)]) == 0
    assert [p["source"] for p in json.loads((tmp_path / "two/task.json").read_text())["pictures"]] == [
        "book/plate 1.png"
    ]
    named.write_text("book/plate 9.png\n")
    assert run([*words, str(tmp_path / "three"), "--pages", str(named)]) == 2
    assert "book/plate 9.png" in capsys.readouterr().err
    assert not (tmp_path / "three").exists()


def test_scans_that_are_gone_or_changed_are_reported_and_the_others_go(profiles, scans, tmp_path, capsys):
    (scans / "book/plate 1.png").write_bytes((scans / "book/plate 2.png").read_bytes())
    words = ["correct", "send", str(profiles), "--scans", str(scans), "--all", "--out", str(tmp_path / "task")]
    assert run(words) == 3
    assert "book/plate 1.png: The scan has changed" in capsys.readouterr().err.replace("the scan", "The scan")
    assert len(json.loads((tmp_path / "task/task.json").read_text())["pictures"]) == 1


def test_nothing_is_written_over(task, profiles, scans, cvat, tmp_path, capsys):
    words = ["correct", "send", str(profiles), "--scans", str(scans), "--all", "--out", str(task)]
    assert run(words) == 2
    export, out = cvat(task, tmp_path / "annotations.xml"), tmp_path / "data"
    assert take(export, task, out) == 0
    assert take(export, task, out) == 2
    assert "holds a data set already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("plate 2.png", "plate 3.png"), "book/plate 3.png is not a picture of the task"),
        (lambda text: text.replace('width="220"', 'width="110"'), "110 × 260 px there, 220 × 260 here"),
        (lambda text: text.replace("section", "wall").replace("background", "paper"), "none of the labels"),
        (lambda text: text[:300], "is not XML"),
        (lambda text: re.sub(r'points="[^"]*"', 'points="a,b"', text), "cannot be read"),
        (lambda text: re.sub(r"<image.*</image>", "", text, flags=re.S), "has no pictures"),
    ],
)
def test_exports_that_do_not_fit_are_refused_and_nothing_is_written(task, cvat, tmp_path, capsys, change, says):
    export = cvat(task, tmp_path / "annotations.xml", change)
    assert take(export, task, tmp_path / "data") != 0
    assert says in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_an_archive_with_pictures_is_taken_as_well_and_one_without_annotations_is_not(task, cvat, tmp_path, capsys):
    annotations = cvat(task, tmp_path / "annotations.xml")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(annotations, "annotations.xml")
        archive.writestr("images/book/plate 1.png", b"other pixels: those that were sent count")
    assert take(tmp_path / "export.zip", task, tmp_path / "data") == 0
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("labelmap.txt", "")
    assert take(tmp_path / "empty.zip", task, tmp_path / "other") != 0
    assert "CVAT for images 1.1" in capsys.readouterr().err


def test_a_page_that_did_not_come_back_is_reported(task, cvat, tmp_path, capsys):
    export = cvat(task, tmp_path / "a.xml", lambda text: re.sub(r'<image id="1".*?</image>', "", text, flags=re.S))
    assert take(export, task, tmp_path / "data") == 0
    assert "did not come back: book/plate 2.png" in capsys.readouterr().err
    assert len(read_pages(tmp_path / "data")) == 1


def test_every_vertex_is_where_it_was(task, profiles, cvat, tmp_path):
    assert take(cvat(task, tmp_path / "annotations.xml"), task, tmp_path / "data") == 0
    text = (tmp_path / "data/annotations.xml").read_text()
    came = [np.array([p.split(",") for p in points.split(";")], float) for points in re.findall('points="(.*?)"', text)]
    went = [shapely.get_coordinates(section)[:-1] for page in true_sections(profiles).values() for section in page]
    assert len(came) == len(went)
    for one, other in zip(came, went, strict=True):
        assert np.abs(one - other).max() <= 0.005 + 1e-9
