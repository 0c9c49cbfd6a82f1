"""Synthetic plates with pixel and vector truth, from a grammar of vessels and the conventions of catalogues."""

from profilex.synth.dataset import GENERATOR, write_dataset
from profilex.synth.drawing.style import SECTION_STYLES
from profilex.synth.pages.draw import BOOK, KINDS, draw_page
from profilex.synth.pages.page import SynthPage

__all__ = ["BOOK", "GENERATOR", "KINDS", "SECTION_STYLES", "SynthPage", "draw_page", "write_dataset"]
