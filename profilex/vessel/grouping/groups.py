"""Which sections of a page belong to one drawing, and in which order the drawings are read."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from shapely import MultiPolygon, Polygon, shortest_line
from shapely.affinity import scale, translate

from profilex.geometry import iou, mean_thickness
from profilex.ink.grey_levels import grey_percentiles
from profilex.settings import VesselSettings
from profilex.trace.silhouettes import Silhouettes, union_bounds
from profilex.types import Page, Section


@dataclass(frozen=True, slots=True)
class Group:
    """The sections of one drawing: `walls` are the vessel's body, `handles` handle sections drawn beside it.

    `window` (left, top, right, bottom, page px) is where the rest of the drawing may be; `blob` is the label of its
    silhouette, 0 without one. `room` (from, to) are the columns within which the sections' mirror image must lie too.
    """

    walls: tuple[Section, ...]
    handles: tuple[Section, ...] = ()
    window: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    blob: int = 0
    room: tuple[float, float] = (-np.inf, np.inf)

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.walls + self.handles

    @property
    def body(self) -> MultiPolygon:
        """The walls as one geometry, in page px."""
        union = shapely.union_all([section.polygon for section in self.walls])
        return MultiPolygon([part for part in shapely.get_parts(union) if part.area > 0])

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the walls."""
        return union_bounds([section.polygon for section in self.walls])


def group_sections(
    page: Page, sections: tuple[Section, ...], silhouettes: Silhouettes | None, settings: VesselSettings
) -> tuple[Group, ...]:
    """Sections grouped into drawings, in reading order: rows from top to bottom, each from left to right.

    Pieces of a cracked wall, a rim and a base under one silhouette, both sides of a vessel, and handle sections are
    grouped; drawings that are close to each other, or whose silhouettes touch, are not.
    """
    blobs = [silhouettes.label_of(section.polygon) if silhouettes else 0 for section in sections]
    joined_pairs = [
        (i, j)
        for i in range(len(sections))
        for j in range(i)
        if _belong_together(page, sections[i].polygon, sections[j].polygon, silhouettes, (blobs[i], blobs[j]), settings)
    ]
    groups = [
        Group(tuple(sections[i] for i in members), blob=max(blobs[i] for i in members))
        for members in _connected(len(sections), joined_pairs)
    ]
    joined = _join_handles(groups, settings.groups.near if silhouettes is None else settings.groups.near_bare, settings)
    return reading_order(tuple(_with_window(group, joined, page, silhouettes, settings) for group in joined))


