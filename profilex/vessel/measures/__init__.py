"""Diameters, height, wall thickness, volumes, and their conversion into millimetres."""
