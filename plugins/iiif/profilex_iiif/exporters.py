"""The exporters: Web Annotations page by page, and IIIF manifests that refer to them."""

import json
import re
from collections.abc import Iterable, Iterator

from profilex.plugins import COLLECTION, PAGE, Code, Option, Options, RunError
from profilex.types import PageResult
from profilex_iiif.annotated import PlainCanvas, plain_manifest, source_manifest
from profilex_iiif.annotations import JSON_TEXT, SECTION, TEXT, VESSEL, Form, Json, annotation_page
from profilex_iiif.naming import slug
from profilex_iiif.places import read_places
from profilex_iiif.presentation import Manifest

ANNOTATIONS = "annotations.json"

_MANIFESTS = Option(
    "manifests", "a manifest, or the folder of the source's: OUT/sources/iiif; without it scans are plain"
)
_PARTS = "what is annotated: vessel, section, or both"
_BODIES = "what an annotation holds: text, json, or both"
_STROKE = "colour of the outlines, such as #e6007e, for viewers that have none of their own"


class WebAnnotations:
    """Writes annotations.json for every page."""

    scope = PAGE
    options = (
        Option("base", "address below which the files will be published; without it annotations have names (URN)"),
        _MANIFESTS,
        Option("scans", "address below which plain scans are published; without it they are named by their digest"),
        Option("parts", _PARTS, default="vessel section"),
        Option("bodies", _BODIES, default="text json"),
        Option("stroke", _STROKE),
    )

    def files(self, pages: Iterable[PageResult], options: Options) -> Iterator[tuple[str, bytes]]:
        """The annotations of each page.

        Raises:
            RunError: an option is not understood, or a manifest cannot be read.
            PageError: a number of the page is not finite.
        """
        places, form = read_places(options), _form(options)
        for page in pages:
            address = places.page_address(page, ANNOTATIONS)
            yield ANNOTATIONS, _document(annotation_page(page, places.target(page), address, form))


class AnnotatedManifests:
    """Writes all annotations, and manifests of Presentation 3: one for each source manifest, one for plain scans.

    The canvases keep their ids, so that the annotations fit both the new manifest and the one that the scans are from.
    """

    scope = COLLECTION
    options = (
        Option("base", "address below which the package will be published", required=True),
        _MANIFESTS,
        Option("scans", "address below which plain scans are published; without it they get no manifest"),
        Option("label", "title of the manifest of plain scans", default="Profiles"),
        Option("parts", _PARTS, default="vessel"),
        Option("bodies", _BODIES, default="text"),
        Option("stroke", _STROKE, default="#e6007e"),
    )

    def files(self, pages: Iterable[PageResult], options: Options) -> Iterator[tuple[str, bytes]]:
        """The files of the package; pages are looked at one by one.

        Raises:
            RunError: as for `WebAnnotations`.
            PageError: a number of a page is not finite.
        """
        places, form = read_places(options), _form(options)
        annotated: dict[str, tuple[Manifest, dict[int, str]]] = {}
        plain: list[PlainCanvas] = []
        for page in pages:
            address = places.page_address(page, ANNOTATIONS)
            target = places.target(page)
            if found := places.canvas(page):
                manifest, canvas = found
                annotated.setdefault(manifest.identifier, (manifest, {}))[1][canvas.number] = address
            elif places.scans:
                canvas_address = places.page_address(page, "canvas")
                plain.append(PlainCanvas(canvas_address, address, page, places.scan_address(page)))
                target = plain[-1].target
            yield f"{page.ref.folder}/{ANNOTATIONS}", _document(annotation_page(page, target, address, form))
        for identifier, (manifest, addresses) in sorted(annotated.items()):
            name = f"{slug(identifier)}.json"
            yield name, _document(source_manifest(manifest, places.base + name, addresses))
        if plain:
            yield "scans.json", _document(plain_manifest(plain, f"{places.base}scans.json", options["label"]))


def _form(options: Options) -> Form:
    parts, bodies = _words("parts", (VESSEL, SECTION), options), _words("bodies", (TEXT, JSON_TEXT), options)
    stroke = options["stroke"]
    if stroke and not re.fullmatch(r"#[0-9a-fA-F]{6}|[a-zA-Z]+", stroke):
        raise RunError(Code.USAGE, f"stroke {stroke!r} is not a colour such as #e6007e.")
    return Form(parts, bodies, stroke)


def _words(name: str, known: tuple[str, str], options: Options) -> tuple[str, ...]:
    words = tuple(options[name].split())
    if not words or set(words) - set(known):
        raise RunError(Code.USAGE, f"{name} {options[name]!r} is not one or both of {' and '.join(known)}.")
    return words


def _document(content: Json) -> bytes:
    return (json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()
