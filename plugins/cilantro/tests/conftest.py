"""The plugin as an administrator installs it: entry points for profilex, files that lie among Cilantro's own."""

import importlib
import os
import stat
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[1]
ROOT = PLUGIN.parents[1]
STUB = PLUGIN / "tests" / "cilantro_stub"


@pytest.fixture(scope="session", autouse=True)
def installed_cilantro(tmp_path_factory):
    """A folder with the plugin's entry points, found by this process and by the programs that it starts."""
    import profilex_cilantro

    from tests.helpers.installing import install

    site = tmp_path_factory.mktemp("site")
    install(site, (PLUGIN / "pyproject.toml").read_text(), version=profilex_cilantro.__version__)
    sys.path.insert(0, str(site))
    yield site
    sys.path.remove(str(site))


@pytest.fixture(scope="session")
def program(installed_cilantro, tmp_path_factory):
    """PROFILEX_BIN: profilex as a program, in an environment that has the plugin."""
    path = tmp_path_factory.mktemp("bin") / "profilex"
    search = os.pathsep.join(map(str, (installed_cilantro, PLUGIN, ROOT)))
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{search}" exec "{sys.executable}" -m profilex "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture(scope="session")
def cilantro(program, tmp_path_factory):
    """Cilantro's modules with the plugin's files among them; its folders are in the environment."""
    home = tmp_path_factory.mktemp("cilantro")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("WORKING_DIR", "REPOSITORY_DIR", "STAGING_DIR", "ARCHIVE_DIR"):
            (home / name.lower()).mkdir()
            patch.setenv(name, str(home / name.lower()))
        patch.setenv("PROFILEX_BIN", str(program))
        patch.syspath_prepend(str(STUB))
        importlib.import_module("workers.default.tasks")  # Cilantro's own, which a chain calls by name
        yield importlib.import_module("workers.profilex.tasks")
