"""Plates for print: chosen vessels laid out on pages at one scale, as PDF, SVG and DXF that show the same lines."""

from profilex.export.plates.dxf import plate_dxf
from profilex.export.plates.figures import Figure, figure_of, refusal
from profilex.export.plates.layout import PlateSettings, Sheet, lay_out
from profilex.export.plates.pdf import plates_pdf
from profilex.export.plates.svg import plate_svg

__all__ = [
    "Figure",
    "PlateSettings",
    "Sheet",
    "figure_of",
    "lay_out",
    "plate_dxf",
    "plate_svg",
    "plates_pdf",
    "refusal",
]
