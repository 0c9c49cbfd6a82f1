"""profilex: measured, CAD-ready vessel profiles from scanned pottery catalogues."""

__version__ = "0.1.0"
