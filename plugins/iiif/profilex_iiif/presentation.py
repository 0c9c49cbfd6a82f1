"""IIIF Presentation manifests, versions 3 and 2, as the canvases that a run needs of them.

A canvas that is not understood keeps its place and says why: the others can still be taken.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from profilex.plugins import Code, RunError
from profilex_iiif.physical import physical_mm

Json = dict[str, Any]
LanguageMap = dict[str, list[str]]

_NO_IMAGES = {"Text", "TextualBody", "Sound", "Video", "MovingImage", "Dataset", "Model"}  # what else may be painted


@dataclass(frozen=True, slots=True)
class Service:
    """An image service: its address without a slash at the end, its type, such as ImageService2, and its profile."""

    url: str
    type: str
    profile: str


@dataclass(frozen=True, slots=True)
class Painting:
    """An image on a canvas: `url` is the image itself, `service` where other sizes of it can be had.

    `region` and `rotation` are those of the Image API; `box` (x, y, width, height) is where it lies on the canvas.
    """

    url: str
    format: str
    service: Service | None
    region: str
    rotation: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Canvas:
    """A page of a manifest: `number` from 1; `mm` is the real length of one of its units, None where nobody tells.

    `painting` is None where it cannot be used; `problem` then says why. `paintings` is how many images it has.
    `is_blank` is a canvas on which the manifest puts no image at all, which the standard allows.
    """

    number: int
    identifier: str
    label: LanguageMap
    width: int
    height: int
    mm: float | None
    painting: Painting | None
    paintings: int = 1
    problem: str = ""
    is_blank: bool = False

    @property
    def name(self) -> str:
        """The label as one text, in the first of its languages."""
        return first_text(self.label)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest: what it says of itself, and its canvases in order."""

    identifier: str
    label: LanguageMap
    rights: str
    required_statement: Json | None
    canvases: tuple[Canvas, ...]


