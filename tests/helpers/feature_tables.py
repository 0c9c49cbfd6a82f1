"""The tables of docs/synthetic.md that the code declares.

`python -m tests.helpers.feature_tables` writes them again.
"""

import re
from pathlib import Path

from profilex.synth.conventions.features import FEATURES, SOURCES
from profilex.synth.conventions.schools import SCHOOLS

SYNTHETIC = Path(__file__).parents[2] / "docs" / "synthetic.md"

_POPULATIONS = {
    ("page", "any"): "pages",
    ("page", "plate"): "plates",
    ("piece", "any"): "drawings",
    ("drawing", "any"): "vessels",
    ("drawing", "rim"): "vessels with a rim",
    ("drawing", "fragment"): "fragments",
    ("drawing", "whole"): "whole vessels",
    ("drawing", "handle"): "vessels with a handle",
    ("drawing", "hollow"): "vessels with a hollow or hatched section",
    ("drawing", "closed"): "closed vessels with a rim",
    ("drawing", "lid"): "lids",
}


def features_table() -> str:
    """Every feature with what it is, its rate, of what, and its source."""
    rows = [
        f"| `{f.name}` | {f.says} | {100 * f.rate:g} % of {_POPULATIONS[f.per, f.of]} | {f.source} |" for f in FEATURES
    ]
    return "\n".join(["| feature | what is drawn | rate | source |", "|---|---|---|---|", *rows])


def schools_table() -> str:
    """Every school with its share and the features that it settles."""
    rows = [
        f"| `{s.name}` | {s.says} | {100 * s.share:g} % | "
        + (", ".join(f"{name} {100 * rate:g} %" for name, rate in s.rates.items() if rate >= 0.1) or "as the rates say")
        + " |"
        for s in SCHOOLS
    ]
    return "\n".join(["| school | what it is | pages | what it does often |", "|---|---|---|---|", *rows])


def sources_table() -> str:
    """The works behind the keys."""
    rows = [f"| {key} | {work} |" for key, work in SOURCES.items()]
    return "\n".join(["| key | work |", "|---|---|", *rows])


def with_tables(text: str) -> str:
    """The text of synthetic.md with fresh tables between their markers."""
    tables = {"features": features_table(), "schools": schools_table(), "sources": sources_table()}
    for name, table in tables.items():
        pattern = rf"(<!-- {name}: [^>]*-->\n).*?(<!-- end of {name} -->)"
        text, count = re.subn(pattern, lambda found, table=table: f"{found[1]}{table}\n{found[2]}", text, flags=re.S)
        if count != 1:
            raise ValueError(f"synthetic.md lacks the markers of {name}")
    return text


if __name__ == "__main__":
    SYNTHETIC.write_text(with_tables(SYNTHETIC.read_text()))
