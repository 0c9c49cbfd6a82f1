"""What is drawn in one place of a page: a vessel, one in another, one under its lid, or a piece without an axis."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from shapely import affinity as aff
from shapely import union_all

from profilex.synth.conventions.features import PIECE
from profilex.synth.conventions.schools import choose_features
from profilex.synth.drawing.alone import draw_handle, draw_wall_sherd
from profilex.synth.drawing.result import Drawing
from profilex.synth.drawing.style import Style, restyled
from profilex.synth.drawing.vessel import draw_vessel
from profilex.synth.forms.grammar import LID, draw_shape
from profilex.synth.forms.shape import Shape

Group = list[tuple[Drawing, int, int]]
"""Drawings with the places of their upper left corners."""

_SAME_HAND = 0.85  # of the vessels of a page are drawn as its first
_LEAST_WALL_PX = 3.5


def draw_piece(
    rng: np.random.Generator, style: Style, px_per_mm: float, wanted: Collection[str] = ()
) -> Drawing | None:
    """A wall sherd or a handle alone where the school has such; None where it is a vessel's turn."""
    chosen = choose_features(rng, style.school, PIECE, (), wanted)
    if "wall_sherd" in chosen:
        return draw_wall_sherd(rng, style, px_per_mm)
    if "handle_alone" in chosen:
        return draw_handle(rng, style, px_per_mm)
    return None


def draw_group(
    rng: np.random.Generator,
    style: Style,
    px_per_mm: float,
    room: tuple[float, float],
    wanted: Collection[str] = (),
    least_wall_px: float = _LEAST_WALL_PX,
) -> Group:
    """A vessel that fits `room` (width, height in px), with what stands in or on it; empty where none fits."""
    piece = draw_piece(rng, style, px_per_mm, wanted)
    if piece is not None:
        return [(piece, 0, 0)] if piece.tone.shape[1] < room[0] and piece.tone.shape[0] < room[1] else []
    for _ in range(6):
        shape = draw_wanted_shape(rng, style, wanted)
        _, reach, height = shape.extent
        fits = 2 * reach * px_per_mm < room[0] - 40 and height * px_per_mm < room[1] - 40
        if not fits or reach * px_per_mm < 25 or shape.wall * px_per_mm < least_wall_px:
            continue
        drawing = draw_vessel(rng, shape, _dressed(rng, style), px_per_mm, wanted)
        if drawing.tone.shape[1] < room[0] + 60 and drawing.tone.shape[0] < room[1] + 30:
            return with_company(rng, style, drawing, shape)
    return []


_WHOLE = frozenset(("nested", "lid_above", "tripod", "windows", "base_mirrored", "knob"))


def draw_wanted_shape(rng: np.random.Generator, style: Style, wanted: Collection[str]) -> Shape:
    """A form of the style's school on which the features in `wanted` are possible, as far as that is known."""
    kinds = (LID,) if "knob" in wanted else style.school.kinds
    return draw_shape(rng, style.thickness, kinds, bool(_WHOLE & set(wanted)))


def _dressed(rng: np.random.Generator, style: Style) -> Style:
    """The page's style, for one drawing of seven with other choices; on some pages with another fill."""
    if "mixed_fills" in style.features and rng.random() < 0.4:
        other = str(rng.choice([s for s in ("solid", "outline", "hatched") if s != style.section]))
        return restyled(rng, style, other)
    return style if rng.random() < _SAME_HAND else restyled(rng, style)


def with_company(rng: np.random.Generator, style: Style, drawing: Drawing, shape: Shape) -> Group:
    """The vessel, and a lid above it or a smaller vessel in it where its features say so."""
    company = [name for name in ("lid_above", "nested") if name in drawing.features]
    if not company:
        return [(drawing, 0, 0)]
    group: Group = []
    if drawing.axis is not None and drawing.rim is not None:
        group = (_under_lid if company[0] == "lid_above" else _with_inner)(rng, style, drawing, shape)
    if len(group) > 1:
        return group
    return [(replace(drawing, features=drawing.features - set(company)), 0, 0)]


