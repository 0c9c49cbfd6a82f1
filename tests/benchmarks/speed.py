"""How fast profilex is: `python tests/benchmarks/speed.py --pages 16`, which prints the table of docs/performance.md.

Pages are synthetic plates on A4 at 300 dpi, 1-bit and grey in turn. Everything is measured in one call, in turns, and
what counts are ratios: machines differ. Nothing here is collected by pytest.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pages import write_pages

from profilex import page as way
from profilex import pipeline
from profilex.images import read_page
from profilex.model import Segmenter, load_segmenter
from profilex.settings import ReadSettings, Settings
from profilex.types import PageRef

ON_DISK = ("read_page", "_export", "_commit")  # stages in profilex.page, and those in the pipeline
IN_MEMORY = (
    "sections", "read_legend", "propose_candidates", "select_candidates", "decide_scale", "make_vessels",
    "with_figures", "with_rim_percents", "with_printed_diameters",
)  # fmt: skip
SEED_PX = 512


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pages", type=int, default=16)
    arguments.add_argument("--turns", type=int, default=3)
    arguments.add_argument("--seed-pages", type=int, default=2, help="Pages that go the seed's way, which is slow.")
    arguments.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="Worker processes of whole runs.")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="profilex-speed-") as folder:
        scans = Path(folder) / "scans"
        paths = write_pages(scans, options.pages)
        segmenter = load_segmenter()
        bare_page(paths[0], segmenter)  # the first look also compiles
        bare, runs = [], {workers: [] for workers in options.workers}
        for turn in range(options.turns):
            bare.append(timed(lambda: [bare_page(path, segmenter) for path in paths]) / len(paths))
            for workers, told in runs.items():
                told.append(whole_run(scans, Path(folder) / f"out-{turn}-{workers}", workers))
            print(f"turn {turn + 1}: bare {bare[-1]:.2f} s/page, whole {runs}", flush=True)
        network = statistics.median(bare)
        print(f"| decoding and the bare network | {network:.2f} s a page | 1 |")
        for workers, told in runs.items():
            whole = statistics.median(told)
            print(f"| end to end, `--workers {workers}` | {whole:.2f} s a page | {whole / network:.2f} |")
        for together in (1, 2):
            firsts = sorted(first_pages(paths, Path(folder) / f"first-{together}", together))
            middle = statistics.median(firsts)
            what = f"from the start to the first page done, of {together} of the pages"
            print(f"| {what} | {middle:.1f} s ({firsts[0]:.1f} to {firsts[-1]:.1f}) | |", flush=True)
        print(f"| peak memory of the largest process | {peak_children_mib()} MiB | |")
        for stage, share in stages(paths, segmenter, Path(folder) / "stages"):
            print(f"| {stage} | {share:.0%} |")
        for name, seconds in seeds_way(paths[: options.seed_pages]):
            print(f"| the seed's way: {name} | {seconds:.2f} s a page | {seconds / whole:.1f} |")


def timed(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def bare_page(path: Path, segmenter: Segmenter) -> None:
    """Decode a page and let the network look at it, with every core; nothing is made of the answer."""
    page = read_page(PageRef(path, path.name, path.name), ReadSettings())
    segmenter.segment(page, Settings().segment)


def whole_run(scans: Path, out: Path, workers: int) -> float:
    """Seconds for each page of a run after its first one."""
    done = run(scans, out, "--workers", str(workers))
    return (done[-1] - done[0]) / (len(done) - 1)


def first_pages(paths: list[Path], home: Path, together: int) -> Iterator[float]:
    """Seconds from the start of a run to its first page done: a run from each page on, over so many of them."""
    for start in range(len(paths)):
        scans = home / f"{start}"
        scans.mkdir(parents=True)
        for path in (paths + paths)[start : start + together]:
            os.link(path, scans / path.name)
        started = time.time()
        yield run(scans, home / f"out-{start}")[0] - started


def run(scans: Path, out: Path, *words: str) -> list[float]:
    """`profilex batch`, and when each of its pages was done, in order."""
    command = [sys.executable, "-m", "profilex", "batch", str(scans), "--out", str(out), "--quiet"]
    subprocess.run([*command, *words], check=True)
    return sorted(record.stat().st_mtime for record in (out / "records").rglob("*.json"))


def peak_children_mib() -> int:
    """Peak resident memory of the largest process that was started."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def stages(paths: list[Path], segmenter: Segmenter, out: Path) -> Iterator[tuple[str, float]]:
    """The share of a page's time that each of its stages takes, the largest first."""
    spent: Counter[str] = Counter()
    networks = watched(segmenter, ("segment",), spent)
    with watched(way, ON_DISK, spent), watched(pipeline, IN_MEMORY, spent), networks:
        for path in paths:
            way.process_page(PageRef(path, path.name, path.name), segmenter, Settings(), out)
    total = sum(spent.values())
    for stage, seconds in spent.most_common():
        yield stage.strip("_").replace("_", " "), seconds / total


@contextmanager
def watched(place: Any, names: tuple[str, ...], spent: Counter[str]) -> Iterator[None]:
    """Add up the time in functions of a module or object for as long as the context lasts."""
    originals = {name: getattr(place, name) for name in names}

    def watch(name: str) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return originals[name](*values, **named)
            finally:
                spent[name] += time.perf_counter() - start

        return call

    for name in names:
        setattr(place, name, watch(name))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(place, name, original)


def seeds_way(paths: list[Path]) -> Iterator[tuple[str, float]]:
    """Keras `predict` of a U-Net on ResNet34, page by page: in tiles of 512 px, and the page squashed into one."""
    os.environ.setdefault("SM_FRAMEWORK", "tf.keras")
    import segmentation_models as sm

    network = sm.Unet("resnet34", input_shape=(SEED_PX, SEED_PX, 3), classes=2, encoder_weights=None)
    pages = [read_page(PageRef(path, path.name, path.name), ReadSettings()).grey for path in paths]
    network.predict(np.zeros((1, SEED_PX, SEED_PX, 3), np.float32), verbose=0)
    yield f"tiles of {SEED_PX} px", timed(lambda: [predict_tiles(network, page) for page in pages]) / len(pages)
    yield f"squashed to {SEED_PX} px", timed(lambda: [predict_squashed(network, page) for page in pages]) / len(pages)


def predict_tiles(network: Any, grey: np.ndarray) -> None:
    height, width = (-(-side // SEED_PX) * SEED_PX for side in grey.shape)
    whole = np.full((height, width), 255, np.float32)
    whole[: grey.shape[0], : grey.shape[1]] = grey
    for top in range(0, height, SEED_PX):
        for left in range(0, width, SEED_PX):
            tile = whole[top : top + SEED_PX, left : left + SEED_PX]
            network.predict(np.repeat(tile[None, :, :, None], 3, axis=3), verbose=0)


def predict_squashed(network: Any, grey: np.ndarray) -> None:
    small = cv2.resize(grey, (SEED_PX, SEED_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    network.predict(np.repeat(small[None, :, :, None], 3, axis=3), verbose=0)


if __name__ == "__main__":
    main()
