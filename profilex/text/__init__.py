"""Text on a page: figure numbers and what is printed about the scale, read with Tesseract where it is installed."""

from profilex.text.figures import FigureLabel, figure_labels
from profilex.text.lines import TextLayer, lines_of_words
from profilex.text.reading import may_have_length, page_layer, read_bar, read_labels, read_page
from profilex.text.rim_percents import rim_percent, rim_percents
from profilex.text.statements import BarText, PrintedRatio, bar_length_mm, may_be_length, printed_ratio, states_length
from profilex.text.tesseract import TextError, installed_version, is_installed, read_words

__all__ = [
    "BarText",
    "FigureLabel",
    "PrintedRatio",
    "TextError",
    "TextLayer",
    "bar_length_mm",
    "figure_labels",
    "installed_version",
    "is_installed",
    "lines_of_words",
    "may_be_length",
    "may_have_length",
    "page_layer",
    "printed_ratio",
    "read_bar",
    "read_labels",
    "read_page",
    "read_words",
    "rim_percent",
    "rim_percents",
    "states_length",
]