def scaled(shape: Shape, factor: float) -> Shape:
    """The shape in another size, without handle or parts."""
    return replace(
        shape,
        section=aff.scale(shape.section, factor, factor, origin=(0, 0)),
        outer=shape.outer * factor,
        inner=shape.inner * factor,
        wall=shape.wall * factor,
        breaks=tuple(b * factor for b in shape.breaks),
        levels=tuple(y * factor for y in shape.levels),
        handle=None,
        rest_outer=None,
        rest_inner=None,
        parts=(),
        windows=(),
    )


def _plain(style: Style, side: str) -> Style:
    return replace(style, section_right=side == "right", axis="full", rim_line="full")


def _under_lid(rng: np.random.Generator, style: Style, pot: Drawing, shape: Shape) -> Group:
    lids = (s for s in (draw_shape(rng, style.thickness, ("plate",), True) for _ in range(8)) if s.rim_radius)
    lid = next(lids, None)
    if lid is None or not lid.rim_radius or not shape.rim_radius:
        return [(pot, 0, 0)]
    lid = replace(scaled(lid, shape.rim_radius / lid.rim_radius * float(rng.uniform(0.95, 1.1))), kind=LID)
    drawing = draw_vessel(rng, lid, _plain(style, pot.side), pot.px_per_mm, ("knob",))
    if drawing.axis is None or drawing.rim is None or pot.axis is None or pot.rim is None:
        return [(pot, 0, 0)]
    gap = float(rng.uniform(-0.5, 1.0)) * pot.wall_px if rng.random() < 0.6 else float(rng.uniform(6, 26))
    dx = round(float(pot.axis[0, 0] - drawing.axis[0, 0]))
    dy = round(float(pot.rim[0, 1] - drawing.rim[0, 1] - gap))
    return _shifted([(pot, 0, 0), (drawing, dx, dy)])


def _with_inner(rng: np.random.Generator, style: Style, pot: Drawing, shape: Shape) -> Group:
    """A smaller vessel in the pot, where the two walls do not touch."""
    if shape.rim_radius is None or pot.axis is None or pot.rim is None:
        return [(pot, 0, 0)]
    wall = union_all(list(pot.sections)).buffer(2)
    for _ in range(5):
        inner = draw_shape(rng, style.thickness, ("bowl", "cup", "beaker", "plate"), True)
        inner = scaled(inner, shape.rim_radius * float(rng.uniform(0.4, 0.75)) / float(inner.extent[1]))
        if inner.wall * pot.px_per_mm < _LEAST_WALL_PX * 0.7:
            continue
        drawing = draw_vessel(rng, inner, _plain(style, pot.side), pot.px_per_mm)
        if drawing.axis is None or drawing.rim is None or drawing.side != pot.side:
            continue
        dx = round(float(pot.axis[0, 0] - drawing.axis[0, 0]))
        dy = round(float(pot.rim[0, 1] - drawing.rim[0, 1] + rng.uniform(-0.3, 0.5) * inner.extent[2] * pot.px_per_mm))
        moved = aff.translate(union_all(list(drawing.sections)), dx, dy)
        if not moved.intersects(wall):
            return _shifted([(pot, 0, 0), (drawing, dx, dy)])
    return [(pot, 0, 0)]


def _shifted(group: Group) -> Group:
    """The group with its upper left corner at 0."""
    left, top = min(x for _, x, _ in group), min(y for _, _, y in group)
    return [(drawing, x - left, y - top) for drawing, x, y in group]


def size_of(group: Group) -> tuple[int, int]:
    """Width and height of a group in px."""
    right = max(x + d.tone.shape[1] for d, x, _ in group)
    return right, max(y + d.tone.shape[0] for d, _, y in group)
