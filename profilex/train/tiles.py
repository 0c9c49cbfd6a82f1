"""Tiles at the network's scale: cut from annotated pages, reproducible for every (seed, step)."""

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from profilex.data.pages import CHANNEL_BITS, AnnotatedPage
from profilex.train.augment import AugmentSettings, TileTurn, draw_turn, weather
from profilex.train.restyle import restyle_sections
from profilex.train.warp import is_warping, warped

BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class TileSettings:
    """How pages become tiles. Wall thicknesses are log-uniform between the two limits, in px of the tile.

    Pictures without walls have a fixed `scale` instead, in tile px for each px of the picture. Their tiles lie within
    the picture, which is mirrored where a tile is larger or rotated, and every picture is drawn equally often.
    """

    tile_px: int = 320
    thinnest_wall_px: float = 5.0
    thickest_wall_px: float = 26.0
    section_share: float = 0.75  # of the tiles of pages with sections: the share that certainly shows one
    page_scale_share: float = 0.3  # of these: the share scaled by the page's typical wall, not by that of the piece
    negative_share: float = 0.17  # of all tiles: the share from pages without any section
    greatest_enlargement: float = 3.0
    edge_weight: float = 3.0  # of pixels beside a section's outline
    rival_weight: float = 2.0  # of ink beside a section that is not part of it
    scale: float | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Tiles for one step; n tiles of s by s px with c channels.

    `ink` float32 (n, s, s, 1), 0 paper to 1 ink. `targets` float32 (n, s, s, c), 0..1, soft at edges. `weights`
    float32 (n, s, s, 1) for the pixel losses. `annotated` float32 (n, c), 0 where a page has no truth for a channel.
    """

    ink: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    annotated: np.ndarray
    styles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Window:
    """A square of a page, in its pixels; it may extend beyond the page's edges."""

    x: int
    y: int
    side: int


@dataclass(frozen=True, slots=True)
class _Pool:
    """Pages with sections, and pages without."""

    positives: tuple[AnnotatedPage, ...]
    negatives: tuple[AnnotatedPage, ...]

    @classmethod
    def of(cls, pages: Sequence[AnnotatedPage]) -> "_Pool":
        return cls(
            tuple(page for page in pages if page.wall_px is not None),
            tuple(page for page in pages if page.wall_px is None),
        )

    def draw(self, rng: np.random.Generator, negative_share: float | None) -> AnnotatedPage:
        """A random page; without a share for pages without sections, all pages are equally likely."""
        if negative_share is None:
            negative_share = len(self.negatives) / (len(self.negatives) + len(self.positives))
        from_negatives = not self.positives or (self.negatives and rng.random() < negative_share)
        pages = self.negatives if from_negatives else self.positives
        return pages[int(rng.integers(len(pages)))]


