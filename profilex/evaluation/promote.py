"""The gate before the default model: a new one replaces it only if it is at least as good on every style."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from profilex.errors import Code, RunError
from profilex.evaluation.evaluate import Evaluation
from profilex.evaluation.metrics import ALL_STYLES
from profilex.model import Card, read_model, write_model


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two models compare on one style; `measure` is "iou", or "false_per_page" for a style without sections."""

    style: str
    measure: str
    candidate: float
    incumbent: float
    is_good_enough: bool


def compare(candidate: Evaluation, incumbent: Evaluation, tolerance: float = 0.0) -> list[Verdict]:
    """Compare two evaluations of one reference set, style by style, and over all pages.

    The candidate's IoU may be lower by `tolerance`.

    Raises:
        RunError: code `dataset`, if they are of different pages.
    """
    if [page.name for page in candidate.pages] != [page.name for page in incumbent.pages]:
        raise RunError(Code.DATASET, "the two models were evaluated on different pages.", "Evaluate both again.")
    verdicts = []
    for style, theirs in incumbent.summary.items():
        ours = candidate.summary[style]
        measure = "iou" if "iou" in theirs else "false_per_page"
        sign = 1.0 if measure == "iou" else -1.0
        good = sign * (ours[measure] - theirs[measure]) >= -(tolerance if measure == "iou" else 0.0)
        verdicts.append(Verdict(style, measure, ours[measure], theirs[measure], good))
    return verdicts


def promote(
    package: Path, place: Path, candidate: Evaluation, incumbent: Evaluation | None, tolerance: float = 0.0
) -> Card:
    """Put a model package into `place`, under that folder's name, if it passes the gate; returns its card.

    The card then also states the reference metrics. Without an incumbent there is no gate. The old model stays until
    the new one is complete.

    Raises:
        RunError: code `model_mismatch`, naming the styles on which it is worse; code `dataset`, if the evaluations
            are of different pages; codes of `read_model`.
    """
    card, weights = read_model(package)
    if card.weights_sha256 != candidate.sha256:
        raise RunError(Code.MODEL_MISMATCH, f"{package} is not the model that was evaluated.", "Evaluate it again.")
    worse = [v for v in compare(candidate, incumbent, tolerance) if not v.is_good_enough] if incumbent else []
    if worse:
        words = ", ".join(f"{v.style} ({v.measure} {v.candidate:.4f}, was {v.incumbent:.4f})" for v in worse)
        raise RunError(
            Code.MODEL_MISMATCH, f"{card.name} is worse than {place.name} on {words}.", "It was not promoted."
        )
    reference = {style: row for style, row in candidate.summary.items() if style != ALL_STYLES}
    promoted = replace(card, name=place.name, metrics={**card.metrics, "reference": reference})
    arriving, leaving = place.with_name(f".{place.name}.new"), place.with_name(f".{place.name}.old")
    shutil.rmtree(arriving, ignore_errors=True)
    shutil.rmtree(leaving, ignore_errors=True)
    promoted = write_model(arriving, promoted, weights)
    if place.exists():
        place.rename(leaving)
    arriving.rename(place)
    shutil.rmtree(leaving, ignore_errors=True)
    return promoted
