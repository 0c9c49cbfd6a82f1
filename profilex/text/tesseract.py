"""The one place that calls Tesseract: pieces of a page in, words with their places out.

Its library is loaded into this process once (tesserocr): a start of the program for every few lines costs as much as
reading them. The language's data are those of the installed program.
"""

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from profilex.types import Word

LINE, SPARSE = 7, 11  # Tesseract's page segmentation modes

_TIME_LIMIT_S = 120.0  # far above what a page needs: on a busy machine a page must not lose its scale
_BORDER_PX = 24  # Tesseract does not read letters that touch the image's edge
_LEAST_CONFIDENCE = 0.0
_MOST_SCALE = 10.0
_BLACK = 150
_LANGUAGE = "eng"
_DPI = 300
_READING = threading.Lock()

Box = tuple[int, int, int, int]


class Way(StrEnum):
    """How pieces are made ready: sharpened, as they are, or in black and white."""

    SHARP = "sharp"
    SOFT = "soft"
    BLACK = "black"


class TextError(Exception):
    """Text cannot be read at all: Tesseract is missing, fails, or takes too long. The message is for the manifest."""


def is_installed() -> bool:
    """Whether texts can be read: the library is there, and the data of its language."""
    return installed_version() != "none"


def installed_version() -> str:
    """The version of Tesseract's library, such as "5.5.4"; "none" where nothing can be read."""
    if _data_folder() is None:
        return "none"
    try:
        import tesserocr
    except ImportError:
        return "none"
    return re.split(r"[\s-]", tesserocr.tesseract_version().removeprefix("tesseract").strip())[0]


def _data_folder() -> Path | None:
    """The folder of the language's data: TESSDATA_PREFIX, or where the installed program has its own."""
    places = (os.environ.get("TESSDATA_PREFIX", ""), _program_data(shutil.which("tesseract")))
    return next((Path(place) for place in places if (Path(place) / f"{_LANGUAGE}.traineddata").is_file()), None)


