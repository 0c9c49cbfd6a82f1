"""Every layout yields the same marks; what does not fit is told by name."""

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from profilex.data.datasets import read_pages, read_parts, read_test_pages
from profilex.data.labels import channels_of, read_label_map
from profilex.data.publications import UNKNOWN, page_of, publication_of
from profilex.errors import Code, RunError

LABEL_MAP = "# label:color_rgb:parts:actions\nbackground:0,0,0::\nProfile:250,50,83::\nvessel:51,221,255::\n"
XML = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><labels>
<label><name>section</name></label><label><name>axis</name></label><label><name>scale bar</name></label>
</labels></task></meta>
<image id="0" name="Righetti/pl_1.png" width="40" height="30">
<polygon label="section" points="5.0,5.0;15.0,5.0;15.0,25.0;5.0,25.0" z_order="0"/>
<polyline label="axis" points="30.0,2.0;30.0,28.0" z_order="0"/>
<box label="scale bar" xtl="20.0" ytl="26.0" xbr="28.0" ybr="29.0" z_order="0"/>
<mask label="section" rle="1,2,1" left="20" top="10" width="2" height="2" z_order="1"/>
</image></annotations>"""


def write_png(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture)


def grey(side=(30, 40)):
    return np.full(side, 235, np.uint8)


@pytest.fixture
def cvat_masks(tmp_path):
    """A CVAT "segmentation mask 1.1" export of one page: a section within a vessel."""
    folder = tmp_path / "masks"
    mask = np.zeros((30, 40, 3), np.uint8)
    mask[5:25, 5:30] = (255, 221, 51)
    mask[5:25, 5:12] = (83, 50, 250)
    write_png(folder / "SegmentationClass/Heising_12.png", mask)
    write_png(folder / "JPEGImages/Heising_12.png", grey())
    (folder / "labelmap.txt").write_text(LABEL_MAP)
    return folder


def zipped(folder: Path) -> Path:
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as out:
        for path in folder.rglob("*"):
            out.write(path, path.relative_to(folder))
    return archive


def test_cvat_masks_from_a_folder_and_from_an_archive(cvat_masks):
    for source in (cvat_masks, zipped(cvat_masks)):
        (page,) = read_pages(source, labels={"Profile": "section"})
        assert page.name == "Heising_12"
        assert page.style == "Heising"
        assert page.annotated == 3
        assert np.count_nonzero(page.marks & 1) == 20 * 7
        assert np.count_nonzero(page.marks & 2) == 20 * 25  # the vessel holds its section


def test_cvat_images(tmp_path):
    (tmp_path / "annotations.xml").write_text(XML)
    write_png(tmp_path / "images/Righetti/pl_1.png", grey())
    (page,) = read_pages(tmp_path)
    section = page.marks & 1 > 0
    assert section[5:25, 5:15].all()
    assert np.count_nonzero(section[:, :18]) == 20 * 10  # corners of pixels: no growth
    assert np.argwhere(section[:, 18:]).tolist() == [[10, 3], [11, 2]]  # the run lengths
    assert np.count_nonzero(page.marks & 8) == 8 * 3
    assert (page.marks[10, 28:32] & 4 > 0).all()
    assert page.annotated == 1 | 4 | 8
    assert page.style == "Righetti"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("<annotations>", '<!DOCTYPE a [<!ENTITY b "c">]><annotations>'), "document type"),
        (("</annotations>", ""), "not XML"),
        (("Righetti/pl_1.png", "../../secret.png"), "not in images/"),
        (('rle="1,2,1"', 'rle="1,2"'), "runs cover 3 of 4"),
        (("5.0,5.0;15.0,5.0", "5.0,five;15.0,5.0"), "cannot be read"),
    ],
)
def test_damaged_annotations_are_refused(tmp_path, change, words):
    write_png(tmp_path / "set/images/Righetti/pl_1.png", grey())
    write_png(tmp_path.parent / "secret.png", grey())
    (tmp_path / "set/annotations.xml").write_text(XML.replace(*change))
    with pytest.raises(RunError, match=words) as caught:
        read_pages(tmp_path / "set")
    assert caught.value.code is Code.DATASET


def test_parts_with_two_class_masks(tmp_path):
    for part, count in (("train", 2), ("val", 1), ("test", 1)):
        for i in range(count):
            mask = np.zeros((30, 40), np.uint8)
            mask[5:20, 5 : 10 + i] = 255
            write_png(tmp_path / part / f"{i}.png", grey())
            write_png(tmp_path / f"{part}annot" / f"{i}.png", mask)
    parts = read_parts(tmp_path)
    assert {part: len(pages) for part, pages in parts.items()} == {"train": 2, "val": 1, "test": 1}
    assert parts["train"][1].annotated == 1
    assert np.count_nonzero(parts["train"][1].marks) == 15 * 6
    assert [page.name for page in read_test_pages(tmp_path)] == ["test/0"]


def test_many_values_need_a_label_map(tmp_path):
    write_png(tmp_path / "train/a.png", grey())
    write_png(tmp_path / "trainannot/a.png", np.arange(1200, dtype=np.uint16).astype(np.uint8).reshape(30, 40))
    with pytest.raises(RunError, match=r"labelmap\.txt"):
        read_pages(tmp_path)


def test_a_picture_without_a_mask_is_reported(cvat_masks):
    write_png(cvat_masks / "JPEGImages/Heising_13.png", grey())
    with pytest.raises(RunError, match="Heising_13 has no mask"):
        read_pages(cvat_masks, labels={"Profile": "section"})


def test_a_colour_outside_the_label_map_is_reported(cvat_masks):
    write_png(cvat_masks / "SegmentationClass/Heising_12.png", np.full((30, 40, 3), (3, 2, 1), np.uint8))
    with pytest.raises(RunError, match="1,2,3"):
        read_pages(cvat_masks, labels={"Profile": "section"})


def test_a_damaged_picture_is_reported(cvat_masks):
    (cvat_masks / "JPEGImages/Heising_12.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(RunError, match=r"Heising_12\.png cannot be read"):
        read_pages(cvat_masks, labels={"Profile": "section"})


def test_synthetic_folders(make_folder):
    pages = read_pages(make_folder(["solid", "negative"]), limit=2)
    assert [page.style for page in pages] == ["solid", "negative"]
    assert pages[0].wall_px == 14.0
    assert pages[1].wall_px is None


@pytest.mark.parametrize("source", ["nothing", "empty"])
def test_what_is_no_data_set_is_refused(tmp_path, source):
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError) as caught:
        read_pages(tmp_path / source)
    assert caught.value.code is Code.DATASET


def test_labels_find_their_channels():
    assert channels_of(["background", "Scale bar", "section"]) == {"Scale bar": "scale_bar", "section": "section"}
    assert channels_of(["bg", "Scherbe"]) == {"Scherbe": "section"}
    with pytest.raises(RunError, match="--label"):
        channels_of(["inside", "outside"])


def test_camvid_colours(tmp_path):
    (tmp_path / "label_colors.txt").write_text("0 0 0 Void\n128 0 0 section\n")
    assert read_label_map(tmp_path / "label_colors.txt").colours["section"] == (128, 0, 0)
    (tmp_path / "label_colors.txt").write_text("128;0;0 section\n")
    with pytest.raises(RunError, match="line 1"):
        read_label_map(tmp_path / "label_colors.txt")


@pytest.mark.parametrize(
    ("name", "page", "publication"),
    [
        ("Righetti/pl_12_tile_0_3", "Righetti/pl_12", "Righetti"),
        ("Righetti_2014_p023", "Righetti_2014_p023", "Righetti_2014"),
        ("Schmidt Taf. 12", "Schmidt Taf. 12", "Schmidt"),
        ("heising_fig12_crop2", "heising_fig12", "heising"),
        ("book_5_x120_y40", "book_5", "book"),
        ("GJ-02 (2)", "GJ-02", "GJ"),
        ("page_001", "page_001", UNKNOWN),
    ],
)
def test_names_tell_page_and_publication(name, page, publication):
    assert page_of(name) == page
    assert publication_of(name) == publication
