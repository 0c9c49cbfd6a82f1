"""A batch of pages: planned, distributed over dask workers or done in this process, and summed up."""
