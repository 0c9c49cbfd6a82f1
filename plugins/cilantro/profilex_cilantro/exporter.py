"""The exporter: files of a finished run in the layout of an object's data, and which scan each one belongs to."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from profilex.plugins import COLLECTION, Code, Option, Options, RunError
from profilex.types import PageResult

FILES = "data/profilex/files.json"
"""Every file that belongs to a page, with its source; the archive reads it, and a later delivery replaces by it."""

REPRESENTATIONS = ("dxf", "geojson", "svg")
_ABOUT_ALL = ("manifest.jsonl", "profiles.csv", "run.json")


class ObjectExporter:
    """The drawings of all pages below data/, named after scan and vessel, and what tells of the run as a whole."""

    scope = COLLECTION
    options = (Option("profiles", "the folder that is exported, once more: its drawings are taken as they are", True),)

    def files(self, pages: Iterable[PageResult], options: Options) -> Iterator[tuple[str, bytes]]:
        """See `profilex.plugins.Exporter`.

        Raises:
            RunError: the folder holds no finished run, or a drawing was changed since.
        """
        finished = [page.ref.folder for page in pages]
        profiles = Path(options["profiles"])
        records = {record["folder"]: record for record in _manifest(profiles) if record["status"] == "ok"}
        listed = []
        for folder in finished:
            if folder not in records:
                raise RunError(Code.PLUGIN, f"{folder}: is not in manifest.jsonl.", "Repeat profilex batch.")
            record = records[folder]
            for name, data in _drawings(profiles, record):
                listed.append({"path": name, "source": record["source"], "frame": record["frame"]})
                yield name, data
        for name in _ABOUT_ALL:
            yield f"data/profilex/{name}", _read(profiles / name)
        yield FILES, (json.dumps(listed, indent=1, ensure_ascii=False) + "\n").encode()


def _manifest(profiles: Path) -> list[dict[str, Any]]:
    # str.splitlines would also part at U+2028, which may be in a scan's name
    return [json.loads(line) for line in _read(profiles / "manifest.jsonl").decode().split("\n") if line]


def _drawings(profiles: Path, record: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The files of one page that a representation is for; the scan's path becomes part of a flat name."""
    page = record["folder"].replace("/", "_")
    for output in record["outputs"]:
        path = Path(output["path"])
        kind = path.suffix.removeprefix(".")
        if kind not in REPRESENTATIONS:
            continue
        data = _read(profiles / path)
        if hashlib.sha256(data).hexdigest() != output["sha256"]:
            raise RunError(Code.PLUGIN, f"{path}: was changed since the run.", "Repeat profilex batch with --verify.")
        yield f"data/{kind}/{page}_{path.name}", data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RunError(
            Code.NO_INPUT, f"{path.name}: cannot be read ({error.strerror}).", "Name the output folder of profilex."
        ) from error
