"""SVG of a vessel in its own frame: millimetres 1:1 with a metric bar, for Inkscape, Illustrator and archives."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from profilex.export.frame.metric_bar import metric_bar
from profilex.export.frame.vessel_frame import PlacedVessel, place_vessel
from profilex.export.full import FullView, full_view
from profilex.settings import ExportSettings
from profilex.types import PageResult, Vessel

Bounds = tuple[float, float, float, float]

_DIGITS = 4
_GAP_SHARE = 1e-5  # of a drawing's size: the edges of a section lie on its outline except for rounding


def vessel_drawing(vessel: Vessel, result: PageResult, settings: ExportSettings) -> bytes:
    """One vessel as SVG 1.1; one user unit is a millimetre of the real vessel, or a pixel while the scale is unknown.

    Sections, axis, rim, name and bar are groups with the names of the DXF layers. x runs right; y is flipped, because
    it points down in SVG.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
    """
    placed = place_vessel(vessel)
    left, bottom, right, top = placed.bounds
    size = max(right - left, top - bottom, 1e-3)
    body = [
        f"<title>{escape(vessel.label)}</title>",
        f"<desc>{escape(_description(placed, result))}</desc>",
        _sections(placed, size, filled=settings.fill),
        _line("PX_AXIS", placed.axis, _chain(size / 40)),
        _line("PX_RIM", placed.rim, 'stroke="#000"'),
    ]
    if not settings.plain:
        body += _words(vessel, placed.bounds, with_bar=placed.unit == "mm")
    return _document(_sheet(vessel, placed.bounds), placed.unit, size, body)


def full_drawing(vessel: Vessel, result: PageResult, settings: ExportSettings) -> bytes:
    """The full drawing of a vessel as SVG 1.1; one user unit is a millimetre; see `profilex.export.full`.

    The group PX_OUTLINE_EXT holds the exterior: its outline, then its horizontal lines. Broken edges are dashed in
    PX_BREAK, and the section's outline is open there. A plain drawing has no name and no bar.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
        ValueError: the vessel has no full drawing; see `profilex.export.full.refusal`.
    """
    view = full_view(vessel)
    left, bottom, right, top = view.bounds
    size = max(right - left, top - bottom, 1e-3)
    dashes = f'stroke="#000" stroke-dasharray="{_n(size / 60)} {_n(size / 90)}"'
    body = [
        f"<title>{escape(vessel.label)}</title>",
        f"<desc>{escape(f'{_source(result)}; full drawing; one unit is 1 mm; origin {view.origin}')}</desc>",
        _open_sections(view, size, filled=settings.fill),
        _lines("PX_OUTLINE_EXT", (*view.contours, *view.levels), 'stroke="#000"'),
        _lines("PX_AXIS", (view.axis,), _chain(size / 40)),
        _lines("PX_RIM", view.rims, 'stroke="#000"'),
        _lines("PX_BREAK", (*view.breaks, *view.torn), dashes),
    ]
    if not settings.plain:
        body += _words(vessel, view.bounds, with_bar=True)
    return _document(_sheet(vessel, view.bounds), "mm", size, body)


def _words(vessel: Vessel, bounds: Bounds, *, with_bar: bool) -> list[str]:
    """The vessel's name below its drawing, and a metric bar."""
    left, bottom, right, top = bounds
    height = max(right - left, top - bottom, 1e-3) / 40
    name = _text("PX_TEXT", vessel.label, (left + right) / 2, -bottom + 2 * height, height)
    return [name, _bar(left, -bottom + 3 * height, right - left, height)] if with_bar else [name]


def _sheet(vessel: Vessel, bounds: Bounds) -> Bounds:
    """The view box (left, top, width, height; y down) of a drawing with its words."""
    left, bottom, right, top = bounds
    height = max(right - left, top - bottom, 1e-3) / 40
    # a long name below a narrow sherd needs more room than the drawing
    margin = max(2 * height, len(vessel.label) * height / 2 - (right - left) / 2)
    return left - margin, -top - 2 * height, right - left + 2 * margin, top - bottom + 8 * height


def _description(placed: PlacedVessel, result: PageResult) -> str:
    mirrored = ", mirrored" if placed.mirrored else ""
    status = placed.vessel.reviewed.status
    reviewed = f"; review_status {status}" if status else ""
    return f"{_source(result)}; one unit is 1 {placed.unit}; origin {placed.origin}{mirrored}{reviewed}"


