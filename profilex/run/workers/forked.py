"""The libraries of forked workers; imported only by the process from which workers are forked.

A site's environment for workers is set first, because some libraries read it when they are loaded. None of them starts
a thread. Their objects are excluded from garbage collection, which would copy the memory that workers share.
"""

import gc
import os

gc.disable()

from dask import config  # noqa: E402

for _name, _value in (config.get("distributed.nanny.pre-spawn-environ", None) or {}).items():
    if _value is not None:
        os.environ.setdefault(_name, str(_value))

import distributed  # noqa: E402, F401

import profilex.model.engines.silent  # noqa: E402
import profilex.page  # noqa: E402
import profilex.run.workers.worker  # noqa: E402, F401

gc.freeze()
gc.enable()
