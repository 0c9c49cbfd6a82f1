"""Where a page's annotations belong: on the canvas that its scan was fetched from, or on the scan itself."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

from profilex.plugins import Code, Options, RunError
from profilex.types import PageResult
from profilex_iiif.annotations import Json, Target
from profilex_iiif.naming import MANIFEST_SUFFIX, scan_name
from profilex_iiif.presentation import Canvas, Manifest, read_manifest


@dataclass(frozen=True, slots=True)
class Places:
    """`canvases` by the names of their scans; `base` and `scans` are addresses that end in a slash, or ""."""

    canvases: Mapping[str, tuple[Manifest, Canvas]]
    base: str
    scans: str

    def canvas(self, result: PageResult) -> tuple[Manifest, Canvas] | None:
        """The canvas of a page, None for a plain scan."""
        return self.canvases.get(PurePosixPath(result.ref.source).name)

    def target(self, result: PageResult) -> Target:
        """What the annotations of a page lie on."""
        if found := self.canvas(result):
            manifest, canvas = found
            source: Json = {"id": canvas.identifier, "type": "Canvas"}
            source |= {"partOf": [{"id": manifest.identifier, "type": "Manifest"}]}
            box = canvas.painting.box if canvas.painting else (0.0, 0.0, float(canvas.width), float(canvas.height))
            return Target(source, box)
        return Target(
            {"id": self.scan_address(result), "type": "Image"},
            (0.0, 0.0, float(result.width_px), float(result.height_px)),
        )

    def scan_address(self, result: PageResult) -> str:
        """Where a plain scan is published; without that, a name by its digest (RFC 6920).

        A page of a file with several is told apart by a fragment.
        """
        page = f"#page={result.ref.frame + 1}" if result.ref.frame or result.ref.folder.endswith("/0") else ""
        if self.scans:
            return f"{self.scans}{quote(result.ref.source, safe='/%')}{page}"
        digest = base64.urlsafe_b64encode(bytes.fromhex(result.sha256)).decode().rstrip("=")
        return f"ni:///sha-256;{digest}{page}"

    def page_address(self, result: PageResult, name: str) -> str:
        """Where a file in the folder of a page is published, "" if that is not known."""
        return f"{self.base}{quote(result.ref.folder)}/{name}" if self.base else ""


def read_places(options: Options) -> Places:
    """The places that the options of an exporter tell.

    Raises:
        RunError: an address is none, or a manifest cannot be read.
    """
    return Places(
        canvases=_canvases(options["manifests"]), base=_address("base", options), scans=_address("scans", options)
    )


def _address(name: str, options: Options) -> str:
    address = options[name]
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise RunError(Code.USAGE, f"{name} {address!r} is not an address such as https://example.org/pots/.")
    return address.rstrip("/") + "/"


def _canvases(text: str) -> dict[str, tuple[Manifest, Canvas]]:
    if not text:
        return {}
    place = Path(text)
    files = sorted(place.glob(f"*{MANIFEST_SUFFIX}")) if place.is_dir() else [place]
    if not files:
        raise RunError(
            Code.NO_INPUT, f"{place}: holds no manifest.", "Name the folder of the source: OUT/sources/iiif."
        )
    found: dict[str, tuple[Manifest, Canvas]] = {}
    for file in files:
        try:
            manifest = read_manifest(file.read_bytes(), str(file))
        except OSError as error:
            raise RunError(Code.NO_INPUT, f"{file}: cannot be read ({error.strerror}).") from error
        found |= {scan_name(manifest, canvas): (manifest, canvas) for canvas in manifest.canvases}
    return found
