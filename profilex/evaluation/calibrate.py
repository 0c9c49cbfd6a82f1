"""The confidence of vessels, fitted on synthetic pages, and its reliability: `profilex models calibrate`.

The model processes pages whose truth is known. Every candidate that it proposes, unlikely ones included, is right or
wrong (`profilex.vessel.trust.confidence`). A logistic function of the candidate's features is fitted to that, with
weights of at least 0. Its reliability is measured on held-out pages.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.optimize import minimize
from scipy.special import expit
from shapely.geometry.base import BaseGeometry

from profilex import __version__
from profilex.errors import Code, RunError
from profilex.geometry import iou
from profilex.model import Segmenter
from profilex.pipeline import find_outlines, propose
from profilex.settings import Settings
from profilex.synth import GENERATOR, SynthPage, draw_page
from profilex.types import Page, page_in_memory
from profilex.vessel import Calibration, Candidate, default_calibration
from profilex.vessel.trust.confidence import FEATURES, RIGHT_IOU, features
from profilex.vessel.trust.review import traits

_RIDGE = 1.0  # weight of the sum of squares of the standardised weights
_BINS = 10
_LEAST_VESSELS = 60
_HELD_OUT = 3  # every third page is held out


@dataclass(frozen=True, slots=True)
class Proposed:
    """A candidate that the model proposed on a page: `features` (n,) in the order of `FEATURES`, `iou` with the
    truth."""

    page: str
    features: np.ndarray
    iou: float

    @property
    def is_right(self) -> bool:
        return self.iou >= RIGHT_IOU


@dataclass(frozen=True, slots=True)
class Reliability:
    """The reliability of confidences: `bins` hold for each tenth the vessels, their mean confidence and share right."""

    vessels: int
    right: float
    brier: float
    ece: float
    auc: float
    bins: tuple[tuple[int, float, float], ...]

    def as_json(self) -> dict[str, Any]:
        """The object for the card and for files."""
        names = ("vessels", "right", "brier", "ece", "auc")
        rows = [{"vessels": n, "confidence": round(mean, 4), "right": round(share, 4)} for n, mean, share in self.bins]
        return {name: round(getattr(self, name), 4) for name in names} | {"bins": rows}


def calibrate(
    segmenter: Segmenter, pages: int, seed: int, *, each: Callable[[Iterable[int]], Iterable[int]] = iter
) -> tuple[Calibration, Reliability]:
    """Fit the confidence of a model's vessels on synthetic pages; every third page measures how reliable it is.

    `seed` selects the pages; the same model, pages and seed give the same calibration. `each` may show progress.

    Raises:
        RunError: code `dataset`, if the model finds too few vessels, or only right or only wrong ones.
    """

    def drawn() -> Iterator[TruePage]:
        for number in each(range(pages)):
            page = draw_page(seed * 1_000_003 + number)
            yield f"{seed}/{number}", synthetic_scan(page), true_vessels(page)

    return calibrate_on(segmenter, drawn(), {"generator": GENERATOR, "seed": seed, "count": pages})


TruePage = tuple[str, Page, Sequence[BaseGeometry]]
"""A page's name, the page, and its true vessels, each as one geometry in page px."""


def calibrate_on(
    segmenter: Segmenter, pages: Iterable[TruePage], described: Mapping[str, Any]
) -> tuple[Calibration, Reliability]:
    """Fit the confidence on pages whose vessels are known; every third measures how reliable it is.

    `described` says on the card which pages these were.

    Raises:
        RunError: as `calibrate`.
    """
    fitted_to: list[Proposed] = []
    held_out: list[Proposed] = []
    for number, (name, page, truth) in enumerate(pages):
        part = held_out if number % _HELD_OUT == 0 else fitted_to
        part += proposed_vessels(segmenter, name, page, truth)
    calibration = fit(fitted_to)
    reliability = weigh(calibration, held_out)
    facts = {
        "model": segmenter.card.name,
        "weights_sha256": segmenter.card.weights_sha256,
        "software": f"profilex {__version__}",
        "right": f"IoU {RIGHT_IOU} with a true section",
        "pages": {**described, "held_out": f"every {_HELD_OUT}rd"},
        "vessels": len(fitted_to),
        "held_out": reliability.as_json(),
    }
    return Calibration(calibration.intercept, calibration.weights, facts), reliability


