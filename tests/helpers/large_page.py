"""One page of the size that a test hands over, through the shipped model, in a process of its own.

    python -m tests.helpers.large_page SCAN OUT

prints a line of JSON: the page's status and code, its vessels, its seconds, and the process's peak memory in bytes.
"""

import json
import resource
import sys
import time
from pathlib import Path

from profilex.model import load_segmenter
from profilex.page import process_page
from profilex.settings import Settings
from profilex.types import PageRef

KIB = 1024  # Linux counts ru_maxrss in these


def main(scan: Path, out: Path) -> None:
    segmenter = load_segmenter(device="cpu", threads=2)
    start = time.monotonic()
    record = process_page(PageRef(scan, scan.name, scan.name), segmenter, Settings(), out)
    print(
        json.dumps(
            {
                "status": record.status,
                "code": record.code,
                "vessels": record.vessels,
                "seconds": round(time.monotonic() - start, 1),
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB,
            }
        )
    )


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:3]))
