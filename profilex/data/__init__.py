"""Annotated data sets: CVAT, masks, pairs of pictures and masks, splits."""
