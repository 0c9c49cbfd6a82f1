"""What a page carries beside its drawings: text, heads, captions, frames and scale bars. Drawn at page resolution."""

from dataclasses import dataclass

import cv2
import numpy as np

from profilex.synth.writing.lettering import Text, printed, set_line
from profilex.synth.writing.lettering import lay as paste

_SYLLABLES = (
    *("ar", "ba", "ce", "den", "el", "fra", "gor", "hal", "in", "ker", "lum", "mo", "nas", "or", "pel", "qui", "ro"),
    *(
        "sta",
        "tor",
        "um",
        "van",
        "wes",
        "yr",
        "zen",
        "der",
        "die",
        "und",
        "von",
        "ge",
        "be",
        "ter",
        "la",
        "les",
        "du",
        "re",
    ),
)
_BAR_MARGIN_PX, _FINER = 6, 8  # scale bars are drawn so many times as large, with a margin
_METRE = 1000
_CELLS = {10: 2, 20: 2, 30: 3, 50: 5, 100: 10, 150: 3, 200: 4, 500: 5} | {
    metres * _METRE: cells for metres, cells in ((1, 2), (2, 2), (5, 5), (10, 5), (20, 4), (50, 5))
}
"""How many cells a scale bar has, by the length (mm) that it stands for."""


def words(rng: np.random.Generator, count: int) -> str:
    """Made-up words, capitalised and numbered as in captions."""
    out = []
    for _ in range(count):
        word = "".join(rng.choice(_SYLLABLES, int(rng.integers(1, 4))))
        roll = rng.random()
        out.append(word.capitalize() if roll < 0.3 else str(rng.integers(1, 2000)) if roll < 0.4 else word)
    return " ".join(out)


def draw_text(
    page: np.ndarray,
    at: tuple[float, float],
    text: str,
    size: float,
    tone: int = 0,
    face: str = "sans",
    anchor: str = "left",
) -> tuple[int, int]:
    """Write `text` with its upper left (or upper middle) corner at `at`; returns its width and height in px.

    `face` is "sans" or one of `profilex.synth.writing.lettering.FACES`.
    """
    patch = printed(text, size, face, tone)
    h, w = patch.shape
    paste(page, patch, round(at[0] - (w / 2 if anchor == "middle" else 0)), round(at[1]))
    return w, h


def text_block(rng: np.random.Generator, page: np.ndarray, box: tuple[int, int, int, int], size: float) -> None:
    """Justified lines of made-up prose inside `box` (x0, y0, x1, y1)."""
    x0, y0, x1, y1 = box
    face, y, tone = str(rng.choice(["grotesk", "serif", "serif", "italic"])), float(y0), int(rng.integers(0, 60))
    while y < y1 - size:
        width = (x1 - x0) * (1 if rng.random() < 0.85 else rng.uniform(0.2, 0.9))
        text = words(rng, max(2, int(width / size / 2.6)))
        ink = set_line([(text, face)], size, width)[:, : max(1, round(width))]
        paste(page, (255 - (255 - tone) / 255 * ink).astype(np.uint8), round(x0), round(y))
        y += size * rng.uniform(1.15, 1.35)
        if rng.random() < 0.06:
            y += size


@dataclass(frozen=True, slots=True)
class Bar:
    """A drawn scale bar: its box (x0, y0, x1, y1) and ends in page px, and the length it states in mm."""

    box: tuple[float, float, float, float]
    ends: tuple[tuple[float, float], tuple[float, float]]
    length_mm: float
    text: str


