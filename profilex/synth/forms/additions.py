"""What is added to a vessel's form: feet, stands with windows, spouts, lugs, knobs, and holes through the wall."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from shapely import LineString, Point, Polygon, box
from shapely import affinity as aff
from shapely.ops import unary_union

from profilex.synth.forms.shape import Part, Shape

Addition = Callable[[np.random.Generator, Shape], Shape]


def with_additions(rng: np.random.Generator, shape: Shape, features: frozenset[str]) -> tuple[Shape, frozenset[str]]:
    """The shape with the additions among `features`, and the features less those for which there was no room."""
    for name, add in ADDITIONS.items():
        if name in features:
            changed = add(rng, shape)
            features = features if changed is not shape else features - {name}
            shape = changed
    return shape, features


def _face(shape: Shape, y: float) -> tuple[float, float] | None:
    """Radii of the outer and inner face of the wall at height y, None where it is not a single wall."""
    cut = shape.section.intersection(LineString([(-1.0, y), (1e4, y)]))
    return (cut.bounds[2], cut.bounds[0]) if cut.geom_type == "LineString" and not cut.is_empty else None


def _whole_piece(section: object) -> Polygon | None:
    return section if isinstance(section, Polygon) and not section.is_empty and not len(section.interiors) else None


def _tripod(rng: np.random.Generator, shape: Shape) -> Shape:
    """A foot in the plane of the section; the others are drawn in view from it."""
    _, _, reach, low = shape.section.bounds
    place = reach * float(rng.uniform(0.35, 0.75))
    cut = shape.section.intersection(LineString([(place, 0), (place, 2 * low)]))
    if cut.is_empty:
        return shape
    start, length, t = float(cut.bounds[3]), float(rng.uniform(0.35, 1.1)) * low, shape.wall
    foot, splay = max(low + 0.15 * length, start + length), float(rng.normal(0, 0.12)) * length
    broad, narrow = t * float(rng.uniform(1.2, 2.6)), t * float(rng.uniform(0.5, 1.6))
    leg = Polygon(
        [
            (place - broad, start - 0.6 * t),
            (place + broad, start - 1.2 * t),
            (place + narrow + splay, foot),
            (place - narrow + splay, foot),
        ]
    )
    below = _whole_piece(leg.buffer(0.2 * t).buffer(-0.2 * t).difference(shape.section))
    return replace(shape, parts=(*shape.parts, Part("leg", below))) if below is not None else shape


def _windows(rng: np.random.Generator, shape: Shape) -> Shape:
    """A high stand under the base with openings through its wall."""
    _, _, reach, low = shape.section.bounds
    t, high = shape.wall, float(rng.uniform(0.5, 1.4)) * max(low, 0.5 * reach)
    top, bottom = reach * float(rng.uniform(0.12, 0.35)), reach * float(rng.uniform(0.4, 0.85))
    power, steps = float(rng.uniform(1.0, 3.0)), np.linspace(0, 1, 14)
    middle = np.stack([top + (bottom - top) * steps**power, low - 0.5 * t + high * steps], 1)
    stand = LineString(middle).buffer(0.5 * t, cap_style="flat")
    y0, y1 = low + high * rng.uniform(0.15, 0.35), low + high * rng.uniform(0.5, 0.75)
    kind, broad = str(rng.choice(["slit", "triangle", "round"])), float(rng.uniform(0.15, 0.5)) * top
    views = []
    for x in (0.0, float(rng.uniform(0.9, 1.3)) * (top + bottom) / 2):
        if kind == "round":
            ring = np.asarray(aff.scale(Point(x, (y0 + y1) / 2).buffer((y1 - y0) / 2), 0.8, 1).exterior.coords)
        elif kind == "slit":
            ring = np.array([(x - broad, y0), (x + broad, y0), (x + broad, y1), (x - broad, y1)])
        else:
            ring = np.array([(x, y0), (x + 1.4 * broad, y1), (x - 1.4 * broad, y1)])
        views.append(ring)
    whole = _whole_piece(unary_union([shape.section, stand]).intersection(box(0, -1e5, 1e5, 1e5)))
    if whole is None:
        return shape
    cut = whole.difference(box(top - 3 * t, y0, 1e4, y1)) if rng.random() < 0.6 else whole
    under = middle[-1] + [0.5 * t, 0]
    outer = np.concatenate([shape.outer[shape.outer[:, 1] < low - 0.6 * t], middle[2:] + [0.5 * t, 0], under[None]])
    return replace(shape, section=cut, outer=outer, windows=tuple(views), kind="stand")


def _spout(rng: np.random.Generator, shape: Shape) -> Shape:
    """A tube or a bridge upwards from the shoulder, and its channel through the wall."""
    low, t = float(shape.section.bounds[3]), shape.wall
    y = low * float(rng.uniform(0.25, 0.55))
    faces = _face(shape, y)
    if faces is None:
        return shape
    length, rise = low * float(rng.uniform(0.2, 0.5)) + 2 * t, low * float(rng.uniform(0.1, 0.45))
    line = np.array([(faces[0] - 0.5 * t, y), (faces[0] + 0.5 * length, y - 0.4 * rise), (faces[0] + length, y - rise)])
    wide = t * float(rng.uniform(1.0, 2.0))
    tube = LineString(line).buffer(wide + 0.6 * t, cap_style="flat", join_style="round")
    reach = np.array([(faces[1] - t, y + 0.1 * rise), *line, line[-1] + (line[-1] - line[-2])])
    bore = LineString(reach).buffer(wide * 0.8, cap_style="flat", join_style="round")
    outline = tube.difference(shape.section)
    pieces = [p for p in getattr(outline, "geoms", [outline]) if p.distance(Point(*line[-1])) < wide]
    if not pieces:
        return shape
    return replace(shape, parts=(*shape.parts, Part("spout", pieces[0], bore)))


def _lug(rng: np.random.Generator, shape: Shape) -> Shape:
    low, t = float(shape.section.bounds[3]), shape.wall
    y = low * float(rng.uniform(0.15, 0.6))
    faces = _face(shape, y)
    if faces is None:
        return shape
    size = t * rng.uniform(0.5, 1.3, 2)
    lump = aff.scale(Point(faces[0], y).buffer(1.0), float(size[0]) * 1.4, float(size[1]))
    outline = _whole_piece(lump.difference(shape.section).buffer(0))
    return shape if outline is None else replace(shape, parts=(*shape.parts, Part("lug", outline)))


def _vent(rng: np.random.Generator, shape: Shape) -> Shape:
    """A hole through the wall: a gap in the section, a circle on the exterior."""
    low, t = float(shape.section.bounds[3]), shape.wall
    y, size = low * float(rng.uniform(0.2, 0.8)), t * float(rng.uniform(0.3, 0.9))
    faces = _face(shape, y)
    if faces is None or faces[0] - faces[1] > 3 * t or min(y, low - y) < 1.5 * t:
        return shape
    hole = box(faces[1] - t, y - size / 2, faces[0] + t, y + size / 2)
    parts = shape.section.difference(hole)
    if parts.geom_type != "MultiPolygon" or len(parts.geoms) != 2:
        return shape
    view = np.asarray(Point(float(rng.uniform(0.1, 0.6)) * faces[0], y).buffer(size / 2).exterior.coords)
    return replace(shape, section=parts, windows=(*shape.windows, view))


def _knob(rng: np.random.Generator, shape: Shape) -> Shape:
    """A knob on a lid, which is drawn mouth up here and turned over afterwards."""
    low, t = float(shape.section.bounds[3]), shape.wall
    broad, high = t * float(rng.uniform(0.9, 2.2)), t * float(rng.uniform(1.5, 4.5))
    cut = shape.section.intersection(LineString([(0.01, 0), (0.01, 2 * low)]))
    floor = float(cut.bounds[3]) if not cut.is_empty else low
    waist = float(rng.uniform(0.4, 1.0))
    outline = [(0, floor - t / 2), (broad * waist, floor - t / 2), (broad * waist, floor + 0.5 * high)]
    outline += [(broad, floor + 0.7 * high), (broad * rng.uniform(0.5, 1), floor + high), (0, floor + high)]
    knob = Polygon(outline).buffer(0.15 * t).buffer(-0.15 * t).intersection(box(0, -1e5, 1e5, 1e5))
    section = _whole_piece(unary_union([shape.section, knob]))
    if section is None or section.bounds[3] < low:
        return shape
    rise = np.array([(r, y) for r, y in outline[1:5]])
    above = shape.outer[(shape.outer[:, 0] > broad) | (shape.outer[:, 1] < floor)]
    return replace(shape, section=section, outer=np.concatenate([above, rise]))


def _nicks(rng: np.random.Generator, shape: Shape) -> Shape:
    """Grooves and cordons in the outer face, each with its line on the exterior."""
    t, low = shape.wall, float(shape.section.bounds[3])
    start = float(rng.uniform(0.1, 0.6)) * low
    levels = start + np.arange(int(rng.integers(1, 5))) * t * float(rng.uniform(0.35, 1.2))
    section, drawn = shape.section, []
    raised = rng.random() < 0.3
    for y in levels:
        faces = _face(shape, float(y)) if t < y < low - t else None
        if faces is None:
            continue
        size = t * float(rng.uniform(0.1, 0.22))
        dot = Point(faces[0], y).buffer(size)
        section = section.union(dot) if raised else section.difference(dot)
        drawn.append(float(y))
    if not drawn or section.geom_type != shape.section.geom_type:
        return shape
    return replace(shape, section=section, levels=tuple(sorted((*shape.levels, *drawn))))


ADDITIONS: dict[str, Addition] = {
    "tripod": _tripod,
    "windows": _windows,
    "spout": _spout,
    "lug": _lug,
    "vent": _vent,
    "knob": _knob,
    "nicks": _nicks,
}
"""What is added, by the feature that asks for it."""
