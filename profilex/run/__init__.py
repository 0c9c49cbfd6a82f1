"""A batch of pages: planned, fanned out over dask or done in this process, and summed up."""
