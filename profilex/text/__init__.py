"""Text on a page: figure numbers and what is printed about the scale, read by two small networks (PP-OCRv6)."""

from profilex.text.bar_text import read_touching
from profilex.text.figures import FIGURE_GAP, FigureLabel, figure_labels, unnumbered
from profilex.text.lines import lines_of_words
from profilex.text.networks import TextError, installed_version, load_networks
from profilex.text.printed_diameters import ANY, BASE, RIM, PrintedDiameter, diameters_at, printed_diameters
from profilex.text.reading import PageText, may_have_length, read_bar, read_page
from profilex.text.rim_percents import rim_percent, rim_percents
from profilex.text.statements import BarText, PrintedRatio, bar_length_mm, may_be_length, printed_ratio, states_length

__all__ = [
    "ANY",
    "BASE",
    "FIGURE_GAP",
    "RIM",
    "BarText",
    "FigureLabel",
    "PageText",
    "PrintedDiameter",
    "PrintedRatio",
    "TextError",
    "bar_length_mm",
    "diameters_at",
    "figure_labels",
    "installed_version",
    "lines_of_words",
    "load_networks",
    "may_be_length",
    "may_have_length",
    "printed_diameters",
    "printed_ratio",
    "read_bar",
    "read_page",
    "read_touching",
    "rim_percent",
    "rim_percents",
    "states_length",
    "unnumbered",
]
