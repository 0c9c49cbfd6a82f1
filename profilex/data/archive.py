"""A data set as a folder: the folder itself, or a zip archive unpacked temporarily, down to its first files."""

import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from profilex.errors import Code, RunError
from profilex.files.names import printable_source
from profilex.files.writing import unwritable

_ENCRYPTED = 0x1
_MOST_RATIO = 200  # unpacked bytes for each byte of the archive; pictures and masks are compressed already
_FREE_BYTES = 1 << 28  # that may be unpacked regardless of the ratio
_LEFT_OUT = frozenset({"__MACOSX"})
_MOST_FOLDERS = 8  # nested folders without other contents that are followed
_PACKINGS = {9: "Deflate64", 95: "XZ", 96: "JPEG", 97: "WavPack", 98: "PPMd", 93: "Zstandard", 99: "AES encryption"}


@contextmanager
def opened(source: Path, is_data_set: Callable[[Path], bool] = lambda _: True) -> Iterator[Path]:
    """A data set as a folder: the folder itself, or an archive unpacked for the duration of the context.

    If `is_data_set` is false for it and it contains a single folder, that folder is used.

    Raises:
        RunError: code `dataset`, if it is neither, or the archive is damaged, encrypted, compressed in an unknown way,
            leads out of its folder or unpacks to far more than its size; disk_full or output_unwritable, if it cannot
            be unpacked.
    """
    if source.is_dir():
        yield _innermost(source, is_data_set)
        return
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise RunError(
            Code.DATASET,
            f"{printable_source(source)} is neither a folder nor a zip archive that can be read.",
            "Name the folder, or the archive as it was exported.",
        ) from error
    with archive, _scratch() as folder:
        _refuse_unsafe(source, archive)
        _unpack(source, archive, folder)
        yield _innermost(folder, is_data_set)


@contextmanager
def _scratch() -> Iterator[Path]:
    """A temporary folder; `TMPDIR` says where."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="profilex-dataset-", ignore_cleanup_errors=True)
    except OSError as error:
        raise unwritable(Path(tempfile.gettempdir()) if tempfile.tempdir else Path("TMPDIR"), error) from error
    with folder as name:
        yield Path(name)


def _refuse_unsafe(source: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    for member in members:
        place = PurePosixPath(member.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or (place.parts and ":" in place.parts[0]):
            raise _refused(source, f"its file {printable_source(place)} leads out of the archive", "Do not unpack it.")
        if member.flag_bits & _ENCRYPTED:
            raise _refused(source, "it is encrypted", "Save it without a password.")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > _MOST_RATIO * packed + _FREE_BYTES:
        raise _refused(source, f"it unpacks to {unpacked / 1e9:.0f} GB, {unpacked // max(packed, 1)} times its size",
                       "Pictures do not: check where it comes from.")  # fmt: skip


def _unpack(source: Path, archive: zipfile.ZipFile, folder: Path) -> None:
    for member in archive.infolist():
        parts = PurePosixPath(member.filename).parts
        if not parts or parts[0] in _LEFT_OUT:
            continue
        try:
            archive.extract(member, folder)
        except NotImplementedError as error:
            kind = _PACKINGS.get(member.compress_type, f"method {member.compress_type}")
            message = f"it is compressed by {kind}, which is not supported"
            raise _refused(source, message, "Pack it again as a plain zip archive.") from error
        except (zipfile.BadZipFile, EOFError, RuntimeError, ValueError) as error:
            name = printable_source(PurePosixPath(*parts))
            raise _refused(source, f"its file {name} is damaged", "Copy or export it again.") from error
        except OSError as error:
            if isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError):
                message = f"its file {printable_source(PurePosixPath(*parts))} has the place of another file"
                raise _refused(source, message, "Export it again.") from error
            raise unwritable(folder, error) from error
        except Exception as error:  # zlib, bz2 and lzma raise their own
            name = printable_source(PurePosixPath(*parts))
            raise _refused(source, f"its file {name} is damaged", "Copy or export it again.") from error


def _refused(source: Path, why: str, remedy: str) -> RunError:
    return RunError(Code.DATASET, f"{printable_source(source)}: {why}.", remedy)


def _innermost(folder: Path, is_data_set: Callable[[Path], bool]) -> Path:
    """The folder itself, or the single folder below it that holds the data."""
    place = folder
    for _ in range(_MOST_FOLDERS):
        if is_data_set(place):
            return place
        children = [child for child in place.iterdir() if child.is_dir() and not _is_hidden(child)]
        if len(children) != 1:
            break
        place = children[0]
    return folder


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(".") or path.name in _LEFT_OUT


def plain_form(name: str) -> str:
    """A name in the Unicode form in which names are compared; file systems and archives use several forms."""
    return unicodedata.normalize("NFC", name)


def files_below(folder: Path, suffixes: tuple[str, ...]) -> dict[str, Path]:
    """Files with such suffixes at any depth, by their relative paths in plain form; hidden ones are left out."""
    return {
        plain_form(path.relative_to(folder).as_posix()): path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in suffixes and not any(_is_hidden(part) for part in _own_parts(path, folder))
    }


def _own_parts(path: Path, folder: Path) -> Iterator[Path]:
    return (Path(part) for part in path.relative_to(folder).parts)
