"""A package on disk, read back before it is sent."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from profilex.plugins import Code, RunError, read_package
from profilex_idai_field.records import Resource

IMAGES, CREATE, DRAWINGS = "images", "create.jsonl", "drawings.merge.jsonl"


@dataclass(frozen=True, slots=True)
class FieldPackage:
    """What goes to Field: new records, what is to be merged into drawings, and the images' file names."""

    folder: Path
    created: tuple[Resource, ...]
    merged: tuple[Resource, ...]
    images: tuple[str, ...]

    def without(self, fields: Collection[tuple[str, str]]) -> "FieldPackage":
        """The package without these fields, as pairs of category and name."""

        def kept(records: Iterable[Resource]) -> tuple[Resource, ...]:
            return tuple(
                {name: value for name, value in record.items() if (record["category"], name) not in fields}
                for record in records
            )

        return replace(self, created=kept(self.created), merged=kept(self.merged))


def read_field_package(folder: Path) -> FieldPackage:
    """The package in a folder.

    Raises:
        RunError: it is not a whole package of this plugin, or a file is not JSONL.
    """
    package = read_package(folder)
    names = [name for name, _ in package.files]
    if package.exporter != "idai-field" or CREATE not in names or DRAWINGS not in names:
        raise RunError(
            Code.NO_INPUT,
            f"{folder.name}: is a package of {package.exporter}, not of idai-field.",
            "Write one with profilex export --format idai-field.",
        )
    create, drawings = (folder / CREATE).read_bytes(), (folder / DRAWINGS).read_bytes()
    return FieldPackage(
        folder=folder,
        created=_records(create, CREATE),
        merged=_records(drawings, DRAWINGS),
        images=tuple(name.removeprefix(f"{IMAGES}/") for name in names if name.startswith(f"{IMAGES}/")),
    )


def _records(data: bytes, name: str) -> tuple[Resource, ...]:
    records = []
    # by "\n" alone: str.splitlines also parts at U+0085 and U+2028, which stand unescaped in JSON's texts
    for number, line in enumerate(data.decode(errors="replace").removesuffix("\n").split("\n"), start=1):
        try:
            record = json.loads(line)
        except ValueError as error:
            raise RunError(Code.NO_INPUT, f"{name}, line {number}: is not JSON ({error}).", "Export again.") from error
        if not isinstance(record, dict):
            raise RunError(Code.NO_INPUT, f"{name}, line {number}: is not a record.", "Export again.")
        records.append(record)
    return tuple(records)
