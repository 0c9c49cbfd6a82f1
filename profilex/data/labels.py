"""Label maps: the channel of each colour or label of an annotation tool."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from profilex.data.pages import CHANNEL_BITS
from profilex.errors import Code, RunError
from profilex.model.colours import Colour, read_colours

BACKGROUND_NAMES = frozenset({"background", "bg", "void", "none", "hintergrund"})


@dataclass(frozen=True, slots=True)
class LabelMap:
    """Colours (red, green, blue) of the labels, and the channel of each label that has one."""

    colours: Mapping[str, Colour]
    channels: Mapping[str, str]

    @property
    def annotated(self) -> int:
        """Bits of the channels for which there are labels."""
        return sum(CHANNEL_BITS[channel] for channel in set(self.channels.values()))

    def marks(self, picture: np.ndarray, name: str) -> np.ndarray:
        """Bit flags uint8 (h, w) of a mask picture uint8 RGB (h, w, 3).

        Raises:
            RunError: code `dataset`, naming a colour that is not in the map.
        """
        code = (picture.astype(np.uint32) << np.array([16, 8, 0], np.uint32)).sum(axis=-1)
        marks = np.zeros(code.shape, np.uint8)
        known = np.zeros(code.shape, bool)
        for label, (red, green, blue) in self.colours.items():
            mine = code == (red << 16 | green << 8 | blue)
            known |= mine
            if label in self.channels:
                marks[mine] |= CHANNEL_BITS[self.channels[label]]
        if not known.all():
            red, green, blue = (int(value) for value in picture[~known][0])
            raise RunError(
                Code.DATASET,
                f"{name} holds the colour {red},{green},{blue}, which its label map does not have.",
                "Export masks as PNG without smoothing, with their label map.",
            )
        return completed(marks)


def completed(marks: np.ndarray) -> np.ndarray:
    """Add sections to the vessel, from which exclusive labels separate them. Changes and returns `marks`."""
    if (marks & CHANNEL_BITS["vessel"]).any():
        marks[marks & CHANNEL_BITS["section"] > 0] |= CHANNEL_BITS["vessel"]
    return marks


def channels_of(labels: Iterable[str], wanted: Mapping[str, str] | None = None) -> dict[str, str]:
    """Find the channel of each label: by `wanted` (label to channel), by its name, or as the only label there is.

    Raises:
        RunError: code `dataset`, if none is the section.
    """
    names = [label for label in labels if label.lower() not in BACKGROUND_NAMES]
    found = {}
    for label in names:
        plain = re.sub(r"[\s-]+", "_", label.strip().lower())
        channel = (wanted or {}).get(label, plain)
        if channel in CHANNEL_BITS:
            found[label] = channel
    if "section" in found.values():
        return found
    if len(names) == 1:
        return {names[0]: "section"}
    raise RunError(
        Code.DATASET,
        f"none of the labels {', '.join(names) or '(there is no label)'} is the section.",
        "Say which one is: --label NAME=section.",
    )


def read_label_map(path: Path, wanted: Mapping[str, str] | None = None) -> LabelMap:
    """Read `labelmap.txt` of CVAT segmentation masks ("name:r,g,b:parts:actions"), or CamVid's `label_colors.txt`.

    Raises:
        RunError: code `dataset`, if a line has neither form, or no label is the section.
    """
    colours = read_colours(path)
    return LabelMap(colours, channels_of(colours, wanted))
