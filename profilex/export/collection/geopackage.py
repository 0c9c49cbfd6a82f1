"""profiles.gpkg: all pages in one GeoPackage with stored styles, and world files that lay the scans beneath."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from shapely.geometry.base import BaseGeometry

from profilex.export.columns.fields import PARTS
from profilex.export.columns.properties import Properties
from profilex.export.gpkg import fixed_date, page_features, placed, require_driver, write_layer
from profilex.types import PageResult

NAME = "profiles.gpkg"

_GAP_SHARE = 0.05  # of a page's width, to the next one
_WORLD_SUFFIXES = {
    ".tif": ".tfw",
    ".tiff": ".tfw",
    ".jpg": ".jgw",
    ".jpeg": ".jgw",
    ".png": ".pgw",
    ".jp2": ".j2w",
    ".bmp": ".bpw",
    ".gif": ".gfw",
}
_STYLES = {  # fill, line and width (mm) of each table
    "vessel": ("0,0,0,0", "120,120,120,255", 0.1),
    "section": ("213,0,110,70", "213,0,110,255", 0.26),
    "axis": ("", "0,96,190,255", 0.2),
    "rim": ("", "0,140,90,255", 0.2),
    "edge": ("", "90,90,90,255", 0.3),
    "scale_bar": ("225,110,0,90", "225,110,0,255", 0.2),
}


class Collector:
    """Gathers pages side by side, from left to right; each keeps its pixels, y upwards."""

    def __init__(self) -> None:
        self._features: dict[str, list[tuple[str, BaseGeometry, Properties]]] = {part: [] for part in PARTS}
        self._x = 0.0
        self.world_files: list[tuple[str, bytes]] = []

    def add(self, result: PageResult) -> None:
        """Place one page to the right of the others.

        Raises:
            PageError: a coordinate or a measure is not finite.
        """
        matrix = (1.0, 0.0, 0.0, -1.0, self._x, float(result.height_px))
        for part, geometry, properties in page_features(result):
            self._features[part].append((part, placed(geometry, matrix), properties))
        source = PurePosixPath(result.ref.source)
        suffix = _WORLD_SUFFIXES.get(source.suffix.lower())
        if suffix and result.ref.frame == 0:
            name = f"worldfiles/{source.with_suffix(suffix)}"
            # of the upper left pixel's centre
            lines = (1.0, 0.0, 0.0, -1.0, self._x + 0.5, result.height_px - 0.5)
            self.world_files.append((name, "".join(f"{value:.10g}\n" for value in lines).encode()))
        self._x += result.width_px * (1 + _GAP_SHARE)

    def package(self) -> bytes:
        """The GeoPackage: a table for each part, in pixels of the scans, with the styles that QGIS takes by default.

        Raises:
            PageError: GDAL refuses the data.
            RunError: pyogrio is not installed.
        """
        require_driver()
        with tempfile.TemporaryDirectory(prefix="profilex-") as folder, fixed_date():
            path = Path(folder) / NAME
            for part in PARTS:
                members = self._features[part]
                if members or (part == "section" and not any(self._features.values())):
                    write_layer(path, part, members, "px")
            _store_styles(path, [part for part in PARTS if self._features[part]])
            return path.read_bytes()


def collect(pages: Iterable[PageResult]) -> Iterator[tuple[str, bytes]]:
    """The package of all pages and the world files of their scans."""
    collector = Collector()
    for page in pages:
        collector.add(page)
    yield NAME, collector.package()
    yield from collector.world_files


def _store_styles(path: Path, parts: list[str]) -> None:
    """The table layer_styles of QGIS, each style its table's default."""
    connection = sqlite3.connect(path)
    try:
        connection.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), "
            "f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), "
            "styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), "
            "update_time DATETIME)"
        )
        connection.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
            "VALUES ('', '', ?, 'geom', ?, ?, '', 1, 'profilex', '', NULL, '2000-01-01T00:00:00.000Z')",
            [(part, part, _qml(part)) for part in parts],
        )
        connection.execute(
            "INSERT OR REPLACE INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', '', '2000-01-01T00:00:00.000Z')"
        )
        connection.commit()
    finally:
        connection.close()


def _qml(part: str) -> str:
    fill, line, width = _STYLES[part]
    if fill:
        kind, layer = "fill", "SimpleFill"
        options = {"color": fill, "outline_color": line, "outline_width": width, "outline_width_unit": "MM"}
    else:
        kind, layer = "line", "SimpleLine"
        options = {"line_color": line, "line_width": width, "line_width_unit": "MM"}
    members = "".join(f'<Option name="{name}" value="{value}" type="QString"/>' for name, value in options.items())
    return (
        '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis version="3.22" styleCategories="Symbology">'
        f'<renderer-v2 type="singleSymbol"><symbols><symbol name="0" type="{kind}" alpha="1">'
        f'<layer class="{layer}" enabled="1"><Option type="Map">{members}</Option></layer>'
        "</symbol></symbols></renderer-v2></qgis>"
    )


__all__ = ["NAME", "Collector", "collect"]
