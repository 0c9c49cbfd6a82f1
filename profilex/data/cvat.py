"""CVAT's own format, "CVAT for images 1.1": one annotations.xml with polygons, polylines, boxes and masks."""

from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np

from profilex.data.labels import BACKGROUND_NAMES, channels_of, completed
from profilex.data.pages import CHANNEL_BITS, AnnotatedPage, annotated_page
from profilex.data.publications import page_of, publication_of
from profilex.data.raster import fill_rings
from profilex.errors import Code, RunError

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
        RunError: code `dataset`, when the XML is damaged or holds a document type, a picture is missing, or no label
            is the section.
    """
    root = parsed(folder / "annotations.xml")
    names = [str(label.text) for label in root.iterfind("./meta//labels/label/name")]
    used = {str(shape.get("label")) for shape in root.iterfind("./image/*") if shape.get("label")}
    channels = channels_of(sorted({*names, *used}), labels)
    annotated = sum(CHANNEL_BITS[channel] for channel in set(channels.values()))
    images = sorted(root.iterfind("./image"), key=lambda image: str(image.get("name")))
    pages = []
    for image in images[:limit]:
        name = str(image.get("name"))
        grey = read_picture(_picture(folder, name))
        stem = Path(name).with_suffix("").as_posix()
        marks = completed(_marks(image, channels, grey.shape))
        pages.append(
            annotated_page(stem, grey, marks, style=publication_of(stem), annotated=annotated, group=page_of(stem))
        )
    return pages


def parsed(path: Path) -> ElementTree.Element:
    """The root of an annotations.xml.

    Raises:
        RunError: code `dataset`, when it cannot be read, is no XML, or declares a document type.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise RunError(Code.DATASET, f"{path} cannot be read ({error.strerror}).", "Name an export of CVAT.") from error
    if b"<!DOCTYPE" in text[:4096] or b"<!ENTITY" in text:  # CVAT writes none; entities can expand without bound
        raise RunError(Code.DATASET, f"{path} declares a document type.", "Export the annotations from CVAT anew.")
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise RunError(Code.DATASET, f"{path} is no XML ({error}).", "Export the annotations anew.") from error


def _picture(folder: Path, name: str) -> Path:
    for path in (folder / "images" / name, folder / name):
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            return path
    raise RunError(Code.DATASET, f"{name} is annotated, but not in images/.", 'Export with "save images" switched on.')


def _marks(image: ElementTree.Element, channels: Mapping[str, str], shape: tuple[int, ...]) -> np.ndarray:
    """Bits of every pixel; shapes lie over one another by height, and a background shape takes away what is below."""
    marks = np.zeros(shape, np.uint8)
    for drawn in sorted(image, key=lambda element: int(element.get("z_order", "0"))):
        label = str(drawn.get("label"))
        channel = channels.get(label)
        if drawn.tag == "tag" or (channel is None and label.lower() not in BACKGROUND_NAMES):
            continue
        plane = np.zeros(shape, np.uint8)
        try:
            _DRAWERS[drawn.tag](plane, drawn)
        except (KeyError, ValueError) as error:
            raise RunError(
                Code.DATASET,
                f"{image.get('name')}: a shape <{drawn.tag}> cannot be read ({error}).",
                "profilex reads polygon, polyline, box and mask.",
            ) from error
        if channel is None:
            marks[plane > 0] = 0
        else:
            marks[plane > 0] |= CHANNEL_BITS[channel]
    return marks


def points_of(drawn: ElementTree.Element) -> np.ndarray:
    """Points of a polygon or polyline, float (n, 2): x, y in pixels, centres at .5 as in the page frame.

    Raises:
        ValueError: they are no numbers.
    """
    return np.array([[float(value) for value in pair.split(",")] for pair in str(drawn.get("points")).split(";")])


def mask_pixels(drawn: ElementTree.Element) -> tuple[np.ndarray, tuple[int, int]]:
    """The pixels of a <mask>, uint8 (h, w) of 0 and 1, and where on the page their left upper one lies (x, y).

    CVAT's run lengths count along rows, alternating from background, within a box.

    Raises:
        KeyError, ValueError: an attribute is missing or wrong.
    """
    left, top, width, height = (int(float(drawn.attrib[key])) for key in ("left", "top", "width", "height"))
    runs = [int(run) for run in drawn.attrib["rle"].split(",")]
    inside = np.repeat(np.arange(len(runs)) % 2, runs).astype(np.uint8)
    if inside.size != width * height or left < 0 or top < 0:
        raise ValueError(f"its runs cover {inside.size} of {width * height} pixels")
    return inside.reshape(height, width), (left, top)


def _draw_polygon(plane: np.ndarray, drawn: ElementTree.Element) -> None:
    plane[fill_rings([points_of(drawn)], plane.shape[:2])] = 1


def _draw_polyline(plane: np.ndarray, drawn: ElementTree.Element) -> None:
    fixed = np.round((points_of(drawn) - 0.5) * (1 << _SUBPIXEL_BITS)).astype(np.int32)  # OpenCV counts from centres
    cv2.polylines(plane, [fixed], False, (1,), _LINE_PX, cv2.LINE_8, _SUBPIXEL_BITS)


def _draw_box(plane: np.ndarray, drawn: ElementTree.Element) -> None:
    x0, y0, x1, y1 = (round(float(drawn.attrib[key])) for key in ("xtl", "ytl", "xbr", "ybr"))
    plane[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = 1


def _draw_mask(plane: np.ndarray, drawn: ElementTree.Element) -> None:
    inside, (left, top) = mask_pixels(drawn)
    window = plane[top : top + inside.shape[0], left : left + inside.shape[1]]
    window |= inside[: window.shape[0], : window.shape[1]]


_DRAWERS: Mapping[str, Callable[[np.ndarray, ElementTree.Element], None]] = {
    "polygon": _draw_polygon,
    "polyline": _draw_polyline,
    "box": _draw_box,
    "mask": _draw_mask,
}
