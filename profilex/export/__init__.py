"""What was found on a page, as the bytes of the files that people open: GeoJSON, DXF, SVG, CSV and a preview.

Every function here is pure; `profilex.page` writes what they return.
"""
