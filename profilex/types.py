"""The values that travel between the rooms: frozen, plain, and safe to pickle.

Page frame: pixels of the full-resolution image, x right, y down, pixel centres at .5.
Vessel frame: millimetres (or pixels while the scale is unknown), origin where the axis meets the rim plane,
x right, y up, section at x < 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from shapely import LineString, Polygon

from profilex.settings import SegmentSettings


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page that is still on disk: a file and the index of one of its frames.

    `source` is the file's path relative to the scan root, POSIX style, safe to print and to store in JSON
    (bytes that are not UTF-8 are percent-encoded). `folder` is the collision-free relative folder of the page's
    outputs under `pages/`, ending in the frame number. `place` says where the file lies, as a digest.
    """

    path: Path
    source: str
    folder: str
    frame: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class MissingScan:
    """A scan that a source could not fetch: the path it would have, and one sentence with the reason."""

    path: Path
    message: str


@dataclass(frozen=True, slots=True)
class Page:
    """A decoded page: `grey` uint8 (height, width), 0 ink to 255 paper, upright; `sha256` of the file's bytes.

    `dpi` is None if the file states no trustworthy one. `warnings` are sentences for the manifest.
    """

    ref: PageRef
    grey: np.ndarray
    sha256: str
    dpi: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def width_px(self) -> int:
        return int(self.grey.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.grey.shape[0])


def page_in_memory(grey: np.ndarray, name: str, dpi: float | None = None) -> Page:
    """A page that has no file: `grey` is uint8 (height, width), 0 ink to 255 paper; `name` is its name."""
    return Page(PageRef(Path(name), name, name), grey, "", dpi)


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page at one working scale, with its probabilities.

    `box` is (x0, y0, x1, y1) in page pixels (integers). `probabilities` is float32 (channel, h, w) in 0..1 sampled so
    that h = round((y1 - y0) * scale), w likewise; a region's pixel (i, j) covers page coordinates
    x0 + [j, j + 1] * (x1 - x0) / w and y0 + [i, i + 1] * (y1 - y0) / h.
    """

    box: tuple[int, int, int, int]
    probabilities: np.ndarray


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The network's answer for a page: disjoint section regions at the fine scale, and the whole page at the coarse
    one.

    `channels` names the planes of every region's probabilities, e.g. ("section", "vessel", "axis", "scale_bar").
    `page` covers the whole page. `regions` do not overlap and together hold every section; each section lies wholly
    in one region.
    """

    channels: tuple[str, ...]
    page: Region
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One cut wall as a valid polygon in page pixels.

    `confidence` 0..1 is the mean section probability inside. `hausdorff_px` bounds the distance between the outline and
    the contour it came from, `tolerance_px` is the bound it was held to. `is_handle` marks the section of a handle,
    drawn apart from the wall. `curves` are the rings as cubic Béziers, float64 (n, 4, 2) each, the shell first; the
    polygon's rings are polylines of them, within `chord_px`. An outline that is a polygon has none.
    """

    polygon: Polygon
    confidence: float
    tolerance_px: float
    hausdorff_px: float
    is_handle: bool = False
    curves: tuple[np.ndarray, ...] = field(default=(), compare=False, repr=False)
    chord_px: float = 0.0


AXIS_SOURCES = INK, NETWORK, SYMMETRY, SECTION_EDGE = "ink", "network", "symmetry", "section_edge"
"""The sources of a vessel's axis, the most certain first."""

RIM_SOURCES = INK, SECTION = "ink", "section"
"""The sources of a vessel's rim plane, the most certain first."""

SCALE_ELSEWHERE = "scale_bar_elsewhere"
"""The review reason of vessels whose scale comes from a bar at another figure."""

EDGE_KINDS = RIM, OUTER, BASE, INNER, BREAK, WALL = "rim", "outer", "base", "inner", "break", "wall"
"""The kinds of parts of a section's outline; "wall" is a face that is not known to be outer or inner."""

