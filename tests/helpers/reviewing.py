"""Output folders with scans to review, the server as users start it, and hands and eyes for its page."""

import contextlib
import hashlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PIL import Image, ImageDraw

from profilex.types import Page, PageRef, PageResult, Region, Segmentation, Vessel
from tests.helpers.decisions import HEIGHT, WIDTH, bowl, page
from tests.helpers.pots import write_folder
from tests.helpers.programs import finding_helpers
from tests.helpers.thresholding import FakeCard

FRINGE = 153
"""A grey beside the walls, where the stand-in for a network is 0.4 sure of a section."""

PROGRAM = "from profilex.cli import main; main(provider='tests.helpers.reviewing')"
PATIENCE_S = 30


def draw_scan(path: Path, vessels: Sequence[Vessel], *, size: tuple[int, int] = (WIDTH, HEIGHT), marks: int = 0) -> str:
    """Write a scan with these walls in black, each with a fringe of grey outside; the digest of its bytes.

    `marks` are dots in its corner, so that no two scans are the same.
    """
    scan = Image.new("L", size, 255)
    pen = ImageDraw.Draw(scan)
    for vessel in vessels:
        for section in vessel.sections:
            pen.polygon([tuple(point) for point in section.polygon.buffer(6).exterior.coords], fill=FRINGE)
    for vessel in vessels:
        for section in vessel.sections:
            pen.polygon([tuple(point) for point in section.polygon.exterior.coords], fill=0)
    for mark in range(marks):
        pen.point((2 * mark, 0), fill=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    scan.save(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def plates(scans: Path, count: int, *, each: int = 3) -> list[PageResult]:
    """Scans with bowls, and the results that a batch would have found on them."""
    results = []
    for number in range(count):
        places = [(380 + 420 * (place % 3), 120 + 360 * (place // 3)) for place in range(each)]
        vessels = [bowl(f"v{place + 1:03d}", x, y) for place, (x, y) in enumerate(places)]
        source = f"plate {number + 1}.png"
        sha256 = draw_scan(scans / source, vessels, marks=number)
        results.append(page(*vessels, source=source, sha256=sha256))
    return results


def collection(root: Path, count: int = 2, *, each: int = 3) -> tuple[Path, Path]:
    """An output folder to review, and the folder of its scans."""
    results = plates(root / "scans", count, each=each)
    return write_folder(root / "profiles", *results), root / "scans"


@dataclass
class Server:
    """A `profilex review` of its own."""

    process: subprocess.Popen[str]
    address: str
    said: list[str] = field(default_factory=list)

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it as a person would; its exit status."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=PATIENCE_S)
        return self.process.returncode


@contextlib.contextmanager
def served(profiles: Path, scans: Path | None, *options: str, reviewer: str = "ada") -> Iterator[Server]:
    """Start a server, and end it if the test did not."""
    words = ["review", str(profiles), "--no-browser", "--reviewer", reviewer, *options]
    words += ["--scans", str(scans)] if scans else []
    command = [sys.executable, "-c", PROGRAM, *words]
    with subprocess.Popen(
        command, env=finding_helpers(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    ) as process:
        try:
            yield _started(process)
        finally:
            if process.poll() is None:
                process.kill()


def _started(process: subprocess.Popen[str]) -> Server:
    said: list[str] = []
    end = time.monotonic() + PATIENCE_S
    assert process.stdout is not None
    while time.monotonic() < end and select.select([process.stdout], [], [], PATIENCE_S)[0]:
        line = process.stdout.readline()
        if not line:
            break
        said.append(line.strip())
        if found := re.search(r"http://\S+", line):
            return Server(process, found[0], said)
    raise AssertionError(f"the server did not start: {said}")


class Hands:
    """A browser's page on a server, used as a person uses it; whatever the page complains of is kept."""

    def __init__(self, tab: Any, address: str) -> None:
        self.tab = tab
        self.complaints: list[str] = []
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("console", lambda said: self._hear(said))
        tab.on("request", lambda asked: self._watch(asked.url, address))
        tab.goto(address)
        tab.wait_for_selector("body[data-ready]", timeout=PATIENCE_S * 1000)
        self.rest()

    def _hear(self, said: Any) -> None:
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.complaints.append(said.text)

    def _watch(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.complaints.append(f"asked for {url}")

    def rest(self, milliseconds: int = 350) -> None:
        """Wait as long as a person needs to look."""
        self.tab.wait_for_timeout(milliseconds)

    def press(self, *keys: str) -> None:
        """Press keys on the scan."""
        for key in keys:
            self.tab.keyboard.press(key)

    def saved(self) -> None:
        """Wait until the page has done all that was asked of it, and everything is saved."""
        for _ in range(2):  # an answer may lead to a further question
            self.rest(120)
            self.tab.wait_for_selector("body[data-saved=saved]:not([data-waiting])", timeout=PATIENCE_S * 1000)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, as long as a slow machine needs."""
        end = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end
            self.rest(100)

    def screen(self, point: Sequence[float]) -> tuple[float, float]:
        """Where a place of the page (page px) is on the screen."""
        x, y = self.tab.evaluate(
            "async (at) => { const { app } = await import('./main.js'); return app.viewer.toScreen(at); }", list(point)
        )
        box = self.tab.locator("#view").bounding_box()
        return box["x"] + x, box["y"] + y

    def click(self, point: Sequence[float], **options: Any) -> None:
        """Click a place of the page."""
        self.tab.mouse.click(*self.screen(point), **options)

    def drag(self, *points: Sequence[float]) -> None:
        """Drag from a place of the page over others."""
        places = [self.screen(point) for point in points]
        self.tab.mouse.move(*places[0])
        self.tab.mouse.down()
        for place in places[1:]:
            self.tab.mouse.move(*place, steps=4)
        self.tab.mouse.up()

    def state(self) -> dict[str, Any]:
        """The vessel in hand, as the page knows it."""
        found: dict[str, Any] = self.tab.evaluate(
            "async () => { const { app } = await import('./main.js'); return { ...app.vessel, page: app.page.page }; }"
        )
        return found

    def show(self, place: int, vessel: str) -> None:
        """Go to a vessel by its address."""
        self.tab.evaluate(f"() => {{ location.hash = '{place}/{vessel}'; }}")
        self.rest()


def exported(profiles: Path, out: Path, name: str) -> Path:
    """`profilex export` of a folder, as a user calls it."""
    from profilex.cli.app import run

    assert run(["export", str(profiles), "--format", name, "--out", str(out)]) == 0
    return out


def digests(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def lines_of(profiles: Path) -> list[dict[str, Any]]:
    """What stands in corrections.jsonl."""
    return [json.loads(line) for line in (profiles / "corrections.jsonl").read_text().splitlines()]


def find_model(name: str | None) -> Path:
    """The stand-in's place."""
    return Path(name or "reviewing")


def verify_model(path: Path) -> FakeCard:
    """The stand-in's card."""
    return FakeCard(path.name, path.name.ljust(64, "0"))


def load_segmenter(model: str | None, *, device: str = "auto", threads: int = 0) -> "Greyness":
    """The stand-in for a network: the darker, the surer."""
    return Greyness(verify_model(find_model(model)))


class Greyness:
    """Sees a section as surely as the page is dark."""

    engine = "a stand-in"

    def __init__(self, card: FakeCard) -> None:
        self.card = card

    def segment(self, page_: Page, settings: Any) -> Segmentation:
        """See a page."""
        dark = (1 - page_.grey.astype(np.float32) / 255.0)[None]
        nothing = np.zeros_like(dark[0])
        planes = np.stack([dark[0], dark[0], nothing, nothing])
        whole = Region((0, 0, page_.width_px, page_.height_px), planes)
        return Segmentation(("section", "vessel", "axis", "scale_bar"), whole, (whole,))


def renamed(result: PageResult, source: str) -> PageResult:
    """The same result under another source."""
    return replace(result, ref=PageRef(Path(source), source, f"{os.path.basename(source)}/0", 0))  # noqa: PTH119


def boundary(vessel: Vessel) -> shapely.Geometry:
    """The outlines of a vessel."""
    return shapely.union_all([section.polygon.boundary for section in vessel.sections])
