"""Manifests of IIIF Presentation 3 whose canvases refer to annotation pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from profilex.types import PageResult
from profilex_iiif.annotations import PRESENTATION_CONTEXT, Json, Target
from profilex_iiif.presentation import Canvas, Manifest, Painting

_FORMATS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".jp2": "image/jp2"}
_RIGHTS = ("http://creativecommons.org/", "http://rightsstatements.org/vocab/")  # what the property may name


@dataclass(frozen=True, slots=True)
class PlainCanvas:
    """A canvas for a plain scan: its address, that of its annotations, the page, and the address of the scan."""

    address: str
    annotations: str
    page: PageResult
    scan: str

    @property
    def target(self) -> Target:
        """What annotations of the page lie on: a canvas of the scan's pixels."""
        box = (0.0, 0.0, float(self.page.width_px), float(self.page.height_px))
        return Target({"id": self.address, "type": "Canvas"}, box)


def source_manifest(manifest: Manifest, address: str, annotations: Mapping[int, str]) -> Json:
    """The canvases of a manifest with their own ids and images; `annotations` are addresses by canvas number."""
    usable = [canvas for canvas in manifest.canvases if canvas.painting]
    described: Json = {"label": manifest.label or {"none": [manifest.identifier]}}
    if rights := manifest.rights.replace("https://", "http://", 1):
        described |= {"rights": rights} if rights.startswith(_RIGHTS) else {}
    if manifest.required_statement:
        described["requiredStatement"] = manifest.required_statement
    described["seeAlso"] = [{"id": manifest.identifier, "type": "Manifest", "format": "application/ld+json"}]
    items = [_canvas(canvas, address, annotations.get(canvas.number)) for canvas in usable]
    return {"@context": PRESENTATION_CONTEXT, "id": address, "type": "Manifest", **described, "items": items}


def plain_manifest(canvases: Sequence[PlainCanvas], address: str, label: str) -> Json:
    """A manifest of plain scans."""
    items = []
    for number, each in enumerate(canvases, 1):
        page = each.page
        body = {"id": each.scan, "type": "Image", "width": page.width_px, "height": page.height_px}
        kind = _FORMATS.get(PurePosixPath(page.ref.source).suffix.lower())
        body |= {"format": kind} if kind else {}
        label_text = page.ref.source if not page.ref.frame else f"{page.ref.source}, {page.ref.frame + 1}"
        canvas = {
            "id": each.address,
            "type": "Canvas",
            "label": {"none": [label_text]},
            "width": page.width_px,
            "height": page.height_px,
            "items": [_painted(f"{address}#painting-{number}", body, each.address)],
            "annotations": [{"id": each.annotations, "type": "AnnotationPage"}],
        }
        items.append(canvas)
    described = {"label": {"none": [label]}, "items": items}
    return {"@context": PRESENTATION_CONTEXT, "id": address, "type": "Manifest", **described}


def _canvas(canvas: Canvas, address: str, annotations: str | None) -> Json:
    painting = canvas.painting
    if painting is None:
        raise ValueError(f"canvas {canvas.number} has no image")
    whole = (0.0, 0.0, float(canvas.width), float(canvas.height))
    x, y, width, height = painting.box
    target = (
        canvas.identifier if painting.box == whole else f"{canvas.identifier}#xywh={x:g},{y:g},{width:g},{height:g}"
    )
    document: Json = {
        "id": canvas.identifier,
        "type": "Canvas",
        "label": canvas.label or {"none": [str(canvas.number)]},
        "width": canvas.width,
        "height": canvas.height,
        "items": [_painted(f"{address}#painting-{canvas.number}", _body(painting), target)],
    }
    if annotations:
        document["annotations"] = [{"id": annotations, "type": "AnnotationPage"}]
    return document


def _painted(name: str, body: Json, target: str) -> Json:
    annotation = {"id": f"{name}-image", "type": "Annotation", "motivation": "painting", "body": body, "target": target}
    return {"id": name, "type": "AnnotationPage", "items": [annotation]}


def _body(painting: Painting) -> Json:
    """The image with its service; one that is a part or turned, as a selection of it."""
    image: Json = {"id": painting.url, "type": "Image"}
    image |= {"format": painting.format} if painting.format else {}
    if service := painting.service:
        new = service.type.endswith("3")
        names = ("id", "type") if new else ("@id", "@type")
        described = {names[0]: service.url, names[1]: service.type}
        image["service"] = [described | ({"profile": service.profile} if service.profile else {})]
    if (painting.region, painting.rotation) == ("full", "0"):
        return image
    selector = {"type": "ImageApiSelector", "region": painting.region, "rotation": painting.rotation}
    return {"id": f"{painting.url}#part", "type": "SpecificResource", "source": image, "selector": selector}
