"""Small annotated pages: a bowl's wall among lines and dots, solid or outlined, and a page without any."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from profilex.data.pages import AnnotatedPage, annotated_page

SIDE = 240
WALL = 14

PageMaker = Callable[..., AnnotatedPage]
FolderMaker = Callable[..., Path]


def draw(seed: int, style: str, side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Grey picture and bit flags, uint8 (side, side): 1 section, 2 vessel, 4 axis."""
    rng = np.random.default_rng(seed)
    grey = np.full((side, side), 240, np.uint8)
    marks = np.zeros((side, side), np.uint8)
    for _ in range(4):
        at = rng.integers(10, side - 10, 2).tolist()
        cv2.circle(grey, at, 4, (30,), -1)
    if style == "negative":
        return grey, marks
    left, top = rng.integers(20, side // 3, 2).tolist()
    t = np.linspace(0, np.pi / 2, 30)
    path = np.stack([left + 90 * (1 - np.cos(t)), top + 110 * np.sin(t)], axis=1).round().astype(np.int32)
    vessel = np.concatenate([path, [[left + 90, top]]]).astype(np.int32)
    cv2.fillPoly(marks, [vessel], (2,))
    section = np.zeros_like(marks)
    cv2.polylines(section, [path], False, (1,), WALL)
    marks |= section * 3
    cv2.line(grey, (left + 90, top), (left + 90, top + 110), (40,), 2)
    marks[top : top + 110, left + 88 : left + 93] |= 4
    if style == "solid":
        grey[section > 0] = 25
    else:
        outlines, _ = cv2.findContours(section, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(grey, outlines, -1, (25,), 2)
    return grey, marks


@pytest.fixture
def make_page() -> PageMaker:
    def make(seed: int = 1, style: str = "solid", name: str | None = None) -> AnnotatedPage:
        grey, marks = draw(seed, style)
        kind = "negative" if style == "negative" else "page"
        return annotated_page(name or f"{style}_{seed}", grey, marks, style=style, kind=kind)

    return make


@pytest.fixture
def make_folder(tmp_path: Path) -> FolderMaker:
    """Writes pages as `profilex synth` does."""

    def make(styles: Sequence[str], name: str = "synthetic") -> Path:
        folder = tmp_path / name
        for part in ("JPEGImages", "masks"):
            (folder / part).mkdir(parents=True)
        entries = []
        for seed, style in enumerate(styles):
            grey, marks = draw(seed, style)
            cv2.imwrite(str(folder / "JPEGImages" / f"{seed:03d}.png"), grey)
            cv2.imwrite(str(folder / "masks" / f"{seed:03d}.png"), marks)
            wall = None if style == "negative" else float(WALL)
            entries.append(json.dumps({"name": f"{seed:03d}", "style": style, "kind": "page", "wall_px": wall}))
        (folder / "index.jsonl").write_text("\n".join(entries) + "\n")
        return folder

    return make
