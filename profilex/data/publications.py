"""The origin of a page by its name: its publication, and the page of which it is a frame or a tile."""

import re

_PIECE = re.compile(
    r"[\s_.\-]+(?:(?:tile|frame|crop|patch|part|aug|flip|flipped|mirror|rot|rotated|copy|scale|x|y|r|c)"
    r"[\s_.\-]*\d*|\(\d+\)|\d+x\d+)$",
    re.IGNORECASE,
)
_WORD = r"(?:pages?|seite|plates?|planche|taf(?:el)?|fig(?:ure)?|abb|pl|s|p|t|nr|no|img|scan)"
_NUMBER = re.compile(
    rf"(?:[\s_.,\-]+(?:{_WORD}[\s_.\-]*)?|^{_WORD}?[\s_.\-]*)(?!(?:18|19|20)\d\d$)\d+[a-z]?$", re.IGNORECASE
)

UNKNOWN = "unknown"


def page_of(name: str) -> str:
    """The page of a picture: its name without the additions for frames, tiles and augmented copies.

    `name` is a relative path without suffix, such as "Righetti/pl_12_tile_0_3".
    """
    folder, _, stem = name.rpartition("/")
    while True:
        shorter = _PIECE.sub("", stem)
        if shorter == stem and (tile := re.search(r"^(.*?)[\s_.\-]+(?:tile|crop|patch)(?:[\s_.\-]*\d+)+$", stem, re.I)):
            shorter = tile.group(1)
        if shorter == stem or not shorter:
            break
        stem = shorter
    return f"{folder}/{stem}" if folder else stem


def publication_of(name: str) -> str:
    """The publication of a page: its folder, or its file name without page and plate numbers.

    A year stays, because an author may have several publications. A name that is only a number gives `UNKNOWN`.
    """
    folder, _, stem = page_of(name).rpartition("/")
    if folder:
        return folder
    while (shorter := _NUMBER.sub("", stem)) != stem:
        stem = shorter
    return stem.strip(" _.-,") or UNKNOWN
