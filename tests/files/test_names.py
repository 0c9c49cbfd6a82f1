"""Sources can be turned back into paths; folders are safe and never shared."""

import os
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profilex.files import names, printable_source, safe_folders

components = st.one_of(
    st.binary(min_size=1, max_size=255).map(lambda raw: raw.replace(b"/", b"_").replace(b"\0", b"_")),
    st.text(st.sampled_from("aAbe\u00e9\u0301\u212bK\u212a~01fF-. %:\n"), min_size=1, max_size=6).map(str.encode),
    st.sampled_from([b"a~deadbeef.tif", b"NUL.tif", b"con", b"a.tif", b"A.TIF", b"-rf", b"~", b"\xff"]),
).filter(lambda raw: raw not in (b".", b".."))

paths = st.lists(components, min_size=1, max_size=3).map(lambda parts: PurePosixPath(*map(os.fsdecode, parts)))


@given(paths)
def test_a_source_gives_back_the_exact_path(path):
    source = printable_source(path)
    assert source.isprintable()
    source.encode("utf-8")
    assert unquote_to_bytes(source) == os.fsencode(path)


@pytest.mark.slow
@settings(deadline=None)
@given(st.sets(paths, max_size=12))
def test_folders_are_injective_and_safe(tree):
    folders = safe_folders(tree)
    assert folders.keys() == tree
    folded = {unicodedata.normalize("NFC", unicodedata.normalize("NFC", f).casefold()) for f in folders.values()}
    assert len(folded) == len(tree)
    for folder in folders.values():
        assert not folder.startswith("/")
        assert folder == unicodedata.normalize("NFC", folder)
        for part in folder.split("/"):
            assert 0 < len(part.encode()) <= 200
            assert part not in (".", "..")
            assert part.isprintable()
            assert part[0] not in "-. "
            assert not set(part) & set('<>:"\\|?*')


def test_well_behaved_names_are_kept():
    tree = {
        PurePosixPath("sub/plate_12.tif"),
        PurePosixPath("Tafel 3.PDF"),
        PurePosixPath("\u0394\u03af\u03c0\u03c5\u03bb\u03bf\u03bd.tif"),
    }
    assert safe_folders(tree) == {path: str(path) for path in tree}


def test_all_case_twins_are_marked_and_their_suffix_is_kept():
    upper, lower = PurePosixPath("A.tif"), PurePosixPath("a.tif")
    folders = safe_folders([upper, lower])
    assert folders[upper].startswith("A~")
    assert folders[lower].startswith("a~")
    assert all(folder.endswith(".tif") for folder in folders.values())


def test_twin_folders_are_marked_as_files_are():
    folders = safe_folders([PurePosixPath("X/a.tif"), PurePosixPath("x/a.tif")])
    assert all(folder.count("~") == 1 and folder.endswith("/a.tif") for folder in folders.values())


def test_a_name_does_not_depend_on_unrelated_neighbours():
    awkward = PurePosixPath("-rf.tif")
    alone = safe_folders([awkward])[awkward]
    assert safe_folders([awkward, PurePosixPath("rf.tif"), PurePosixPath("_-rf.tif")])[awkward] == alone


def test_equal_short_digests_are_distinguished_by_longer_ones(monkeypatch):
    monkeypatch.setattr(names, "_DIGITS", (0, 8))  # with no digit at all every marked name would be the same
    folders = safe_folders([PurePosixPath("a:.tif"), PurePosixPath("a?.tif")])
    assert len(set(folders.values())) == 2
