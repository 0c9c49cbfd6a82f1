"""The images of a manifest that are on this machine already, and what is known of each."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from profilex.plugins import write_atomic

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """An image as it was fetched.

    `origin` is what the manifest says of it, `url` what was asked for in the end; `received_sha256` is of the bytes
    that came, `bytes` the size of the file, which states a resolution where `dpi` is given.
    """

    canvas: str
    label: str
    origin: str
    url: str
    received_sha256: str
    bytes: int
    dpi: float | None = None
    note: str = ""


class Shelf:
    """A folder with the images of one manifest, and a list of them."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._list = folder / f"{name}.images.json"
        self._kept = _read(self._list)

    def holds(self, name: str, origin: str) -> bool:
        """Whether a file is there whole and still what the manifest means."""
        kept = self._kept.get(name)
        try:
            size = (self._folder / name).stat().st_size
        except OSError:
            return False
        return kept is not None and (kept.origin, kept.bytes) == (origin, size)

    def put(self, name: str, data: bytes, kept: Kept) -> None:
        """Write a file, and then its line of the list."""
        write_atomic(self._folder / name, data)
        self._kept[name] = kept
        images = {file: asdict(each) for file, each in sorted(self._kept.items())}
        document = json.dumps({"schema": SCHEMA, "images": images}, indent=1, ensure_ascii=False)
        write_atomic(self._list, (document + "\n").encode())


def _read(path: Path) -> dict[str, Kept]:
    """The list; one that is damaged counts as empty, and its images are fetched again."""
    try:
        document = json.loads(path.read_bytes())
        if document["schema"] != SCHEMA:
            return {}
        return {str(name): Kept(**facts) for name, facts in document["images"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
