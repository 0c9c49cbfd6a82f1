"""The command line: parsing and messages only. `profilex --help` imports neither TensorFlow nor dask."""

from profilex.cli.app import build, main

__all__ = ["build", "main"]
