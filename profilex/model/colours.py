"""Colours of classes in mask pictures: the default ones, and those of a label map."""

import re
from pathlib import Path

from profilex.errors import Code, RunError

Colour = tuple[int, int, int]
"""Red, green, blue, each 0..255."""

LABEL_COLOURS: dict[str, Colour] = {
    "background": (0, 0, 0),
    "section": (250, 50, 83),
    "vessel": (51, 221, 255),
    "axis": (250, 250, 55),
    "scale_bar": (61, 245, 61),
}
"""Colours of the channels, as `profilex synth` writes them."""


def read_colours(path: Path) -> dict[str, Colour]:
    """Read `labelmap.txt` of CVAT segmentation masks ("name:r,g,b:parts:actions"), or CamVid's `label_colors.txt`.

    Raises:
        RunError: code `dataset`, if the file cannot be read or a line has neither form.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(Code.DATASET, f"{path} cannot be read ({error}).", "Name a label map.") from error
    colours: dict[str, Colour] = {}
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not line or line.startswith("#"):
            continue
        cvat = re.fullmatch(r"([^:]+):(\d+),(\d+),(\d+)(?::.*)?", line)
        camvid = re.fullmatch(r"(\d+)\s+(\d+)\s+(\d+)\s+(.+)", line)
        if cvat:
            label, *values = cvat.groups()
        elif camvid:
            *values, label = camvid.groups()
        else:
            raise RunError(
                Code.DATASET, f"{path}, line {number}: {line!r} is not a label.", "Write it as name:red,green,blue::"
            )
        red, green, blue = (int(value) for value in values)
        colours[label.strip()] = (red, green, blue)
    return colours


def label_map_text(colours: dict[str, Colour]) -> str:
    """The colours as the text of a CVAT `labelmap.txt`."""
    lines = "".join(f"{name}:{red},{green},{blue}::\n" for name, (red, green, blue) in colours.items())
    return "# label:color_rgb:parts:actions\n" + lines
