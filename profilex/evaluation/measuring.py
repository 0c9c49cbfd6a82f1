"""The accuracy of measures, and whether their intervals hold the truth, on synthetic pages.

The geometry can be measured alone, with true outlines, or together with a network's outlines. The true measures are
those of the section before it was drawn, printed and scanned.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.affinity import affine_transform

from profilex.evaluation.calibrate import synthetic_scan
from profilex.geometry import iou
from profilex.model import Segmenter
from profilex.pipeline import Outlines, find_outlines, measure_outlines
from profilex.settings import Settings
from profilex.synth import SynthPage, draw_page
from profilex.synth.pages.page import BITS, Placed
from profilex.types import Region, Section, Segmentation, Vessel
from profilex.vessel import default_calibration, model_calibration
from profilex.vessel.measures.measure import N_BREAK, SIGN_AT_AXIS, Drawing, Half, measure
from profilex.vessel.measures.quantities import named_measures
from profilex.vessel.shape.wall import wall_thickness

AXIS, SCALE = "axis", "scale"
INTERVAL_SDS = 1.96
"""Half width of a 95 % interval, in standard deviations."""

_SAME = 0.5  # IoU from which a vessel matches the true one
_TRUE_OUTLINE_SD_PX = 0.2
_SMALL_GAP = 0.02  # of the wall: within this distance a true floor reaches the axis


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure and its true value, in one unit; `sd` is the standard deviation of the measure.

    For an axis, `found` is its distance from the true one and `whole` the rim diameter; otherwise `whole` is the true
    value. `is_sure` says that the vessel has no review reason.
    """

    quantity: str
    found: float
    sd: float
    truth: float
    whole: float
    is_sure: bool = True

    @property
    def error(self) -> float:
        """Difference from the truth as a share of the whole."""
        return abs(self.found - self.truth) / self.whole

    @property
    def holds(self) -> bool:
        """Whether the interval of 95 % holds the truth."""
        return abs(self.found - self.truth) <= INTERVAL_SDS * self.sd


@dataclass(frozen=True, slots=True)
class Signs:
    """Drawings with an N across the rim line: how many were drawn, how many found, and how many found falsely."""

    drawn: int = 0
    seen: int = 0
    claimed: int = 0


def compare_measures(numbers: Iterable[int], segmenter: Segmenter | None = None) -> tuple[list[Comparison], Signs]:
    """Draw plates by the numbers of their seeds, measure them, and compare each measure with the truth.

    Without a segmenter the truth replaces the network's answer. Scales are read from the page's bars where texts can be
    read; the vessels' measures are compared in px, so that the error of the scale counts once.
    """
    found: list[Comparison] = []
    drawn = seen = claimed = 0
    settings = Settings()
    card = None if segmenter is None else segmenter.card
    calibration = default_calibration() if card is None else model_calibration(card.name, card.confidence)
    for number in numbers:
        page = draw_page(number, kind="plate")
        if page.px_per_mm is None:
            continue
        scan = synthetic_scan(page)
        outlines = _true_outlines(page) if segmenter is None else find_outlines(scan, segmenter, settings)
        vessels = measure_outlines(scan, outlines, settings, calibration).vessels
        for vessel in vessels:
            true = _true_one(vessel, page)
            if true is None:
                continue
            sign = vessel.measures["rim_diameter_px"].reason in (N_BREAK, SIGN_AT_AXIS)
            drawn += true.drawing.n_symbol
            seen += true.drawing.n_symbol and sign
            claimed += sign and not true.drawing.n_symbol
            if not true.drawing.n_symbol:
                found += _compared(vessel, true)
        found += _compared_scale(page, vessels)
    return found, Signs(drawn, seen, claimed)


def summarise(found: Sequence[Comparison]) -> dict[str, dict[str, float]]:
    """By quantity: the number, the median and 90th percentile of the error in per cent, and the share of right
    intervals.

    An axis has no interval, so its share is left out. Names in _sure are of vessels without a review reason.
    """
    summary = {}
    for quantity in dict.fromkeys(one.quantity for one in found):
        own = [one for one in found if one.quantity == quantity]
        errors = 100 * np.array([one.error for one in own])
        row = {"n": len(own), "median_percent": np.median(errors), "p90_percent": np.percentile(errors, 90)}
        sure = [one for one in own if one.is_sure]
        row["n_sure"] = len(sure)
        if sure:
            row["p90_percent_sure"] = np.percentile([100 * one.error for one in sure], 90)
        if quantity != AXIS:
            row["interval_holds"] = np.mean([one.holds for one in own])
            if sure:
                row["interval_holds_sure"] = np.mean([one.holds for one in sure])
        summary[quantity] = {name: round(float(value), 4) for name, value in row.items()}
    return summary


def as_json(found: Sequence[Comparison], signs: Signs) -> dict[str, Any]:
    """The comparisons and the signs for a JSON document."""
    return {"quantities": summarise(found), "n_signs": asdict(signs)}


