"""What `discover` takes for scans, what it leaves out and why, and the names it gives."""

import os
import socket
from pathlib import Path

import pytest

from profilex.errors import Code, Exit, RunError
from profilex.files import SUFFIXES, discover
from profilex.types import MissingScan


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def sources(found) -> list[str]:
    return [scan.source for scan in found.files]


def reasons(found) -> dict[str, str]:
    return {entry.source: entry.reason for entry in found.skipped}


def test_every_supported_suffix_is_found_at_any_depth_in_any_case(tmp_path):
    for number, suffix in enumerate(sorted(SUFFIXES)):
        touch(tmp_path / "deep" / "er" / f"p{number}{suffix}")
        touch(tmp_path / f"P{number}{suffix.upper()}")
    found = discover([tmp_path], tmp_path.parent / "out")
    assert len(found.files) == 2 * len(SUFFIXES)
    assert sources(found) == sorted(sources(found))
    assert found.root == tmp_path


def test_a_very_deep_tree_is_walked(tmp_path):
    folder = tmp_path
    for _ in range(400):
        folder = folder / "d"
    touch(folder / "a.tif")
    assert len(discover([tmp_path]).files) == 1


def test_other_entries_are_counted_with_their_reason(tmp_path):
    touch(tmp_path / "a.tif")
    touch(tmp_path / "notes.txt")
    touch(tmp_path / ".DS_Store")
    touch(tmp_path / "._a.tif")
    touch(tmp_path / ".git" / "b.tif")
    os.mkfifo(tmp_path / "pipe.tif")
    (tmp_path / "gone.tif").symlink_to(tmp_path / "nowhere.tif")
    (tmp_path / "null.tif").symlink_to("/dev/null")
    found = discover([tmp_path])
    assert sources(found) == ["a.tif"]
    assert reasons(found) == {
        "notes.txt": "unsupported_suffix",
        ".DS_Store": "hidden",
        "._a.tif": "hidden",
        ".git": "hidden",
        "pipe.tif": "not_a_regular_file",
        "gone.tif": "broken_link",
        "null.tif": "outside_root",
    }


def test_a_device_or_socket_named_as_input_is_no_scan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as endpoint:
        endpoint.bind("s.tif")
        with pytest.raises(RunError) as caught:
            discover([Path("s.tif"), Path("/dev/null")])
    assert caught.value.code == Code.NO_INPUT


