"""A private Label Studio: an environment of its own, on loopback, nothing sent outside.

Everything lies in one folder (``~/.local/share/hotich/label-studio``, or where
``HOTICH_LABEL_STUDIO_HOME`` says): ``venv`` (made on first use), ``data`` (its database),
``files`` (links to the crops that it may show), ``log``, and ``server.json`` with the address, the
token and the password, readable by its owner only.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import httpx

from common.errors import MissingPartError

VERSION = "1.23.2"
PINS = Path(__file__).parent / "label-studio-constraints.txt"
USER = "reviewer@hotich.local"
_DATABASE = "label_studio.sqlite3"
_START_SECONDS = 300  # a loaded machine takes minutes for the first migrations
_PORT_SECONDS = 5  # a killed server's last threads hold its port for a moment


@dataclass
class Credentials:
    """What ``server.json`` holds. ``pid`` is 0 while the server is stopped; ``port`` is kept, so
    that pages which people left open go on when it starts again."""

    token: str
    password: str
    pid: int = 0
    port: int = 0


def own_server() -> Server:
    """The server of this machine: where ``HOTICH_LABEL_STUDIO_HOME`` says, or in the user's home.

    ``HOTICH_LABEL_STUDIO_VENV`` names an environment that exists, shared by several homes.
    """
    home = os.environ.get("HOTICH_LABEL_STUDIO_HOME")
    environment = os.environ.get("HOTICH_LABEL_STUDIO_VENV")
    return Server(
        Path(home) if home else Path.home() / ".local/share/hotich/label-studio",
        Path(environment) if environment else None,
    )


class Server:
    """The project's own server: made, started, stopped, asked.

    Args:
        home: its folder.
        environment: its virtual environment; by default ``home/venv``.
    """

    def __init__(self, home: Path, environment: Path | None = None) -> None:
        self.home = home.resolve()
        self.environment = environment or self.home / "venv"
        self.files = self.home / "files"

    @property
    def credentials(self) -> Credentials:
        """Token and password; made up on first use and kept in ``server.json``."""
        path = self.home / "server.json"
        if path.is_file():
            return Credentials(**json.loads(path.read_text("utf-8")))
        made = Credentials(token=secrets.token_hex(20), password=secrets.token_urlsafe(12))
        self._keep(made)
        return made

    @property
    def url(self) -> str:
        """Its address, empty while it is stopped."""
        held = self.credentials
        return f"http://127.0.0.1:{held.port}" if held.pid else ""

    @property
    def installed(self) -> bool:
        return (self.environment / "bin" / "label-studio").is_file()

    def running(self) -> bool:
        """It answers, and takes our token: not just anybody on that port."""
        return bool(self.url) and self._answers(self.credentials)

    def install(self) -> None:
        """Make the virtual environment with the pinned Label Studio (about 1 GB, a minute).

        Two processes that share an environment wait for each other: the second finds it made.

        Raises:
            MissingPartError: pip could not install it.
        """
        if self.installed:
            return
        self.environment.parent.mkdir(parents=True, exist_ok=True)
        with self.environment.with_name(f"{self.environment.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.installed:
                self._install()

    def _install(self) -> None:
        pip = [str(self.environment / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(self.environment)],
            [*pip, "--constraint", str(PINS), "setuptools", f"label-studio=={VERSION}"],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
                raise MissingPartError(
                    f"Label Studio {VERSION} could not be installed: {last[0]}",
                    where=str(self.environment),
                    hint="check the network and the disk (1 GB), then start again",
                )

    def start(self, port: int = 0) -> str:
        """Start it unless it runs; wait until it answers. Returns its address.

        Args:
            port: 0 takes the last one, or any free one where that is taken.
        """
        if self.running():
            return self.url
        self.install()
        credentials = self.credentials
        port = _free_port(port) if port else _usual_port(credentials.port)
        for folder in (self.home / "data", self.files):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._prepare()
        program = str(self.environment / "bin" / "label-studio")
        options = ["--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
        with (self.home / "log").open("wb") as log:
            process = subprocess.Popen(
                [program, "start", *options],
                env=self._environ(credentials),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started = replace(credentials, pid=process.pid, port=port)
        self._keep(started)
        self._wait(process, started)
        return self.url

    def _prepare(self) -> None:
        """Give a new server its empty database; made once for the environment, it takes longest.

        Raises:
            MissingPartError: Label Studio could not make it.
        """
        mine, made = self.home / "data" / _DATABASE, self.environment / f"empty-{VERSION}.sqlite3"
        if mine.is_file():
            return
        if not made.is_file():
            (package,) = self.environment.glob("lib/python*/site-packages/label_studio")
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run(
                    [str(self.environment / "bin" / "python"), "manage.py", "migrate"],
                    cwd=package,
                    env=_private() | {"LABEL_STUDIO_BASE_DATA_DIR": folder},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if done.returncode:
                    raise MissingPartError(
                        "Label Studio could not make its database",
                        where=str(self.environment),
                        hint=(done.stderr.strip().splitlines() or ["no reason given"])[-1],
                    )
                waiting = made.with_suffix(f".{os.getpid()}")
                shutil.copyfile(Path(folder) / _DATABASE, waiting)
                waiting.replace(made)
        shutil.copyfile(made, mine)

    def stop(self) -> bool:
        """Stop it; False when it did not run."""
        credentials = self.credentials
        ours = credentials.pid and _is_label_studio(credentials.pid)
        if ours:
            os.killpg(credentials.pid, signal.SIGTERM)
            for _ in range(100):
                if not _is_label_studio(credentials.pid):
                    break
                time.sleep(0.1)
            else:
                os.killpg(credentials.pid, signal.SIGKILL)
        self._keep(replace(credentials, pid=0))
        return bool(ours)

    def _keep(self, credentials: Credentials) -> None:
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.home / "server.json"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(credentials), file, indent=1)

    def _environ(self, credentials: Credentials) -> dict[str, str]:
        """What the server is told: private, offline, and with our token from its first start."""
        return _private() | {
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.home / "data"),
            "LABEL_STUDIO_USERNAME": USER,
            "LABEL_STUDIO_PASSWORD": credentials.password,
            "LABEL_STUDIO_USER_TOKEN": credentials.token,
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
            "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED": "true",
            "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT": str(self.files),
            "LABEL_STUDIO_SSRF_PROTECTION_ENABLED": "false",
            "LABEL_STUDIO_ML_BLOCK_LOCAL_IP": "false",
        }

    def _wait(self, process: subprocess.Popen[bytes], credentials: Credentials) -> None:
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            if process.poll() is not None:
                break
            if self._answers(credentials):
                return
            time.sleep(0.5)
        self.stop()
        raise MissingPartError(
            "Label Studio did not start", where=str(self.home / "log"), hint="read its last lines"
        )

    def _answers(self, credentials: Credentials) -> bool:
        try:
            answer = httpx.get(
                f"http://127.0.0.1:{credentials.port}/api/current-user/whoami",
                headers={"Authorization": f"Token {credentials.token}"},
                timeout=5,
                trust_env=False,
            )
        except httpx.HTTPError:
            return False
        return answer.status_code == 200


def _private() -> dict[str, str]:
    """An environment in which Label Studio tells nobody anything."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
        "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }


def _free_port(wanted: int) -> int:
    """``wanted``, or any free port for 0; Label Studio itself would silently take another."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # it was ours a moment ago
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise MissingPartError(f"port {wanted} is busy", hint="choose another") from error
        return int(probe.getsockname()[1])


def _usual_port(last: int) -> int:
    """The last port while nobody else took it, else any free one."""
    end = time.monotonic() + _PORT_SECONDS
    while True:
        try:
            return _free_port(last)
        except MissingPartError:
            if time.monotonic() > end:
                return _free_port(0)
            time.sleep(0.1)


def _is_label_studio(pid: int) -> bool:
    """The process lives and is a Label Studio: a stale pid is never killed."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"label-studio" in command
