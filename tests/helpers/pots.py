"""Made-up vessels of many shapes, and output folders that hold them as `profilex batch` would leave them."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import shapely
from scipy.interpolate import PchipInterpolator
from shapely import LineString

from profilex import manifest
from profilex.export import geojson
from profilex.export.columns import table
from profilex.settings import Settings
from profilex.types import Measure, PageRef, PageResult, Record, Scale, Section, Vessel

# radii from rim to base as shares of the height; the last point is the base
_SHAPES = (
    (1.2, 1.15, 1.0, 0.75, 0.35),  # bowl
    (0.55, 0.45, 0.62, 0.6, 0.3),  # jar
    (1.9, 1.7, 1.2, 0.8, 0.7),  # plate
    (0.4, 0.42, 0.45, 0.4, 0.28),  # beaker
    (0.3, 0.2, 0.5, 0.55, 0.25),  # flask
)
_FLAGS = ("no scale", "axis from mirror", "residual 3.2 px", "rim not found", "height incomplete")


def pot(identifier: str, generator: np.random.Generator, x: float = 600.0, y: float = 200.0) -> Vessel:
    """A vessel with its axis at x and its rim at y (page pixels), whole or broken, with or without a scale."""
    height = float(generator.uniform(150, 330))
    whole = bool(generator.random() < 0.4)
    radii = np.array(_SHAPES[generator.integers(len(_SHAPES))]) * height * generator.uniform(0.85, 1.1, 5)
    down = np.linspace(0, 1 if whole else generator.uniform(0.3, 0.85), 40)
    wall = float(generator.uniform(9, 20))
    across = PchipInterpolator(np.linspace(0, 1, 5), radii)(down)
    middle = np.column_stack([x - across, y + down * height]).tolist()
    middle += [(x, y + height)] if whole else []
    polygon = shapely.orient_polygons(LineString(middle).buffer(wall / 2, cap_style="flat", quad_segs=3))
    scale = Scale(0.2, "bar", 0.01, "1:3") if generator.random() < 0.85 else None
    confidence = float(np.clip(1 - generator.exponential(0.09), 0.3, 0.995))
    flags = [flag for flag in _FLAGS[1:] if generator.random() < 0.09] + ([] if scale else [_FLAGS[0]])
    radius = x - polygon.bounds[0]
    measures = _measures(radius, height, wall, whole=whole) if scale else _page_measures(radius, height)
    return Vessel(
        identifier=identifier,
        sections=(Section(polygon, confidence, 0.5, 0.31),),
        axis=LineString([(x, y - 15), (x, y + height + 15)]),
        axis_source="line",
        rim=LineString([(x - radius, y), (x + radius, y)]),
        side="left",
        scale=scale,
        figure=identifier.rpartition("_")[2],
        confidence=confidence,
        measures=measures,
        review=tuple(flags),
        height_is_complete=whole,
    )


def _page_measures(radius: float, height: float) -> dict[str, Measure]:
    return {"rim_diameter_px": Measure(2 * radius, 9.0), "height_px": Measure(height, 3.5)}


def _measures(radius: float, height: float, wall: float, *, whole: bool) -> dict[str, Measure]:
    mm = 0.2
    return {
        "rim_diameter_mm": Measure(2 * radius * mm, 1.9),
        "height_mm": Measure(height * mm, 0.7, "" if whole else "the base is not drawn"),
        "wall_thickness_mm_p5": Measure(wall * mm * 0.8, 0.1),
        "wall_thickness_mm_p50": Measure(wall * mm, 0.1),
        "wall_thickness_mm_p95": Measure(wall * mm * 1.4, 0.1),
        "capacity_ml": Measure(812.5, 40.0) if whole else Measure(None, None, "the base is not drawn"),
    }


def plate(source: str, count: int, seed: int = 0, frame: int = 0) -> PageResult:
    """A page with `count` made-up vessels in two columns."""
    generator = np.random.default_rng(seed)
    stem = source.rpartition("/")[2].partition(".")[0] or "page"
    vessels = [pot(f"{stem}_{i + 1}", generator, 700 + 1200 * (i % 2), 200 + 420 * (i // 2)) for i in range(count)]
    folder = "".join("_" if c in '<>:"\\|?*' or not c.isprintable() else c for c in source)
    return PageResult(
        ref=PageRef(Path(source), source, f"{folder}/{frame}", frame),
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        width_px=2480,
        height_px=3508,
        dpi=300.0,
        vessels=tuple(vessels),
        scale_bars=(shapely.box(300, 3300, 700, 3312),),
        dropped={"too_small": seed % 4 + 1, "low_confidence": 2},
        warnings=("The file states no resolution.",) if seed % 3 == 0 else (),
        versions={"profilex": "0.1.0", "model": "unet-<b>", "model_sha256": "cd" * 32},
    )


def record_of(result: PageResult, outputs: tuple[tuple[str, str], ...] = ()) -> Record:
    """The record of a page that is done."""
    return Record(
        source=result.ref.source,
        frame=result.ref.frame,
        sha256=result.sha256,
        key="k",
        status="ok",
        folder=result.ref.folder,
        vessels=len(result.vessels),
        sections=sum(len(vessel.sections) for vessel in result.vessels),
        dropped=result.dropped,
        warnings=result.warnings,
        outputs=outputs,
        versions=result.versions,
    )


def failure_of(source: str, code: str = "truncated", message: str = "The file ends early.") -> Record:
    """The record of a page that failed."""
    folder = f"{source.replace('<', '_').replace('>', '_')}/0"
    return Record(source, 0, "", "k", "failed", "read", code, message, folder, versions={"profilex": "0.1.0"})


def write_folder(out: Path, *results: PageResult, failed: tuple[Record, ...] = ()) -> Path:
    """An output folder with page.geojson, records and run.json, without previews and drawings."""
    for result in results:
        name = f"pages/{result.ref.folder}/page.geojson"
        data = geojson.page_document(result)
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)
        outputs = ((name, hashlib.sha256(data).hexdigest()),)
        manifest.write_record(out, record_of(result, outputs), table.rows(result, [name]))
    for record in failed:
        manifest.write_record(out, record)
    run = {"settings": asdict(Settings()), "model": {"name": "unet-<b>"}, "versions": {"profilex": "0.1.0"}}
    (out / "run.json").write_text(json.dumps(run))
    return out
