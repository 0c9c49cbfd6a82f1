"""Conventions: each has a source, its drawing and its rate, and the document lists them."""

from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import profilex.synth
from profilex.synth import draw_page
from profilex.synth.conventions.features import BY_NAME, DRAWING, FACTS, FEATURES, PAGE, PIECE, SOURCES
from profilex.synth.conventions.schools import SCHOOLS, choose_features, choose_school, rate_in
from profilex.synth.drawing.style import choose_style
from profilex.synth.drawing.vessel import features_of
from profilex.synth.forms.grammar import draw_shape
from tests.helpers.feature_tables import SYNTHETIC, with_tables

SAMPLES = 1200
ROUND = 4.0  # a rate may be off by so many standard deviations, and by a third
TRIES = 25
OF_PLATES = ("mixed_fills", "profile_rows", "second_ratio", "caption_list", "ratio_only")


@cache
def counted() -> tuple[Counter[str], Counter[str]]:
    """How many pages, pieces and drawings had each feature, and how many could have had it."""
    rng = np.random.default_rng(20)
    shapes = [draw_shape(rng) for _ in range(150)]
    had: Counter[str] = Counter()
    could: Counter[str] = Counter()

    def note(per: str, facts: set[str], chosen: frozenset[str]) -> None:
        for feature in FEATURES:
            if feature.per == per and feature.of in {"any", *facts}:
                could[feature.name] += 1
                had[feature.name] += feature.name in chosen

    for i in range(SAMPLES):
        school = choose_school(rng)
        style = choose_style(rng, school=school, facts=("plate",))
        note(PAGE, {"plate"}, style.features)
        note(PIECE, set(), choose_features(rng, school, PIECE, ()))
        shape = shapes[i % len(shapes)]
        hollow = {"hollow"} if style.section not in ("solid", "toned") else set()
        note(DRAWING, {*shape.facts, *hollow}, features_of(rng, shape, style))
    return had, could


@pytest.mark.parametrize("name", BY_NAME)
def test_a_feature_occurs_at_about_its_rate(name: str) -> None:
    had, could = counted()
    rate, found = BY_NAME[name].rate, had[name] / could[name]
    spread = np.sqrt(rate * (1 - rate) / could[name])
    assert abs(found - rate) < rate / 3 + ROUND * spread


def test_names_and_sources_are_known() -> None:
    assert len(BY_NAME) == len(FEATURES)
    for feature in FEATURES:
        assert feature.of in FACTS
        assert 0 < feature.rate < 1
        for key in feature.source.split(", "):
            assert key in {*SOURCES, "counted", "guessed"}, f"{feature.name}: {key}"
    assert set(SOURCES) == {key for f in FEATURES for key in f.source.split(", ")} - {"counted", "guessed"}


def test_the_schools_together_keep_each_rate() -> None:
    assert sum(school.share for school in SCHOOLS) == pytest.approx(1)
    for feature in FEATURES:
        whole = sum(school.share * rate_in(feature, school) for school in SCHOOLS)
        assert whole == pytest.approx(feature.rate, abs=0.005), feature.name
    assert {name for school in SCHOOLS for name in school.rates} <= set(BY_NAME)


def test_the_drawing_asks_for_each_feature() -> None:
    room = Path(profilex.synth.__file__).parent
    code = "".join(p.read_text() for p in room.rglob("*.py") if p.parent.name != "conventions")
    for feature in FEATURES:
        is_asked = f'"{feature.name}"' in code or (
            feature.name.startswith("axis_") and f'"{feature.name.removeprefix("axis_")}"' in code
        )
        assert is_asked, f"{feature.name} changes nothing"


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_a_wanted_feature_is_drawn(name: str) -> None:
    kind = "plate" if name in OF_PLATES else "item"
    for seed in range(TRIES):
        page = draw_page(400 + seed, kind=kind, features=[name])
        if name in page.features.union(*(v.drawing.features for v in page.vessels)):
            return
    pytest.fail(f"{name} was not drawn in {TRIES} pages")


def test_the_document_lists_the_features() -> None:
    text = SYNTHETIC.read_text()
    fresh = text == with_tables(text)
    assert fresh, "write it again: python -m tests.helpers.feature_tables"


@pytest.mark.parametrize(("features", "schools"), [(["rococo"], []), ([], ["rococo"])])
def test_an_unknown_feature_or_school_is_refused(features: list[str], schools: list[str]) -> None:
    with pytest.raises(ValueError, match="rococo"):
        draw_page(1, features=features, schools=schools)
