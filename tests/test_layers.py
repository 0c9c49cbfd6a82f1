"""Imports go downwards only: from a room of profilex to rooms of lower layers."""

import ast
from collections.abc import Iterator
from pathlib import Path

import profilex

ROOT = Path(profilex.__file__).parent

LAYERS = (
    {"errors", "settings", "code"},
    {"types"},
    {"files", "geometry", "ink", "curves"},
    {"images", "model", "trace", "export", "synth"},
    {"text"},
    {"manifest", "data", "scale"},
    {"vessel"},
    {"pipeline", "decisions"},
    {"page", "evaluation", "reexport"},
    {"api", "train"},
    {"run", "plugins", "correction", "review"},
    {"cli"},
    {"__main__"},
)
"""Rooms from the lowest layer to the highest; those of one layer do not import one another."""

LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    """Rooms that a module names in any import, also one inside a function; the package itself is none."""
    for node in ast.walk(ast.parse(path.read_text())):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            is_package = node.module == "profilex"
            modules = [f"profilex.{alias.name}" for alias in node.names] if is_package else [node.module or ""]
        for module in modules:
            package, _, rest = module.partition(".")
            if package == "profilex" and rest and rest != "__version__":
                yield rest.partition(".")[0]


def modules() -> list[Path]:
    return [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "__init__.py"]


def test_every_room_has_its_layer():
    assert {room_of(path) for path in modules()} <= LEVEL.keys()


def test_imports_go_downwards():
    upwards = [
        f"{path.relative_to(ROOT)} imports {room}"
        for path in modules()
        for room in imported_rooms(path)
        if room != room_of(path) and LEVEL[room] >= LEVEL[room_of(path)]
    ]
    assert upwards == []


def test_no_import_is_relative():
    """Relative imports would pass by the test above."""
    relative = [
        path.name
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []
