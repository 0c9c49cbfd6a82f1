"""Sheets as one PDF: vectors, and the font of its texts embedded."""

import io
from collections.abc import Sequence
from pathlib import Path

from profilex.export.plates.layout import Lettering, Sheet, Stroke

_POINTS = 72 / 25.4
_CAP_SHARE = 0.73  # of the font's size that its capitals are high
_FONTS = {False: ("PX-Vera", "Vera.ttf"), True: ("PX-Vera-Bold", "VeraBd.ttf")}


def plates_pdf(sheets: Sequence[Sheet], title: str) -> bytes:
    """All sheets as the pages of one PDF 1.4; equal sheets give equal bytes."""
    import reportlab
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in _FONTS.values():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1, pageCompression=1, initialFontName=_FONTS[False][0])
    canvas.setTitle(title)
    canvas.setCreator("profilex")
    for sheet in sheets:
        canvas.setPageSize(tuple(value * _POINTS for value in sheet.size_mm))
        canvas.scale(_POINTS, _POINTS)
        canvas.setLineJoin(1)
        for stroke in sheet.strokes:
            _draw(canvas, stroke)
        for text in sheet.letterings:
            _write(canvas, text)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _draw(canvas: "Canvas", stroke: Stroke) -> None:  # type: ignore[name-defined]  # noqa: F821
    path = canvas.beginPath()
    closed = stroke.filled or stroke.layer in ("PX_SECTION_OUTLINE", "PX_SCALEBAR")
    for curve in stroke.curves:
        path.moveTo(*curve[0, 0])
        for piece in curve:
            path.curveTo(*piece[1], *piece[2], *piece[3])
        if closed:
            path.close()
    canvas.setLineWidth(stroke.weight_mm)
    canvas.setDash(list(stroke.dash_mm) if stroke.dash_mm else [])
    canvas.drawPath(path, stroke=1, fill=int(stroke.filled), fillMode=0)


def _write(canvas: "Canvas", text: Lettering) -> None:  # type: ignore[name-defined]  # noqa: F821
    canvas.setFont(_FONTS[text.is_bold][0], text.height_mm / _CAP_SHARE)
    draw = {"start": canvas.drawString, "middle": canvas.drawCentredString, "end": canvas.drawRightString}
    draw[text.anchor](text.x, text.y, text.text)
