"""Vessel shapes from a grammar of real classes, in millimetres.

Frame: r outwards from the axis, y down from the rim plane. A shape is the cut wall of one half as polygons, its outer
contour from top to bottom, and the levels at which a draughtsman draws lines. Proportions follow published classes
(bowls, plates, cups, jars, jugs, amphorae, lids …); wall thickness relative to the radius follows counts on plates.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy.interpolate import PchipInterpolator
from shapely import LineString, MultiPolygon, Point, Polygon, box
from shapely import affinity as aff
from shapely.ops import unary_union

from profilex.synth.forms.breaks import break_off
from profilex.synth.forms.shape import Shape

OPEN = ("bowl", "plate", "cup", "carinated", "mortarium", "basin")
CLOSED = ("jar", "pot", "jug", "bottle", "amphora", "hole_mouth", "beaker", "inkwell")
ROUND = ("round_pot", "bell")
"""Kinds without a base of their own: the wall goes round below."""
LID = "lid"
_OWN_KIND = 0.85  # of the vessels of a school that has kinds of its own
RIMS = ("plain", "tapered", "bead", "flange", "hook", "collar", "triangle", "ledge", "square", "grooved")
BASES = ("flat", "ring", "ring", "pedestal", "concave", "pointed", "thick")


def draw_shape(
    rng: np.random.Generator, thickness: float = 1.0, kinds: Sequence[str] = (), whole: bool = False
) -> Shape:
    """A random vessel, whole or broken, retried until its wall is one clean polygon.

    `thickness` is its wall's relative to what is usual: fine wares have 0.5 to 0.8. Of `kinds`, if any are named, most
    vessels are; others are of all kinds. With `whole` it is not broken.
    """
    for _ in range(40):
        own = kinds if len(kinds) and rng.random() < _OWN_KIND else ()
        shape = _whole(rng, thickness, own)
        if shape is None:
            continue
        roll = 1.0 if whole else rng.random() + (0.3 if own else 0.0)
        if roll < 0.58:
            broken = break_off(rng, shape, keep="top")
        elif roll < 0.68:
            broken = break_off(rng, shape, keep="bottom")
        else:
            broken = shape
        if broken is not None:
            return broken
    raise RuntimeError("the shape grammar found no clean vessel in 40 tries")


def _profile(rng: np.random.Generator, kind: str) -> tuple[list[tuple[float, float]], list[int]]:
    """Control points (r, y) of the wall's midline from rim to axis, radius 1, and the indices that are sharp."""
    u = rng.uniform
    if kind in ("bowl", "plate", "basin", "cup", "beaker"):
        depth = {
            "bowl": u(0.35, 0.95),
            "plate": u(0.1, 0.34),
            "basin": u(0.4, 0.8),
            "cup": u(0.8, 1.6),
            "beaker": u(1.3, 2.4),
        }[kind]
        base = u(0.5, 0.85) if kind in ("basin", "cup", "beaker") else u(0.2, 0.55)
        power = u(1.0, 3.4)
        steps = np.array([0, 0.2, 0.4, 0.6, 0.8, 0.93, 1.0])
        radius = base + (1 - base) * (1 - steps**power) ** (1 / power)
        points = [(float(r), float(depth * s)) for r, s in zip(radius, steps, strict=True)]
        return [*points, (base * 0.5, depth + u(-0.01, 0.02)), (0.0, depth + u(-0.04, 0.02))], [
            6
        ] if power < 1.6 else []
    if kind in ("carinated", "mortarium"):
        depth, base, kink = u(0.4, 1.1), u(0.2, 0.5), u(0.25, 0.7)
        rk = u(0.75, 1.08)
        points = [(1.0, 0.0), (0.5 * (1 + rk) + u(-0.06, 0.03), depth * kink * 0.5), (rk, depth * kink)]
        points += [
            ((rk + base) / 2 + u(-0.05, 0.12), depth * (1 + kink) / 2),
            (base, depth),
            (base / 2, depth),
            (0.0, depth),
        ]
        return points, [2, 4]
    if kind == "bell":
        depth, waist = u(0.85, 1.5), u(0.6, 0.78)
        points = [(1.0, 0.0), (u(0.8, 0.95), depth * waist * u(0.4, 0.6)), (u(0.88, 1.04), depth * waist)]
        points += [(u(0.62, 0.8), depth * (waist + 1) / 2), (u(0.25, 0.45), depth * u(0.94, 0.99)), (0.0, depth)]
        return points, [2] if rng.random() < 0.4 else []
    if kind == "round_pot":
        depth, orifice, throat = u(1.3, 2.0), u(0.55, 0.85), u(0.12, 0.4)
        widest = throat + (depth - throat) * u(0.4, 0.6)
        points = [(orifice * u(1.05, 1.35), 0.0), (orifice, throat)]
        points += [((orifice + 1) / 2 + u(0, 0.1), (throat + widest) / 2)]
        turn = np.linspace(0, np.pi / 2, 7)
        points += [(float(np.cos(a)), float(widest + (depth - widest) * np.sin(a))) for a in turn]
        return points, [1] if rng.random() < 0.6 else []
    if kind == "inkwell":
        depth, orifice, waist = u(0.5, 1.1), u(0.2, 0.6), u(0.88, 1.02)
        points = [(orifice, 0.0), ((1 + orifice) / 2, u(0.01, 0.06)), (1.0, u(0.06, 0.2)), (waist, depth * 0.55)]
        points += [(waist * u(0.85, 1.0), depth * 0.92), (waist * u(0.7, 0.85), depth), (0.3, depth), (0.0, depth)]
        return points, [2] if rng.random() < 0.7 else []
    tall = {
        "jar": (0.9, 1.7),
        "pot": (0.8, 1.5),
        "jug": (1.6, 2.6),
        "bottle": (1.8, 3.0),
        "amphora": (2.2, 3.8),
        "hole_mouth": (0.7, 1.5),
    }[kind]
    depth = u(*tall)
    mouth = {
        "jar": (0.5, 0.9),
        "pot": (0.55, 0.95),
        "jug": (0.25, 0.5),
        "bottle": (0.12, 0.3),
        "amphora": (0.2, 0.42),
        "hole_mouth": (0.45, 0.85),
    }[kind]
    rn, belly, base = u(*mouth), depth * u(0.3, 0.6), u(0.25, 0.55)
    points = []
    top = 0.0
    if kind != "hole_mouth":
        neck = {
            "jar": u(0.05, 0.3),
            "pot": u(0.03, 0.15),
            "jug": u(0.2, 0.6),
            "bottle": u(0.3, 0.8),
            "amphora": u(0.3, 0.9),
        }[kind]
        points = [(rn * u(1.02, 1.4), 0.0), (rn * u(0.95, 1.12), neck * u(0.3, 0.6))]
        top = neck
    points += [
        (rn, top),
        (rn + (1 - rn) * u(0.5, 0.85), top + (belly - top) * u(0.3, 0.55)),
        (1.0, max(belly, top + 0.15)),
    ]
    low = max(belly, top + 0.15)
    depth = max(depth, low + 0.3)
    points += [
        (base + (1 - base) * u(0.5, 0.85), low + (depth - low) * 0.55),
        (base, depth),
        (base / 2, depth),
        (0.0, depth + u(-0.05, 0.02)),
    ]
    return points, [len(points) - 3] if rng.random() < 0.6 else []


