"""The documentation of the command line and of the failure codes says what the program says."""

import re
from pathlib import Path

from profilex.cli.reference import reference
from profilex.errors import Code, Exit, RunError

DOCS = Path(__file__).parents[2] / "docs"


def test_the_command_line_reference_is_fresh():
    fresh = (DOCS / "cli.md").read_text() == reference()
    assert fresh, "write it again: python -m profilex.cli.reference > docs/cli.md"


def test_every_code_is_documented_once_with_its_exit_status():
    pages, runs = (DOCS / "errors.md").read_text().split("## A run")
    rows = re.findall(r"^\| `(\w+)` \|", pages + runs, re.MULTILINE)
    assert sorted(rows) == sorted(Code)
    for code, status in re.findall(r"^\| `(\w+)` \| (\d+) \|", runs, re.MULTILINE):
        assert RunError(Code(code), "").exit_code == int(status)


def test_every_exit_status_is_in_the_reference():
    text = (DOCS / "cli.md").read_text()
    for status in Exit:
        assert re.search(rf"\b{int(status)}\b", text.partition("Exit status:")[2].partition("|")[0])
