"""Every word that a vessel can be marked with has a sentence in each language, from one place."""

import re
from pathlib import Path

import profilex
from profilex.export.columns.reasons import MISSING, REVIEW, as_json

FORMATS = Path(profilex.__file__).parents[1] / "docs" / "formats.md"


def described(heading: str) -> set[str]:
    """The words of a table of docs/formats.md."""
    section = FORMATS.read_text().partition(f"### {heading}\n")[2]
    rows = re.split(r"\n#{2,3} ", section)[0].splitlines()
    cells = [row.split("|")[1] for row in rows if row.startswith("| `")]
    return {word.rstrip("_…") for cell in cells for word in re.findall(r"`([^`]+)`", cell)}


def test_every_reason_to_look_at_a_vessel_is_explained():
    assert described("Review") <= REVIEW.keys()


def test_every_reason_why_a_measure_is_missing_is_explained():
    assert described("Reasons") <= MISSING.keys()


def test_no_language_lacks_a_sentence():
    for words in as_json({**REVIEW, **MISSING}).values():
        assert all(name and meaning for name, meaning in words.values())
