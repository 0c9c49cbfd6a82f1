"""SVG of a vessel in its own frame: millimetres 1:1 with a metric bar, for Inkscape, Illustrator and archives."""

from xml.sax.saxutils import escape, quoteattr

import shapely
from shapely import LineString, Polygon

from profilex.export.frames import PlacedVessel, place_vessel
from profilex.export.metric_bar import metric_bar
from profilex.settings import ExportSettings
from profilex.types import PageResult, Vessel

_DIGITS = 4


def vessel_drawing(vessel: Vessel, result: PageResult, settings: ExportSettings) -> bytes:
    """One vessel as SVG 1.1, a user unit being a millimetre of the real vessel, or a pixel while the scale is unknown.

    Sections, axis, rim, name and bar are groups named as the layers of the DXF. x runs right; y is flipped, as SVG
    counts it downwards.

    Raises:
        PageError: a coordinate, the scale or a measure is not a finite number.
    """
    placed = place_vessel(vessel)
    left, bottom, right, top = placed.bounds
    size = max(right - left, top - bottom, 1e-3)
    height = size / 40
    body = [
        f"<title>{escape(vessel.identifier)}</title>",
        f"<desc>{escape(_description(placed, result))}</desc>",
        _sections(placed, size, filled=settings.fill),
        _line(
            "PX_AXIS",
            placed.axis,
            f'stroke="#c00" stroke-dasharray="{_n(4 * height)} {_n(height)} {_n(height)} {_n(height)}"',
        ),
        _line("PX_RIM", placed.rim, 'stroke="#000"'),
    ]
    if not settings.plain:
        body.append(_text("PX_TEXT", vessel.identifier, (left + right) / 2, -bottom + 2 * height, height))
    if placed.unit == "mm" and not settings.plain:
        body.append(_bar(left, -bottom + 3 * height, right - left, height))
    # a long name below a narrow sherd needs more room than the drawing
    margin = max(2 * height, len(vessel.identifier) * height / 2 - (right - left) / 2)
    box = (left - margin, -top - 2 * height, right - left + 2 * margin, top - bottom + 8 * height)
    return _document(box, placed.unit, size, body)


def _description(placed: PlacedVessel, result: PageResult) -> str:
    source = f"{result.ref.source}, frame {result.ref.frame}, SHA-256 {result.sha256}"
    mirrored = ", mirrored" if placed.mirrored else ""
    return f"{source}; one unit is 1 {placed.unit}; origin {placed.origin}{mirrored}"


def _document(box: tuple[float, float, float, float], unit: str, size: float, body: list[str]) -> bytes:
    suffix = "mm" if unit == "mm" else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{_n(box[2])}{suffix}" '
        f'height="{_n(box[3])}{suffix}" viewBox="{" ".join(_n(value) for value in box)}" fill="none" '
        f'stroke-width="{_n(size / 400)}" font-family="sans-serif">'
    )
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *filter(None, body), "</svg>\n"]).encode()


def _sections(placed: PlacedVessel, size: float, *, filled: bool) -> str:
    """Sections as paths with holes by the even-odd rule; filled ones keep their outline thin, to stay true to size."""
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
    """A number without needless zeros, and without a minus before zero."""
    text = f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
