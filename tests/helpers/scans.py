"""Small plates, and ways to look at a finished tree."""

import os
from pathlib import Path

from PIL import Image, ImageDraw


def draw_plate(path: Path, *, seed: int = 0, dpi: int | None = 300) -> Path:
    """Write a white plate with one thick black wall."""
    plate = Image.new("L", (220, 260), 255)
    x = 40 + seed % 50
    wall = [(x, 40), (x + 24, 40), (x + 40, 200), (x + 14, 200)]
    ImageDraw.Draw(plate).polygon(wall, fill=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    plate.save(path, **({"dpi": (dpi, dpi)} if dpi else {}))
    return path


def tree(out: Path) -> dict[str, bytes]:
    """Every file of an output folder but its log, by relative path."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "run.log"
    }


def looks(scans: Path) -> list[str]:
    """The names of the pages that the model has looked at, in order."""
    return (scans.parent / "looks").read_text().split()


def session_members(session: int) -> list[int]:
    """The live processes of a session."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            members.append(int(stat.parent.name))
    return [pid for pid in members if pid != os.getpid()]
