"""A reviewer at a real browser, hands on the keyboard only; every key and request is counted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = Path("/usr/bin/chromium")

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_GLANCE = 250  # ms before a hand moves: nobody types into a field that has just appeared
_PATIENCE = 10_000  # ms
_SHOWN = """(document.querySelector('.hotich')?.innerText ?? '')
    .split('\\n').filter(line => line.trim()).slice(0, 2).join(' | ')"""


@dataclass
class Reviewer:
    """One signed-in person. ``keys`` counts strokes, a chord as one; ``clicks`` the mouse's."""

    page: Page
    keys: int = 0
    clicks: int = 0
    requests: list[str] = field(default_factory=list)

    def sign_in(self, url: str, user: str, password: str) -> None:
        self.page.goto(f"{url}/user/login")
        self.page.fill("input[name=email]", user)
        self.page.fill("input[name=password]", password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda address: "login" not in address)

    def begin(self, url: str, project: int) -> None:
        """Open a project's label stream."""
        self.page.goto(f"{url}/projects/{project}/data?labeling=1")
        self.wait()

    def wait(self, before: str = "") -> str:
        """Wait for a task other than ``before``, its field in focus; its place on the screen.

        Where nothing happens for long, the last chord is struck again, as a person would.
        """
        from playwright.sync_api import TimeoutError as TooLong

        ready = f"""before => {{
            const now = {_SHOWN}, focus = document.activeElement;
            return now && now !== before && ['TEXTAREA', 'INPUT'].includes(focus.tagName);
        }}"""
        for _ in range(3):
            try:
                self.page.wait_for_function(ready, arg=before, timeout=_PATIENCE)
                break
            except TooLong:
                if before and self.shown() == before:
                    self.press("Control+Enter")
        else:
            focus = self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            raise AssertionError(f"after {before!r} stands {self.shown()!r}, focus on {focus}")
        return self.shown()

    def shown(self) -> str:
        """What tells this task from another: the field's name and its place in the book."""
        return str(self.page.evaluate(_SHOWN))

    def reads(self) -> str:
        """The text that stands in the field."""
        return str(self.page.evaluate("document.activeElement.value"))

    def press(self, chord: str) -> None:
        """A chord, or one letter, which Vietnamese has more of than a keyboard."""
        self.keys += 1
        if len(chord) == 1:
            self.page.keyboard.type(chord)
        else:
            self.page.keyboard.press(chord)

    def correct(self, text: str) -> None:
        """Make the field say ``text`` and send it, eyes on the field: a key that was lost (Label
        Studio takes the first edit of a session back, once) is struck again, and counted."""
        self.page.wait_for_timeout(_GLANCE)
        while (old := self.reads()) != text:
            kept = max(size for size in range(len(old) + 1) if text.startswith(old[:size]))
            expected = old[:-1] if len(old) > kept else text[: kept + 1]
            self.press("Backspace" if len(old) > kept else text[kept])
            if self.reads() != expected:
                self.page.wait_for_timeout(_GLANCE)
                self.press("End")
        self.send()

    def state(self, key: str) -> None:
        """Say a state by its key, and send it."""
        self.press("Tab")
        self.press(key)
        self.press("Control+Enter")

    def send(self) -> None:
        self.press("Tab")
        self.press("Control+Enter")


@contextmanager
def at_the_browser(log: Path, width: int = 1100, height: int = 640) -> Iterator[Reviewer]:
    """A browser with an empty profile; ``log`` gets Chromium's own network log."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("no Chromium: apt-get install chromium")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=[*_FLAGS, f"--log-net-log={log}"]
        )
        page = browser.new_page(viewport={"width": width, "height": height})
        person = Reviewer(page)
        page.context.on("request", lambda request: person.requests.append(request.url))
        try:
            yield person
        except BaseException:
            page.screenshot(
                path=os.environ.get("HOTICH_STUCK", str(log.with_suffix(".png")))
            )  # what stood there when it failed
            raise
        browser.close()


def hosts(log: Path, requests: list[str]) -> set[str]:
    """Every host that a page asked for: what the debugger saw, and what the network log holds.

    What the browser asks for itself (its maker's updates) has no page as its origin.
    """
    seen = [url for url in requests if not url.startswith(("data:", "blob:"))]
    content = json.loads(log.read_text("utf-8"))
    started = content["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    for event in content["events"]:
        about = event.get("params", {})
        if event["type"] == started and str(about.get("initiator", "")).startswith("http"):
            seen.append(about["url"])
    return {urlsplit(url).hostname or "" for url in seen}
