"""A batch of pages: planned, fanned out over dask or done in this process, and summed up."""

from profilex.run.batch import run_batch
from profilex.run.dryrun import describe
from profilex.run.options import RunOptions
from profilex.run.summary import Summary

__all__ = ["RunOptions", "Summary", "describe", "run_batch"]
