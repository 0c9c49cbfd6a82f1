"""Reviewed pages as what a model learns from and is measured on: their scans, with the sections that people left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import cv2
import shapely
from shapely.geometry.base import BaseGeometry

from profilex.correction.choosing import picture_names
from profilex.correction.document import annotations_document, image_element
from profilex.correction.drawn import page_shapes
from profilex.correction.task import ANNOTATIONS, scan_of
from profilex.decisions import Corrected
from profilex.decisions.applying import LOOK_AGAIN
from profilex.errors import Code, PageError, RunError
from profilex.files import discover, write_atomic
from profilex.reexport import Profiles, Spoilt, read_profiles
from profilex.reexport.folder import without_rejected
from profilex.types import Page, PageResult


@dataclass(frozen=True, slots=True)
class ReviewedSet:
    """What was written: reviewed pages, and one sentence for each that was left out."""

    pages: int
    left_out: tuple[str, ...] = ()


def is_profiles(folder: Path) -> bool:
    """Whether a folder is an output folder of profilex batch, and no data set."""
    return (folder / "records").is_dir()


def reviewed_pages(profiles: Profiles) -> Iterator[PageResult]:
    """The pages on which somebody has decided about every vessel, without what was rejected."""
    for view in profiles.corrected_pages():
        if not isinstance(view, Spoilt) and _is_reviewed(view):
            yield without_rejected(view.result)


def _is_reviewed(view: Corrected) -> bool:
    vessels = view.result.vessels
    decided = [view.subjects[vessel.identifier] for vessel in vessels if vessel.identifier in view.subjects]
    fits = not any(LOOK_AGAIN in vessel.review for vessel in vessels)
    return bool(vessels) and fits and len(decided) == len(vessels) and all(each.is_decided for each in decided)


def reviewed_scans(folder: Path, scans: Sequence[Path]) -> Iterator[tuple[PageResult, Page | PageError]]:
    """Reviewed pages with their scans, or why a scan cannot be had.

    Raises:
        RunError: the folder holds no records; no page of it is reviewed.
    """
    pages = list(reviewed_pages(read_profiles(folder)))
    if not pages:
        raise RunError(
            Code.DATASET,
            f"{folder} has no page on which somebody has decided about every vessel.",
            "Decide about them in profilex review; pages that are reviewed in part teach nothing.",
        )
    paths = {scan.source: scan.path for scan in discover(scans).files}
    for result in pages:
        try:
            yield result, scan_of(result, paths)
        except PageError as error:
            yield result, error


def write_reviewed_set(folder: Path, scans: Sequence[Path], out: Path) -> ReviewedSet:
    """Write reviewed pages as a data set in the layout "CVAT for images 1.1".

    Raises:
        RunError: as for `reviewed_scans`; none of the scans can be had; `out` cannot be written.
    """
    found = list(reviewed_scans(folder, scans))
    names = picture_names([result for result, _ in found])
    elements: list[Element] = []
    left_out: list[str] = []
    for name, (result, page) in zip(names, found, strict=True):
        if isinstance(page, PageError):
            left_out.append(f"{result.ref.source}: {page}")
            continue
        write_atomic(out / "images" / name, bytes(cv2.imencode(".png", page.grey)[1]))
        size = (result.width_px, result.height_px)
        elements.append(image_element(len(elements), name, size, page_shapes(result)))
    if not elements:
        raise RunError(Code.NO_INPUT, left_out[0], "Name the scans as profilex batch had them: --scans.")
    write_atomic(out / ANNOTATIONS, annotations_document("profilex", elements))
    return ReviewedSet(len(elements), tuple(left_out))


def true_sections(result: PageResult) -> list[BaseGeometry]:
    """The sections of each vessel of a reviewed page, as one geometry, page px."""
    return [shapely.union_all([section.polygon for section in vessel.sections]) for vessel in result.vessels]
