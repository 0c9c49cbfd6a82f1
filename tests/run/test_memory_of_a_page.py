"""What a page frees is kept for the rest of it, and then given back."""

import os
from pathlib import Path

import numpy as np

from profilex.run.workers.memory import memory_of_a_page


def test_what_a_page_frees_is_given_back_after_it():
    def resident_mib() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20

    with memory_of_a_page():
        pass  # what earlier tests have freed goes first
    before = resident_mib()
    with memory_of_a_page():
        arrays = [np.ones(2**20, np.uint8) for _ in range(200)]
        keeps_the_end_of_the_heap = np.ones(2**16, np.uint8)
        del arrays
        assert resident_mib() > before + 150  # for what is allocated next
    assert resident_mib() < before + 50
    assert keeps_the_end_of_the_heap.all()
