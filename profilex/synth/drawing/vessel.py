"""One vessel drawn by the conventions of a style, with its truth.

What is section: the cut wall to the ink's edge where it is solid and to the middle of its outline where it is hollow,
up to the axis for whole bases, up to the break for fragments; a handle only where it is cut.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from shapely import LineString, MultiPolygon, Polygon
from shapely.ops import unary_union

from profilex.synth.conventions.features import DRAWING
from profilex.synth.conventions.schools import choose_features
from profilex.synth.drawing.canvas import Canvas
from profilex.synth.drawing.companions import with_companions
from profilex.synth.drawing.handles import cut_with_parts, draw_own_section, draw_parts_in_view
from profilex.synth.drawing.lines import draw_lines, mark_breaks_in_truth
from profilex.synth.drawing.result import BOTH, NONE, Drawing, turned_over
from profilex.synth.drawing.section import draw_section
from profilex.synth.drawing.sheet import Sheet
from profilex.synth.drawing.sherds import ghost, mark_breaks, preserved_pieces, rebuild, sherd_at_axis, sherd_in_place
from profilex.synth.drawing.style import Style, fitted
from profilex.synth.forms.additions import with_additions
from profilex.synth.forms.shape import Shape
from profilex.synth.surface.halves import carry_front_across, dress_halves, silhouette
from profilex.synth.writing.dimensions import draw_dimensions
from profilex.synth.writing.signs import draw_signs

_OWN_SIDE = 0.97  # of the drawings of a page that have the section where the page has it
_LARGEST_PX = 2600.0  # a ghost that would make the drawing larger is left out
_STUB_MM = 20.0  # the longest rim line of a vessel whose diameter is unknown
_IN_PLACE = {"ink": 0.3, "outline": 0.05}
_IN_PLACE_ELSE = 0.02


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the vessel frame lies on a canvas of so many px."""

    width: int
    height: int
    ax: float
    top: float


def features_of(rng: np.random.Generator, shape: Shape, style: Style, wanted: Collection[str] = ()) -> frozenset[str]:
    """The features of one drawing of `shape` in `style`, those of `wanted` that it can have among them."""
    facts = set(shape.facts)
    if style.section not in ("solid", "toned"):
        facts.add("hollow")
    features = choose_features(rng, style.school, DRAWING, facts, wanted)
    if style.rim_line == "stub":
        features = features - _LAYOUTS - _NOT_BARE
    if features & {"both_walls", "one_wall_cut", "bare_profile"} or style.rim_line == "stub":
        features -= {"texture", "painted", "burnish", "sherd_in_middle", "off_centre"}
    if features & {"bare_profile"}:
        features -= _NOT_BARE
    if features & {"front_view", "quarter_cut", "profile_only"}:
        features -= {"sherd_in_middle", "gap_in_wall", "dimensions", "handle_face"}
    if features & {"sherd_in_middle", "dimensions"}:
        features -= {"gap_in_wall"} if "both_walls" not in features else frozenset()
    if shape.kind == "lid" or "base_mirrored" in features:
        features -= {"dimensions", "diameter_text", "query", "share_preserved"}
    if features & {"tripod"}:
        features -= {"windows"}
    return features


_NOT_BARE = frozenset(("n_sign", "diameter_text", "dimensions", "share_preserved", "handle_face"))
_LAYOUTS = frozenset(("both_walls", "one_wall_cut", "front_view", "profile_only", "bare_profile", "quarter_cut"))


def draw_vessel(
    rng: np.random.Generator, shape: Shape, style: Style, px_per_mm: float, wanted: Collection[str] = ()
) -> Drawing:
    """Draw `shape` at `px_per_mm` in `style`; features in `wanted` are drawn where they are possible."""
    shape, features = with_additions(rng, shape, features_of(rng, shape, style, wanted))
    style = fitted(style, px_per_mm * shape.wall)
    if style.rim_line == "stub" or features & {"bare_profile"}:
        style = replace(style, axis="absent")
    if features & {"both_walls"} and style.axis == "absent":
        style = replace(style, axis="full")
    side = 1 if style.section_right == (rng.random() < _OWN_SIDE) else -1
    frame, features = _framed(rng, shape, style, px_per_mm, side, features)
    canvas = Canvas(frame.width, frame.height, 3 if frame.width * frame.height < 400_000 else 2)
    sheet = Sheet(rng, canvas, shape, style, px_per_mm, frame.ax, frame.top, side, features)
    if "off_centre" in features:
        sheet.away = float(rng.uniform(0.93, 1.06))
    sections, handles = _draw(sheet)
    drawing = _with_truth(sheet, sections, handles)
    if "base_mirrored" in features or shape.kind == "lid":
        drawing = turned_over(drawing)
    return with_companions(sheet, drawing)


