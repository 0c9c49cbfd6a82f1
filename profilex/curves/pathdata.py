"""Curves as SVG path data, and back: M, L, C and Z with absolute coordinates."""

import re

import numpy as np

from profilex.curves.beziers import is_straight, straight

_TOKEN = re.compile(r"[MLCZ]|-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def path_data(pieces: np.ndarray, digits: int, *, closed: bool, flip: bool = False) -> str:
    """A curve (n, 4, 2) as path data with that many decimals; `flip` turns y over, as SVG counts it downwards."""
    sign = np.array([1.0, -1.0 if flip else 1.0])
    points = pieces * sign

    def pair(point: np.ndarray) -> str:
        return f"{number(point[0], digits)},{number(point[1], digits)}"

    words = [f"M{pair(points[0, 0])}"]
    flat = is_straight(pieces)
    for index, piece in enumerate(points):
        if not flat[index]:
            words.append("C" + " ".join(pair(point) for point in piece[1:]))
        elif not (closed and index == len(points) - 1):  # Z draws the last line
            words.append(f"L{pair(piece[3])}")
    return " ".join([*words, "Z"] if closed else words)


def read_path_data(text: str) -> list[np.ndarray]:
    """The closed curves of path data that `path_data` wrote, each (n, 4, 2).

    Raises:
        ValueError: the text is no such path data.
    """
    tokens = _TOKEN.findall(text)
    if re.sub(r"[\s,]", "", text) != "".join(tokens):
        raise ValueError("holds more than M, L, C, Z and numbers")
    rings: list[np.ndarray] = []
    numbers: list[float] = []
    commands: list[tuple[str, list[float]]] = []
    for token in tokens:
        if token in "MLCZ":
            numbers = []
            commands.append((token, numbers))
        elif commands:
            numbers.append(float(token))
        else:
            raise ValueError("starts with a number")
    pieces: list[np.ndarray] = []
    here = np.zeros(2)
    for command, values in commands:
        if len(values) != {"M": 2, "L": 2, "C": 6, "Z": 0}[command] or (command == "M") is bool(pieces):
            raise ValueError(f"has {len(values)} numbers after {command}, or {command} out of place")
        points = np.array(values).reshape(-1, 2)
        if command == "M":
            start = here = points[0]
            pieces = [np.empty((0, 4, 2))]
        elif command == "L":
            pieces.append(straight(np.stack([here, points[0]])))
            here = points[0]
        elif command == "C":
            pieces.append(np.concatenate([here[None], points])[None])
            here = points[2]
        else:
            if np.any(here != start):
                pieces.append(straight(np.stack([here, start])))
            rings.append(np.concatenate(pieces))
            pieces = []
    if pieces or any(not len(ring) for ring in rings):
        raise ValueError("has a ring that is open or empty")
    return rings


def number(value: float, digits: int) -> str:
    """A number without needless zeros, and without a minus before zero."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
