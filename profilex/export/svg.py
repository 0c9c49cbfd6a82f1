"""SVG of a vessel in its own frame: millimetres 1:1 with a metric bar, for Inkscape, Illustrator and archives."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely
from shapely import LineString

from profilex.curves import path_data, straight
from profilex.curves.pathdata import number
from profilex.export.frame.metric_bar import metric_bar
from profilex.export.frame.print_style import (
    CONTOUR_MM,
    FINE_MM,
    HAIR_MM,
    OUTLINE_MM,
    TEXT_MM,
    print_ratio,
)
from profilex.export.frame.vessel_frame import PlacedVessel, place_vessel, ring_points
from profilex.export.full import FullView, full_view
from profilex.settings import ExportSettings
from profilex.types import PageResult, Vessel

Bounds = tuple[float, float, float, float]

LAYER_NAMES = {
    "PX_SECTION_OUTLINE": "Section",
    "PX_SECTION_FILL": "Section, fill",
    "PX_OUTLINE_EXT": "Exterior",
    "PX_AXIS": "Axis",
    "PX_RIM": "Rim",
    "PX_BREAK": "Breaks",
    "PX_TEXT": "Number",
    "PX_SCALEBAR": "Scale bar",
}
"""What Inkscape shows as the layers' names."""

_DIGITS = 4
_PAPER_MM = 60.0  # the long side of a drawing without a scale
_GAP_SHARE = 1e-5  # of a drawing's size: the edges of a section lie on its outline but for rounding


def vessel_drawing(vessel: Vessel, result: PageResult, settings: ExportSettings) -> bytes:
    """One vessel as SVG 1.1; one user unit is a millimetre of the real vessel, or a pixel while the scale is unknown.

    Sections, axis, rim, name and bar are groups with the names of the DXF layers. x runs right; y is flipped, because
    it points down in SVG.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
    """
    placed = place_vessel(vessel)
    left, bottom, right, top = placed.bounds
    paper = _paper(vessel, settings, placed.unit, max(right - left, top - bottom, 1e-3))
    body = [
        f"<title>{escape(vessel.label)}</title>",
        f"<desc>{escape(_description(placed, result))}</desc>",
        _sections(placed, paper, filled=settings.fill),
        _line("PX_AXIS", placed.axis, _chain(paper)),
        _line("PX_RIM", placed.rim, f'stroke="#000" stroke-width="{_n(CONTOUR_MM * paper)}"'),
    ]
    if not settings.plain:
        body += _words(vessel, placed.bounds, paper, with_bar=placed.unit == "mm")
    return _document(_sheet(vessel, placed.bounds, paper), placed.unit, paper, body)


def full_drawing(vessel: Vessel, result: PageResult, settings: ExportSettings) -> bytes:
    """The full drawing of a vessel as SVG 1.1; one user unit is a millimetre; see `profilex.export.full`.

    The group PX_OUTLINE_EXT holds the exterior: its outline, then its horizontal lines. Broken edges are dashed in
    PX_BREAK, and the section's outline is open there. A plain drawing has no name and no bar.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
        ValueError: the vessel has no full drawing; see `profilex.export.full.refusal`.
    """
    view = full_view(vessel)
    paper = print_ratio(vessel, settings)
    fine, contour = (f'stroke="#000" stroke-width="{_n(width * paper)}"' for width in (FINE_MM, CONTOUR_MM))
    dashes = f'{fine} stroke-dasharray="{_n(1.5 * paper)} {_n(paper)}"'
    # dashes along a fill would nibble at its edge
    broken = f'stroke="#000" stroke-width="{_n(HAIR_MM * paper)}"' if settings.fill else dashes
    body = [
        f"<title>{escape(vessel.label)}</title>",
        f"<desc>{escape(f'{_source(result)}; full drawing; one unit is 1 mm; origin {view.origin}')}</desc>",
        _open_sections(view, paper, filled=settings.fill),
        _lines("PX_OUTLINE_EXT", [view.curve_of(line) for line in (*view.contours, *view.levels)], contour),
        _lines("PX_AXIS", [view.curve_of(view.axis)], _chain(paper)),
        _lines("PX_RIM", [view.curve_of(line) for line in view.rims], contour),
        _layer(
            "PX_BREAK",
            _paths([view.curve_of(line) for line in view.breaks], broken)
            + _paths([view.curve_of(line) for line in view.torn], dashes),
        ),
    ]
    if not settings.plain:
        body += _words(vessel, view.bounds, paper, with_bar=True)
    return _document(_sheet(vessel, view.bounds, paper), "mm", paper, body)


def _paper(vessel: Vessel, settings: ExportSettings, unit: str, size: float) -> float:
    """How many units of the drawing a millimetre of paper is; in pixels, whose print is unknown, by the long side."""
    return print_ratio(vessel, settings) if unit == "mm" else size / _PAPER_MM


def _words(vessel: Vessel, bounds: Bounds, paper: float, *, with_bar: bool) -> list[str]:
    """The vessel's name below its drawing, and a metric bar."""
    left, bottom, right, _ = bounds
    height = TEXT_MM * paper
    name = _layer("PX_TEXT", _text(vessel.label, (left + right) / 2, -bottom + 2 * height, height))
    return [name, _bar(left, -bottom + 3 * height, right - left, height)] if with_bar else [name]


