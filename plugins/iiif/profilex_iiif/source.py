"""The source: the canvases of a manifest as files, fetched once."""

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from profilex.plugins import Code, MissingScan, PageError, RunError, whole_scan, write_atomic
from profilex_iiif.image_service import ImageInfo, image_url, read_info
from profilex_iiif.naming import MANIFEST_SUFFIX, scan_name, slug
from profilex_iiif.physical import dots_per_inch, image_width, with_resolution
from profilex_iiif.presentation import Canvas, Manifest, Painting, read_manifest
from profilex_iiif.shelf import Kept, Shelf
from profilex_iiif.web import Download, Web

_MOST_JSON_BYTES = 64 << 20
_LOCAL_SUFFIX = ".local"  # beside a kept manifest that a server of the local network gave: it may name others of it


class ManifestSource:
    """Takes the address or the file of a manifest; see `profilex.plugins.Source`."""

    def fetch(self, location: str, folder: Path) -> Iterator[Path | MissingScan]:
        """The best image of every canvas, in order; what cannot be had is yielded as missing, blank canvases are not.

        Raises:
            RunError: the manifest cannot be had or is none.
        """
        with Web() as web:
            manifest, is_public = _manifest(location, folder, web)
            shelf = Shelf(folder, slug(manifest.identifier))
            for canvas in tqdm(manifest.canvases, unit="canvas", disable=None, leave=False):
                if canvas.is_blank:
                    print(f"iiif: canvas {canvas.number} has no image and is passed over", file=sys.stderr)
                    continue
                path = folder / scan_name(manifest, canvas)
                try:
                    _bring(canvas, path.name, shelf, web, only_public=is_public)
                except PageError as error:
                    yield MissingScan(path, f"Canvas {canvas.number} ({canvas.name or 'no label'}): {error}")
                else:
                    yield path

    def preview(self, location: str) -> Iterator[str]:
        """The canvases with their labels and images; only the manifest is asked for.

        Raises:
            RunError: the manifest cannot be had or is none.
        """
        with Web() as web:
            manifest = read_manifest(_document(location, web).data, location)
        for canvas in manifest.canvases:
            painting = canvas.painting
            what = (painting.service.url if painting.service else painting.url) if painting else canvas.problem
            yield f"{scan_name(manifest, canvas)}: {canvas.name or 'no label'}: {what}"


def _manifest(location: str, folder: Path, web: Web) -> tuple[Manifest, bool]:
    """The manifest, kept in the folder, and whether a server of the internet gave it.

    That of an address is fetched once; a file is read each time.
    """
    if not _is_address(location):
        data = _document(location, web).data
        manifest = read_manifest(data, location)
        write_atomic(folder / f"{slug(manifest.identifier)}{MANIFEST_SUFFIX}", data)
        return manifest, False
    kept, local = (folder / f"{slug(location)}{suffix}" for suffix in (MANIFEST_SUFFIX, _LOCAL_SUFFIX))
    if not kept.is_file():
        came = _document(location, web)
        read_manifest(came.data, location)
        if came.from_private:
            write_atomic(local, b"")
        write_atomic(kept, came.data)
    return read_manifest(kept.read_bytes(), str(kept)), not local.is_file()


def _document(location: str, web: Web) -> Download:
    try:
        if _is_address(location):
            return web.get(location, _MOST_JSON_BYTES)
        return Download(Path(location).read_bytes(), "")
    except PageError as error:
        raise RunError(Code.NO_INPUT, error.message, error.remedy) from error
    except OSError as error:
        raise RunError(
            Code.NO_INPUT, f"{location}: cannot be read ({error.strerror}).", "Give the address or file of a manifest."
        ) from error


def _is_address(location: str) -> bool:
    return location.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class _Picture:
    """An image that came: its bytes, the address that gave it, and what its service says."""

    data: bytes
    url: str
    info: ImageInfo | None
    note: str = ""


