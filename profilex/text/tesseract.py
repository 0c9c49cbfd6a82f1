"""The one place that calls Tesseract: pieces of a page in, words with their places out."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from profilex.types import Word

LINE, SPARSE = 7, 11  # Tesseract's page segmentation modes

_TIME_LIMIT_S = 120.0  # far above what a page needs: on a busy machine a page must not lose its scale
_BORDER_PX = 24  # Tesseract does not read letters that touch the image's edge
_LEAST_CONFIDENCE = 0.0  # Tesseract marks rows that hold no word by -1
_MOST_SCALE = 10.0
_BLACK = 150
_ENVIRONMENT = threading.Lock()

Box = tuple[int, int, int, int]


class TextError(Exception):
    """Text cannot be read at all: Tesseract is missing, fails, or takes too long. The message is for the manifest."""


def is_installed() -> bool:
    """Whether Tesseract can be called."""
    return shutil.which("tesseract") is not None


@lru_cache(maxsize=1)
def installed_version() -> str:
    """The version of the Tesseract that is installed, such as "5.3.4"; "none" where none can be called."""
    try:
        said = subprocess.run(["tesseract", "--version"], capture_output=True, timeout=_TIME_LIMIT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return "none"
    # old versions say it on stderr: "tesseract 5.3.4"
    words = (said.stdout or said.stderr).decode(errors="replace").split()
    return words[1].removeprefix("v") if len(words) > 1 else "none"


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
    bilevel: bool = False,
    time_limit_s: float = _TIME_LIMIT_S,
) -> list[tuple[Word, ...]]:
    """The words of each piece of a picture.

    `grey` is uint8 (height, width), 0 ink to 255 paper. `boxes` (x0, y0, x1, y1) are the pieces, `scales` the factors
    by which they are enlarged; `bilevel` makes them black and white then. Words have their boxes in pixels of `grey`.
    All pieces go through one process, which is ended after `time_limit_s`.

    Raises:
        TextError: Tesseract is not installed, fails, or takes too long.
    """
    scales = [1.0] * len(boxes) if scales is None else [min(scale, _MOST_SCALE) for scale in scales]
    pieces = [_enlarged(grey, box, scale, bilevel=bilevel) for box, scale in zip(boxes, scales, strict=True)]
    words: list[list[Word]] = [[] for _ in boxes]
    for index, text, place, confidence in _recognise(pieces, mode, time_limit_s) if pieces else ():
        (x0, y0, _, _), scale = boxes[index], scales[index]
        left, top, right, bottom = ((value - _BORDER_PX) / scale for value in place)
        words[index].append(Word(text, (x0 + left, y0 + top, x0 + right, y0 + bottom), confidence))
    return [tuple(found) for found in words]


def _enlarged(grey: np.ndarray, box: Box, scale: float, *, bilevel: bool) -> np.ndarray:
    """One piece as Tesseract likes it: large, sharp, on white."""
    x0, y0, x1, y1 = box
    piece = grey[max(y0, 0) : y1, max(x0, 0) : x1]
    size = (max(1, round(piece.shape[1] * scale)), max(1, round(piece.shape[0] * scale)))
    large = cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    if bilevel:
        large = np.where(large > _BLACK, 255, 0).astype(np.uint8)
    elif scale > 1:
        soft = cv2.GaussianBlur(large, (0, 0), scale)
        large = cv2.addWeighted(large, 2.0, soft, -1.0, 0.0)
    return cv2.copyMakeBorder(large, *(_BORDER_PX,) * 4, cv2.BORDER_CONSTANT, value=255)


def _recognise(
    pieces: Sequence[np.ndarray], mode: int, time_limit_s: float
) -> list[tuple[int, str, tuple[int, int, int, int], float]]:
    """Index of the piece, text, box in the piece (px) and confidence (0..1) of every word."""
    import pytesseract  # looks for pandas when it is imported: not for `--help`

    config = f"--psm {mode} --dpi 300"
    with tempfile.TemporaryDirectory(prefix="profilex-text-") as folder, _one_thread():
        files = [Path(folder) / f"{index}.png" for index in range(len(pieces))]
        for file, piece in zip(files, pieces, strict=True):
            file.write_bytes(cv2.imencode(".png", piece, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes())
        # a list of files is one start of the program, which costs more than a line of text
        listing = Path(folder) / "pieces.txt"
        listing.write_text("".join(f"{file}\n" for file in files), encoding="utf-8")
        try:
            table = pytesseract.image_to_data(
                str(listing), lang="eng", config=config, timeout=time_limit_s, output_type=pytesseract.Output.DICT
            )
        except pytesseract.TesseractNotFoundError as error:
            raise TextError("Tesseract is not installed: figure numbers and scale texts are not read.") from error
        except pytesseract.TesseractError as error:
            raise TextError(f"Tesseract failed (status {error.status}): texts are not read.") from error
        except RuntimeError as error:  # pytesseract's way to say that the time is up
            raise TextError(f"Tesseract took more than {time_limit_s:g} s: texts are not read.") from error
    return _rows(table)


def _rows(table: dict[str, list]) -> list[tuple[int, str, tuple[int, int, int, int], float]]:
    rows = []
    columns = ("page_num", "text", "left", "top", "width", "height", "conf")
    for page, text, left, top, width, height, confidence in zip(
        *(table.get(name, []) for name in columns), strict=True
    ):
        text = str(text).strip()
        if text and confidence >= _LEAST_CONFIDENCE:
            rows.append((page - 1, text, (left, top, left + width, top + height), confidence / 100))
    return rows


@contextmanager
def _one_thread() -> Iterator[None]:
    """Tesseract inherits this process's environment; its own threads only slow down a machine whose cores are taken."""
    name = "OMP_THREAD_LIMIT"
    with _ENVIRONMENT:
        before = os.environ.get(name)
        os.environ[name] = "1"
        try:
            yield
        finally:
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before
