"""A reviewer at a real browser, hands on the keyboard only; every key and request is counted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from unicodedata import normalize
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLong

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_COUNTS = """addEventListener('mousedown',
    () => localStorage.hotichClicks = 1 + +(localStorage.hotichClicks ?? 0), true)"""
_PATIENCE = 30_000  # ms: a busy machine
_SHOWN = """(document.querySelector('.hotich')?.innerText ?? '')
    .split('\\n').filter(line => line.trim()).slice(0, 2).join(' | ')"""
_READY = f"""before => {{
    const now = {_SHOWN}, focus = document.activeElement, seen = window.hotichSeen === focus;
    window.hotichSeen = focus;
    return now && now !== before && seen && focus.tagName === 'INPUT';
}}"""


@dataclass
class Reviewer:
    """One signed-in person. ``keys`` counts strokes, a chord as one."""

    page: Page
    keys: int = 0
    requests: list[str] = field(default_factory=list)

    @property
    def clicks(self) -> int:
        """The mouse's, as the pages themselves saw them."""
        return int(self.page.evaluate("+(localStorage.hotichClicks ?? 0)"))

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
        """Wait until a task other than ``before`` stands there for a tenth of a second, its field
        in focus; what tells it from others."""
        try:
            self.page.wait_for_function(_READY, arg=before, polling=100, timeout=_PATIENCE)
        except TooLong as error:
            focus = self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            stands = f"after {before!r} stands {self.shown()!r}, focus on {focus}"
            raise AssertionError(stands) from error
        return self.shown()

    def shown(self) -> str:
        """What tells this task from another: the field's name and its place in the book."""
        return str(self.page.evaluate(_SHOWN))

    def reads(self) -> str:
        """The text that stands in the field."""
        return str(self.page.evaluate("document.activeElement.value"))

    def press(self, chord: str, times: int = 1) -> None:
        self.keys += times
        for _ in range(times):
            self.page.keyboard.press(chord)

    def type(self, text: str) -> None:
        """Type as fast as the browser takes it; Telex strokes are counted: ``ợ`` is ``owj``."""
        self.keys += len(normalize("NFD", text)) + sum(letter in "đĐ" for letter in text)
        self.page.keyboard.type(text)

    def correct(self, text: str) -> None:
        """Make the field say ``text``: from its end back to what is right, then the rest. Send it.

        Nothing is typed twice: a key that the page lost fails here.
        """
        old = self.reads()
        pairs = zip(old, text, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        self.press("Backspace", len(old) - kept)
        self.type(text[kept:])
        assert self.reads() == text
        self.send()

    def state(self, key: str) -> None:
        """Say a state by its key, and send it."""
        self.press("Tab")
        self.press(key)
        self.press("Control+Enter")

    def back(self) -> None:
        """To the task that was sent before."""
        self.press("Tab")
        self.press("Space")

    def forward(self) -> None:
        """From a task that was gone back to, on to the next: the arrow behind the text."""
        self.press("Tab")
        if self.page.evaluate("document.activeElement.dataset.testid") == "prev-task":
            self.press("Tab")
        self.press("Space")

    def send(self) -> None:
        self.press("Tab")
        self.press("Control+Enter")


@contextmanager
def at_the_browser(log: Path, width: int = 1100, height: int = 640) -> Iterator[Reviewer]:
    """A browser with an empty profile; ``log`` gets Chromium's own network log."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*_FLAGS, f"--log-net-log={log}"]
        )
        page = browser.new_page(viewport={"width": width, "height": height})
        page.add_init_script(_COUNTS)
        person = Reviewer(page)
        page.context.on("request", lambda request: person.requests.append(request.url))
        try:
            yield person
        except BaseException:
            page.screenshot(path=log.with_suffix(".png"))  # what stood there when it failed
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
