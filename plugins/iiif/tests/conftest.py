"""The plugin installed for the tests as its pyproject.toml declares it, and a library on loopback."""

import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[1]


@pytest.fixture(scope="session", autouse=True)
def installed_iiif(tmp_path_factory):
    """All entry points of the plugin, found by profilex."""
    import profilex_iiif

    from tests.helpers.installing import install

    site = tmp_path_factory.mktemp("site")
    install(site, (PLUGIN / "pyproject.toml").read_text(), version=profilex_iiif.__version__)
    sys.path.insert(0, str(site))
    yield
    sys.path.remove(str(site))


@pytest.fixture
def library(monkeypatch):
    """A library that listens; pauses between attempts take no time."""
    from profilex_iiif import web

    from tests.helpers.iiif_server import Library, running

    monkeypatch.setattr(web, "PAUSE_S", 0.0)
    monkeypatch.setattr(web, "_LONGEST_PAUSE_S", 0.0)
    with running(Library()) as listening:
        yield listening


@pytest.fixture
def out(tmp_path):
    """Where profiles go; the fake model notes its looks above it."""
    (tmp_path / "looks").touch()
    return tmp_path / "profiles"
