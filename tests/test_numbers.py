"""Numbers that decide an outcome lie in the settings, with unit, meaning and source."""

import ast
import dataclasses
from pathlib import Path

import profilex
from profilex.settings import Settings
from profilex.settings.numbers import numbers_of
from tests.benchmarks.sensitivity import DOCUMENT, changed, document

ROOMS = ("geometry.py", "ink", "model/inference", "pipeline.py", "scale", "text", "trace", "vessel")
"""Where outcomes are decided."""

TRIVIAL = {-1, 0, 0.5, 1, 2, 3, 4, 8, 100, 255}
"""Halves, units, white, and small counts within expressions decide nothing that could be otherwise."""

BEFORE = 580
"""How many there were in commit 1f5d804, counted in the same way (its rooms vessel, text, legend and vectorize, and the
modules of model that pages run through)."""


def numbers_outside(path: Path) -> int:
    """Numbers of a module: all in its constants, and those in its functions that are not trivial."""
    count = 0
    for statement in ast.parse(path.read_text()).body:
        numbers = [
            node.value
            for node in ast.walk(statement)
            if isinstance(node, ast.Constant) and type(node.value) in (int, float)
        ]
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            count += len(numbers)
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            count += sum(number not in TRIVIAL for number in numbers)
    return count


def test_numbers_outside_the_settings_are_at_most_half_as_many_as_before():
    package = Path(profilex.__file__).parent
    files = [
        path
        for room in ROOMS
        for path in ([package / room] if room.endswith(".py") else (package / room).rglob("*.py"))
    ]
    counts = {path.relative_to(package).as_posix(): numbers_outside(path) for path in files}
    assert sum(counts.values()) <= BEFORE / 2, sorted(counts.items(), key=lambda item: -item[1])[:10]


def test_every_number_says_its_unit_meaning_and_source():
    numbers = numbers_of(Settings().vessel) + numbers_of(Settings().evidence)
    assert len({number.name for number in numbers}) == len(numbers) > 250
    for number in numbers:
        assert number.unit, number
        assert number.source, number
        assert len(number.meaning) > 5, number


def test_every_number_enters_the_key_of_a_page():
    before = Settings().digest()
    for number in numbers_of(Settings().vessel)[:40]:
        assert changed(Settings(), f"vessel.{number.name}", 1.25).digest() != before, number.name


def test_settings_are_frozen():
    for settings in (Settings(), Settings().vessel, Settings().vessel.rim, Settings().evidence.bar_search):
        assert dataclasses.is_dataclass(settings)
        assert settings.__dataclass_params__.frozen


def test_the_document_of_numbers_is_current():
    assert DOCUMENT.read_text() == document(), "write it again: python -m tests.benchmarks.sensitivity --document"
