"""Data sets in the layouts that annotation tools write, read as annotated pages.

| layout | recognised by |
|---|---|
| synthetic pages | index.jsonl, masks/ |
| CVAT segmentation mask 1.1 | labelmap.txt, SegmentationClass/, JPEGImages/ |
| CVAT for images 1.1 | annotations.xml, images/ |
| parts | train/ and trainannot/, val/ and valannot/, test/ and testannot/, labelmap.txt or label_colors.txt |
| pairs | pictures and masks matched by their names: see `profilex.data.pairs` |

Each may be a folder, or a zip archive of it.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

import numpy as np

from profilex.data.archive import files_below, opened, plain_form
from profilex.data.cvat import ANNOTATIONS, read_cvat_images
from profilex.data.labels import LabelMap, read_label_map
from profilex.data.masks import read_mask
from profilex.data.pages import CHANNEL_BITS, AnnotatedPage, annotated_page, read_synthetic_folder
from profilex.data.pairs import SUFFIXES, any_pairs, find_pairs, foreground
from profilex.data.publications import page_of, publication_of
from profilex.errors import Code, PageError, RunError
from profilex.images import read_page
from profilex.settings import ReadSettings
from profilex.types import PageRef

PARTS = ("train", "val", "test")

_OTHER_LAYOUTS = {
    "annotations/instances_*.json": "COCO",
    "**/_annotations.coco.json": "COCO",
    "*.json": "COCO or LabelMe",
    "data.yaml": "YOLO",
    "obj.names": "YOLO",
    "Annotations/*.xml": "Pascal VOC",
    "dataset_meta.json": "Datumaro",
    "annotations/default.json": "Datumaro",
}
"""Files by which other formats of annotation tools are recognised."""


def read_parts(
    source: Path,
    *,
    wanted: Sequence[str] = PARTS,
    labels: Mapping[str, str] | None = None,
    limit: int | None = None,
) -> dict[str, list[AnnotatedPage]]:
    """Read the `wanted` parts of a data set; one without parts is "train".

    Each part holds at most `limit` pages, sorted by name. `labels` maps label names to channels.

    Raises:
        RunError: code `dataset`, if the layout is unknown, a picture has no mask, or a file is damaged.
    """
    with opened(source, _is_known) as folder:
        if (folder / "index.jsonl").is_file():
            return {"train": read_synthetic_folder(folder, limit=limit)}
        if (folder / ANNOTATIONS).is_file():
            return {"train": read_cvat_images(folder, read_picture, labels, limit)}
        if (folder / "SegmentationClass").is_dir():
            return {"train": _read_cvat_masks(folder, labels, limit)}
        parts = [part for part in PARTS if (folder / part).is_dir() and (folder / f"{part}annot").is_dir()]
        if parts:
            return {part: _read_part(folder, part, labels, limit) for part in parts if part in wanted}
        if pairs := find_pairs(folder):
            return {"train": _read_plain_pairs(pairs, _label_map(folder, labels), limit)}
        other = _other_layout(folder)
    raise RunError(
        Code.DATASET,
        f"{source} is {f'a data set in the format of {other}' if other else 'not a data set that profilex knows'}.",
        "It reads synthetic folders, CVAT exports (segmentation mask 1.1, CVAT for images 1.1), train/trainannot, "
        "and pairs NAME_image, NAME_mask.",
    )


def _is_known(folder: Path) -> bool:
    """Whether a folder's own files and folders have a known layout; otherwise pairs are sought."""
    if any((folder / name).exists() for name in ("index.jsonl", ANNOTATIONS, "SegmentationClass")):
        return True
    if any((folder / part).is_dir() and (folder / f"{part}annot").is_dir() for part in PARTS):
        return True
    return bool(any_pairs(folder))


def _other_layout(folder: Path) -> str | None:
    """The name of a common format that is not read."""
    for pattern, name in _OTHER_LAYOUTS.items():
        if any(folder.glob(pattern)):
            return name
    return None


def read_pages(
    source: Path, *, labels: Mapping[str, str] | None = None, limit: int | None = None
) -> list[AnnotatedPage]:
    """Read all pages of a data set, its parts together; see `read_parts`."""
    return [page for part in read_parts(source, labels=labels, limit=limit).values() for page in part]


def read_test_pages(
    source: Path, *, labels: Mapping[str, str] | None = None, limit: int | None = None
) -> list[AnnotatedPage]:
    """Read the pages for an evaluation: the test part of a data set if it has one, otherwise all pages."""
    pages = read_parts(source, wanted=("test",), labels=labels, limit=limit)
    return pages.get("test") or pages.get("train") or read_pages(source, labels=labels, limit=limit)


def read_picture(path: Path) -> np.ndarray:
    """Read a page's picture as grey uint8 (h, w), as scans are read for segmentation.

    Raises:
        RunError: code `dataset`, if it is missing or damaged.
    """
    try:
        return read_page(PageRef(path, path.name, path.name), ReadSettings()).grey
    except (PageError, OSError) as error:
        why = error.message if isinstance(error, PageError) else str(error.strerror)
        raise RunError(
            Code.DATASET, f"{path.name} cannot be read: {why}", "Export the data set with its pictures."
        ) from error


