"""Single drawings, cropped closely out of a plate or scanned alone: labels and the right half may be cut."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from profilex.synth.drawing.style import Style
from profilex.synth.drawing.vessel import draw_vessel
from profilex.synth.forms.shape import Shape
from profilex.synth.pages.furniture import Bar, draw_bar, paste
from profilex.synth.pages.groups import Group, draw_piece, draw_wanted_shape, size_of, with_company
from profilex.synth.pages.labels import choose_manner, draw_label
from profilex.synth.pages.lookalikes import FIGURES
from profilex.synth.pages.page import SynthPage, mark_bar, put
from profilex.synth.pages.paper import draw_in_pencil, lay_graph_paper

_SMALL = 0.12  # of single drawings of any school are as small as those of small scans
_SMALL_PX, _USUAL_PX = (110.0, 410.0), (230.0, 1500.0)  # widths
_THINNEST_PX, _THINNEST_HOLLOW_PX, _USUAL_THINNEST_PX = 2.2, 4.2, 5.0  # walls
_LARGEST_PX = 1700.0


def draw_single(rng: np.random.Generator, style: Style, wanted: Collection[str] = ()) -> SynthPage:
    """One drawing on a page hardly larger than it."""
    small = rng.random() < (0.85 if style.school.name == "beakers" else _SMALL)
    small = small and (style.section == "solid" or rng.random() < 0.5)
    group = _group(rng, style, small, wanted)
    px_per_mm = group[0][0].px_per_mm
    dw, dh = size_of(group)
    tight = style.school.name == "field" and rng.random() < 0.7
    left, top, right = (int(rng.uniform(-25, 4) if tight else rng.uniform(0, 30)) for _ in range(3))
    low = int(rng.uniform(-25, 10) if tight else rng.uniform(0, 70))
    page = np.full((max(40, dh + top + low), max(40, dw + left + right)), 255, np.uint8)
    bits = np.zeros_like(page)
    placed = [put(page, bits, drawing, left + dx, top + dy) for drawing, dx, dy in group]
    if low > 24 and rng.random() < 0.8 and not tight:
        manner = choose_manner(rng, replace(style, label="below"), 1300)
        manner = replace(manner, size=float(rng.uniform(10, 16) if small else rng.uniform(12, 30)))
        corner = left, top + dh - group[0][0].tone.shape[0] + int(rng.uniform(-4, 12))
        placed[0], _ = draw_label(rng, page, placed[0], corner, manner, int(rng.integers(0, 40)))
    bars: list[Bar] = []
    if rng.random() < 0.3 and low > 30 and placed[0].label_box is None:
        bars.append(draw_bar(rng, page, (left + dw * 0.3, top + dh + 18), px_per_mm, dw * 0.2))
        mark_bar(bits, bars[-1])
    keep = page.shape[1]
    is_one_sided = all(s.bounds[2] < left + dw / 2 + 5 for v in placed for s in v.sections)
    if rng.random() < 0.3 and is_one_sided and placed[0].axis is not None:  # the exterior half cut off
        keep = int(left + dw * rng.uniform(0.55, 0.85))
    page, bits = np.ascontiguousarray(page[:, :keep]), np.ascontiguousarray(bits[:, :keep])
    if rng.random() < 0.15:  # scraps of neighbours at the edges
        scrap = FIGURES[int(rng.integers(len(FIGURES)))](rng, max(60, page.shape[1] // 3), max(50, page.shape[0] // 4))
        x = int(rng.choice([-scrap.shape[1] * 3 // 4, page.shape[1] - scrap.shape[1] // 4]))
        paste(page, scrap, x, int(rng.uniform(0, page.shape[0])))
    if "pencil" in style.features:
        page = draw_in_pencil(rng, page)
    if "graph_paper" in style.features:
        lay_graph_paper(rng, page, float(rng.uniform(3, 9)))
    truth = SynthPage(page, bits, "item", style.section, 150, px_per_mm, tuple(placed), tuple(bars))
    return replace(truth, features=style.features, school=style.school.name)


def _group(rng: np.random.Generator, style: Style, small: bool, wanted: Collection[str]) -> Group:
    """A piece alone, or a vessel at the scale that its width asks for, with its company."""
    piece = draw_piece(rng, style, float(rng.uniform(3, 9)), wanted)
    if piece is not None:
        return [(piece, 0, 0)]
    shape = draw_wanted_shape(rng, style, wanted)
    px_per_mm = _scale_for(rng, style, shape, small)
    drawing = draw_vessel(rng, shape, style, px_per_mm, wanted)
    return with_company(rng, style, drawing, shape)


def _scale_for(rng: np.random.Generator, style: Style, shape: Shape, small: bool) -> float:
    """px of a millimetre: a random width, a wall that can still be seen, and no page that is too large."""
    _, reach, tall = shape.extent
    width = float(np.exp(rng.uniform(*np.log(_SMALL_PX if small else _USUAL_PX))))
    thinnest = _USUAL_THINNEST_PX
    if small:
        thinnest = _THINNEST_PX if style.section == "solid" else _THINNEST_HOLLOW_PX
    px_per_mm = max(min(width / (2 * reach), 1300 / tall), thinnest / shape.wall)
    return min(px_per_mm, _LARGEST_PX / (2 * reach), _LARGEST_PX / tall)
