"""Annotated pages in memory, ready to be cut into tiles."""

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from profilex.errors import Code, RunError

CHANNEL_BITS = {"section": 1, "vessel": 2, "axis": 4, "scale_bar": 8}
ALL_BITS = sum(CHANNEL_BITS.values())
_ANCHOR_COUNT = 1000


@dataclass(frozen=True, slots=True)
class AnnotatedPage:
    """A page with its truth.

    `grey` is uint8 (height, width), 0 ink to 255 paper. `marks` is uint8 of the same shape with the bits of
    `CHANNEL_BITS`. `annotated` has the bits of the annotated channels: any other channel is unknown, not empty.
    `wall_px` is the median wall thickness, None on a page without sections. `kind` is "page", "item" or "negative".
    `anchors` float32 (n, 3) are positions x, y on sections with the thickness of the wall there, a sample that holds
    every piece. `group` names the origin of the page: pages of
    one group belong to one part of a split.
    """

    name: str
    grey: np.ndarray
    marks: np.ndarray
    style: str
    kind: str
    wall_px: float | None
    paper: int
    anchors: np.ndarray
    annotated: int = ALL_BITS
    group: str = ""


def annotated_page(
    name: str,
    grey: np.ndarray,
    marks: np.ndarray,
    *,
    style: str = "unknown",
    kind: str = "page",
    wall_px: float | None = None,
    annotated: int = ALL_BITS,
    group: str = "",
) -> AnnotatedPage:
    """The page with the facts that tiles need: paper tone, wall thickness and section positions.

    `grey` and `marks` are uint8 (height, width). Without `wall_px` the thickness is measured on the section mask.

    Raises:
        RunError: code `dataset`, if the two differ in size.
    """
    if grey.shape != marks.shape:
        raise RunError(
            Code.DATASET,
            f"{name}: the picture is {grey.shape[1]}x{grey.shape[0]} px, its mask {marks.shape[1]}x{marks.shape[0]}.",
            "Export the mask at the size of the picture.",
        )
    anchors = section_anchors((marks & CHANNEL_BITS["section"] > 0).astype(np.uint8))
    if wall_px is None and len(anchors):
        wall_px = float(np.median(anchors[:, 2]))
    paper = int(np.argmax(np.bincount(grey[::7, ::7].ravel(), minlength=256)[128:])) + 128
    return AnnotatedPage(
        name, grey, marks, style, kind, wall_px if len(anchors) else None, paper, anchors, annotated, group or name
    )


def section_anchors(section: np.ndarray) -> np.ndarray:
    """Sample positions on a section mask, uint8 (height, width) of 0 and 1, from each of its pieces.

    Returns float32 (n, 3): x, y and the wall thickness of the piece in px. The samples of a piece are proportional to
    the root of its area, so that large vessels do not hide small ones.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(section, connectivity=8)
    if count < 2:
        return np.empty((0, 3), np.float32)
    weights = np.sqrt(stats[1:, cv2.CC_STAT_AREA])
    wanted = np.ceil(_ANCHOR_COUNT * weights / weights.sum()).astype(int)
    anchors = []
    for label, amount in zip(range(1, count), wanted, strict=True):
        x, y, width, height, _ = stats[label].tolist()
        piece = (labels[y : y + height, x : x + width] == label).astype(np.uint8)
        rows, columns = np.nonzero(piece)
        chosen = np.linspace(0, rows.size - 1, min(rows.size, int(amount))).astype(np.int64)
        wall = np.full(chosen.size, wall_thickness_px(piece))
        anchors.append(np.stack([columns[chosen] + x, rows[chosen] + y, wall], axis=1))
    return np.concatenate(anchors).astype(np.float32)


def wall_thickness_px(piece: np.ndarray) -> float:
    """Typical wall thickness in px of one piece of section, uint8 (h, w) of 0 and 1.

    A wall of length l and thickness t has the area l*t and the perimeter 2*(l + t), that is t*t - p/2*t + a = 0. Holes
    count with their rims. Compact pieces without such a t count as thick as they are long.
    """
    outlines, _ = cv2.findContours(piece, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    half_perimeter = sum(cv2.arcLength(outline, True) for outline in outlines) / 2
    area = float(np.count_nonzero(piece))
    spread = half_perimeter**2 / 4 - area
    return max(1.0, half_perimeter / 2 - np.sqrt(spread) if spread > 0 else np.sqrt(area))


def read_synthetic_folder(folder: Path, *, limit: int | None = None) -> list[AnnotatedPage]:
    """Read the pages that `profilex synth` wrote, in the order of their index, at most `limit` of them.

    Raises:
        RunError: code `dataset`, if the index or a picture is missing or damaged.
    """
    index = folder / "index.jsonl"
    if not index.is_file():
        raise RunError(
            Code.DATASET, f"{folder} holds no index.jsonl.", f"Write one with: profilex synth --out {folder}"
        )
    entries = [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines() if line.strip()]
    with ThreadPoolExecutor(2) as readers:
        return list(readers.map(lambda entry: _read_synthetic_page(folder, entry), entries[:limit]))


def _read_synthetic_page(folder: Path, entry: dict[str, Any]) -> AnnotatedPage:
    name = entry["name"]
    return annotated_page(
        name,
        read_grey(folder / "JPEGImages" / f"{name}.png"),
        read_grey(folder / "masks" / f"{name}.png"),
        style=entry.get("style") or "unknown",
        kind=entry.get("kind") or "page",
        wall_px=entry.get("wall_px"),
    )


def read_grey(path: Path) -> np.ndarray:
    """Read a picture as uint8 (height, width).

    Raises:
        RunError: code `dataset`, if the file is missing or not a picture.
    """
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) if path.is_file() else None
    if grey is None:
        raise RunError(Code.DATASET, f"{path} is missing or cannot be read as a picture.", "Restore or remove it.")
    return grey


def hold_out(
    pages: Sequence[AnnotatedPage], share: float, seed: int
) -> tuple[list[AnnotatedPage], list[AnnotatedPage]]:
    """Split into (training, validation) pages, `share` of each style's groups in the latter, at least one of each."""
    rng = np.random.default_rng(seed)
    held: set[str] = set()
    for style in sorted({page.style for page in pages}):
        groups = sorted({page.group for page in pages if page.style == style})
        if len(groups) > 1:
            held.update(rng.permutation(groups)[: max(1, round(share * len(groups)))].tolist())
    return _parted(pages, held)


def _parted(pages: Iterable[AnnotatedPage], held: set[str]) -> tuple[list[AnnotatedPage], list[AnnotatedPage]]:
    training: list[AnnotatedPage] = []
    validation: list[AnnotatedPage] = []
    for page in pages:
        (validation if page.group in held else training).append(page)
    return training, validation
