"""The preserved share of a rim as printed at a drawing: "15 %", "Rand 12,5%", "EVE 0.15"."""

import re
from collections.abc import Mapping, Sequence

from profilex.settings import TextSettings
from profilex.text.figures import Box, at_drawings
from profilex.text.lines import lines_of_words
from profilex.text.statements import names_scale
from profilex.types import Word

_PERCENT = re.compile(r"(?:(?<![\w.,:/-])|(?<=\bR))(\d{1,3}(?:[.,]\d)?)\s?%")
# estimated vessel equivalents: the same as a share of 1
_EQUIVALENTS = re.compile(r"\bR?EVEs?\b[\s.:=]*((?:[01]\s?)?[.,]\d{1,2})(?![\d.,])", re.IGNORECASE)
_RIM = re.compile(r"\b(?:rim|rand\w*|r\.?dm|bord|orlo|borde|mündung\w*|lip|r?eves?)\b", re.IGNORECASE)
_REDUCED = re.compile(r"verkleiner|reduc|réduc|ridu|format|größe|size|taille", re.IGNORECASE)
_LEAST_CONFIDENCE = 0.2  # a second reading must say the same
_LONGEST = 40


def rim_percent(text: str) -> float | None:
    """The share of a rim's circumference, in percent, that a line states; None if it states none or several.

    A percentage of a reduction ("M 50 %") does not count.
    """
    if len(text) > _LONGEST or names_scale(text) or _REDUCED.search(text):
        return None
    values = [float(found.replace(",", ".")) for found in _PERCENT.findall(text)]
    values += [100 * float(found.replace(",", ".").replace(" ", "")) for found in _EQUIVALENTS.findall(text)]
    return round(values[0], 1) if len(values) == 1 and 0 < values[0] <= 100 else None


def rim_percents(
    words: Sequence[Word], vessels: Mapping[str, Box], page_size: tuple[int, int], settings: TextSettings
) -> dict[str, Word]:
    """The line at each vessel that states how much of its rim is preserved; `vessels` and sizes as in `figure_labels`.

    A single bare percentage on a page of several vessels may be about the page, and is ignored.
    """
    lines = [
        line
        for line in lines_of_words(tuple(words))
        if line.confidence >= _LEAST_CONFIDENCE and rim_percent(line.text) is not None
    ]
    if len(lines) == 1 and len(vessels) > 1 and not _RIM.search(lines[0].text):
        return {}
    return at_drawings(lines, vessels, page_size, settings)
