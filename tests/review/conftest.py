"""A real browser for the tests of the review page."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.helpers.reviewing import Hands

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless browser, driven by Playwright; the browser is the system's, nothing is downloaded."""
    playwright = pytest.importorskip("playwright.sync_api")
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip("no chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP evil.test 127.0.0.1"],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium) -> Iterator[Callable[..., Hands]]:
    """Open the page of a server; at the end nothing on it may have failed, nor asked for anything elsewhere."""
    opened = []

    def opening(address: str, **options: Any) -> Hands:
        context = chromium.new_context(viewport={"width": 1400, "height": 900}, **options)
        hands = Hands(context.new_page(), address)
        opened.append((context, hands))
        return hands

    yield opening
    for context, hands in opened:
        context.close()
        assert hands.complaints == []
