"""Pairs are found under every usual name, and what does not pair is told."""

import cv2
import numpy as np
import pytest

from profilex.data.datasets import read_pages
from profilex.data.pairs import find_pairs, foreground
from profilex.errors import Code, RunError


@pytest.mark.parametrize(
    ("picture", "mask"),
    [
        ("{}_image.png", "{}_mask.png"),
        ("{}.jpg", "{}-mask.png"),
        ("image_{}.png", "label_{}.png"),
        ("image/{}.png", "label/{}.png"),
        ("images/{}.png", "masks/{}.png"),
        ("train/{}.png", "label/{}.png"),
        ("train_X/{}.png", "train_Y/{}.png"),
    ],
)
def test_layouts(make_pairs, picture, mask):
    folder = make_pairs(3, picture, mask)
    (folder / "test_X").mkdir()  # pictures without masks beside
    pages = read_pages(folder)
    assert [page.name for page in pages] == ["00", "01", "02"]
    assert {page.annotated for page in pages} == {1}
    assert all(0.02 < (page.marks == 1).mean() < 0.6 for page in pages)
    assert all(page.grey[page.marks == 1].mean() > page.grey[page.marks == 0].mean() + 80 for page in pages)


def test_a_picture_alone_is_reported(make_pairs):
    folder = make_pairs(2)
    (folder / "01_mask.png").unlink()
    with pytest.raises(RunError, match="01 has no mask") as caught:
        read_pages(folder)
    assert caught.value.code is Code.DATASET


def test_two_pictures_of_one_name_are_reported(make_pairs):
    folder = make_pairs(1)
    cv2.imwrite(str(folder / "00_image.jpg"), np.zeros((9, 9), np.uint8))
    with pytest.raises(RunError, match="of one name"):
        read_pages(folder)


def test_pictures_without_any_mask_are_no_pairs(make_pairs):
    folder = make_pairs(2)
    for mask in folder.glob("*_mask.png"):
        mask.unlink()
    assert find_pairs(folder) == {}


def test_grey_edges_are_split_in_the_middle():
    assert foreground(np.array([[0, 127, 128, 255]], np.uint8), "m").tolist() == [[False, False, True, True]]


def test_class_indices_are_no_darkness():
    assert foreground(np.array([[0, 1, 1]], np.uint8), "m").tolist() == [[False, True, True]]
    assert not foreground(np.zeros((2, 2), np.uint8), "m").any()
    with pytest.raises(RunError, match=r"labelmap\.txt"):
        foreground(np.array([[0, 1, 2]], np.uint8), "m")


def test_a_label_map_beside_names_the_classes(make_pairs):
    folder = make_pairs(1)
    mask = np.zeros((96, 96, 3), np.uint8)
    mask[10:20, 10:20] = (3, 2, 1)
    cv2.imwrite(str(folder / "00_mask.png"), mask)
    (folder / "labelmap.txt").write_text("background:0,0,0::\nroof:1,2,3::\n")
    (page,) = read_pages(folder)
    assert np.count_nonzero(page.marks == 1) == 100