class TileSampler:
    """Draws batches from pages; batch k is always the same, in whatever order batches are requested."""

    def __init__(
        self,
        pages: Sequence[AnnotatedPage],
        channels: Sequence[str],
        tiles: TileSettings,
        augment: AugmentSettings | None,
        *,
        batch_size: int,
        seed: int,
        replay: Sequence[AnnotatedPage] = (),
        replay_share: float = 0.5,
    ) -> None:
        self._pool = _Pool.of(pages)
        self._replay = _Pool.of(replay)
        self._replay_share = replay_share if replay else 0.0
        self._channels = tuple(channels)
        self._tiles = tiles
        self._augment = augment
        self._batch_size = batch_size
        self._seed = seed

    def batch(self, step: int) -> Batch:
        """Return the batch of a step (0, 1, ...)."""
        rng = np.random.default_rng([self._seed, step])
        return stacked([self._draw(rng) for _ in range(self._batch_size)])

    def stream(self, first_step: int, *, threads: int = 1) -> Generator[Batch, None, None]:
        """Yield the batches from `first_step` on, endlessly; background threads prepare the next ones."""
        ahead = 2 + 2 * threads
        step = first_step
        waiting: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(threads, thread_name_prefix="tiles") as pool:
            try:
                while True:
                    while len(waiting) < ahead:
                        waiting.append(pool.submit(self.batch, step))
                        step += 1
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _draw(self, rng: np.random.Generator) -> "Tile":
        settings = self._tiles
        pool = self._replay if rng.random() < self._replay_share else self._pool
        page = pool.draw(rng, settings.negative_share if settings.scale is None else None)
        turn = draw_turn(self._augment, rng) if self._augment else TileTurn()
        anchor = None
        wall_px = page.wall_px
        if len(page.anchors) and rng.random() < settings.section_share:
            anchor = page.anchors[int(rng.integers(len(page.anchors)))]
            wall_px = wall_px if rng.random() < settings.page_scale_share else float(anchor[2])
        scale = _draw_scale(wall_px, settings, rng) if settings.scale is None else settings.scale
        side = max(8, round(settings.tile_px * turn.reach / scale))
        overhang = side // 5 if settings.scale is None else 0
        window = _anywhere(page, side, overhang, rng) if anchor is None else _around(anchor, side, rng)
        return cut_tile(page, window, turn, self._channels, settings, self._augment, rng)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile before stacking; shapes as in `Batch` without the first axis."""

    ink: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    annotated: np.ndarray
    style: str


def stacked(tiles: Sequence[Tile]) -> Batch:
    """Stack tiles of one size."""
    return Batch(
        np.stack([tile.ink for tile in tiles]),
        np.stack([tile.targets for tile in tiles]),
        np.stack([tile.weights for tile in tiles]),
        np.stack([tile.annotated for tile in tiles]),
        tuple(tile.style for tile in tiles),
    )


def cut_tile(
    page: AnnotatedPage,
    window: _Window,
    turn: TileTurn,
    channels: Sequence[str],
    settings: TileSettings,
    augment: AugmentSettings | None,
    rng: np.random.Generator,
) -> Tile:
    """Cut a window out of a page, resize it to the network's scale, rotate it, and age its ink."""
    size = round(settings.tile_px * turn.reach)
    is_plate = settings.scale is None
    grey = _crop(page.grey, window, page.paper if is_plate else None)
    marks = _crop(page.marks, window, 0 if is_plate else None)
    if augment is not None and augment.refill and rng.random() < augment.refill:
        grey = restyle_sections(grey, marks & CHANNEL_BITS["section"] > 0, page.paper, rng)
    grey = _resized(grey, size)
    names = [name for name in CHANNEL_BITS if name in channels or name == "section"]
    planes = np.stack([(marks & CHANNEL_BITS[name] > 0).astype(np.uint8) * 255 for name in names], axis=-1)
    planes = np.atleast_3d(_resized(planes, size))
    grey, planes = turn.apply(grey, planes, page.paper, settings.tile_px)
    if augment is not None:
        if is_warping(augment):
            grey, planes = warped(grey, planes, augment, rng)
        grey = weather(grey, augment, rng)
    ink = 1.0 - grey.astype(np.float32) / 255.0
    targets = _targets(planes, names, channels)
    known = [float(bool(page.annotated & CHANNEL_BITS.get(name, CHANNEL_BITS["section"]))) for name in channels]
    weights = _pixel_weights(ink, planes[..., names.index("section")], settings)
    return Tile(ink[..., None], targets, weights[..., None], np.asarray(known, np.float32), page.style)


def covering_tiles(pages: Sequence[AnnotatedPage], channels: Sequence[str], settings: TileSettings) -> list[Tile]:
    """Tiles at the fixed scale, without augmentation, that cover every page; the last of a row overlaps."""
    side = max(8, round(settings.tile_px / (settings.scale or 1.0)))
    rng = np.random.default_rng(0)  # not used without augmentation
    return [
        cut_tile(page, _Window(x, y, side), TileTurn(), channels, settings, None, rng)
        for page in pages
        for y in _starts(page.grey.shape[0], side)
        for x in _starts(page.grey.shape[1], side)
    ]


