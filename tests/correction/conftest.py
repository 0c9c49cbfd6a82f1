"""Output folders as profilex batch leaves them, and what CVAT makes of a task."""

import re
from pathlib import Path

import pytest

from tests.helpers.scans import draw_plate


@pytest.fixture
def scans(tmp_path):
    """Two plates, one of them in a folder."""
    (tmp_path / "looks").touch()
    for number, name in enumerate(("book/plate 1.png", "book/plate 2.png")):
        draw_plate(tmp_path / "scans" / name, seed=7 * number)
    return tmp_path / "scans"


@pytest.fixture
def profiles(scans, tmp_path):
    from profilex.cli.app import run

    out = tmp_path / "profiles"
    assert run(["batch", str(scans), "--out", str(out), "--workers", "0"], provider="tests.helpers.thresholding") == 0
    return out


@pytest.fixture
def task(profiles, scans, tmp_path):
    from profilex.cli.app import run

    words = ["correct", "send", str(profiles), "--scans", str(scans), "--out", str(tmp_path / "task"), "--all"]
    assert run([*words, "--masks"]) == 0
    return tmp_path / "task"


@pytest.fixture
def cvat():
    """The annotations of a task as CVAT exports them again: two decimals, its own heading, "manual" or "file"."""

    def exported(task: Path, to: Path, change=lambda text: text) -> Path:
        text = (task / "annotations.xml").read_text()
        text = re.sub(r"(\d+\.\d+)", lambda number: f"{float(number[0]):.2f}", text)
        text = text.replace("1.10", "1.1").replace('source="auto"', 'source="file"')
        to.write_text(change(text))
        return to

    return exported
