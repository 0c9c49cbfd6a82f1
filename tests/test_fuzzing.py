"""A small budget of the campaign of `tests.helpers.fuzzing`, for every reader of what comes from others."""

import os
import subprocess
import sys
import zipfile
from io import BytesIO

import numpy as np
import pytest

from profilex.errors import Code, RunError
from profilex.model.card import decode_weights
from tests.helpers import fuzzing
from tests.helpers.programs import finding_helpers

CASES = int(os.environ.get("PROFILEX_FUZZ_CASES", "12"))


@pytest.mark.slow
@pytest.mark.parametrize("name", fuzzing.READERS)
def test_damaged_input_is_read_right_or_fails_by_a_code(name):
    """In a process of its own, as a decoder could also crash, hang or take all memory."""
    cases = CASES if name == "images" else 4 * CASES
    command = [sys.executable, "-W", "error", "-m", "tests.helpers.fuzzing", str(cases), name]
    done = subprocess.run(command, env=finding_helpers(), capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_seeds_themselves_are_read(tmp_path):
    for name, reader in fuzzing.READERS.items():
        for number, seed in enumerate(reader.seeds.values()):
            place = tmp_path / f"{name} {number}"
            place.mkdir()
            (place / reader.name).write_bytes(seed)
            if name != "cards":  # a card alone names a network that it does not bring
                reader.read(place / reader.name)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"weights",
        b"\x80\x04\x95cos\nsystem\n(S'echo'\ntR.",
        b"\x89HDF\r\n\x1a\n" + bytes(100),
        b"PK\x05\x06" + bytes(18),
    ],
    ids=["empty", "text", "pickle", "hdf5", "empty archive"],
)
def test_weights_that_are_no_weights_are_refused(content):
    if content.startswith(b"PK"):
        assert decode_weights(content) == []
        return
    with pytest.raises(RunError) as caught:
        decode_weights(content)
    assert caught.value.code == Code.MODEL_MISMATCH


def npz(arrays: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in arrays.items():
            archive.writestr(f"{name}.npy", data)
    return buffer.getvalue()


def test_weights_that_are_objects_or_bombs_are_refused():
    pickled = BytesIO()
    np.save(pickled, np.array([{"a": 1}], object), allow_pickle=True)
    giant = BytesIO()
    np.lib.format.write_array_header_1_0(giant, {"descr": "<f4", "fortran_order": False, "shape": (1 << 38,)})
    for content in (npz({"w000": pickled.getvalue()}), npz({"w000": giant.getvalue()})):
        with pytest.raises(RunError) as caught:
            decode_weights(content)
        assert caught.value.code == Code.MODEL_MISMATCH
