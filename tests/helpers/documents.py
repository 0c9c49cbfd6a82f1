"""The project's Markdown documents: their paths, links, headings and code blocks."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def prose(text: str) -> str:
    """The text without its code blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)


def links(text: str) -> list[str]:
    """Targets of all links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(text))


def anchors(text: str) -> set[str]:
    """Names by which the headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(text: str) -> Iterator[list[str]]:
    """The words of every `profilex …` line in a block of shell code, after its name; comments and pipes are cut."""
    for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if not re.search(r"\bprofilex\b", line):
                continue
            words = shlex.split(re.sub(r'"\$\(.*', "VALUE", line), comments=True)
            if "profilex" in words:
                own = words[words.index("profilex") + 1 :]
                yield own[: next((i for i, word in enumerate(own) if word in ("|", "||", "&&", ">", "&")), None)]
