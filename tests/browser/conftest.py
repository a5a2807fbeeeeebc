"""A browser on the real server over the bundled facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import running

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = {"desktop": 1200, "phone": 390}


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's Chromium."""
    found = which("chromium")
    if found is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    return found


@pytest.fixture(scope="session")
def site(chromium: str, bundled_data: Path) -> Iterator[str]:
    """The address of a server over the bundled facts. It is gone afterwards."""
    with running(bundled_data) as address:
        yield address


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium without a screen, with a profile of its own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def expected() -> list[str]:
    """Parts of console messages that a test expects; a test adds its own."""
    return []


@pytest.fixture(params=list(WIDTHS))
def page(request: pytest.FixtureRequest, browser: Browser, site: str, expected: list[str]) -> Iterator[Page]:
    """A fresh page, on a desktop and on a phone. Fails the test on console errors and on requests to other hosts."""
    context = browser.new_context(base_url=site, viewport={"width": WIDTHS[request.param], "height": 900})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("request", lambda sent: None if sent.url.startswith(site) else troubles.append(f"asked {sent.url}"))
    yield opened
    context.close()
    assert [trouble for trouble in troubles if not any(part in trouble for part in expected)] == []
