"""Names of files that follow from a manifest alone: the same manifest gives the same names wherever it came from."""

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from profilex_iiif.presentation import Canvas, Manifest

MANIFEST_SUFFIX = ".manifest.json"
"""How the names of kept manifests end."""

_LONGEST_LABEL = 40
_EMPTY_WORDS = {"manifest", "manifest.json", "iiif", "presentation", "info.json"}
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "image/jp2": ".jp2"}
_KNOWN = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".jp2"}


def slug(address: str) -> str:
    """A short name for a manifest's address: its last telling word, and eight digits of its hash."""
    words = [word for word in urlsplit(address).path.split("/") if word and word.lower() not in _EMPTY_WORDS]
    word = _plain(words[-1].removesuffix(".json")) if words else ""
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    return f"{word[:_LONGEST_LABEL] or 'manifest'}-{digest}"


def scan_name(manifest: Manifest, canvas: Canvas) -> str:
    """The file name of a canvas: its manifest, its number, its label, and a suffix by what the manifest says."""
    label = _plain(canvas.name)[:_LONGEST_LABEL].strip("-")
    return f"{slug(manifest.identifier)}_{canvas.number:04d}{'_' if label else ''}{label}{_suffix(canvas)}"


def _suffix(canvas: Canvas) -> str:
    painting = canvas.painting
    if painting is None or painting.service is not None:
        return ".jpg"
    suffix = PurePosixPath(urlsplit(painting.url).path).suffix.lower()
    return _SUFFIXES.get(painting.format, suffix if suffix in _KNOWN else ".jpg")


def _plain(text: str) -> str:
    """The text with all but letters and digits as hyphens, in one form of Unicode."""
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", text)).strip("-")
