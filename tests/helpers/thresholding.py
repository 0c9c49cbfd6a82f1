"""A provider of models for tests: dark pixels are sections, and pages misbehave where their names say so.

`hang` never ends, `kill` ends its worker, `kill-once` only the first time, `bug` raises, `greedy` runs out of memory,
`full` finds the disk full, `slow` waits a moment, `held` until a file `go` lies beside `looks`. Every look at a page
appends its name to a file `looks` in one of the folders above it.

Where the environment names a folder LOADING, every load of a model notes its process there, and as many of them as the
file `hang` in it says wait for ever.
"""

import errno
import os
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from profilex.errors import Code, RunError
from profilex.types import Page, Region, Segmentation


@dataclass(frozen=True)
class FakeCard:
    name: str
    digest: str
    confidence: dict = field(default_factory=dict)


def find_model(name):
    if name == "nowhere":
        raise RunError(Code.MODEL_MISSING, "nowhere: there is no such model.", "See profilex models list.")
    return Path(name or "thresholding")


def verify_model(path):
    return FakeCard(path.name, path.name.ljust(64, "0"))


def load_segmenter(model, *, device="auto", threads=0):
    if folder := os.environ.get("LOADING"):
        notes = Path(folder)
        (notes / f"{os.getpid()}.pid").touch()
        if len(list(notes.glob("*.pid"))) <= int((notes / "hang").read_text()):
            threading.Event().wait()
    return Thresholding(verify_model(find_model(model)))


class Thresholding:
    engine = "a threshold"

    def __init__(self, card):
        self.card = card

    def segment(self, page: Page, settings) -> Segmentation:
        misbehave(page.ref.path, first=look(page.ref.path))
        ink = (page.grey < 128).astype(np.float32)
        nothing = np.zeros_like(ink)
        whole = Region((0, 0, page.width_px, page.height_px), np.stack([ink, ink, nothing, nothing]))
        return Segmentation(("section", "vessel", "axis", "scale_bar"), whole, (whole,))


def look(path: Path) -> bool:
    """Note a look at a page; whether it is the first one."""
    notes = notes_of(path)
    first = path.name not in notes.read_text().split()
    with notes.open("a") as file:
        file.write(f"{path.name}\n")
    return first


def notes_of(path: Path) -> Path:
    return next(folder / "looks" for folder in path.parents if (folder / "looks").exists())


def misbehave(path: Path, *, first: bool) -> None:
    fault = path.stem.partition("_")[0]
    if fault == "hang":
        threading.Event().wait()
    if fault == "slow":
        threading.Event().wait(0.5)
    while fault == "held" and not (notes_of(path).parent / "go").exists():
        threading.Event().wait(0.05)
    if fault == "bug":
        raise ValueError("a bug\non two lines")
    if fault == "greedy":
        raise MemoryError
    if fault == "full":
        raise OSError(errno.ENOSPC, "No space left on device")
    if fault == "kill" or (fault == "kill-once" and first):
        os.kill(os.getpid(), signal.SIGKILL)
