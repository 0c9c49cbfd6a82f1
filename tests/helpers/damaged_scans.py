"""Small files of every format, and a program that damages them and reads what is left.

`python -m tests.helpers.damaged_scans 5000` tries 5000 cases of each; it ends with an error at the first exception that
is no PageError, and names the case.
"""

import random
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from profilex.errors import PageError
from profilex.images import count_frames, read_page
from profilex.settings import ReadSettings
from profilex.types import PageRef
from tests.helpers.scan_files import Sheet, drawing, encoded, grey_picture, pdf

GREY = Image.fromarray(drawing())
NOISE = Image.fromarray(np.random.default_rng(5).integers(0, 256, (64, 64), dtype=np.uint8))

SEEDS = {
    "tiff raw": encoded(GREY, "TIFF"),
    "tiff lzw pages": encoded(GREY, "TIFF", compression="tiff_lzw", save_all=True, append_images=[NOISE]),
    "tiff g4": encoded(GREY.convert("1"), "TIFF", compression="group4"),
    "tiff jpeg": encoded(GREY, "TIFF", compression="jpeg"),
    "png": encoded(GREY, "PNG", dpi=(300, 300)),
    "jpeg": encoded(GREY.convert("RGB"), "JPEG", dpi=(300, 300)),
    "jpeg progressive": encoded(NOISE, "JPEG", progressive=True),
    "jp2": encoded(NOISE, "JPEG2000", irreversible=False),
    "j2k": encoded(NOISE, "JPEG2000", no_jp2=True),
    "pdf": pdf(Sheet(pictures=(grey_picture(drawing(), (90, 0, 0, 60, 0, 0)),)), Sheet(commands=b"9 9 9 9 re f")),
}

_HEADER_BYTES = 120  # damage there breaks more than damage to pixels does


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Cut the file, write over a stretch of it, or change some bytes."""
    choice = dice.randrange(4)
    if choice == 0:
        return data[: dice.randrange(len(data))]
    changed = bytearray(data)
    if choice == 1:
        start = dice.randrange(len(data))
        changed[start : start + dice.randrange(1, 40)] = dice.randbytes(dice.randrange(40))
    reach = _HEADER_BYTES if choice == 3 else len(changed)
    for _ in range(dice.randrange(1, 9)):
        changed[dice.randrange(min(reach, len(changed)))] = dice.randrange(256)
    return bytes(changed)


def read_all(path: Path) -> None:
    """Read the first two frames of a file that may be damaged; only a PageError is swallowed."""
    settings = ReadSettings(pdf_dpi=72, max_megapixels=20)
    attempts = [lambda: count_frames(path)]
    attempts += [lambda n=n: read_page(PageRef(path, "s", f"s/{n}", n), settings) for n in range(2)]
    for attempt in attempts:
        try:
            attempt()
        except PageError as error:
            if not error.message:
                raise ValueError("a failure without a message") from error


def main(cases: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scan.bin"
        for name, data in SEEDS.items():
            for number in range(cases):
                path.write_bytes(damaged(data, random.Random(f"{name} {number}")))
                try:
                    read_all(path)
                except Exception:
                    print(f"case {number} of {name}", file=sys.stderr)
                    raise


if __name__ == "__main__":
    main(int(sys.argv[1]))
