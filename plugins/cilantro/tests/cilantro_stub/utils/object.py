"""An object: a folder with meta.json and representations below data/."""

import json
import shutil
from pathlib import Path


class InvalidObjectIdError(Exception):
    """An object's id ends in no four digits."""


class Object:
    DATA_DIR = "data"

    def __init__(self, path):
        self.path = path
        meta = Path(path, "meta.json")
        known = json.loads(meta.read_text()) if meta.is_file() and meta.stat().st_size else {}
        self.id, self.metadata = known.get("id"), known.get("metadata", {})

    def write(self):
        Path(self.path, "meta.json").write_text(json.dumps({"id": self.id, "metadata": self.metadata}))

    def add_file(self, representation, source):
        folder = Path(self.get_representation_dir(representation))
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / Path(source).name)

    def get_representation_dir(self, representation):
        return str(Path(self.path, self.DATA_DIR, representation))