def _source(result: PageResult) -> str:
    return f"{result.ref.source}, frame {result.ref.frame}, SHA-256 {result.sha256}"


def _document(box: Bounds, unit: str, size: float, body: list[str]) -> bytes:
    suffix = "mm" if unit == "mm" else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{_n(box[2])}{suffix}" '
        f'height="{_n(box[3])}{suffix}" viewBox="{" ".join(_n(value) for value in box)}" fill="none" '
        f'stroke-width="{_n(size / 400)}" font-family="sans-serif">'
    )
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *filter(None, body), "</svg>\n"]).encode()


def _sections(placed: PlacedVessel, size: float, *, filled: bool) -> str:
    """Sections as paths with holes by the even-odd rule; filled ones have a thin outline, to keep their true size."""
    style = f'fill="#000" stroke="#000" stroke-width="{_n(size / 4000)}"' if filled else 'stroke="#000"'
    paths = [f'<path fill-rule="evenodd" d="{_path(polygon)}"/>' for polygon in placed.sections]
    return f'<g id="PX_SECTION_OUTLINE" {style}>{"".join(paths)}</g>'


def _path(polygon: Polygon) -> str:
    rings = []
    for ring in (polygon.exterior, *polygon.interiors):
        points = [f"{_n(x)},{_n(-y)}" for x, y in shapely.get_coordinates(ring)[:-1]]
        rings.append(f"M{' L'.join(points)} Z")
    return " ".join(rings)


def _line(name: str, line: LineString | None, style: str) -> str:
    if line is None:
        return ""
    (x1, y1), (x2, y2) = line.coords[0][:2], line.coords[-1][:2]
    return f'<g id="{name}"><line x1="{_n(x1)}" y1="{_n(-y1)}" x2="{_n(x2)}" y2="{_n(-y2)}" {style}/></g>'


def _chain(dot: float) -> str:
    """The line style of an axis."""
    return f'stroke="#c00" stroke-dasharray="{_n(4 * dot)} {_n(dot)} {_n(dot)} {_n(dot)}"'


def _lines(name: str, lines: Iterable[BaseGeometry], style: str) -> str:
    """Open lines as one group; empty without lines."""
    paths = [
        f'<path d="M{" L".join(f"{_n(x)},{_n(-y)}" for x, y in shapely.get_coordinates(line))}"/>' for line in lines
    ]
    return f'<g id="{name}" {style}>{"".join(paths)}</g>' if paths else ""


def _open_sections(view: FullView, size: float, *, filled: bool) -> str:
    """The sections' fill, and their outlines except at breaks, which are thin beside a fill."""
    fill = "".join(f'<path fill-rule="evenodd" d="{_path(polygon)}"/>' for _, polygon in view.sections)
    gaps = shapely.union_all(view.breaks).buffer(size * _GAP_SHARE)
    outlines = shapely.union_all([polygon.boundary for _, polygon in view.sections]).difference(gaps)
    style = f'stroke="#000" stroke-width="{_n(size / 4000)}"' if filled else 'stroke="#000"'
    drawn = f'<g id="PX_SECTION_FILL" fill="#000">{fill}</g>' if filled else ""
    return drawn + _lines("PX_SECTION_OUTLINE", shapely.get_parts(shapely.line_merge(outlines)), style)


def _text(name: str, text: str, x: float, y: float, height: float) -> str:
    place = f'x="{_n(x)}" y="{_n(y)}" font-size="{_n(height * 1.4)}"'
    return f'<g id={quoteattr(name)}><text {place} fill="#000" text-anchor="middle">{escape(text)}</text></g>'


def _bar(left: float, top: float, width: float, height: float) -> str:
    """A metric bar with its upper left corner at (left, top), in SVG's own axes."""
    bar = metric_bar(width)
    cells = [
        f'<rect x="{_n(left + index * bar.cell_mm)}" y="{_n(top)}" width="{_n(bar.cell_mm)}" height="{_n(height / 2)}" '
        f'fill="{"none" if index % 2 else "#000"}" stroke="#000"/>'
        for index in range(bar.cells)
    ]
    below = top + 2 * height
    labels = _text("PX_SCALEBAR_START", "0", left, below, height)
    labels += _text("PX_SCALEBAR_END", bar.label, left + bar.length_mm, below, height)
    return f'<g id="PX_SCALEBAR">{"".join(cells)}{labels}</g>'


def _n(value: float) -> str:
    """A number without trailing zeros and without a negative zero."""
    text = f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
