"""A batch where the system lacks what only Unix has: `fcntl`, `os.fork` and the flags of `os.open` for links."""

import json
import os
import subprocess
import sys

import pytest

from tests.helpers.programs import PATIENCE_S, PROGRAM, finding_helpers, finish
from tests.helpers.scans import tree

pytestmark = pytest.mark.slow

# read by every process of Python that is started, the workers of a pool among them
WITHOUT_UNIX = """
import os, sys, warnings
import locket  # of dask: it has Windows' own locks in the place of fcntl
sys.modules["fcntl"] = None
for name in ("fork", "forkpty", "register_at_fork", "O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC"):
    delattr(os, name)
warnings.filterwarnings("ignore", "only soft file lock is available")
"""


@pytest.fixture
def elsewhere(tmp_path):
    """The environment of programs that find neither `fcntl` nor `os.fork`."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(WITHOUT_UNIX)
    environment = finding_helpers()
    environment["PYTHONPATH"] = os.pathsep.join([str(site), environment["PYTHONPATH"]])
    probe = "import os, sys; sys.exit(hasattr(os, 'fork') or sys.modules['fcntl'] is not None)"
    subprocess.run([sys.executable, "-c", probe], env=environment, check=True)
    return environment


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_batch_without_fork_and_fcntl_writes_what_it_writes_with_them(
    scans, tmp_path, environment, elsewhere, workers
):
    without = finish(scans, tmp_path / "without", elsewhere, "--workers", workers, "--json")
    assert without.returncode == 0, without.stderr
    assert json.loads(without.stdout)["pages"]["done"] == 3
    assert not (tmp_path / "without" / ".profilex.lock").exists()
    usual = finish(scans, tmp_path / "usual", environment, "--workers", "0")
    assert usual.returncode == 0, usual.stderr
    assert tree(tmp_path / "without") == tree(tmp_path / "usual")


HOLDING = """
import sys
from pathlib import Path
from profilex.files import OutputLock
with OutputLock(Path(sys.argv[sys.argv.index("--out") + 1])):
    """


def test_a_second_run_is_refused_there_too(scans, tmp_path, elsewhere):
    words = ["batch", str(scans), "--out", str(tmp_path / "out"), "--workers", "0"]
    second = subprocess.run(
        [sys.executable, "-c", HOLDING + PROGRAM, *words],
        env=elsewhere, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert second.returncode == 6, second.stderr
    assert "another run is writing there" in second.stderr
