"""No page, and no publication, in two parts."""

import cv2
import numpy as np
import pytest

from profilex.data.datasets import read_parts
from profilex.data.pages import annotated_page
from profilex.data.publications import publication_of
from profilex.data.split import SplitSettings, same_pages, split_pages, write_parts
from profilex.errors import Code, RunError


@pytest.fixture
def catalogue(make_page):
    """Five publications of six pages each."""
    styles = ("solid", "outline")
    names = [(f"{book}_p{i}", 10 * b + i) for b, book in enumerate("ABCDE") for i in range(6)]
    return [make_page(seed, styles[seed % 2], name) for name, seed in names]


def test_a_publication_is_in_one_part_only(catalogue):
    parts = split_pages(catalogue, SplitSettings(validation_share=0.2, test_share=0.2))
    books = [{publication_of(page.name) for page in pages} for pages in parts.values()]
    assert sum(map(len, books)) == len(set().union(*books)) == 5
    assert [len(pages) for pages in parts.values()] == [18, 6, 6]


def test_by_statistics_the_looks_are_spread(catalogue):
    parts = split_pages(catalogue, SplitSettings("statistics", 0.2, 0.2, clusters=2))
    assert sum(map(len, parts.values())) == len(catalogue)
    assert all({page.style for page in pages} == {"solid", "outline"} for pages in parts.values())


@pytest.mark.parametrize("by", ["publication", "statistics"])
def test_copies_of_a_page_stay_together(catalogue, by):
    original = catalogue[0]
    turned = annotated_page("Z_p1", np.rot90(original.grey), np.rot90(original.marks))
    mirrored = annotated_page("Y_p9", original.grey[:, ::-1], original.marks[:, ::-1])
    frame = annotated_page("X/1_frame_2", catalogue[9].grey, catalogue[9].marks, group="A_p5")
    parts = split_pages([*catalogue, turned, mirrored, frame], SplitSettings(by, 0.2, 0.2))
    place = {page.name: part for part, pages in parts.items() for page in pages}
    assert place["A_p0"] == place["Z_p1"] == place["Y_p9"]
    assert place["X/1_frame_2"] == place[catalogue[9].name]


def test_different_pages_are_not_taken_for_copies(catalogue):
    assert len(same_pages(catalogue)) == len(catalogue)


def test_a_split_is_reproducible(catalogue):
    settings = SplitSettings("statistics")
    names = [[page.name for page in split_pages(catalogue, settings)[part]] for part in ("val", "val")]
    assert names[0] == names[1]


@pytest.mark.slow
def test_written_parts_are_read_back(catalogue, tmp_path):
    parts = split_pages(catalogue, SplitSettings(validation_share=0.2, test_share=0.2))
    write_parts(parts, tmp_path)
    back = read_parts(tmp_path)
    assert {part: len(pages) for part, pages in back.items()} == {part: len(pages) for part, pages in parts.items()}
    ours, theirs = parts["val"][0], back["val"][0]
    np.testing.assert_array_equal(ours.grey, theirs.grey)
    np.testing.assert_array_equal(ours.marks & 1, theirs.marks & 1)
    assert (tmp_path / "labelmap.txt").read_text().splitlines()[2] == "section:250,50,83::"
    assert cv2.imread(str(tmp_path / "valannot" / f"{ours.name}.png")).shape == (*ours.grey.shape, 3)
    with pytest.raises(RunError, match="already"):
        write_parts(parts, tmp_path)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (SplitSettings("colour"), Code.USAGE),
        (SplitSettings(validation_share=0.6, test_share=0.6), Code.USAGE),
        (SplitSettings("publication"), Code.DATASET),
    ],
)
def test_impossible_splits_are_refused(make_page, settings, code):
    with pytest.raises(RunError) as caught:
        split_pages([make_page(1, name="A_1"), make_page(2, name="A_2"), make_page(3, name="A_3")], settings)
    assert caught.value.code is code
