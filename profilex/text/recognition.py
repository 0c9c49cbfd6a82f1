"""Lines of text read letter by letter by a network."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np

from profilex.text.detection import TextBox
from profilex.text.networks import Networks
from profilex.types import Word

_HEIGHT_PX = 48  # of the network's input
_WIDTHS_PX = (96, 160, 240, 320, 480, 640, 960, 1280, 1920)  # lines are padded to one of these
_MOST_PX = 6400  # widths of all lines in one batch: larger ones gain nothing
_WIDE_GAP = 1.1  # of a line's height between the middles of two letters: from here there is a space, read or not
_HALF_LETTER = 0.25  # of a line's height
_SHORT_STANDING = 3.0  # vertical text that is shorter than this, in its heights, may be a level digit


@dataclass(frozen=True, slots=True)
class _Read:
    """The reading of a line: its letters with their places along the line (0..1) and their probabilities."""

    letters: tuple[str, ...]
    places: tuple[float, ...]
    probabilities: tuple[float, ...]

    @property
    def confidence(self) -> float:
        return float(np.mean(self.probabilities)) if self.letters else 0.0


def read_lines(grey: np.ndarray, lines: Sequence[TextBox], networks: Networks) -> list[tuple[Word, ...]]:
    """The words of each line of a page, uint8 (height, width), 0 ink to 255 paper.

    A word's confidence is the probability of its least certain letter. Vertical text is read upwards and downwards, and
    the more confident reading is used.
    """
    ways = [(index, way) for index, line in enumerate(lines) for way in _ways(line)]
    read = _recognised([_crop(grey, way) for _, way in ways], networks)
    best: dict[int, tuple[_Read, TextBox]] = {}
    for (index, way), said in zip(ways, read, strict=True):
        if index not in best or said.confidence > best[index][0].confidence:
            best[index] = said, way
    return [tuple(_words(*best[index])) for index in range(len(lines))]


def _ways(line: TextBox) -> Iterator[TextBox]:
    """The line in every direction in which it may be written."""
    yield line
    if line.is_standing:
        yield replace(line, angle=line.angle - np.pi)
        if line.length < _SHORT_STANDING * line.height:
            yield TextBox(line.middle, line.height, line.length, line.angle - np.pi / 2)


def _crop(grey: np.ndarray, line: TextBox) -> np.ndarray:
    """A line rotated level, `_HEIGHT_PX` high and at most as wide as the network's input."""
    scale = _HEIGHT_PX / max(line.height, 1.0)
    width = int(np.clip(np.ceil(scale * line.length), 1, _WIDTHS_PX[-1]))
    finer = max(1, int(1 / scale))  # a strong reduction is drawn larger first and then averaged
    size = (width * finer, _HEIGHT_PX * finer)
    to = np.array([(0, 0), (size[0], 0), size], np.float32) - 0.5
    turn = cv2.getAffineTransform(line.corners[:3].astype(np.float32) - 0.5, to)
    level = cv2.warpAffine(grey, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return level if finer == 1 else cv2.resize(level, (width, _HEIGHT_PX), interpolation=cv2.INTER_AREA)


def _recognised(pictures: Sequence[np.ndarray], networks: Networks) -> list[_Read]:
    """The readings of pictures of one height; each is padded to one of a few widths, independently of the others."""
    groups: dict[int, list[int]] = defaultdict(list)
    for index, picture in enumerate(pictures):
        groups[next(width for width in _WIDTHS_PX if width >= picture.shape[1])].append(index)
    read: dict[int, _Read] = {}
    for width, indices in sorted(groups.items()):
        most = max(1, _MOST_PX // width)
        for batch in (indices[start : start + most] for start in range(0, len(indices), most)):
            filled = np.zeros((len(batch), 3, _HEIGHT_PX, width), np.float32)
            for row, index in enumerate(batch):
                filled[row, :, :, : pictures[index].shape[1]] = pictures[index].astype(np.float32) / 127.5 - 1
            answers = networks.recognition.infer({0: filled}, share_inputs=True)[0]
            for index, answer in zip(batch, answers, strict=True):
                read[index] = _decoded(answer, networks.letters, width / pictures[index].shape[1])
    return [read[index] for index in range(len(pictures))]


def _decoded(probabilities: np.ndarray, letters: Sequence[str], stretch: float) -> _Read:
    """Letters of float32 (columns, classes), decoded as in CTC: equal neighbours are one, blanks are dropped.

    `stretch` is the width of all columns in widths of the line.
    """
    classes = probabilities.argmax(axis=1)
    surest = probabilities.max(axis=1)
    edges = np.flatnonzero(np.diff(classes, prepend=-1, append=-1))
    runs = [(start, end) for start, end in pairwise(edges) if classes[start]]
    return _Read(
        tuple(letters[classes[start]] for start, _ in runs),
        tuple(min(stretch * (start + end) / 2 / len(classes), 1.0) for start, end in runs),
        tuple(float(surest[start:end].max()) for start, end in runs),
    )


def _words(read: _Read, line: TextBox) -> Iterator[Word]:
    """The line's words at their places on the page; letters far apart belong to different words."""
    starts = [0]
    for index, (before, place) in enumerate(pairwise(read.places), start=1):
        is_far = (place - before) * line.length > _WIDE_GAP * line.height
        if is_far or " " in (read.letters[index - 1], read.letters[index]):
            starts.append(index)
    half = _HALF_LETTER * line.height / line.length
    for start, end in pairwise([*starts, len(read.letters)]):
        text = "".join(read.letters[start:end]).strip()
        if text:
            left, right = max(read.places[start] - half, 0.0), min(read.places[end - 1] + half, 1.0)
            yield Word(text, line.part(left, right), min(read.probabilities[start:end]), line.angle)