def read_manifest(data: bytes, name: str) -> Manifest:
    """The manifest in a JSON document; `name` is how messages call it.

    Raises:
        RunError: no_input, when it is no manifest of version 2 or 3, or has no canvas.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _refusal(name, f"is not JSON ({error})") from error
    kind = _text(_get(document, "type") or _get(document, "@type"))
    if kind in ("Collection", "sc:Collection"):
        raise _refusal(name, "is a collection of manifests, not a manifest")
    if kind not in ("Manifest", "sc:Manifest"):
        raise _refusal(name, "is no manifest of IIIF Presentation 2 or 3")
    manifest = _version_3(document) if kind == "Manifest" else _version_2(document)
    if not manifest.identifier.startswith(("http://", "https://")):
        raise _refusal(name, "has no address as its id")
    if not manifest.canvases:
        raise _refusal(name, "has no canvas")
    return manifest


def first_text(label: LanguageMap) -> str:
    """The first text of a language map, "" if it has none."""
    return next((text for texts in label.values() for text in texts if text.strip()), "").strip()


def _refusal(name: str, why: str) -> RunError:
    return RunError(Code.NO_INPUT, f"{name}: {why}.", "Give the address or file of one manifest.")


def _version_3(document: Json) -> Manifest:
    canvases = [canvas for canvas in _list(_get(document, "items")) if _get(canvas, "type") in ("Canvas", None)]
    statement = _get(document, "requiredStatement")
    return Manifest(
        identifier=_text(_get(document, "id")),
        label=_label(_get(document, "label")),
        rights=_text(_get(document, "rights")),
        required_statement=_statement(_get(statement, "label"), _get(statement, "value")),
        canvases=tuple(_canvas(canvas, number, _paintings_3(canvas)) for number, canvas in enumerate(canvases, 1)),
    )


def _version_2(document: Json) -> Manifest:
    sequences = _list(_get(document, "sequences"))
    canvases = _list(_get(sequences[0], "canvases")) if sequences else []
    return Manifest(
        identifier=_text(_get(document, "@id")),
        label=_label(_get(document, "label")),
        rights=_text(_first(_get(document, "license"))),
        required_statement=_statement("Attribution", _get(document, "attribution")),
        canvases=tuple(_canvas(canvas, number, _paintings_2(canvas)) for number, canvas in enumerate(canvases, 1)),
    )


def _canvas(canvas: Any, number: int, paintings: Iterator[tuple[Any, Any]]) -> Canvas:
    width, height = (_length(_get(canvas, name)) for name in ("width", "height"))
    identifier = _text(_get(canvas, "id") or _get(canvas, "@id"))
    problem, painting, count, is_blank = "", None, 0, False
    if not identifier or not width or not height:
        problem = "it has no id, or no width and height"
    else:
        bodies = list(paintings)
        found = [each for body, target in bodies if (each := _painting(body, target, (width, height)))]
        count, is_blank = len(found), all(_kind(body) in _NO_IMAGES for body, _ in bodies)
        painting = max(found, key=lambda each: each.box[2] * each.box[3], default=None)
        problem = "" if painting else "it has no image"
    return Canvas(
        number=number,
        identifier=identifier,
        label=_label(_get(canvas, "label")),
        width=width,
        height=height,
        mm=physical_mm(_list(_get(canvas, "service"))),
        painting=painting,
        paintings=count,
        problem=problem,
        is_blank=is_blank,
    )


def _paintings_3(canvas: Any) -> Iterator[tuple[Any, Any]]:
    """Bodies and targets of the annotations that paint the canvas."""
    for page in _list(_get(canvas, "items")):
        for annotation in _list(_get(page, "items")):
            if "painting" in _list(_get(annotation, "motivation")):
                for body in _list(_get(annotation, "body")):
                    yield body, _first(_get(annotation, "target"))


def _paintings_2(canvas: Any) -> Iterator[tuple[Any, Any]]:
    for annotation in _list(_get(canvas, "images")):
        yield _get(annotation, "resource"), _first(_get(annotation, "on"))


def _painting(body: Any, target: Any, size: tuple[int, int]) -> Painting | None:
    """An image, through the choices and selections that a body may be wrapped in; None for anything else."""
    region, rotation = "full", "0"
    kind = _kind(body)
    if kind == "Choice":
        body = _first(_get(body, "items") or _get(body, "default") or _get(body, "item"))
        kind = _kind(body)
    if kind == "SpecificResource":
        selector = _first(_get(body, "selector"))
        region = _text(_get(selector, "region")) or region
        rotation = _text(_get(selector, "rotation")) or rotation
        body = _first(_get(body, "source") or _get(body, "full"))
        kind = _kind(body)
    url = _text(_get(body, "id") or _get(body, "@id"))
    if kind != "Image" or not url:
        return None
    service = _image_service(_list(_get(body, "service")), url) or _unsaid_service(url)
    return Painting(url, _text(_get(body, "format")), service, region, rotation, _box(target, size))


def _kind(body: Any) -> str:
    """The type of a body in the words of version 3."""
    name = _text(_first(_get(body, "type") or _get(body, "@type"))).rpartition(":")[2]
    return "Image" if name == "StillImage" else name


def _image_service(services: list[Any], image: str) -> Service | None:
    """The image service of the newest version.

    One that does not say what it is counts when the address of the image begins with its own.
    """
    found = []
    for each in services:
        url = _text(_get(each, "id") or _get(each, "@id")).rstrip("/")
        words = " ".join(_text(_first(_get(each, name))) for name in ("type", "@type", "@context", "profile"))
        version = service_version(words) or (2 if not words.strip() and image.startswith(f"{url}/") else 0)
        if url and version:
            found.append((version, Service(url, f"ImageService{version}", _text(_first(_get(each, "profile"))))))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _unsaid_service(image: str) -> Service | None:
    """The service of an image whose address asks one for a reduced size, though the manifest names none."""
    found = re.fullmatch(r"(https?://.+)/full/([^/]+)/0/(?:default|native|color|gray)\.\w+", image)
    return Service(found[1], "ImageService2", "") if found and found[2] not in ("full", "max") else None


def service_version(words: str) -> int:
    """1 to 3 from type, context and profile of an image service; 0 for a service of another kind."""
    for pattern in (r"ImageService([123])\b", r"/image/([123])/", r"image-api/(1)\.", r"/image-api/.*#level\d()"):
        if found := re.search(pattern, words):
            return int(found[1] or 1)
    return 3 if re.fullmatch(r".*\blevel[012]", words.strip()) else 0


def _box(target: Any, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Where on its canvas an annotation lies: the fragment xywh of its target, else all of it."""
    selector = _first(_get(target, "selector"))
    words = target if isinstance(target, str) else _text(_get(selector, "value")) or _text(_get(target, "id"))
    number = r"(\d+(?:\.\d+)?)"
    found = re.search(rf"\bxywh=(?:pixel:)?{number},{number},{number},{number}", words)
    if not found or not float(found[3]) or not float(found[4]):
        return (0.0, 0.0, float(size[0]), float(size[1]))
    x, y, width, height = map(float, found.groups())
    return x, y, width, height


def _statement(label: Any, value: Any) -> Json | None:
    texts = _label(value)
    return {"label": _label(label), "value": texts} if texts else None


def _label(label: Any) -> LanguageMap:
    """A label of either version as a map of languages to texts."""
    texts: LanguageMap = {}
    if isinstance(label, dict) and "@value" not in label:
        for language, values in label.items():
            texts.setdefault(str(language), []).extend(str(value) for value in _list(values))
        return texts
    for each in _list(label):
        language = _text(_get(each, "@language")) or "none"
        text = _get(each, "@value") if isinstance(each, dict) else each
        texts.setdefault(language, []).append(str(text))
    return texts


def _get(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else None


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _first(value: Any) -> Any:
    values = _list(value)
    return values[0] if values else None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _length(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and 0 < value < 1e7 else 0
