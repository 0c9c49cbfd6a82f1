"""Pages through a network: a coarse pass over the whole page, then a fine pass over regions that may hold a section.

The coarse pass has the context: it distinguishes a section from a painted band. It runs at several resolutions, because
a wall is recognised only within a range of thicknesses. The fine pass has the edge: it sees every wall at about the
same working thickness. Its logits are added to those of the coarse level that suits the wall best, held within ±4, so
that the fine pass decides where the coarse pass is undecided, as it is along every outline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from profilex.errors import Code, RunError
from profilex.model.build import SIZE_MULTIPLE
from profilex.model.card import Card, open_model
from profilex.model.engines.runtime import Runtime, load_runtime
from profilex.model.inference.regions import Patch, find_pieces, fine_scales, grown, merged, patches_around
from profilex.model.inference.sampling import (
    LARGEST_SCALE,
    Strip,
    drawn_in,
    exact_strip,
    lattice,
    resized,
    sampled,
    strip,
)
from profilex.model.inference.tiles import predict_images
from profilex.model.registry import find_model
from profilex.settings import SegmentSettings
from profilex.types import Page, Region, Segmentation

SECTION = "section"

_NEARLY = 1e-5  # probabilities nearer to 0 or 1 are clipped: the precision of bfloat16


def load_segmenter(
    model: str | Path | None = None, *, device: str = "auto", threads: int = 0, engine: str = "auto"
) -> "Segmenter":
    """Find, verify and load a model, ready to segment pages.

    `model` is a folder, a shipped model's name, or None for the default; `device` is "auto", "cpu" or "gpu", `threads`
    the processor threads (0: the engine's choice), `engine` "auto", "openvino" or "tensorflow".

    Raises:
        RunError: the model is missing, its bytes do not match its card, or the device is missing.
    """
    package = open_model(find_model(model))
    return Segmenter(package.card, load_runtime(package, device=device, threads=threads, engine=engine))


class Segmenter:
    """A loaded network that segments pages; one per process, used by one thread at a time."""

    def __init__(self, card: Card, runtime: Runtime) -> None:
        self.card = card
        self.runtime = runtime

    @property
    def engine(self) -> str:
        """Engine, arithmetic and device, for people: "OpenVINO f32 on the processor"."""
        return self.runtime.name

    def segment(self, page: Page, settings: SegmentSettings) -> Segmentation:
        """Run the coarse pass over a page, and the fine pass over the regions that may hold a section.

        If a section touches the edge of its fine-pass region, the region is enlarged and run again, so that every
        section lies in one region. A model of plain pictures, with a fixed scale on its card, uses one pass instead.

        Raises:
            RunError: code `model_mismatch`, if the model has no channel named section.
        """
        if SECTION not in self.card.channels:
            raise RunError(
                Code.MODEL_MISMATCH,
                f"the model's channels are {', '.join(self.card.channels)}; none is named {SECTION}.",
                f"Name the channel of the cut wall {SECTION!r} on the model's card.",
            )
        if self.card.scale is not None:
            whole = Region((0, 0, page.width_px, page.height_px), self.probabilities(page.grey))
            return Segmentation(self.card.channels, whole, (whole,))
        view = self._coarse_pass(page.grey, settings)
        patches = patches_around(
            find_pieces(view.planes[self._section], page.grey.shape, settings), page.grey.shape, settings
        )
        done: dict[Patch, Region] = {}
        for growths_left in reversed(range(settings.growths + 1)):
            new = [patch for patch in patches if patch not in done]
            done.update(zip(new, self._fine_pass(page.grey, view, new, settings), strict=True))
            if not growths_left:
                break
            patches = merged([self._grown(patch, done[patch], page, settings) for patch in patches])
            done = {patch: done[patch] for patch in patches if patch in done}
        regions = tuple(done[patch] for patch in patches)
        whole = Region((0, 0, page.width_px, page.height_px), view.planes)
        return Segmentation(self.card.channels, whole, regions)

    def probabilities(
        self,
        image: np.ndarray,
        *,
        scale: float | None = None,
        tile_px: int | None = None,
        tile_overlap_px: int | None = None,
    ) -> np.ndarray:
        """Probabilities float32 (classes, h, w) of one image, uint8 (height, width) or RGB (height, width, 3).

        The image is first resized to `scale` (working pixels per pixel): h = round(height * scale), w likewise. The
        defaults are those of the model's card, or scale 1 and tiles of 1024 px. Tiles overlap by 160 px, or by a
        quarter of their side if that is less.

        Raises:
            RunError: code `usage`, if the tiles are not larger than their overlap.
        """
        card, usual = self.card, SegmentSettings()
        scale = scale or card.scale or 1.0
        tile_px = tile_px or card.tile_px or usual.tile_px
        if tile_overlap_px is None:
            tile_overlap_px = min(usual.tile_overlap_px, tile_px // 4)
        height, width = (max(1, round(length * scale)) for length in image.shape[:2])
        [answer] = self._predict([resized(image, height, width)], _paper(image), tile_px, tile_overlap_px)
        return answer

    @property
    def _section(self) -> int:
        return self.card.channels.index(SECTION)

    def _coarse_pass(self, grey: np.ndarray, settings: SegmentSettings) -> "_CoarseView":
        scale = coarse_scale(grey.shape, settings)
        height, width = (max(1, round(length * scale)) for length in grey.shape)
        paper = _paper(grey)
        uncut = max(settings.tile_px, height, width)
        sizes = [(max(1, height >> level), max(1, width >> level)) for level in range(settings.coarse_levels)]
        views = [resized(grey, *size) for size in sizes if size == sizes[0] or max(size) >= settings.farthest_px]
        boxes = [self._drawn_box(view, paper, settings) for view in views]
        drawn = [view[box] for view, box in zip(views, boxes, strict=True)]
        answers = iter(self._predict([part for part in drawn if part.size], paper, uncut, settings.tile_overlap_px))
        seen = [np.zeros((len(self.card.channels), *view.shape), np.float32) for view in views]
        for planes, part, box in zip(seen, drawn, boxes, strict=True):
            if part.size:
                planes[:, *box] = next(answers)
        surest = seen[0].copy()
        for planes in seen[1:]:
            np.maximum(surest, _stretched(planes, height, width), out=surest)
        return _CoarseView(scale, paper, surest, tuple(seen))

    def _drawn_box(self, view: np.ndarray, paper: int, settings: SegmentSettings) -> tuple[slice, slice]:
        """The part of a view (h, w) of a page without margins of bare paper; empty on a blank page.

        It begins at multiples of 32, where the network's halvings fall on the same pixels as in the whole view. A
        softmax network gets the whole view, because only it knows which of its classes is paper.
        """
        if self.card.architecture.activation == "softmax":
            return slice(None), slice(None)
        is_drawn = _is_drawn(view, paper, settings)
        return _drawn_slice(is_drawn.sum(axis=1), settings), _drawn_slice(is_drawn.sum(axis=0), settings)

    def _fine_pass(
        self, grey: np.ndarray, view: "_CoarseView", patches: Sequence[Patch], settings: SegmentSettings
    ) -> Iterator[Region]:
        """One region for each patch, in order, in batches that suit the network."""
        framed = [
            _frame(patch, view.nearest_level(patch.wall_px, settings.fine_wall_px), grey, scale, view, settings)
            for patch, scale in zip(patches, fine_scales(patches, view.scale, settings), strict=True)
        ]
        for group in _groups(framed, self.runtime.most_px):
            seen = [frame for frame in group if frame.is_fine]
            crops = [_crop(grey, frame) for frame in seen]
            answers = iter(self._predict(crops, view.paper, settings.tile_px, settings.tile_overlap_px))
            for frame in group:
                planes = sampled(view.levels[frame.level], grey.shape, frame.box, frame.down.size, frame.across.size)
                if frame.is_fine:
                    planes = self._fused(next(answers)[frame.own], planes, settings)
                yield Region(frame.box, planes)

    def _fused(self, fine: np.ndarray, coarse: np.ndarray, settings: SegmentSettings) -> np.ndarray:
        planes = _sigmoid(
            _logit(fine)
            + settings.coarse_weight * np.clip(_logit(coarse), -settings.coarse_logit, settings.coarse_logit)
        )
        if self.card.architecture.activation == "softmax":
            planes /= planes.sum(axis=0, keepdims=True)
        return planes

    def _grown(self, patch: Patch, region: Region, page: Page, settings: SegmentSettings) -> Patch:
        """The patch, enlarged on the sides where a section touches the edge of its region."""
        section = region.probabilities[self._section] > settings.threshold
        x0, y0, x1, y1 = region.box
        sides = (
            x0 > 0 and bool(section[:, 0].any()),
            y0 > 0 and bool(section[0].any()),
            x1 < page.width_px and bool(section[:, -1].any()),
            y1 < page.height_px and bool(section[-1].any()),
        )
        return grown(patch, sides, page.grey.shape, settings) if any(sides) else patch

    def _predict(self, images: Sequence[np.ndarray], paper: int, tile_px: int, overlap_px: int) -> list[np.ndarray]:
        answers = predict_images(
            [network_input(image, self.card) for image in images],
            self.runtime.predict,
            paper=float(_scaled(np.array(paper, np.float32), self.card.input)),
            tile_px=tile_px,
            overlap_px=overlap_px,
            most_px=self.runtime.most_px,
            side=self.runtime.side,
        )
        return [np.ascontiguousarray(answer.transpose(2, 0, 1)) for answer in answers]


def coarse_scale(page_shape: tuple[int, ...], settings: SegmentSettings) -> float:
    """Working pixels per page pixel of the coarse pass, for a page of (height, width): at most 3."""
    long_side = max(page_shape)
    if long_side > settings.coarse_long_side_px:
        return settings.coarse_long_side_px / long_side
    return min(LARGEST_SCALE, max(1.0, settings.smallest_long_side_px / long_side))


def network_input(image: np.ndarray, card: Card) -> np.ndarray:
    """The network's input for an image uint8 (h, w) or RGB (h, w, 3): float32 (h, w, its input channels)."""
    channels = card.architecture.input_channels
    if image.ndim == 3 and channels == 1:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    planes = image[..., None] if image.ndim == 2 else image
    return np.repeat(_scaled(planes.astype(np.float32), card.input), channels // planes.shape[-1], axis=-1)


def label_map(probabilities: np.ndarray, activation: str, threshold: float = 0.5) -> np.ndarray:
    """Class of each pixel, uint8 (h, w), of probabilities (classes, h, w).

    For a softmax network it is the index of the most likely class; for a sigmoid network 0 if no class exceeds
    `threshold`, otherwise 1 + the index of the most likely class.
    """
    best = probabilities.argmax(axis=0)
    if activation == "softmax":
        return best.astype(np.uint8)
    return np.where(probabilities.max(axis=0) > threshold, best + 1, 0).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class _CoarseView:
    """The coarse pass: probabilities float32 (c, h, w) of the whole page, and the paper's grey.

    `levels` are the answers at each resolution, the first at `scale` and each at half the scale of the one before;
    `planes` holds their maximum for every pixel, which shows where sections may be, but not where outlines run.
    """

    scale: float
    paper: int
    planes: np.ndarray
    levels: tuple[np.ndarray, ...]

    def nearest_level(self, wall_px: float, working_wall_px: float) -> int:
        """The level at which a wall of `wall_px` page pixels is nearest to `working_wall_px`."""
        off = [abs(np.log2(wall_px * self.scale / working_wall_px) - level) for level in range(len(self.levels))]
        return int(np.argmin(off))


@dataclass(frozen=True, slots=True)
class _Frame:
    """A region on the page and in working pixels, and the coarse level with which it is fused."""

    across: Strip
    down: Strip
    level: int
    is_fine: bool

    @property
    def box(self) -> tuple[int, int, int, int]:
        return self.across.start, self.down.start, self.across.stop, self.down.stop

    @property
    def own(self) -> tuple[slice, slice, slice]:
        """The part of the planes that were read that belongs to the region."""
        down, across = self.down, self.across
        rows, columns = slice(down.before, down.before + down.size), slice(across.before, across.before + across.size)
        return slice(None), rows, columns

    @property
    def read_px(self) -> int:
        return self.across.read_size * self.down.read_size if self.is_fine else 0


def _is_drawn(grey: np.ndarray, paper: int, settings: SegmentSettings) -> np.ndarray:
    """Mask (h, w) of the pixels of a picture uint8 (h, w) that are not bare paper."""
    return (grey < paper - settings.bare_grey) | (grey > paper + settings.bare_grey)


def _drawn_slice(counts: np.ndarray, settings: SegmentSettings) -> slice:
    """From the first to the last row (or column) with ink, with context; `counts` are the ink pixels of each."""
    drawn = np.flatnonzero(counts > 1)
    if not len(drawn):
        return slice(0, 0)
    start = max(0, int(drawn[0]) - settings.context_px) // SIZE_MULTIPLE * SIZE_MULTIPLE
    return slice(start, min(len(counts), int(drawn[-1]) + 1 + settings.context_px))


def _stretched(planes: np.ndarray, height: int, width: int) -> np.ndarray:
    """Planes float32 (c, h, w) resized."""
    return np.stack([cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in planes])


def _frame(
    patch: Patch, level: int, grey: np.ndarray, fine: float | None, view: _CoarseView, settings: SegmentSettings
) -> _Frame:
    """The frame of a patch at the working scale `fine`, with the context in which something is drawn."""
    x0, y0, x1, y1 = patch.box
    if fine is None:
        return _Frame(exact_strip(x0, x1, view.scale), exact_strip(y0, y1, view.scale), level, is_fine=False)
    grid = lattice(fine)
    across = strip(x0, x1, grey.shape[1], grid, settings.context_px)
    down = strip(y0, y1, grey.shape[0], grid, settings.context_px)
    window = grey[down.read_start : down.read_stop, across.read_start : across.read_stop]
    is_drawn = _is_drawn(window, view.paper, settings)
    return _Frame(
        drawn_in(across, grid, is_drawn.sum(axis=0) > 1, settings.bare_context_px),
        drawn_in(down, grid, is_drawn.sum(axis=1) > 1, settings.bare_context_px),
        level,
        is_fine=True,
    )


def _groups(frames: Sequence[_Frame], most_px: int) -> Iterator[list[_Frame]]:
    group: list[_Frame] = []
    for frame in frames:
        if group and sum(other.read_px for other in group) + frame.read_px > most_px:
            yield group
            group = []
        group.append(frame)
    if group:
        yield group


def _crop(grey: np.ndarray, frame: _Frame) -> np.ndarray:
    window = grey[frame.down.read_start : frame.down.read_stop, frame.across.read_start : frame.across.read_stop]
    return resized(window, frame.down.read_size, frame.across.read_size)


def _paper(image: np.ndarray) -> int:
    """The grey of the page's paper: the median of a sample of its pixels."""
    step = max(1, max(image.shape[:2]) // 1000)
    return int(np.median(image[::step, ::step]))


def _scaled(grey: np.ndarray, way: str) -> np.ndarray:
    if way == "ink":
        return 1.0 - grey / 255.0
    if way == "unit":
        return grey / 255.0
    return grey / 127.5 - 1.0 if way == "signed" else grey


def _logit(probabilities: np.ndarray) -> np.ndarray:
    held = np.clip(probabilities, _NEARLY, 1.0 - _NEARLY)
    return np.log(held / (1.0 - held))


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-logits))
