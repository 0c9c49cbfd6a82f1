"""profilex for people who write Python: a model, pages through it, and their vessels as geometry and measures.

The names here are handed on by `profilex` itself. Nothing here changes the process that imports it: no environment
variable, no global limit, no signal handler.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shapely import LineString, MultiPolygon

from profilex import manifest
from profilex.errors import Code, PageError, RunError
from profilex.export import dxf, svg
from profilex.export.columns.properties import vessel_properties
from profilex.export.frame.vessel_frame import PlacedVessel, merged, moved, outline, place_page, place_vessel
from profilex.files import write_atomic
from profilex.images import read_page
from profilex.images.memory import Picture, page_from_picture
from profilex.model import load_segmenter
from profilex.pipeline import extract as extract_page
from profilex.reexport.folder import Profiles, Spoilt, read_profiles
from profilex.settings import ExportSettings, Settings
from profilex.types import Network, Page, PageRef, PageResult, Scale
from profilex.types import Vessel as VesselOnPage

if TYPE_CHECKING:
    import geopandas

_UNITS = (("_mm", "mm"), ("_px3", "px³"), ("_px", "px"), ("_ml", "ml"))
_GROUPS = ("read", "segment", "vectorize", "scale")
_POSITIVE = {"mm_per_px", "ratio", "dpi", "bar_mm"}


def load_model(model: str | Path | None = None, *, device: str = "auto", threads: int = 0) -> Network:
    """Load a model: the shipped one, another shipped one by its name, or the package in a folder.

    `device` is "auto", "cpu" or "gpu"; `threads` bounds the processor threads (0: as many as the engine chooses). One
    model can be used for any number of pages, by one thread at a time.

    Raises:
        RunError: the model is missing, its bytes are not those of its card, or the device is not there.
    """
    return load_segmenter(model, device=device, threads=threads)


def extract(
    page: str | Path | Picture,
    model: Network | None = None,
    *,
    frame: int = 0,
    settings: Settings | None = None,
    **values: Any,
) -> "Result":
    """Find and measure the vessels of one page.

    `page` is the path of a scan (`frame` is its page, from 0), an array or a Pillow image; see
    `profilex.images.memory.page_from_picture` for the arrays. Without a `model` the shipped one is loaded, each time.
    `values` are settings by their names in `profilex.settings`: `mm_per_px=0.2`, `ratio=3` (or "1:3"), `dpi=300`,
    `bar_mm=50`, `pdf_dpi=400`, `threshold=0.5` and so on; they change `settings`, the defaults unless given.

    Raises:
        PageError: the page cannot be read or segmented.
        RunError: code `usage`, for a setting that does not exist; or the model cannot be loaded.
    """
    chosen = with_values(settings or Settings(), values)
    network = model or load_model()
    read = _read(page, frame, chosen)
    chosen = chosen.for_page(read.ref.source, read.ref.frame)
    versions = manifest.software_versions(network.card.name, network.card.digest)
    return Result(replace(extract_page(read, network, chosen), versions=versions))


def open_folder(folder: str | Path) -> "Folder":
    """Open an output folder of `profilex batch`; its pages are read when they are asked for.

    Raises:
        RunError: the folder holds no record of profilex batch.
    """
    return Folder(read_profiles(Path(folder)))


def with_values(settings: Settings, values: dict[str, Any]) -> Settings:
    """Settings with some of their values replaced, each by the name that it has in its group.

    Raises:
        RunError: code `usage`, for a name that no group has.
    """
    values = dict(values)
    if isinstance(values.get("ratio"), str):
        values["ratio"] = _ratio(values["ratio"])
    known = {name: tuple(field.name for field in fields(getattr(settings, name))) for name in _GROUPS}
    unknown = values.keys() - {value for names in known.values() for value in names}
    if unknown:
        raise RunError(
            Code.USAGE,
            f"There is no setting {', '.join(sorted(unknown))}.",
            f"Settings are: {', '.join(sorted(value for names in known.values() for value in names))}.",
        )
    for name in _POSITIVE & values.keys():
        if values[name] is not None and not 0 < values[name] < float("inf"):
            raise RunError(
                Code.USAGE, f"{name}={values[name]!r} is not a number above 0.", "State it, or leave it out."
            )
    changed = {
        name: replace(getattr(settings, name), **{value: values[value] for value in names if value in values})
        for name, names in known.items()
    }
    return replace(settings, **changed)


def _ratio(text: str) -> float:
    try:
        return float(text.replace(" ", "").removeprefix("1:").replace(",", "."))
    except ValueError as error:
        raise RunError(Code.USAGE, f"The ratio {text!r} is not understood.", 'Write it as 3 or "1:3".') from error


def _read(page: str | Path | Picture, frame: int, settings: Settings) -> Page:
    if not isinstance(page, str | Path):
        return page_from_picture(page, dpi=settings.scale.dpi)
    path = Path(page)
    return read_page(PageRef(path, path.name, path.name, frame), settings.read)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measure: `value` and one standard deviation in `unit`; None, with the reason why, where there is none.

    A value can have a reason too, which says what it lacks: a height of "preserved" is that of a fragment. `unit` is mm
    or ml where the scale is known, else px or px³; of a share of the rim it is %.
    """

    value: float | None
    uncertainty: float | None
    unit: str
    reason: str = ""


