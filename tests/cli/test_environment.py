"""Faults of the machine that a program is started on: each ends in the right result or in one line with its code.

The table here is the one of docs/operations.md, "When the machine is the trouble".
"""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from profilex.errors import Exit
from tests.helpers.programs import PATIENCE_S, PROGRAM, finding_helpers
from tests.helpers.scans import draw_plate

pytestmark = pytest.mark.slow

NO_PASSWD = """
import pwd
def nobody(uid):
    raise KeyError(uid)
pwd.getpwuid = nobody
"""
NO_LOCKS = """
import errno, fcntl
def refuse(*_):
    raise OSError(errno.{name}, "as it is")
fcntl.flock = fcntl.lockf = refuse
"""
FOLDER_GONE = """
import os
os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone")
"""
NO_SHARED_MEMORY = """
import errno, multiprocessing.synchronize as there
def refuse(*_, **__):
    raise OSError(errno.ENOSPC, "as it is")
there.SemLock.__init__ = refuse
"""
READ_ONLY = """
import errno, os
real = os.open
def refuse(path, flags, *more, **named):
    if flags & os.O_CREAT and "out" in os.fspath(path).split("/"):
        raise OSError(errno.{name}, "as it is")
    return real(path, flags, *more, **named)
os.open = refuse
"""
CLOCK_SET_BACK = """
import time
real = time.time
time.time = lambda: real() - 10 * 365 * 86400
"""
FEW_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({limit}, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
"""
SMALL_FILES = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
"""


@dataclass(frozen=True)
class Fault:
    """What is wrong: code run first, changes of the environment, a shell's redirections; and what comes of it."""

    status: int = Exit.OK
    says: str = ""
    prelude: str = ""
    environment: dict[str, str | None] = field(default_factory=dict)
    options: str = "--workers 0"
    shell: str = ""


NOBODY = {"HOME": None, "USER": None, "LOGNAME": None}
FAULTS = {
    "no home, in this process": Fault(prelude=NO_PASSWD, environment=NOBODY),
    "no home, with workers": Fault(prelude=NO_PASSWD, environment=NOBODY, options="--workers 1"),
    "home is no folder": Fault(environment={"HOME": "/dev/null"}),
    "stderr closed": Fault(shell="2>&-"),
    "stdout closed": Fault(shell=">&-", options="--workers 0 --json"),
    "all streams closed": Fault(shell="<&- >&- 2>&-"),
    "nobody reads on": Fault(shell="2>&1 | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}"),
    "a full stderr": Fault(shell="2>/dev/full"),
    "the working folder is gone": Fault(Exit.USAGE, "working folder is gone", FOLDER_GONE),
    "no locks (ENOSYS)": Fault(Exit.OUTPUT, "locks no files", NO_LOCKS.format(name="ENOSYS")),
    "no locks (ENOLCK)": Fault(Exit.OUTPUT, "locks no files", NO_LOCKS.format(name="ENOLCK")),
    "a read-only output": Fault(Exit.OUTPUT, "for reading alone", READ_ONLY.format(name="EROFS")),
    "a full disk": Fault(Exit.OUTPUT, "disk_full", READ_ONLY.format(name="ENOSPC")),
    "a quota": Fault(Exit.OUTPUT, "disk_full", READ_ONLY.format(name="EDQUOT")),
    "no permission": Fault(Exit.OUTPUT, "permissions", READ_ONLY.format(name="EACCES")),
    "a lost network folder": Fault(Exit.OUTPUT, "mount it again", READ_ONLY.format(name="ESTALE")),
    "small files alone": Fault(Exit.OUTPUT, "ulimit -f", SMALL_FILES),
    "no shared memory": Fault(Exit.POOL_LOST, "shared memory", NO_SHARED_MEMORY, options="--workers 1"),
    "a worker's memory of 4 bytes": Fault(Exit.USAGE, "a worker needs", options="--workers 1 --memory-limit 4"),
    "a worker's memory of 300 MB": Fault(Exit.USAGE, "a worker needs", options="--workers 1 --memory-limit 300MB"),
    "no such scheduler file": Fault(Exit.USAGE, "nor a readable scheduler file", options="--scheduler sched.json"),
    "dask's configuration is damaged": Fault(
        Exit.USAGE, "x.yaml: dask cannot read", environment={"DASK_CONFIG": "dask"}, options="--workers 1"
    ),
    "a locale without characters": Fault(environment={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "a locale that is not there": Fault(environment={"LC_ALL": "xx_XX.UTF-8", "LANG": "xx_XX"}),
    "the clock is set back": Fault(prelude=CLOCK_SET_BACK),
    "an absent temporary folder": Fault(environment={"TMPDIR": "/nowhere/at/all"}),
    "bytes cannot be cached": Fault(environment={"PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": "/dev/null"}),
}


@pytest.fixture
def place(tmp_path):
    draw_plate(tmp_path / "scans" / "plate.png", seed=1)
    draw_plate(tmp_path / "scans" / "Gefäß.png", seed=2)
    (tmp_path / "looks").touch()
    (tmp_path / "dask").mkdir()
    (tmp_path / "dask" / "x.yaml").write_text("distributed:\n  worker:\n   memory: [unclosed\n")
    return tmp_path


def start(place: Path, fault: Fault) -> subprocess.CompletedProcess[str]:
    environment = finding_helpers()
    for name, value in fault.environment.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    words = [sys.executable, "-c", fault.prelude + PROGRAM, "batch", str(place / "scans"), "--out", str(place / "out")]
    line = " ".join([shlex.join(words), fault.options, fault.shell])
    return subprocess.run(
        ["bash", "-c", line],
        env=environment,
        cwd=place,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_machine_is_survived_or_told_in_a_line(place, name):
    fault = FAULTS[name]
    done = start(place, fault)
    assert done.returncode == fault.status, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    if fault.status == Exit.OK:
        lines = [json.loads(line) for line in (place / "out/manifest.jsonl").read_text("utf-8").splitlines()]
        assert [(line["source"], line["status"]) for line in lines] == [("Gefäß.png", "ok"), ("plate.png", "ok")]
    else:
        told = [line for line in done.stderr.splitlines() if line.startswith("profilex: ")]
        assert len(told) == 1
        assert fault.says in told[0]


def test_a_run_after_a_fault_goes_on(place):
    assert start(place, FAULTS["a full disk"]).returncode == Exit.OUTPUT
    assert start(place, Fault()).returncode == Exit.OK
    assert not list((place / "out").rglob("*.part"))


def test_few_file_handles_are_enough_or_told(place):
    done = start(place, Fault(prelude=FEW_FILES.format(limit=64)))
    assert done.returncode == Exit.OK, done.stderr[-2000:]


def test_a_scheduler_file_names_its_scheduler(tmp_path):
    from profilex.run.workers.cluster import scheduler_address

    (tmp_path / "sched.json").write_text(json.dumps({"type": "Scheduler", "address": "tcp://127.0.0.1:8786"}))
    assert scheduler_address(str(tmp_path / "sched.json")) == "tcp://127.0.0.1:8786"
    assert scheduler_address("tls://host:8786") == "tls://host:8786"


def test_the_table_of_the_documents_has_every_fault():
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    missing = [name for name in FAULTS if f"| {name} |" not in text]
    assert not missing


def test_the_process_is_left_as_it_was(place):
    before = dict(os.environ)
    start(place, Fault())
    assert dict(os.environ) == before