COMPLETE = "complete"
"""The portion of a vessel with rim and base; otherwise it is RIM, BASE or WALL, by what is preserved."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A part of a section's outline in page pixels: `kind` is one of EDGE_KINDS.

    Where the axis cuts a floor the clay continues, so that part of the outline is not an edge.
    """

    kind: str
    line: LineString


@dataclass(frozen=True, slots=True)
class Scale:
    """Page pixels to real millimetres.

    `source` is one of "bar", "bar_cells" (an unread bar, its cells taken for centimetres), "ratio+dpi", "option",
    "table", "neighbours" (the neighbouring pages).
    """

    mm_per_px: float
    source: str
    uncertainty: float = 0.0  # one standard deviation, as a share of mm_per_px
    drawing_scale: str = ""  # as printed, e.g. "1:3"


@dataclass(frozen=True, slots=True)
class Word:
    """A word read on a page: its box (x0, y0, x1, y1) in page pixels and the reader's confidence, 0 to 1.

    `angle` is the direction of the writing (radians, clockwise from the x axis); the box is that of the word rotated
    level about its middle.
    """

    text: str
    box: tuple[float, float, float, float]
    confidence: float
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class BarMeasure:
    """A scale bar's length on the page (px), with one standard deviation.

    `cells` is the number of its smallest units, 1 for a plain bar. `unit_lengths_px` are the lengths that its label may
    refer to, longest first: the whole, and the units found in it. `style` is "blocks", "ticks" or "plain"; a bar that
    `is_ended` has a tick across it at either end.
    """

    length_px: float
    uncertainty_px: float
    cells: int
    unit_lengths_px: tuple[float, ...]
    style: str
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class StatedBar:
    """A printed scale bar in page pixels, with the length that its text states in mm, or None with the reason.

    `span` are the places (x, y) of the numbers between which that length lies, None if only a length is printed; their
    error is about `letter_px`, the height of the text. `place` is the place of the length; it `is_sure` if it was read
    with confidence. A bar that is `elsewhere` is at a plan, a find or a photograph beside the vessels, and likely
    belongs to that figure.
    """

    polygon: Polygon
    length_mm: float | None = None
    reason: str = ""
    span: tuple[tuple[float, float], tuple[float, float]] | None = None
    letter_px: float = 0.0
    place: tuple[float, float] | None = None
    elsewhere: bool = False
    is_sure: bool = True
    measured: BarMeasure | None = None