def _framed(
    rng: np.random.Generator, shape: Shape, style: Style, k: float, side: int, features: frozenset[str]
) -> tuple[_Frame, frozenset[str]]:
    """Room for everything that will be drawn, and the features less those that would need too much of it."""
    rise, reach, low = shape.extent
    if "ghost" in features and shape.rest_outer is not None:
        bounds = shape.rest_outer[:, 0].max(), shape.rest_outer[:, 1].max(), -shape.rest_outer[:, 1].min()
        if k * max(*bounds) > _LARGEST_PX / 2:
            features -= {"ghost"}
        else:
            reach, low, rise = max(reach, bounds[0]), max(low, bounds[1]), max(rise, bounds[2])
    elif "rebuilt" in features and shape.rest_outer is not None:
        room = 6 * shape.wall if rng.random() < 0.7 else 40 * shape.wall
        reach = max(reach, min(reach + room, float(shape.rest_outer[:, 0].max())))
        low = max(low, min(low + room, float(shape.rest_outer[:, 1].max())))
        rise = max(rise, min(room, float(-shape.rest_outer[:, 1].min())))
    margin = 10 + 0.8 * k * shape.wall + float(rng.uniform(4, 20))
    own, other = k * reach, 1.06 * k * reach
    if features & {"profile_only"}:
        other = 8.0
    if features & {"bare_profile"} or style.rim_line == "stub":
        stub = _STUB_MM if style.rim_line == "stub" else 0.0
        other = -k * max(0.0, float(shape.section.bounds[0]) - stub)
    if features & {"front_view"}:
        own += k * (reach - float(shape.section.bounds[0])) + 2 * margin
    if features & {"handle_section"} and shape.handle is not None:
        own += k * shape.wall * 3 + 8
    left, right = (own, other) if side < 0 else (other, own)
    words = 22 if features & {"query", "share_preserved", "diameter_text", "dimensions"} else 0
    rise_px = k * rise + (words if features & {"diameter_text", "dimensions"} else 0)
    wide, high = int(left + right + 2 * margin), int(k * low + rise_px + 2 * margin + 6 + words)
    return _Frame(wide, high, left + margin + float(rng.uniform(-1, 1)), margin + rise_px), features


def _draw(sheet: Sheet) -> tuple[list[Polygon | MultiPolygon], list[bool]]:
    """Draw everything in the order in which it covers itself; returns the sections and which are handles'."""
    rng, shape, side = sheet.rng, sheet.shape, sheet.side
    cut = cut_with_parts(sheet)
    dress_halves(sheet)
    if sheet.has("quarter_cut"):
        carry_front_across(sheet)
    if sheet.has("ghost"):
        ghost(sheet)
    draw_lines(sheet)
    if sheet.has("sherd_in_middle"):
        sherd_at_axis(sheet)
    elif not sheet.features & _LAYOUTS and rng.random() < _IN_PLACE.get(sheet.style.section, _IN_PLACE_ELSE):
        sherd_in_place(sheet, silhouette(sheet))
    apart = _apart(sheet) if sheet.has("front_view") else sheet
    sections: list[Polygon | MultiPolygon] = []
    for s in (side, -side) if sheet.has("both_walls") else (side,):
        piece = (
            preserved_pieces(sheet, cut, s) if sheet.has("gap_in_wall") and (s == side or rng.random() < 0.7) else cut
        )
        part = apart.place(piece, s)
        draw_section(apart, part, [apart.at(b, s) for b in shape.breaks], s)
        mark_breaks_in_truth(apart, s)
        sections.append(part)
    mark_breaks(apart)
    if shape.rest_outer is not None and sheet.has("rebuilt") and not sheet.has("front_view"):
        rebuild(sheet)
    handles = [False] * len(sections)
    draw_parts_in_view(sheet, cut)
    own = draw_own_section(apart) if sheet.has("handle_section") else None
    if own is not None:
        sections.append(own)
        handles.append(True)
    else:
        sheet.leave_out("handle_section")
    draw_signs(sheet)
    if sheet.has("dimensions"):
        draw_dimensions(sheet)
    return sections, handles


