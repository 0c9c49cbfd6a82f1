"""The scale of pages that show none, from the pages beside them in the same publication.

A catalogue often prints a bar on one plate in three, and is scanned in one session. If the neighbouring pages agree on
the scale, it likely holds for a page without a bar too; since this is not certain, its vessels are marked for review.
The proposals are written as a scale table (`profilex.scale.table`), which a person can check and correct before use.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from natsort import natsort_keygen

from profilex.settings import EvidenceSettings
from profilex.types import SCALE_ELSEWHERE, PageResult, Scale

SOURCE = "neighbours"
HEADER = ("source", "frame", "mm_per_px", "uncertainty", "evidence", "note")


@dataclass(frozen=True, slots=True)
class PageScale:
    """The known scale of a page: `scale` is None without evidence; lengths are in px."""

    source: str
    frame: int
    width_px: int
    height_px: int
    dpi: float | None
    scale: Scale | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A page's scale by its neighbours: `mm_per_px` is None if they do not agree; `note` always says why.

    `uncertainty` is one standard deviation as a share of `mm_per_px`.
    """

    page: PageScale
    mm_per_px: float | None
    uncertainty: float
    note: str


def page_scale(page: PageResult) -> PageScale | None:
    """The scale that a page's vessels carry; None for a page without vessels, which needs no scale.

    A scale by a bar at another figure says nothing about other pages, and may be corrected by them.
    """
    if not page.vessels:
        return None
    ref = page.ref
    own = (vessel.scale for vessel in page.vessels if SCALE_ELSEWHERE not in vessel.review)
    scale = next((scale for scale in own if scale is not None), None)
    return PageScale(ref.source, ref.frame, page.width_px, page.height_px, page.dpi, scale)


def propose(pages: Iterable[PageScale], numbers: EvidenceSettings) -> list[Proposal]:
    """For every page without a scale, in order, the scale that its neighbours suggest.

    The pages of one file are a publication, and so are the single pages of one folder. The ten pages before and the ten
    after in natural order count, if they have the same resolution and size and a scale of their own. Two or more must
    agree within 2 %; their median is proposed. Its uncertainty is the largest of their differences and of their own
    uncertainties.
    """
    known = list(pages)
    books = {page.source for page in known if page.frame > 0}

    def publication(page: PageScale) -> str:
        return page.source if page.source in books else page.source.rpartition("/")[0]

    natural = natsort_keygen()
    ordered = sorted(known, key=lambda page: (natural(publication(page)), natural(page.source), page.frame))
    proposals: list[Proposal] = []
    for _, group in groupby(ordered, key=publication):
        row = list(group)
        for place, page in enumerate(row):
            if page.scale is None:
                around = (
                    row[max(place - numbers.neighbours.reach, 0) : place]
                    + row[place + 1 : place + 1 + numbers.neighbours.reach]
                )
                proposals.append(_proposal(page, around, numbers))
    return proposals


def table_text(proposals: Sequence[Proposal]) -> str:
    """The proposals as a scale table in CSV; pages whose neighbours do not agree have no scale in their row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for each in proposals:
        page, known = each.page, each.mm_per_px is not None
        scale = (f"{each.mm_per_px:.9g}", f"{each.uncertainty:.4g}", SOURCE) if known else ("", "", "")
        writer.writerow((page.source, page.frame, *scale, each.note))
    return text.getvalue()


def _proposal(page: PageScale, around: Sequence[PageScale], numbers: EvidenceSettings) -> Proposal:
    scaled = [other for other in around if other.scale is not None and other.scale.source != SOURCE]
    alike = [other for other in scaled if _is_alike(page, other, numbers)]
    scales = [other.scale for other in alike if other.scale is not None]
    if len(scales) < numbers.neighbours.least:
        unlike = f", {len(scaled) - len(alike)} more differ in size or resolution" if len(scaled) > len(alike) else ""
        return Proposal(page, None, 0.0, f"{len(scales)} of {len(around)} neighbours have a scale{unlike}")
    values = np.array([scale.mm_per_px for scale in scales])
    middle = float(np.median(values))
    spread = float(np.abs(values / middle - 1).max())
    if spread > numbers.neighbours.agree:
        return Proposal(page, None, 0.0, f"{len(scales)} neighbours disagree by {spread:.1%}")
    uncertainty = max(spread, *(scale.uncertainty for scale in scales))
    return Proposal(page, middle, uncertainty, f"{len(scales)} neighbours agree within {spread:.1%}")


def _is_alike(one: PageScale, other: PageScale, numbers: EvidenceSettings) -> bool:
    """Whether two pages come from one scan: same stated resolution and about the same size."""
    if one.dpi != other.dpi:
        return False
    sides = ((one.width_px, other.width_px), (one.height_px, other.height_px))
    return all(abs(a - b) <= numbers.neighbours.same_size * max(a, b) for a, b in sides)
