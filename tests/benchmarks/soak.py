"""A night in short: many pages, bad files among them, and a run that is killed: `python tests/benchmarks/soak.py`.

Draws `--distinct` small plates and repeats them with a changed pixel as `--pages` files in mixed formats, 2 % of them
damaged. One run is killed (SIGKILL) three times and repeated to its end; another goes through. Both trees must be the
same byte for byte, and every page must have its record. The memory of all processes, sampled twice a second, is told
for the first and the last hundred samples.
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
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from profilex.synth import draw_page

FORMATS = {"tif": "TIFF", "png": "PNG", "jpg": "JPEG"}
LONG_SIDE_PX = 900


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
        memory, seconds = through(home / "scans", home / "whole")
        print(f"one run: {seconds:.0f} s, {options.pages / seconds:.2f} pages a second", flush=True)
        hundred = max(1, min(100, len(memory) // 4))
        first, last = max(memory[:hundred]), max(memory[-hundred:])
        print(f"peak memory in the first {hundred} samples {first} MiB, in the last {last} MiB", flush=True)
        for number in range(options.kills):
            killed_at = killed(home / "scans", home / "killed", random.Random(number), options.pages)
            print(f"killed with {killed_at} of {options.pages} records", flush=True)
        through(home / "scans", home / "killed")
        compare(home / "whole", home / "killed", options.pages, bad)


def write_scans(folder: Path, count: int, distinct: int) -> int:
    """Write the files and say how many are damaged: one of fifty, cut in its middle."""
    folder.mkdir(parents=True)
    plates = []
    for number in range(distinct):
        grey = draw_page(900_000 + number).grey
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
    return subprocess.Popen(words, stderr=subprocess.DEVNULL, start_new_session=True)


def through(scans: Path, out: Path) -> tuple[list[int], float]:
    """A run to its end: resident memory (MiB) of all its processes, sampled, and its seconds."""
    started, samples, ended = time.monotonic(), [], threading.Event()
    run = start(scans, out)

    def sample() -> None:
        while not ended.wait(0.5):
            samples.append(session_mib(run.pid))

    watcher = threading.Thread(target=sample)
    watcher.start()
    status = run.wait()
    ended.set()
    watcher.join()
    assert status == 3, f"exit status {status}, where some pages fail"
    return samples, time.monotonic() - started


def session_mib(session: int) -> int:
    """Proportional memory of the processes of a session."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[3]) == session:
                rollup = (stat.parent / "smaps_rollup").read_text()
                total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        except (OSError, StopIteration, ValueError):
            continue  # it has ended meanwhile
    return total // 1024


def killed(scans: Path, out: Path, rng: random.Random, pages: int) -> int:
    """Kill a run, with all its processes, when it has done some more pages; the records that there are then."""
    goal = records(out) + rng.randint(1, max(1, pages // 5))
    run = start(scans, out)
    while records(out) < goal and run.poll() is None:
        time.sleep(0.05)
    if run.poll() is not None:
        raise SystemExit("the run ended before it was killed: take more pages")
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    return records(out)


def records(out: Path) -> int:
    return sum(1 for _ in (out / "records").rglob("*.json")) if (out / "records").is_dir() else 0


def compare(one: Path, other: Path, pages: int, bad: int) -> None:
    trees = [
        {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != "run.log"}
        for out in (one, other)
    ]
    lines = [json.loads(line) for line in trees[0]["manifest.jsonl"].splitlines()]
    failed = sum(line["status"] == "failed" for line in lines)
    assert (len(lines), failed) == (pages, bad), f"{len(lines)} records, {failed} failed"
    assert trees[0] == trees[1], "the killed run's tree differs"
    print(f"equal trees: {len(trees[0])} files; {len(lines)} records, {failed} failed")


if __name__ == "__main__":
    main()
