"""An action server that fails answers with the whole conversation, which Rasa puts into an exception and logs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

from programme_chatbot.launcher import ensure_model
from programme_chatbot.settings import PROJECT_FOLDER
from tests.trained import Bot, free_port

pytestmark = pytest.mark.bot
WORD = "xylophones"


class FailingActions(BaseHTTPRequestHandler):
    """Answers as rasa_sdk does when an action raises."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500)
        self.end_headers()
        self.wfile.write(b'{"error": "it failed", "request_body": ' + body + b"}")
        assert WORD.encode() in body

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def failing_actions() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), FailingActions)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()


def test_the_user_is_told_that_it_failed_and_the_log_holds_no_text(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "rasa.log"
    with failing_actions() as action_port, log.open("wb") as output:
        endpoints = tmp_path / "endpoints.yml"
        action_endpoint = {"url": f"http://127.0.0.1:{action_port}/webhook", "enable_selective_domain": True}
        endpoints.write_text(yaml.safe_dump({"action_endpoint": action_endpoint}), encoding="utf-8")
        command = [sys.executable, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(
            [*command, "--model", str(ensure_model()), "--endpoints", str(endpoints)],
            cwd=PROJECT_FOLDER,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "REST_CHANNEL": "on"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            bot = Bot(port, 0, 0, process)
            assert "failed" in _first_reply(bot)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    logged = log.read_text(encoding="utf-8")
    assert "Encountered an exception while running action 'action_answer'" in logged
    assert "rasa.utils.endpoints.ClientResponseError" in logged
    assert WORD not in logged


def _first_reply(bot: Bot) -> str:
    for _ in range(120):
        try:
            return bot.ask(f"When is the last day to apply for {WORD}?", "failing")
        except OSError:
            assert bot.process.poll() is None
            time.sleep(0.5)
    raise AssertionError("Rasa did not start")
