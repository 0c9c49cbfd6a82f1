"""Reports of made-up pages, and the tags of a document."""

from html.parser import HTMLParser

from profilex.export.report import Overview
from profilex.types import PageResult
from tests.helpers.pots import record_of

HOSTILE = (
    '<script>alert("x")</script>.png',
    '"><img src=x onerror=alert(1)>/{{data}}.png',
    "</script><svg onload=alert(1)>.png",
    "<!--<script>.png",
    "a&amp;'b\u2028c.png",
    "javascript:alert(1)/x.png",
)


def overview(*pages: PageResult, **more) -> Overview:
    run = {"settings": {"vectorize": {"tolerance_px": 0.5}}, "model": {"name": "unet-<b>"}}
    return Overview(run, pages, tuple(record_of(page) for page in pages), **more)


class Tags(HTMLParser):
    """Every tag of a document with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
