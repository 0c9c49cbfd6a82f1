"""The blobs of the network's vessel channel: which parts of a page are covered by one vessel's silhouette."""

from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

from profilex.ink.along import points_along
from profilex.types import Region, Segmentation

_LEVEL = 0.5
_LEAST_OVERLAP = 0.5  # share of a section that must lie in its blob
_LEAST_GROWTH = 1.6  # a blob hardly larger than its section shows only the wall, not the vessel


@dataclass(frozen=True, slots=True)
class Silhouettes:
    """Connected blobs on a coarse grid: `labels` int32 (h, w), 0 outside; the grid covers `box` of the page."""

    labels: np.ndarray
    box: tuple[int, int, int, int]

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height (page px) of a grid cell."""
        height, width = self.labels.shape
        x0, y0, x1, y1 = self.box
        return (x1 - x0) / width, (y1 - y0) / height

    def label_of(self, polygon: Polygon) -> int:
        """The blob that holds most of a section, 0 if none holds enough of it."""
        inside = self._inside(polygon)
        found = self.labels[inside]
        held = np.bincount(found, minlength=1)
        held[0] = 0
        label = int(held.argmax())
        if not label or held[label] < _LEAST_OVERLAP * len(found):
            return 0
        return label if (self.labels == label).sum() >= _LEAST_GROWTH * held[label] else 0

    def bounds(self, label: int) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of a blob (page px)."""
        rows, columns = np.nonzero(self.labels == label)
        (cw, ch), (x0, y0, _, _) = self.cell, self.box
        return (
            x0 + float(columns.min()) * cw,
            y0 + float(rows.min()) * ch,
            x0 + float(columns.max() + 1) * cw,
            y0 + float(rows.max() + 1) * ch,
        )

    def covers(self, label: int, line: LineString) -> float:
        """Share of a line on the page that lies in a blob."""
        count = max(2, int(line.length / min(self.cell)))
        points = points_along(line, np.linspace(0, line.length, count))
        return float((self.labels[self._cells(points)] == label).mean())

    def share(self, box: tuple[float, float, float, float]) -> float:
        """Share of a box on the page (left, top, right, bottom, px) that is silhouette, of any vessel."""
        (first, last), (left, right) = self._cells(np.reshape(box, (2, 2)))
        return float((self.labels[first : last + 1, left : right + 1] > 0).mean())

    def waist(self, label: int, first: Polygon, second: Polygon, *, level: bool) -> float:
        """The least width of a blob between two sections, as a share of its width at the narrower of the two.

        With `level` the sections are side by side and the blob's height is measured; otherwise one is above the other
        and the blob's width is measured. Near 1 for one vessel, near 0 where two blobs just touch.
        """
        blob = self.labels == label
        widths = blob.sum(axis=0) if level else blob.sum(axis=1)
        side = 0 if level else 1
        low, high = sorted(self._cell_of(polygon.centroid.coords[0])[1 - side] for polygon in (first, second))
        ends = min(widths[low], widths[high])
        return float(widths[low : high + 1].min() / ends) if ends else 0.0

    def midline(self, label: int) -> tuple[np.ndarray, np.ndarray]:
        """y (n,) of a blob's rows and x (n,) of their middles, page px."""
        blob = self.labels == label
        rows = np.flatnonzero(blob.any(axis=1))
        left = blob[rows].argmax(axis=1)
        right = blob.shape[1] - blob[rows, ::-1].argmax(axis=1)
        (cw, ch), (x0, y0, _, _) = self.cell, self.box
        return y0 + (rows + 0.5) * ch, x0 + (left + right) / 2 * cw

    def _inside(self, polygon: Polygon) -> np.ndarray:
        """Mask (h, w) of the cells of a polygon; at least the one under its representative point."""
        (cw, ch), (x0, y0, _, _) = self.cell, self.box
        mask = np.zeros(self.labels.shape, np.uint8)
        rings = [polygon.exterior, *polygon.interiors]
        pixels = [(shapely.get_coordinates(ring) - (x0, y0)) / (cw, ch) - 0.5 for ring in rings]
        cv2.fillPoly(mask, [np.rint(points).astype(np.int32) for points in pixels], 1)
        mask[self._cell_of(polygon.representative_point().coords[0])] = 1
        return mask > 0

    def _cell_of(self, point: tuple[float, ...]) -> tuple[int, int]:
        rows, columns = self._cells(np.array([point[:2]]))
        return int(rows[0]), int(columns[0])

    def _cells(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        (cw, ch), (x0, y0, _, _) = self.cell, self.box
        height, width = self.labels.shape
        rows = np.clip(((points[:, 1] - y0) / ch).astype(int), 0, height - 1)
        return rows, np.clip(((points[:, 0] - x0) / cw).astype(int), 0, width - 1)


def find_silhouettes(segmentation: Segmentation) -> Silhouettes | None:
    """The page's silhouettes; None if the model has no vessel channel or finds no vessel."""
    plane = channel_plane(segmentation.page, segmentation.channels, "vessel")
    if plane is None:
        return None
    mask = (plane >= _LEVEL).astype(np.uint8)
    if not mask.any():
        return None
    # a bridge one cell wide does not belong to a vessel's body
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    _, labels = cv2.connectedComponents(opened, connectivity=4)
    return Silhouettes(labels, segmentation.page.box)


def channel_plane(region: Region, channels: tuple[str, ...], name: str) -> np.ndarray | None:
    """A region's plane (h, w) of a named channel; None if the model lacks it or it holds NaN or infinity."""
    if name not in channels:
        return None
    plane = region.probabilities[channels.index(name)]
    return plane if plane.size and np.isfinite(plane).all() else None


def union_bounds(shapes: list[Polygon]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of several shapes together."""
    left, top, right, bottom = MultiPolygon(shapes).bounds
    return left, top, right, bottom
