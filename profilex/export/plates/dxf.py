"""A sheet as DXF: model space 1:1 in millimetres of the vessels, and the page as a sheet that shows it at scale."""

from ezdxf.document import Drawing
from ezdxf.enums import TextEntityAlignment

from profilex.curves import arcs
from profilex.export.dxf.document import PLATE, draw, plain
from profilex.export.frame.print_style import TEXT_MM
from profilex.export.plates.layout import Sheet, Stroke

_ARC_MM = 0.005  # of paper, greatest distance of an arc from its curve
_ALIGNMENTS = {
    "start": TextEntityAlignment.LEFT,
    "middle": TextEntityAlignment.CENTER,
    "end": TextEntityAlignment.RIGHT,
}


def plate_dxf(sheet: Sheet) -> bytes:
    """One sheet with flat entities; equal sheets give equal bytes.

    Raises:
        PageError: the document does not pass ezdxf's audit.
    """

    def fill(doc: Drawing) -> None:
        for stroke in sheet.strokes:
            _add(doc, stroke, sheet.ratio)
        for text in sheet.letterings:
            height = text.height_mm * sheet.ratio
            entity = doc.modelspace().add_text(plain(text.text), height=height, dxfattribs={"layer": "PX_TEXT"})
            entity.set_placement((text.x * sheet.ratio, text.y * sheet.ratio), align=_ALIGNMENTS[text.anchor])
        _show(doc, sheet)

    return draw("mm", TEXT_MM * sheet.ratio, fill)


def _add(doc: Drawing, stroke: Stroke, ratio: float) -> None:
    space = doc.modelspace()
    rings = [arcs(curve * ratio, _ARC_MM * ratio) for curve in stroke.curves]
    closed = stroke.filled or stroke.layer in ("PX_SECTION_OUTLINE", "PX_SCALEBAR")
    if stroke.filled:
        layer = "PX_SECTION_FILL" if stroke.layer == "PX_SECTION_OUTLINE" else stroke.layer
        hatch = space.add_hatch(dxfattribs={"layer": layer, "color": 256})
        for index, ring in enumerate(rings):
            hatch.paths.add_polyline_path(ring[:-1].tolist(), is_closed=True, flags=16 if index else 1)
    for ring in rings:
        points = (ring[:-1] if closed else ring).tolist()
        attributes = {"layer": stroke.layer, "lineweight": max(round(stroke.weight_mm * 100), 0)}
        if attributes["lineweight"] not in _LINEWEIGHTS:
            attributes["lineweight"] = min(_LINEWEIGHTS, key=lambda each: abs(each - stroke.weight_mm * 100))
        space.add_lwpolyline(points, "xyb", close=closed, dxfattribs=attributes)


_LINEWEIGHTS = (0, 5, 9, 13, 15, 18, 20, 25, 30, 35, 40, 50)


def _show(doc: Drawing, sheet: Sheet) -> None:
    """The page in paper space, with one viewport that covers it."""
    width, height = sheet.size_mm
    paper = doc.layouts.get(PLATE)
    paper.page_setup(size=sheet.size_mm, margins=(0, 0, 0, 0), units="mm", scale=(1, 1), name="page", device="none")
    paper.add_viewport(
        center=(width / 2, height / 2),
        size=sheet.size_mm,
        view_center_point=(width / 2 * sheet.ratio, height / 2 * sheet.ratio),
        view_height=height * sheet.ratio,
        dxfattribs={"layer": "PX_VIEWPORT"},
    )
