"""What a user can choose for a run."""

from dataclasses import dataclass, field

from profilex.settings.curves import CurveSettings
from profilex.settings.numbers import number


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How files become pages."""

    pdf_dpi: int = 300  # resolution at which vector PDF pages are drawn
    max_megapixels: int = 800  # declared size above which a page is refused before decoding


@dataclass(frozen=True, slots=True)
class SegmentSettings:
    """How a page goes through the network."""

    coarse_long_side_px: int = 1280
    smallest_long_side_px: int = 640
    coarse_levels: int = 3  # resolutions of the coarse pass, each half of the last: thick walls need low ones
    fine_wall_px: float = 16.0  # wall thickness in working pixels at which the fine pass aims
    threshold: float = 0.5
    tile_px: int = 1024  # tiles above this many working pixels a side
    tile_overlap_px: int = 160
    fine_megapixels: float = 24.0  # working pixels of the fine pass on one page, all regions together, at most
    coarse_weight: float = number(0.5, "share", "weight of the coarse pass's logits where both passes ran")
    coarse_logit: float = number(4.0, "logit", "the coarse pass's logits are held within this on either side of 0")
    farthest_px: int = number(192, "px", "long side below which the coarse pass does not reduce a page further")
    context_px: int = number(64, "px", "working pixels read around a region, and around what is drawn on a page ...")
    bare_context_px: int = number(32, "px", "... of which at most this many are bare paper, around a region")
    bare_grey: int = number(10, "grey levels", "by which bare paper may differ from the page's usual grey")
    growths: int = number(2, "count", "times that a region is enlarged because a section touches its edge, at most")
    suspected: float = number(0.3, "probability", "of the coarse pass from which a pixel may be part of a section")
    speck_px: int = number(8, "square px", "coarse pixels: a smaller piece of low probability is ignored")
    margin_walls: float = number(3.0, "walls", "around a section that its region holds ...")
    margin_px: float = number(4.0, "px", "... and this many of the page more")
    thinnest_wall_px: float = number(1.5, "px", "coarse pixels: thickness of a wall, at least")
    worth_it: float = number(1.25, "ratio", "change of scale below which the fine pass gains nothing")


@dataclass(frozen=True, slots=True)
class VectorizeSettings:
    """How probabilities become polygons."""

    tolerance_px: float = 0.5  # greatest distance of an outline from its contour
    raster_px: float = 0.25  # added where the contour follows the steps of pixels, which are .5 px from a true line
    chord_px: float = 0.05  # of these, greatest distance of the polygon from the curve: .02 mm in print from 64 dpi on
    least_area_px: float = 80.0
    least_confidence: float = 0.6
    least_wall_px: float = 4.0  # mean thickness below which a part is a line, not a wall
    least_wall_share: float = 0.2  # of the page's typical wall: a thinner part is a contour beside it
    least_hole_px: float = 12.0  # area below which a hole is noise and is filled
    curves: CurveSettings = field(default_factory=CurveSettings)


@dataclass(frozen=True, slots=True)
class ScaleSettings:
    """What the user knows about the scale; if all are None, only the page itself can give it."""

    mm_per_px: float | None = None
    ratio: float | None = None  # 3.0 for a publication scale of 1:3, used with the dpi
    dpi: float | None = None  # overrides what the file states
    bar_mm: float | None = None  # length that the whole scale bar represents
    source: str = "option"  # who states it: "option" for all pages, "table" or "neighbours" for this one
    uncertainty: float = 0.0  # of mm_per_px, as a share


def table_key(source: str, frame: int | None = None) -> str:
    """The key of a page of a file, or of all its pages, in a scale table."""
    return f"{source}\n{'' if frame is None else frame}"


def key_parts(key: str) -> tuple[str, int | None]:
    """The source and the frame that `table_key` made a key of."""
    source, _, frame = key.rpartition("\n")
    return source, int(frame) if frame else None


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Which files are written for a page besides page.geojson."""

    dxf: bool = True
    svg: bool = False
    geojson: bool = False
    page_dxf: bool = False
    preview: bool = True
    fill: bool = True  # hatch the section in DXF and SVG
    names: str = "{vessel}"  # of a vessel's files, see `profilex.export.file_names`
    splines: bool = False  # DXF outlines as SPLINE instead of polylines with arcs
    print_ratio: float | None = None  # 3.0 where drawings are meant for print at 1:3; None is the page's own, or 1:3
    plain: bool = False  # DXF and SVG hold only the drawing: no name, tag, dimension, scale bar, frame or sheet
