"""The numbers and codes at vessels: one manner a page, as publications have it, or find labels written by hand."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from profilex.synth.drawing.style import Style
from profilex.synth.pages.furniture import words
from profilex.synth.pages.page import Placed
from profilex.synth.writing.lettering import FACES, Pen, Text, put

_FORMS = ("number", "nr", "figure", "code", "site", "type", "letter", "pair")
_SHARES = (0.5, 0.09, 0.05, 0.13, 0.08, 0.06, 0.05, 0.04)
_SITES = ("MC 09", "AB 71", "SU 12", "LT 03", "KH 88", "VR 94", "T 40")


@dataclass(frozen=True, slots=True)
class LabelManner:
    """How a page numbers its vessels: form, first number, prefix and pen; `where` is below, left, right or none."""

    form: str
    first: int
    prefix: str
    step: int
    size: float
    pen: Pen
    where: str
    ringed: bool
    find_label: bool

    @property
    def room(self) -> float:
        """Height in px that a label takes below its drawing, at most."""
        return 5.5 * self.size if self.find_label else 1.5 * self.size if self.where == "below" else 0.0

    def text(self, index: int) -> str:
        """The label of the page's vessel number `index`, from 0."""
        n = self.first + self.step * index
        return {
            "number": f"{n}",
            "nr": f"{self.prefix} {n}",
            "figure": f"{self.prefix} {self.first},{index + 1}",
            "code": f"{self.prefix}-{10000 + (n * 7919) % 9000}",
            "site": f"{self.prefix}.{n:02d}.{index % 4:02d}",
            "type": f"{self.prefix} {20 + n % 40}{'RL '[index % 3].strip()}",
            "letter": "abcdefghijklmnopqrstuvwxyz"[index % 26],
            "pair": f"{self.first}/{index + 1:02d}",
        }[self.form]


def choose_manner(rng: np.random.Generator, style: Style, page_width: int, first: int | None = None) -> LabelManner:
    """A page's manner; with `first` plain numbers are counted on from it."""
    form = "number" if first is not None else str(rng.choice(_FORMS, p=_SHARES))
    by_hand = "handwriting" in style.features
    size = float(rng.uniform(11, 20)) * max(0.8, page_width / 1300)
    prefix = {
        "nr": str(rng.choice(["Nr.", "No.", "Kat.", "Cat.", "n.", "N°"])),
        "figure": str(rng.choice(["Abb.", "Fig.", "fig.", "Taf.", "Pl."])),
        "code": str(rng.choice(["M5", "MS", "A7", "INV", "K", "TS"])),
        "site": f"{rng.integers(1, 99)}-{rng.integers(1, 99)}",
        "type": str(rng.choice(["Drag.", "Curle", "Hayes", "Typ", "Form"])),
    }.get(form, "")
    pen = Pen(face=str(rng.choice(["sans", "sans", *FACES])), tone=min(70, style.ink))
    if by_hand:
        pen = Pen(tone=style.ink, writing=style.writing, width=max(1.0, size / 12))
    start = int(rng.integers(1, 30)) if rng.random() < 0.5 else int(rng.choice([1, int(rng.integers(30, 900))]))
    return LabelManner(
        form,
        first if first is not None else start,
        prefix,
        1,
        size,
        pen,
        style.label if first is None or style.label != "none" else "below",
        "ringed_number" in style.features and form in ("number", "letter"),
        "find_label" in style.features and first is None,
    )


def draw_label(
    rng: np.random.Generator, page: np.ndarray, placed: Placed, at: tuple[int, int], manner: LabelManner, index: int
) -> tuple[Placed, float]:
    """Write a vessel's label at its drawing, whose upper left corner is `at`; the vessel with it, and the room it takes
    below."""
    if manner.find_label:
        return _find_label(rng, page, placed, at, manner, index)
    if manner.where == "none":
        return placed, 0.0
    text, size = manner.text(index), manner.size
    h, w = placed.drawing.tone.shape
    x, y = at
    place, anchor = {
        "below": ((x + w / 2, y + h + 2), "middle"),
        "left": ((x - size * 0.3 * len(text) - 2, y + 4), "middle"),
        "right": ((x + w + size * 0.3 * len(text) + 2, y + 0.3 * h), "middle"),
    }[manner.where]
    box = put(rng, page, place, text, size, manner.pen, anchor)
    if manner.ringed:
        centre = round((box[0] + box[2]) / 2), round((box[1] + box[3]) / 2)
        radius = round(max(box[2] - box[0], box[3] - box[1]) * 0.5 + 0.35 * size)
        cv2.circle(page, centre, radius, manner.pen.tone, max(1, round(size / 14)), cv2.LINE_AA)
    below = 1.5 * size if manner.where == "below" else 0.0
    return replace(placed, label=text, label_box=box), below


def _find_label(
    rng: np.random.Generator, page: np.ndarray, placed: Placed, at: tuple[int, int], manner: LabelManner, index: int
) -> tuple[Placed, float]:
    """Site, area, layer and day in lines below the drawing, the find's number in a box: the label is that number."""
    h, w = placed.drawing.tone.shape
    size, x = manner.size, at[0] + w * float(rng.uniform(0.1, 0.6))
    y = at[1] + h + 4.0
    number = str(manner.first + index)
    lines = [str(rng.choice(_SITES)), words(rng, 1).upper()[:9], words(rng, 2).upper()[:14]]
    lines.append(f"{rng.integers(1, 29)}.{rng.choice(['IV', 'VI', 'VII', 'VIII', 'IX'])}")
    texts: list[Text] = []
    right = x
    for line in lines[: int(rng.integers(2, 5))]:
        box = put(rng, page, (x, y), line, size * 0.8, manner.pen)
        texts.append(Text("find_label", line, box))
        right, y = max(right, box[2]), y + size * 0.95
    box = put(rng, page, (right + size * 0.7, y - size * 0.9), number, size * 1.1, manner.pen)
    edge = (
        (round(box[0] - 0.3 * size), round(box[1] - 0.3 * size)),
        (round(box[2] + 0.3 * size), round(box[3] + 0.3 * size)),
    )
    cv2.rectangle(page, *edge, manner.pen.tone, max(1, round(size / 14)))
    return replace(placed, label=number, label_box=box, texts=(*placed.texts, *texts)), y - at[1] - h + 0.6 * size
