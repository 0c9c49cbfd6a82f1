"""The pictures of the documents: contact sheets of pages, and a DXF as it looks; called by make_images.sh."""

import csv
import json
import sys
from pathlib import Path

import cv2
import ezdxf
import numpy as np
from ezdxf.addons.drawing import Frontend, RenderContext
from ezdxf.addons.drawing.config import BackgroundPolicy, Configuration
from ezdxf.addons.drawing.layout import Margins, Page, Units
from ezdxf.addons.drawing.svg import SVGBackend

WIDTH_PX = 1500
ROW_PX = 330
WIDEST_PX = 480
PREVIEW_PX = 900
DRAWING = Page(160, 0, Units.mm, margins=Margins.all(5))
_BETWEEN = (150, 150, 150)
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 80]


def sheet(target: Path, pages: list[Path]) -> None:
    """Write pages side by side in rows, on grey."""
    rows: list[list[np.ndarray]] = [[]]
    for page in pages:
        picture = cv2.imread(str(page), cv2.IMREAD_COLOR)
        factor = min(ROW_PX / picture.shape[0], WIDEST_PX / picture.shape[1])
        small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        below = ROW_PX - small.shape[0] + 4
        framed = cv2.copyMakeBorder(small, 4, below, 4, 4, cv2.BORDER_CONSTANT, value=_BETWEEN)
        if sum(picture.shape[1] for picture in rows[-1]) + framed.shape[1] > WIDTH_PX:
            rows.append([])
        rows[-1].append(framed)
    strips = [np.hstack(row) for row in rows if row]
    widest = max(strip.shape[1] for strip in strips)
    filled = [cv2.copyMakeBorder(s, 0, 0, 0, widest - s.shape[1], cv2.BORDER_CONSTANT, value=_BETWEEN) for s in strips]
    cv2.imwrite(str(target), np.vstack(filled), _QUALITY)


def preview(target: Path, source: Path) -> None:
    """Write a preview smaller."""
    picture = cv2.imread(str(source))
    scale = PREVIEW_PX / max(picture.shape[:2])
    cv2.imwrite(str(target), cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), _QUALITY)


def reliability(target: Path, card: Path) -> None:
    """Draw how reliable the confidences of a model are on held-out pages."""
    bins = json.loads(card.read_text())["confidence"]["fitted"]["held_out"]["bins"]
    side, edge = 360, 44

    def place(across: float, up: float) -> tuple[float, float]:
        return edge + across * side, edge / 2 + (1 - up) * side

    most = max(row["vessels"] for row in bins)
    marks = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3 + 9 * (row["vessels"] / most) ** 0.5:.1f}" fill="#0060be"/>'
        f'<text x="{x + 14:.1f}" y="{y + 4:.1f}">{row["vessels"]}</text>'
        for row in bins
        for x, y in [place(row["confidence"], row["right"])]
    ]
    path = " L".join("{:.1f} {:.1f}".format(*place(row["confidence"], row["right"])) for row in bins)
    ticks = [
        f'<text x="{place(t, 0)[0]:.0f}" y="{place(0, 0)[1] + 16:.0f}" text-anchor="middle">{t:.1f}</text>'
        f'<text x="{edge - 6}" y="{place(0, t)[1] + 4:.0f}" text-anchor="end">{t:.1f}</text>'
        for t in (0, 0.2, 0.4, 0.6, 0.8, 1)
    ]
    (x0, y0), (x1, y1) = place(0, 0), place(1, 1)
    names = (
        f'<text x="{(x0 + x1) / 2}" y="{y0 + 34}" text-anchor="middle">confidence</text>'
        f'<text transform="translate(12 {(y0 + y1) / 2}) rotate(-90)" text-anchor="middle">share that is right</text>'
    )
    body = "\n".join(
        [
            f'<rect x="{x0}" y="{y1}" width="{side}" height="{side}" fill="#fff" stroke="#888"/>',
            f'<path d="M{x0} {y0} L{x1} {y1}" stroke="#aaa" stroke-dasharray="5 4"/>',
            f'<path d="M{path}" fill="none" stroke="#0060be" stroke-width="1.5"/>',
            *marks,
            *ticks,
            names,
        ]
    )
    size = f"0 0 {side + edge + 36} {side + edge / 2 + 42:.0f}"
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" width="460" '
        f'font-family="sans-serif" font-size="11">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def scale(index: Path, name: str) -> str:
    """Millimetres for a pixel of a synthetic page."""
    entries = (json.loads(line) for line in index.read_text().splitlines())
    return f"{1 / next(entry['px_per_mm'] for entry in entries if entry['name'] == name):.6f}"


def drawing(target: Path, profiles: Path) -> None:
    """Write the DXF of the tallest vessel that is whole."""
    with (profiles / "profiles.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["height_mm"]]
    best = max(rows, key=lambda row: (row["height_is_complete"] == "true", float(row["height_mm"])))
    path = next(name for name in best["files"].split("; ") if name.endswith(".dxf"))
    document = ezdxf.readfile(profiles / path)
    backend = SVGBackend()
    on_white = Configuration(background_policy=BackgroundPolicy.WHITE)
    Frontend(RenderContext(document), backend, config=on_white).draw_layout(document.modelspace())
    target.write_text(backend.get_string(DRAWING))


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    if command == "sheet":
        sheet(Path(words[0]), [Path(word) for word in words[1:]])
    elif command == "scale":
        print(scale(Path(words[0]), words[1]))
    elif command == "preview":
        preview(Path(words[0]), Path(words[1]))
    elif command == "reliability":
        reliability(Path(words[0]), Path(words[1]))
    elif command == "drawing":
        drawing(Path(words[0]), Path(words[1]))
