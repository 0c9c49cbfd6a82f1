"""One self-contained page of HTML about an output folder: what the run did, and every vessel to sort and filter.

The page loads only, on request, the previews beside it; its policy (CSP) forbids anything else. External texts, such as
the names of scans, are text for the browser and never markup or script.
"""

import base64
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from profilex.export.report.facts import facts
from profilex.export.report.vessels import vessel_data
from profilex.types import PageResult, Record

__all__ = ["Overview", "document"]

_SCRIPTS = ("data", "drawing", "filters", "histograms", "grid", "zoom", "detail", "compare", "main")
_PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Overview:
    """The contents of a report.

    `run` is run.json, `pages` what was read of the pages that are done, `records` the records of these. `failed` are
    the records of failed pages, `torn` the names of records that cannot be read, `spoilt` sentences about pages whose
    page.geojson cannot be used. `base` is the relative path from the report's folder to the output folder.
    """

    run: dict[str, Any]
    pages: tuple[PageResult, ...]
    records: tuple[Record, ...]
    failed: tuple[Record, ...] = ()
    torn: tuple[str, ...] = ()
    spoilt: tuple[str, ...] = ()
    base: str = "."

    @property
    def vessels(self) -> int:
        return sum(len(page.vessels) for page in self.pages)

    @property
    def dropped(self) -> Counter[str]:
        """Parts left out on the pages that are done, by reason."""
        return sum((Counter(record.dropped) for record in self.records), Counter[str]())


def document(overview: Overview) -> bytes:
    """The report as UTF-8; equal overviews give equal bytes.

    Raises:
        PageError: a coordinate or a measure is not a finite number.
    """
    folder = files(__name__) / "page"
    style = (folder / "report.css").read_text("utf-8")
    functions = "\n".join((folder / f"{name}.js").read_text("utf-8") for name in _SCRIPTS)
    script = f'"use strict";\n(() => {{\n{functions}}})();\n'
    parts = {
        "policy": _policy(script, style),
        "style": style,
        "script": script,
        "facts": facts(overview),
        "data": _harmless(json.dumps(vessel_data(overview), ensure_ascii=False, separators=(",", ":"))),
    }
    template = (folder / "report.html").read_text("utf-8")
    # in one pass, so that an inserted text is not taken for a placeholder
    return _PLACE.sub(lambda place: parts[place.group(1)], template).encode("utf-8", errors="replace")


def _policy(script: str, style: str) -> str:
    """A policy that allows the report's own script and style, by their digests, and pictures beside it."""
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src 'self' file: data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _harmless(text: str) -> str:
    """JSON that is safe within a script element: no character of it can end it or open a comment."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
