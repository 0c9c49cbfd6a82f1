"""Whole catalogues: plates, and pages of text whose entries describe the vessels of the plates."""
