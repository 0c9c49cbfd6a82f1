"""CVAT's own format, "CVAT for images 1.1": one annotations.xml with polygons, polylines, boxes, ellipses and masks."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

import cv2
import numpy as np

from profilex.data.archive import files_below, plain_form
from profilex.data.labels import BACKGROUND_NAMES, channels_of, completed
from profilex.data.pages import CHANNEL_BITS, AnnotatedPage, annotated_page
from profilex.data.pairs import SUFFIXES
from profilex.data.publications import page_of, publication_of
from profilex.data.raster import fill_rings
from profilex.data.shapes import PASSED_OVER, height_of, mask_pixels, points_of, ring_of, unread
from profilex.data.xml import parsed
from profilex.errors import Code, RunError

ANNOTATIONS = "annotations.xml"

_LINE_PX = 5  # width at which axes drawn as polylines become pixels
_SUBPIXEL_BITS = 4


def read_cvat_images(
    folder: Path,
    read_picture: Callable[[Path], np.ndarray],
    labels: Mapping[str, str] | None = None,
    limit: int | None = None,
) -> list[AnnotatedPage]:
    """Read annotations.xml and the pictures beside it, at most `limit` pages.

    Raises:
        RunError: code `dataset`, if the XML is damaged, declares a document type or is of another format of CVAT, a
            picture is missing, of another size or annotated twice, a shape is of a kind that is not read, or no label
            is the section.
    """
    root = parsed(folder / ANNOTATIONS)
    images = images_of(root, folder / ANNOTATIONS)
    names = [str(label.text) for label in root.iterfind("./meta//labels/label/name")]
    used = {str(shape.get("label")) for image in images for shape in image if shape.get("label")}
    channels = channels_of(sorted({*names, *used}), labels)
    annotated = sum(CHANNEL_BITS[channel] for channel in set(channels.values()))
    found = _pictures(folder, images)
    pages = []
    for image, path in sorted(found, key=lambda each: each[1].as_posix())[:limit]:
        grey = read_picture(path)
        _refuse_other_size(image, grey.shape)
        stem = PurePosixPath(_name(image)).with_suffix("").as_posix()
        marks = completed(_marks(image, channels, grey.shape))
        pages.append(
            annotated_page(stem, grey, marks, style=publication_of(stem), annotated=annotated, group=page_of(stem))
        )
    return pages


def images_of(root: Element, path: Path) -> list[Element]:
    """The <image> elements of an annotations.xml.

    Raises:
        RunError: code `dataset`, if it is of another format.
    """
    images = root.findall("./image")
    if images:
        return images
    if root.find("./track") is not None:
        what, remedy = "is CVAT for video", 'Export the task as "CVAT for images 1.1".'
    elif root.tag == "annotations":
        what, remedy = "has no pictures", 'Annotate some, and export them as "CVAT for images 1.1".'
    else:
        what, remedy = f"is not an export of CVAT, but <{root.tag}>", 'Export as "CVAT for images 1.1".'
    raise RunError(Code.DATASET, f"{path.name} {what}.", remedy)


def _name(image: Element) -> str:
    """A picture's name, preceded by its subset in a CVAT project."""
    name, subset = str(image.get("name")), image.get("subset")
    return f"{subset}/{name}" if subset else name


def _pictures(folder: Path, images: list[Element]) -> list[tuple[Element, Path]]:
    """Each image with its file.

    Raises:
        RunError: code `dataset`, if a file is missing, or two images have the same file.
    """
    files = files_below(folder, SUFFIXES)
    bare = {PurePosixPath(name).with_suffix("").as_posix(): name for name in files}
    found: dict[Path, Element] = {}
    for image in images:
        place = next((place for place in _places(image) if place in files or place in bare), None)
        if place is None:
            raise _missing(image, files)
        path = files[place if place in files else bare[place]]
        if path in found:
            raise RunError(
                Code.DATASET,
                f"{path.name} is annotated twice, by {_name(found[path])} and {_name(image)}.",
                "Give the pictures of a project distinct names, or export its tasks one by one.",
            )
        found[path] = image
    return [(image, path) for path, image in found.items()]


def _places(image: Element) -> Iterator[str]:
    """The possible places of a picture; frames of videos have no suffix in the annotations."""
    name = plain_form(str(image.get("name")))
    subset = plain_form(image.get("subset") or "")
    for folder in ("images/", ""):
        if subset:
            yield f"{folder}{subset}/{name}"
        yield f"{folder}{name}"


def _missing(image: Element, files: Mapping[str, Path]) -> RunError:
    name = _name(image)
    if not files:
        return RunError(
            Code.DATASET, f"{name} is annotated, and the export has no pictures.", 'Export with "save images" on.'
        )
    return RunError(
        Code.DATASET,
        f"{name} is annotated, but not in images/, where {len(files)} others are.",
        "Export it again, or remove its annotations.",
    )


def _refuse_other_size(image: Element, shape: tuple[int, ...]) -> None:
    """Raise RunError if shapes were drawn on a picture of another size."""
    try:
        stated = int(image.attrib["width"]), int(image.attrib["height"])
    except (KeyError, ValueError):  # old exports do not state it
        return
    if stated != (shape[1], shape[0]):
        raise RunError(
            Code.DATASET,
            f"{_name(image)} was annotated at {stated[0]} x {stated[1]} px and has {shape[1]} x {shape[0]} px.",
            "Use the picture that was annotated.",
        )


def _marks(image: Element, channels: Mapping[str, str], shape: tuple[int, ...]) -> np.ndarray:
    """Bits of every pixel; higher shapes cover lower ones, and a background shape removes what is below it."""
    marks = np.zeros(shape, np.uint8)
    for drawn in sorted(image, key=height_of):
        label = str(drawn.get("label"))
        channel = channels.get(label)
        if drawn.tag in PASSED_OVER or (channel is None and label.lower() not in BACKGROUND_NAMES):
            continue
        plane = np.zeros(shape, np.uint8)
        draw = _DRAWERS.get(drawn.tag)
        if draw is None:
            raise unread(_name(image), drawn)
        try:
            draw(plane, drawn)
        except (KeyError, ValueError) as error:
            raise unread(_name(image), drawn, error) from error
        if channel is None:
            marks[plane > 0] = 0
        else:
            marks[plane > 0] |= CHANNEL_BITS[channel]
    return marks


def _draw_ring(plane: np.ndarray, drawn: Element) -> None:
    plane[fill_rings([ring_of(drawn)], plane.shape[:2])] = 1


def _draw_polyline(plane: np.ndarray, drawn: Element) -> None:
    fixed = np.round((points_of(drawn) - 0.5) * (1 << _SUBPIXEL_BITS)).astype(np.int32)  # OpenCV counts from centres
    cv2.polylines(plane, [fixed], False, (1,), _LINE_PX, cv2.LINE_8, _SUBPIXEL_BITS)


def _draw_mask(plane: np.ndarray, drawn: Element) -> None:
    inside, (left, top) = mask_pixels(drawn)
    window = plane[top : top + inside.shape[0], left : left + inside.shape[1]]
    window |= inside[: window.shape[0], : window.shape[1]]


_DRAWERS: Mapping[str, Callable[[np.ndarray, Element], None]] = {
    "polygon": _draw_ring,
    "polyline": _draw_polyline,
    "box": _draw_ring,
    "ellipse": _draw_ring,
    "mask": _draw_mask,
}
