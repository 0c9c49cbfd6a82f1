"""The names of a vessel's files, by the scan and the printed label."""

from pathlib import Path

import pytest

from profilex.errors import RunError
from profilex.export.file_names import check_names, is_file_name, with_file_names
from profilex.types import PageRef, PageResult, Vessel


def names(pattern, *figures, source="pl/Taf. 12.tif"):
    vessels = tuple(Vessel(f"v{i + 1:03d}", (), figure=figure) for i, figure in enumerate(figures))
    result = PageResult(PageRef(Path(source), source, source), "0" * 64, 800, 600, None, vessels)
    return [vessel.file_stem for vessel in with_file_names(result, pattern).vessels]


def test_identifiers_name_the_files_if_nothing_else_is_asked_for():
    assert names("{vessel}", "7", "") == ["v001", "v002"]


def test_labels_name_the_files_and_identifiers_stand_in():
    assert names("{scan}_{figure}", "M5-12333", "", "Drag. 37R") == [
        "Taf-12_M5-12333",
        "Taf-12_v002",
        "Taf-12_Drag-37R",
    ]


def test_two_vessels_of_one_label_keep_files_of_their_own():
    assert names("{figure}", "7", "7", "8") == ["7_v001", "7_v002", "8"]
    assert names("{figure}", "3a", "3A") == ["3a_v001", "3A_v002"]


@pytest.mark.parametrize("figure", ["../x", "a/b", "3.1", "..", "page", "Preview", "CON\n", "é 5"])
def test_no_label_leads_files_elsewhere_or_over_those_of_the_page(figure):
    [stem] = names("{figure}", figure)
    assert is_file_name(stem)
    assert stem.casefold() not in ("page", "preview")


def test_a_label_like_anothers_name_leaves_the_identifiers():
    assert names("{figure}", "7", "7", "7_v001") == ["v001", "v002", "v003"]


def test_the_page_is_counted_from_one():
    assert names("{scan}-{page}-{vessel}", "") == ["Taf-12-1-v001"]


@pytest.mark.parametrize("pattern", ["{scan}", "plate", "{number}", "{figure", "{figure!r}", "{vessel:>9}", ""])
def test_patterns_that_name_nothing_are_refused(pattern):
    with pytest.raises(RunError) as caught:
        check_names(pattern)
    assert caught.value.exit_code == 2


def test_what_is_read_back_may_not_name_a_path():
    assert not any(map(is_file_name, ("", "..", "a/b", "a.b", "a b")))