def _sheet(vessel: Vessel, bounds: Bounds, paper: float) -> Bounds:
    """The view box (left, top, width, height; y down) of a drawing with its words."""
    left, bottom, right, top = bounds
    height = TEXT_MM * paper
    # a long name below a narrow sherd needs more room than the drawing
    margin = max(2 * height, len(vessel.label) * height / 2 - (right - left) / 2)
    return left - margin, -top - 2 * height, right - left + 2 * margin, top - bottom + 9 * height


def _description(placed: PlacedVessel, result: PageResult) -> str:
    mirrored = ", mirrored" if placed.mirrored else ""
    status = placed.vessel.reviewed.status
    reviewed = f"; review_status {status}" if status else ""
    return f"{_source(result)}; one unit is 1 {placed.unit}; origin {placed.origin}{mirrored}{reviewed}"


def _source(result: PageResult) -> str:
    return f"{result.ref.source}, frame {result.ref.frame}, SHA-256 {result.sha256}"


def _document(box: Bounds, unit: str, paper: float, body: list[str]) -> bytes:
    suffix = "mm" if unit == "mm" else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        f'version="1.1" width="{_n(box[2])}{suffix}" '
        f'height="{_n(box[3])}{suffix}" viewBox="{" ".join(_n(value) for value in box)}" fill="none" '
        f'stroke-width="{_n(FINE_MM * paper)}" font-family="sans-serif">'
    )
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *filter(None, body), "</svg>\n"]).encode()


def _layer(name: str, content: str, style: str = "") -> str:
    """A group that Inkscape lists as a layer; nothing without content."""
    if not content:
        return ""
    words = f' inkscape:groupmode="layer" inkscape:label={quoteattr(LAYER_NAMES[name])}'
    return f'<g id="{name}"{words}{" " if style else ""}{style}>{content}</g>'


def _sections(placed: PlacedVessel, paper: float, *, filled: bool) -> str:
    """Sections as paths with holes by the even-odd rule; filled ones keep their outline thin, to stay true to size."""
    paths = [
        f'<path fill-rule="evenodd" d="{_path(placed.ring_curves(index))}"/>' for index in range(len(placed.sections))
    ]
    return _layer("PX_SECTION_OUTLINE", "".join(paths), _section_style(paper, filled=filled))


def _section_style(paper: float, *, filled: bool) -> str:
    fill, weight = ('fill="#000" ', HAIR_MM) if filled else ("", OUTLINE_MM)
    return f'{fill}stroke="#000" stroke-width="{_n(weight * paper)}"'


def _path(rings: Iterable[np.ndarray]) -> str:
    return " ".join(path_data(ring, _DIGITS, closed=True, flip=True) for ring in rings)


def _line(name: str, line: LineString | None, style: str) -> str:
    return "" if line is None else _lines(name, [straight(np.array([line.coords[0][:2], line.coords[-1][:2]]))], style)


def _chain(paper: float) -> str:
    """The look of an axis."""
    dashes = " ".join(_n(length * paper) for length in (4, 1, 1, 1))
    return f'stroke="#c00" stroke-width="{_n(FINE_MM * paper)}" stroke-dasharray="{dashes}"'


def _lines(name: str, curves: Iterable[np.ndarray], style: str) -> str:
    """Open curves (n, 4, 2) as one layer; none without curves."""
    return _layer(name, _paths(curves), style)


def _paths(curves: Iterable[np.ndarray], style: str = "") -> str:
    data = (path_data(curve, _DIGITS, closed=False, flip=True) for curve in curves)
    return "".join(f'<path d="{path}"{" " if style else ""}{style}/>' for path in data)


def _open_sections(view: FullView, paper: float, *, filled: bool) -> str:
    """The sections' fill, and their outlines where they are not broken, which are thin beside a fill."""
    left, bottom, right, top = view.bounds
    paths = (_path(view.curve_of(ring) for ring in ring_points(polygon)) for _, polygon in view.sections)
    fill = "".join(f'<path fill-rule="evenodd" d="{path}"/>' for path in paths)
    gaps = shapely.union_all(view.breaks).buffer(max(right - left, top - bottom) * _GAP_SHARE)
    outlines = shapely.union_all([polygon.boundary for _, polygon in view.sections]).difference(gaps)
    lines = [view.curve_of(line) for line in shapely.get_parts(shapely.line_merge(outlines))]
    drawn = _layer("PX_SECTION_FILL", fill, 'fill="#000"') if filled else ""
    weight = HAIR_MM if filled else OUTLINE_MM
    return drawn + _lines("PX_SECTION_OUTLINE", lines, f'stroke="#000" stroke-width="{_n(weight * paper)}"')


def _text(text: str, x: float, y: float, height: float) -> str:
    place = f'x="{_n(x)}" y="{_n(y)}" font-size="{_n(height * 1.4)}"'
    return f'<text {place} fill="#000" text-anchor="middle">{escape(text)}</text>'


def _bar(left: float, top: float, width: float, height: float) -> str:
    """A metric bar with its upper left corner at (left, top), in SVG's own axes."""
    bar = metric_bar(width)
    cells = [
        f'<rect x="{_n(left + index * bar.cell_mm)}" y="{_n(top)}" width="{_n(bar.cell_mm)}" height="{_n(height / 2)}" '
        f'fill="{"none" if index % 2 else "#000"}" stroke="#000"/>'
        for index in range(bar.cells)
    ]
    below = top + 2 * height
    labels = _text("0", left, below, height) + _text(bar.label, left + bar.length_mm, below, height)
    return _layer("PX_SCALEBAR", f"{''.join(cells)}{labels}")


def _n(value: float) -> str:
    return number(value, _DIGITS)
