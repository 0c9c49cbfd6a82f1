"""Vessel shapes in millimetres: the grammar of real classes, and how vessels break."""
