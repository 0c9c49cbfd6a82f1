"""Archives of data sets: whole ones are read wherever their files begin, others are refused in a line."""

import errno
import io
import struct
import tempfile
import zipfile

import numpy as np
import pytest

from profilex.cli.app import run
from profilex.data.datasets import read_pages
from profilex.errors import Code, RunError
from tests.data.test_annotations import SQUARE, document, image, picture

FILES = {"annotations.xml": document(image(SQUARE)).encode(), "images/a.png": picture()}


def zipped(files: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def patched(data: bytes, offset_local: int, offset_central: int, form: str, value: int) -> bytes:
    """An archive with a number in all its headers changed."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\3\4", offset_local), (b"PK\1\2", offset_central)):
        place = changed.find(signature)
        while place >= 0:
            struct.pack_into(form, changed, place + offset, value)
            place = changed.find(signature, place + 4)
    return bytes(changed)


def spoilt(data: bytes) -> bytes:
    changed = bytearray(data)
    changed[60:90] = bytes(30)
    return bytes(changed)


WHOLE = zipped(FILES)
REFUSED = {
    "encrypted": (patched(WHOLE, 6, 8, "<H", 1), "encrypted"),
    "deflate64": (patched(WHOLE, 8, 10, "<H", 9), "Deflate64"),
    "an unknown packing": (patched(WHOLE, 8, 10, "<H", 77), "method 77"),
    "a wrong checksum": (patched(WHOLE, 14, 16, "<I", 1), "annotations.xml is damaged"),
    "damaged data": (spoilt(WHOLE), "annotations.xml is damaged"),
    "cut": (WHOLE[: len(WHOLE) // 2], "zip archive"),
    "text": (b"no archive", "zip archive"),
    "a file that leads out": (zipped(FILES | {"../../evil.png": b"x"}), "leads out"),
    "an absolute path": (zipped(FILES | {"/etc/evil.png": b"x"}), "leads out"),
    "a path of Windows": (zipped(FILES | {"..\\..\\evil.png": b"x"}), "leads out"),
    "a drive of Windows": (zipped(FILES | {"C:\\evil.png": b"x"}), "leads out"),
    "a file where a folder is": (zipped({"images": b"x", **FILES}), "has the place of another file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_archives_that_are_not_read_are_refused_in_a_line(tmp_path, capsys, name):
    data, says = REFUSED[name]
    (tmp_path / "set.zip").write_bytes(data)
    assert run(["dataset", "split", str(tmp_path / "set.zip"), "--out", str(tmp_path / "out")]) == 4
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert says in told[0]
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.rglob("evil*"))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    (tmp_path / "set.zip").write_bytes(zipped(FILES | {f"images/{n}.bin": bytes(300 << 20) for n in range(2)}))
    monkeypatch.setattr(zipfile.ZipFile, "extract", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(RunError, match="times its size") as caught:
        read_pages(tmp_path / "set.zip")
    assert caught.value.code == Code.DATASET


@pytest.mark.parametrize(
    "wrapped",
    [
        {f"export/{name}": data for name, data in FILES.items()},
        {f"one/two/three/{name}": data for name, data in FILES.items()},
        {f"export/{name}": data for name, data in FILES.items()}
        | {"__MACOSX/export/._annotations.xml": b"\0\5\26\7", "__MACOSX/export/images/._a.png": b"\0\5\26\7"},
        FILES | {"images/._a.png": b"\0\5\26\7", ".DS_Store": b"x", "readme.txt": b"hello"},
        {f"export/{name}": data for name, data in FILES.items()} | {"readme.txt": b"hello", ".DS_Store": b"x"},
    ],
)
def test_data_are_found_where_they_begin(tmp_path, wrapped):
    (tmp_path / "set.zip").write_bytes(zipped(wrapped))
    with zipfile.ZipFile(tmp_path / "set.zip") as archive:
        archive.extractall(tmp_path / "set")
    for source in (tmp_path / "set.zip", tmp_path / "set"):
        (page,) = read_pages(source)
        assert np.count_nonzero(page.marks & 1) == 40 * 60


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_read(tmp_path, packing):
    (tmp_path / "set.zip").write_bytes(zipped(FILES, packing))
    assert len(read_pages(tmp_path / "set.zip")) == 1


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, Code.DISK_FULL), (errno.EROFS, Code.OUTPUT_UNWRITABLE)])
def test_no_place_to_unpack_is_said(tmp_path, monkeypatch, number, code):
    def full(*_, **__):
        raise OSError(number, "as it is")

    (tmp_path / "set.zip").write_bytes(WHOLE)
    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "extract", full)
        with pytest.raises(RunError) as caught:
            read_pages(tmp_path / "set.zip")
        assert caught.value.code == code
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "TemporaryDirectory", full)
        with pytest.raises(RunError) as caught:
            read_pages(tmp_path / "set.zip")
    assert caught.value.code == code