class Vessel:
    """One vessel: geometry in its own frame, measures, and how far they can be believed.

    The frame has x to the right, y up, the section at x < 0, and its origin where the axis meets the rim plane; lengths
    are millimetres of the real vessel where the scale is known, else pixels of the scan (`unit`).
    """

    def __init__(self, on_page: VesselOnPage, result: PageResult) -> None:
        self.on_page = on_page
        self._result = result

    @property
    def identifier(self) -> str:
        """The name on the page: v001, v002 and so on."""
        return self.on_page.identifier

    @property
    def figure(self) -> str:
        """The number or code that is printed at the drawing, "" where none was read."""
        return self.on_page.figure

    @property
    def scale(self) -> Scale | None:
        """Page pixels to millimetres, None while unknown."""
        return self.on_page.scale

    @property
    def unit(self) -> str:
        """The unit of all lengths here: "mm", or "px" while the scale is unknown."""
        return self._placed.unit

    @property
    def section(self) -> MultiPolygon:
        """The cut wall, handles included."""
        return merged(self._placed.sections)

    @property
    def exterior(self) -> tuple[LineString, ...]:
        """The contour seen from outside, at x > 0."""
        return self._placed.exterior

    @property
    def axis(self) -> LineString | None:
        """The axis, None where it is not known."""
        return self._placed.axis

    @property
    def rim(self) -> LineString | None:
        """The rim plane as a line, None where it is not known."""
        return self._placed.rim

    @property
    def measures(self) -> dict[str, Quantity]:
        """The measures by their names without a unit, such as "rim_diameter", "height" and "wall_thickness_p50"."""
        named: dict[str, Quantity] = {}
        for name, measure in self.on_page.measures.items():
            plain, unit = _without_unit(name)
            if plain not in named or unit in ("mm", "ml"):
                named[plain] = Quantity(measure.value, measure.uncertainty, unit, measure.reason)
        return named

    @property
    def confidence(self) -> float:
        """The probability, 0 to 1, that the section is right."""
        return self.on_page.confidence

    @property
    def review(self) -> tuple[str, ...]:
        """The reasons for which a person should check the vessel; docs/formats.md explains each."""
        return self.on_page.review

    def to_dxf(self, path: str | Path, *, fill: bool = True, plain: bool = False) -> Path:
        """Write the vessel as DXF, 1:1 in millimetres (pixels while the scale is unknown); return the path.

        Raises:
            PageError: a number is not finite.
            RunError: the file cannot be written.
        """
        return _write(path, dxf.vessel_drawing(self.on_page, self._result, ExportSettings(fill=fill, plain=plain)))

    def to_svg(self, path: str | Path, *, fill: bool = True, plain: bool = False) -> Path:
        """Write the vessel as SVG, 1:1 in millimetres (pixels while the scale is unknown); return the path.

        Raises:
            PageError: a number is not finite.
            RunError: the file cannot be written.
        """
        return _write(path, svg.vessel_drawing(self.on_page, self._result, ExportSettings(fill=fill, plain=plain)))

    def _repr_svg_(self) -> str:
        """The drawing, for notebooks."""
        return svg.vessel_drawing(self.on_page, self._result, ExportSettings()).decode()

    def __repr__(self) -> str:
        rim = self.measures.get("rim_diameter")
        size = f", rim {rim.value:.4g} {rim.unit}" if rim is not None and rim.value is not None else ""
        label = f" ({self.figure})" if self.figure else ""
        review = f", review: {'; '.join(self.review)}" if self.review else ""
        return f"<Vessel {self.identifier}{label}{size}, confidence {self.confidence:.2f}{review}>"

    @cached_property
    def _placed(self) -> PlacedVessel:
        return place_vessel(self.on_page)


