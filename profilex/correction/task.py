"""A task for CVAT: pictures, annotations and labels, and the facts to recognise them again.

| file | what it is |
|---|---|
| images.zip | the pages as profilex saw them, to create the task from |
| labels.json | for the form of a new task, under "Raw" |
| annotations.xml | "CVAT 1.1", to upload into the task |
| masks.zip | the same as "Segmentation mask 1.1", on request |
| task.json | the page of each picture |
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import cv2
import numpy as np

from profilex.correction.choosing import Choice, chosen_pages, picture_names
from profilex.correction.document import annotations_document, image_element, labels_document
from profilex.correction.drawn import BACKGROUND, SECTION, page_shapes
from profilex.data.raster import fill_rings
from profilex.errors import Code, PageError, RunError
from profilex.files import discover, sha256_file, write_atomic
from profilex.files.writing import temporary_path, unwritable
from profilex.images import read_page
from profilex.model.colours import LABEL_COLOURS, label_map_text
from profilex.reexport import Profiles, Spoilt
from profilex.settings import ReadSettings
from profilex.types import Page, PageRef, PageResult

IMAGES, ANNOTATIONS, LABELS, MASKS, TASK = "images.zip", "annotations.xml", "labels.json", "masks.zip", "task.json"

_EPOCH = (1980, 1, 1, 0, 0, 0)  # equal tasks have equal bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a task: its name, its page, and the model that drew the outlines."""

    name: str
    source: str
    frame: int
    sha256: str
    width: int
    height: int
    vessels: int
    model_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """The contents of task.json; `left_out` are pages that are not available, one sentence each."""

    pictures: tuple[Picture, ...]
    left_out: tuple[str, ...] = ()


def write_task(profiles: Profiles, scans: Sequence[Path], choice: Choice, out: Path, *, masks: bool = False) -> Task:
    """Write a task of the chosen pages into the folder `out`; `scans` are those of profilex batch.

    A page whose scan is missing or has changed is left out and reported.

    Raises:
        RunError: usage, if no page is chosen or `out` holds another task; no_input, if no scan is available;
            disk_full or output_unwritable.
    """
    if (out / TASK).exists():
        raise RunError(Code.USAGE, f"{out} holds a task already.", "Name another folder, or remove it.")
    chosen = chosen_pages((page for page in profiles.pages() if not isinstance(page, Spoilt)), choice)
    if not chosen:
        raise RunError(Code.USAGE, "no page has vessels to be reviewed.", "Take all pages with --all, or name some.")
    paths = {scan.source: scan.path for scan in discover(scans).files}
    try:
        with ExitStack() as stack:
            images = stack.enter_context(_Archive(out / IMAGES))
            painted = stack.enter_context(_Archive(out / MASKS)) if masks else None
            return _write_pages(chosen, paths, out, images, painted)
    except OSError as error:
        raise unwritable(out, error) from error


def _write_pages(
    chosen: Sequence[PageResult], paths: Mapping[str, Path], out: Path, images: "_Archive", painted: "_Archive | None"
) -> Task:
    pictures: list[Picture] = []
    elements: list[Element] = []
    left_out: list[str] = []
    for name, result in zip(picture_names(chosen), chosen, strict=True):
        try:
            page = scan_of(result, paths)
        except PageError as error:
            left_out.append(f"{result.ref.source}: {error}")
            continue
        images.add(name, _png(page.grey))
        if painted:
            painted.add(f"SegmentationClass/{name}", _png(_colours(result)))
        pictures.append(_picture(name, result))
        size = (result.width_px, result.height_px)
        elements.append(image_element(len(elements), name, size, page_shapes(result)))
    if not pictures:
        raise RunError(Code.NO_INPUT, left_out[0], "Name the scans as for profilex batch: --scans.")
    images.finish()
    if painted:
        _add_lists(painted, pictures)
        painted.finish()
    task = Task(tuple(pictures), tuple(left_out))
    write_atomic(out / LABELS, labels_document())
    write_atomic(out / ANNOTATIONS, annotations_document("profilex", elements))
    write_atomic(out / TASK, (json.dumps(asdict(task), indent=1, ensure_ascii=False) + "\n").encode())
    return task


def read_task(folder: Path) -> Task:
    """The task that `write_task` wrote.

    Raises:
        RunError: the folder holds no readable task.
    """
    try:
        document: Mapping[str, Any] = json.loads((folder / TASK).read_bytes())
        return Task(tuple(Picture(**each) for each in document["pictures"]), tuple(document["left_out"]))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError(
            Code.DATASET, f"{folder / TASK} cannot be read ({error}).", "Name the folder of profilex correct send."
        ) from error


def scan_of(result: PageResult, paths: Mapping[str, Path]) -> Page:
    """The page of a result: of the scans that may have its name below other input folders, the one of its digest.

    Raises:
        PageError: it is not among them, cannot be read, or was changed since.
    """
    ref = result.ref
    alike = [paths[source] for source in paths if _may_be_named(source, ref.source)]
    if not alike:
        raise PageError(Code.UNREADABLE, "the scan is not among the named ones.", "Name it: --scans.")
    path = next((path for path in alike if _digest(path) == result.sha256), None)
    if path is None:
        raise PageError(Code.CHANGED, "the scan has changed.", "Repeat profilex batch.")
    page = read_page(PageRef(path, ref.source, ref.folder, ref.frame), ReadSettings())
    if page.sha256 != result.sha256:
        raise PageError(Code.CHANGED, "the scan has changed.", "Repeat profilex batch.")
    return page


def _may_be_named(source: str, recorded: str) -> bool:
    return source == recorded or source.endswith(f"/{recorded}") or recorded.endswith(f"/{source}")


def _digest(path: Path) -> str:
    try:
        return sha256_file(path)
    except OSError:
        return ""


def _picture(name: str, result: PageResult) -> Picture:
    ref, model = result.ref, result.versions.get("model_sha256", "")
    size = (result.width_px, result.height_px)
    return Picture(name, ref.source, ref.frame, result.sha256, *size, len(result.vessels), model)


def _png(picture: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".png", picture)[1])


def _colours(result: PageResult) -> np.ndarray:
    """The sections in their colour on black, BGR, with holes: shapes in the order of CVAT."""
    picture = np.zeros((result.height_px, result.width_px, 3), np.uint8)
    for shape in page_shapes(result):
        picture[fill_rings([shape.points], picture.shape[:2])] = LABEL_COLOURS[shape.label][::-1]
    return picture


def _add_lists(archive: "_Archive", pictures: Sequence[Picture]) -> None:
    labels = {label: LABEL_COLOURS[label] for label in (BACKGROUND, SECTION)}
    archive.add("labelmap.txt", label_map_text(labels).encode())
    names = "".join(Path(picture.name).with_suffix("").as_posix() + "\n" for picture in pictures)
    archive.add("ImageSets/Segmentation/default.txt", names.encode())


class _Archive:
    """A zip archive of compressed files: complete if it is finished, removed if it is not."""

    def __init__(self, path: Path) -> None:
        self._path, self._temporary = path, temporary_path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._archive = zipfile.ZipFile(self._temporary, "w", zipfile.ZIP_STORED)

    def __enter__(self) -> "_Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()
        self._temporary.unlink(missing_ok=True)

    def add(self, name: str, data: bytes) -> None:
        self._archive.writestr(zipfile.ZipInfo(name, _EPOCH), data)

    def finish(self) -> None:
        self._archive.close()
        self._temporary.replace(self._path)