def _midline(points: list[tuple[float, float]], sharp: list[int]) -> np.ndarray:
    """Smooth curve through control points, with corners where `sharp` says."""
    control = np.asarray(points, float)
    cuts = [0, *[i for i in sharp if 0 < i < len(control) - 1], len(control) - 1]
    pieces: list[np.ndarray] = []
    for a, b in pairwise(cuts):
        part = control[a : b + 1]
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(part, axis=0).T) + 1e-6)])
        at = np.linspace(0, along[-1], max(8, int(along[-1] * 40)))
        smooth = (
            np.stack([PchipInterpolator(along, part[:, i])(at) for i in range(2)], 1)
            if len(part) > 2
            else np.stack([np.interp(at, along, part[:, i]) for i in range(2)], 1)
        )
        pieces.append(smooth if not pieces else smooth[1:])
    return np.concatenate(pieces)


def _wall(rng: np.random.Generator, line: np.ndarray, wall: float) -> Polygon:
    """The wall along a midline, its thickness uneven as thrown walls are."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    share = along / along[-1]
    knots = rng.normal(1, rng.uniform(0.03, 0.18), 7).clip(0.6, 1.5)
    knots[0] *= rng.uniform(0.6, 1.3)
    knots[-2:] *= rng.uniform(0.9, 1.6)
    thick = wall * PchipInterpolator(np.linspace(0, 1, 7), knots)(share)
    tangent = np.gradient(line, axis=0)
    tangent /= np.hypot(*tangent.T)[:, None] + 1e-9
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], 1)
    ring = np.concatenate([line + normal * thick[:, None] / 2, (line - normal * thick[:, None] / 2)[::-1]])
    return _largest(Polygon(ring).buffer(0))


def _rim(rng: np.random.Generator, kind: str, line: np.ndarray, t: float) -> Polygon | None:
    """What a rim of `kind` adds to the upper end of the wall."""
    r, y = line[0]
    u = rng.uniform
    if kind == "bead":
        return aff.scale(Point(r + t * u(-0.3, 0.7), y + t * u(0.1, 0.6)).buffer(t), u(0.6, 1.1), u(0.5, 1.2))
    if kind == "flange":
        length, drop = t * u(1.2, 4), t * u(-0.5, 1.2)
        down = t * u(0, 2.5) if rng.random() < 0.4 else 0
        return LineString([(r, y + down), (r + length, y + down + drop)]).buffer(
            t * u(0.35, 0.6), cap_style=rng.choice(["round", "flat"])
        )
    if kind == "hook":
        length = t * u(1.2, 2.8)
        return LineString(
            [
                (r, y),
                (r + length * 0.6, y - t * u(0, 0.4)),
                (r + length, y + t * u(0.2, 0.5)),
                (r + length * u(0.9, 1.1), y + t * u(1, 2.2)),
            ]
        ).buffer(t * u(0.3, 0.5))
    if kind == "collar":
        return box(r - t * u(0.2, 0.5), y - t * u(0, 0.3), r + t * u(0.5, 1.1), y + t * u(1.5, 4))
    if kind == "triangle":
        return Polygon([(r - t * 0.5, y), (r + t * u(0.9, 2), y + t * u(0, 0.6)), (r + t * 0.3, y + t * u(1.4, 3))])
    if kind == "ledge":
        return LineString([(r, y + t * u(0.8, 2)), (r - t * u(1, 2), y + t * u(0.4, 1.6))]).buffer(
            t * u(0.25, 0.45), cap_style="flat"
        )
    if kind == "square":
        return box(r - t * u(0.5, 0.7), y - t * 0.2, r + t * u(0.5, 0.9), y + t * u(0.6, 1.2))
    return None


def _base(rng: np.random.Generator, kind: str, line: np.ndarray, t: float) -> Polygon | None:
    """What a base of `kind` adds below the floor."""
    floor = float(line[-1, 1])
    low = line[line[:, 1] > floor - 0.35 * t - 0.02 * abs(floor)]
    rb = float(low[:, 0].max()) if len(low) else 0.3 * float(line[:, 0].max())
    u = rng.uniform
    if kind in ("ring", "pedestal"):
        high = t * (u(0.6, 2.5) if kind == "ring" else u(3, 9))
        out, width = t * u(-0.6, 1.2) * (1 if kind == "ring" else 3), t * u(0.7, 1.6)
        start = rb * u(0.8, 1.0) if kind == "ring" else rb * u(0.25, 0.6)
        foot = Polygon(
            [
                (start + width * 0.6, floor),
                (start + out + width * 0.5, floor + t / 2 + high),
                (start + out - width * 0.5, floor + t / 2 + high),
                (start - width * u(0.6, 1.3), floor),
            ]
        )
        return foot.buffer(0)
    if kind == "thick":
        return box(0, floor - t * u(0.2, 0.8), rb, floor + t * u(0.3, 0.7))
    if kind == "pointed":
        return Polygon(
            [
                (min(rb * 0.7, 3 * t), floor),
                (t * u(0.5, 1.0), floor + t * u(1.5, 5)),
                (0, floor + t * u(1.5, 5)),
                (0, floor),
            ]
        ).buffer(0)
    return None


def _whole(rng: np.random.Generator, thickness: float, kinds: Sequence[str] = ()) -> Shape | None:
    lid = not kinds and rng.random() < 0.05
    kind = LID if lid else str(rng.choice(kinds or (OPEN if rng.random() < 0.55 else CLOSED)))
    lid, kind = kind == LID, "plate" if kind == LID else kind
    points, sharp = _profile(rng, kind)
    radius = float(np.exp(rng.normal(np.log(85), 0.5)).clip(20, 320))
    line = _midline(points, sharp) * radius
    t = radius * float((thickness * np.exp(rng.normal(np.log(0.062), 0.42))).clip(0.02, 0.17))
    rim = str(rng.choice(RIMS))
    base = str(rng.choice(BASES))
    if kind in ROUND:
        rim, base = str(rng.choice(("plain", "plain", "tapered", "square", "ledge"))), "round"
    if rng.random() < 0.3:  # flaring mouth
        flare = np.exp(-np.arange(len(line)) / rng.uniform(3, 9)) * radius * rng.uniform(-0.06, 0.16)
        line = line + np.stack([flare, np.zeros_like(flare)], 1)
    if base == "concave":
        line = line - np.stack(
            [
                np.zeros(len(line)),
                (line[:, 0] < 0.5 * line[:, 0].max()) * np.linspace(0, t * rng.uniform(0.3, 1.5), len(line)),
            ],
            1,
        )
    wall = _wall(rng, np.concatenate([line, [[-t, line[-1, 1]]]]), t)
    parts = [wall, *[p for p in (_rim(rng, rim, line, t), _base(rng, base, line, t)) if p is not None]]
    section = unary_union([p.buffer(0) for p in parts])
    if rng.random() < 0.8:
        soft = t * rng.uniform(0.05, 0.3)
        section = section.buffer(soft).buffer(-2 * soft).buffer(soft)
    if rim == "grooved":
        section = section.difference(_grooves(rng, _largest(section), t))
    section = _largest(section.intersection(box(0, -1e5, 1e5, 1e5)))
    if base in ("flat", "thick"):
        bottom = section.bounds[3]
        section = _largest(section.intersection(box(0, -1e5, 1e5, bottom - t * rng.uniform(0.02, 0.2))))
    if section.is_empty or len(section.interiors) or section.bounds[0] > 0.01 * radius:
        return None
    section = aff.translate(section, 0, -section.bounds[1])
    section = Polygon(np.asarray(section.simplify(t * 0.01).exterior.coords))
    shape = _finish(rng, kind, section, t)
    if shape is None:
        return None
    if lid:
        return None if shape.handle else replace(shape, kind=LID)
    return shape


def _grooves(rng: np.random.Generator, section: Polygon, t: float) -> Polygon | MultiPolygon:
    """Small notches along the outside."""
    _, y0, _, y1 = section.bounds
    ring = np.asarray(section.exterior.coords)
    places = ring[rng.integers(0, len(ring), 12)]
    outside = [p for p in places if p[1] < y0 + 0.5 * (y1 - y0)][:4]
    return unary_union([Point(p).buffer(t * rng.uniform(0.08, 0.2)) for p in outside]) if outside else Polygon()


def _finish(rng: np.random.Generator, kind: str, section: Polygon, t: float) -> Shape | None:
    """Read outer and inner contour off a whole section and add levels and a handle."""
    ring = LineString(section.exterior.coords)
    pts = np.asarray(ring.coords)[:-1]
    top = int(np.argmin(pts[:, 1] - 1e-3 * pts[:, 0]))
    axis = np.nonzero(pts[:, 0] < 1e-6 + 0.02 * t)[0]
    if len(axis) < 2:
        return None
    under = int(axis[np.argmax(pts[axis, 1])])
    over = int(axis[np.argmin(pts[axis, 1])])
    if (under - top) % len(pts) > (over - top) % len(pts):  # walk down the outside
        pts, top, under, over = pts[::-1], *(len(pts) - 1 - i for i in (top, under, over))
    outer, inner = _arc(pts, top, under), _arc(pts, over, top)[::-1]
    foot = int(np.argmax(outer[:, 1] + 1e-6 * outer[:, 0]))
    outer = outer[: foot + 1]
    if len(outer) < 4 or len(inner) < 2:
        return None
    handle = (
        _handle(rng, outer, t)
        if rng.random() < (0.3 if kind in ("jug", "amphora", "jar", "cup", "pot", "bottle") else 0.06)
        else None
    )
    return Shape(kind, section, outer, inner, t, levels=_levels(rng, outer, t), handle=handle)


def _arc(ring: np.ndarray, a: int, b: int) -> np.ndarray:
    return ring[a : b + 1] if a <= b else np.concatenate([ring[a:], ring[: b + 1]])


def _levels(rng: np.random.Generator, outer: np.ndarray, t: float) -> tuple[float, ...]:
    """Heights of edges and grooves: strong turns of the outer contour, and some wheel lines."""
    line = LineString(outer)
    at = np.array([line.interpolate(f, normalized=True).coords[0] for f in np.linspace(0, 1, 80)])
    turn = np.abs(np.diff(np.unwrap(np.arctan2(*np.diff(at, axis=0).T[::-1]))))
    edges = [float(at[i + 1, 1]) for i in np.nonzero(turn > 0.45)[0]]
    lines = [float(y) for y in rng.uniform(0, outer[-1, 1], int(rng.integers(0, 5)))] if rng.random() < 0.3 else []
    kept: list[float] = []
    for y in sorted(edges + lines):
        if y > 0.3 * t and (not kept or y - kept[-1] > 0.35 * t):
            kept.append(y)
    return tuple(kept)


def _handle(rng: np.random.Generator, outer: np.ndarray, t: float) -> Polygon | None:
    """A loop handle from the upper wall to the shoulder, outside the contour."""
    line = LineString(outer)
    a, b = sorted((rng.uniform(0.0, 0.2), rng.uniform(0.28, 0.6)))
    p, q = (
        np.array(line.interpolate(a, normalized=True).coords[0]),
        np.array(line.interpolate(b, normalized=True).coords[0]),
    )
    reach = np.hypot(*(q - p)) * rng.uniform(0.3, 0.75) + t
    far = max(p[0], q[0]) + reach
    rise = rng.uniform(-0.4, 0.2) * (q[1] - p[1])
    control = np.array(
        [
            p,
            [(p[0] + far) / 2, p[1] + rise * 0.6],
            [far, (p[1] + q[1]) / 2 + rise],
            [(far + q[0]) / 2, q[1] - 0.1 * (q[1] - p[1])],
            q,
        ]
    )
    at = np.linspace(0, 4, 40)
    loop = np.stack([PchipInterpolator(np.arange(5), control[:, i])(at) for i in range(2)], 1)
    handle = LineString(loop).buffer(t * rng.uniform(0.4, 0.75))
    return handle if handle.is_valid and handle.geom_type == "Polygon" else None


def _largest(shape: Polygon | MultiPolygon) -> Polygon:
    parts = [p for p in getattr(shape, "geoms", [shape]) if p.geom_type == "Polygon"]
    return max(parts, key=lambda p: p.area) if parts else Polygon()
