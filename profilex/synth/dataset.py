"""Synthetic pages on disk: pictures, masks, vector truth and the CVAT mask layout, written in parallel.

DIR/synth.json              version, seed and options
DIR/index.jsonl             a line a page: name, style, kind, seed, wall_px, dpi, px_per_mm, size, vessels
DIR/JPEGImages/NAME.png     the page, grey
DIR/masks/NAME.png          bit flags: 1 section, 2 vessel, 4 axis, 8 scale bar
DIR/SegmentationClass/NAME.png, DIR/labelmap.txt, DIR/ImageSets/Segmentation/default.txt   CVAT "segmentation mask 1.1"
DIR/book.json               of a book: its entries, their places and their vessels
DIR/truth/NAME.geojson      sections, axis, rim, scale bar, texts and marks as vectors, in page px
"""

import json
import multiprocessing
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from profilex import __version__
from profilex.errors import Code, RunError
from profilex.files import write_atomic
from profilex.synth.books.plan import plan_book
from profilex.synth.books.writing import write_book
from profilex.synth.pages.draw import BOOK, draw_page
from profilex.synth.pages.page import AXIS, SCALE_BAR, SECTION, VESSEL, SynthPage
from profilex.synth.truth import truth_document

LABELS = {
    "background": (0, 0, 0),
    "section": (250, 50, 83),
    "vessel": (51, 221, 255),
    "axis": (250, 250, 55),
    "scale_bar": (61, 245, 61),
}
GENERATOR = 7  # raised whenever the same seed gives other pixels


@dataclass(frozen=True, slots=True)
class Wish:
    """Which pages are drawn: what is None or empty is left to chance, else see `draw_page`."""

    style: str | None = None
    kind: str | None = None
    features: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()


def write_dataset(
    out: Path,
    pages: int,
    seed: int,
    style: str | None = None,
    kind: str | None = None,
    workers: int = 0,
    *,
    features: Collection[str] = (),
    schools: Collection[str] = (),
) -> Iterator[dict[str, Any]]:
    """Draw `pages` pages into `out` and yield each one's index entry as it is done, in order.

    Pages that an interrupted call with the same seed and options has finished are kept. `workers` 0 uses every core;
    a book (`kind` BOOK) is drawn by one.

    Raises:
        RunError: code `usage`, when `out` holds pages of another seed or other options.
    """
    wish = Wish(style, kind, tuple(features), tuple(schools))
    for name in ("JPEGImages", "masks", "SegmentationClass", "truth", "ImageSets/Segmentation"):
        (out / name).mkdir(parents=True, exist_ok=True)
    facts = {"generator": GENERATOR, "software": f"profilex {__version__}", "seed": seed, "style": style, "kind": kind}
    facts |= {"features": list(features)} if features else {}
    facts |= {"schools": list(schools)} if schools else {}
    _claim(out, facts | ({"pages": pages} if kind == BOOK else {}))
    (out / "labelmap.txt").write_text(
        "# label:color_rgb:parts:actions\n" + "".join(f"{k}:{r},{g},{b}::\n" for k, (r, g, b) in LABELS.items())
    )
    drawn = (
        write_book(out, plan_book(seed, pages, style, features, schools), partial(_write, out, seed))
        if kind == BOOK
        else _write_pages(out, pages, seed, wish, workers)
    )
    entries: list[dict[str, Any]] = []
    for entry in drawn:
        entries.append(entry)
        yield entry
    entries.sort(key=lambda entry: entry["name"])
    (out / "index.jsonl").write_text("".join(json.dumps(e) + "\n" for e in entries))
    (out / "ImageSets/Segmentation/default.txt").write_text("".join(e["name"] + "\n" for e in entries))


def _write_pages(out: Path, pages: int, seed: int, wish: Wish, workers: int) -> Iterator[dict[str, Any]]:
    jobs = [(out, i, seed, wish) for i in range(pages)]
    if workers == 1:
        yield from map(_write_page, jobs)
        return
    with multiprocessing.get_context("spawn").Pool(workers or None) as pool:
        yield from pool.imap(_write_page, jobs, chunksize=4)


def _claim(out: Path, facts: dict[str, Any]) -> None:
    """Note in `out` what it holds, so that a later call can go on with it but never mixes two sets."""
    note = out / "synth.json"
    if note.is_file() and json.loads(note.read_text()) != facts:
        raise RunError(
            Code.USAGE,
            f"{out} holds synthetic pages of another seed, style or version.",
            "Choose another folder or remove it.",
        )
    note.write_text(json.dumps(facts, indent=1) + "\n")


def _write_page(job: tuple[Path, int, int, Wish]) -> dict[str, Any]:
    out, number, seed, wish = job
    cv2.setNumThreads(1)
    name = f"{seed:04d}_{number:06d}"
    truth = out / "truth" / f"{name}.geojson"
    if truth.is_file():  # written last: the page is complete
        return json.loads(truth.read_text())["profilex:synth"]
    page = draw_page(seed * 1_000_003 + number, wish.style, wish.kind, wish.features, wish.schools)
    return _write(out, seed, page, name, number)


def _write(out: Path, seed: int, page: SynthPage, name: str, number: int) -> dict[str, Any]:
    """Write a page's picture, masks and truth; its truth comes last and says that it is complete."""
    h, w = page.grey.shape
    entry = {
        "name": name,
        "style": page.style,
        "kind": page.kind,
        "seed": seed * 1_000_003 + number,
        "wall_px": page.wall_px,
        "dpi": page.dpi,
        "px_per_mm": page.px_per_mm,
        "width": w,
        "height": h,
        "vessels": len(page.vessels),
        "school": page.school,
        "features": sorted(page.features.union(*(v.drawing.features for v in page.vessels))),
    }
    _write_png(out / "JPEGImages" / f"{name}.png", page.grey)
    _write_png(out / "masks" / f"{name}.png", page.bits)
    _write_png(out / "SegmentationClass" / f"{name}.png", class_colours(page.bits))
    truth = out / "truth" / f"{name}.geojson"
    write_atomic(truth, (json.dumps({**truth_document(page, name), "profilex:synth": entry}) + "\n").encode())
    return entry


def _write_png(path: Path, image: np.ndarray) -> None:
    if not cv2.imwrite(str(path), image, [cv2.IMWRITE_PNG_COMPRESSION, 1]):
        raise OSError(f"{path}: could not be written")


def class_colours(bits: np.ndarray) -> np.ndarray:
    """The CVAT picture of a bit mask, BGR: where channels overlap, section wins over axis over vessel."""
    out = np.zeros((*bits.shape, 3), np.uint8)
    for flag, name in ((VESSEL, "vessel"), (SCALE_BAR, "scale_bar"), (AXIS, "axis"), (SECTION, "section")):
        out[bits & flag > 0] = LABELS[name][::-1]
    return out