@dataclass(frozen=True, slots=True)
class PrintedScale:
    """Everything that a page says about its scale: its bars, and its ratio as n of 1:n with the printed text.

    `prose` are the boxes (left, top, right, bottom, page px) of its rows of running text, to which no bar belongs.
    """

    bars: tuple[StatedBar, ...] = ()
    ratio: float | None = None
    ratio_text: str = ""
    prose: tuple[tuple[float, float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A measured quantity with one standard deviation, or None with the reason why it is missing."""

    value: float | None
    uncertainty: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Residual:
    """How far a vessel's outline and lines are from the scan's ink.

    `distance_px` is the mean distance of the outline to the nearest edge or pen stroke, `share` (0..1) the part of the
    outline without one nearby, `uneven` the part of the section's inside with a different tone, `lines_share` the part
    of the axis and rim line without ink, where they were found on ink.
    `points` float64 (n, 3) are places on all these lines (x, y, page px) with their distance (px), `spots` (n, 2) the
    pixels (their centres) of the other tone; both are for a picture and are not stored.
    """

    distance_px: float
    share: float
    uneven: float = 0.0
    lines_share: float = 0.0
    points: np.ndarray = field(default_factory=lambda: np.empty((0, 3)), compare=False, repr=False)
    spots: np.ndarray = field(default_factory=lambda: np.empty((0, 2)), compare=False, repr=False)


ACCEPTED, CORRECTED, REJECTED = "accepted", "corrected", "rejected"
"""What a person has made of a vessel: it is right as it was drawn, it was changed, or it is none."""

BY_MODEL, BY_PERSON = "model", "person"
"""Who drew a vessel's geometry."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What people said of a vessel: `status` is ACCEPTED, CORRECTED, REJECTED or "" while nobody has decided.

    `by` is who decided last, `at` when (UTC, ISO 8601). `geometry` is BY_PERSON where a person has drawn it, else "",
    which stands for BY_MODEL.
    `entry` is the catalogue's text about the vessel, as a person has confirmed or written it.
    """

    status: str = ""
    by: str = ""
    at: str = ""
    geometry: str = ""
    note: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Vessel:
    """The sections that belong to one vessel, with its geometry in page pixels.

    `axis` and `rim` are straight lines (top to bottom; section side to exterior) or None. `side` is the side of the
    axis on which the section lies on the page: "left", "right", "both" or "unknown". `measures` maps a name such as
    "rim_diameter_mm" to its Measure. `review` lists the reasons why a person should check the vessel.
    `height_is_complete` says whether rim and base are both drawn, None if that is unknown. `confidence` (0..1) is the
    probability that the sections are right, `residual` how they fit the ink of the scan. `edges` are the parts of the
    sections' outlines; `portion` says what is preserved: COMPLETE, RIM, BASE or WALL, "" if unknown.
    `stem` names its files if that is not its identifier. `printed_diameter` is what is printed at it, "Rdm. 24 cm".
    `axis_sd_px` and `rim_sd_px` are the standard deviations (px) of the axis's place at the rim plane and of that
    plane's, which the uncertainties of the measures follow from. `reviewed` is what people said of it.
    """

    identifier: str
    sections: tuple[Section, ...]
    axis: LineString | None = None
    axis_source: str = ""
    rim: LineString | None = None
    side: str = "unknown"
    scale: Scale | None = None
    figure: str = ""
    confidence: float = 0.0
    measures: dict[str, Measure] = field(default_factory=dict)
    review: tuple[str, ...] = ()
    height_is_complete: bool | None = None
    residual: Residual | None = None
    edges: tuple[Edge, ...] = ()
    portion: str = ""
    axis_sd_px: float = 0.0
    rim_sd_px: float = 0.0
    reviewed: Reviewed = field(default_factory=Reviewed)
    stem: str = ""
    printed_diameter: str = ""

    @property
    def label(self) -> str:
        """What people call the vessel: its printed number or code, or its identifier where none is printed."""
        return self.figure or self.identifier

    @property
    def file_stem(self) -> str:
        """The names of its files, before their endings."""
        return self.stem or self.identifier


@dataclass(frozen=True, slots=True)
class PageResult:
    """Everything found on one page. `dropped` counts what was left out, by reason.

    `versions` names the software and the model as the manifest does: "profilex", "model", "model_sha256" and others.
    `is_text_read` is False where the text reader is missing: the page then says nothing of its scale and labels.
    """

    ref: PageRef
    sha256: str
    width_px: int
    height_px: int
    dpi: float | None
    vessels: tuple[Vessel, ...]
    scale_bars: tuple[Polygon, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    is_text_read: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A page's line in the manifest, and the commit point of its outputs.

    `status` is "ok" or "failed"; `outputs` are (path relative to the output folder, sha256) pairs. `text_read` is False
    where the page's text could not be read. `place` says where the scan lay, as a digest, "" where that is not known.
    """

    source: str
    frame: int
    sha256: str
    key: str
    status: str
    stage: str = ""
    code: str = ""
    message: str = ""
    folder: str = ""
    vessels: int = 0
    sections: int = 0
    text_read: bool = True
    dropped: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    place: str = ""


class ModelCard(Protocol):
    """What is needed to know about a model besides its answers; `profilex.model.Card` is one."""

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def confidence(self) -> Mapping[str, Any]: ...


class Network(Protocol):
    """A loaded network, whoever provides it; `profilex.model.load_segmenter` returns one."""

    @property
    def card(self) -> ModelCard: ...

    @property
    def engine(self) -> str:
        """Engine, arithmetic and device, for people: "OpenVINO f32 on the processor"."""
        ...

    def segment(self, page: Page, settings: SegmentSettings) -> Segmentation: ...
