"""The networks that find and read text: PP-OCRv6 (small) from the package rapidocr, run by OpenVINO.

They are loaded once in each process, at the first page. Only the model files of the package are used; its code, which
may download models and configures logging, is not imported.
"""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np

NAME = "PP-OCRv6-small"

_PACKAGE = "rapidocr"
_DETECTION = "PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"
_RECOGNITION = "PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
_HEAD = (
    ("linear_8.w_0", 1),
    ("linear_8.b_0", 0),
)  # the recogniser's last layer, with its axis of classes
_LETTERS = {*map(chr, range(0x21, 0x180)), *"ȘșȚț‘’“”„–—…•←→↑↓↔⌀∅"}  # of the languages in which catalogues are printed


class TextError(Exception):
    """No text can be read, because the networks are missing or changed. The message is for the manifest."""


@dataclass(frozen=True, slots=True)
class Networks:
    """The loaded networks, as OpenVINO's requests; `letters` are the recogniser's classes in order, the first ""."""

    detection: Any
    recognition: Any
    letters: tuple[str, ...]


def installed_version() -> str:
    """The networks' name with the version of their package, such as "PP-OCRv6-small 3.10.0"; "none" without them."""
    try:
        return f"{NAME} {version(_PACKAGE)}"
    except PackageNotFoundError:
        return "none"


def load_networks() -> Networks:
    """The networks of this process, with as many threads as OpenCV has when they are first requested.

    Raises:
        TextError: they are not installed, or not those that this version of profilex knows.
    """
    return _loaded(os.getpid())


@lru_cache(maxsize=1)  # a process forked from one that has loaded them must load its own
def _loaded(_process: int) -> Networks:
    from profilex.model.engines.processor import compile_for_processor
    from profilex.model.engines.silent import openvino

    core, threads = openvino.Core(), max(1, cv2.getNumThreads())
    detection = core.read_model(model=_content(*_DETECTION))
    recognition = core.read_model(model=_content(*_RECOGNITION))
    letters = _keep_letters(recognition)
    detector, _ = compile_for_processor(core, detection, threads=threads)
    recogniser, _ = compile_for_processor(core, recognition, threads=threads)
    return Networks(detector, recogniser, letters)


def _content(name: str, sha256: str) -> bytes:
    """The bytes of a network's file."""
    package = find_spec(_PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise TextError(f"The package {_PACKAGE} is not installed: texts are not read.")
    path = Path(package.submodule_search_locations[0]) / "models" / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TextError(f"{name} cannot be read ({error.strerror}): texts are not read.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise TextError(f"{name} is not the network that this version of profilex knows: texts are not read.")
    return content


def _keep_letters(graph: Any) -> tuple[str, ...]:
    """Remove all classes except those of `_LETTERS` from the recogniser, which has 18,710, most of them Chinese.

    Its last layer takes most of its time, and letters that catalogues do not print cannot be misread then.
    """
    from profilex.model.engines.silent import operations

    classes = ["", *graph.get_rt_info()["framework"]["character"].value.splitlines(), " "]
    kept = [index for index, letter in enumerate(classes) if not letter.strip() or letter in _LETTERS]
    constants = {op.get_friendly_name(): op for op in graph.get_ordered_ops() if op.get_type_name() == "Constant"}
    for name, axis in _HEAD:
        old = constants[name]
        new = operations.constant(np.take(old.data, kept, axis=axis)).output(0)
        for target in old.output(0).get_target_inputs():
            target.replace_source_output(new)
    graph.validate_nodes_and_infer_types()
    return tuple(classes[index] for index in kept)