def as_table(found: Sequence[Comparison], signs: Signs) -> str:
    """The comparisons as text: one line for each quantity, errors in per cent of the truth."""
    lines = [
        "                       of all vessels                                without a review reason",
        "quantity                  n  median %  90 % below  interval holds      n  90 % below  interval holds",
    ]
    for quantity, row in summarise(found).items():
        holds, surely = (f"{row[k]:.0%}" if k in row else "-" for k in ("interval_holds", "interval_holds_sure"))
        lines.append(
            f"{quantity:22s} {row['n']:4.0f}  {row['median_percent']:8.2f}  {row['p90_percent']:10.2f}  {holds:>14s}"
            f"   {row['n_sure']:4.0f}  {row.get('p90_percent_sure', np.nan):10.2f}  {surely:>14s}"
        )
    lines.append(f"N across the rim line: {signs.drawn} drawn, {signs.seen} found, {signs.claimed} found falsely")
    return "\n".join(lines)


def _true_outlines(page: SynthPage) -> Outlines:
    return Outlines(true_segmentation(page), tuple(_true_sections(page)), Counter())


def true_segmentation(page: SynthPage) -> Segmentation:
    """The answer of a perfect network for a page, at half its resolution."""
    height, width = page.grey.shape
    size = (max(1, width // 2), max(1, height // 2))
    planes = [
        cv2.resize((page.bits & bit > 0).astype(np.float32), size, interpolation=cv2.INTER_AREA)
        for bit in BITS.values()
    ]
    return Segmentation(tuple(BITS), Region((0, 0, width, height), np.stack(planes)), ())


def _true_sections(page: SynthPage) -> Iterable[Section]:
    height, width = page.grey.shape
    frame = shapely.box(0, 0, width, height)
    for vessel in page.vessels:
        for shape in vessel.sections:
            for part in shapely.get_parts(shape.buffer(0).intersection(frame)):
                if isinstance(part, Polygon) and part.area > 0:
                    yield Section(shapely.orient_polygons(part), 0.97, _TRUE_OUTLINE_SD_PX, 0.0)


def _true_one(vessel: Vessel, page: SynthPage) -> Placed | None:
    """The true vessel to which a vessel's sections belong."""
    shape = shapely.union_all([section.polygon for section in vessel.sections])
    best, most = None, _SAME
    for true in page.vessels:
        whole = shapely.union_all([section.buffer(0) for section in true.sections])
        share = iou(shape, whole) if whole.intersects(shape) else 0.0
        if share >= most:
            best, most = true, share
    return best


def _compared(vessel: Vessel, true: Placed) -> list[Comparison]:
    truths = true_measures(true)
    compared = []
    is_sure = not vessel.review
    for name, truth in truths.items():
        found = vessel.measures.get(name)
        if found is not None and found.value is not None and found.uncertainty is not None and truth > 0:
            compared.append(Comparison(name, found.value, found.uncertainty, truth, truth, is_sure))
    radius = true.drawing.rim_radius_mm
    if vessel.axis is not None and true.axis is not None and radius:
        middle = shapely.LineString(true.axis).interpolate(0.5, normalized=True)
        away = vessel.axis.distance(middle)
        compared.append(Comparison(AXIS, away, 0.0, 0.0, 2 * radius * true.drawing.px_per_mm, is_sure))
    return compared


def true_measures(true: Placed) -> dict[str, float]:
    """Measures (px, px³) of a vessel's section as it was drawn, by their exported names; missing ones are left out.

    Empty for a piece without its rim, because its depths have no origin.
    """
    drawing = true.drawing
    if drawing.rim is None or drawing.rim_radius_mm is None:
        return {}
    (x0, y0), (x1, _) = drawing.rim
    body = max(drawing.sections, key=lambda section: section.area)
    outwards = 1.0 if body.centroid.x > (x0 + x1) / 2 else -1.0
    down = 1.0 if body.centroid.y > y0 else -1.0
    shape = affine_transform(body, [outwards, 0, 0, down, -outwards * (x0 + x1) / 2, -down * y0])
    _, top, right, bottom = shape.bounds
    beside = shape.intersection(shapely.box(0, top, right, bottom))
    half = MultiPolygon([part for part in shapely.get_parts(beside) if isinstance(part, Polygon)])
    # lip and foot are found by the wall thickness as measured on a vessel, not as intended by the generator
    found = wall_thickness(half, Settings().vessel)
    wall = found[1] if found is not None else drawing.wall_px
    quantities = measure(
        Drawing((Half(half, wall),), True, True, drawing.whole, "", 0.0, 0.0, 0.0, _SMALL_GAP * wall), Settings().vessel
    )
    measures = named_measures(quantities, None)
    return {name: found.value for name, found in measures.items() if found.value is not None and not found.reason}


def _compared_scale(page: SynthPage, vessels: Sequence[Vessel]) -> list[Comparison]:
    """The scale by the page's bars, if they give one."""
    scale = vessels[0].scale if vessels else None
    if scale is None or page.px_per_mm is None or scale.source == "ratio+dpi":
        return []
    truth = 1 / page.px_per_mm
    return [Comparison(SCALE, scale.mm_per_px, scale.uncertainty * scale.mm_per_px, truth, truth)]
