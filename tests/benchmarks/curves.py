"""Curves beside potrace and vtracer on the same drawn masks: distance to the true outline, and pieces.

Run: python tests/benchmarks/curves.py [MASKS]. It needs the program potrace and, if installed, the package vtracer.
"""

import io
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import shapely
from PIL import Image

from profilex.curves import evaluate, straight
from profilex.settings import VectorizeSettings
from profilex.trace.outlines import sections
from profilex.types import Region, Segmentation

_PATH = re.compile(r"[a-zA-Z]|-?\d*\.?\d+(?:[eE][-+]?\d+)?")


def wall(rng: np.random.Generator) -> shapely.Polygon:
    """A wall with a rounded lip, a belly, a carination in every second and a straight break, in px."""
    height, thick = rng.uniform(150, 700), rng.uniform(9, 40)
    t = np.linspace(0, 1, 600)
    belly = rng.uniform(0.1, 0.4) * height * np.sin(np.pi * (t * rng.uniform(0.6, 1.1) + rng.uniform(0, 0.3)))
    if rng.random() < 0.5:
        at = rng.uniform(0.3, 0.7)
        belly = belly - rng.uniform(0.2, 0.5) * height * np.maximum(t - at, 0)
    x, y = 60 + thick - belly + belly.max(), 20 + thick + t * height
    line = shapely.LineString(np.stack([x, y], axis=1))
    body = line.buffer(thick / 2, cap_style="flat", quad_segs=64)
    lip = shapely.Point(x[0], y[0]).buffer(thick * rng.uniform(0.52, 0.75), quad_segs=128)
    return max(shapely.get_parts(shapely.union(body, lip)), key=lambda part: part.area)


def raster(shape: shapely.Polygon) -> np.ndarray:
    width, height = (int(value) + 20 for value in shape.bounds[2:])
    y, x = np.mgrid[0:height, 0:width] + 0.5
    return shapely.contains_xy(shape, x, y)


def ours(mask: np.ndarray) -> list[np.ndarray]:
    height, width = mask.shape
    region = Region((0, 0, width, height), mask[None].astype(np.float32))
    found, _ = sections(Segmentation(("section",), region, (region,)), VectorizeSettings(), frame=(width, height))
    return [
        ring for section in found for ring in section.curves or [straight(np.array(section.polygon.exterior.coords))]
    ]


def potrace(mask: np.ndarray) -> list[np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "m.pbm", Path(folder) / "m.svg"
        Image.fromarray(~mask).convert("1").save(source, "PPM")
        subprocess.run(["potrace", "-s", "--flat", "-o", str(target), str(source)], check=True)
        text = target.read_text()
    # potrace writes tenths of a pixel, y upwards
    data = re.search(r'<path d="([^"]+)"', text)
    rings = pieces_of(data.group(1)) if data else []
    return [ring * (0.1, -0.1) + (0, mask.shape[0]) for ring in rings]


def vtracer(mask: np.ndarray) -> list[np.ndarray]:
    import vtracer as library

    stream = io.BytesIO()
    Image.fromarray(np.where(mask, 0, 255).astype(np.uint8)).convert("RGB").save(stream, "PNG")
    text = library.convert_raw_image_to_svg(stream.getvalue(), img_format="png", colormode="binary", mode="spline")
    found = []
    for data, shift in re.findall(r'<path d="([^"]+)"[^>]*?transform="translate\(([^)]+)\)"', text):
        found += [ring + np.array([float(value) for value in shift.split(",")]) for ring in pieces_of(data)]
    return found


def pieces_of(data: str) -> list[np.ndarray]:
    """Rings of SVG path data with M, C, L, Z and their relative forms."""
    tokens = _PATH.findall(data)
    rings: list[list[np.ndarray]] = []
    here = np.zeros(2)
    command, index = "", 0

    def take(count: int) -> np.ndarray:
        nonlocal index
        found = np.array([float(value) for value in tokens[index : index + 2 * count]]).reshape(count, 2)
        index += 2 * count
        return found + (here if command.islower() else 0)

    while index < len(tokens):
        if tokens[index].isalpha():
            command = tokens[index]
            index += 1
        if command in "zZ":
            continue
        if command in "mM":
            here = take(1)[0]
            rings.append([])
            command = "l" if command == "m" else "L"
        elif command in "cC":
            points = take(3)
            rings[-1].append(np.concatenate([here[None], points]))
            here = points[2]
        else:
            point = take(1)[0]
            rings[-1].append(straight(np.stack([here, point]))[0])
            here = point
    return [np.stack(ring) for ring in rings if ring]


def measured(rings: list[np.ndarray], shape: shapely.Polygon) -> tuple[float, float, int]:
    """Mean and greatest distance of a curve to the true outline and back, and the pieces."""
    ring = max(rings, key=lambda each: shapely.Polygon(evaluate(each, np.linspace(0, len(each), 400))).area)
    points = evaluate(ring, np.linspace(0, len(ring), 4000))
    there = shapely.distance(shapely.points(points), shape.exterior)
    back = shapely.distance(shapely.points(shapely.get_coordinates(shape.exterior)), shapely.LineString(points))
    return float(there.mean()), float(max(there.max(), back.max())), sum(len(each) for each in rings)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    shapes = [wall(np.random.default_rng(seed)) for seed in range(count)]
    masks = [raster(shape) for shape in shapes]
    for name, trace in (("profilex", ours), ("potrace", potrace), ("vtracer", vtracer)):
        try:
            start = time.process_time()
            found = [trace(mask) for mask in masks]
            seconds = time.process_time() - start
        except (ImportError, FileNotFoundError) as error:
            print(f"{name}: not installed ({error})")
            continue
        rows = np.array([measured(rings, shape) for rings, shape in zip(found, shapes, strict=True)])
        mean, greatest, pieces = rows.T
        far = f"greatest: mean {greatest.mean():.2f} px, worst {greatest.max():.2f} px"
        print(f"{name:9} mean {mean.mean():.3f} px, {far}; {pieces.mean():.1f} pieces; {seconds / count:.3f} s each")


if __name__ == "__main__":
    main()
