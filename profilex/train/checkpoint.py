"""Checkpoints: one npz of plain arrays and one JSON text, replaced atomically, without pickle."""

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from profilex.errors import Code, RunError

_META = "meta.json"


def save_checkpoint(path: Path, arrays: Mapping[str, list[np.ndarray]], meta: Mapping[str, Any]) -> None:
    """Write lists of arrays and a JSON-able mapping; a kill at any moment leaves the old or the new file complete."""
    flat = {f"{name}/{i:04d}": array for name, group in arrays.items() for i, array in enumerate(group)}
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(meta, sort_keys=True).encode(), np.uint8)
    np.savez(buffer, allow_pickle=False, **{_META: text}, **flat)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        file.write(buffer.getbuffer())
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load_checkpoint(path: Path) -> tuple[dict[str, list[np.ndarray]], dict[str, Any]]:
    """Read back what `save_checkpoint` wrote: (arrays by name, meta).

    Raises:
        RunError: code `dataset`, if the file is not a complete checkpoint.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            meta = json.loads(stored[_META].tobytes())
            arrays: dict[str, list[np.ndarray]] = {}
            for key in sorted(name for name in stored.files if name != _META):
                arrays.setdefault(key.split("/")[0], []).append(stored[key])
    except Exception as error:  # what NumPy, zipfile and zlib raise on damaged bytes is of almost any type
        raise RunError(
            Code.DATASET, f"{path} is not a readable checkpoint.", "Start again without --resume."
        ) from error
    return arrays, meta
