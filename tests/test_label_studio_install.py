"""The environment of Label Studio, as several processes want it at once; nothing is downloaded."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import pytest

from annotation import server as module
from annotation.server import Server


class Counted(Server):
    """Installs slowly, leaving what a real installation leaves, and counts."""

    installations: ClassVar[list[str]] = []

    def _install(self) -> None:
        self.installations.append(str(self.environment))
        time.sleep(0.2)
        (self.environment / "bin").mkdir(parents=True)
        (self.environment / "bin" / "label-studio").touch()


def test_who_comes_second_waits_and_finds_it_made(tmp_path: Path) -> None:
    servers = [Counted(tmp_path / name, tmp_path / "shared" / "venv") for name in "abc"]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Server.install, servers))
    assert len(Counted.installations) == 1
    assert all(server.installed for server in servers)


def test_the_last_port_is_waited_for_while_a_killed_server_lets_it_go() -> None:
    held = socket.create_server(("127.0.0.1", 0))
    port = held.getsockname()[1]
    threading.Timer(0.5, held.close).start()
    assert module._usual_port(port) == port


def test_a_port_that_another_keeps_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PORT_SECONDS", 0)
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        assert module._usual_port(port) != port
