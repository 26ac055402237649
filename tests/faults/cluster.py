"""Two workers and two action servers on PostgreSQL and Redis, as in production."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil

from programme_chatbot.launcher import free_port
from tests import services
from tests.conftest import OPEN
from tests.visitor import PAGE

_START_DEADLINE = 120.0


class Server:
    """One `programme-chatbot worker` or `programme-chatbot actions`.

    Args:
        kind: which of the two.
        folder: where its output goes.
        environment: its settings.
    """

    def __init__(self, kind: str, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.folder = folder
        self.environment = environment
        self._command = [sys.executable, "-m", "programme_chatbot.cli", kind, "--port", str(self.port)]
        self._log = folder / f"{kind}-{self.port}.log"

    def start(self) -> None:
        with self._log.open("w") as output:
            self.process = subprocess.Popen(
                self._command, env={**os.environ, **self.environment}, stdout=output, stderr=output
            )

    def wait(self) -> None:
        """Waits until it is ready."""
        services.eventually(self._is_ready, seconds=_START_DEADLINE)
        (self._served,) = psutil.Process(self.process.pid).children()

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """Kills the real server as `kill -9` does; what has started it notices and ends, too."""
        self._served.kill()
        assert self.process.wait(30) == 1
        assert "has ended unexpectedly" in self.log()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stops the real server for the time of the block, so that it takes requests and does not answer."""
        self._served.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._served.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log()
        return "Ready:" in self.log()


class Cluster:
    """What runs; the first worker uses the first action server, the second one the second."""

    def __init__(self, database: services.PostgreSql, redis: services.Redis, folder: Path, **settings: str) -> None:
        self.database = database
        self.redis = redis
        common = {
            "DATABASE_URL": database.url,
            "REDIS_URL": redis.url,
            "PROGRAMME_DATA": str(folder),
            "PROGRAMME_TODAY": OPEN.isoformat(),
            "WEB_ALLOWED_ORIGINS": PAGE,
            "WEB_REQUESTS_PER_MINUTE_ADDRESS": "100000",
            **settings,
        }
        self.actions = [Server("actions", folder, **common) for _ in range(2)]
        self.workers = [
            Server("worker", folder, **common, ACTION_SERVER_URL=f"http://127.0.0.1:{actions.port}/webhook")
            for actions in self.actions
        ]

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Returns the rows of an SQL query."""
        import psycopg2

        connection = psycopg2.connect(self.database.url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                rows: list[tuple[Any, ...]] = cursor.fetchall()
                return rows
        finally:
            connection.close()


@contextmanager
def running_cluster(**settings: str) -> Iterator[Cluster]:
    with services.postgresql() as database, services.redis() as redis, ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = Cluster(database, redis, folder, **settings)
        servers = [*cluster.actions, *cluster.workers]
        for server in servers:
            server.start()
            stack.callback(server.stop)
        for server in servers:
            server.wait()
        yield cluster
