"""docs/threat-model.md: every threat has a test, and every test that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and "| threat |" not in line]


def test_every_threat_names_a_test_that_exists():
    assert len(ROWS) > 20
    for row in ROWS:
        named = re.search(r"\| `([\w/.-]+)::(\w+)` \|$", row)
        assert named, row
        tree = ast.parse((ROOT / named[1]).read_text(encoding="utf-8"))
        assert named[2] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, row
