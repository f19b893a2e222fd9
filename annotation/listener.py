"""What Label Studio calls while people work: a webhook for answers, an ML backend for boxes.

Both are one small HTTP server on loopback, under a path nobody else knows. Label Studio gives a
webhook one second and never repeats it, so an answer is only put in line here; and a lost one is
found by polling (`annotation.pull`).
"""

from __future__ import annotations

import json
import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from annotation.boxes import BoxReader
from annotation.client import ANSWERED, LabelStudio
from annotation.projects import KINDS, find
from annotation.pull import Pulled, pull, take
from annotation.tasks import VERSION
from extract.reopen import Extracted

_LONGEST = 32 * 2**20  # bytes of a request
_QUIET = 2.0  # seconds without an answer after which the book is decided again


class Listener:
    """The server. Use as a context manager.

    Args:
        boxes: reads drawn boxes.
        port: 0 takes any free one.
    """

    def __init__(self, boxes: BoxReader, port: int = 0) -> None:
        self.answers: queue.Queue[dict[str, Any]] = queue.Queue()
        secret = secrets.token_urlsafe(16)
        handler = _handler(f"/{secret}", boxes, self.answers)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/{secret}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def connect(studio: LabelStudio, book: Extracted, listener: Listener) -> dict[int, str]:
    """Let the book's projects send their answers and boxes here; the kind of each project."""
    projects = {}
    for kind in KINDS:
        project = find(studio, book.folder, book.name, kind)
        if project is not None:
            projects[project] = kind
            studio.tell(project, f"{listener.url}/webhook")
            if kind == "pages":
                studio.read_boxes_with(project, listener.url)
    return projects


def follow(
    studio: LabelStudio,
    book: Extracted,
    listener: Listener,
    every: float,
    say: Callable[[Pulled], None],
    until: Callable[[], bool] = lambda: False,
) -> None:
    """Take answers as they come, and everything by polling every so many seconds.

    Args:
        say: told what came in, whenever the book was decided again.
        until: asked between answers whether to stop.
    """
    projects, users = connect(studio, book, listener), studio.users()
    polled, waiting = 0.0, Pulled()
    while not until():
        if time.monotonic() - polled > every:
            done = pull(studio, book)
            polled = time.monotonic()
            if done.new:
                say(done)
        try:
            event = listener.answers.get(timeout=min(_QUIET, every))
        except queue.Empty:
            if waiting.new:
                say(Pulled(waiting.new, waiting.known, 0, book.settle()))
                waiting = Pulled()
            continue
        waiting += receive(book, event, projects, users)
    if waiting.new:
        say(Pulled(waiting.new, waiting.known, 0, book.settle()))


def receive(
    book: Extracted, event: dict[str, Any], projects: Mapping[int, str], users: Mapping[int, str]
) -> Pulled:
    """Take the answer of one webhook call into the store; other events bring nothing."""
    kind = projects.get((event.get("project") or {}).get("id", 0))
    task, annotation = event.get("task"), event.get("annotation")
    if event.get("action") not in ANSWERED or not (kind and task and annotation):
        return Pulled()
    return take(book, kind, [{"data": task["data"], "annotations": [annotation]}], users)


def _handler(
    root: str, boxes: BoxReader, answers: queue.Queue[dict[str, Any]]
) -> type[BaseHTTPRequestHandler]:
    """The routes, below ``root``; anything else does not exist."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.rstrip("/") in (f"{root}/health", root):
                self._answer(200, {"status": "UP", "model_class": VERSION})
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            route = self.path.split("?")[0].rstrip("/").removeprefix(root)
            content = self._content()
            if not self.path.startswith(root) or content is None:
                self._answer(404 if content is not None else 400, {})
            elif route == "/setup":
                self._answer(200, {"model_version": VERSION})
            elif route == "/predict":
                self._answer(200, {"results": boxes.predict(content)})
            elif route == "/webhook":
                answers.put(content)
                self._answer(200, {})
            else:
                self._answer(404, {})

        def _content(self) -> dict[str, Any] | None:
            """The request's JSON; None when it is none, or too long."""
            size = int(self.headers.get("Content-Length") or 0)
            if size > _LONGEST:
                return None
            try:
                content = json.loads(self.rfile.read(size) or b"{}")
            except ValueError:
                return None
            return content if isinstance(content, dict) else None

        def _answer(self, code: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode("utf-8")
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing: a terminal shows what came in, not each call."""

    return Handler
