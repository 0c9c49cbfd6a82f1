"""Diameters that are printed at a drawing: "Rdm. 24,0 cm", "D. rim 24 cm", "Ø 24", "diam. orlo 12.5", "Bdm. 8 cm"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from profilex.settings import TextSettings
from profilex.text.figures import Box, at_drawings
from profilex.text.lines import lines_of_words
from profilex.types import Word

RIM, BASE, ANY = "rim", "base", "any"
"""The diameter that is meant; ANY if the words do not say."""

_UNITS_MM = {"mm": 1.0, "cm": 10.0}
_NOT_STATED = ("cm", "mm")  # units of a number without one, as catalogues print them
_RIM_WORD = r"rim|orlo|ouv\w*|bord\w*|boca|mündung\w*|rand\w*|mouth"
_BASE_WORD = r"base|fond\w*|fu(?:ß|ss)\w*|boden\w*|foot|piede|pie"
_DIAMETER = re.compile(
    rf"(?<![\w.-])(?:(?P<rim>R\.?\s?dm|Rand-?\s?dm|Mdm)|(?P<base>B\.?\s?dm|Boden-?\s?dm|Fdm)|Ø|⌀|∅|D(?:ia|iam|iám|m)?)\.?"
    rf"\s?(?:max\.?\s?)?(?:(?P<of_rim>{_RIM_WORD})|(?P<of_base>{_BASE_WORD}))?[.:=\s]*"
    r"(?P<number>\d{1,3}(?:[.,]\d{1,2})?)(?![\d.,]*\d)(?!\s?:)\s?(?P<unit>mm|cm)?(?!\w)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"D\s?\d+", re.IGNORECASE)  # may as well be a number of type D
_LEAST_CONFIDENCE = 0.6
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class PrintedDiameter:
    """A printed diameter: whose it is (RIM, BASE or ANY), what it may be in mm, and the step it is rounded to.

    `readings` are pairs of a length and its rounding step, both mm: two pairs where no unit is printed. `text` is what
    stands on the page.
    """

    part: str
    readings: tuple[tuple[float, float], ...]
    text: str


def printed_diameters(text: str) -> tuple[PrintedDiameter, ...]:
    """The diameters that a line states; none without a word or a sign for a diameter."""
    if len(text) > _LONGEST:
        return ()
    found = [_diameter(match) for match in _DIAMETER.finditer(text)]
    return tuple(one for one in found if one.readings[0][0] > 0 and not _LABEL.fullmatch(one.text))


def diameters_at(
    words: Sequence[Word], vessels: Mapping[str, Box], page_size: tuple[int, int], settings: TextSettings
) -> dict[str, tuple[PrintedDiameter, ...]]:
    """The diameters printed at each vessel, by its identifier; `vessels` and sizes as in `figure_labels`."""
    lines = [
        line
        for line in lines_of_words(tuple(words))
        if line.confidence >= _LEAST_CONFIDENCE and printed_diameters(line.text)
    ]
    return {
        name: printed_diameters(line.text) for name, line in at_drawings(lines, vessels, page_size, settings).items()
    }


def _diameter(match: re.Match[str]) -> PrintedDiameter:
    number = match["number"].replace(",", ".")
    step = 10.0 ** -len(number.partition(".")[2])
    units = (match["unit"].lower(),) if match["unit"] else _NOT_STATED
    readings = tuple((float(number) * _UNITS_MM[unit], step * _UNITS_MM[unit]) for unit in units)
    is_rim, is_base = match["rim"] or match["of_rim"], match["base"] or match["of_base"]
    return PrintedDiameter(RIM if is_rim else BASE if is_base else ANY, readings, match[0].strip())
