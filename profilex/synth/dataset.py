"""Synthetic pages on disk: pictures, masks, vector truth and the CVAT mask layout, written in parallel.

DIR/synth.json              version, seed and options
DIR/index.jsonl             a line a page: name, style, kind, seed, wall_px, dpi, px_per_mm, size, vessels
DIR/JPEGImages/NAME.png     the page, grey
DIR/masks/NAME.png          bit flags: 1 section, 2 vessel, 4 axis, 8 scale bar
DIR/SegmentationClass/NAME.png, DIR/labelmap.txt, DIR/ImageSets/Segmentation/default.txt   CVAT "segmentation mask 1.1"
DIR/truth/NAME.geojson      sections, axis, rim and scale bar as vectors, in page px
"""

import json
import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from shapely import LineString, box, get_coordinates
from shapely.geometry import mapping

from profilex import __version__
from profilex.errors import Code, RunError
from profilex.files import write_atomic
from profilex.synth.pages.plate import AXIS, SCALE_BAR, SECTION, VESSEL, SynthPage, draw_page

LABELS = {
    "background": (0, 0, 0),
    "section": (250, 50, 83),
    "vessel": (51, 221, 255),
    "axis": (250, 250, 55),
    "scale_bar": (61, 245, 61),
}
GENERATOR = 6  # raised whenever the same seed gives other pixels


def write_dataset(
    out: Path, pages: int, seed: int, style: str | None = None, kind: str | None = None, workers: int = 0
) -> Iterator[dict[str, Any]]:
    """Draw `pages` pages into `out` and yield each one's index entry as it is done, in order.

    Pages that an interrupted call with the same seed and options has finished are kept. `workers` 0 uses every core.

    Raises:
        RunError: code `usage`, when `out` holds pages of another seed or other options.
    """
    for name in ("JPEGImages", "masks", "SegmentationClass", "truth", "ImageSets/Segmentation"):
        (out / name).mkdir(parents=True, exist_ok=True)
    _claim(
        out, {"generator": GENERATOR, "software": f"profilex {__version__}", "seed": seed, "style": style, "kind": kind}
    )
    (out / "labelmap.txt").write_text(
        "# label:color_rgb:parts:actions\n" + "".join(f"{k}:{r},{g},{b}::\n" for k, (r, g, b) in LABELS.items())
    )
    jobs = [(out, i, seed, style, kind) for i in range(pages)]
    entries: list[dict[str, Any]] = []
    if workers == 1:
        for job in jobs:
            entries.append(_write_page(job))
            yield entries[-1]
    else:
        with multiprocessing.get_context("spawn").Pool(workers or None) as pool:
            for entry in pool.imap(_write_page, jobs, chunksize=4):
                entries.append(entry)
                yield entry
    (out / "index.jsonl").write_text("".join(json.dumps(e) + "\n" for e in entries))
    (out / "ImageSets/Segmentation/default.txt").write_text("".join(e["name"] + "\n" for e in entries))


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


def _write_page(job: tuple[Path, int, int, str | None, str | None]) -> dict[str, Any]:
    out, number, seed, style, kind = job
    cv2.setNumThreads(1)
    name = f"{seed:04d}_{number:06d}"
    truth = out / "truth" / f"{name}.geojson"
    if truth.is_file():  # written last: the page is complete
        return json.loads(truth.read_text())["profilex:synth"]
    page_seed = seed * 1_000_003 + number
    page = draw_page(page_seed, style, kind)
    h, w = page.grey.shape
    entry = {
        "name": name,
        "style": page.style,
        "kind": page.kind,
        "seed": page_seed,
        "wall_px": page.wall_px,
        "dpi": page.dpi,
        "px_per_mm": page.px_per_mm,
        "width": w,
        "height": h,
        "vessels": len(page.vessels),
    }
    _write_png(out / "JPEGImages" / f"{name}.png", page.grey)
    _write_png(out / "masks" / f"{name}.png", page.bits)
    _write_png(out / "SegmentationClass" / f"{name}.png", class_colours(page.bits))
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


def truth_document(page: SynthPage, name: str) -> dict[str, Any]:
    """The page's vector truth in the layout of page.geojson."""
    h, w = page.grey.shape
    frame = box(0, 0, w, h)
    features: list[dict[str, Any]] = []

    def add(part: str, geometry: Any, **facts: Any) -> None:
        if not geometry.is_empty and np.isfinite(get_coordinates(geometry)).all():
            features.append({"type": "Feature", "properties": {"part": part, **facts}, "geometry": mapping(geometry)})

    for i, v in enumerate(page.vessels):
        d = v.drawing
        rim = None if d.rim_radius_mm is None else round(2 * d.rim_radius_mm, 3)
        facts = {
            "identifier": f"v{i + 1:03d}",
            "figure": v.label,
            "style": d.style,
            "rim_diameter_mm": rim,
            "whole": d.whole,
            "n_symbol": d.n_symbol,
            "wall_px": round(d.wall_px, 3),
        }
        for s in v.sections:
            add("section", s.buffer(0).intersection(frame), **facts)
        if v.axis is not None:
            add("axis", LineString(v.axis), identifier=facts["identifier"])
        if v.rim is not None:
            add("rim", LineString(v.rim), identifier=facts["identifier"])
    for bar in page.bars:
        add("scale_bar", LineString(bar.ends), length_mm=bar.length_mm, text=bar.text)
    return {
        "type": "FeatureCollection",
        "profilex:page": {
            "source": f"{name}.png",
            "width_px": w,
            "height_px": h,
            "dpi": page.dpi,
            "px_per_mm": page.px_per_mm,
            "style": page.style,
            "kind": page.kind,
        },
        "features": features,
    }
