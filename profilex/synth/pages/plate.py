"""Plates: vessels in rows and columns, mixed pages with other figures among them, and rows of many bare profiles."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np

from profilex.synth.drawing.style import Style
from profilex.synth.pages.furniture import Bar, draw_bar, draw_text, furnish, paste, words
from profilex.synth.pages.groups import Group, draw_group, size_of
from profilex.synth.pages.labels import LabelManner, choose_manner, draw_label
from profilex.synth.pages.lookalikes import BAR_ROOM_PX, FIGURES, own_bar
from profilex.synth.pages.page import Placed, SynthPage, mark_bar, put
from profilex.synth.pages.paper import draw_in_pencil, lay_graph_paper
from profilex.synth.writing.lettering import Text

_SPOTS, _AROUND_BAR_PX, _BLANK = 30, 34, 250  # where a scale bar may stand
_FIGURES_WITH_BARS = 0.4
_LOWEST = 0.925  # share of the page's height below which there is no drawing or label
_RATIOS = (2.0, 2.5, 3.0, 4.0, 5.0, 6.0)
_RATIO_WORDS = ("M 1:{}", "1:{}", "Scale 1:{}", "échelle 1/{}", "Maßstab 1:{}", "M. 1:{}", "Escala 1:{}", "scala 1:{}")
_MM_PER_INCH = 25.4
_PAGE_INCHES = 8.27  # width of A4


@dataclass(slots=True)
class _Plate:
    """A plate as it is filled."""

    rng: np.random.Generator
    style: Style
    page: np.ndarray
    bits: np.ndarray
    px_per_mm: float
    manner: LabelManner
    wanted: Collection[str]
    placed: list[Placed] = field(default_factory=list)
    foreign: list[Bar] = field(default_factory=list)
    labels: int = 0


def blank_page(rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """White paper of a random size, and its resolution if it were as wide as A4."""
    width = int(rng.integers(850, 1750))
    height = int(width * rng.choice([1.414, 1.414, 1.3, 0.72, 1.0]))
    return np.full((height, width), 255, np.uint8), round(width / _PAGE_INCHES)


def draw_plate(
    rng: np.random.Generator,
    style: Style,
    mixed: bool = False,
    wanted: Collection[str] = (),
    heading: str | None = None,
    first: int | None = None,
    size: tuple[int, int] | None = None,
) -> SynthPage:
    """A plate in one hand.

    For plates of a book the `heading`, the number of the `first` vessel and the page's `size` (px) are given.
    """
    page, dpi = blank_page(rng)
    if size is not None:
        page, dpi = np.full(size[::-1], 255, np.uint8), round(size[0] / _PAGE_INCHES)
    w = page.shape[1]
    columns = int(rng.choice([1, 2, 3, 4], p=[0.25, 0.4, 0.25, 0.1]))
    px_per_mm = w * 0.84 / columns / float(rng.uniform(190, 330))
    px_per_mm, ratio = _in_ratio(rng, style, px_per_mm, dpi)
    texts = furnish(rng, page, heading)
    plate = _Plate(rng, style, page, np.zeros_like(page), px_per_mm, choose_manner(rng, style, w, first), wanted)
    if "profile_rows" in style.features and not mixed and first is None:
        end = _fill_with_profiles(plate)
    else:
        end = _fill(plate, columns, mixed)
    bars: list[Bar] = []
    if not ratio and rng.random() < (0.8 if first is None else 0.9):
        bars += _bar(plate, end, px_per_mm)
    if "second_ratio" in style.features and not mixed:
        bars += _second_ratio(plate, end)
    texts += _ratio_text(plate, ratio, bars)
    if "caption_list" in style.features and plate.placed:
        texts += _caption_list(plate)
    _on_paper(plate)
    truth = SynthPage(plate.page, plate.bits, "page", style.section, dpi, px_per_mm, tuple(plate.placed), tuple(bars))
    return replace(
        truth,
        other_bars=tuple(plate.foreign),
        texts=tuple(texts),
        features=style.features,
        school=style.school.name,
    )


def _in_ratio(rng: np.random.Generator, style: Style, px_per_mm: float, dpi: int) -> tuple[float, str]:
    """Where the ratio stands in words only, the scale is exactly that; else as wished."""
    if "ratio_only" not in style.features:
        return px_per_mm, ""
    ratio = min(_RATIOS, key=lambda r: abs(np.log(dpi / _MM_PER_INCH / r / px_per_mm)))
    return dpi / _MM_PER_INCH / ratio, f"{ratio:g}"


def _fill(plate: _Plate, columns: int, mixed: bool) -> float:
    """Rows of vessels, on mixed pages with other figures among them; returns where they end."""
    rng, (h, w) = plate.rng, plate.page.shape
    y, end = h * 0.09, h * (0.9 if rng.random() < 0.7 else rng.uniform(0.4, 0.9))
    while y < end:
        x, row = w * 0.07 + rng.uniform(0, 0.03) * w, 0.0
        while x < w * 0.9:
            widest, tallest = w * 0.95 - x, h * _LOWEST - plate.manner.room - y
            if mixed and rng.random() < 0.5:
                size = _foreign_figure(plate, (int(x), int(y)), (widest, tallest))
                if size is None:
                    break
                x, row = x + size[0] + w * 0.02, max(row, size[1])
                continue
            group = draw_group(rng, plate.style, plate.px_per_mm, (widest, tallest), plate.wanted)
            if not group:
                break
            drop = int(rng.uniform(0, 12))
            below = _place(plate, group, int(x), int(y) + drop)
            wide, high = size_of(group)
            row = max(row, high + drop + below)
            x += wide + rng.uniform(0.01, 0.06) * w
            if columns == 1:
                break
        y += max(row, 0.03 * h) + rng.uniform(0.005, 0.035) * h
    return y


def _place(plate: _Plate, group: Group, x: int, y: int) -> float:
    """Lay a group on the plate and label its first vessel; returns the room that the label takes below."""
    drawing, dx, dy = group[0]
    first = put(plate.page, plate.bits, drawing, x + dx, y + dy)
    labelled, below = draw_label(plate.rng, plate.page, first, (x + dx, y + dy), plate.manner, plate.labels)
    plate.labels += 1
    plate.placed.append(labelled)
    plate.placed += [put(plate.page, plate.bits, other, x + ox, y + oy) for other, ox, oy in group[1:]]
    return below


def _foreign_figure(plate: _Plate, at: tuple[int, int], room: tuple[float, float]) -> tuple[int, int] | None:
    rng, (h, w) = plate.rng, plate.page.shape
    fw, fh = int(rng.uniform(0.18, 0.45) * w), int(rng.uniform(0.08, 0.25) * h)
    if fw > room[0] or fh > room[1]:
        return None
    figure = FIGURES[int(rng.integers(len(FIGURES)))]
    paste(plate.page, figure(rng, fw, fh), *at)
    if rng.random() < _FIGURES_WITH_BARS:
        bar = own_bar(rng, figure, plate.page, (at[0], at[1] + fh), plate.px_per_mm, fw)
        if bar is not None:
            plate.foreign.append(bar)
            fh += BAR_ROOM_PX
    return fw, fh


def _fill_with_profiles(plate: _Plate) -> float:
    """Rows of many bare profiles, small and close."""
    rng, (h, w) = plate.rng, plate.page.shape
    plate.style = replace(plate.style, axis="absent")
    plate.px_per_mm = float(rng.uniform(0.7, 1.5)) * w / 1200
    wanted = ("bare_profile",) if rng.random() < 0.7 else ("profile_only",)
    y, limit = h * 0.09, int(rng.integers(20, 60))
    while y < h * 0.88 and len(plate.placed) < limit:
        x, row = w * 0.08, 0.0
        while x < w * 0.9 and len(plate.placed) < limit:
            room = 0.26 * w, min(0.14 * h, _LOWEST * h - plate.manner.room - y)
            group = draw_group(rng, plate.style, plate.px_per_mm, room, wanted, 2.5)
            if not group or x + size_of(group)[0] > w * 0.95:
                break
            below = _place(plate, group, int(x), int(y))
            wide, high = size_of(group)
            x, row = x + wide + rng.uniform(0.005, 0.03) * w, max(row, high + below)
        y += max(row, 0.03 * h) + rng.uniform(0.0, 0.015) * h
    return y


def _bar(plate: _Plate, end: float, px_per_mm: float) -> list[Bar]:
    rng, (h, w) = plate.rng, plate.page.shape
    under = min(end + 10, h * 0.93) if rng.random() < 0.6 else h * 0.93
    long = w * rng.uniform(0.1, 0.22)
    spot = _free_spot(rng, plate.page, (w * rng.uniform(0.1, 0.6), under), 1.6 * long)
    if spot is None:
        return []
    bar = draw_bar(rng, plate.page, spot, px_per_mm, long)
    mark_bar(plate.bits, bar)
    return [bar]


def _second_ratio(plate: _Plate, end: float) -> list[Bar]:
    """A larger vessel below the others at a smaller scale, with its own bar beside it."""
    rng, (h, w) = plate.rng, plate.page.shape
    small = plate.px_per_mm * float(rng.choice([0.5, 0.6, 2 / 3]))
    group = draw_group(rng, plate.style, small, (w * 0.7, h * 0.95 - end - 20), plate.wanted)
    if not group:
        return []
    _place(plate, group, int(w * 0.08), int(end) + 10)
    spot = (w * 0.08 + size_of(group)[0] + 30, end + 0.5 * size_of(group)[1])
    if spot[0] > w * 0.75:
        return []
    bar = draw_bar(rng, plate.page, spot, small, w * 0.12)
    mark_bar(plate.bits, bar)
    return [bar]


def _free_spot(
    rng: np.random.Generator, page: np.ndarray, wanted: tuple[float, float], long: float
) -> tuple[float, float] | None:
    """A place for a scale bar with its text where nothing is drawn: near the wanted one, or anywhere on the page."""
    h, w = page.shape
    spots = [wanted, *((rng.uniform(0.05, 0.75) * w, rng.uniform(0.06, 0.96) * h) for _ in range(_SPOTS))]
    for x, y in spots:
        around = page[max(0, round(y) - _AROUND_BAR_PX) : round(y) + _AROUND_BAR_PX, max(0, round(x) - 30) :]
        if (around[:, : round(long) + 60] >= _BLANK).all():
            return x, y
    return None


def _ratio_text(plate: _Plate, ratio: str, bars: list[Bar]) -> list[Text]:
    """The ratio in words: alone where it is the only scale, sometimes under a bar, where it may be wrong."""
    rng, (h, w) = plate.rng, plate.page.shape
    if not ratio and not (bars and rng.random() < 0.12):
        return []
    text = str(rng.choice(_RATIO_WORDS)).format(ratio or f"{rng.choice(_RATIOS):g}")
    size = float(rng.uniform(12, 19)) * w / 1300
    x, y = (bars[0].box[0], bars[0].box[3] + 2.2 * size) if bars else (w * rng.uniform(0.1, 0.75), h * 0.94)
    wide, high = draw_text(plate.page, (x, y), text, size, face=str(rng.choice(["sans", "serif", "italic"])))
    return [Text("ratio", text, (x, y, x + wide, y + high))]


def _caption_list(plate: _Plate) -> list[Text]:
    """A list of the vessels with their numbers under the plate."""
    rng, (h, w) = plate.rng, plate.page.shape
    size = float(rng.uniform(11, 15)) * w / 1200
    y, line, texts = h * 0.945, "", []
    face = str(rng.choice(["serif", "grotesk", "italic"]))
    pieces = [f"{v.label}. {words(rng, 2)};" for v in plate.placed if v.label]
    for piece in [*pieces, None]:
        if line and (piece is None or len(line) + len(piece) > 1.7 * w / size):
            wide, high = draw_text(plate.page, (w * 0.09, y), line.rstrip(";"), size, face=face)
            texts.append(Text("caption", line.rstrip(";"), (w * 0.09, y, w * 0.09 + wide, y + high)))
            y, line = y + 1.3 * size, ""
        line = f"{line} {piece}".strip() if piece else line
        if y > h - size:
            break
    return texts


def _on_paper(plate: _Plate) -> None:
    style, rng = plate.style, plate.rng
    if "pencil" in style.features:
        plate.page[...] = draw_in_pencil(rng, plate.page)
    if "graph_paper" in style.features:
        lay_graph_paper(
            rng, plate.page, plate.page.shape[1] / _PAGE_INCHES / _MM_PER_INCH * float(rng.uniform(0.8, 2.0))
        )
