"""annotations.xml ("CVAT for images 1.1") and the labels of its task."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from profilex.correction.drawn import BACKGROUND, SECTION, Shape
from profilex.model.colours import LABEL_COLOURS

_ATTRIBUTES = {SECTION: ("vessel", "piece", "review"), BACKGROUND: ("vessel", "piece")}


def label_colour(label: str) -> str:
    """The colour of a label as #rrggbb, as in profilex's masks."""
    return "#{:02x}{:02x}{:02x}".format(*LABEL_COLOURS[label])


def labels_document() -> bytes:
    """The text for "Raw" in CVAT's form for a new task: the labels with their colours and attributes."""
    labels: list[dict[str, Any]] = [
        {
            "name": label,
            "color": label_colour(label),
            "type": "any",
            "attributes": [
                {"name": name, "input_type": "text", "mutable": False, "default_value": "", "values": [""]}
                for name in names
            ],
        }
        for label, names in _ATTRIBUTES.items()
    ]
    return (json.dumps(labels, indent=1) + "\n").encode()


def image_element(number: int, name: str, size: tuple[int, int], shapes: Iterable[Shape]) -> Element:
    """An <image> of (width, height) with its polygons; coordinates have all their digits."""
    width, height = size
    image = Element("image", {"id": str(number), "name": name, "width": str(width), "height": str(height)})
    for shape in shapes:
        points = ";".join(f"{x!r},{y!r}" for x, y in shape.points.tolist())
        polygon = SubElement(
            image,
            "polygon",
            {
                "label": shape.label,
                "source": "auto",
                "occluded": "0",
                "points": points,
                "z_order": str(shape.z_order),
            },
        )
        for key, value in shape.facts.items():
            SubElement(polygon, "attribute", {"name": key}).text = value
    return image


def annotations_document(name: str, images: Sequence[Element]) -> bytes:
    """annotations.xml of a task; equal images give equal bytes."""
    root = Element("annotations")
    SubElement(root, "version").text = "1.1"
    task = SubElement(SubElement(root, "meta"), "task")
    SubElement(task, "name").text = name
    SubElement(task, "size").text = str(len(images))
    SubElement(task, "mode").text = "annotation"
    labels = SubElement(task, "labels")
    for label, names in _ATTRIBUTES.items():
        element = SubElement(labels, "label")
        SubElement(element, "name").text = label
        SubElement(element, "color").text = label_colour(label)
        SubElement(element, "type").text = "any"
        attributes = SubElement(element, "attributes")
        for attribute in names:
            entry = SubElement(attributes, "attribute")
            known = {"name": attribute, "mutable": "False", "input_type": "text", "default_value": "", "values": ""}
            for key, value in known.items():
                SubElement(entry, key).text = value
    root.extend(images)
    return document_bytes(root)


def document_bytes(root: Element) -> bytes:
    """An element as an indented XML document."""
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
