"""The files around the code say what the code says: versions, Python, programs, and what a release needs."""

import json
import re
import subprocess
import sys
import tomllib

import pytest

from profilex import __version__
from tests.helpers.documents import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RELEASE_NOTES = ROOT / ".ci/release_notes.py"


def test_all_files_state_the_same_version_and_licence():
    citation = (ROOT / "CITATION.cff").read_text()
    codemeta = json.loads((ROOT / "codemeta.json").read_text())
    assert re.search(r"^version: (\S+)$", citation, re.MULTILINE)[1] == codemeta["version"] == __version__
    assert re.search(r"^license: (\S+)$", citation, re.MULTILINE)[1] == PROJECT["license"]
    assert codemeta["license"].rpartition("/")[2] == PROJECT["license"]
    assert codemeta["description"] == PROJECT["description"]
    assert codemeta["programmingLanguage"]["version"] == PROJECT["requires-python"]


def test_every_supported_python_is_tested_by_the_workflow():
    yaml = pytest.importorskip("yaml")
    jobs = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text())["jobs"]
    named = [text.rpartition(" ")[2] for text in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d+$", text)]
    assert jobs["linux"]["strategy"]["matrix"]["python"] == named
    systems = jobs["elsewhere"]["strategy"]["matrix"]["system"]
    assert [system.partition("-")[0] for system in systems] == ["macos", "windows"]


def test_the_workflows_call_the_scripts_that_people_call():
    text = "".join(path.read_text() for path in (ROOT / ".github/workflows").glob("*.yml"))
    for script in (".ci/run", ".ci/release", "./check", "./demo"):
        assert script in text
        assert (ROOT / script).stat().st_mode & 0o111, f"{script} cannot be run"


def test_a_release_needs_one_version_everywhere_and_a_dated_section(tmp_path):
    project = tmp_path / "project"
    for name in ("profilex/__init__.py", "CITATION.cff", "codemeta.json", ".ci/release_notes.py"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text((ROOT / name).read_text())
    (project / "docs").mkdir()

    def notes(version: str, changelog: str) -> subprocess.CompletedProcess[str]:
        (project / "docs/changelog.md").write_text(changelog)
        command = [sys.executable, project / ".ci/release_notes.py", version]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    dated = f"# Changes\n\n## {__version__} (2026-05-01)\n\n- One.\n- Two.\n\n## 0.0.1 (2026-01-01)\n\n- Zero.\n"
    assert notes(__version__, dated).stdout == "- One.\n- Two.\n"
    undated = notes(__version__, f"## {__version__} (not released)\n")
    assert undated.returncode == 1
    assert "has no section" in undated.stderr
    other = notes("99.0.0", dated)
    assert other.returncode == 1
    assert "profilex/__init__.py says" in other.stderr
