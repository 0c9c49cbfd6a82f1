"""The largest plate that is promised, A2 at 600 dpi, fits the memory that a worker of the pool is given for it."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from profilex.run.workers.cluster import MEMORY_A_WORKER
from profilex.synth import draw_page
from tests.helpers.programs import finding_helpers
from tests.helpers.scans import tree

pytestmark = pytest.mark.slow

A2_PX = (9921, 14031)  # 600 dpi
SEED = 7  # a page of A4's proportions
PAPER = 160
PATIENCE_S = 900  # some 40 s where two cores are free


def draw_a2(path):
    """Four copies of a synthetic page, each as large as A4 at 600 dpi, in one bit a pixel."""
    width, height = A2_PX
    quarter = Image.fromarray(draw_page(SEED).grey).resize((width // 2 + 1, height // 2 + 1), Image.Resampling.BICUBIC)
    plate = np.tile(np.asarray(quarter) > PAPER, (2, 2))[:height, :width]
    Image.fromarray(plate).save(path, compression="group4", dpi=(600, 600))
    return path


def test_an_a2_plate_at_600_dpi_stays_within_the_memory_of_a_worker(tmp_path, monkeypatch):
    scan, out = draw_a2(tmp_path / "a2.tif"), tmp_path / "out"
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # of this test's own look at the file
    with Image.open(scan) as image:
        assert (image.size, image.mode) == (A2_PX, "1")

    done = subprocess.run(
        [sys.executable, "-m", "tests.helpers.large_page", str(scan), str(out)],
        env=finding_helpers() | {"XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    print(told)  # the seconds, for who reads: no promise
    assert (told["status"], told["code"]) == ("ok", "")
    assert told["vessels"] >= 4
    assert told["peak"] < MEMORY_A_WORKER
    page = json.loads(tree(out)["pages/a2.tif/page.geojson"])["profilex:page"]
    assert (page["width_px"], page["height_px"], page["dpi"]) == (*A2_PX, 600)
