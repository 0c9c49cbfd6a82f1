"""The .catalog file: the type catalogue with its drawings, for projects that take it over as a whole."""

import io
import json
import uuid
import zipfile
from collections.abc import Sequence

from PIL import Image

from profilex_idai_field.catalog import Catalog
from profilex_idai_field.naming import Entry
from profilex_idai_field.records import Resource, provenance, short_description

_NAMES = uuid.UUID("6f1e6c0b-9f0e-5d61-8a5a-3b1c1f7f6f64")  # of this format; ids are derived from it and the names


class CatalogFile:
    """Gathers the pictures one by one; equal contents give equal bytes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._id = catalog.catalog_id
        self._sizes: dict[str, tuple[int, int]] = {}
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w")

    @property
    def name(self) -> str:
        return f"{self._id}.catalog"

    def add_picture(self, entry: Entry, png: bytes) -> None:
        """Take the picture of a vessel, under the id that its drawing will have."""
        with Image.open(io.BytesIO(png)) as picture:
            self._sizes[entry.image] = picture.size
        self._write(f"images/{self._uuid(entry.image)}", png, zipfile.ZIP_STORED)

    def finish(self, entries: Sequence[Entry]) -> bytes:
        """The whole file, once every entry's picture was added."""
        documents = [self._catalogue(), *(d for entry in entries for d in (self._type(entry), self._drawing(entry)))]
        lines = "".join(
            json.dumps({"project": self._catalog.project, "resource": resource}, ensure_ascii=False) + "\n"
            for resource in documents
        )
        self._write("catalog.jsonl", lines.encode(), zipfile.ZIP_DEFLATED)
        self._zip.close()
        return self._buffer.getvalue()

    def _catalogue(self) -> Resource:
        return {
            "id": self._uuid(self._id),
            "category": "TypeCatalog",
            "identifier": self._id,
            "shortDescription": self._catalog.title,
            "literature": self._catalog.literature(),
            "relations": {},
        }

    def _type(self, entry: Entry) -> Resource:
        return {
            "id": self._uuid(entry.type_id),
            "category": "Type",
            "identifier": entry.type_id,
            "shortDescription": short_description(entry, self._catalog),
            "description": provenance(entry),
            "literature": self._catalog.literature(entry.page, entry.figure),
            "relations": {"liesWithin": [self._uuid(self._id)], "isDepictedIn": [self._uuid(entry.image)]},
        }

    def _drawing(self, entry: Entry) -> Resource:
        width, height = self._sizes[entry.image]
        return {
            "id": self._uuid(entry.image),
            "category": "Drawing",
            "identifier": entry.image,
            "shortDescription": "profile",
            "originalFilename": entry.image,
            "width": width,
            "height": height,
            "literature": self._catalog.literature(entry.page, entry.figure),
            **({"drawingTool": self._catalog.drawing_tool} if self._catalog.drawing_tool else {}),
            "relations": {"depicts": [self._uuid(entry.type_id)]},
        }

    def _uuid(self, identifier: str) -> str:
        """The same in every export: an import of a newer one then replaces the older."""
        return str(uuid.uuid5(_NAMES, f"{self._catalog.project}/{identifier}"))

    def _write(self, name: str, data: bytes, compression: int) -> None:
        self._zip.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, compression)