def _starts(length: int, side: int) -> list[int]:
    return [min(start, max(length - side, 0)) for start in range(0, length, side)]


def _targets(planes: np.ndarray, names: Sequence[str], channels: Sequence[str]) -> np.ndarray:
    soft = planes.astype(np.float32) / 255.0
    if tuple(names) == tuple(channels):
        return soft
    by_name = {name: soft[..., i] for i, name in enumerate(names)}
    by_name[BACKGROUND] = 1.0 - soft.max(axis=-1)
    return np.stack([by_name[name] for name in channels], axis=-1)


def _pixel_weights(ink: np.ndarray, section: np.ndarray, settings: TileSettings) -> np.ndarray:
    """Weights of pixels: higher beside an outline, and for other ink near a section (uint8 (s, s), 0..255)."""
    weights = np.ones(ink.shape, np.float32)
    if section.any():
        hard = (section > 127).astype(np.uint8)
        near = cv2.dilate(hard, np.ones((49, 49), np.uint8))
        weights[(near > 0) & (hard == 0) & (ink > np.median(ink) + 0.25)] = settings.rival_weight
        kernel = np.ones((3, 3), np.uint8)
        weights[cv2.dilate(section, kernel) != cv2.erode(section, kernel)] = settings.edge_weight
    return weights


def _draw_scale(wall_px: float | None, settings: TileSettings, rng: np.random.Generator) -> float:
    if wall_px is None:
        return float(np.exp(rng.uniform(np.log(0.18), np.log(1.2))))
    target = np.exp(rng.uniform(np.log(settings.thinnest_wall_px), np.log(settings.thickest_wall_px)))
    return float(min(target / max(wall_px, 1.0), settings.greatest_enlargement))


def _around(anchor: np.ndarray, side: int, rng: np.random.Generator) -> _Window:
    left, top = (rng.uniform(0.08, 0.92, 2) * side).astype(int)
    return _Window(int(anchor[0]) - int(left), int(anchor[1]) - int(top), side)


def _anywhere(page: AnnotatedPage, side: int, overhang: int, rng: np.random.Generator) -> _Window:
    height, width = page.grey.shape
    return _Window(_offset(width, side, overhang, rng), _offset(height, side, overhang, rng), side)


def _offset(length: int, side: int, overhang: int, rng: np.random.Generator) -> int:
    ends = sorted((-overhang, length - side + overhang))
    return int(rng.integers(ends[0], ends[1] + 1))


def _crop(plane: np.ndarray, window: _Window, fill: int | None) -> np.ndarray:
    """The window of a plane (h, w); outside the plane it is `fill`, or if that is None the plane's mirror image."""
    height, width = plane.shape
    x0, y0 = max(window.x, 0), max(window.y, 0)
    x1, y1 = min(window.x + window.side, width), min(window.y + window.side, height)
    inside = plane[y0 : max(y1, y0), x0 : max(x1, x0)]
    if inside.shape == (window.side, window.side):
        return inside
    if fill is None:
        left, top = x0 - window.x, y0 - window.y
        right, bottom = window.side - left - inside.shape[1], window.side - top - inside.shape[0]
        return cv2.copyMakeBorder(inside, top, bottom, left, right, cv2.BORDER_REFLECT_101)
    crop = np.full((window.side, window.side), fill, plane.dtype)
    crop[y0 - window.y : y0 - window.y + inside.shape[0], x0 - window.x : x0 - window.x + inside.shape[1]] = inside
    return crop


def _resized(plane: np.ndarray, size: int) -> np.ndarray:
    if plane.shape[0] == size:
        return plane
    shrinks = plane.shape[0] > size
    way = cv2.INTER_AREA if shrinks else (cv2.INTER_CUBIC if plane.ndim == 2 else cv2.INTER_LINEAR)
    return cv2.resize(np.ascontiguousarray(plane), (size, size), interpolation=way)
