"""Vessels as they are found: broken."""

from dataclasses import replace

import numpy as np
from shapely import LineString, Point, Polygon
from shapely import affinity as aff
from shapely.ops import substring

from profilex.synth.forms.shape import Shape


def break_off(rng: np.random.Generator, shape: Shape, keep: str) -> Shape | None:
    """A fragment of a whole vessel: its rim ("top") or its base ("bottom"), ended by a slanted or ragged break."""
    outer = LineString(shape.outer)
    length = outer.length
    t = shape.wall
    want = t * float(np.exp(rng.normal(np.log(7), 0.5)).clip(2.5, 18))
    if want > 0.85 * length:
        return None
    at = want if keep == "top" else length - want
    here, ahead = np.array(outer.interpolate(at).coords[0]), np.array(outer.interpolate(at + 0.2 * t).coords[0])
    along = (ahead - here) / (np.hypot(*(ahead - here)) + 1e-9)
    inward = np.array([-along[1], along[0]])
    if shape.section.distance(Point(*(here + inward * 0.5 * t))) > 0.2 * t:
        inward = -inward
    slant = rng.normal(0, 0.25) * along
    cut = np.stack([here - (inward + slant) * 2.2 * t, here + (inward + slant) * 2.8 * t])
    far = along * (1e3 * t) * (1 if keep == "top" else -1)
    edge = _jag(rng, cut, t) if rng.random() < 0.35 else cut
    away = Polygon(np.concatenate([edge, (cut + far)[::-1]])).buffer(0)
    pieces = shape.section.difference(away)
    anchor = shape.section.exterior.interpolate(0)
    wanted = Point(shape.outer[0]) if keep == "top" else Point(shape.outer[-1])
    parts = [p for p in getattr(pieces, "geoms", [pieces]) if p.geom_type == "Polygon" and p.area > t * t]
    if not parts or anchor is None:
        return None
    section = min(parts, key=lambda p: p.distance(wanted))
    if section.distance(wanted) > 0.3 * t or section.area > 0.85 * shape.section.area:
        return None
    new_outer = np.asarray(substring(outer, 0, at).coords if keep == "top" else substring(outer, at, length).coords)
    brk = LineString(cut).intersection(shape.section.buffer(0.02 * t))
    brk = max(getattr(brk, "geoms", [brk]), key=lambda g: g.length)
    if brk.geom_type != "LineString" or len(new_outer) < 3:
        return None
    lost_outer = np.asarray(substring(outer, at, length).coords if keep == "top" else substring(outer, 0, at).coords)
    inner = LineString(shape.inner)
    inside = inner.project(Point(*brk.interpolate(0.5, normalized=True).coords[0]))
    lost_inner = np.asarray(
        substring(inner, inside, inner.length).coords if keep == "top" else substring(inner, 0, inside).coords
    )
    shift = -section.bounds[1]
    move = np.array([0.0, shift])
    handle = (
        aff.translate(shape.handle, 0, shift)
        if shape.handle is not None and keep == "top" and shape.handle.bounds[3] < section.bounds[3]
        else None
    )
    return replace(
        shape,
        section=aff.translate(section, 0, shift),
        outer=new_outer + move,
        inner=shape.inner + move,
        top="rim" if keep == "top" else "break",
        bottom="break" if keep == "top" else "base",
        breaks=(np.asarray(brk.coords) + move,),
        handle=handle,
        rest_outer=lost_outer + move if len(lost_outer) > 2 else None,
        rest_inner=lost_inner + move if len(lost_inner) > 2 else None,
        levels=tuple(y + shift for y in shape.levels if new_outer[:, 1].min() < y < new_outer[:, 1].max()),
    )


def _jag(rng: np.random.Generator, cut: np.ndarray, t: float) -> np.ndarray:
    """A ragged edge along a straight cut."""
    n = int(rng.integers(8, 22))
    along = np.linspace(0, 1, n)[:, None]
    direction = (cut[1] - cut[0]) / (np.hypot(*(cut[1] - cut[0])) + 1e-9)
    sideways = np.array([-direction[1], direction[0]])
    rough = rng.normal(0, t * rng.uniform(0.04, 0.14), n)
    rough[[0, -1]] = 0
    return cut[0] + along * (cut[1] - cut[0]) + rough[:, None] * sideways
