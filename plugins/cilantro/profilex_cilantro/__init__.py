"""Cilantro for profilex: pages from an object's data, and an archive that delivers profiles into the object."""

__version__ = "0.1.0"
