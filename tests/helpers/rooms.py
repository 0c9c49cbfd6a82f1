"""The table of rooms in docs/design.md, from layers and docstrings: `python tests/helpers/rooms.py` writes it."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DESIGN = ROOT / "docs" / "design.md"


def layers() -> tuple[set[str], ...]:
    """The rooms of each layer, lowest first, as tests/test_layers.py declares them."""
    source = ast.parse((ROOT / "tests" / "test_layers.py").read_text())
    [value] = [
        node.value
        for node in source.body
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["LAYERS"]
    ]
    return tuple(ast.literal_eval(value))


def purpose(room: str) -> str:
    """The first line of a room's docstring."""
    folder = ROOT / "profilex" / room
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    if not docstring:
        raise ValueError(f"profilex/{path.relative_to(ROOT / 'profilex')} has no docstring")
    return docstring.splitlines()[0]


def rooms_table() -> str:
    """Every room with its layer and purpose, lowest layer first."""
    rows = [
        f"| {level} | `{room}` | {purpose(room)} |" for level, rooms in enumerate(layers()) for room in sorted(rooms)
    ]
    return "\n".join(["| layer | room | purpose |", "|---|---|---|", *rows])


def with_rooms(text: str) -> str:
    """The text of design.md with a fresh table between its markers."""
    pattern = r"(<!-- rooms: [^>]*-->\n).*?(<!-- end of rooms -->)"
    text, count = re.subn(pattern, lambda found: f"{found[1]}{rooms_table()}\n{found[2]}", text, flags=re.S)
    if count != 1:
        raise ValueError("design.md lacks the markers of the table of rooms")
    return text


if __name__ == "__main__":
    DESIGN.write_text(with_rooms(DESIGN.read_text()))
