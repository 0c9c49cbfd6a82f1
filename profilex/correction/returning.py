"""From an export of CVAT to a data set for training, and a list of the changes."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from profilex.correction.changes import PageChanges, page_changes
from profilex.correction.document import document_bytes
from profilex.correction.drawn import drawn_sections
from profilex.correction.layer import ReturnedPage, write_decisions
from profilex.correction.task import ANNOTATIONS, IMAGES, Picture, Task, read_task
from profilex.data.archive import opened
from profilex.data.cvat import images_of
from profilex.data.labels import channels_of
from profilex.data.xml import parsed
from profilex.decisions import Person
from profilex.errors import Code, RunError
from profilex.files import write_atomic

CHANGES = "changes.csv"

_COLUMNS = ("picture", "source", "frame", "vessel", "piece", "change", "iou", "distance_px")


@dataclass(frozen=True, slots=True)
class Returned:
    """The pages that came back, each with its changes, and the pictures of the task that did not.

    `decisions` counts what was written as decisions about the output folder.
    """

    pages: tuple[PageChanges, ...]
    missing: tuple[str, ...]
    decisions: int = 0

    def count(self, kind: str) -> int:
        """The number of sections with this change, on all pages."""
        return sum(page.count(kind) for page in self.pages)


def bring_back(
    export: Path,
    task_folder: Path,
    out: Path,
    labels: Mapping[str, str] | None = None,
    *,
    profiles: Path | None = None,
    person: Person | None = None,
) -> Returned:
    """Write a data set of the corrected pages into `out`: images/, annotations.xml and changes.csv.

    With `profiles`, the output folder that the task was made of, its corrections.jsonl takes what was changed as
    decisions of `person`.

    `export` is what CVAT gave as "CVAT for images 1.1": an archive, its folder, or annotations.xml alone. Pictures are
    those of the task. Every shape is kept as it came. `labels` maps label names to channels, as for training.

    Raises:
        RunError: code `dataset`, if the export is of other pictures or cannot be read; usage, if `out` holds a data set
            already.
    """
    if (out / ANNOTATIONS).exists():
        raise RunError(Code.USAGE, f"{out} holds a data set already.", "Name another folder, or remove it.")
    task = read_task(task_folder)
    sent = {str(image.get("name")): image for image in parsed(task_folder / ANNOTATIONS).iterfind("./image")}
    with _annotations(export) as path:
        root = parsed(path)
        images = {str(image.get("name")): image for image in images_of(root, path)}
    pictures = _pictures(task, images, export)
    names = {str(shape.get("label")) for image in images.values() for shape in image if shape.get("label")}
    names |= {str(label.text) for label in root.iterfind("./meta//labels/label/name")}
    section_labels = [name for name, channel in channels_of(sorted(names), labels).items() if channel == "section"]
    found = []
    for picture in pictures:
        before = drawn_sections(sent[picture.name], ["section"])
        after = drawn_sections(images[picture.name], section_labels)
        found.append(ReturnedPage(picture, tuple(after), page_changes(picture.name, before, after)))
    pages = [page.changes for page in found]
    _copy_pictures(task_folder / IMAGES, pictures, out)
    write_atomic(out / CHANGES, _table(pages, pictures))
    write_atomic(out / ANNOTATIONS, document_bytes(root))
    decided = write_decisions(profiles, found, person or Person()) if profiles else 0
    return Returned(tuple(pages), tuple(p.name for p in task.pictures if p.name not in images), decided)


@contextmanager
def _annotations(export: Path) -> Iterator[Path]:
    if export.suffix.lower() == ".xml":
        yield export
        return
    with opened(export, lambda folder: (folder / ANNOTATIONS).is_file()) as folder:
        if not (folder / ANNOTATIONS).is_file():
            raise RunError(
                Code.DATASET, f"{export} holds no {ANNOTATIONS}.", 'Export the task from CVAT as "CVAT for images 1.1".'
            )
        yield folder / ANNOTATIONS


def _pictures(task: Task, images: Mapping[str, Element], export: Path) -> list[Picture]:
    """The returned pictures, in the task's order, each with its original size."""
    known = {picture.name: picture for picture in task.pictures}
    if strangers := sorted(set(images) - set(known)):
        raise RunError(
            Code.DATASET,
            f"{export}: {strangers[0]} is not a picture of the task, nor are {len(strangers) - 1} others.",
            "Name the folder of the task that was sent: --task.",
        )
    for name, image in images.items():
        size = (int(image.get("width", "0")), int(image.get("height", "0")))
        if size != (known[name].width, known[name].height):
            raise RunError(
                Code.DATASET,
                f"{export}: {name} is {size[0]} × {size[1]} px there, {known[name].width} × {known[name].height} here.",
                "Create the task from images.zip, with image quality 100 and without resizing.",
            )
    found = [picture for picture in task.pictures if picture.name in images]
    if not found:
        raise RunError(Code.DATASET, f"{export}: has no pictures.", "Export the whole task.")
    return found


def _copy_pictures(archive: Path, pictures: Sequence[Picture], out: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as stored:
            for picture in pictures:
                write_atomic(out / "images" / picture.name, stored.read(picture.name))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise RunError(Code.DATASET, f"{archive} cannot be read ({error}).", "Send the pages again.") from error


def _table(pages: Sequence[PageChanges], pictures: Sequence[Picture]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    for page, picture in zip(pages, pictures, strict=True):
        for each in page.changes:
            place = (picture.name, picture.source, picture.frame)
            table.writerow([*place, each.vessel, each.piece, each.kind, each.iou, each.distance_px])
    return text.getvalue().encode()
