"""A browser, where there is one."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_QUIETLY = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--window-size=1440,1000",
)


@pytest.fixture
def browse(tmp_path) -> Callable[..., str]:
    """Open a file in a real browser and return its document as it stands after the scripts have run."""
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        pytest.skip("no chromium")

    def dump(path: Path, fragment: str = "", *options: str) -> str:
        profile = f"--user-data-dir={tmp_path / 'browser'}"
        url = path.as_uri() + (f"#{fragment}" if fragment else "")
        command = [program, *_QUIETLY, profile, *options, "--dump-dom", url]
        shown = subprocess.run(command, capture_output=True, timeout=120, check=True)
        return shown.stdout.decode()

    return dump


@pytest.fixture
def drive(browse) -> Callable[[Path, str], Any]:
    """Run a script in an opened report, as a person's hands would, and return the value that it ends with."""

    def result(path: Path, script: str) -> Any:
        page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", path.read_text())
        hand = f"<script>document.title = JSON.stringify((() => {{ {script} }})())</script>"
        driven = path.with_name("driven.html")
        driven.write_text(page.replace("</body>", f"{hand}</body>"))
        return json.loads(unescape(re.search(r"<title>(.*?)</title>", browse(driven))[1]))

    return result
