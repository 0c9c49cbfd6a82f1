"""A sheet as SVG, a user unit being a millimetre of paper; its layers are Inkscape's."""

from collections.abc import Iterable
from itertools import groupby
from xml.sax.saxutils import escape

from profilex.curves import path_data
from profilex.curves.pathdata import number
from profilex.export.plates.layout import Lettering, Sheet, Stroke
from profilex.export.svg import LAYER_NAMES

_DIGITS = 3
_CAP_SHARE = 0.72  # of the font's size that its capitals are high


def plate_svg(sheet: Sheet) -> bytes:
    """One sheet; equal sheets give equal bytes."""
    width, height = (number(value, _DIGITS) for value in sheet.size_mm)
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        f'version="1.1" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}" fill="none" '
        'stroke="#000" stroke-linejoin="round" font-family="Helvetica, Arial, sans-serif">'
    )
    ordered = sorted(sheet.strokes, key=lambda stroke: stroke.layer)
    layers = [_layer(name, members, sheet) for name, members in groupby(ordered, key=lambda stroke: stroke.layer)]
    words = "".join(_lettering(each, sheet.size_mm[1]) for each in sheet.letterings)
    texts = f'<g id="PX_TEXT" inkscape:groupmode="layer" inkscape:label="Text" fill="#000" stroke="none">{words}</g>'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *layers, texts, "</svg>\n"]).encode()


def _layer(name: str, strokes: Iterable[Stroke], sheet: Sheet) -> str:
    paths = "".join(_path(stroke, sheet.size_mm[1]) for stroke in strokes)
    return f'<g id="{name}" inkscape:groupmode="layer" inkscape:label="{LAYER_NAMES[name]}">{paths}</g>'


def _path(stroke: Stroke, height: float) -> str:
    closed = stroke.filled or stroke.layer in ("PX_SECTION_OUTLINE", "PX_SCALEBAR")
    flipped = [curve * (1, -1) + (0, height) for curve in stroke.curves]
    data = " ".join(path_data(curve, _DIGITS, closed=closed) for curve in flipped)
    style = f'stroke-width="{number(stroke.weight_mm, 3)}"'
    if stroke.filled:
        style += ' fill="#000" fill-rule="evenodd"'
    if stroke.dash_mm:
        style += f' stroke-dasharray="{" ".join(number(length, 3) for length in stroke.dash_mm)}"'
    return f'<path d="{data}" {style}/>'


def _lettering(text: Lettering, height: float) -> str:
    weight = ' font-weight="bold"' if text.is_bold else ""
    size = number(text.height_mm / _CAP_SHARE, 3)
    place = f'x="{number(text.x, 3)}" y="{number(height - text.y, 3)}" font-size="{size}"'
    return f'<text {place} text-anchor="{text.anchor}"{weight}>{escape(text.text)}</text>'
