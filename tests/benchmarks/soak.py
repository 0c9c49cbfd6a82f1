"""A night in short: many pages, bad files among them, and a run that is killed: `python tests/benchmarks/soak.py`.

Draws `--distinct` small pages, two thirds of them with vessels, and repeats them with a changed pixel as `--pages`
files in mixed formats, 2 % of them damaged. One run is killed (SIGKILL) three times, whole or one of its workers, and
repeated to its end; another goes through. Every page must have its record, and both trees must be the same byte for
byte. Memory is sampled twice a second beside the count of records, and told for the first and the last hundred pages.
"""

import argparse
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from profilex.synth import draw_page

FORMATS = {"tif": "TIFF", "png": "PNG", "jpg": "JPEG", "pdf": "PDF", "jp2": "JPEG2000"}
LONG_SIDE_PX = 560
KINDS = ("plate", "item", "negative")  # as in a volume: plates, drawings in the text, pages without one


@dataclass(frozen=True, slots=True)
class Sample:
    """What a run has reached at a time (s), and the memory of its processes."""

    seconds: float
    records: int
    all_mib: int
    largest_mib: int


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pages", type=int, default=2000)
    arguments.add_argument("--distinct", type=int, default=60)
    arguments.add_argument("--kills", type=int, default=3)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="profilex-soak-") as folder:
        home = Path(folder)
        bad = write_scans(home / "scans", options.pages, options.distinct)
        print(f"{options.pages} pages, {bad} of them damaged", flush=True)
        for number in range(options.kills):
            what = killed(home / "scans", home / "killed", random.Random(number), options.pages, whole=number != 1)
            print(what, flush=True)
        tell("the killed run's last part", through(home / "scans", home / "killed"))
        check_complete(home / "killed", options.pages, bad)
        tell("one run", through(home / "scans", home / "whole"))
        check_complete(home / "whole", options.pages, bad)
        compare(home / "whole", home / "killed")


def tell(what: str, samples: Sequence[Sample]) -> None:
    """Print how fast each quarter of a run's pages went, and the peaks of memory over its first and last hundred."""
    first, last = samples[0].records, samples[-1].records
    seconds = samples[-1].seconds - samples[0].seconds
    print(f"{what}: {last - first} pages in {seconds:.0f} s, {(last - first) / seconds:.2f} pages a second", flush=True)
    marks = [next(s for s in samples if s.records >= first + (last - first) * quarter // 4) for quarter in range(5)]
    paces = [(b.records - a.records) / max(b.seconds - a.seconds, 0.5) for a, b in pairwise(marks)]
    print("  pages a second by quarters: " + ", ".join(f"{pace:.2f}" for pace in paces))
    hundred = min(100, (last - first) // 4)
    early = [sample for sample in samples if sample.records <= first + hundred]
    late = [sample for sample in samples if sample.records >= last - hundred]
    for column, name in (("all_mib", "all processes"), ("largest_mib", "the largest process")):
        before, after = (max(getattr(sample, column) for sample in part) for part in (early, late))
        change = f"{after / before - 1:+.1%}"
        print(f"  peak memory of {name}: first {hundred} pages {before} MiB, last {after} MiB, {change}", flush=True)


def write_scans(folder: Path, count: int, distinct: int) -> int:
    """Write the files and say how many are damaged: one of fifty, cut in its middle."""
    folder.mkdir(parents=True)
    plates = []
    for number in range(distinct):
        grey = draw_page(900_000 + number, kind=KINDS[number % len(KINDS)]).grey
        scale = LONG_SIDE_PX / max(grey.shape)
        plates.append(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    bad = 0
    for number in range(count):
        grey = plates[number % distinct].copy()
        grey.flat[number] ^= 1  # no two files are the same
        suffix = list(FORMATS)[number % len(FORMATS)]
        data = encoded(grey, suffix)
        if number % 50 == 7:
            data, bad = data[: len(data) // 2], bad + 1
        (folder / f"{number:05}.{suffix}").write_bytes(data)
    return bad


def encoded(grey: np.ndarray, suffix: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, FORMATS[suffix], dpi=(150, 150))
    return stream.getvalue()


def start(scans: Path, out: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "profilex", "batch", str(scans), "--out", str(out), "--quiet"]
    with out.with_suffix(".err").open("ab") as errors:
        return subprocess.Popen(words, stderr=errors, start_new_session=True)


def through(scans: Path, out: Path) -> list[Sample]:
    """A run to its end, sampled twice a second."""
    samples: list[Sample] = []
    ended = threading.Event()
    run = start(scans, out)

    def sample() -> None:
        while not ended.wait(0.5):
            sizes = memory_mib(run.pid).values()
            samples.append(Sample(time.monotonic(), records(out), sum(sizes), max(sizes, default=0)))

    watcher = threading.Thread(target=sample)
    watcher.start()
    status = run.wait()
    ended.set()
    watcher.join()
    log = (out / "run.log").read_text()
    if status != 3:  # some pages fail
        errors = out.with_suffix(".err").read_text()
        raise SystemExit(f"exit status {status}\n{log[-4000:]}\n{errors[-4000:]}")
    print(f"workers lost without a kill: {log[log.rindex(' pages to do, ') :].count('its worker died')}", flush=True)
    return samples


def memory_mib(session: int) -> dict[int, int]:
    """Proportional memory of each process of a session, by its number."""
    sizes = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[3]) == session:
                rollup = (stat.parent / "smaps_rollup").read_text()
                kib = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
                sizes[int(stat.parent.name)] = kib // 1024
        except (OSError, StopIteration, ValueError):
            continue  # it has ended meanwhile
    return sizes


def killed(scans: Path, out: Path, rng: random.Random, pages: int, *, whole: bool) -> str:
    """Kill a run, or its largest process and the run a little later, when it has done some more pages."""
    goal = records(out) + rng.randint(1, max(1, pages // 5))
    run = start(scans, out)
    wait_for(goal, out, run)
    if not whole:
        sizes = memory_mib(run.pid)
        sizes.pop(run.pid, None)
        os.kill(max(sizes, key=lambda process: sizes[process]), signal.SIGKILL)
        wait_for(goal + 20, out, run)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    return f"{'the run' if whole else 'a worker, then the run,'} killed with {records(out)} of {pages} records"


def wait_for(goal: int, out: Path, run: subprocess.Popen[bytes]) -> None:
    while records(out) < goal and run.poll() is None:
        time.sleep(0.05)
    if run.poll() is not None:
        raise SystemExit("the run ended before it was killed: take more pages")


def records(out: Path) -> int:
    return sum(1 for _ in (out / "records").rglob("*.json")) if (out / "records").is_dir() else 0


def check_complete(out: Path, pages: int, bad: int) -> None:
    lines = [json.loads(line) for line in (out / "manifest.jsonl").read_bytes().splitlines()]
    failed = sum(line["status"] == "failed" for line in lines)
    assert (len(lines), failed) == (pages, bad), f"{len(lines)} records, {failed} failed"
    print(f"complete: {len(lines)} records, {failed} of them of damaged files", flush=True)


def compare(one: Path, other: Path) -> None:
    trees = [
        {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != "run.log"}
        for out in (one, other)
    ]
    differing = sorted(path for path in trees[0].keys() | trees[1].keys() if trees[0].get(path) != trees[1].get(path))
    if differing:
        for path in differing[:5]:
            print(path, *(tree.get(path, b"(missing)")[:2000] for tree in trees), sep="\n", flush=True)
        raise SystemExit(f"{len(differing)} files differ: {', '.join(differing[:20])}")
    print(f"equal trees: {len(trees[0])} files")


if __name__ == "__main__":
    main()
