"""What workers have in memory when they are forked; imported by the process that they are forked from, and only there.

A site's own environment for workers comes first: some libraries read it when they are loaded. None of them starts a
thread.
"""

import os

from dask import config

for _name, _value in (config.get("distributed.nanny.pre-spawn-environ", None) or {}).items():
    if _value is not None:
        os.environ.setdefault(_name, str(_value))

import distributed  # noqa: E402, F401

import profilex.model.silent  # noqa: E402
import profilex.page  # noqa: E402
import profilex.run.worker  # noqa: E402, F401
