"""PostgreSQL, Redis and other programs of the distribution, started for a test and thrown away after it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from programme_chatbot.launcher import free_port
from tests.left_out import leave_out

REQUIRE_VARIABLE = "REQUIRE_SERVICES"
_PACKAGES = {"postgres": "postgresql", "redis-server": "redis-server", "nginx": "nginx", "systemd-analyze": "systemd"}
_DEADLINE = 30.0


def program(name: str) -> str:
    """Returns the path of a program; leaves the test out if it is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", *map(str, folders)]))
    if path is None:
        package = _PACKAGES.get(name, name)
        advice = f"{name} is not installed: apt-get install {package}"
        leave_out(f"what needs {name} was", advice=advice, variable=REQUIRE_VARIABLE)
    return path


def faketime() -> Path | None:
    """Returns the library that sets the clock of a process, if it is there."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


def require_faketime() -> None:
    """Leaves the test out if the clock of a process cannot be set."""
    if faketime() is None:
        advice = "libfaketime is not installed: apt-get install faketime"
        leave_out("what needs libfaketime was", advice=advice, variable=REQUIRE_VARIABLE)


def eventually(what: Callable[[], bool], *, seconds: float = _DEADLINE) -> None:
    """Waits until something is so; fails if it takes too long."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"not so after {seconds} s"
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Tells whether something listens on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Redis:
    """A Redis on a port of its own, in memory only.

    Args:
        folder: where it may write.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._folder = folder
        self.start()

    def start(self) -> None:
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        self.process = subprocess.Popen([program("redis-server"), *words], stdout=subprocess.DEVNULL)
        eventually(lambda: answers(self.port))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class PostgreSql:
    """A PostgreSQL with an empty database on a port of its own.

    Args:
        folder: where it keeps its data; other users must be able to reach it.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"postgresql://chatbot@127.0.0.1:{self.port}/postgres"
        self._data = folder / "postgresql"
        # It refuses to run as root, so its own user does it then.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._data.mkdir()
        if self._user:
            shutil.chown(self._data, self._user, self._user)
        words = ["-D", str(self._data), "-U", "chatbot", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([program("initdb"), *words], user=self._user, cwd="/", check=True, capture_output=True)
        self.start()

    def start(self) -> None:
        # After a kill its children need a moment to end; until then it refuses to start.
        eventually(self._started)

    def _started(self) -> bool:
        words = ["-D", str(self._data), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
        with (self._data.parent / "postgresql.log").open("ab") as log:
            self.process = subprocess.Popen(
                [program("postgres"), *words, "-c", "unix_socket_directories="],
                user=self._user,
                cwd="/",
                stdout=log,
                stderr=log,
            )
        eventually(lambda: self.process.poll() is not None or self._is_ready())
        return self.process.poll() is None

    def _is_ready(self) -> bool:
        import psycopg2

        try:
            psycopg2.connect(self.url, connect_timeout=1).close()
        except psycopg2.OperationalError:
            return False
        return True

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def redis() -> Iterator[Redis]:
    program("redis-server")
    with tempfile.TemporaryDirectory() as folder:
        running = Redis(Path(folder))
        try:
            yield running
        finally:
            running.kill()


@contextmanager
def postgresql() -> Iterator[PostgreSql]:
    program("postgres")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        running = PostgreSql(Path(folder))
        try:
            yield running
        finally:
            running.process.send_signal(signal.SIGINT)  # does not wait until nobody is connected
            running.process.wait(_DEADLINE)