def test_links_stay_inside_the_root(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "elsewhere"
    touch(inside / "real" / "a.tif")
    touch(inside / ".store" / "b.tif")
    touch(outside / "c.tif")
    (inside / "again").symlink_to(inside / "real")
    (inside / "real" / "up").symlink_to(inside)
    (inside / "round").symlink_to(inside / "round")
    (inside / "out").symlink_to(outside)
    (inside / "c.tif").symlink_to(outside / "c.tif")
    (inside / "a_link.tif").symlink_to(inside / "real" / "a.tif")
    (inside / "stored.tif").symlink_to(inside / ".store" / "b.tif")
    found = discover([inside])
    assert sources(found) == ["real/a.tif", "stored.tif"]
    assert reasons(found) == {
        ".store": "hidden",
        "again": "symlinked_folder",
        "real/up": "symlink_loop",
        "round": "symlink_loop",
        "out": "outside_root",
        "c.tif": "outside_root",
        "a_link.tif": "duplicate",
    }


def test_equal_names_in_two_inputs_do_not_collide(tmp_path):
    touch(tmp_path / "x" / "a.tif")
    touch(tmp_path / "y" / "a.tif")
    found = discover([tmp_path / "y", tmp_path / "x"])
    assert sources(found) == ["x/a.tif", "y/a.tif"]
    assert [scan.folder for scan in found.files] == ["x/a.tif", "y/a.tif"]


def test_equal_stems_of_two_formats_do_not_collide(tmp_path):
    touch(tmp_path / "a.tif")
    touch(tmp_path / "a.jpg")
    assert [scan.folder for scan in discover([tmp_path]).files] == ["a.jpg", "a.tif"]


def test_overlapping_inputs_are_read_once(tmp_path):
    scan = touch(tmp_path / "x" / "a.tif")
    found = discover([tmp_path, tmp_path / "x", scan, scan.parent / ".." / "x" / "a.tif"])
    assert sources(found) == ["x/a.tif"]


def test_single_files_are_taken_even_when_hidden(tmp_path):
    found = discover([touch(tmp_path / ".a.tif"), touch(tmp_path / "b.png")])
    assert sources(found) == [".a.tif", "b.png"]
    assert reasons(found) == {}


def test_paths_with_dot_dot_are_resolved(tmp_path, monkeypatch):
    touch(tmp_path / "scans" / "a.tif")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert sources(discover([Path("../scans")], Path("../out"))) == ["a.tif"]


@pytest.mark.parametrize(
    "out", ["scans", "scans/profiles", "scans/sub/../profiles", "linked/profiles", "other/../scans/x"]
)
def test_an_output_folder_inside_an_input_is_refused(tmp_path, out):
    touch(tmp_path / "scans" / "a.tif")
    (tmp_path / "linked").symlink_to(tmp_path / "scans")
    with pytest.raises(RunError) as caught:
        discover([tmp_path / "scans"], tmp_path / out)
    assert caught.value.code == Code.USAGE
    assert caught.value.exit_code == Exit.USAGE


def test_an_output_folder_beside_the_input_is_fine(tmp_path):
    scan = touch(tmp_path / "scans" / "a.tif")
    assert discover([tmp_path / "scans"], tmp_path / "scans_out").files
    assert discover([scan], tmp_path / "scans" / "out").files


def test_nothing_found_is_an_error_unless_allowed(tmp_path):
    touch(tmp_path / "notes.txt")
    with pytest.raises(RunError) as caught:
        discover([tmp_path])
    assert caught.value.exit_code == Exit.NO_INPUT
    found = discover([tmp_path], allow_empty=True)
    assert found.files == ()
    assert reasons(found) == {"notes.txt": "unsupported_suffix"}


def test_a_missing_or_looping_input_is_an_error(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("nowhere", "loop"):
        with pytest.raises(RunError) as caught:
            discover([tmp_path / name], allow_empty=True)
        assert caught.value.code == Code.NO_INPUT


def test_a_folder_that_cannot_be_listed_is_counted(tmp_path, monkeypatch):
    touch(tmp_path / "a.tif")
    touch(tmp_path / "locked" / "b.tif")
    real = os.scandir

    def refuse(path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = discover([tmp_path])
    assert sources(found) == ["a.tif"]
    assert reasons(found) == {"locked": "unreadable"}
    with pytest.raises(RunError) as caught:
        discover([tmp_path / "locked"])
    assert caught.value.code == Code.NO_INPUT


def test_awkward_names_get_printable_sources_and_folders_of_their_own(tmp_path):
    names = [
        b"line\nbreak.tif",
        b"with space.tif",
        b"-rf.tif",
        "caf\u00e9.tif".encode(),
        "cafe\u0301.tif".encode(),
        b"latin\xe91.tif",
        b"latin\xe92.tif",
        b"50%.tif",
        b"case.tif",
        b"CASE.tif",
        b"n" * 250 + b".tif",
    ]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"x")
    found = discover([tmp_path])
    assert len(found.files) == len(names)
    assert len({scan.source for scan in found.files}) == len(names)
    assert all(scan.source.isprintable() and scan.source.encode() for scan in found.files)
    folders = [scan.folder for scan in found.files]
    assert len({folder.casefold() for folder in folders}) == len(names)
    assert all(len(folder.encode()) <= 200 and folder.endswith(".tif") and folder[0] != "-" for folder in folders)
    kept = {scan.source: scan.folder for scan in found.files}
    assert kept["with space.tif"] == "with space.tif"
    assert kept["line%0Abreak.tif"].startswith("line_break~")


def test_a_missing_scan_has_the_name_that_it_will_have(tmp_path):
    here, there = touch(tmp_path / "a" / "one.tif"), tmp_path / "b" / "Two.tif"
    found = discover([here], missing=[MissingScan(there, "the server answers 404")])
    ((scan, why),) = found.missing
    assert (scan.path, scan.source, why) == (there, "b/Two.tif", "the server answers 404")
    touch(there)
    assert sources(found) + [scan.source] == sources(again := discover([here, there]))
    assert again.files[1].folder == scan.folder


def test_missing_scans_alone_are_no_empty_input(tmp_path):
    found = discover([], missing=[MissingScan(tmp_path / "one.tif", "gone"), MissingScan(tmp_path / "two.tif", "gone")])
    assert [scan.source for scan, _ in found.missing] == ["one.tif", "two.tif"]
    assert found.files == ()
