"""The magic tool: the section around a click, where the network's probability is above a threshold of the person's.

Each page goes through the network once. The probabilities of the latest pages are kept as bytes.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import Point, Polygon

from profilex.settings import SegmentSettings, VectorizeSettings
from profilex.trace.outlines import LEVEL, sections
from profilex.types import Network, Page, Region, Segmentation

THRESHOLDS = (0.03, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.94)
"""What the keys [ and ] go through."""

_KEPT = 8
_SECTION = "section"
_NEAR_PX = 6.0  # a click this far beside a section means it
_LEVELS = 255.0
_LEAST_AREA_PX = 20.0
_WITHIN = 0.7  # of a place's probability: a threshold there leaves it well inside


@dataclass(frozen=True, slots=True)
class Seen:
    """A page's section probabilities: planes uint8 (h, w) with their boxes in page px, the finest first."""

    planes: tuple[tuple[tuple[int, int, int, int], np.ndarray], ...]
    size: tuple[int, int]


class Grower:
    """Answers what the network saw on a page; the network is loaded at the first question and asked by one thread."""

    def __init__(self, load: Callable[[], Network]) -> None:
        self._load = load
        self._network: Network | None = None
        self._known: OrderedDict[str, Seen] = OrderedDict()
        self._lock = threading.Lock()

    def has_seen(self, folder: str) -> bool:
        """Whether a page's probabilities are at hand."""
        return folder in self._known

    def see(self, folder: str, page: Page) -> Seen:
        """The probabilities of a page.

        Raises:
            RunError: the network cannot be loaded.
        """
        with self._lock:
            if folder not in self._known:
                if self._network is None:
                    self._network = self._load()
                self._known[folder] = _seen(self._network.segment(page, SegmentSettings()), page)
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            self._known.move_to_end(folder)
            return self._known[folder]


def _seen(segmentation: Segmentation, page: Page) -> Seen:
    channel = segmentation.channels.index(_SECTION)
    regions = (*segmentation.regions, segmentation.page)
    planes = tuple((region.box, _as_bytes(region.probabilities[channel])) for region in regions)
    return Seen(planes, (page.width_px, page.height_px))


def _as_bytes(plane: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(np.nan_to_num(plane), 0.0, 1.0) * _LEVELS).astype(np.uint8)


def grown(seen: Seen, place: tuple[float, float], threshold: float | None = None) -> tuple[Polygon | None, float]:
    """The section around a place (x, y in page px), and the threshold (0..1) at which it was drawn.

    Without a threshold it is 0.5, or so far below that the place lies well within. None where the network sees nothing
    there, however low the threshold.
    """
    point = Point(place)
    for box, plane in seen.planes:
        if not shapely.box(*box).buffer(_NEAR_PX).contains(point):
            continue
        here = _probability(box, plane, place)
        level = threshold if threshold is not None else min(LEVEL, _below(here))
        near = [each for each in _outlines(box, plane, seen.size, level) if each.distance(point) <= _NEAR_PX]
        if near:
            return min(near, key=lambda each: (each.distance(point), each.area)), level
    return None, threshold or LEVEL


def grown_in_box(
    seen: Seen, corners: tuple[float, float, float, float], threshold: float = LEVEL
) -> tuple[Polygon | None, float]:
    """The largest section within a box (left, top, right, bottom, page px), cut off at its sides."""
    window = shapely.box(*corners)
    found: list[Polygon] = []
    for box, plane in seen.planes:
        if not window.intersects(shapely.box(*box)):
            continue
        for outline in _outlines(box, plane, seen.size, threshold):
            found += [part for part in shapely.get_parts(outline.intersection(window)) if isinstance(part, Polygon)]
        if found:
            break
    return max(found, key=lambda part: part.area, default=None), threshold


def _below(probability: float) -> float:
    """The threshold at which a place of this probability lies well within its section."""
    return max((level for level in THRESHOLDS if level <= _WITHIN * probability), default=THRESHOLDS[0])


def _probability(box: tuple[int, int, int, int], plane: np.ndarray, place: tuple[float, float]) -> float:
    """The highest probability near a place."""
    x0, y0, x1, y1 = box
    height, width = plane.shape
    column = int(np.clip((place[0] - x0) * width / (x1 - x0), 0, width - 1))
    row = int(np.clip((place[1] - y0) * height / (y1 - y0), 0, height - 1))
    return float(plane[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3].max() / _LEVELS)


def _outlines(
    box: tuple[int, int, int, int], plane: np.ndarray, size: tuple[int, int], threshold: float
) -> list[Polygon]:
    """All sections of a plane at a threshold, traced as in a batch: the level is moved to its 0.5."""
    odds = (1 - threshold) / threshold
    held = plane / _LEVELS
    moved = (held * odds) / (held * odds + (1 - held))
    region = Region(box, moved.astype(np.float32)[None])
    settings = replace(
        VectorizeSettings(), least_confidence=0.0, least_area_px=_LEAST_AREA_PX, least_wall_px=1.0, least_wall_share=0.0
    )
    found, _ = sections(Segmentation((_SECTION,), region, (region,)), settings, frame=size)
    return [section.polygon for section in found]
