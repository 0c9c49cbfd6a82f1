"""A page that truly needs more memory than its worker may have: a small file that decodes large."""

import json

import pytest
from PIL import Image

from tests.helpers.programs import finish, status_of
from tests.helpers.scans import draw_plate, looks

pytestmark = pytest.mark.slow

LIMIT = "500MB"  # a worker that does small plates has less than half of that; the large one needs twice as much
SIDE_PX = 4500


def draw_large_plate(path, plate):
    """A plate enlarged to 20 megapixels, in some kilobytes."""
    large = Image.open(plate).resize((SIDE_PX, SIDE_PX), Image.Resampling.NEAREST).convert("1")
    large.save(path, compression="group4", dpi=(600, 600))
    return path


def test_a_page_above_the_memory_limit_harms_no_other_and_is_done_without_the_limit(scans, tmp_path, environment):
    large = draw_large_plate(scans / "a_large.tif", draw_plate(scans / "one.png"))
    out = tmp_path / "out"
    assert large.stat().st_size < 100_000

    # one worker, and the large page is the first: who does the others has come in the place of a worker that was ended
    limited = finish(scans, out, environment, "--workers", "1", "--memory-limit", LIMIT, "--json")
    assert limited.returncode == 3, limited.stderr
    assert status_of(out) == {"a_large.tif": "poison", "one.png": "ok", "site/one.png": "ok", "two.tif": "ok"}
    assert json.loads(limited.stdout)["failed"] == {"poison": 1}
    assert looks(scans).count("a_large.tif") == 2
    assert "failed: a_large.tif#0: worker: poison" in limited.stderr
    assert not (out / "pages/a_large.tif").exists()

    retried = finish(scans, out, environment, "--workers", "1", "--retry-failed")
    assert retried.returncode == 0, retried.stderr
    assert looks(scans).count("a_large.tif") == 3
    assert len(looks(scans)) == 3 + 3
    assert set(status_of(out).values()) == {"ok"}
