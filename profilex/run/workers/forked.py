"""What workers have in memory when they are forked; imported by the process that they are forked from, and only there.

A site's own environment for workers comes first: some libraries read it when they are loaded. None of them starts a
thread. What they made is of no use to a search for garbage, which would make the memory that workers share each one's
own.
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
