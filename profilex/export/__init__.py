"""The results of a page as the bytes of files: GeoJSON, DXF, SVG, CSV, GeoPackage, glTF and pictures.

Every function here is pure; `profilex.page` writes what they return.
"""
