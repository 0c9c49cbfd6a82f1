"""How much each number of the settings matters: `python -m tests.benchmarks.sensitivity --pages 12 --out numbers.json`.

Synthetic plates are segmented once. Then each number is made a quarter smaller and a quarter larger, alone, and the
stages after the network run again. Counted are the vessels that come out otherwise (other sections, axis, rim, side or
reasons for review), and how many of them were right before and after. A number that changes nothing either way is
not needed on such pages. `--document` writes docs/numbers.md.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely

from profilex.evaluation.calibrate import synthetic_scan, true_vessels
from profilex.geometry import iou
from profilex.model import load_segmenter
from profilex.pipeline import Outlines, find_outlines, measure_outlines, propose
from profilex.scale.evidence import Legend
from profilex.settings import Settings
from profilex.settings.numbers import numbers_of
from profilex.synth import draw_page
from profilex.types import Page, Vessel
from profilex.vessel import model_calibration

STEP = 0.25
DOCUMENT = Path(__file__).parents[2] / "docs" / "numbers.md"
_MOVED_PX = 1.0
_RIGHT = 0.75


@dataclass(frozen=True, slots=True)
class Case:
    """A page with its outlines and words, and the true sections of its vessels."""

    page: Page
    outlines: Outlines
    legend: Legend
    truth: list[Any]


def cases(count: int, seed: int) -> Iterator[tuple[Case, Any]]:
    """Synthetic plates, segmented and read."""
    segmenter = load_segmenter(None, device="cpu")
    calibration = model_calibration(segmenter.card.name, segmenter.card.confidence)
    for number in range(count):
        drawn = draw_page(seed + number, kind="plate" if number % 2 else None)
        page = synthetic_scan(drawn)
        outlines = find_outlines(page, segmenter, Settings())
        legend = propose(page, outlines, Settings(), calibration).legend
        yield Case(page, outlines, legend, true_vessels(drawn)), calibration


def changed(settings: Any, name: str, factor: float) -> Any:
    """Settings with one number, named with its groups, multiplied; whole numbers change by one at least."""
    group, _, rest = name.partition(".")
    if rest:
        return replace(settings, **{group: changed(getattr(settings, group), rest, factor)})
    value = getattr(settings, name)
    return replace(settings, **{name: _multiplied(value, factor)})


def _multiplied(value: Any, factor: float) -> Any:
    if isinstance(value, tuple):
        return tuple(_multiplied(each, factor) for each in value)
    if isinstance(value, int):
        return max(1, value + (1 if factor > 1 else -1) * max(1, round(abs(factor - 1) * value)))
    return value * factor


def outcome(vessel: Vessel) -> tuple[Any, ...]:
    """What of a vessel is compared; places in whole pixels."""
    lines = [vessel.axis, vessel.rim]
    places = [None if line is None else tuple(round(v / _MOVED_PX) for v in line.bounds) for line in lines]
    shape = shapely.union_all([section.polygon for section in vessel.sections])
    kinds = tuple(sorted(edge.kind for edge in vessel.edges))
    return (tuple(round(v) for v in shape.bounds), *places, vessel.side, vessel.review, kinds)


def is_right(vessel: Vessel, truth: list[Any]) -> bool:
    """Whether a vessel's sections are those of a true one."""
    shape = shapely.union_all([section.polygon for section in vessel.sections])
    return any(iou(shape, true) >= _RIGHT for true in truth)


def effect(found: list[tuple[Case, Any]], base: list[list[Vessel]], settings: Settings) -> dict[str, int]:
    """Vessels that came out otherwise, and by how many more (or fewer) are right."""
    others = right = 0
    for (case, calibration), before in zip(found, base, strict=True):
        after = list(measure_outlines(case.page, case.outlines, settings, calibration, legend=case.legend).vessels)
        first, second = {outcome(v) for v in before}, {outcome(v) for v in after}
        others += max(len(first - second), len(second - first))
        right += sum(is_right(v, case.truth) for v in after) - sum(is_right(v, case.truth) for v in before)
    return {"changed": others, "right": right}


def document(result: dict[str, Any] | None = None) -> str:
    """docs/numbers.md: every number with its source and, where they were measured, its effects."""
    ways = ("smaller", "larger") if result else ()
    columns = ("number", "value", "unit", "meaning", "source", *ways)
    rows = [columns, ["---"] * len(columns)]
    for number in numbers_of(Settings()):
        found = result["numbers"].get(number.name) if result else None
        value = f"{number.value:.4g}" if isinstance(number.value, float) else number.value
        effects = [_words(found[way]) if found else "" for way in ways]
        rows.append((f"`{number.name}`", value, number.unit, number.meaning, number.source, *effects))
    table = "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)
    return HEAD + (EFFECTS.format(**result) if result else UNMEASURED) + "\n" + table + "\n"


HEAD = """# Numbers

Every number that decides an outcome and is no choice of a user, from `profilex/settings`. They
enter the key of every page. "By hand" means that somebody chose the number on synthetic plates and
found that it works; nothing better is known of it. This page is written by a program:
`python -m tests.benchmarks.sensitivity --document`.

"""
EFFECTS = """"Smaller" and "larger" say what happens if the number is a quarter smaller or larger, all others
unchanged: how many of {vessels} vessels on {pages} synthetic pages (seed {seed}) come out otherwise,
and, in brackets, how many more or fewer have the right section.
"""
UNMEASURED = """How much each of them matters is measured by the same program, in an hour or two:
`python -m tests.benchmarks.sensitivity --pages 12 --out numbers.json --document`.
"""


def _words(found: dict[str, int]) -> str:
    if not found["changed"]:
        return "-"
    return f"{found['changed']}" + (f" ({found['right']:+d})" if found["right"] else "")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--seed", type=int, default=83_000_000)
    parser.add_argument("--out", type=Path, help="a JSON file that is written after each number and gone on from")
    parser.add_argument("--document", action="store_true", help="write docs/numbers.md; without --out no effects")
    chosen = parser.parse_args()
    if chosen.document and not chosen.out:
        DOCUMENT.write_text(document())
        return
    known = json.loads(chosen.out.read_text()) if chosen.out and chosen.out.exists() else {}
    found = list(cases(chosen.pages, chosen.seed))
    base = [list(measure_outlines(c.page, c.outlines, Settings(), k, legend=c.legend).vessels) for c, k in found]
    for number in numbers_of(Settings()):
        if number.name in known:
            continue
        ways = {"smaller": 1 - STEP, "larger": 1 + STEP}
        known[number.name] = {}
        for way, factor in ways.items():
            settings = changed(Settings(), number.name, factor)
            try:
                known[number.name][way] = effect(found, base, settings)
            except (ValueError, IndexError, ZeroDivisionError) as error:  # a quarter more is not always possible
                known[number.name][way] = {"changed": -1, "right": 0, "error": str(error)}
        print(number.name, number.value, known[number.name], flush=True)
        if chosen.out:
            chosen.out.write_text(json.dumps(known, indent=1))
    if chosen.document:
        vessels = sum(len(vessels) for vessels in base)
        result = {"numbers": known, "pages": chosen.pages, "seed": chosen.seed, "vessels": vessels}
        DOCUMENT.write_text(document(result))


if __name__ == "__main__":
    main()
