"""Pages of older code are done again: what the code is enters every page's key."""

import ast
from pathlib import Path

import pytest

import profilex
from profilex import code, manifest
from profilex.settings import Settings
from profilex.types import Record

PACKAGE = Path(profilex.__file__).parent


def modules_named(path: Path) -> set[str]:
    """The dotted names of profilex's own modules that a file imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.startswith("profilex.")}


def file_of(name: str) -> Path | None:
    place = PACKAGE.parent / name.replace(".", "/")
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def test_the_digest_covers_all_that_a_page_runs_through():
    waiting, seen = [PACKAGE / "page.py", PACKAGE / "model" / "__init__.py"], set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += [found for name in modules_named(path) if (found := file_of(name))]
    assert {path.relative_to(PACKAGE).parts[0] for path in seen} == set(code.ROOMS)


def copy_of_rooms(folder: Path) -> Path:
    (folder / "ink" / "__pycache__").mkdir(parents=True)
    (folder / "ink" / "lines.py").write_text("x = 1\n")
    (folder / "page.py").write_text("y = 2\n")
    return folder


def test_the_digest_is_that_of_names_and_bytes(tmp_path):
    one, other = copy_of_rooms(tmp_path / "checkout"), copy_of_rooms(tmp_path / "wheel")
    digest = code.digest_of(one, ("ink", "page.py"))
    (other / "ink" / "__pycache__" / "lines.cpython-311.pyc").write_bytes(b"compiled")
    assert code.digest_of(other, ("page.py", "ink")) == digest
    (other / "ink" / "table.json").write_text("{}")
    assert code.digest_of(other, ("ink", "page.py")) != digest
    (other / "ink" / "table.json").unlink()
    (other / "ink" / "lines.py").write_text("x = 3\n")
    assert code.digest_of(other, ("ink", "page.py")) != digest


@pytest.mark.parametrize(
    ("changes", "sha256", "why"),
    [
        ({"code_sha256": "older"}, "scan", "profilex has changed"),
        ({"model_sha256": "older"}, "scan", "the model has changed"),
        ({"plugin:shelf": "0.9"}, "scan", "shelf has changed"),
        ({}, "other scan", "the scan has changed"),
        ({}, "scan", "the settings have changed"),
    ],
)
def test_a_run_says_why_a_page_is_done_again(changes, sha256, why):
    now = manifest.software_versions("default", "weights", {"shelf": "1.0"})
    key = manifest.page_key("scan", 0, Settings(), now)
    record = Record("a.png", 0, sha256, "another key", "ok", versions=now | changes)
    assert manifest.why_again(record, "scan", key, now) == why


def test_lost_outputs_and_failures_are_reasons_too():
    now = manifest.software_versions("default", "weights")
    key = manifest.page_key("scan", 0, Settings(), now)
    assert manifest.why_again(Record("a.png", 0, "scan", key, "ok", versions=now), "scan", key, now) == (
        "outputs are missing or changed"
    )
    assert manifest.why_again(Record("a.png", 0, "scan", key, "failed", versions=now), "scan", key, now) == (
        "it failed before"
    )
