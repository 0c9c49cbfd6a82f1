"""Handwriting: letters as strokes of a pen, uneven in size, slant and spacing, no two alike.

A glyph is written in tenths of its height: each stroke is a row of points "xy", x to the right from 0, y down from the
ascender (0) to the baseline (8) and below (9). A stroke that ends in "~" is a curve, else a row of straight lines.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

_STROKES = {
    "0": "30 11 04 17 38 57 54 41 20~",
    "1": "12 30 28",
    "2": "02 11 30 42 33 06 08~/08 48",
    "3": "01 30 42 34 14/14 44 56 48 18 07~",
    "4": "20 05 55/43 48",
    "5": "50 10 04/04 33 55 47 28 07~",
    "6": "40 12 05 17 38 56 44 15 06~",
    "7": "00 50 28/14 44",
    "8": "41 20 12 24 45 57 38 17 05 24 42 41~",
    "9": "51 20 02 14 34 51/51 48 28~",
    "A": "08 30 68/15 55",
    "B": "00 08/00 40 52 34 04/04 45 56 48 08~",
    "C": "61 30 03 06 38 67~",
    "D": "00 08/00 40 63 65 38 08~",
    "E": "50 00 08 58/04 44",
    "F": "50 00 08/04 44",
    "G": "61 30 03 06 38 67 64 34~",
    "H": "00 08/60 68/04 64",
    "I": "10 18",
    "J": "40 46 28 07~",
    "K": "00 08/50 04 58",
    "L": "00 08 58",
    "M": "08 10 45 70 88",
    "N": "08 00 68 60",
    "O": "30 03 06 38 65 62 30~",
    "P": "08 00/00 40 52 34 04~",
    "Q": "30 03 06 38 65 62 30~/45 79",
    "R": "08 00/00 40 52 34 04~/24 58",
    "S": "51 20 02 14 44 56 38 07~",
    "T": "00 60/30 38",
    "U": "00 06 28 48 66 60~",
    "V": "00 38 60",
    "W": "00 28 42 68 80",
    "X": "00 68/60 08",
    "Y": "00 34 60/34 38",
    "Z": "00 60 08 68",
    "a": "44 13 06 18 37 44/44 47 58~",
    "b": "00 08/05 24 45 57 38 07~",
    "c": "44 23 05 07 28 47~",
    "d": "40 48/45 24 05 07 28 47~",
    "e": "05 45 33 14 06 18 47~",
    "f": "41 20 12 18~/04 34",
    "g": "44 23 05 17 37 44/44 48 29 09~",
    "h": "00 08/05 24 45 48~",
    "i": "14 18/12 13",
    "j": "24 28 09~/22 23",
    "k": "00 08/44 06 48",
    "l": "00 07 18~",
    "m": "04 08/05 24 36 38~/36 44 65 68~",
    "n": "04 08/05 24 44 48~",
    "o": "23 05 07 28 47 45 23~",
    "p": "04 09/05 24 45 57 38 07~",
    "q": "44 23 05 07 28 47/44 49",
    "r": "04 08/05 24 44~",
    "s": "43 13 04 15 36 47 28 07~",
    "t": "11 17 38~/03 33",
    "u": "04 07 28 46/44 48~",
    "v": "04 28 44",
    "w": "04 18 35 58 64",
    "x": "04 48/44 08",
    "y": "04 27/44 19",
    "z": "04 44 08 48",
    "Ø": "30 03 06 38 65 62 30~/08 60",
    ".": "07 08",
    ",": "17 09",
    ":": "04 05/07 08",
    "-": "05 35",
    "–": "05 55",
    "/": "40 08",
    "=": "04 44/06 46",
    "?": "01 20 42 24 26~/27 28",
    "(": "20 02 06 28~",
    ")": "00 22 26 08~",
    "%": "10 02 22 10/50 08/46 38 58 46",
    "°": "20 01 12 21 20~",
    "'": "10 02",
    "ª": "10 02 22 30/30 32",
    "º": "10 02 22 20 10",
}
_MISSING = "04 44"
_SPACE = 4.0


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's writing: slant, breadth, unevenness and distance of letters, as shares of their height."""

    slant: float
    breadth: float
    uneven: float
    spacing: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Hand":
        """A random hand."""
        return cls(
            float(rng.normal(0.1, 0.14)),
            float(rng.uniform(0.7, 1.15)),
            float(rng.uniform(0.02, 0.06)),
            float(rng.uniform(0.1, 0.24)),
        )


@lru_cache(maxsize=256)
def _glyph(character: str) -> tuple[tuple[np.ndarray, ...], float]:
    """The strokes (n, 2) of a character in its own height, y down from 0 at the ascender to .8 at the baseline."""
    strokes = []
    for piece in _STROKES.get(character, _MISSING).split("/"):
        is_curve = piece.endswith("~")
        points = np.array([[int(p[0]), int(p[1])] for p in piece.rstrip("~").split()], float) / 10
        strokes.append(_rounded(points) if is_curve and len(points) > 2 else points)
    return tuple(strokes), max(float(s[:, 0].max()) for s in strokes)


def _rounded(points: np.ndarray) -> np.ndarray:
    """An open line with its corners cut twice (Chaikin), its ends kept."""
    for _ in range(2):
        cut = np.stack([0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]], 1)
        points = np.concatenate([points[:1], cut.reshape(-1, 2), points[-1:]])
    return points


def written(rng: np.random.Generator, text: str, size: float, hand: Hand) -> tuple[list[np.ndarray], float, float]:
    """The strokes (n, 2) of `text` in px with their upper left corner at 0, and its width and height.

    `size` is the height of capitals in px.
    """
    strokes: list[np.ndarray] = []
    x = 0.0
    for character in text:
        if character == " ":
            x += _SPACE / 10 * size * hand.breadth
            continue
        glyph, wide = _glyph(character)
        big = size / 0.8 * rng.normal(1, hand.uneven)
        lift = rng.normal(0, hand.uneven * 0.6) * size
        for stroke in glyph:
            points = stroke + rng.normal(0, hand.uneven * 0.5, stroke.shape) * min(1.0, 4 / len(stroke))
            leaning = points[:, 0] * hand.breadth + (0.8 - points[:, 1]) * hand.slant
            strokes.append(np.stack([x + big * leaning, lift + big * points[:, 1]], 1))
        x += big * (wide * hand.breadth + hand.spacing)
    if not strokes:
        return [], 0.0, 0.0
    low, high = np.min([s.min(0) for s in strokes], 0), np.max([s.max(0) for s in strokes], 0)
    return [s - low for s in strokes], float(high[0] - low[0]), float(high[1] - low[1])