class Result:
    """What was found on one page. `page` holds all of it in page pixels, as the exporters take it."""

    def __init__(self, page: PageResult) -> None:
        self.page = page

    @cached_property
    def vessels(self) -> tuple[Vessel, ...]:
        """The vessels in reading order."""
        return tuple(Vessel(vessel, self.page) for vessel in self.page.vessels)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what is odd on the page."""
        return self.page.warnings

    @property
    def dropped(self) -> dict[str, int]:
        """How many sections were left out, by reason; docs/formats.md explains each."""
        return dict(self.page.dropped)

    def to_geodataframe(self) -> "geopandas.GeoDataFrame":
        """The page's vessels as a GeoDataFrame, a row for each, with the columns of profiles.csv.

        The geometry is the section in the page's own frame (x right, y up from the lower edge): millimetres where all
        vessels share one scale, else pixels.

        Raises:
            RunError: code `usage`, when geopandas is not installed.
        """
        return _geodataframe([self])

    def __repr__(self) -> str:
        return f"<Result of {self.page.ref.source}: {len(self.page.vessels)} vessels>"


class Folder:
    """An output folder of `profilex batch`. Pages that cannot be read are listed in `unreadable` once met."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self.unreadable: dict[str, str] = {}

    @property
    def path(self) -> Path:
        """Where the folder is."""
        return self._profiles.folder

    @property
    def results(self) -> Iterator[Result]:
        """The pages one at a time, by source and frame."""
        for page in self._profiles.pages():
            if isinstance(page, Spoilt):
                self.unreadable[page.record.folder] = page.message
            else:
                yield Result(page)

    @property
    def vessels(self) -> list[Vessel]:
        """All vessels of all pages."""
        return [vessel for result in self.results for vessel in result.vessels]

    def to_geodataframe(self) -> "geopandas.GeoDataFrame":
        """All vessels as a GeoDataFrame, as `Result.to_geodataframe`, in the frame of each one's own page.

        Raises:
            RunError: code `usage`, when geopandas is not installed.
        """
        return _geodataframe(list(self.results))

    def __repr__(self) -> str:
        done, failed = len(self._profiles.done), len(self._profiles.failed)
        return f"<Folder {self.path}: {done} pages done, {failed} failed>"


def _without_unit(name: str) -> tuple[str, str]:
    for ending, unit in _UNITS:
        stem, found, percentile = name.partition(ending)
        if found and (not percentile or percentile.startswith("_p")):
            return stem + percentile, unit
    return name, "%" if name.endswith("percent") else ""


def _write(path: str | Path, data: bytes) -> Path:
    place = Path(path)
    write_atomic(place, data)
    return place


def _geodataframe(results: Sequence[Result]) -> "geopandas.GeoDataFrame":
    try:
        import geopandas
    except ImportError as error:
        raise RunError(
            Code.USAGE,
            "A GeoDataFrame needs the library geopandas.",
            "Install it in a checkout of profilex: pip install '.[gis]'.",
        ) from error
    rows, shapes = [], []
    for result in results:
        _, factor = place_page(result.page)
        matrix = (factor, 0.0, 0.0, -factor, 0.0, factor * result.page.height_px)
        for vessel in result.page.vessels:
            rows.append(vessel_properties(vessel, result.page))
            shapes.append(MultiPolygon([moved(part, matrix) for part in outline(vessel).geoms]))
    return geopandas.GeoDataFrame(rows, geometry=shapes)


__all__ = [
    "Folder",
    "PageError",
    "Quantity",
    "Result",
    "RunError",
    "Vessel",
    "extract",
    "load_model",
    "open_folder",
]
