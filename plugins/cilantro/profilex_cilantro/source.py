"""The source: scans of a Cilantro object."""

from collections.abc import Iterable
from pathlib import Path

from profilex.plugins import Code, RunError


class ObjectScans:
    """A location is an object's folder, or one representation of it: `<object>` stands for `<object>/data/tif`."""

    def fetch(self, location: str, folder: Path) -> Iterable[Path]:
        """The representation's folder, in which profilex looks for scans; nothing is copied.

        Raises:
            RunError: the location is no object, or lacks the representation.
        """
        place = Path(location)
        scans = place if place.parent.name == "data" else place / "data" / "tif"
        if not (scans.parents[1] / "meta.json").is_file():
            raise RunError(
                Code.NO_INPUT,
                f"{location}: is no object of Cilantro: it has no meta.json.",
                "Name the object's folder.",
            )
        if not scans.is_dir():
            raise RunError(
                Code.NO_INPUT,
                f"{location}: the object has no representation {scans.name!r}.",
                "Name one that it has, as <object>/data/<representation>.",
            )
        return [scans]
