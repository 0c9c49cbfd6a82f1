"""The plate: a paper-space sheet that shows model space at a publication scale."""

from ezdxf.document import Drawing

from profilex.export.dxf.document import PLATE

_SHEETS_MM = ((210, 297), (297, 420), (420, 594), (594, 841), (841, 1189))  # A4 to A0
_MARGIN_MM = 15.0


def lay_out(doc: Drawing, bounds: tuple[float, float, float, float], ratio: float) -> None:
    """Show what lies within `bounds` (mm) on the plate, at 1:`ratio`.

    The sheet is the smallest of A4 to A0 that holds the drawing at that scale. It has only the viewport, because
    LibreCAD and GDAL would show a frame or a caption on the sheet among the entities of model space.
    """
    left, bottom, right, top = bounds
    width, height = right - left, top - bottom
    sheet = next((size for size in _SHEETS_MM if _fits(size, width, height, ratio)), _SHEETS_MM[-1])
    paper = doc.layouts.get(PLATE)
    paper.page_setup(size=sheet, margins=(0, 0, 0, 0), units="mm", scale=(1, 1), name="A", device="none")
    window = (sheet[0] - 2 * _MARGIN_MM, sheet[1] - 2 * _MARGIN_MM)
    middle = (sheet[0] / 2, sheet[1] / 2)
    paper.add_viewport(
        center=middle,
        size=window,
        view_center_point=((left + right) / 2, (bottom + top) / 2),
        view_height=window[1] * ratio,
        dxfattribs={"layer": "PX_VIEWPORT"},
    )


def _fits(sheet: tuple[int, int], width: float, height: float, ratio: float) -> bool:
    return width / ratio <= sheet[0] - 2 * _MARGIN_MM and height / ratio <= sheet[1] - 2 * _MARGIN_MM
