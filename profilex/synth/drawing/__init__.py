"""One vessel drawn by the conventions of a style."""
