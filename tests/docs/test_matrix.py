"""docs/operations.md names tests that there are."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_every_test_that_the_matrix_names_is_in_the_file_it_links_to():
    named = re.findall(r"\[`(test_\w+)`\]\(([^)]+)\)", (DOCS / "operations.md").read_text())
    assert len(named) > 30
    missing = [name for name, file in named if f"def {name}(" not in (DOCS / file).read_text()]
    assert missing == []