def _read_cvat_masks(folder: Path, labels: Mapping[str, str] | None, limit: int | None) -> list[AnnotatedPage]:
    """Frames without a mask that the export lists have no annotation: CVAT then writes no mask."""
    pictures, masks = _pictures(folder / "JPEGImages"), _pictures(folder / "SegmentationClass")
    empty = (_listed_frames(folder) & set(pictures)) - set(masks)
    return _read_pairs(folder / "JPEGImages", masks, _label_map(folder, labels), limit, empty=empty)


def _listed_frames(folder: Path) -> set[str]:
    """The frames that an export lists, by their relative path without suffix."""
    lists = sorted((folder / "ImageSets").rglob("*.txt"))
    lines = (line.strip() for path in lists for line in path.read_text("utf-8", errors="replace").split("\n"))
    names = {plain_form(line.removesuffix("\r")) for line in lines if line}
    return names | {Path(name).with_suffix("").as_posix() for name in names if Path(name).suffix.lower() in SUFFIXES}


def _read_part(folder: Path, part: str, labels: Mapping[str, str] | None, limit: int | None) -> list[AnnotatedPage]:
    pages = _read_pairs(folder / part, _pictures(folder / f"{part}annot"), _label_map(folder, labels), limit)
    return [replace(page, name=f"{part}/{page.name}") for page in pages]


def _read_pairs(
    pictures: Path,
    masks: Mapping[str, Path],
    label_map: LabelMap | None,
    limit: int | None,
    *,
    empty: Set[str] = frozenset(),
) -> list[AnnotatedPage]:
    """Pages of one name in two folders; those in `empty` have no mask, because nothing is drawn on them."""
    by_name = _pictures(pictures)
    alone = sorted(set(by_name) ^ (set(masks) | empty))
    if alone:
        missing = "mask" if alone[0] in by_name else "picture"
        raise RunError(
            Code.DATASET,
            f"{alone[0]} has no {missing}, nor have {len(alone) - 1} others.",
            f"Export pictures and masks together; pictures are expected in {pictures.name}.",
        )
    return [_read_pair(name, by_name[name], masks.get(name), label_map) for name in sorted(by_name)[:limit]]


def _read_plain_pairs(
    pairs: Mapping[str, tuple[Path, Path]], label_map: LabelMap | None, limit: int | None
) -> list[AnnotatedPage]:
    """Pairs of any field: without a label map the foreground is the section channel, and all are of one style."""
    pages = []
    for name, (picture, mask) in list(pairs.items())[:limit]:
        colours = read_mask(mask)
        marks = label_map.marks(colours, mask.name) if label_map else _foreground_marks(colours, mask.name)
        annotated = label_map.annotated if label_map else CHANNEL_BITS["section"]
        grey = read_picture(picture)
        pages.append(annotated_page(name, grey, marks, style="picture", annotated=annotated, group=page_of(name)))
    return pages


def _foreground_marks(colours: np.ndarray, name: str) -> np.ndarray:
    return foreground(colours, name).astype(np.uint8) * CHANNEL_BITS["section"]


def _read_pair(name: str, picture: Path, mask: Path | None, label_map: LabelMap | None) -> AnnotatedPage:
    grey = read_picture(picture)
    if mask is None:
        marks = np.zeros_like(grey)
    else:
        colours = read_mask(mask)
        marks = label_map.marks(colours, mask.name) if label_map else _two_class_marks(colours, mask.name)
    publication = publication_of(name)
    return annotated_page(
        name,
        grey,
        marks,
        style=publication,
        annotated=label_map.annotated if label_map else CHANNEL_BITS["section"],
        group=page_of(name),
    )


def _two_class_marks(picture: np.ndarray, name: str) -> np.ndarray:
    """Section where a mask without a label map is not black; it may hold one other value only."""
    plane = picture.max(axis=-1)
    values = np.unique(plane)
    if len(values) > 2 or (len(values) == 2 and values[0] != 0):
        raise RunError(
            Code.DATASET,
            f"{name} holds the values {', '.join(map(str, values[:6].tolist()))}, and there is no label map.",
            "Put a labelmap.txt beside the folders.",
        )
    return (plane > 0).astype(np.uint8) * CHANNEL_BITS["section"]


def _label_map(folder: Path, labels: Mapping[str, str] | None) -> LabelMap | None:
    for name in ("labelmap.txt", "label_colors.txt"):
        if (folder / name).is_file():
            return read_label_map(folder / name, labels)
    return None


def _pictures(folder: Path) -> dict[str, Path]:
    """Pictures below a folder by their relative path without suffix."""
    return {Path(name).with_suffix("").as_posix(): path for name, path in files_below(folder, SUFFIXES).items()}