def reading_order(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Rows from top to bottom, each from left to right; a row's drawings overlap its first one's middle height."""
    waiting = sorted(groups, key=lambda group: (group.bounds[1], group.bounds[0]))
    ordered: list[Group] = []
    while waiting:
        _, top, _, bottom = waiting[0].bounds
        row = [group for group in waiting if _share_row((top, bottom), group)]
        ordered += sorted(row, key=lambda group: (group.bounds[0], group.bounds[1]))
        waiting = [group for group in waiting if group not in row]
    return tuple(ordered)


def _share_row(first: tuple[float, float], group: Group) -> bool:
    _, top, _, bottom = group.bounds
    overlap = min(first[1], bottom) - max(first[0], top)
    return overlap >= 0.5 * min(first[1] - first[0], bottom - top)


def _belong_together(
    page: Page,
    first: Polygon,
    second: Polygon,
    silhouettes: Silhouettes | None,
    blobs: tuple[int, int],
    settings: VesselSettings,
) -> bool:
    """Whether two sections belong to one drawing; `blobs` are the labels of their silhouettes, 0 without one."""
    if _cracked(first, second, settings):
        return True
    if silhouettes is not None and blobs[0] and blobs[0] == blobs[1]:
        return _one_vessel(first, second, silhouettes, blobs[0], settings)
    if all(blobs):
        return False
    return _both_sides(first, second, settings) and _rim_linked(page, first, second, settings)


def _connected(count: int, pairs: list[tuple[int, int]]) -> list[list[int]]:
    """The numbers below `count` in groups of those that are joined by pairs, directly or through others."""
    rows, columns = np.array(pairs, int).reshape(-1, 2).T
    joined = csr_array((np.ones(len(pairs), bool), (rows, columns)), shape=(count, count))
    _, labels = connected_components(joined, directed=False)
    members: dict[int, list[int]] = {}
    for index, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(index)
    return list(members.values())


def _cracked(first: Polygon, second: Polygon, settings: VesselSettings) -> bool:
    """Whether only a crack separates two pieces of wall."""
    return first.distance(second) <= settings.groups.crack_walls * min(mean_thickness(first), mean_thickness(second))


def _one_vessel(first: Polygon, second: Polygon, silhouettes: Silhouettes, blob: int, settings: VesselSettings) -> bool:
    """Whether two sections under one silhouette belong to one vessel, and not to two that touch."""
    side_by_side = overlap(first.bounds[1::2], second.bounds[1::2]) >= 0.5
    if side_by_side and not _both_sides(first, second, settings):
        return False
    linked = silhouettes.covers(blob, shortest_line(first, second)) >= settings.groups.covered
    return linked and silhouettes.waist(blob, first, second, level=side_by_side) >= settings.groups.waist


def overlap(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """Common extent as a share of the smaller one."""
    shorter = min(first[1] - first[0], second[1] - second[0])
    return (min(first[1], second[1]) - max(first[0], second[0])) / shorter if shorter > 0 else 0.0


def _both_sides(first: Polygon, second: Polygon, settings: VesselSettings) -> bool:
    """Whether two sections are mirror images with their rims at one height."""
    tall = max(first.bounds[3] - first.bounds[1], second.bounds[3] - second.bounds[1])
    if abs(first.bounds[1] - second.bounds[1]) > settings.groups.level_tops * tall:
        return False
    if overlap(first.bounds[0::2], second.bounds[0::2]) > 0.1:
        return False
    left, right = sorted((first, second), key=lambda polygon: polygon.bounds[0])
    mirrored = scale(right, -1.0, 1.0, origin=(0, 0))
    # their outer sides face away from each other
    mirrored = translate(mirrored, left.bounds[0] - mirrored.bounds[0], left.bounds[1] - mirrored.bounds[1])
    return iou(left, mirrored) >= settings.groups.mirrored


def _rim_linked(page: Page, first: Polygon, second: Polygon, settings: VesselSettings) -> bool:
    """Whether a rim line runs from one section to the other."""
    left, right = sorted((first, second), key=lambda polygon: polygon.bounds[0])
    wall = max(mean_thickness(first), mean_thickness(second), 4.0)
    top = min(first.bounds[1], second.bounds[1])
    rows = slice(max(0, int(top - wall / 2)), max(1, int(max(first.bounds[1], second.bounds[1]) + wall / 2)))
    columns = slice(max(0, int(left.bounds[2])), max(0, int(right.bounds[0])))
    strip = page.grey[rows, columns]
    if not strip.size:
        return False
    whole = page.grey[rows.start : int(rows.stop + wall), int(max(0, left.bounds[0])) : int(right.bounds[2]) + 1]
    darkest, paper = grey_percentiles(whole, *settings.groups.ink_and_paper)
    ink = darkest + settings.groups.ink * (paper - darkest)
    return float((strip.min(axis=0) < ink).mean()) >= settings.groups.linked


def _join_handles(groups: list[Group], near: float, settings: VesselSettings) -> list[Group]:
    """Groups with the handle sections beside them; a handle joins the nearest vessel that it can belong to."""
    vessels = [group for group in groups if not any(_is_handle_of(group, other, near, settings) for other in groups)]
    joined = {id(group): group for group in vessels}
    for handle in groups:
        if handle in vessels:
            continue
        nearest = sorted(vessels, key=lambda group: _distance(handle, group))
        hosts = [group for group in nearest if _is_handle_of(handle, group, near, settings)]
        if not hosts:
            joined[id(handle)] = handle
            continue
        host = joined[id(hosts[0])]
        joined[id(hosts[0])] = replace(host, handles=host.handles + handle.walls)
    return list(joined.values())


def _is_handle_of(group: Group, other: Group, near: float, settings: VesselSettings) -> bool:
    """Whether a group is a small oval or bar beside a vessel: the cut through its handle."""
    if group is other or group.blob or len(group.walls) > 1:
        return False
    shape = group.walls[0].polygon
    body = max(section.polygon.area for section in other.walls)
    if shape.area > settings.groups.small * body or not _is_stout(shape, settings):
        return False
    left, top, right, bottom = shape.bounds
    close = _distance(group, other) <= near * max(right - left, bottom - top)
    return close and overlap((top, bottom), other.bounds[1::2]) > 0.5


def _is_stout(shape: Polygon, settings: VesselSettings) -> bool:
    """Whether a shape is an oval, a lens or a short bar."""
    rectangle = shape.minimum_rotated_rectangle
    sides = np.hypot(*np.diff(shapely.get_coordinates(rectangle), axis=0).T)
    return bool(
        shape.area >= settings.groups.compact * rectangle.area and sides.max() <= settings.groups.stout * sides.min()
    )


def _distance(group: Group, other: Group) -> float:
    return float(
        min(shapely.distance(a.polygon, b.polygon) for a in group.walls for b in other.walls)
        if group is not other
        else np.inf
    )


def _with_window(
    group: Group, groups: list[Group], page: Page, silhouettes: Silhouettes | None, settings: VesselSettings
) -> Group:
    """The group with the part of the page that its drawing may occupy."""
    left, top, right, bottom = group.bounds
    tall = bottom - top
    if group.blob and silhouettes is not None:
        x0, y0, x1, y1 = silhouettes.bounds(group.blob)
        sideways = 0.05 * (x1 - x0)
        window = (min(left, x0) - sideways, min(top, y0), max(right, x1) + sideways, max(bottom, y1))
    else:
        reach = max(settings.groups.reach_widths * (right - left), settings.groups.reach_heights * tall)
        window = (left - reach, top, right + reach, bottom)
    low, high = _free_sides(group, groups)
    return replace(
        group,
        window=(
            max(window[0], low, 0.0),
            max(window[1] - 0.1 * tall, 0.0),
            min(window[2], high, float(page.width_px)),
            min(window[3] + 0.1 * tall, float(page.height_px)),
        ),
    )


def _free_sides(group: Group, groups: list[Group]) -> tuple[float, float]:
    """How far a drawing can extend to the left and right without overlapping a neighbour's section."""
    left, top, right, bottom = group.bounds
    low, high = -np.inf, np.inf
    for other in groups:
        if other is group or overlap((top, bottom), other.bounds[1::2]) <= 0.1:
            continue
        if other.bounds[0] >= right:
            high = min(high, other.bounds[0])
        elif other.bounds[2] <= left:
            low = max(low, other.bounds[2])
    return float(low), float(high)
