"""Images: from a file to pages, as grey values with their resolution. Pillow and PDFium decode."""

from profilex.images.reading import count_frames, read_page, whole_scan

__all__ = ["count_frames", "read_page", "whole_scan"]
