"""The scans of a collection: where they lie, and their pages as tiles at every zoom."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import cv2
import numpy as np

from profilex.errors import Code, PageError
from profilex.files import discover
from profilex.images import read_page
from profilex.settings import ReadSettings
from profilex.types import Page, PageRef, Record

TILE_PX = 512
_KEPT = 3  # pages in memory
_QUALITY = 88


class Scans:
    """Finds the scans of records, and keeps the pages that were read last; for several threads."""

    def __init__(self, places: Sequence[Path]) -> None:
        self._paths: dict[str, Path] = {}
        self._alike: defaultdict[str, set[str]] = defaultdict(set)  # sources by the end of their names
        self._pages: OrderedDict[str, tuple[Page, list[np.ndarray]]] = OrderedDict()
        self._lock = threading.Lock()
        self.look_in(places)

    def look_in(self, places: Iterable[Path]) -> int:
        """Look for scans in further folders, and return how many are known now.

        Raises:
            RunError: a place is not there.
        """
        places = list(places)
        if places:
            for scan in discover(places).files:
                self._paths[scan.source] = scan.path
                self._alike[PurePosixPath(scan.source).name].add(scan.source)
        return len(self._paths)

    def has(self, record: Record) -> bool:
        """Whether a scan of this name lies where scans were looked for."""
        return bool(self._candidates(record))

    def _candidates(self, record: Record) -> list[Path]:
        """The files that may be a record's scan: of its name, also where fewer or more folders were named than then."""
        named = record.source
        known = sorted(self._alike[PurePosixPath(named).name], key=lambda source: (source != named, source))
        fits = [source for source in known if f"/{named}".endswith(f"/{source}") or f"/{source}".endswith(f"/{named}")]
        return [self._paths[source] for source in fits]

    def page(self, record: Record) -> Page:
        """A page, decoded as a batch does it.

        Raises:
            PageError: the scan is not there, cannot be read, or is not the one that the batch saw.
        """
        return self._levels(record)[0]

    def tile(self, record: Record, level: int, column: int, row: int) -> bytes:
        """A tile as JPEG: at level n a pixel represents 2**n pixels of the page.

        Raises:
            PageError: as for `page`; or there is no such tile.
        """
        levels = self._levels(record)[1]
        if not 0 <= level < len(levels):
            raise PageError(Code.UNREADABLE, "there is no such tile.")
        plane = levels[level]
        top, left = row * TILE_PX, column * TILE_PX
        if not (0 <= top < plane.shape[0] and 0 <= left < plane.shape[1]):
            raise PageError(Code.UNREADABLE, "there is no such tile.")
        tile = plane[top : top + TILE_PX, left : left + TILE_PX]
        return bytes(cv2.imencode(".jpg", tile, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])

    def _levels(self, record: Record) -> tuple[Page, list[np.ndarray]]:
        with self._lock:
            known = self._pages.get(record.folder)
            if known is not None:
                self._pages.move_to_end(record.folder)
                return known
        page = self._read(record)
        entry = (page, _halved(page.grey))
        with self._lock:
            self._pages[record.folder] = entry
            while len(self._pages) > _KEPT:
                self._pages.popitem(last=False)
        return entry

    def _read(self, record: Record) -> Page:
        candidates = self._candidates(record)
        if not candidates:
            raise PageError(Code.UNREADABLE, f"{record.source}: the scan is not there.", "Say where the scans are.")
        for path in candidates:
            page = read_page(PageRef(path, record.source, record.folder, record.frame), ReadSettings())
            if page.sha256 == record.sha256:
                return page
        raise PageError(Code.CHANGED, f"{record.source}: the scan was changed since.", "Run profilex batch again.")


def level_count(width_px: int, height_px: int) -> int:
    """How many levels a page has: the last one fits into a tile."""
    count = 1
    while max(width_px, height_px) > TILE_PX:
        width_px, height_px, count = (width_px + 1) // 2, (height_px + 1) // 2, count + 1
    return count


def _halved(grey: np.ndarray) -> list[np.ndarray]:
    levels = [grey]
    for _ in range(1, level_count(grey.shape[1], grey.shape[0])):
        height, width = levels[-1].shape
        levels.append(cv2.resize(levels[-1], ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA))
    return levels
