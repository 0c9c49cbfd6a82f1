"""Prints what the changelog says about a version, and refuses a version that the project's files disagree about.

python .ci/release_notes.py 0.2.0
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def stated_versions() -> dict[str, str]:
    """The version that each file states, by its path."""
    patterns = {
        "profilex/__init__.py": r'^__version__ = "([^"]+)"$',
        "CITATION.cff": r"^version: (\S+)$",
    }
    found = {name: _only(pattern, (ROOT / name).read_text(encoding="utf-8")) for name, pattern in patterns.items()}
    return found | {"codemeta.json": json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))["version"]}


def notes(version: str) -> str:
    """The section of the changelog about a version, which needs the date of its release."""
    text = (ROOT / "docs" / "changelog.md").read_text(encoding="utf-8")
    dated = re.search(
        rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
    )
    if dated is None:
        raise SystemExit(f'docs/changelog.md has no section "## {version} (YYYY-MM-DD)"')
    return dated[1].strip() + "\n"


def main(version: str) -> None:
    others = {file: stated for file, stated in stated_versions().items() if stated != version}
    if others:
        raise SystemExit(f"not {version}: " + ", ".join(f"{file} says {stated}" for file, stated in others.items()))
    print(notes(version), end="")


def _only(pattern: str, text: str) -> str:
    found = re.findall(pattern, text, re.MULTILINE)
    if len(found) != 1:
        raise SystemExit(f"expected one match of {pattern}, found {len(found)}")
    return found[0]


if __name__ == "__main__":
    main(sys.argv[1])
