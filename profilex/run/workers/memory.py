"""Memory that a page frees: kept for the rest of the page, and returned to the system after it.

By default the GNU C library requests every large array from the system again, and workers started by dask return freed
memory at once: a sixth of a page's time went to that. Other C libraries are not changed.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # mallopt(3)
_KEPT_BYTES = 256 * 2**20  # that may stay free at the end of the heap
_APART_BYTES = 32 * 2**20  # arrays from this size have memory of their own; the largest allowed value


@contextmanager
def memory_of_a_page() -> Iterator[None]:
    """Within the context freed memory is kept for the next allocations; at its end all of it is returned."""
    library = _library()
    if library is None:
        yield
        return
    library.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
    library.mallopt(_MMAP_THRESHOLD, _APART_BYTES)
    try:
        yield
    finally:
        library.malloc_trim(0)


@lru_cache(maxsize=1)
def _library() -> Any:
    """The C library of this process, None if it is not GNU's."""
    try:
        library = ctypes.CDLL(None)
        return library if library.mallopt and library.malloc_trim else None
    except (OSError, AttributeError, TypeError):  # Windows has no library without a name
        return None
