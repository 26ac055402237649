"""Two workers and two action servers on PostgreSQL and Redis, as in production, and visitors who use them all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

from programme_chatbot.launcher import free_port
from tests import services
from tests.conftest import OPEN

PAGE = "https://www.example.org"
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


class Visitor:
    """A visitor of an allowed page, whose requests may go to any worker.

    Args:
        port: port of the worker that starts the session.
    """

    def __init__(self, port: int) -> None:
        self.headers = {"Origin": PAGE}
        answer = self.call(port, "POST", "session")
        assert answer.status_code == 201
        self.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def call(self, port: int, method: str, path: str, body: dict[str, str] | None = None) -> requests.Response:
        url = f"http://127.0.0.1:{port}/webhooks/web/{path}"
        return requests.request(method, url, json=body, headers=self.headers, timeout=60)

    def try_to_say(self, port: int, text: str) -> requests.Response:
        return self.call(port, "POST", "messages", {"text": text})

    def say(self, port: int, text: str) -> str:
        """Says something and returns the reply."""
        answer = self.try_to_say(port, text)
        assert answer.status_code == 200, answer.text
        reply: str = answer.json()["messages"][-1]["text"]
        return reply

    def said(self, port: int) -> list[str]:
        """Returns what this visitor has said, as the worker shows it in the history."""
        answer = self.call(port, "GET", "history")
        assert answer.status_code == 200, answer.text
        return [message["text"] for message in answer.json()["messages"] if message["author"] == "user"]

    def until_answered(self, port: int, text: str) -> float:
        """Says something again and again until it is answered; returns the seconds that it took."""
        start = time.monotonic()

        def is_answered() -> bool:
            try:
                answer = self.try_to_say(port, text)
            except requests.ConnectionError:
                return False
            return answer.status_code == 200 and "failed" not in answer.json()["messages"][-1]["text"]

        services.eventually(is_answered, seconds=60)
        return time.monotonic() - start
