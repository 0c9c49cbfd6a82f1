"""A model on annotated pages, through the same stages as a scan: what `profilex evaluate` does."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from shapely import Polygon
from tqdm import tqdm

from profilex.data.pages import CHANNEL_BITS, AnnotatedPage
from profilex.data.raster import fill_rings
from profilex.evaluation.metrics import PageScores, score_page, summarise
from profilex.evaluation.pictures import overlay, write_picture
from profilex.files import write_atomic
from profilex.model import Segmenter
from profilex.pipeline import extract, find_outlines
from profilex.settings import Settings
from profilex.types import page_in_memory

_PICTURE_PX = 1600


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model's scores on a data set: by page, and `summary` by style (see `metrics.summarise`)."""

    model: str
    sha256: str
    pages: tuple[PageScores, ...]
    summary: dict[str, dict[str, float]]

    def as_json(self) -> dict[str, Any]:
        """Everything, for a JSON file."""
        return {
            "model": self.model,
            "sha256": self.sha256,
            "styles": self.summary,
            "pages": [{**asdict(page), "iou": page.iou} for page in self.pages],
        }


def evaluate(
    segmenter: Segmenter, pages: Sequence[AnnotatedPage], settings: Settings, *, quiet: bool = True
) -> Evaluation:
    """Find the sections of annotated pages and score them.

    Raises:
        RunError: code `model_mismatch`, if the model has no section channel.
    """
    scores = []
    for page in tqdm(pages, unit="page", disable=True if quiet else None):
        found = find_sections(segmenter, page, settings)
        scores.append(score_page(page.name, page.style, page.marks & CHANNEL_BITS["section"] > 0, found))
    return Evaluation(segmenter.card.name, segmenter.card.weights_sha256, tuple(scores), summarise(scores))


def find_sections(segmenter: Segmenter, page: AnnotatedPage, settings: Settings) -> list[Polygon]:
    """The outlines that a scan of the page would yield, in page pixels: those of its vessels.

    For a model of plain pictures, with a fixed scale on its card, these are all outlines that it finds.
    """
    scan = page_in_memory(page.grey, page.name)
    if segmenter.card.scale is not None:
        return [section.polygon for section in find_outlines(scan, segmenter, settings).sections]
    vessels = extract(scan, segmenter, settings).vessels
    return [section.polygon for vessel in vessels for section in vessel.sections]


def write_evaluation(
    evaluation: Evaluation,
    pages: Sequence[AnnotatedPage],
    segmenter: Segmenter,
    settings: Settings,
    out: Path,
    *,
    worst: int = 12,
) -> None:
    """Write evaluation.json, and pictures of the `worst` pages: green found, blue missed, red wrong.

    Raises:
        RunError: code `output_unwritable`.
    """
    text = json.dumps(evaluation.as_json(), indent=1, ensure_ascii=False) + "\n"
    write_atomic(out / "evaluation.json", text.encode())
    (out / "worst").mkdir(exist_ok=True)
    by_name = {page.name: page for page in pages}
    for place, scores in enumerate(_worst(evaluation.pages, worst), start=1):
        page = by_name[scores.name]
        picture = _picture(page, find_sections(segmenter, page, settings))
        name = page.name.replace("/", "__")
        write_picture(out / "worst" / f"{place:02d}_iou{100 * scores.iou:03.0f}_{name}.png", picture)


def _worst(pages: Sequence[PageScores], count: int) -> Iterator[PageScores]:
    yield from sorted(pages, key=lambda page: (page.iou, -page.false_sections, page.name))[:count]


def _picture(page: AnnotatedPage, found: Sequence[Polygon]) -> np.ndarray:
    rings = [np.asarray(ring.coords)[:-1, :2] for shape in found for ring in (shape.exterior, *shape.interiors)]
    mask = fill_rings(rings, page.grey.shape[:2])
    picture = overlay(page.grey, page.marks & CHANNEL_BITS["section"] > 0, mask)
    scale = _PICTURE_PX / max(picture.shape[:2])
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
