"""GeoPackage of a page, for QGIS: one layer for each part, in an engineering CRS without a place on Earth."""

import json
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from profilex.errors import Code, PageError, RunError
from profilex.export.columns.fields import FIELDS, PARTS, Field
from profilex.export.columns.properties import (
    Properties,
    edge_properties,
    line_properties,
    scale_bar_properties,
    section_properties,
    vessel_properties,
)
from profilex.export.frame.vessel_frame import moved, outline, place_page, require_finite
from profilex.export.geojson import round_coordinates
from profilex.types import PageResult, Vessel

_GEOMETRIES = {
    "vessel": "MultiPolygon",
    "section": "Polygon",
    "axis": "LineString",
    "rim": "LineString",
    "edge": "LineString",
    "scale_bar": "Polygon",
}
_UNITS = {
    "mm": ("millimetres of the vessels", 'LENGTHUNIT["millimetre",0.001]'),
    # WKT requires a factor to the metre, which a pixel does not have; readers show the unit's name
    "px": ("pixels of the scan, no scale", 'LENGTHUNIT["pixel",1]'),
}
_FIXED_DATE = "2000-01-01T00:00:00.000Z"  # instead of the time of writing, so that equal pages give equal bytes
_driver_lock = threading.Lock()

_Feature = tuple[str, BaseGeometry, Properties]


def require_driver() -> None:
    """Check that GeoPackages can be written.

    Raises:
        RunError: pyogrio is not installed.
    """
    try:
        import pyogrio  # noqa: F401
    except ImportError as error:
        raise RunError(
            Code.USAGE, "GeoPackages need the library pyogrio.", "Install it in a checkout: pip install '.[gis]'."
        ) from error


def page_package(result: PageResult) -> bytes:
    """A page as GeoPackage: layers vessel, section, axis, rim, edge and scale_bar, without empty ones.

    x runs right, y up, the origin is the page's lower left corner, as in `dxf.page_drawing`: millimetres of the real
    vessels if all of the page share one scale, otherwise pixels. A list such as bbox_px is JSON, always in page pixels
    with y down. An empty page has an empty layer section.

    Raises:
        PageError: a coordinate or a measure is not finite, or GDAL refuses the data.
        RunError: pyogrio is not installed.
    """
    require_driver()
    unit, factor = place_page(result)
    matrix = (factor, 0.0, 0.0, -factor, 0.0, factor * result.height_px)
    features = [(part, placed(geometry, matrix), known) for part, geometry, known in page_features(result)]
    with tempfile.TemporaryDirectory(prefix="profilex-") as folder, fixed_date():
        path = Path(folder) / "page.gpkg"
        for part in PARTS:
            members = [feature for feature in features if feature[0] == part]
            if members or (part == "section" and not features):
                write_layer(path, part, members, unit)
        return path.read_bytes()


def page_features(result: PageResult) -> Iterator[_Feature]:
    """Part, geometry (page px) and properties of everything on a page.

    Raises:
        PageError: a coordinate or a measure is not finite.
    """
    for vessel in result.vessels:
        require_finite(vessel)
        yield from _vessel_features(vessel, result)
    for bar in result.scale_bars:
        yield "scale_bar", bar, scale_bar_properties(bar, result)


def _vessel_features(vessel: Vessel, result: PageResult) -> Iterator[_Feature]:
    yield "vessel", outline(vessel), vessel_properties(vessel, result)
    for section in vessel.sections:
        yield "section", section.polygon, section_properties(section, vessel, result)
    for part, line in (("axis", vessel.axis), ("rim", vessel.rim)):
        if line is not None:
            yield part, line, line_properties(part, vessel, result)
    for edge in vessel.edges:
        yield "edge", edge.line, edge_properties(edge, vessel, result)


def write_layer(path: Path, part: str, features: Sequence[_Feature], unit: str) -> None:
    """A layer of placed features, added to the package at `path`.

    Raises:
        PageError: GDAL refuses the data.
    """
    from pyogrio import errors, raw

    fields = [field for field in FIELDS if part in field.places]
    columns = [_column(field, [properties[field.name] for _, _, properties in features]) for field in fields]
    geometries = np.empty(len(features), object)
    geometries[:] = [shapely.to_wkb(geometry) for _, geometry, _ in features]
    try:
        raw.write(
            path,
            geometries,
            [values for values, _ in columns],
            [field.name for field in fields],
            field_mask=[mask for _, mask in columns],
            layer=part,
            driver="GPKG",
            geometry_type=_GEOMETRIES[part],
            crs=_crs(unit),
            append=path.exists(),
            dataset_options=None if path.exists() else {"VERSION": "1.3"},  # GDAL before 3.7 reads it reliably
        )
    except (errors.DataSourceError, errors.DataLayerError, errors.FeatureError, errors.FieldError) as error:
        raise PageError(Code.EXPORT, f"layer {part}: GDAL refuses it ({error}).", "Report this as a bug.") from error


def placed(geometry: BaseGeometry, matrix: tuple[float, ...]) -> BaseGeometry:
    """A geometry of the page in another frame (shapely's six numbers), valid there, to the decimals of the files."""
    if isinstance(geometry, MultiPolygon):
        there = MultiPolygon([moved(part, matrix) for part in geometry.geoms])
    else:
        there = moved(geometry, matrix) if isinstance(geometry, Polygon) else affine_transform(geometry, matrix)
    there = round_coordinates(there)
    return shapely.orient_polygons(there) if not isinstance(there, MultiPolygon) or there.geoms else there


def _column(field: Field, values: list[Any]) -> tuple[np.ndarray, np.ndarray | None]:
    """A property's values for GDAL, and the mask of unknown ones."""
    if field.type in ("text", "numbers"):
        texts = [json.dumps(value) if isinstance(value, list) else value for value in values]
        return np.array(texts, object), None
    kind = {"integer": np.int64, "number": np.float64, "boolean": np.bool_}[field.type]
    unknown = np.array([value is None for value in values], bool)
    return np.array([0 if value is None else value for value in values], kind), unknown


def _crs(unit: str) -> str:
    """An engineering CRS in WKT 2."""
    meaning, length = _UNITS[unit]
    return (
        f'ENGCRS["profilex page, {meaning}",EDATUM["lower left corner of the page"],CS[Cartesian,2],'
        f'AXIS["x",east,ORDER[1]],AXIS["y",north,ORDER[2]],{length}]'
    )


@contextmanager
def fixed_date() -> Iterator[None]:
    """GDAL stamps the date from an option of the whole process."""
    import pyogrio

    with _driver_lock:
        before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _FIXED_DATE})
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
