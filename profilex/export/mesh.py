"""A vessel as a solid: its section revolved about the axis, as binary glTF.

glTF uses metres with y upwards, so that every viewer and CAD program shows the true size. The solid is the wall as
drawn, for a fragment the preserved part; handles, feet that are not round and decoration are not included.
"""

import math

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from profilex.errors import Code, RunError
from profilex.export.frame.vessel_frame import place_vessel
from profilex.types import Vessel

KINDS = ("glb", "stl", "obj")
"""Suffixes of the meshes: binary glTF in metres, STL and OBJ in millimetres."""

_STEPS = 256  # facets of a turn: the chord of a 400 mm vessel is within 0.015 mm of its circle
_AT_AXIS_WALLS = 0.35  # a floor that ends this near to the axis reaches it
_MM = 1e-3  # in metres
_VOLUME = "clay_volume_ml"


def require_library() -> None:
    """Check that meshes can be written.

    Raises:
        RunError: trimesh is not installed.
    """
    try:
        import trimesh  # noqa: F401
    except ImportError as error:
        raise RunError(
            Code.USAGE, "Meshes need the library trimesh.", "Install it in a checkout: pip install '.[mesh]'."
        ) from error


def refusal(vessel: Vessel) -> str:
    """Why a vessel has no solid in millimetres, "" if it has one: a solid needs a known clay volume."""
    if vessel.scale is None:
        return "no scale: a mesh needs true millimetres"
    volume = vessel.measures.get(_VOLUME)
    if volume is None or volume.value is None:
        return f"its volume is not known: {volume.reason if volume else 'not measured'}"
    return ""


def vessel_mesh(vessel: Vessel, kind: str = "glb") -> bytes:
    """The solid as the bytes of one of `KINDS`, the origin where the axis meets the rim plane.

    glTF has metres with y upwards, STL and OBJ have millimetres with z upwards, as slicers and CAD programs take them.
    glTF and OBJ carry a normal for each vertex, so that the turn is shaded smoothly.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
        ValueError: the vessel has no mesh; see `refusal`.
    """
    if reason := refusal(vessel):
        raise ValueError(reason)
    import trimesh

    wall = vessel.measures["wall_thickness_mm_p50"].value or 0.0
    rings = [_turned(ring) for part in _half(vessel, _AT_AXIS_WALLS * wall) for ring in _profile(part)]
    solid = trimesh.util.concatenate(rings)
    # revolved about z, in the order x, y, z; glTF stands upright on y
    solid.metadata["name"] = vessel.identifier
    if kind != "glb":
        options = {"include_normals": True, "header": None} if kind == "obj" else {}
        data = solid.export(file_type=kind, **options)
        return data.encode() if isinstance(data, str) else bytes(data)
    solid.apply_transform(trimesh.transformations.rotation_matrix(-math.pi / 2, (1, 0, 0)))
    solid.apply_scale(_MM)
    return bytes(solid.export(file_type="glb", include_normals=True))


def _half(vessel: Vessel, gap: float) -> list[Polygon]:
    """The wall on one side of the axis as polygons in (radius, height) mm, with a floor extended to the axis."""
    whole = shapely.union_all(list(place_vessel(vessel).sections))
    left, bottom, _, top = whole.bounds
    shape = whole.intersection(shapely.box(left - 1, bottom - 1, 0.0, top + 1))
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area > 0]
    facing = shapely.transform(MultiPolygon(parts), lambda xy: xy * (-1, 1))
    inner = facing.bounds[0]
    if 0 < inner <= gap:
        facing = shapely.transform(facing, lambda xy: np.where(xy[:, :1] <= gap, xy * (0, 1), xy))
    return [part for part in shapely.get_parts(facing.buffer(0)) if isinstance(part, Polygon) and part.area > 0]


def _profile(part: Polygon) -> list[np.ndarray]:
    """The closed rings of a polygon, (n, 2) of radius and height, its shell in one direction and holes in the other."""
    oriented = shapely.orient_polygons(part)
    return [shapely.get_coordinates(ring) for ring in (oriented.exterior, *oriented.interiors)]


def _turned(ring: np.ndarray) -> "trimesh.Trimesh":  # type: ignore[name-defined]  # noqa: F821
    """The surface that a closed ring sweeps, without the parts on the axis, which sweep nothing."""
    import trimesh

    steps = np.linspace(0, 2 * np.pi, _STEPS, endpoint=False)
    points = ring[:-1]
    count = len(points)
    circle = np.stack([np.cos(steps), np.sin(steps)], axis=1)
    places = np.concatenate(
        [points[None, :, :1] * circle[:, None, :], np.broadcast_to(points[None, :, 1:], (_STEPS, count, 1))], axis=2
    ).reshape(-1, 3)
    here = np.arange(_STEPS)[:, None] * count + np.arange(count)
    there = np.roll(here, -1, axis=0)
    after, after_there = np.roll(here, -1, axis=1), np.roll(there, -1, axis=1)
    faces = np.concatenate(
        [np.stack(f, axis=-1).reshape(-1, 3) for f in ((here, there, after), (after, there, after_there))]
    )
    surface = trimesh.Trimesh(places, faces, process=True)  # vertices on the axis become one
    surface.update_faces(surface.nondegenerate_faces())
    surface.remove_unreferenced_vertices()
    return surface