@lru_cache(maxsize=8)
def _program_data(program: str | None) -> str:
    """The folder that a Tesseract program says it takes its data from; empty where it says none."""
    if program is None:
        return ""
    try:
        said = subprocess.run([program, "--list-langs"], capture_output=True, timeout=_TIME_LIMIT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    # List of available languages in "/usr/share/tesseract-ocr/5/tessdata/" (2):
    folder = re.search(r'"(.+?)"', (said.stdout + said.stderr).decode(errors="replace"))
    return folder[1] if folder else ""


def read_words(grey: np.ndarray, boxes: Sequence[Box] | None = None, **how: Any) -> tuple[Word, ...]:
    """Words of a picture, in the order of the boxes and as Tesseract reads them there.

    `boxes` (x0, y0, x1, y1, px) are the pieces to read, each as one line; None reads the whole picture as scattered
    text. All else is as for `read_pieces`.

    Raises:
        TextError: Tesseract is not installed, fails, or takes too long.
    """
    if boxes is None:
        height, width = grey.shape
        boxes, how = [(0, 0, width, height)], {"mode": SPARSE} | how
    return tuple(word for words in read_pieces(grey, boxes, **how) for word in words)


def read_pieces(
    grey: np.ndarray,
    boxes: Sequence[Box],
    *,
    scales: Sequence[float] | None = None,
    mode: int = LINE,
    way: Way = Way.SHARP,
    signs: str = "",
    time_limit_s: float = _TIME_LIMIT_S,
) -> list[tuple[Word, ...]]:
    """The words of each piece of a picture.

    `grey` is uint8 (height, width), 0 ink to 255 paper. `boxes` (x0, y0, x1, y1) are the pieces, `scales` the factors
    by which they are enlarged, in a `way`. Words have their boxes in pixels of `grey`. Where `signs` are given, there
    are no others. What is not read after `time_limit_s` is given up.

    Raises:
        TextError: Tesseract is not installed, fails, or takes too long.
    """
    scales = [1.0] * len(boxes) if scales is None else [min(scale, _MOST_SCALE) for scale in scales]
    pieces = [_enlarged(grey, box, scale, way) for box, scale in zip(boxes, scales, strict=True)]
    words: list[list[Word]] = [[] for _ in boxes]
    for index, text, place, confidence in _recognise(pieces, mode, signs, time_limit_s) if pieces else ():
        (x0, y0, _, _), scale = boxes[index], scales[index]
        left, top, right, bottom = ((value - _BORDER_PX) / scale for value in place)
        words[index].append(Word(text, (x0 + left, y0 + top, x0 + right, y0 + bottom), confidence))
    return [tuple(found) for found in words]


def _enlarged(grey: np.ndarray, box: Box, scale: float, way: Way) -> np.ndarray:
    """One piece as Tesseract likes it: large, sharp, on white."""
    x0, y0, x1, y1 = box
    piece = grey[max(y0, 0) : y1, max(x0, 0) : x1]
    size = (max(1, round(piece.shape[1] * scale)), max(1, round(piece.shape[0] * scale)))
    large = cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    if way is Way.BLACK:
        large = np.where(large > _BLACK, 255, 0).astype(np.uint8)
    elif way is Way.SHARP and scale > 1:
        soft = cv2.GaussianBlur(large, (0, 0), scale)
        large = cv2.addWeighted(large, 2.0, soft, -1.0, 0.0)
    return cv2.copyMakeBorder(large, *(_BORDER_PX,) * 4, cv2.BORDER_CONSTANT, value=255)


def _recognise(
    pieces: Sequence[np.ndarray], mode: int, signs: str, time_limit_s: float
) -> Iterator[tuple[int, str, tuple[int, int, int, int], float]]:
    """Index of the piece, text, box in the piece (px) and confidence (0..1) of every word."""
    ends = time.monotonic() + time_limit_s
    with _READING:
        reader = _reader(_data_folder())
        reader.SetPageSegMode(mode)
        reader.SetVariable("tessedit_char_whitelist", signs)
        reader.ClearAdaptiveClassifier()  # nothing is kept of earlier pages: a page reads the same in any order
        for index, piece in enumerate(pieces):
            height, width = piece.shape
            reader.SetImageBytes(piece.tobytes(), width, height, 1, width)
            reader.SetSourceResolution(_DPI)
            left_ms = int(1000 * (ends - time.monotonic()))
            if left_ms <= 0 or not reader.Recognize(left_ms):
                raise TextError(f"Tesseract took more than {time_limit_s:g} s: texts are not read.")
            for text, place, confidence in _words(reader):
                yield index, text, place, confidence
        reader.Clear()


@lru_cache(maxsize=1)
def _reader(data: Path | None) -> Any:
    """Tesseract's library with the network of a folder of data loaded.

    Raises:
        TextError: it is not installed, or cannot be loaded.
    """
    if data is None or not is_installed():
        raise TextError("Tesseract is not installed: figure numbers and scale texts are not read.")
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # its threads only slow down a machine whose cores are taken
    import tesserocr

    try:
        return tesserocr.PyTessBaseAPI(path=str(data), lang=_LANGUAGE, oem=tesserocr.OEM.LSTM_ONLY)
    except RuntimeError as error:
        raise TextError(f"Tesseract cannot be loaded ({error}): texts are not read.") from error


def _words(reader: Any) -> Iterator[tuple[str, tuple[int, int, int, int], float]]:
    """The words that were recognised in the picture at hand."""
    from tesserocr import RIL, iterate_level

    found = reader.GetIterator()
    if found is None:
        return
    for word in iterate_level(found, RIL.WORD):
        box = word.BoundingBox(RIL.WORD)
        if box is None or word.Empty(RIL.WORD):
            continue
        text, confidence = word.GetUTF8Text(RIL.WORD).strip(), word.Confidence(RIL.WORD)
        if text and confidence >= _LEAST_CONFIDENCE:
            yield text, box, confidence / 100