def _bring(canvas: Canvas, name: str, shelf: Shelf, web: Web, *, only_public: bool) -> None:
    """See that the image of a canvas is on the shelf.

    Raises:
        PageError: it cannot be had.
    """
    painting = canvas.painting
    if painting is None:
        raise PageError(Code.FETCH, f"{canvas.problem}.", "Look at the manifest.")
    service = painting.service
    origin = json.dumps([service.url if service else painting.url, painting.region, painting.rotation])
    if shelf.holds(name, origin):
        return
    picture = _picture(painting, web, only_public=only_public)
    dpi = dots_per_inch(_mm_per_px(canvas, picture))
    stamped = with_resolution(picture.data, dpi) if dpi else None
    data = picture.data if stamped is None else stamped
    notes = list(_notes(canvas, picture))
    for note in notes:
        print(f"iiif: {name}: {note}", file=sys.stderr)
    kept = Kept(
        canvas=canvas.identifier,
        label=canvas.name,
        origin=origin,
        url=picture.url,
        received_sha256=hashlib.sha256(picture.data).hexdigest(),
        bytes=len(data),
        dpi=None if stamped is None or dpi is None else round(dpi, 2),
        note="; ".join(notes),
    )
    shelf.put(name, data, kept)


def _notes(canvas: Canvas, picture: _Picture) -> Iterator[str]:
    """What a person should know of an image that came."""
    if picture.note:
        yield picture.note
    if canvas.paintings > 1:
        yield f"{canvas.paintings} images lie on the canvas; this is the largest"
    info, width = picture.info, image_width(picture.data)
    whole = canvas.painting is not None and canvas.painting.region == "full" and canvas.painting.rotation == "0"
    if info is not None and whole and width and width < info.width:
        yield f"the server gives {width} of {info.width} pixels across: its resolution is not that of the scan"


def _picture(painting: Painting, web: Web, *, only_public: bool) -> _Picture:
    """The picture of a service; when that cannot give one, the picture that the manifest names besides."""
    service = painting.service
    if service is None:
        return _Picture(_image(painting.url, web, only_public=only_public), painting.url, None)
    try:
        address = f"{service.url}/info.json"
        info = read_info(web.get(address, _MOST_JSON_BYTES, only_public=only_public).data, address)
        url = image_url(service, painting, info)
        return _Picture(_image(url, web, only_public=only_public), url, info)
    except PageError as error:
        if painting.region != "full" or painting.rotation != "0" or error.code == Code.TOO_LARGE:
            raise
        try:
            image = _image(painting.url, web, only_public=only_public)
            return _Picture(image, painting.url, None, f"the image service fails: {error.message}")
        except PageError:
            raise error from None


def _image(url: str, web: Web, *, only_public: bool) -> bytes:
    """A whole picture in a format that profilex reads.

    Raises:
        PageError: the download failed, or is something else.
    """
    came = web.get(url, is_whole=_is_whole, only_public=only_public)
    try:
        whole_scan(came.data)
    except PageError as error:
        raise PageError(Code.FETCH, f"{url}: {error.message} The server calls it {came.content_type!r}.") from error
    return came.data


def _is_whole(data: bytes) -> bool:
    """False for nothing, and for a picture whose end is missing: it may come the next time. True for what is none."""
    if not data:
        return False
    try:
        whole_scan(data)
    except PageError as error:
        return error.code != Code.TRUNCATED
    return True


def _mm_per_px(canvas: Canvas, picture: _Picture) -> float | None:
    """The size of a pixel on the paper, by the service of the image or of the canvas; None where neither says it."""
    info, painting = picture.info, canvas.painting
    if painting is None or painting.rotation not in ("0", "180"):
        return None
    if info is not None and info.mm and painting.region == "full":
        length_mm = info.mm * info.width
    elif canvas.mm:
        length_mm = canvas.mm * painting.box[2]
    else:
        return None
    width = image_width(picture.data)
    return length_mm / width if width else None