def _apart(sheet: Sheet) -> Sheet:
    """The sheet on which the section lies beside the view: the same canvas, the axis moved outwards."""
    shape = sheet.shape
    aside = sheet.k * (shape.extent[1] - float(shape.section.bounds[0])) + float(sheet.rng.uniform(8, 24))
    return replace(sheet, ax=sheet.ax + sheet.side * aside)


def _with_truth(sheet: Sheet, sections: list[Polygon | MultiPolygon], handles: list[bool]) -> Drawing:
    shape, style, side, k = sheet.shape, sheet.style, sheet.side, sheet.k
    free = sheet.has("front_view") or sheet.has("bare_profile") or style.rim_line == "stub"
    has_axis = not free and style.axis != "absent"
    axis = np.array([[sheet.ax, sheet.top], [sheet.ax, sheet.bottom]])
    lip = shape.rim_radius
    is_known = not (sheet.has("n_sign") or style.rim_line == "stub" or sheet.has("bare_profile"))
    rim = np.array([[sheet.ax + side * k * lip, sheet.top], [sheet.ax - side * k * lip, sheet.top]]) if lip else None
    pieces = [(p, h) for s, h in zip(sections, handles, strict=True) for p in getattr(s, "geoms", [s])]
    foot = float(shape.outer[-1, 0]) if shape.bottom == "base" and shape.kind != "lid" else None
    where = BOTH if sheet.has("both_walls") else NONE if free else ("right" if side > 0 else "left")
    return Drawing(
        tone=sheet.canvas.paper(),
        masks=_masks(sheet, [p for p, _ in pieces], axis if has_axis else None),
        sections=tuple(p for p, _ in pieces),
        axis=axis if has_axis else None,
        rim=None if free else rim,
        wall_px=k * shape.wall,
        style=style.section,
        px_per_mm=k,
        rim_radius_mm=lip if is_known else None,
        whole=shape.whole,
        n_symbol=sheet.has("n_sign"),
        side=where,
        handles=tuple(h for _, h in pieces),
        texts=tuple(sheet.texts),
        marks=tuple(sheet.marks),
        features=sheet.features,
        height_mm=float(shape.section.bounds[3]),
        greatest_radius_mm=float(shape.section.bounds[2]),
        base_radius_mm=foot,
        wall_mm=shape.wall,
        volume_l=_volume_l(shape),
    )


def _volume_l(shape: Shape) -> float | None:
    """Litres that a whole vessel holds up to its rim: the solid of its inner contour."""
    if not shape.whole or shape.kind in ("lid", "stand"):
        return None
    r, y = shape.inner[:, 0], shape.inner[:, 1]
    discs = np.pi * (r[1:] ** 2 + r[1:] * r[:-1] + r[:-1] ** 2) / 3 * np.diff(y)
    return abs(float(discs.sum())) / 1e6


def _masks(sheet: Sheet, sections: list[Polygon], axis: np.ndarray | None) -> dict[str, np.ndarray]:
    canvas, wall = sheet.canvas, sheet.k * sheet.shape.wall
    cut = unary_union(sections)
    seen = silhouette(sheet).buffer(0.5)
    if sheet.has("bare_profile"):
        seen = cut
    elif sheet.has("profile_only"):
        seen = seen.difference(_beyond(sheet))
    broad = None if axis is None else LineString(axis).buffer(max(1.6, 0.12 * wall), cap_style="flat")
    return {
        "section": canvas.mask(cut),
        "vessel": canvas.mask(unary_union([seen, cut])),
        "axis": np.zeros((canvas.height, canvas.width), bool) if broad is None else canvas.mask(broad),
    }


def _beyond(sheet: Sheet) -> Polygon:
    """The half plane on the other side of the axis."""
    x0, x1 = sorted((sheet.ax, sheet.ax - sheet.side * 1e5))
    return Polygon([(x0, -1e5), (x1, -1e5), (x1, 1e5), (x0, 1e5)])
