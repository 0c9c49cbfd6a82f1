"""Packages installed for one test, as pip would leave them: modules, and metadata with the entry points."""

import tomllib
from pathlib import Path


def install(site: Path, pyproject: str, modules: dict[str, str] | None = None, *, version: str = "") -> Path:
    """Make what a pyproject.toml declares findable below `site`, which has to be on sys.path."""
    project = tomllib.loads(pyproject)["project"]
    name, version = project["name"], project.get("version") or version
    metadata = site / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups = project.get("entry-points", {}).items()
    lines = [line for group, entries in groups for line in (f"[{group}]", *(f"{k} = {v}" for k, v in entries.items()))]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")
    for file, text in (modules or {}).items():
        (site / file).write_text(text)
    return metadata