def draw_bar(
    rng: np.random.Generator, page: np.ndarray, at: tuple[float, float], px_per_mm: float, want_px: float
) -> Bar:
    """A scale bar of a random kind near `want_px` long, its left end at `at`, with its text.

    It is as long as it says to a fraction of a pixel, as one that is printed. At the scale of plans it states metres.
    """
    choices = np.array(list(_CELLS))
    length = float(choices[np.argmin(np.abs(np.log(choices * px_per_mm / want_px)))])
    long = length * px_per_mm
    kind = str(rng.choice(["blocks", "chequered", "ticks", "ends", "half"]))
    x, y = at
    high = float(rng.uniform(3, 9)) + long / 60
    pen = max(1, round(rng.uniform(0.8, 2.2)))
    cells = _CELLS[int(length)]
    if rng.random() < 0.4 and cells > 3:
        cells = 5 if cells % 5 == 0 else 2
    left, top = int(x) - _BAR_MARGIN_PX, int(y) - _BAR_MARGIN_PX
    size = (int(long) + 2 * _BAR_MARGIN_PX + 2, int(high) + 2 * _BAR_MARGIN_PX + 2)
    fine = np.full((size[1] * _FINER, size[0] * _FINER), 255, np.uint8)

    def place(px: float, py: float) -> tuple[int, int]:
        return round((px - left) * _FINER), round((py - top) * _FINER)

    def rect(x0: float, y0: float, x1: float, y1: float, fill: bool) -> None:
        cv2.rectangle(fine, place(x0, y0), place(x1, y1), 0, -1 if fill else pen * _FINER)

    def line(x0: float, y0: float, x1: float, y1: float, thick: int) -> None:
        cv2.line(fine, place(x0, y0), place(x1, y1), 0, thick * _FINER)

    step = long / cells
    if kind in ("blocks", "chequered", "half"):
        rows = 2 if kind == "chequered" else 1
        split = cells // 2 if kind == "half" else cells
        for i in range(split):
            for row in range(rows):
                if (i + row) % 2 == 0:
                    rect(x + i * step, y + row * high / rows, x + (i + 1) * step, y + (row + 1) * high / rows, True)
        if kind == "half":
            rect(x + split * step, y, x + long, y + high, bool(rng.random() < 0.5))
        rect(x, y, x + long, y + high, False)
    elif kind == "ticks":
        line(x, y + high, x + long, y + high, pen)
        for i in range(cells + 1):
            tall = high if i in (0, cells) or rng.random() < 0.2 else high * 0.6
            line(x + i * step, y + high - tall, x + i * step, y + high, pen)
    else:
        thick = max(2, round(high * 0.5))
        line(x, y + high / 2, x + long, y + high / 2, thick)
        for end in (x, x + long):
            line(end, y - 1, end, y + high + 1, pen)
    paste(page, cv2.resize(fine, size, interpolation=cv2.INTER_AREA), left, top)
    text = _bar_text(rng, page, x, y, long, high, length)
    return Bar((x - 1, y - 1, x + long + 1, y + high + 1), ((x, y + high / 2), (x + long, y + high / 2)), length, text)


def _bar_text(
    rng: np.random.Generator, page: np.ndarray, x: float, y: float, long: float, high: float, length: float
) -> str:
    size = float(rng.uniform(11, 20))
    label = f"{length / 10:g} cm" if rng.random() < 0.85 else f"{length:g} mm"
    if length >= _METRE:
        label = f"{length / _METRE:g} m"
    where = str(rng.choice(["above", "below", "right", "ends"]))
    if where == "ends":
        draw_text(page, (x, y - size * 1.3), "0", size, anchor="middle")
        draw_text(page, (x + long, y - size * 1.3), label, size, anchor="middle")
        return f"0 {label}"
    place = {
        "above": (x + long / 2, y - size * 1.4),
        "below": (x + long / 2, y + high + 4),
        "right": (x + long + 8 + size, y - size / 3),
    }[where]
    draw_text(
        page,
        place,
        label,
        size,
        face=str(rng.choice(["sans", "serif"])),
        anchor="middle" if where != "right" else "left",
    )
    return label


def furnish(rng: np.random.Generator, page: np.ndarray, heading: str | None = None) -> list[Text]:
    """Running head, folio, frame, hairline and caption around a plate; returns what is written.

    `heading` is printed as the running head where it is given, else one is made up or left out.
    """
    h, w = page.shape
    size = w / 1200 * rng.uniform(14, 22)
    face = str(rng.choice(["sans", "serif", "italic", "bold", "serif_bold"]))
    made_up = ("ANNEXE I", "PLANCHES", f"TAFEL {roman(int(rng.integers(1, 60)))}", f"Fig. {rng.integers(1, 200)}")
    texts: list[Text] = []

    def write(kind: str, text: str, at: tuple[float, float], anchor: str) -> None:
        wide, high = draw_text(page, at, text, size, face=face, anchor=anchor)
        x = at[0] - (wide / 2 if anchor == "middle" else 0)
        texts.append(Text(kind, text, (x, at[1], x + wide, at[1] + high)))

    shows = rng.random() < 0.7
    text = heading or str(rng.choice([*made_up, words(rng, 4)]))
    is_central = rng.random() < 0.5
    place = (w / 2 if is_central else w * 0.1, h * rng.uniform(0.015, 0.05))
    if shows or heading:
        write("head", text, place, "middle" if is_central else "left")
    if rng.random() < 0.7:
        write(
            "folio",
            str(rng.integers(1, 600)),
            (w * rng.choice([0.08, 0.5, 0.9]), h * rng.uniform(0.955, 0.975)),
            "left",
        )
    if rng.random() < 0.2:
        m = round(w * rng.uniform(0.02, 0.06))
        cv2.rectangle(page, (m, m), (w - m, h - m), int(rng.integers(0, 90)), int(rng.integers(1, 4)))
    if rng.random() < 0.2:
        y = round(h * rng.uniform(0.05, 0.09))
        cv2.line(page, (round(w * 0.08), y), (round(w * 0.92), y), 0, 1)
    if rng.random() < 0.3:
        text_block(rng, page, (round(w * 0.1), round(h * 0.92), round(w * 0.9), round(h * 0.955)), size * 0.8)
    return texts


def roman(n: int) -> str:
    """A number as a Roman numeral."""
    out = ""
    for value, sign in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while n >= value:
            out, n = out + sign, n - value
    return out