def fit(proposed: Sequence[Proposed]) -> Calibration:
    """The maximum-likelihood logistic function with weights of at least 0 (with a ridge penalty).

    Raises:
        RunError: code `dataset`, as `calibrate`.
    """
    right = np.array([one.is_right for one in proposed], bool)
    if len(right) < _LEAST_VESSELS or right.all() or not right.any():
        raise RunError(
            Code.DATASET,
            f"a confidence cannot be fitted to {len(right)} vessels, {int(right.sum())} of them right.",
            "Take more pages.",
        )
    values = np.stack([one.features for one in proposed])
    mean, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
    standard = (values - mean) / spread

    def unlikeliness(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        score = standard @ parameters[1:] + parameters[0]
        loss = np.logaddexp(0, np.where(right, -score, score)).sum() + _RIDGE / 2 * (parameters[1:] ** 2).sum()
        slope = expit(score) - right
        return float(loss), np.concatenate([[slope.sum()], standard.T @ slope + _RIDGE * parameters[1:]])

    bounds = [(None, None), *[(0.0, None)] * len(FEATURES)]
    found = minimize(unlikeliness, np.zeros(len(FEATURES) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = found[1:] / spread
    intercept = float(found[0] - (weights * mean).sum())
    return Calibration(round(intercept, 5), {n: round(float(w), 5) for n, w in zip(FEATURES, weights, strict=True)})


def weigh(calibration: Calibration, proposed: Sequence[Proposed]) -> Reliability:
    """The reliability of a calibration: Brier score, expected calibration error, and the area under the ROC curve."""
    weights = np.array([calibration.weights[name] for name in FEATURES])
    stated = expit(np.array([one.features @ weights for one in proposed]) + calibration.intercept)
    right = np.array([one.is_right for one in proposed], float)
    tenths = np.minimum((stated * _BINS).astype(int), _BINS - 1)
    bins = [
        (int(own.sum()), float(stated[own].mean()), float(right[own].mean()))
        if (own := tenths == tenth).any()
        else None
        for tenth in range(_BINS)
    ]
    kept = tuple(row for row in bins if row is not None)
    error = sum(count * abs(mean - share) for count, mean, share in kept) / max(len(stated), 1)
    brier = float(((stated - right) ** 2).mean()) if len(stated) else 0.0
    return Reliability(
        len(stated),
        float(right.mean()) if len(stated) else 0.0,
        brier,
        error,
        _auc(stated, right > 0),
        kept,
    )


def as_table(reliability: Reliability) -> str:
    """The reliability as text: one line for each tenth of the confidence."""
    lines = [
        f"{reliability.vessels} held-out vessels, {reliability.right:.0%} right: Brier {reliability.brier:.3f}, "
        f"calibration error {reliability.ece:.3f}, area under the ROC {reliability.auc:.3f}",
        "vessels  confidence  right",
    ]
    return "\n".join([*lines, *(f"{count:7d}  {mean:10.3f}  {share:5.3f}" for count, mean, share in reliability.bins)])


def proposed_vessels(segmenter: Segmenter, name: str, page: Page, truth: Sequence[BaseGeometry]) -> Iterator[Proposed]:
    """The candidates that the model proposes on a page, compared with the true vessels (one geometry each, page px)."""
    settings, prior = Settings(), default_calibration()
    outlines = find_outlines(page, segmenter, settings)
    for one in propose(page, outlines, settings, prior).candidates:
        named = features(traits(one.evidence))
        yield Proposed(name, np.array([named[feature] for feature in FEATURES]), overlap(one, truth))


def overlap(one: Candidate, truth: Sequence[BaseGeometry]) -> float:
    """Greatest IoU of a candidate's sections with those of a true vessel, or with a single one of them."""
    shape = shapely.union_all([section.polygon for section in one.sections])
    near = [other for other in truth if other.intersects(shape)]
    others = [part for other in near for part in (other, *shapely.get_parts(other))]
    return max((iou(shape, other) for other in others), default=0.0)


def synthetic_scan(page: SynthPage) -> Page:
    """A synthetic page as a scanned page."""
    return page_in_memory(page.grey, "page", float(page.dpi))


def true_vessels(page: SynthPage) -> list[BaseGeometry]:
    """The true sections of a synthetic page, one geometry for each vessel, clipped to the page."""
    height, width = page.grey.shape
    frame = shapely.box(0, 0, width, height)
    return [
        shapely.union_all([section.buffer(0).intersection(frame) for section in vessel.sections])
        for vessel in page.vessels
    ]


def _auc(stated: np.ndarray, right: np.ndarray) -> float:
    """Probability that a right vessel has a higher confidence than a wrong one; 0.5 if one kind is missing."""
    if right.all() or not right.any():
        return 0.5
    wins = (stated[right][:, None] > stated[~right][None]) + 0.5 * (stated[right][:, None] == stated[~right][None])
    return float(wins.mean())
