"""An object: a folder with meta.json and representations below data/."""

from pathlib import Path


class Object:
    def __init__(self, path):
        self.path = path

    def get_representation_dir(self, representation):
        return str(Path(self.path, "data", representation))
